/* report_provision.h: what provision did, on stderr and, the URL alone, on stdout; or as JSON. */
#ifndef PGRADE_CLI_REPORT_PROVISION_H
#define PGRADE_CLI_REPORT_PROVISION_H

#include "cli/command.h"
#include "ops/provision.h"

/* `failed` NULL: it was done. */
void report_provision(const struct invocation *invocation, const struct provision_options *options,
                      const struct provision_result *result, const struct err *failed);
void report_provision_json(const struct provision_options *options, const struct provision_result *result,
                           const struct err *failed, int status);

void report_dropped(const struct invocation *invocation, const struct provision_drop *options,
                    const struct provision_dropped *dropped);
void report_dropped_json(const struct provision_drop *options, const struct provision_dropped *dropped);

#endif
