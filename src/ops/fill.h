/* fill.h: the rows go into tables that the application's own migrations have made. */
#ifndef PGRADE_OPS_FILL_H
#define PGRADE_OPS_FILL_H

#include "ops/upgrade.h"
#include "plan/existing.h"

/* Compares, plans anew for these tables, loads, verifies, and commits: all on `control`, in one transaction.
 * ERR_REFUSED before anything is written when something of the source would have no place. */
bool fill_tables(struct prepare_options *prepare, const struct upgrade_options *options,
                 struct existing *existing, struct engine *control, struct arena *arena,
                 struct upgrade_result *result, struct err *err) MUST_USE;

#endif
