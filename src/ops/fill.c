#include "ops/fill.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "ops/accept.h"
#include "ops/fill_intern.h"
#include "ops/guard.h"
#include "ops/interrupt.h"
#include "ops/policy.h"
#include "ops/settle.h"
#include "ops/work.h"
#include "plan/fill.h"
#include "schema/ident.h"
#include "transfer/fill.h"

struct fill_run {
    struct arena *arena;
    const struct upgrade_options *options;
    struct upgrade_result *result;
    struct prepare_options *prepare;
    struct engine *control;
    struct filling filling;
    struct fill *fill;
};

static const struct plan *plan_of(const struct fill_run *run)
{
    return &run->result->prepared.plan;
}

static struct fill_context context_of(const struct fill_run *run)
{
    return (struct fill_context){run->arena, run->options, run->result, run->control};
}

/* What only one way of making tables has. */
static bool check_options(const struct upgrade_options *options, struct err *err)
{
    const char *what = NULL;

    if (options->orphans == ORPHANS_NOT_VALID)
        what = "--orphans not-valid";
    else if (options->owner.len > 0)
        what = "--owner";
    for (size_t i = 0; i < options->misfit_rule_count; i++)
        if (options->misfit_rules[i].policy == MISFIT_WIDEN)
            what = "--misfit widen";
    for (size_t i = 0; i < options->plan.nocase_count; i++)
        if (options->plan.nocase[i].form != NOCASE_LOWER)
            what = "--nocase citext or icu";
    if (options->plan.fts != FTS_NONE)
        what = "--fts";
    if (what == NULL)
        return true;
    err_set(err, ERR_USAGE, "%s: not for tables that the application's own migrations made", what);
    return err_hint(err,
                    "their columns and keys stay what they are; --mode fresh lets pgrade make the tables");
}

/* Rows without a parent are found, and set aside, as those of a plan's own keys. */
static void take_keys(struct fill_run *run)
{
    struct plan *plan = &run->result->prepared.plan;

    for (size_t i = 0; i < run->filling.keys.count; i++)
        if (!run->filling.keys.items[i].outside)
            ARENA_PUSH(run->arena, plan->objects, plan->object_count, plan->object_capacity) =
                run->filling.keys.items[i].object;
}

static bool begin(void *context, struct err *err)
{
    struct fill_run *run = context;

    commit_prepare(&run->result->commit, run->control);
    if (!fill_begin(&run->filling, run->arena, run->control, plan_of(run), run->options->replace, err))
        return false;
    run->result->load.frozen = run->filling.truncated;
    take_keys(run);
    return true;
}

static bool finish(void *context, struct err *err)
{
    struct fill_run *run = context;
    struct fill_context it = context_of(run);

    return fill_check_keys(&it, &run->filling, err) && fill_finish(&run->filling, err);
}

/* In the same transaction, as everything else: a row that is set aside is nowhere else but in the source. */
static bool keep_rows(void *context, struct err *err)
{
    struct fill_run *run = context;
    struct quarantine *quarantine = &run->result->quarantine;
    int64_t there = 0;

    if (quarantine->path == NULL || quarantine->rows == 0)
        return true;
    /* IF NOT EXISTS asks for the right to create all the same. */
    return engine_int(run->control,
                      (struct str)STR("SELECT (to_regnamespace('pgrade_record') IS NOT NULL)::int"), &there,
                      err) &&
           (there != 0 || engine_exec(run->control, (struct str)STR("CREATE SCHEMA pgrade_record"), err)) &&
           quarantine_add(quarantine, run->control, err);
}

static bool commit(void *context, struct err *err)
{
    struct fill_run *run = context;

    int64_t *rows = ARENA_ARRAY(run->arena, int64_t, plan_of(run)->table_count + 1);

    for (size_t i = 0; i < plan_of(run)->table_count; i++)
        rows[i] = run->result->tables[i].loaded_rows;
    run->result->published = fill_commit(&run->filling, rows, &run->result->commit, err);
    if (run->result->published || run->result->commit.unknown)
        run->result->quarantine_file = quarantine_name(&run->result->quarantine);
    return run->result->published;
}

static bool step(struct fill_run *run, interruptible_step *what, struct err *err)
{
    return interruptible(run->options->interrupted, run->control, what, run, err);
}

/* The source holds values where the target computes its own: they stay behind. */
static void leave_computed(struct arena *arena, struct plan *plan)
{
    for (size_t i = 0; i < plan->table_count; i++)
        for (size_t j = 0; j < plan->tables[i].column_count; j++) {
            const struct plan_column *column = &plan->tables[i].columns[j];

            if (column->generated_sql.ptr == NULL || column->source->generated != GENERATED_NO)
                continue;
            ARENA_PUSH(arena, plan->not_carried, plan->not_carried_count, plan->not_carried_capacity) =
                (struct not_carried){
                    .class = OBJECT_GENERATED,
                    .table = plan->tables[i].source->name.text,
                    .name = column->source->name.text,
                    .reason = str_from("the target computes the column; the source's values stay behind")};
        }
}

bool fill_plan(struct fill_context *it, struct prepare_options *prepare, const struct fill *fill,
               struct err *err)
{
    struct plan *plan = &it->result->prepared.plan;

    fill_options(it->arena, plan, fill, &prepare->plan);
    if (!prepare_plan(it->arena, prepare, &it->result->prepared, err))
        return false;
    fill_adapt(plan, fill);
    leave_computed(it->arena, plan);
    return true;
}

/* Told at the end too. */
static void note_differences(struct fill_run *run)
{
    struct plan *plan = &run->result->prepared.plan;

    for (size_t i = 0; i < run->fill->difference_count; i++)
        ARENA_PUSH(run->arena, plan->notes, plan->note_count, plan->note_capacity) =
            (struct plan_note){run->fill->differences[i].about, run->fill->differences[i].text};
}

static bool plan_for_tables(struct fill_run *run, struct existing *existing, struct err *err)
{
    struct fill_context it = context_of(run);

    if (!check_options(run->options, err) || !fill_compare(&it, existing, run->fill, err))
        return false;
    log_message(LOG_NOTICE, "the target has the application's own tables: they are filled as they are");
    fill_show(&it, run->fill);
    if (!fill_may_go_on(run->fill, err) || !fill_plan(&it, run->prepare, run->fill, err))
        return false;
    note_differences(run);
    return accept_check(run->options, run->result, "written", err);
}

bool fill_check_misfits(const struct upgrade_result *result, struct err *err)
{
    int64_t total = result->load.misfits.total;

    if (total == 0)
        return true;
    err_set(err, ERR_DECISION, "%lld value%s not fit the target's columns", (long long)total,
            total == 1 ? " does" : "s do");
    err_detail(err, "each is named above; nothing was written");
    return err_hint(err, "--misfit quarantine, null and repair are ways on; or mend them in the source");
}

/* Statistics are the server's own matter: without them it is slower for a while, not wrong. */
static void analyze(const struct fill_run *run)
{
    const struct plan *plan = plan_of(run);
    struct engine *engine = run->result->commit.again != NULL ? run->result->commit.again : run->control;
    struct err failure = {.code = ERR_NONE};
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < plan->table_count; i++) {
        buf_text(&sql, i == 0 ? "ANALYZE " : ", ");
        ident_quote_qualified(&sql, plan->target_schema, plan->tables[i].name);
    }
    if (!engine_exec(engine, buf_view(&sql), &failure))
        log_message(LOG_WARNING, "no statistics were gathered (%s); ANALYZE does it", failure.detail);
    buf_free(&sql);
}

static bool load(struct fill_run *run, struct work *work, struct err *err)
{
    struct quarantine *quarantine = &run->result->quarantine;

    policies_apply(run->arena, run->options, plan_of(run), &run->result->policies);
    return (quarantine->path == NULL || quarantine_begin(quarantine, plan_of(run), err)) &&
           step(run, begin, err) && work_load(work, err) && fill_check_misfits(run->result, err) &&
           settle_rows(run->arena, run->options, run->result, run->control, err);
}

static bool load_and_commit(struct fill_run *run, struct err *err)
{
    int64_t since = clock_monotonic_us();
    int64_t *times = run->result->step_us;
    struct work work;
    bool done =
        work_open(&work, run->arena, run->options, run->result, run->control, err) && load(run, &work, err);

    times[STEP_LOAD] = clock_monotonic_us() - since;
    since = clock_monotonic_us();
    done = done && step(run, finish, err);
    times[STEP_CONSTRAINTS] = clock_monotonic_us() - since;
    since = clock_monotonic_us();
    done = done && guard_source(run->options, run->result, err);
    if (done && was_interrupted(run->options->interrupted))
        done = err_set(err, ERR_CANCELED, "interrupted");
    done = done && step(run, keep_rows, err) && step(run, commit, err);
    times[STEP_PUBLISH] = clock_monotonic_us() - since;
    work_close(&work);
    if (!done) {
        struct fill_context it = context_of(run);

        return fill_explain(&it, err);
    }
    analyze(run);
    return true;
}

bool fill_tables(struct prepare_options *prepare, const struct upgrade_options *options,
                 struct existing *existing, struct engine *control, struct arena *arena,
                 struct upgrade_result *result, struct err *err)
{
    struct fill *fill = ARENA_NEW(arena, struct fill); /* result->comparison outlives this */
    struct fill_run run = {.arena = arena,
                           .options = options,
                           .result = result,
                           .prepare = prepare,
                           .control = control,
                           .fill = fill};
    bool done = plan_for_tables(&run, existing, err) && load_and_commit(&run, err);

    fill_end(&run.filling);
    return done;
}
