/* bundle_intern.h: what making a bundle shares with moving an instance. */
#ifndef PGRADE_OPS_BUNDLE_INTERN_H
#define PGRADE_OPS_BUNDLE_INTERN_H

#include "ops/backup_intern.h"
#include "ops/bundle.h"

#define BUNDLE_DATA "databases"

/* Which databases are wanted, each with its folder, and which are left out. */
bool bundle_choose(struct arena *arena, const struct bundle_options *options, const struct instance *instance,
                   struct bundle *bundle, struct err *err) MUST_USE;

/* The name of the folder that bundles of this instance are kept under, without the moment:
 * "all-db.example.org". */
struct str bundle_name(struct arena *arena, const struct url *url);

/* Dumps the database into its folder below `path`; its manifest is written when all else is. */
bool bundle_dump(struct arena *arena, const struct backup_options *options, const char *path,
                 struct bundle_database *database, struct manifest *made, struct err *err) MUST_USE;

/* Whether a failure is one of rights in that database. */
bool bundle_is_refusal(const struct err *err);

#endif
