/* guard.h: was the source written while it was read? */
#ifndef PGRADE_OPS_GUARD_H
#define PGRADE_OPS_GUARD_H

#include "ops/upgrade.h"

/* Before publishing.  A source that was committed to meanwhile is read once more: tables whose rows differ
 * from what was loaded are named in ERR_SOURCE_CHANGED, and so is a file that is no longer the one that was
 * read, unless options->snapshot says that the state at the start is wanted. */
bool guard_source(const struct upgrade_options *options, struct upgrade_result *result,
                  struct err *err) MUST_USE;

/* Asks `reader` for the table's loaded columns. */
bool guard_query(struct engine *reader, const struct plan_table *table, struct rows **rows,
                 struct err *err) MUST_USE;

/* Digests the table's loaded columns as `reader` sees them now; an interruption ends it early. */
bool guard_digest(struct engine *reader, const struct plan_table *table,
                  const volatile sig_atomic_t *interrupted, struct digester *digester,
                  struct err *err) MUST_USE;

#endif
