/* policy.h: which --misfit rule is about which column. */
#ifndef PGRADE_OPS_POLICY_H
#define PGRADE_OPS_POLICY_H

#include "ops/upgrade.h"

/* The most exact rule, of equal ones the last.  `column` with a NULL ptr: of the row as a whole. */
enum misfit_policy policy_of(const struct upgrade_options *options, struct str table, struct str column);

/* Whether some policy sets rows aside. */
bool policies_set_aside(const struct upgrade_options *options);

/* ERR_USAGE when a rule names what the source has not. */
bool policies_check(const struct upgrade_options *options, const struct schema *schema,
                    struct err *err) MUST_USE;

/* Spreads the rules over the plan.  `policies` is used again for each plan of a run, zeroed before the first:
 * what a load learned of widths stays. */
void policies_apply(struct arena *arena, const struct upgrade_options *options, const struct plan *plan,
                    struct misfit_policies *policies);

#endif
