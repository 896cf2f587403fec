/* report_backup.h: what was kept and what was brought back, for people and as JSON (docs/json.md). */
#ifndef PGRADE_CLI_REPORT_BACKUP_H
#define PGRADE_CLI_REPORT_BACKUP_H

#include "cli/command.h"
#include "ops/backup_list.h"
#include "ops/restore.h"

/* What `backup` did. */
struct backup_report {
    const struct backup_result *result;
    bool verified;             /* by restoring it */
    const struct str *removed; /* by --keep */
    size_t removed_count;
};

void report_backup(const struct backup_report *report);
void report_backup_json(const struct backup_report *report, int status);

/* The backups in a directory; `status` as the command will end. */
void report_backups(const struct invocation *invocation, const char *directory,
                    const struct backup_list *list);
void report_backups_json(const char *directory, const struct backup_list *list, int status);

/* `status` as the command will end. */
void report_restore(const struct restore_options *options, const struct restore_result *result);
void report_restore_json(const struct restore_options *options, const struct restore_result *result,
                         const struct err *err, int status);

#endif
