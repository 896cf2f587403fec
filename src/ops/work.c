#include "ops/work_intern.h"

#include "base/clock.h"
#include "ops/progress.h"

const struct plan *work_plan(const struct work *work)
{
    return &work->result->prepared.plan;
}

struct table_outcome *work_outcome(const struct work_table *table)
{
    return &table->work->result->tables[table->place];
}

void work_task_done(struct work_table *table, int64_t began)
{
    (void)pthread_mutex_lock(&table->work->lock);
    work_outcome(table)->work_us += clock_monotonic_us() - began;
    table->left--;
    (void)pthread_mutex_unlock(&table->work->lock);
}

struct object_task *work_object_task(struct work_table *table)
{
    struct object_task *task = ARENA_NEW(table->work->arena, struct object_task);

    task->table = table;
    return task;
}

void work_add_object(struct object_task *task, const struct plan_object *object)
{
    ARENA_PUSH(task->table->work->arena, task->objects, task->count, task->capacity) = object;
}

/* Of a table in chunks those that are in; of one that is whole its rows, as far as their number is known. */
static struct progress_part part_of(const struct work *work, size_t place)
{
    const struct work_table *table = &work->tables[place];
    int64_t expected = work_plan(work)->tables[place].rows_estimate;
    struct progress_part part = {.weight = table->weight, .done = table->cut_in > 0 && table->left == 0};

    if (table->cut_in > 1)
        part.loaded = (double)(table->cut_in - table->chunks) / (double)table->cut_in;
    else if (table->cut_in == 1 && table->chunks == 0)
        part.loaded = 1;
    else if (expected > 0)
        part.loaded = (double)atomic_load(&work->result->load.tables[place].rows) / (double)expected;
    return part;
}

static void show_progress(const struct work *work)
{
    const struct plan *plan = work_plan(work);
    struct upgrade_progress progress = {.phase = work->phase, .tables = plan->table_count};
    struct arena *arena = arena_new();
    struct progress_part *parts = ARENA_ARRAY(arena, struct progress_part, plan->table_count + 1);

    for (size_t i = 0; i < plan->table_count; i++) {
        progress.rows += atomic_load(&work->result->load.tables[i].rows);
        progress.bytes += atomic_load(&work->result->load.tables[i].bytes);
        progress.tables_done += work->tables[i].left == 0;
        parts[i] = part_of(work, i);
    }
    progress.done = !work->loading ? 0 : progress_done(parts, plan->table_count);
    arena_free(arena);
    work->options->progress(work->options->progress_context, &progress);
}

static bool tick(void *context, struct err *err)
{
    struct work *work = context;

    if (work->options->progress != NULL) {
        (void)pthread_mutex_lock(&work->lock);
        show_progress(work);
        (void)pthread_mutex_unlock(&work->lock);
    }
    if (work->options->interrupted == NULL || !*work->options->interrupted)
        return true;
    /* Loads look at the flag; statements that run on the server must be told. */
    atomic_store(&work->result->load.stop, true);
    for (size_t i = 0; i < work->workers; i++)
        engine_cancel(work->targets[i]);
    return err_set(err, ERR_CANCELED, "interrupted");
}

bool work_run_pool(struct work *work, const char *phase, void (*add)(struct work *work), struct err *err)
{
    bool done;

    work->phase = phase;
    work->pool = pool_new(work->workers);
    add(work);
    done = pool_run(work->pool, tick, work, err);
    pool_free(work->pool);
    work->pool = NULL;
    return done;
}

/* The verifier's digest of the source, taken from the rows as they pass. */
static bool observe(void *context, size_t worker, size_t table, const struct value *cells, struct err *err)
{
    struct work *work = context;

    return digester_source_row(work->digesters[worker][table], cells, err);
}

static bool connect_workers(struct work *work, struct err *err)
{
    struct engine_options options = {
        .trace = work->options->trace, .again = true, .interrupted = work->options->interrupted};

    for (size_t i = 0; i < work->workers; i++)
        if (!engine_open(work->options->target, &options, &work->targets[i], err) ||
            !target_session(work->targets[i], err))
            return false;
    return true;
}

static void prepare_outcomes(struct work *work)
{
    const struct plan *plan = work_plan(work);

    work->result->tables = ARENA_ARRAY(work->arena, struct table_outcome, plan->table_count + 1);
    work->tables = ARENA_ARRAY(work->arena, struct work_table, plan->table_count + 1);
    for (size_t i = 0; i < plan->table_count; i++) {
        struct table_outcome *outcome = &work->result->tables[i];
        size_t columns = 0;

        for (size_t j = 0; j < plan->tables[i].column_count; j++)
            columns += plan->tables[i].columns[j].generated_sql.ptr == NULL;
        outcome->source_rows = -1;
        outcome->source.column_count = outcome->target.column_count = columns;
        outcome->source.columns = ARENA_ARRAY(work->arena, struct digest_sum, columns + 1);
        outcome->target.columns = ARENA_ARRAY(work->arena, struct digest_sum, columns + 1);
        work->tables[i] = (struct work_table){.work = work, .place = i};
    }
    for (size_t i = 0; i < work->workers; i++) {
        work->arenas[i] = arena_new();
        work->scratch[i] = arena_new();
        work->digesters[i] = ARENA_ARRAY(work->arenas[i], struct digester *, plan->table_count + 1);
    }
}

/* The list of misfits has a lock of its own, and so it must have an arena of its own.  What the load before
 * this one found is not asked for any more. */
static struct arena *new_load_arena(struct upgrade_result *result)
{
    arena_free(result->load_arena);
    result->load_arena = arena_new();
    return result->load_arena;
}

bool work_open(struct work *work, struct arena *arena, const struct upgrade_options *options,
               struct upgrade_result *result, struct engine *joined, struct err *err)
{
    *work = (struct work){.arena = arena,
                          .options = options,
                          .result = result,
                          .joined = joined != NULL,
                          .workers = joined != NULL ? 1 : result->prepared.snapshot.reader_count};
    (void)pthread_mutex_init(&work->lock, NULL);
    work->targets = ARENA_ARRAY(arena, struct engine *, work->workers);
    work->digesters = ARENA_ARRAY(arena, struct digester **, work->workers);
    work->arenas = ARENA_ARRAY(arena, struct arena *, work->workers);
    work->scratch = ARENA_ARRAY(arena, struct arena *, work->workers);
    work->before = ARENA_ARRAY(arena, struct digest, work->workers);
    work->parallel = ARENA_ARRAY(arena, int, work->workers);
    for (size_t i = 0; i < work->workers; i++)
        work->parallel[i] = -1; /* the server's own setting */
    prepare_outcomes(work);
    load_init(&result->load, new_load_arena(result), work_plan(work));
    result->load.policies = &result->policies;
    if (result->quarantine.path != NULL)
        result->load.sink = (struct row_sink){quarantine_row, &result->quarantine};
    result->loaded = true;
    if (!options->no_verify)
        result->load.observer = (struct row_observer){observe, work};
    result->load.joined = work->joined;
    if (work->joined) {
        work->targets[0] = joined;
        return true;
    }
    result->load.recorder = (struct load_recorder){work_record, work};
    return connect_workers(work, err);
}

void work_close(struct work *work)
{
    for (size_t i = 0; i < work->workers; i++) {
        if (!work->joined)
            engine_close(work->targets[i]);
        for (size_t j = 0; work->digesters[i] != NULL && j < work_plan(work)->table_count; j++)
            if (work->digesters[i][j] != NULL)
                digester_free(work->digesters[i][j]);
        arena_free(work->arenas[i]);
        arena_free(work->scratch[i]);
    }
    load_free(&work->result->load);
    (void)pthread_mutex_destroy(&work->lock);
}
