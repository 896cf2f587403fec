/* preview.h: what an upgrade would find at its target, found without writing anything there. */
#ifndef PGRADE_OPS_PREVIEW_H
#define PGRADE_OPS_PREVIEW_H

#include "ops/upgrade.h"

/*
 * Reads the target's catalog in read-only transactions; a role that may only SELECT is enough.  Says which
 * mode `upgrade` would take (result->filled, where result->chosen), compares where it would fill, and then
 * plans anew for these tables.  Where upgrade would refuse the target, result->refusal says why, which is no
 * failure here.
 */
bool preview_target(struct arena *arena, const struct upgrade_options *options,
                    struct prepare_options *prepare, struct upgrade_result *result, struct err *err) MUST_USE;

#endif
