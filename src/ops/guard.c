#include "ops/guard.h"

#include "base/log.h"
#include "ops/guard_schema.h"
#include "ops/interrupt.h"
#include "ops/orphans.h"
#include "ops/redo.h"
#include "schema/ident.h"

bool guard_query(struct engine *reader, const struct plan_table *table, struct rows **rows, struct err *err)
{
    bool first = true;
    bool done;
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT ");
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr != NULL)
            continue;
        buf_text(&sql, first ? "" : ", ");
        first = false;
        ident_quote(&sql, table->columns[i].source->name.text);
    }
    buf_text(&sql, " FROM ");
    table_put_from(&sql, table->source);
    table_put_filter(&sql, table->source, " WHERE ");
    done = engine_query(reader, buf_view(&sql), NULL, 0, rows, err);
    buf_free(&sql);
    return done;
}

bool guard_digest(struct engine *reader, const struct plan_table *table,
                  const volatile sig_atomic_t *interrupted, struct digester *digester, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    if (!guard_query(reader, table, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found && !was_interrupted(interrupted) &&
           (done = digester_source_row(digester, rows->cells, err)))
        continue;
    rows_close(rows);
    return done;
}

/* What a policy or a missing parent made of rows: the table is read as the load read it.  Rows that were set
 * aside must be the same ones too. */
static bool has_changed_meant(struct engine *now, const struct upgrade_options *options,
                              const struct upgrade_result *result, size_t place)
{
    struct upgrade_result again = *result;
    struct row_picker filter = {.picks = orphans_picks, .context = &again};
    struct arena *arena = arena_new();
    struct digest_difference difference;
    struct err ignored = {.code = ERR_NONE};
    struct redone before;
    struct redone after;
    bool filtered = result->orphans != NULL && orphans_has(result, place);
    bool same =
        redo_table(arena, options, result, result->prepared.snapshot.readers[0], place,
                   filtered ? &filter : NULL, NULL, &before, &ignored) &&
        redo_table(arena, options, result, now, place, filtered ? &filter : NULL, NULL, &after, &ignored) &&
        before.picked == after.picked && before.aside == after.aside && before.aside_sum == after.aside_sum &&
        digest_compare(arena, &before.digest, &after.digest, &difference) &&
        digest_compare(arena, &result->tables[place].source, &after.digest, &difference);

    arena_free(arena);
    return !same;
}

static bool was_changed(const struct upgrade_result *result, size_t place)
{
    const struct misfits *misfits = &result->load.misfits;

    for (size_t i = 0; i < misfits->change_count; i++)
        if (misfits->changes[i].table == place)
            return true;
    return false;
}

/* A table that cannot be read any more, or now holds values that do not fit, has changed too. */
static bool has_changed(struct engine *reader, const struct plan_table *table,
                        const volatile sig_atomic_t *interrupted, const struct digest *loaded)
{
    struct arena *arena = arena_new();
    struct digester *digester = digester_new(arena, table);
    struct digest_difference difference;
    struct err ignored = {.code = ERR_NONE};
    bool same = guard_digest(reader, table, interrupted, digester, &ignored) &&
                digest_compare(arena, loaded, digester_result(digester), &difference);

    digester_free(digester);
    arena_free(arena);
    return !same;
}

static size_t name_changed(const struct upgrade_options *options, const struct upgrade_result *result,
                           struct engine *reader, bool *differs, struct buf *names)
{
    const struct plan *plan = &result->prepared.plan;
    size_t changed = 0;

    for (size_t i = 0; i < plan->table_count; i++) {
        if (was_changed(result, i)
                ? !has_changed_meant(reader, options, result, i)
                : !has_changed(reader, &plan->tables[i], options->interrupted, &result->tables[i].source))
            continue;
        differs[i] = true;
        buf_printf(names, "%s%.*s", changed > 0 ? ", " : "", STR_ARGS(plan->tables[i].source->name.text));
        changed++;
    }
    return changed;
}

static bool refuse(const struct buf *names, size_t changed, struct err *err)
{
    err_set(err, ERR_SOURCE_CHANGED, "the source was written while it was read");
    if (changed > 0)
        err_detail(err, "changed: %.*s; nothing was published", STR_ARGS(buf_view(names)));
    else
        err_detail(err, "which tables changed is unknown without verification; nothing was published");
    return err_hint(
        err,
        "stop the application and run the same command again; --snapshot publishes the state at the start");
}

/* The readers went on with the file that they had open, and the name is another's: whatever was written since
 * is not in what was read. */
static bool refuse_replaced(const struct snapshot *snapshot, const char *replaced, struct err *err)
{
    err_set(err, ERR_SOURCE_CHANGED, "the source was replaced while it was read");
    err_detail(err, "%s: %s; nothing was published", snapshot->path, replaced);
    return err_hint(err, "run the same command again with the file that is meant; --snapshot publishes the "
                         "state at the start");
}

/* The state of now: again a copy, where a copy was read. */
static bool look_again(struct arena *arena, const struct upgrade_options *options,
                       struct upgrade_result *result, struct snapshot *now, struct err *err)
{
    struct source_copy *copy = &result->prepared.snapshot.copy;
    struct engine_options engine = {.trace = options->trace,
                                    .opened_before = result->prepared.snapshot.witness != NULL,
                                    .work_directory = options->work_directory,
                                    .interrupted = options->interrupted};

    if (!snapshot_open(arena, options->source, &engine, 1, now, err))
        return false;
    if (now->copy.stall_us > copy->stall_us)
        copy->stall_us = now->copy.stall_us;
    return true;
}

bool guard_source(const struct upgrade_options *options, struct upgrade_result *result, struct err *err)
{
    struct snapshot now = {.witness = NULL};
    const char *replaced = snapshot_replaced(&result->prepared.snapshot);
    struct arena *arena;
    struct buf names;
    size_t changed = 0;
    bool written;
    bool done = true;

    if (!snapshot_changed(&result->prepared.snapshot, &written, err))
        return false;
    if (!written && replaced == NULL)
        return true;
    if (options->snapshot) {
        result->snapshot_stale = true;
        return true;
    }
    if (replaced != NULL)
        return refuse_replaced(&result->prepared.snapshot, replaced, err);
    if (options->no_verify)
        return refuse(NULL, 0, err);
    buf_init(&names, BUF_TEXT_MAXIMUM);
    arena = arena_new();
    done = look_again(arena, options, result, &now, err);
    if (done) {
        bool *differs = ARENA_ARRAY(arena, bool, result->prepared.plan.table_count + 1);

        changed = name_changed(options, result, now.readers[0], differs, &names);
        done = guard_schema(arena, options, result, now.readers[0], differs, &names, &changed, err);
    }
    snapshot_close(&now);
    arena_free(arena);
    /* Commits that left every table's rows as they were (a checkpoint, a session table that is not carried)
     * are fine. */
    if (done && changed > 0)
        done = refuse(&names, changed, err);
    buf_free(&names);
    return done;
}
