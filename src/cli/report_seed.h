/* report_seed.h: what `pgrade seed` did, or would do. */
#ifndef PGRADE_CLI_REPORT_SEED_H
#define PGRADE_CLI_REPORT_SEED_H

#include "cli/command.h"
#include "ops/seed.h"

void report_seed(const struct invocation *invocation, const struct seed_options *options,
                 const struct seed *seed);
void report_seed_json(const struct url *url, const struct seed_options *options, const struct seed *seed);

#endif
