/* catalog.h: one table of the source's catalog. */
#ifndef PGRADE_ENGINE_SQLITE_CATALOG_H
#define PGRADE_ENGINE_SQLITE_CATALOG_H

#include "engine/sqlite/private.h"
#include "schema/ident.h"

bool catalog_read_table(struct engine *engine, struct arena *arena, struct str name, struct str sql,
                        struct table *table, struct err *err) MUST_USE;

#endif
