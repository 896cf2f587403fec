#include "ops/upgrade.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/postgres/postgres.h"
#include "ops/accept.h"
#include "ops/aside.h"
#include "ops/contradictions.h"
#include "ops/fill.h"
#include "ops/generated.h"
#include "ops/guard.h"
#include "ops/interrupt.h"
#include "ops/mode.h"
#include "ops/orphans.h"
#include "ops/policy.h"
#include "ops/pooler.h"
#include "ops/refusals.h"
#include "ops/resume_facts.h"
#include "ops/settle.h"
#include "ops/structure.h"
#include "ops/views.h"
#include "ops/widen.h"
#include "ops/work.h"

enum {
    WORKERS = 2,
    STEPS = 8 /* a whole survey after a sample, then steps of widening */
};

struct run {
    struct arena *arena;
    const struct upgrade_options *options;
    struct upgrade_result *result;
    struct prepare_options prepare;
    struct engine *control;
    struct existing existing; /* where the target's tables are the application's own */
    struct resume resume;
    struct work work;
    bool working;
    int steps; /* of STEPS */
};

static bool connect_control(struct run *run, struct err *err)
{
    const struct upgrade_options *options = run->options;
    struct engine_options engine = {.trace = options->trace, .interrupted = options->interrupted};
    struct str schema =
        run->prepare.plan.target_schema.len > 0 ? run->prepare.plan.target_schema : str_from("public");
    struct str load_schema =
        run->prepare.plan.load_schema.len > 0 ? run->prepare.plan.load_schema : str_from("pgrade_load");

    if (!pooler_refuse(options->target, "pgrade", options->interrupted, err) ||
        !engine_open(options->target, &engine, &run->control, err) || !target_session(run->control, err) ||
        !target_examine(run->arena, run->control, schema, load_schema, &run->result->target, err))
        return false;
    run->result->target.discard_changes = options->discard_changes;
    run->result->target.needs_collation = run->result->prepared.plan.uses_icu;
    return target_examine_owner(&run->result->target, options->owner, err);
}

static bool misfits_error(const struct run *run, struct err *err)
{
    int64_t total = run->result->load.misfits.total;
    struct str obstacles = widen_obstacles(run->arena, run->options, run->result);

    err_set(err, ERR_DECISION, "%lld value%s not fit the planned type", (long long)total,
            total == 1 ? " does" : "s do");
    if (obstacles.len > 0) {
        err_detail(err, "cannot be widened: %.*s; nothing was published", STR_ARGS(obstacles));
        return err_hint(err, "mend them in the source; or choose the type: --type TABLE.COLUMN=TYPE");
    }
    err_detail(err, "each is named above; nothing was published");
    return err_hint(
        err,
        "--misfit widen takes a type that holds them, quarantine, null and repair are other ways; or mend "
        "them in the source; or choose the type: --type TABLE.COLUMN=TYPE");
}

static bool has_misfits(const struct run *run)
{
    const struct misfits *misfits = &run->result->load.misfits;

    return misfits->total > 0 || misfits->change_count > 0;
}

/* Misfits: a column that was decided by a sample is surveyed whole and planned again; then, where the user
 * said so, its type is widened.  *again: the load is to be repeated with the new plan. */
static bool decide_misfits(struct run *run, bool *again, struct err *err)
{
    *again = false;
    if (has_misfits(run) && run->result->prepared.sampled && !run->prepare.survey_whole) {
        log_message(LOG_NOTICE,
                    "values beyond the sample do not fit: surveying whole columns and planning again");
        run->prepare.survey_whole = true;
        run->steps++;
        *again = true;
        return true;
    }
    if (run->result->load.misfits.total == 0)
        return true;
    run->steps++;
    *again = widen(run->arena, run->options, run->result, &run->prepare.plan);
    return *again || misfits_error(run, err);
}

static bool attach_keys(void *context, struct err *err)
{
    struct run *run = context;

    return finish_keys(run->arena, run->control, &run->result->prepared.plan, err);
}

static void give_up(struct run *run)
{
    struct err failure = {.code = ERR_NONE};

    if (run->working)
        work_close(&run->work);
    run->working = false;
    if (!target_abandon(&run->result->target, &failure))
        log_message(LOG_WARNING, "the schema %.*s could not be dropped (%s); the next run drops it",
                    STR_ARGS(run->result->target.load_schema), failure.detail);
}

static int64_t step_done(struct run *run, enum upgrade_step step, int64_t since)
{
    int64_t now = clock_monotonic_us();

    run->result->step_us[step] += now - since;
    return now;
}

static bool on_target(struct run *run, interruptible_step *step, struct err *err)
{
    return interruptible(run->options->interrupted, run->control, step, run, err);
}

static int major_version(const struct run *run)
{
    return postgres_version(run->control) / 10000;
}

/* What the plan took for granted of the target. */
static bool is_planned_for(const struct run *run)
{
    const struct plan_options *plan = &run->prepare.plan;

    return plan->collate_c == run->result->target.collate_c &&
           str_equal(plan->citext_schema, run->result->target.citext_schema) &&
           (plan->target_version == major_version(run) || !plan_has_virtual(&run->result->prepared.plan));
}

/* *again: there is to be planned with what an interrupted run had found out. */
static bool meet_target(struct run *run, bool *again, struct err *err)
{
    if (!connect_control(run, err))
        return false;
    if (!aside_settle(run->arena, run->options, run->result, run->control, err))
        return false;
    run->result->target.run = facts_run(run->arena, run->options, run->result);
    return mode_choose(run->arena, run->options, run->control, run->result, &run->existing, err) &&
           resume_look(run->arena, run->options, run->result, &run->prepare, &run->resume, again, err);
}

/* The plan depends a little on the target.  Objects that cannot be carried stop a fresh run, and are nothing
 * to one that fills, so which it is has to be known first. */
static bool plan_for_target(struct run *run, struct err *err)
{
    struct err decision = {.code = ERR_NONE};
    bool again = false;

    if (!prepare_plan(run->arena, &run->prepare, &run->result->prepared, err))
        return false;
    if (run->control == NULL && !meet_target(run, &again, err)) {
        if (!accept_check(run->options, run->result, "written", &decision))
            *err = decision;
        return false;
    }
    if (again && !prepare_plan(run->arena, &run->prepare, &run->result->prepared, err))
        return false;
    if (run->result->filled)
        return true;
    if (!accept_check(run->options, run->result, "written", err))
        return false;
    if (!target_examine_nocase(run->arena, &run->result->target, &run->result->prepared.plan, err))
        return false;
    if (is_planned_for(run))
        return true;
    run->prepare.plan.collate_c = run->result->target.collate_c;
    run->prepare.plan.target_version = major_version(run);
    run->prepare.plan.citext_schema = run->result->target.citext_schema;
    return prepare_plan_again(run->arena, &run->prepare, &run->result->prepared, err);
}

static bool plan_step_for_target(struct run *run, struct err *err)
{
    int64_t since = clock_monotonic_us();
    bool done = plan_for_target(run, err);

    (void)step_done(run, STEP_PLAN, since);
    return done;
}

static bool create_tables(void *context, struct err *err)
{
    struct run *run = context;
    bool taken;

    return resume_begin(run->arena, run->options, run->result, &run->prepare, &run->resume, &run->work,
                        &taken, err) &&
           (taken || target_create_tables(&run->result->target, &run->result->prepared.plan, err));
}

/* *made: the tables were. */
static bool load_once(struct run *run, bool *made, struct err *err)
{
    if (run->working)
        work_close(&run->work);
    run->working = false;
    run->result->refusal_count = 0;
    policies_apply(run->arena, run->options, &run->result->prepared.plan, &run->result->policies);
    if (run->result->quarantine.path != NULL &&
        !quarantine_begin(&run->result->quarantine, &run->result->prepared.plan, err))
        return false;
    run->working = true;
    if (!work_open(&run->work, run->arena, run->options, run->result, NULL, err))
        return false;
    *made = on_target(run, create_tables, err);
    return *made && work_load(&run->work, err);
}

static size_t count_strict(const struct run *run)
{
    size_t count = 0;

    for (size_t i = 0;
         run->result->policies.strict_width != NULL && i < run->result->prepared.plan.table_count; i++)
        count += atomic_load(&run->result->policies.strict_width[i]);
    return count;
}

static bool compare_generated(struct run *run, bool *again, struct err *err)
{
    return generated_compare(run->arena, run->options, run->result, run->control, &run->prepare.plan, again,
                             err);
}

/* The server refused a row that is too wide for a page: loaded again, so that it is named. */
static bool load_step(struct run *run, bool *again, struct err *err)
{
    size_t strict = count_strict(run);
    bool made = false;

    if (load_once(run, &made, err))
        return decide_misfits(run, again, err) && (*again || compare_generated(run, again, err));
    *again = count_strict(run) > strict ||
             generated_failed(run->arena, run->options, run->result, err, &run->prepare.plan) ||
             (!made && !was_interrupted(run->options->interrupted) &&
              generated_refused(run->arena, run->result, err, &run->prepare.plan));
    if (*again)
        err_clear(err);
    return *again;
}

/* Plan and load, until the plan holds every value.  What the server refused is another column or table each
 * time, so that only the steps have to be counted. */
static bool plan_and_load(struct run *run, struct err *err)
{
    bool again = true;

    while (again && run->steps < STEPS) {
        int64_t since;
        bool first = !run->working;

        if (!first && !plan_step_for_target(run, err))
            return false;
        since = clock_monotonic_us();
        if (first && run->result->prepared.plan.table_count == 0)
            log_message(LOG_WARNING, "the source has no tables; if that is unexpected, check the path");
        if (!load_step(run, &again, err))
            return false;
        (void)step_done(run, STEP_LOAD, since);
    }
    return !again || misfits_error(run, err);
}

static bool publish(void *context, struct err *err)
{
    struct run *run = context;
    struct quarantine *quarantine = &run->result->quarantine;

    int64_t *rows = ARENA_ARRAY(run->arena, int64_t, run->result->prepared.plan.table_count + 1);
    struct publication publication = {.source = run->options->source->path,
                                      .rows = rows,
                                      .quarantine = quarantine->path != NULL ? quarantine : NULL,
                                      .commit = &run->result->commit};

    for (size_t i = 0; i < run->result->prepared.plan.table_count; i++)
        rows[i] = run->result->tables[i].loaded_rows;
    run->result->published =
        target_publish(&run->result->target, &run->result->prepared.plan, &publication, err);
    if (run->result->published || run->result->commit.unknown)
        run->result->quarantine_file = quarantine_name(quarantine);
    return run->result->published;
}

static bool settle_refusals(void *context, struct err *err)
{
    struct run *run = context;

    return refusals_settle(run->arena, run->result, err);
}

static bool finish_and_publish(struct run *run, struct err *err)
{
    int64_t since = clock_monotonic_us();

    if (!settle_rows(run->arena, run->options, run->result, run->control, err) ||
        !on_target(run, settle_refusals, err) || !accept_check(run->options, run->result, "published", err) ||
        !on_target(run, attach_keys, err) || !work_constraints(&run->work, err) ||
        !on_target(run, settle_refusals, err) || !contradictions_check(run->options, run->result, err))
        return false;
    since = step_done(run, STEP_CONSTRAINTS, since);
    if (!views_make(run->arena, run->options, run->result, run->control, err) ||
        !accept_check(run->options, run->result, "published", err))
        return false;
    since = step_done(run, STEP_VIEWS, since);
    if (!structure_check(run->arena, run->options, run->result, run->control, err))
        return false;
    since = step_done(run, STEP_STRUCTURE, since);
    if (!guard_source(run->options, run->result, err))
        return false;
    if (was_interrupted(run->options->interrupted))
        return err_set(err, ERR_CANCELED, "interrupted");
    if (!on_target(run, publish, err))
        return false;
    (void)step_done(run, STEP_PUBLISH, since);
    return true;
}

/* A run that was killed behind its COMMIT has nothing left to do. */
static bool is_content(const struct run *run, const struct err *err)
{
    return run->options->resume && err->code == ERR_REFUSED && run->result->target.published_at.len > 0;
}

bool upgrade_run(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                 struct err *err)
{
    struct run run = {.arena = arena, .options = options, .result = result};
    int64_t began = clock_monotonic_us();
    bool done;

    *result = (struct upgrade_result){.published = false};
    result->commit = (struct commit){
        .url = options->target, .options = {.trace = options->trace, .interrupted = options->interrupted}};
    run.prepare = (struct prepare_options){.source = options->source,
                                           .readers = options->workers > 0 ? options->workers : WORKERS,
                                           .trace = options->trace,
                                           .check_source = options->check_source,
                                           .work_directory = options->work_directory,
                                           .in_place = options->in_place,
                                           .interrupted = options->interrupted,
                                           .planned = options->planned,
                                           .plan = options->plan};
    done =
        prepare_source(arena, &run.prepare, &result->prepared, err) &&
        policies_check(options, &result->prepared.schema, err) && aside_open(arena, options, result, err) &&
        plan_step_for_target(&run, err) &&
        (result->filled ? fill_tables(&run.prepare, options, &run.existing, run.control, arena, result, err)
                        : plan_and_load(&run, err) && finish_and_publish(&run, err));
    if (!done && was_interrupted(options->interrupted))
        interrupt_error(err);
    if (!done && !result->published)
        lost_error(err, "nothing was published");
    if (!done && is_content(&run, err)) {
        err_clear(err);
        result->already = done = aside_of_published(arena, options, result, run.control, err);
    }
    if (result->commit.unknown) /* whatever else came up */
        *err = result->commit.failure;
    snapshot_look(&result->prepared.snapshot);
    orphans_free(result);
    quarantine_close(&result->quarantine);
    commit_end(&result->commit);
    give_up(&run);
    engine_close(run.control);
    result->target.control = NULL;
    result->total_us = clock_monotonic_us() - began;
    return done;
}

void upgrade_close(struct upgrade_result *result)
{
    prepare_close(&result->prepared);
    arena_free(result->load_arena);
    result->load_arena = NULL;
}
