/*
 * backup.h: a database copied into a directory of its own, with a manifest (manifest.h).
 *
 * The directory is made under a hidden name that ends with ".partial", and renamed when all of it is on disk.
 * One that was interrupted keeps that name, is never taken for a backup, and is removed by the next backup
 * into the same place, which says so.  Whoever writes holds a lock in it, so that one that is being made is
 * not removed.
 */
#ifndef PGRADE_OPS_BACKUP_H
#define PGRADE_OPS_BACKUP_H

#include <signal.h>

#include "ops/manifest.h"
#include "ops/stage.h"
#include "url/url.h"

struct backup_options {
    const struct url *url;
    const char *directory; /* where backups are kept; made when it is not there */
    int jobs;              /* PostgreSQL: so many connections, and a directory of files; 0: one file */
    bool trace;
    const volatile sig_atomic_t *interrupted;
    struct stage *stage; /* may be NULL */
};

struct backup_result {
    const char *path; /* of the backup */
    struct manifest manifest;
    struct str *leftovers; /* names of interrupted backups that were removed */
    size_t leftover_count;
    size_t leftover_capacity;
};

/* False: there is no new backup, and what was begun is gone. */
bool backup_run(struct arena *arena, const struct backup_options *options, struct backup_result *result,
                struct err *err) MUST_USE;

#endif
