/*
 * sql_text.h: statements with names and texts in them, each quoted as what it is.
 *
 *     sql_text(arena, "ALTER ROLE %I SET timezone TO %L", role, zone)
 *
 * %I is a name, %L a text, %S what is SQL already, all of them struct str; %d is an int, %% a percent sign.
 */
#ifndef PGRADE_OPS_SQL_TEXT_H
#define PGRADE_OPS_SQL_TEXT_H

#include "base/str.h"

struct str sql_text(struct arena *arena, const char *format, ...);

#endif
