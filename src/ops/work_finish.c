/* After the load: checks, foreign keys, sequences, statistics. */
#include "base/clock.h"
#include "ops/refusals.h"
#include "ops/work_intern.h"

enum {
    FINISH_TABLES = 25 /* small tables that share a round trip */
};

static void keep_contradiction(struct work *work, const struct contradiction *found)
{
    struct upgrade_result *result = work->result;
    struct contradiction copy = *found;

    (void)pthread_mutex_lock(&work->lock);
    copy.shown = ARENA_ARRAY(work->arena, struct str, found->shown_count + 1);
    for (size_t i = 0; i < found->shown_count; i++)
        copy.shown[i] = str_dup(work->arena, found->shown[i]);
    ARENA_PUSH(work->arena, result->contradictions, result->contradiction_count,
               result->contradiction_capacity) = copy;
    (void)pthread_mutex_unlock(&work->lock);
}

/* Rows may contradict it; or PostgreSQL cannot tell, for want of a value. */
static bool run_constraint(struct work *work, struct arena *arena, struct engine *target,
                           const struct plan_object *object, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct contradiction found;

    if (finish_constraint(arena, target, object, &found, &failure)) {
        if (found.rows > 0)
            keep_contradiction(work, &found);
        return true;
    }
    if (object->class == OBJECT_CHECK && refusals_is(object, &failure)) {
        refusals_note(work, object, &failure);
        return true;
    }
    *err = failure;
    return err_prefix(err, "%s %.*s", object_class_name(object->class), STR_ARGS(object->name));
}

/* All constraints of one table, one after the other: each locks the table against the others. */
static bool run_constraints(void *context, size_t worker, struct err *err)
{
    struct object_task *task = context;
    struct work *work = task->table->work;
    struct arena *arena = arena_new();
    int64_t began = clock_monotonic_us();
    bool done = true;

    for (size_t i = 0; done && i < task->count; i++)
        done = run_constraint(work, arena, work->targets[worker], task->objects[i], err);
    arena_free(arena);
    work_task_done(task->table, began);
    return done;
}

/* Sequences and statistics of a few tables, in one round trip. */
struct finish_task {
    struct work *work;
    size_t *places;
    size_t count;
};

static bool run_finish(void *context, size_t worker, struct err *err)
{
    struct finish_task *task = context;
    struct work *work = task->work;
    int64_t began = clock_monotonic_us();
    bool done = finish_tables(work->targets[worker], work_plan(work), task->places, task->count, err);

    for (size_t i = 0; i < task->count; i++)
        work_task_done(&work->tables[task->places[i]], i == 0 ? began : clock_monotonic_us());
    return done;
}

/* A large table alone, small ones a few at a time. */
static void add_finishes(struct work *work)
{
    struct finish_task *task = NULL;

    for (size_t i = 0; i < work_plan(work)->table_count; i++) {
        bool small = atomic_load(&work->result->load.tables[i].rows) < SMALL_ROWS;

        if (task == NULL || !small) {
            task = ARENA_NEW(work->arena, struct finish_task);
            *task =
                (struct finish_task){.work = work, .places = ARENA_ARRAY(work->arena, size_t, FINISH_TABLES)};
            pool_add(work->pool, RANK_FINISH, run_finish, task);
        }
        task->places[task->count++] = i;
        work->tables[i].left++;
        if (!small || task->count == FINISH_TABLES)
            task = NULL;
    }
}

static bool is_made(const struct plan_object *object)
{
    return object->then_sql.ptr != NULL ? object->then_made : object->made;
}

static void add_constraints(struct work *work)
{
    const struct plan *plan = work_plan(work);

    for (size_t i = 0; i < plan->table_count; i++) {
        struct object_task *task = NULL;

        for (size_t j = 0; j < plan->object_count; j++) {
            if (plan->objects[j].table != i || plan->objects[j].probe_sql.ptr == NULL ||
                is_made(&plan->objects[j]))
                continue;
            if (task == NULL)
                task = work_object_task(&work->tables[i]);
            work_add_object(task, &plan->objects[j]);
        }
        if (task == NULL)
            continue;
        work->tables[i].left++;
        pool_add(work->pool, RANK_CONSTRAINT, run_constraints, task);
    }
    add_finishes(work);
}

bool work_constraints(struct work *work, struct err *err)
{
    return work_run_pool(work, "checking constraints", add_constraints, err);
}
