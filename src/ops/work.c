#include "ops/work.h"

#include <stdlib.h>

#include "base/clock.h"
#include "schema/ident.h"
#include "verify/readback.h"

enum {
    CHUNKS_A_WORKER = 4, /* of a large table: ranges of rowids may be unevenly filled */
    CHUNKS_MAXIMUM = 64,
    SMALL_ROWS = 20000,
    FINISH_TABLES = 25
};

enum rank {
    RANK_LOAD,
    RANK_READBACK, /* before the indexes: it is usually longer than each of them */
    RANK_INDEX,
    RANK_COUNT,
    RANK_CONSTRAINT,
    RANK_ANALYZE
};

struct load_task {
    struct work_table *table;
    struct load_range range;
};

struct object_task {
    struct work_table *table;
    const struct plan_object **objects;
    size_t count;
};

static const struct plan *plan_of(const struct work *work)
{
    return &work->result->prepared.plan;
}

static struct engine *reader_of(const struct work *work, size_t worker)
{
    return work->result->prepared.snapshot.readers[worker];
}

static struct table_outcome *outcome_of(const struct work_table *table)
{
    return &table->work->result->tables[table->place];
}

/* The verifier's digest of the source, taken from the rows as they pass. */
static bool observe(void *context, size_t worker, size_t table, const struct value *cells, struct err *err)
{
    struct work *work = context;

    return digester_source_row(work->digesters[worker][table], cells, err);
}

static struct digester *digester_of(struct work *work, size_t worker, size_t table)
{
    struct digester **place = &work->digesters[worker][table];

    if (*place == NULL)
        *place = digester_new(work->arenas[worker], &plan_of(work)->tables[table]);
    return *place;
}

/* One of the table's tasks is done. */
static void task_done(struct work_table *table, int64_t began)
{
    (void)pthread_mutex_lock(&table->work->lock);
    outcome_of(table)->work_us += clock_monotonic_us() - began;
    table->left--;
    (void)pthread_mutex_unlock(&table->work->lock);
}

static bool run_count(void *context, size_t worker, struct err *err)
{
    struct work_table *table = context;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT count(*) FROM ");
    ident_quote(&sql, plan_of(table->work)->tables[table->place].source->name.text);
    done = engine_int(reader_of(table->work, worker), buf_view(&sql), &outcome_of(table)->source_rows, err);
    buf_free(&sql);
    return done;
}

static bool run_readback(void *context, size_t worker, struct err *err)
{
    struct work_table *table = context;
    const struct plan_table *planned = &plan_of(table->work)->tables[table->place];
    struct table_outcome *outcome = outcome_of(table);
    struct arena *arena = arena_new();
    struct digester *digester = digester_new(arena, planned);
    int64_t began = clock_monotonic_us();
    bool done = readback_table(table->work->targets[worker], plan_of(table->work)->load_schema, planned,
                               digester, err);

    if (done) {
        (void)pthread_mutex_lock(&table->work->lock);
        digest_add(&outcome->target, digester_result(digester));
        (void)pthread_mutex_unlock(&table->work->lock);
    }
    digester_free(digester);
    arena_free(arena);
    task_done(table, began);
    return done;
}

/* One helper process for an index when nothing else runs; the setting is sent only when it changes. */
static bool set_parallel(struct work *work, size_t worker, struct err *err)
{
    int wanted = pool_pending(work->pool) <= 1 ? 1 : 0;

    if (work->parallel[worker] == wanted)
        return true;
    work->parallel[worker] = wanted;
    return finish_parallel(work->targets[worker], wanted, err);
}

static bool run_index(void *context, size_t worker, struct err *err)
{
    struct object_task *task = context;
    struct work *work = task->table->work;
    int64_t began = clock_monotonic_us();

    if (!set_parallel(work, worker, err) ||
        !finish_objects(work->targets[worker], task->objects, task->count, err))
        return false;
    task_done(task->table, began);
    return true;
}

static bool is_index(const struct plan_object *object)
{
    return object->class == OBJECT_PRIMARY_KEY || object->class == OBJECT_UNIQUE ||
           object->class == OBJECT_INDEX;
}

static struct object_task *object_task(struct work_table *table, size_t most)
{
    struct object_task *task = ARENA_NEW(table->work->arena, struct object_task);

    task->table = table;
    task->objects = ARENA_ARRAY(table->work->arena, const struct plan_object *, most);
    return task;
}

/* The sums of all workers; a table without rows has digests of nothing, which are equal. */
static void sum_source(struct work_table *table)
{
    struct work *work = table->work;
    struct table_outcome *outcome = outcome_of(table);

    for (size_t worker = 0; worker < work->workers; worker++)
        if (work->digesters[worker][table->place] != NULL)
            digest_add(&outcome->source, digester_result(work->digesters[worker][table->place]));
}

static void add_index_task(struct object_task *task)
{
    task->table->left++;
    pool_add(task->table->work->pool, RANK_INDEX, run_index, task);
}

/* Large tables: a task for each index, so that several are built at once.  Small ones: one task, one round
 * trip. */
static void add_indexes(struct work_table *table)
{
    struct work *work = table->work;
    const struct plan *plan = plan_of(work);
    bool small = atomic_load(&work->result->load.tables[table->place].rows) < SMALL_ROWS;
    struct object_task *task = NULL;

    for (size_t i = 0; i < plan->object_count; i++) {
        if (plan->objects[i].table != table->place || !is_index(&plan->objects[i]))
            continue;
        if (task == NULL)
            task = object_task(table, plan->object_count);
        task->objects[task->count++] = &plan->objects[i];
        if (!small) {
            add_index_task(task);
            task = NULL;
        }
    }
    if (task != NULL)
        add_index_task(task);
}

/* The last chunk is in: what can be done with a whole table.  Called with the lock held. */
static void table_loaded(struct work_table *table)
{
    struct work *work = table->work;

    if (atomic_load(&work->result->load.checking_only))
        return;
    if (!work->options->no_verify) {
        sum_source(table);
        table->left++;
        pool_add(work->pool, RANK_READBACK, run_readback, table);
    }
    add_indexes(table);
}

static bool run_load(void *context, size_t worker, struct err *err)
{
    struct load_task *task = context;
    struct work_table *table = task->table;
    struct work *work = table->work;
    int64_t began = clock_monotonic_us();

    (void)digester_of(work, worker, table->place);
    if (!load_chunk(&work->result->load, worker, reader_of(work, worker), work->targets[worker], table->place,
                    &task->range, err))
        return false;
    (void)pthread_mutex_lock(&work->lock);
    if (--table->chunks == 0)
        table_loaded(table);
    (void)pthread_mutex_unlock(&work->lock);
    task_done(table, began);
    return true;
}

static void add_loads(struct work *work)
{
    const struct plan *plan = plan_of(work);

    for (size_t i = 0; i < plan->table_count; i++) {
        struct work_table *table = &work->tables[i];
        struct load_range ranges[CHUNKS_MAXIMUM];
        size_t most = work->workers > 1 ? work->workers * CHUNKS_A_WORKER : 1;

        table->chunks = load_split(&plan->tables[i], ranges, most < CHUNKS_MAXIMUM ? most : CHUNKS_MAXIMUM);
        table->left = table->chunks;
        for (size_t j = 0; j < table->chunks; j++) {
            struct load_task *task = ARENA_NEW(work->arena, struct load_task);

            *task = (struct load_task){table, ranges[j]};
            pool_add(work->pool, RANK_LOAD, run_load, task);
        }
        pool_add(work->pool, RANK_COUNT, run_count, table);
    }
}

static void show_progress(const struct work *work)
{
    const struct plan *plan = plan_of(work);
    struct upgrade_progress progress = {.phase = work->phase, .tables = plan->table_count};

    for (size_t i = 0; i < plan->table_count; i++) {
        progress.rows += atomic_load(&work->result->load.tables[i].rows);
        progress.bytes += atomic_load(&work->result->load.tables[i].bytes);
        progress.rows_expected += plan->tables[i].rows_estimate > 0 ? plan->tables[i].rows_estimate : 0;
        progress.tables_done += work->tables[i].left == 0;
    }
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

static bool run_pool(struct work *work, const char *phase, void (*add)(struct work *work), struct err *err)
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

bool work_load(struct work *work, struct err *err)
{
    return run_pool(work, "loading", add_loads, err);
}

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

/* All constraints of one table, one after the other: each locks the table against the others. */
static bool run_constraints(void *context, size_t worker, struct err *err)
{
    struct object_task *task = context;
    struct work *work = task->table->work;
    struct arena *arena = arena_new();
    int64_t began = clock_monotonic_us();
    bool done = true;

    for (size_t i = 0; done && i < task->count; i++) {
        struct contradiction found;

        done = finish_constraint(arena, work->targets[worker], task->objects[i], &found, err) ||
               err_prefix(err, "%s %.*s", object_class_name(task->objects[i]->class),
                          STR_ARGS(task->objects[i]->name));
        if (done && found.rows > 0)
            keep_contradiction(work, &found);
    }
    arena_free(arena);
    task_done(task->table, began);
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
    bool done = finish_tables(work->targets[worker], plan_of(work), task->places, task->count, err);

    for (size_t i = 0; i < task->count; i++)
        task_done(&work->tables[task->places[i]], i == 0 ? began : clock_monotonic_us());
    return done;
}

/* A large table alone, small ones a few at a time. */
static void add_finishes(struct work *work)
{
    struct finish_task *task = NULL;

    for (size_t i = 0; i < plan_of(work)->table_count; i++) {
        bool small = atomic_load(&work->result->load.tables[i].rows) < SMALL_ROWS;

        if (task == NULL || !small) {
            task = ARENA_NEW(work->arena, struct finish_task);
            *task =
                (struct finish_task){.work = work, .places = ARENA_ARRAY(work->arena, size_t, FINISH_TABLES)};
            pool_add(work->pool, RANK_ANALYZE, run_finish, task);
        }
        task->places[task->count++] = i;
        work->tables[i].left++;
        if (!small || task->count == FINISH_TABLES)
            task = NULL;
    }
}

static void add_constraints(struct work *work)
{
    const struct plan *plan = plan_of(work);

    for (size_t i = 0; i < plan->table_count; i++) {
        struct object_task *task = object_task(&work->tables[i], plan->object_count + 1);

        for (size_t j = 0; j < plan->object_count; j++)
            if (plan->objects[j].table == i && plan->objects[j].probe_sql.ptr != NULL)
                task->objects[task->count++] = &plan->objects[j];
        if (task->count == 0)
            continue;
        work->tables[i].left++;
        pool_add(work->pool, RANK_CONSTRAINT, run_constraints, task);
    }
    add_finishes(work);
}

bool work_constraints(struct work *work, struct err *err)
{
    return run_pool(work, "checking constraints", add_constraints, err);
}

static bool connect_workers(struct work *work, struct err *err)
{
    struct engine_options options = {.trace = work->options->trace};

    for (size_t i = 0; i < work->workers; i++)
        if (!engine_open(work->options->target, &options, &work->targets[i], err) ||
            !target_session(work->targets[i], err))
            return false;
    return true;
}

static void prepare_outcomes(struct work *work)
{
    const struct plan *plan = plan_of(work);

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
        work->digesters[i] = ARENA_ARRAY(work->arenas[i], struct digester *, plan->table_count + 1);
    }
}

bool work_open(struct work *work, struct arena *arena, const struct upgrade_options *options,
               struct upgrade_result *result, struct err *err)
{
    *work = (struct work){.arena = arena,
                          .options = options,
                          .result = result,
                          .workers = result->prepared.snapshot.reader_count};
    (void)pthread_mutex_init(&work->lock, NULL);
    work->targets = ARENA_ARRAY(arena, struct engine *, work->workers);
    work->digesters = ARENA_ARRAY(arena, struct digester **, work->workers);
    work->arenas = ARENA_ARRAY(arena, struct arena *, work->workers);
    work->parallel = ARENA_ARRAY(arena, int, work->workers);
    for (size_t i = 0; i < work->workers; i++)
        work->parallel[i] = -1; /* the server's own setting */
    prepare_outcomes(work);
    load_init(&result->load, arena, plan_of(work));
    result->loaded = true;
    if (!options->no_verify)
        result->load.observer = (struct row_observer){observe, work};
    return connect_workers(work, err);
}

void work_close(struct work *work)
{
    for (size_t i = 0; i < work->workers; i++) {
        engine_close(work->targets[i]);
        for (size_t j = 0; work->digesters[i] != NULL && j < plan_of(work)->table_count; j++)
            if (work->digesters[i][j] != NULL)
                digester_free(work->digesters[i][j]);
        arena_free(work->arenas[i]);
    }
    load_free(&work->result->load);
    (void)pthread_mutex_destroy(&work->lock);
}
