/* report_reset.h: what reset did. */
#ifndef PGRADE_CLI_REPORT_RESET_H
#define PGRADE_CLI_REPORT_RESET_H

#include "cli/command.h"
#include "ops/reset.h"

/* `backup` is its path; NULL: none was made. */
void report_reset(const struct invocation *invocation, const struct reset_result *result, const char *backup);
void report_reset_json(const struct reset_result *result, const char *backup, int status);

#endif
