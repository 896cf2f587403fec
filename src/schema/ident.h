/*
 * ident.h: names in PostgreSQL's SQL.
 *
 * Rules: PostgreSQL documentation, "Identifiers and Key Words".  A name holds at most 63 bytes (NAMEDATALEN -
 * 1), is never empty, and is always written in double quotes by pgrade, so that reserved words need no list.
 */
#ifndef PGRADE_SCHEMA_IDENT_H
#define PGRADE_SCHEMA_IDENT_H

#include "base/buf.h"
#include "base/str.h"

enum {
    IDENT_MAXIMUM = 63
};

void ident_quote(struct buf *out, struct str name);                              /* "a""b" */
void ident_quote_qualified(struct buf *out, struct str schema, struct str name); /* "s"."a""b" */
void literal_quote(struct buf *out, struct str text); /* 'it''s'; backslashes as E'' */
void comment_put(struct buf *out, struct str text);   /* "-- text", each of its lines */

/* The name in the spelling that a person would write: bare where PostgreSQL reads it the same, else quoted.
 */
struct str ident_for_people(struct arena *arena, struct str name);

#endif
