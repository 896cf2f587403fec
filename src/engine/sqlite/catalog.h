/* catalog.h: one table of the source's catalog. */
#ifndef PGRADE_ENGINE_SQLITE_CATALOG_H
#define PGRADE_ENGINE_SQLITE_CATALOG_H

#include "engine/sqlite/private.h"
#include "schema/ident.h"

bool catalog_read_table(struct engine *engine, struct arena *arena, struct str name, struct str sql,
                        struct table *table, struct err *err) MUST_USE;

/* The range of rowids of a table that is known by its name, into rows, rowid_min and rowid_max. */
bool catalog_read_range(struct engine *engine, struct arena *arena, struct table *table,
                        struct err *err) MUST_USE;

/* Finds out how a virtual table's rows are read; where they cannot be, `virtual->trouble` says why. */
void catalog_read_virtual(struct engine *engine, struct arena *arena, struct table *table);

/* Tells storage of virtual tables from tables of the user's, once all tables are read. */
void catalog_find_storage(struct schema *schema);

#endif
