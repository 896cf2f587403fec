/*
 * backup_prove.h: a backup restored beside the database that it is of, compared with its manifest, and thrown
 * away.
 *
 * PostgreSQL: into a database pgrade_scratch_SECONDS_PROCESS of the same server, which needs CREATEDB.  One
 * that a killed run left is dropped by the next, when it is older than a day and nobody is connected to it.
 * SQLite: into a file beside the backups.
 */
#ifndef PGRADE_OPS_BACKUP_PROVE_H
#define PGRADE_OPS_BACKUP_PROVE_H

#include "ops/backup.h"

/* ERR_PERMISSION: no database may be made there.  In any case the backup stays as it is. */
bool backup_prove(struct arena *arena, const struct backup_options *options,
                  const struct backup_result *result, struct err *err) MUST_USE;

#endif
