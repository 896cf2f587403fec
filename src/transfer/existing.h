/* existing.h: reads the tables of a target's schema from its catalog. */
#ifndef PGRADE_TRANSFER_EXISTING_H
#define PGRADE_TRANSFER_EXISTING_H

#include "engine/engine.h"
#include "plan/existing.h"

/* All tables of the schema that belong to no extension, views named like a table too: those as obstacles. */
bool existing_read(struct arena *arena, struct engine *control, struct str schema, struct existing *existing,
                   struct err *err) MUST_USE;

/* existing_details.c: what a comparison says besides: the tables' constraints; the materialized views that
 * read some tables (a JSON array of names); how many rows a table has, -1 where this role may not read it. */
bool existing_read_constraints(struct arena *arena, struct engine *control, struct str schema,
                               struct existing *existing, struct err *err) MUST_USE;
bool existing_read_copies(struct arena *arena, struct engine *control, struct str schema, struct str tables,
                          struct existing *existing, struct err *err) MUST_USE;
bool existing_count_rows(struct arena *arena, struct engine *control, struct str schema,
                         struct existing_table *table, struct err *err) MUST_USE;

#endif
