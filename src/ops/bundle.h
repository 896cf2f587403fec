/*
 * bundle.h: all databases of one instance, backed up together.
 *
 * A bundle is a backup (backup.h) whose data are backups: a folder for each database, with a manifest of its
 * own, and one manifest over all of them.  It gets its name when all are complete.  Each database is read in
 * a snapshot of its own, one after another: no server has a snapshot over several.
 *
 * Left out, and named with the reason: templates are not even that; databases that this role may not connect
 * to or may not read; those that were excluded, or belong to the provider; `postgres` where it holds nothing.
 */
#ifndef PGRADE_OPS_BUNDLE_H
#define PGRADE_OPS_BUNDLE_H

#include "ops/backup.h"

struct bundle_options {
    struct backup_options backup; /* of any database of the instance; `jobs` connections read one database */
    const struct str *exclude;
    size_t exclude_count;
};

/* False: there is no new bundle, and what was begun is gone.  Where one database fails for want of a right,
 * it is left out; any other failure is one of the whole. */
bool bundle_run(struct arena *arena, const struct bundle_options *options, struct backup_result *result,
                struct err *err) MUST_USE;

/* How many were left out that nobody asked to leave out. */
size_t bundle_missing(const struct bundle *bundle);

/* The database of that name; NULL: it is not in the bundle. */
const struct bundle_database *bundle_find(const struct bundle *bundle, struct str name);

#endif
