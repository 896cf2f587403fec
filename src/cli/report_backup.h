/* report_backup.h: what was kept and what was brought back, for people and as JSON (docs/json.md). */
#ifndef PGRADE_CLI_REPORT_BACKUP_H
#define PGRADE_CLI_REPORT_BACKUP_H

#include "cli/command.h"
#include "ops/backup.h"
#include "ops/restore.h"

void report_backup(const struct invocation *invocation, const struct backup_result *result);
void report_backup_json(const struct backup_result *result);

/* `status` as the command will end. */
void report_restore(const struct restore_options *options, const struct restore_result *result);
void report_restore_json(const struct restore_options *options, const struct restore_result *result,
                         const struct err *err, int status);

#endif
