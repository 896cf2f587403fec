/* retry.h: upgrade --retry-quarantine, which is a way of its own through the command. */
#ifndef PGRADE_CLI_RETRY_H
#define PGRADE_CLI_RETRY_H

#include "cli/command.h"

bool retry_quarantine(struct invocation *invocation, struct err *err) MUST_USE;

#endif
