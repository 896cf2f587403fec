/*
 * backup_list.h: the backups in a directory: which are whole, and which may go.
 *
 * Only what pgrade wrote is looked at: directories with a manifest, and interrupted ones by their name.
 * Other files are nobody's business here, and are never touched.
 */
#ifndef PGRADE_OPS_BACKUP_LIST_H
#define PGRADE_OPS_BACKUP_LIST_H

#include "ops/backup.h"

#define BACKUP_MOVING ".moving" /* how the folder of a move is called until it is a bundle: move.h */

struct listed_backup {
    struct str name;
    const char *path;
    bool whole;               /* as far as was looked */
    struct str why;           /* it is not */
    struct manifest manifest; /* began_us -1: it could not be read */
};

struct backup_list {
    struct listed_backup *items; /* the oldest first */
    size_t count;
    size_t capacity;
    struct str *partial; /* names of those that are being made, or were interrupted; of moves too */
    size_t partial_count;
    size_t partial_capacity;
};

/* `sums`: reads every file again; else their sizes are looked at. */
bool backup_list(struct arena *arena, const char *directory, bool sums,
                 const volatile sig_atomic_t *interrupted, struct backup_list *list,
                 struct err *err) MUST_USE;

/* How many to keep: the newest `last`, and the newest of each of so many days, weeks, months that have one
 * (UTC; weeks begin on Monday).  All 0: every one. */
struct backup_keep {
    int last;
    int daily;
    int weekly;
    int monthly;
};

/* "7", or "daily=7,weekly=4,monthly=6"; ERR_USAGE. */
bool backup_keep_parse(struct str text, struct backup_keep *keep, struct err *err) MUST_USE;

/* Marks what is kept of backups of one source, the oldest first, begun at these moments.  The newest always
 * is. */
void backup_keep_choose(const struct backup_keep *keep, const int64_t *began_us, size_t count, bool *kept);

/*
 * Removes what is too much of the backups of the same database as `made` in its directory: those with a
 * manifest of the same source.  `made` itself has just been written and stays.  Damaged ones count for
 * nothing and stay, since they are for their owner to look at.  *removed: their names.
 */
bool backup_rotate(struct arena *arena, const struct backup_result *made, const struct backup_keep *keep,
                   struct str **removed, size_t *removed_count, struct err *err) MUST_USE;

#endif
