#include "ops/upgrade.h"

#include "base/clock.h"
#include "base/log.h"
#include "engine/postgres/postgres.h"
#include "ops/fill.h"
#include "ops/generated.h"
#include "ops/guard.h"
#include "ops/interrupt.h"
#include "ops/orphans.h"
#include "ops/policy.h"
#include "ops/refusals.h"
#include "ops/settle.h"
#include "ops/views.h"
#include "ops/widen.h"
#include "ops/work.h"
#include "plan/fill.h"
#include "transfer/existing.h"

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
    struct work work;
    bool working;
    int steps; /* of STEPS */
};

bool upgrade_accepts(const struct upgrade_options *options, const struct not_carried *object)
{
    struct arena *arena;
    bool accepted = options->accept_all || object->allowed;

    arena = arena_new();
    for (size_t i = 0; !accepted && i < options->accept_count; i++) {
        struct str word = options->accept[i];
        struct str full = str_printf(arena, "%.*s.%.*s", STR_ARGS(object->table), STR_ARGS(object->name));

        accepted = str_is_nocase(word, object_class_name(object->class)) ||
                   str_equal_nocase(word, object->name) || str_equal_nocase(word, full);
    }
    arena_free(arena);
    return accepted;
}

/* Everything that is not carried must have been accepted; if not, nothing is begun. */
static bool check_accepted(struct run *run, const char *what_was_done, struct err *err)
{
    const struct plan *plan = &run->result->prepared.plan;

    run->result->not_accepted = 0;
    for (size_t i = 0; i < plan->not_carried_count; i++)
        run->result->not_accepted += !upgrade_accepts(run->options, &plan->not_carried[i]);
    if (run->result->not_accepted == 0)
        return true;
    err_set(err, ERR_DECISION, "%zu object%s of the source cannot be carried", run->result->not_accepted,
            run->result->not_accepted == 1 ? "" : "s");
    err_detail(err, "they are named above, each with its reason; nothing was %s", what_was_done);
    return err_hint(err, "--accept all, or --accept CLASS or NAME for some of them, goes on without them");
}

static bool connect_control(struct run *run, struct err *err)
{
    const struct upgrade_options *options = run->options;
    struct engine_options engine = {.trace = options->trace, .interrupted = options->interrupted};
    struct str schema =
        run->prepare.plan.target_schema.len > 0 ? run->prepare.plan.target_schema : str_from("public");
    struct str load_schema =
        run->prepare.plan.load_schema.len > 0 ? run->prepare.plan.load_schema : str_from("pgrade_load");

    if (!engine_open(options->target, &engine, &run->control, err) || !target_session(run->control, err) ||
        !target_examine(run->arena, run->control, schema, load_schema, &run->result->target, err))
        return false;
    run->result->target.discard_changes = options->discard_changes;
    run->result->target.needs_collation = run->result->prepared.plan.uses_icu;
    return target_examine_owner(&run->result->target, options->owner, err);
}

/* Into tables that are there already, where the target has some of the source's and pgrade did not make them.
 */
static bool choose_mode(struct run *run, struct err *err)
{
    const struct upgrade_options *options = run->options;
    struct target *target = &run->result->target;
    struct err occupied = {.code = ERR_NONE};
    struct err unrecorded = {.code = ERR_NONE};

    /* Says what is pgrade's own; that it cannot be kept matters only to a run that makes tables. */
    if (!target_examine_record(target, &unrecorded))
        target->record_exists = false;
    if (options->mode != MODE_FILL) {
        if (target_check_empty(run->arena, target, options->replace, err)) {
            if (unrecorded.code != ERR_NONE)
                *err = unrecorded;
            return unrecorded.code == ERR_NONE && target_check_rights(target, err);
        }
        if (options->mode == MODE_FRESH || err->code != ERR_REFUSED || !target->occupied_by_others)
            return false;
        occupied = *err;
        err_clear(err);
    }
    if (!existing_read(run->arena, run->control, target->schema, &run->existing, err))
        return false;
    run->result->filled = fill_count_matches(&run->result->prepared.plan, &run->existing) > 0;
    if (run->result->filled)
        return true;
    if (options->mode != MODE_FILL) {
        *err = occupied;
        return false;
    }
    err_set(err, ERR_REFUSED, "schema %.*s of the database %.*s has none of the source's tables",
            STR_ARGS(target->schema), STR_ARGS(target->database));
    return err_hint(err,
                    "run the application's migrations on it first, or let pgrade make the tables: --mode "
                    "fresh");
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

/* Each takes its table for a moment only: the indexes are there, and foreign keys are validated later. */
static bool attach_keys(void *context, struct err *err)
{
    struct run *run = context;
    const struct plan *plan = &run->result->prepared.plan;
    const struct plan_object **keys =
        ARENA_ARRAY(run->arena, const struct plan_object *, plan->object_count + 1);
    const struct plan_object **foreign =
        ARENA_ARRAY(run->arena, const struct plan_object *, plan->object_count + 1);
    size_t key_count = 0;
    size_t foreign_count = 0;

    for (size_t i = 0; i < plan->object_count; i++) {
        const struct plan_object *object = &plan->objects[i];

        if (object->class == OBJECT_PRIMARY_KEY || object->class == OBJECT_UNIQUE)
            keys[key_count++] = object;
        else if (object->class == OBJECT_FOREIGN_KEY)
            foreign[foreign_count++] = object;
    }
    return finish_objects_then(run->control, keys, key_count, err) &&
           finish_objects(run->control, foreign, foreign_count, err);
}

static bool explain_checks(struct err *err)
{
    err_detail(err,
               "SQLite can be told to pass over checks (PRAGMA ignore_check_constraints); the rows are named "
               "above, and nothing was published");
    return err_hint(err, "mend these rows in the source: PRAGMA quick_check finds them there too");
}

/* Contradicted checks always stop; contradicted foreign keys where --orphans does not allow them. */
static bool check_contradictions(const struct run *run, struct err *err)
{
    int64_t rows = 0;
    int64_t collated = 0;
    size_t constraints = 0;
    size_t checks = 0;

    for (size_t i = 0; i < run->result->contradiction_count; i++) {
        const struct contradiction *found = &run->result->contradictions[i];

        if (found->object->class == OBJECT_FOREIGN_KEY && run->options->orphans == ORPHANS_NOT_VALID)
            continue;
        rows += found->rows;
        collated += found->collated_rows;
        constraints++;
        checks += found->object->class == OBJECT_CHECK;
    }
    if (constraints == 0)
        return true;
    err_set(err, ERR_DECISION, "%lld row%s contradict%s %zu constraint%s", (long long)rows,
            rows == 1 ? "" : "s", rows == 1 ? "s" : "", constraints, constraints == 1 ? "" : "s");
    if (checks == constraints)
        return explain_checks(err);
    if (collated > 0)
        err_detail(
            err,
            "%lld of them have a parent by its collation in SQLite, while PostgreSQL's foreign keys compare "
            "exactly: the report above says how to mend them",
            (long long)collated);
    err_detail(err,
               "SQLite checks foreign keys only where the application asks for it; the rows are named above");
    return err_hint(
        err,
        "--orphans not-valid carries the rows and leaves their foreign keys NOT VALID, --orphans quarantine "
        "sets them aside; or mend them in the source (PRAGMA foreign_key_check)");
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

static bool plan_step(void *context, struct err *err)
{
    struct run *run = context;

    return prepare_plan(run->arena, &run->prepare, &run->result->prepared, err);
}

/* Columns may have to be read whole. */
static bool make_plan(struct run *run, struct err *err)
{
    return interruptible(run->options->interrupted, run->result->prepared.snapshot.readers[0], plan_step, run,
                         err);
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

/* The plan depends a little on the target.  Objects that cannot be carried stop a fresh run, and are nothing
 * to one that fills, so which it is has to be known first. */
static bool plan_for_target(struct run *run, struct err *err)
{
    struct err decision = {.code = ERR_NONE};

    if (!make_plan(run, err))
        return false;
    if (run->control == NULL && (!connect_control(run, err) || !choose_mode(run, err))) {
        if (!check_accepted(run, "written", &decision))
            *err = decision;
        return false;
    }
    if (run->result->filled)
        return true;
    if (!check_accepted(run, "written", err))
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

    return target_create_tables(&run->result->target, &run->result->prepared.plan, err);
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
                                      .quarantine = quarantine->path != NULL ? quarantine : NULL};

    for (size_t i = 0; i < run->result->prepared.plan.table_count; i++)
        rows[i] = run->result->tables[i].loaded_rows;
    run->result->published =
        target_publish(&run->result->target, &run->result->prepared.plan, &publication, err);
    if (run->result->published && quarantine->kept)
        run->result->quarantine_file = quarantine->path;
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
        !on_target(run, settle_refusals, err) || !check_accepted(run, "published", err) ||
        !on_target(run, attach_keys, err) || !work_constraints(&run->work, err) ||
        !on_target(run, settle_refusals, err) || !check_contradictions(run, err))
        return false;
    since = step_done(run, STEP_CONSTRAINTS, since);
    if (!views_make(run->arena, run->options, run->result, run->control, err) ||
        !check_accepted(run, "published", err))
        return false;
    since = step_done(run, STEP_VIEWS, since);
    if (!guard_source(run->options, run->result, err))
        return false;
    if (was_interrupted(run->options->interrupted))
        return err_set(err, ERR_CANCELED, "interrupted");
    if (!on_target(run, publish, err))
        return false;
    (void)step_done(run, STEP_PUBLISH, since);
    return true;
}

static bool wants_quarantine(const struct upgrade_options *options)
{
    bool wanted = options->orphans == ORPHANS_QUARANTINE;

    for (size_t i = 0; i < options->misfit_rule_count; i++)
        wanted = wanted || options->misfit_rules[i].policy == MISFIT_QUARANTINE;
    return wanted;
}

static bool open_quarantine(struct run *run, struct err *err)
{
    const struct upgrade_options *options = run->options;

    return !wants_quarantine(options) ||
           quarantine_open(run->arena, target_text_of_path(run->arena, options->source->path),
                           options->quarantine_file, &run->result->quarantine, err);
}

bool upgrade_run(struct arena *arena, const struct upgrade_options *options, struct upgrade_result *result,
                 struct err *err)
{
    struct run run = {.arena = arena, .options = options, .result = result};
    int64_t began = clock_monotonic_us();
    bool done;

    *result = (struct upgrade_result){.published = false};
    run.prepare = (struct prepare_options){.source = options->source,
                                           .readers = options->workers > 0 ? options->workers : WORKERS,
                                           .trace = options->trace,
                                           .check_source = options->check_source,
                                           .interrupted = options->interrupted,
                                           .planned = options->planned,
                                           .plan = options->plan};
    done =
        prepare_source(arena, &run.prepare, &result->prepared, err) &&
        policies_check(options, &result->prepared.schema, err) && open_quarantine(&run, err) &&
        plan_step_for_target(&run, err) &&
        (result->filled ? fill_tables(&run.prepare, options, &run.existing, run.control, arena, result, err)
                        : plan_and_load(&run, err) && finish_and_publish(&run, err));
    if (!done && was_interrupted(options->interrupted))
        interrupt_error(err);
    orphans_free(result);
    quarantine_close(&result->quarantine, result->published);
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
