/* accept.h: whether the user accepted all that is not carried. */
#ifndef PGRADE_OPS_ACCEPT_H
#define PGRADE_OPS_ACCEPT_H

#include "ops/upgrade.h"

/* ERR_DECISION, with result->not_accepted, when something is not carried that was not accepted; nothing was
 * `what_was_done` then: "written", "published". */
bool accept_check(const struct upgrade_options *options, struct upgrade_result *result,
                  const char *what_was_done, struct err *err) MUST_USE;

#endif
