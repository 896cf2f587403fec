/* guard_schema.h: did the source's schema change while it was read? */
#ifndef PGRADE_OPS_GUARD_SCHEMA_H
#define PGRADE_OPS_GUARD_SCHEMA_H

#include "ops/upgrade.h"

/* Appends to `names` the tables, indexes, views and triggers that are new, gone or made otherwise, as
 * `reader` sees them now, but for tables that the user left out; and tables that gave numbers to rows which
 * are gone again. */
bool guard_schema(struct arena *arena, const struct upgrade_options *options,
                  const struct upgrade_result *result, struct engine *reader, const bool *differs,
                  struct buf *names, size_t *changed, struct err *err) MUST_USE;

#endif
