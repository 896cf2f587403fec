/* report_seed.h: what `pgrade seed` did, or would do. */
#ifndef PGRADE_CLI_REPORT_SEED_H
#define PGRADE_CLI_REPORT_SEED_H

#include "cli/command.h"
#include "ops/seed.h"
#include "ops/seed_admin.h"

struct seed_report {
    const struct url *url;
    const struct seed_options *options;
    const struct seed *seed;
    const struct admin *admin; /* NULL: none was asked for */
    struct str user;
    struct str email;
    struct str password; /* that was generated; a NULL ptr: none */
};

void report_seed(const struct invocation *invocation, const struct seed_report *told);
void report_seed_json(const struct seed_report *told);

#endif
