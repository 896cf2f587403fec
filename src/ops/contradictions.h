/* contradictions.h: rows that contradict constraints, which SQLite never checked. */
#ifndef PGRADE_OPS_CONTRADICTIONS_H
#define PGRADE_OPS_CONTRADICTIONS_H

#include "ops/upgrade.h"

/* ERR_DECISION: contradicted checks always stop; contradicted foreign keys where --orphans does not allow
 * them. */
bool contradictions_check(const struct upgrade_options *options, const struct upgrade_result *result,
                          struct err *err) MUST_USE;

#endif
