/* widen.h: --misfit widen: a type that holds the values which the planned one does not. */
#ifndef PGRADE_OPS_WIDEN_H
#define PGRADE_OPS_WIDEN_H

#include "ops/upgrade.h"

/* Adds an override to `plan` for each column with misfits that can be widened, the keys it references
 * included.  False: there is none, or some misfit is in a column that may not be widened. */
bool widen(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
           struct plan_options *plan);

/* Puts those that were widened so far behind those that the user gave. */
void widen_set(struct arena *arena, const struct upgrade_options *options,
               const struct upgrade_result *result, struct plan_options *plan);

/* The columns that the user wants widened and that cannot be, with the reasons; empty: there are none. */
struct str widen_obstacles(struct arena *arena, const struct upgrade_options *options,
                           const struct upgrade_result *result);

#endif
