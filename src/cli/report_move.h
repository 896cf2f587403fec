/* report_move.h: what a move did, or would do, for people and as JSON (docs/json.md). */
#ifndef PGRADE_CLI_REPORT_MOVE_H
#define PGRADE_CLI_REPORT_MOVE_H

#include "cli/command.h"
#include "ops/move.h"

void report_move(const struct invocation *invocation, const struct move_options *options,
                 const struct move_result *result);
/* `err` NULL: it succeeded. */
void report_move_json(const struct move_options *options, const struct move_result *result,
                      const struct err *err, int status);

#endif
