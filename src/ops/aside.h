/* aside.h: the file of the rows that an upgrade sets aside: named, and found again after a run was killed. */
#ifndef PGRADE_OPS_ASIDE_H
#define PGRADE_OPS_ASIDE_H

#include "ops/upgrade.h"

/* Where a policy sets rows aside: result->quarantine.  ERR_REFUSED: the file exists, and no run is asked for
 * that may have written it. */
bool aside_open(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                struct err *err) MUST_USE;

/* With the target's lock held: what a killed run left gets its name, or goes. */
bool aside_settle(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                  struct engine *control, struct err *err) MUST_USE;

/* Of a run that had published: how many of its rows are still aside, and their file if it is there. */
bool aside_of_published(struct arena *arena, const struct upgrade_options *options,
                        struct upgrade_result *result, struct engine *control, struct err *err) MUST_USE;

#endif
