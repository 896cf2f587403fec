#include "ops/downgrade.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/fs.h"
#include "engine/sqlite/write.h"
#include "ops/downgrade_intern.h"
#include "ops/interrupt.h"
#include "ops/locks.h"
#include "schema/ident.h"

static bool connect_source(struct downgrade_run *run, struct err *err)
{
    struct engine_options options = {.trace = run->options->settings->trace,
                                     .interrupted = run->options->interrupted};
    struct value version;

    if (!engine_open(run->options->source, &options, &run->control, err))
        return false;
    /* Row-level security would leave rows out in silence; an error is better. */
    if (!engine_exec(run->control,
                     (struct str)STR("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                                     " SET LOCAL row_security = off; SET LOCAL work_mem = '64MB'"),
                     err) ||
        !locks_begin(run->control, err) ||
        !engine_value(run->control, run->arena,
                      (struct str)STR("SELECT split_part(current_setting('server_version'), ' ', 1)"), NULL,
                      0, &version, err))
        return false;
    run->result->version = version.bytes;
    return true;
}

static bool witness(void *context, struct str bytes, struct err *err)
{
    return digester_target_bytes(context, bytes.ptr, bytes.len, err);
}

static bool open_file(struct downgrade_run *run, struct err *err)
{
    return sqlite_copy_pages(run->result->prepared.snapshot.readers[0], run->made.made,
                             run->options->interrupted, err) &&
           sqlite_open_write(run->made.made, run->options->settings->trace, &run->file, err) &&
           engine_exec(run->file, (struct str)STR("BEGIN"), err) &&
           (run->options->like != NULL || downgrade_indexes_drop(run, err));
}

static bool count_rows(struct downgrade_run *run, size_t place, int64_t *rows, struct err *err)
{
    const struct plan *plan = &run->result->prepared.plan;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "SELECT count(*) FROM %s", run->result->back.divided[place] ? "" : "ONLY ");
    ident_quote_qualified(&sql, plan->target_schema, plan->tables[place].name);
    done = engine_int(run->control, buf_view(&sql), rows, err);
    buf_free(&sql);
    return done;
}

static void show_progress(const struct downgrade_run *run, size_t done)
{
    const struct plan *plan = &run->result->prepared.plan;
    struct upgrade_progress progress = {.phase = "rows", .tables = plan->table_count, .tables_done = done};

    for (size_t i = 0; i < done; i++)
        progress.rows += run->result->tables[i].counts.rows;
    if (run->options->progress != NULL)
        run->options->progress(run->options->progress_context, &progress);
}

static bool bring_rows(struct downgrade_run *run, struct err *err)
{
    const struct plan *plan = &run->result->prepared.plan;
    struct back *back = &run->result->back;

    back->arena = run->arena;
    back->plan = plan;
    back->source = run->control;
    back->old = run->result->prepared.snapshot.readers[0];
    back->file = run->file;
    back->interrupted = run->options->interrupted;
    back->witness = witness;
    for (size_t i = 0; i < plan->table_count; i++) {
        struct downgrade_table *outcome = &run->result->tables[i];

        show_progress(run, i);
        run->digesters[i] = digester_new(run->arena, &plan->tables[i]);
        if (!count_rows(run, i, &outcome->counted, err) ||
            !back_table(back, i, run->digesters[i], &outcome->counts, err) ||
            !digester_target_end(run->digesters[i], err) || !locks_read(run->control, i, err))
            return false;
    }
    if (back->misfit_total == 0)
        return true;
    err_set(err, ERR_DECISION, "%lld value%s of PostgreSQL cannot be held by SQLite",
            (long long)back->misfit_total, back->misfit_total == 1 ? "" : "s");
    err_detail(err, "each is named above; no file was made");
    return err_hint(err, "change the values in PostgreSQL (to NULL, or to what SQLite has) and try again");
}

static void note_emptied(struct downgrade_run *run)
{
    const struct plan *plan = &run->result->prepared.plan;

    for (size_t i = 0; i < plan->table_count; i++) {
        int64_t emptied = run->result->tables[i].counts.emptied;

        if (emptied > 0)
            downgrade_note(run, plan->tables[i].source->name.text,
                           str_printf(run->arena,
                                      "%lld value%s NULL, as in PostgreSQL; the old file has others there, "
                                      "which the columns could not hold",
                                      (long long)emptied, emptied == 1 ? " is" : "s are"));
    }
}

static bool finish_file(struct downgrade_run *run, struct err *err)
{
    if (!engine_exec(run->file, (struct str)STR("COMMIT"), err) || !downgrade_indexes_make(run, err))
        return false;
    engine_close(run->file);
    run->file = NULL;
    return true;
}

static bool end_transaction(struct downgrade_run *run, struct err *err)
{
    return engine_exec(run->control, (struct str)STR("COMMIT"), err);
}

static bool make_file(void *context, struct err *err)
{
    struct downgrade_run *run = context;
    size_t count;

    if ((run->like == NULL && !downgrade_schema(run, err)) || !downgrade_plan(run, err))
        return false;
    count = run->result->prepared.plan.table_count;
    run->result->tables = ARENA_ARRAY(run->arena, struct downgrade_table, count + 1);
    run->digesters = ARENA_ARRAY(run->arena, struct digester *, count + 1);
    if (!open_file(run, err) || !bring_rows(run, err) || !downgrade_computed(run, err) ||
        !downgrade_sequences(run, err) || !downgrade_aside(run, err) || !end_transaction(run, err))
        return false;
    downgrade_search(run);
    if (!finish_file(run, err))
        return false;
    note_emptied(run);
    return true;
}

/* The application may have gone on with the old file, whose rows would then be lost. */
static bool check_old(struct downgrade_run *run, struct err *err)
{
    struct snapshot *snapshot = &run->result->prepared.snapshot;
    bool changed;

    if (!run->options->replace || run->options->like == NULL)
        return true;
    if (!snapshot_changed(snapshot, &changed, err))
        return false;
    if (!changed && snapshot_replaced(snapshot) == NULL)
        return true;
    err_set(err, ERR_SOURCE_CHANGED, "%s was written meanwhile", snapshot->path);
    return err_hint(err, "stop the application that uses it, then run the same command again");
}

/* A file that was in WAL mode stays so.  Last of all: whoever reads such a file makes others beside it. */
static bool set_mode(struct downgrade_run *run, bool wal, struct err *err)
{
    bool done;

    if (!wal)
        return true;
    done = sqlite_open_write(run->made.made, run->options->settings->trace, &run->file, err) &&
           engine_exec(run->file, (struct str)STR("PRAGMA journal_mode = WAL"), err);
    engine_close(run->file);
    run->file = NULL;
    return done;
}

static bool publish(struct downgrade_run *run, struct err *err)
{
    bool wal = run->result->prepared.snapshot.wal;
    const char *model = run->options->like == NULL ? NULL : str_cstr(run->arena, run->like->path);
    struct fs_info info;

    if (!check_old(run, err))
        return false;
    /* SQLite's own files beside the old one go with its connections. */
    snapshot_close(&run->result->prepared.snapshot);
    if (was_interrupted(run->options->interrupted))
        return err_set(err, ERR_CANCELED, "interrupted");
    if (!set_mode(run, wal, err) || !made_file_publish(run->arena, &run->made, model, err))
        return false;
    run->result->published = true;
    if (fs_stat(run->made.path, &info, err))
        run->result->bytes = info.size;
    return true;
}

static bool run_all(struct downgrade_run *run, struct err *err)
{
    const struct downgrade_options *options = run->options;

    return made_file_begin(run->arena, str_cstr(run->arena, options->target->path), options->replace,
                           &run->made, err) &&
           connect_source(run, err) &&
           interruptible(options->interrupted, run->control, make_file, run, err) &&
           downgrade_check(run, err) && publish(run, err);
}

bool downgrade_run(struct arena *arena, const struct downgrade_options *options,
                   struct downgrade_result *result, struct err *err)
{
    struct downgrade_run run = {.arena = arena, .options = options, .result = result, .like = options->like};
    int64_t began = clock_monotonic_us();
    const char *left;
    bool done;

    *result = (struct downgrade_result){.published = false};
    done = run_all(&run, err);
    if (!done && was_interrupted(options->interrupted)) {
        err_clear(err);
        err_set(err, ERR_CANCELED, "interrupted");
        err_hint(err, "no file was made; run the same command again");
    }
    engine_close(run.file);
    engine_close(run.control);
    for (size_t i = 0; run.digesters != NULL && i < result->prepared.plan.table_count; i++)
        if (run.digesters[i] != NULL)
            digester_free(run.digesters[i]);
    result->left = made_file_give_up(arena, &run.made);
    left = made_file_give_up(arena, &run.model);
    if (left != NULL)
        result->left = left;
    result->total_us = clock_monotonic_us() - began;
    return done;
}

void downgrade_close(struct downgrade_result *result)
{
    prepare_close(&result->prepared);
}
