/* widen.h: --misfit widen: a type that holds the values which the planned one does not. */
#ifndef PGRADE_OPS_WIDEN_H
#define PGRADE_OPS_WIDEN_H

#include "ops/upgrade.h"

/* Adds an override to `plan` for each column with misfits, the keys it references included.  False: some
 * misfit is in a column that may not be widened, or cannot be any further. */
bool widen(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
           struct plan_options *plan);

#endif
