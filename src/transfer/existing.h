/* existing.h: reads the tables of a target's schema from its catalog. */
#ifndef PGRADE_TRANSFER_EXISTING_H
#define PGRADE_TRANSFER_EXISTING_H

#include "engine/engine.h"
#include "plan/existing.h"

/* All tables of the schema that belong to no extension, views named like a table too: those as obstacles. */
bool existing_read(struct arena *arena, struct engine *control, struct str schema, struct existing *existing,
                   struct err *err) MUST_USE;

#endif
