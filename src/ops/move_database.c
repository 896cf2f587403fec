/* The steps of one database: dumped, made, restored; and where an interrupted run of them goes on. */
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "ops/bundle_intern.h"
#include "ops/database_create.h"
#include "ops/move_intern.h"
#include "ops/restore.h"
#include "ops/restore_found.h"

struct url move_url(const struct move *move, const struct moved_database *database, bool new)
{
    return new ? url_of_database(move->options->new, database->target)
               : url_of_database(move->options->old, database->dump.facts.name);
}

bool move_step_done(struct move *move, struct moved_database *database, enum move_step step, struct err *err)
{
    database->step = step;
    return move_journal_write(move, err);
}

static const char *folder_of(const struct move *move, const struct moved_database *database)
{
    return fs_join(move->arena, move->path, database->dump.folder.ptr);
}

bool move_manifest(struct move *move, const struct moved_database *database, struct manifest *manifest,
                   struct err *err)
{
    return manifest_read(move->arena, folder_of(move, database), manifest, err);
}

/* A dump of an earlier run counts when its files are whole and OLD is still as it was. */
static bool is_current(struct move *move, struct moved_database *database, bool *current, struct err *err)
{
    struct manifest manifest;
    struct err damage = {.code = ERR_NONE};
    struct str *lines;
    size_t count;

    *current = false;
    if (!move_manifest(move, database, &manifest, &damage) ||
        !manifest_check_files(folder_of(move, database), &manifest, move->options->interrupted, &damage)) {
        log_message(LOG_WARNING, "%.*s is dumped again: %s", STR_ARGS(database->dump.facts.name),
                    damage.primary);
        return damage.code != ERR_CANCELED || err_set(err, ERR_CANCELED, "interrupted");
    }
    database->dump.tables = manifest_tables(&manifest);
    database->dump.rows = manifest_rows(&manifest);
    database->dump.bytes = manifest_bytes(&manifest);
    *current = true;
    if (move->options->snapshot)
        return true;
    if (!move_differences(move, database, &lines, &count, err))
        return false;
    *current = count == 0;
    if (count > 0)
        log_message(LOG_WARNING, "%.*s was written on OLD since it was dumped (%.*s): it is dumped again",
                    STR_ARGS(database->dump.facts.name), STR_ARGS(lines[0]));
    return true;
}

/* What is in the database on NEW that an earlier run of this move has made, or begun to fill. */
static bool look_at_new(struct move *move, const struct moved_database *database, enum restore_found *found,
                        struct str *what, struct err *err)
{
    struct url url = move_url(move, database, true);
    struct engine *engine = NULL;
    struct manifest manifest;
    bool done;

    stage_set(move->options->stage, "looking at NEW's", database->dump.facts.name, NULL);
    done = move_manifest(move, database, &manifest, err) && move_open(move, &url, &engine, err) &&
           restore_find(move->arena, engine, &manifest, move->options->interrupted, found, what, err);
    engine_close(engine);
    return done;
}

static bool somebody_works_there(const struct moved_database *database, struct str what, struct err *err)
{
    err_set(err, ERR_REFUSED, "somebody writes in %.*s on NEW, which this move has made or filled",
            STR_ARGS(database->target));
    err_detail(err, "%.*s", STR_ARGS(what));
    return err_hint(err,
                    "empty that database, when what is in it is not wanted; then the same command goes on");
}

/* What an earlier run made is dropped to be made anew; where the database was there before, replaced. */
static bool start_again(struct move *move, struct moved_database *database, struct err *err)
{
    database->clean = database->exists;
    return database->exists || database_drop(move->new, database->target, err);
}

/* Before it is dumped again. */
static bool take_back(struct move *move, struct moved_database *database, struct err *err)
{
    enum restore_found found;
    struct str what;

    if (database->step < MOVE_MAKING ||
        (!database->exists && instance_database(&move->result->new, database->target) == NULL))
        return true;
    if (!look_at_new(move, database, &found, &what, err))
        return false;
    if (found == RESTORE_FOUND_OTHER)
        return somebody_works_there(database, what, err);
    return start_again(move, database, err);
}

bool move_dump(struct move *move, struct moved_database *database, struct err *err)
{
    const struct move_options *options = move->options;
    struct backup_options backup = {.url = options->old,
                                    .jobs = options->jobs,
                                    .trace = options->trace,
                                    .interrupted = options->interrupted,
                                    .stage = options->stage};
    struct manifest made;
    bool current = false;

    if (database->step >= MOVE_DUMPED && !is_current(move, database, &current, err))
        return false;
    if (current)
        return true;
    if (!take_back(move, database, err))
        return false;
    (void)unlink(fs_join(move->arena, move->path, MANIFEST_NAME)); /* of all, which is no longer true */
    database->earlier = false;
    return move_step_done(move, database, MOVE_LISTED, err) &&
           fs_remove_tree(move->path, database->dump.folder.ptr, err) &&
           bundle_dump(move->arena, &backup, move->path, &database->dump, &made, err) &&
           move_step_done(move, database, MOVE_DUMPED, err);
}

static bool make(struct move *move, struct moved_database *database, struct err *err)
{
    struct database_wish wish = {.facts = &database->dump.facts,
                                 .name = database->target,
                                 .owner = database->owner,
                                 .major = move->result->new.major};
    struct err failure = {.code = ERR_NONE};
    bool again = database->step == MOVE_MAKING;
    bool has = true;

    stage_set(move->options->stage, "making", database->target, NULL);
    if (move->options->locale.ptr != NULL && str_is(wish.facts->provider, "c")) {
        if (!database_has_locale(move->arena, move->new, wish.facts->collate, &has, err))
            return false;
        wish.locale = has ? (struct str){NULL, 0} : move->options->locale;
    }
    if (!move_step_done(move, database, MOVE_MAKING, err))
        return false;
    /* A server goes on with a statement whose client is gone: it may have come into being only now. */
    if (!database->exists && !database_create(move->arena, move->new, &wish, &failure) &&
        !(again && (strcmp(failure.sqlstate, "42P04") == 0 || strcmp(failure.sqlstate, "23505") == 0))) {
        *err = failure;
        return false;
    }
    return move_step_done(move, database, MOVE_MADE, err);
}

/* *whole: it was restored by a run that could not write that down any more. */
static bool look_at_target(struct move *move, struct moved_database *database, bool *whole, struct err *err)
{
    enum restore_found found;
    struct str what;

    *whole = false;
    if (!database->earlier || database->clean)
        return true;
    if (!restore_wait(move->arena, move->new, database->target, move->options->interrupted, err) ||
        !look_at_new(move, database, &found, &what, err))
        return false;
    *whole = found == RESTORE_FOUND_SAME;
    if (found == RESTORE_FOUND_OTHER)
        return somebody_works_there(database, what, err);
    if (found != RESTORE_FOUND_HALF)
        return true;
    log_message(LOG_WARNING, "%.*s on NEW was left half restored: it is made again",
                STR_ARGS(database->target));
    return start_again(move, database, err) && (database->exists || make(move, database, err));
}

static bool restore(struct move *move, struct moved_database *database, struct err *err)
{
    struct url url = move_url(move, database, true);
    struct database_wish wish = {.facts = &database->dump.facts, .name = database->target};
    struct restore_options options = {
        .from = folder_of(move, database),
        .target = &url,
        .clean = database->clean,
        .jobs = database->clean ? 0 : move->options->jobs,
        .owner = database->owner.ptr == NULL ? NULL : str_cstr(move->arena, database->owner),
        .trace = move->options->trace,
        .interrupted = move->options->interrupted,
        .stage = move->options->stage};
    struct restore_result restored;
    bool whole;

    if (!look_at_target(move, database, &whole, err))
        return false;
    if (!whole && (!restore_look(move->arena, &options, &restored, err) ||
                   !restore_run(move->arena, &options, &restored, err))) {
        err->hint[0] = '\0'; /* what to do after a restore by itself: here the same command goes on */
        return err_prefix(err, "database %.*s", STR_ARGS(database->target));
    }
    return database_dress(move->arena, move->new, &wish, &database->refused, &database->refused_count, err) &&
           move_step_done(move, database, MOVE_RESTORED, err);
}

bool move_make_and_restore(struct move *move, struct moved_database *database, struct err *err)
{
    if (database->step <= MOVE_MAKING && !make(move, database, err))
        return false;
    return database->step >= MOVE_RESTORED || restore(move, database, err);
}
