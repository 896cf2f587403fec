/* report_downgrade.h: what a downgrade did, for people and as JSON (docs/json.md), on stdout. */
#ifndef PGRADE_CLI_REPORT_DOWNGRADE_H
#define PGRADE_CLI_REPORT_DOWNGRADE_H

#include "cli/command.h"
#include "ops/downgrade.h"

struct downgrade_report {
    struct invocation *invocation;
    const struct downgrade_options *options;
    const struct downgrade_result *result;
};

/* `err` NULL: the file is there. */
void report_downgrade(const struct downgrade_report *report, const struct err *err);
void report_downgrade_json(const struct downgrade_report *report, const struct err *err, int status);

#endif
