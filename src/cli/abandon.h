/* abandon.h: upgrade --abandon [SOURCE] [TARGET] */
#ifndef PGRADE_CLI_ABANDON_H
#define PGRADE_CLI_ABANDON_H

#include "cli/command.h"

bool abandon(struct invocation *invocation, struct err *err) MUST_USE;

#endif
