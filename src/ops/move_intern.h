/* move_intern.h: what the files behind move.h share. */
#ifndef PGRADE_OPS_MOVE_INTERN_H
#define PGRADE_OPS_MOVE_INTERN_H

#include "base/fs.h"
#include "ops/backup_list.h"
#include "ops/move.h"

#define MOVE_JOURNAL "move.json"

/* A database of OLD that was made read-only, and what it had of its own before; NULL ptr: nothing. */
struct move_frozen {
    struct str name;
    struct str before;
};

struct move {
    struct arena *arena;
    const struct move_options *options;
    struct move_result *result;
    struct engine *old;
    struct engine *new;
    struct str old_text; /* the URLs without their secrets, by which the journal knows the move */
    struct str new_text;
    const char *directory;
    const char *partial; /* the folder's name while it is under way; NULL: there is none */
    const char *path;    /* directory/partial */
    struct fs_lock lock;
    int64_t began_us;
    struct move_frozen *frozen;
    size_t frozen_count;
    size_t frozen_capacity;
};

/* move_look.c: both servers, which databases go where. */
bool move_look(struct move *move, struct err *err) MUST_USE;

/* move_check.c: everything that can be known before anything is written. */
bool move_check(struct move *move, struct err *err) MUST_USE;
/* ERR_DECISION, ERR_REFUSED: the first remark that stops and was not accepted. */
bool move_may_begin(const struct move *move, struct err *err) MUST_USE;
void move_remark(struct move *move, bool stops, const char *accept, struct str text, struct str hint);

/* move_place.c */
bool move_place_find(struct move *move, struct err *err) MUST_USE; /* of an earlier run; partial NULL: none */
bool move_place_make(struct move *move, struct err *err) MUST_USE;
bool move_place_publish(struct move *move, struct err *err) MUST_USE;
/* The manifest over all dumps, from the manifests of each. */
bool move_place_complete(struct move *move, struct err *err) MUST_USE;
bool move_place_remove(struct move *move, struct err *err) MUST_USE;

/* move_journal.c, move_journal_read.c */
bool move_journal_write(const struct move *move, struct err *err) MUST_USE;
/* *same: it is of this move, and steps and frozen databases were taken from it. */
bool move_journal_read(struct move *move, const char *path, bool *same, struct err *err) MUST_USE;

/* move_database.c: one step after the other, each written into the journal when it is done. */
bool move_dump(struct move *move, struct moved_database *database, struct err *err) MUST_USE;
bool move_make_and_restore(struct move *move, struct moved_database *database, struct err *err) MUST_USE;
bool move_step_done(struct move *move, struct moved_database *database, enum move_step step,
                    struct err *err) MUST_USE;
struct url move_url(const struct move *move, const struct moved_database *database, bool new);
bool move_open(struct move *move, const struct url *url, struct engine **engine, struct err *err) MUST_USE;
/* The database as the manifest in the bundle has it. */
bool move_manifest(struct move *move, const struct moved_database *database, struct manifest *manifest,
                   struct err *err) MUST_USE;

/* move_compare.c */
/* Tables, rows and sums of OLD that are not as the manifest says; fills no err for those.
 */
bool move_differences(struct move *move, const struct moved_database *database, struct str **lines,
                      size_t *count, struct err *err) MUST_USE;
bool move_verify(struct move *move, struct moved_database *database, struct err *err) MUST_USE;

/* move_freeze.c */
bool move_freeze(struct move *move, struct err *err) MUST_USE;
bool move_thaw(struct move *move, struct err *err) MUST_USE;
/* Facts of OLD are those before it was frozen. */
void move_unfreeze_facts(struct move *move);

/* move_env.c */
bool move_env_look(struct move *move, struct err *err) MUST_USE; /* which keys name OLD */
bool move_env_write(struct move *move, struct err *err) MUST_USE;
void move_advise(struct move *move);

#endif
