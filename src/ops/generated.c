#include "ops/generated.h"

#include <string.h>

#include "ops/guard.h"
#include "ops/interrupt.h"
#include "verify/readback.h"

struct generated_run {
    struct arena *arena;
    const struct upgrade_options *options;
    struct upgrade_result *result;
    struct engine *control;
    struct plan_options *plan;
    bool again;
};

static void make_ordinary(struct arena *arena, const struct plan_table *table,
                          const struct plan_column *column, struct str reason, struct plan_options *plan)
{
    struct ordinary_column *all = ARENA_ARRAY(arena, struct ordinary_column, plan->ordinary_count + 1);

    for (size_t i = 0; i < plan->ordinary_count; i++)
        all[i] = plan->ordinary[i];
    all[plan->ordinary_count++] =
        (struct ordinary_column){table->source->name.text, column->source->name.text, reason};
    plan->ordinary = all;
}

/* The table with its generated columns alone, as if they were ordinary ones.  *places: which they are. */
static struct plan_table shape_of(struct arena *arena, const struct plan_table *table, size_t **places)
{
    struct plan_table shape = *table;

    shape.columns = ARENA_ARRAY(arena, struct plan_column, table->column_count + 1);
    shape.column_count = 0;
    *places = ARENA_ARRAY(arena, size_t, table->column_count + 1);
    for (size_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].generated_sql.ptr == NULL)
            continue;
        (*places)[shape.column_count] = i;
        shape.columns[shape.column_count] = table->columns[i];
        shape.columns[shape.column_count++].generated_sql = (struct str){NULL, 0};
    }
    return shape;
}

/* Rows or values that were left out or changed, as the user allowed: the columns differ for that alone. */
static bool is_altered(const struct upgrade_result *result, size_t place)
{
    const struct misfits *misfits = &result->load.misfits;

    if (atomic_load(&result->load.tables[place].quarantined) > 0)
        return true;
    for (size_t i = 0; i < misfits->change_count; i++)
        if (misfits->changes[i].table == place && misfits->changes[i].count > 0)
            return true;
    return false;
}

static void note_not_compared(struct generated_run *run, const struct plan_table *table)
{
    struct plan *plan = &run->result->prepared.plan;

    ARENA_PUSH(run->arena, plan->notes, plan->note_count, plan->note_capacity) = (struct plan_note){
        table->source->name.text, str_from("its generated columns were not compared: --misfit left out or "
                                           "changed values of it")};
}

static void leave(struct generated_run *run, size_t place, const struct plan_table *shape,
                  const size_t *places, const struct digest_difference *difference, const char *why)
{
    const struct plan_table *table = &run->result->prepared.plan.tables[place];
    size_t count =
        difference != NULL && difference->column_count > 0 ? difference->column_count : shape->column_count;

    for (size_t i = 0; i < count; i++) {
        size_t which = difference != NULL && difference->column_count > 0 ? difference->columns[i] : i;

        make_ordinary(run->arena, table, &table->columns[places[which]], str_from(why), run->plan);
    }
    run->again = true;
}

static bool compare_table(struct generated_run *run, size_t place, struct err *err)
{
    struct arena *arena = run->arena;
    const struct plan *plan = &run->result->prepared.plan;
    size_t *places;
    struct plan_table shape = shape_of(arena, &plan->tables[place], &places);
    struct digester *source;
    struct digester *target;
    struct digest_difference difference;
    struct err failure = {.code = ERR_NONE};
    bool done = true;

    if (shape.column_count == 0)
        return true;
    if (is_altered(run->result, place)) {
        note_not_compared(run, &plan->tables[place]);
        return true;
    }
    source = digester_new(arena, &shape);
    target = digester_new(arena, &shape);
    if (!guard_digest(run->result->prepared.snapshot.readers[0], &shape, run->options->interrupted, source,
                      &failure)) {
        if (failure.code == ERR_DECISION)
            leave(run, place, &shape, places, NULL, "its type does not hold what SQLite computes");
        else
            done = false;
        *err = done ? *err : failure;
    } else if (!readback_columns(run->control, plan->load_schema, &shape, target, err)) {
        done = false;
    } else if (!digest_compare(arena, digester_result(source), digester_result(target), &difference)) {
        leave(run, place, &shape, places, &difference, "PostgreSQL computes other values than SQLite");
    }
    digester_free(source);
    digester_free(target);
    return done;
}

static bool compare_all(void *context, struct err *err)
{
    struct generated_run *run = context;

    for (size_t i = 0; i < run->result->prepared.plan.table_count; i++)
        if (!compare_table(run, i, err))
            return false;
    return true;
}

bool generated_compare(struct arena *arena, const struct upgrade_options *options,
                       struct upgrade_result *result, struct engine *control, struct plan_options *plan,
                       bool *again, struct err *err)
{
    struct generated_run run = {arena, options, result, control, plan, false};
    bool done = options->no_verify || interruptible(options->interrupted, control, compare_all, &run, err);

    *again = run.again;
    return done;
}

/* The load puts the table's name before what failed. */
static bool is_about(const struct err *failure, struct str table)
{
    return strncmp(failure->primary, table.len > 0 ? table.ptr : "", table.len) == 0 &&
           failure->primary[table.len] == ':';
}

bool generated_failed(struct arena *arena, const struct upgrade_result *result, const struct err *failure,
                      struct plan_options *plan)
{
    const struct plan *planned = &result->prepared.plan;
    size_t before = plan->ordinary_count;
    struct str reason;

    if (strncmp(failure->sqlstate, "22", 2) != 0) /* data exception */
        return false;
    reason = str_printf(arena, "PostgreSQL cannot compute it for a row: %s", failure->detail);
    for (size_t i = 0; i < planned->table_count; i++)
        for (size_t j = 0; j < planned->tables[i].column_count; j++)
            if (planned->tables[i].columns[j].generated_sql.ptr != NULL &&
                is_about(failure, planned->tables[i].source->name.text))
                make_ordinary(arena, &planned->tables[i], &planned->tables[i].columns[j], reason, plan);
    return plan->ordinary_count > before;
}
