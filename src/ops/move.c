#include "ops/move_intern.h"

#include "base/log.h"

/* A connection that nobody used while a large database was dumped may be gone: routers forget such. */
static bool revive(struct move *move, const struct url *url, struct engine **engine, struct err *err)
{
    struct err lost = {.code = ERR_NONE};
    int64_t one;

    if (engine_int(*engine, (struct str)STR("SELECT 1"), &one, &lost))
        return true;
    engine_close(*engine);
    *engine = NULL;
    return move_open(move, url, engine, err);
}

static bool each(struct move *move, bool (*step)(struct move *, struct moved_database *, struct err *),
                 struct err *err)
{
    struct move_result *result = move->result;

    for (size_t i = 0; i < result->database_count; i++) {
        stage_count(move->options->stage, i, result->database_count);
        if (!revive(move, move->options->new, &move->new, err) || !step(move, &result->databases[i], err))
            return false;
    }
    return true;
}

static bool restore_one(struct move *move, struct moved_database *database, struct err *err)
{
    return move_make_and_restore(move, database, err);
}

/* Equal when it was compared; what an earlier run compared may have been written since. */
static bool verify_one(struct move *move, struct moved_database *database, struct err *err)
{
    return move_verify(move, database, err) && move_step_done(move, database, MOVE_VERIFIED, err);
}

/* Everything is on NEW; was OLD written meanwhile? */
static bool check_unwritten(struct move *move, struct err *err)
{
    const struct move_result *result = move->result;

    for (size_t i = 0; !move->options->snapshot && i < result->database_count; i++) {
        const struct moved_database *database = &result->databases[i];

        if (database->written_count == 0)
            continue;
        err_set(err, ERR_SOURCE_CHANGED, "%.*s was written on OLD after it was dumped",
                STR_ARGS(database->dump.facts.name));
        err_detail(err, "%.*s%s", STR_ARGS(database->written[0]),
                   database->written_count > 1 ? ", and more" : "");
        return err_hint(err, "stop the application and run the same again: what was written is moved too; or "
                             "--read-only-old; or --snapshot, where it is not wanted");
    }
    return true;
}

/* A folder that is no longer under way has its journal for the record. */
static bool finish(struct move *move, struct err *err)
{
    move->result->done = true;
    if (!move_env_write(move, err) || !move_journal_write(move, err) || !move_place_publish(move, err)) {
        move->result->done = false;
        return false;
    }
    move->result->path = move->path;
    move_advise(move);
    return true;
}

static bool carry_out(struct move *move, struct err *err)
{
    if (move->partial == NULL && !move_place_make(move, err))
        return false;
    move->result->path = move->path;
    return (!move->options->read_only_old || move_freeze(move, err)) && each(move, move_dump, err) &&
           move_place_complete(move, err) && each(move, restore_one, err) && each(move, verify_one, err) &&
           check_unwritten(move, err) && finish(move, err);
}

/* OLD takes writes again, whatever became of the rest: an application may be waiting. */
static void thaw_after_failure(struct move *move)
{
    /* By a connection of its own: the other may be lost, or the user has interrupted it. */
    struct engine_options open = {.application_name = "pgrade move"};
    struct err failure = {.code = ERR_NONE};

    if (move->frozen_count == 0)
        return;
    engine_close(move->old);
    move->old = NULL;
    if (engine_open(move->options->old, &open, &move->old, &failure) && move_thaw(move, &failure))
        log_message(LOG_NOTICE, "OLD takes writes again");
    else
        log_message(LOG_WARNING, "%s: %s; pgrade move OLD NEW --abandon makes it take writes again",
                    failure.primary, failure.detail);
}

static bool abandon(struct move *move, struct err *err)
{
    struct move_result *result = move->result;

    if (move->partial == NULL)
        return err_set(err, ERR_REFUSED, "no interrupted move of these two was found in %s",
                       move->options->directory);
    for (size_t i = 0; i < result->database_count; i++)
        if (result->databases[i].step >= MOVE_MAKING && !result->databases[i].exists)
            ARENA_PUSH(move->arena, result->next, result->next_count, result->next_capacity) =
                str_printf(move->arena, "database %.*s on NEW was made by the move, and stays",
                           STR_ARGS(result->databases[i].target));
    return move_thaw(move, err) && move_place_remove(move, err);
}

static bool look(struct move *move, struct err *err)
{
    if (!move_look(move, err) || !move_place_find(move, err))
        return false;
    move_unfreeze_facts(move);
    move->result->resumed = move->partial != NULL;
    move->result->path = move->path;
    return move->options->abandon || (move_check(move, err) && move_env_look(move, err));
}

static bool run(struct move *move, struct err *err)
{
    if (move->options->abandon)
        return abandon(move, err);
    if (!move_may_begin(move, err))
        return false;
    if (move->options->dry_run)
        return true;
    if (carry_out(move, err))
        return true;
    thaw_after_failure(move);
    if (err->code == ERR_CANCELED)
        err->hint[0] = '\0'; /* of the step that was interrupted */
    if (move->partial != NULL)
        err_hint(err, "the same command goes on where it stopped; --abandon ends it");
    return false;
}

bool move_has_shortfalls(const struct move_result *result)
{
    size_t count = bundle_missing(&result->bundle);

    for (size_t i = 0; i < result->database_count; i++)
        count += result->databases[i].refused_count;
    return result->done && count > 0;
}

bool move_run(struct arena *arena, const struct move_options *options, struct move_result *result,
              struct err *err)
{
    struct move move = {.arena = arena,
                        .options = options,
                        .result = result,
                        .old_text = url_redacted(arena, options->old),
                        .new_text = url_redacted(arena, options->new),
                        .lock = {.descriptor = -1}};
    bool done;

    *result = (struct move_result){.done = false};
    done = look(&move, err) && run(&move, err);
    engine_close(move.old);
    engine_close(move.new);
    fs_unlock(&move.lock);
    return done;
}
