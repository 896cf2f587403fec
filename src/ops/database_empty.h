/* database_empty.h: does a PostgreSQL database hold anything that somebody made? */
#ifndef PGRADE_OPS_DATABASE_EMPTY_H
#define PGRADE_OPS_DATABASE_EMPTY_H

#include "engine/engine.h"

/* The name of one thing in it, extensions and what belongs to them aside; NULL ptr: it is empty. */
bool database_find_object(struct arena *arena, struct engine *engine, struct str *name,
                          struct err *err) MUST_USE;

#endif
