#include "ops/abandon.h"

#include "ops/resume_facts.h"
#include "transfer/quarantine.h"

static bool is_there(struct target *target, struct arena *arena, bool *there, struct err *err)
{
    struct value count;
    bool done = engine_value(target->control, arena,
                             (struct str)STR("SELECT count(*) FROM pg_namespace WHERE nspname = $1"),
                             &target->load_schema, 1, &count, err);

    *there = done && count.integer > 0;
    return done;
}

static bool clear(struct arena *arena, struct target *target, struct abandoned *abandoned, struct err *err)
{
    struct journal journal;

    if (!journal_read(arena, target->control, target, &journal, err))
        return false;
    if (!journal.stage) {
        bool there;

        /* A run that ended while it took all back may have left the one thing outside the schema. */
        return is_there(target, arena, &there, err) && (!there || target_refuse_stranger(target, err)) &&
               target_drop_citext(target, err);
    }
    abandoned->found = abandoned->schema_found = true;
    abandoned->began = journal.began;
    if (!target_end_sessions(target, &abandoned->sessions, err) ||
        !target_drop_stage(target, &abandoned->tables, err))
        return false;
    abandoned->tables -= journal.name.ptr != NULL;
    abandoned->file = facts_remove_aside(arena, &journal);
    return true;
}

/* A run that fills has no journal: its file is looked for by its name. */
static bool clear_files(struct arena *arena, const struct abandon_options *options, struct target *target,
                        struct abandoned *abandoned, struct err *err)
{
    struct quarantine_search search = {.path = options->quarantine_file};
    struct quarantine_left left;

    if (!quarantine_settle(arena, target->control, &search, &left, err))
        return false;
    if (abandoned->file.len == 0)
        abandoned->file = str_from(left.removed);
    abandoned->found = abandoned->found || left.removed != NULL;
    return true;
}

bool abandon_run(struct arena *arena, const struct abandon_options *options, struct abandoned *abandoned,
                 struct err *err)
{
    struct engine_options engine = {.trace = options->trace};
    struct engine *control = NULL;
    struct target target;
    bool done;

    *abandoned = (struct abandoned){.schema = STR("pgrade_load")};
    done = engine_open(options->target, &engine, &control, err) && target_session(control, err) &&
           target_examine(arena, control, (struct str)STR("public"), abandoned->schema, &target, err);
    if (done) {
        abandoned->database = target.database;
        done = clear(arena, &target, abandoned, err) && clear_files(arena, options, &target, abandoned, err);
    }
    engine_close(control);
    return done;
}
