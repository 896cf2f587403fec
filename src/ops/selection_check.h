/* selection_check.h: tables and rows that the user chose, held against the source. */
#ifndef PGRADE_OPS_SELECTION_CHECK_H
#define PGRADE_OPS_SELECTION_CHECK_H

#include "engine/engine.h"
#include "plan/plan.h"

/* ERR_USAGE when a pattern names no table, or when a condition is not one expression that SQLite understands.
 * Conditions become the `filter` of their tables. */
bool selection_apply(struct engine *reader, struct schema *schema, const struct plan_options *options,
                     struct err *err) MUST_USE;

#endif
