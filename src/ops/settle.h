/* settle.h: the account of the rows of each table, when all are loaded. */
#ifndef PGRADE_OPS_SETTLE_H
#define PGRADE_OPS_SETTLE_H

#include "ops/upgrade.h"

/* Counts and compares; then again without the rows that have no parent, where these are set aside.
 * ERR_DIFFERENT: what arrived is not what was sent. */
bool settle_rows(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                 struct engine *control, struct err *err) MUST_USE;

#endif
