/* backup_intern.h: what the files behind backup.h share. */
#ifndef PGRADE_OPS_BACKUP_INTERN_H
#define PGRADE_OPS_BACKUP_INTERN_H

#include "base/fs.h"
#include "ops/backup.h"

#define BACKUP_PARTIAL ".partial"

/* A place that is being filled. */
struct backup_place {
    const char *directory; /* where backups are kept */
    const char *name;      /* that it will have */
    const char *partial;   /* the name that it has */
    const char *path;      /* directory/partial */
    struct fs_lock lock;
};

/* Makes the directory and, in it, an empty place for a backup of `what` begun at that moment; removes what
 * interrupted ones left. */
bool backup_place_open(struct arena *arena, const struct backup_options *options, struct str what,
                       int64_t began_us, struct backup_place *place, struct backup_result *result,
                       struct err *err) MUST_USE;
/* Puts everything on disk and gives the place its name; *path is where it is then. */
bool backup_place_publish(struct arena *arena, struct backup_place *place, const char **path,
                          struct err *err) MUST_USE;
/* Removes what is there, unless it was published. */
void backup_place_close(struct backup_place *place);

/* Of letters, digits and - _ . alone, so that the name is a file's, and no option of a program. */
struct str backup_safe_name(struct arena *arena, struct str what);
/* The name of a backup of that, begun at that moment. */
const char *backup_name_at(struct arena *arena, struct str what, int64_t began_us);
/* Whether a folder of that name was made by us: the hidden name of one that backup_name_at() named.  Other
 * programs have hidden folders that end like it, with what is theirs. */
bool backup_is_partial(struct str name);
/* The file, or all that is in the directory, is on disk. */
bool backup_flush_tree(struct arena *arena, const char *path, struct err *err) MUST_USE;

/* Fill the place, and the manifest but for its files and times. */
bool backup_postgres(struct arena *arena, const struct backup_options *options,
                     const struct backup_place *place, struct manifest *manifest, struct err *err) MUST_USE;
bool backup_sqlite(struct arena *arena, const struct backup_options *options,
                   const struct backup_place *place, struct manifest *manifest, struct err *err) MUST_USE;

#endif
