/* Loading, and what is done with a table once its last chunk is in. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "ops/large.h"
#include "ops/refusals.h"
#include "ops/work_intern.h"
#include "schema/ident.h"

enum {
    CHUNKS_A_WORKER = 4 /* of a large table: ranges of rowids may be unevenly filled */
};

struct load_task {
    struct work_table *table;
    struct load_range range;
};

static struct engine *reader_of(const struct work *work, size_t worker)
{
    return work->result->prepared.snapshot.readers[worker];
}

static struct digester *digester_of(struct work *work, size_t worker, size_t table)
{
    struct digester **place = &work->digesters[worker][table];

    if (*place == NULL)
        *place = digester_new(work->arenas[worker], &work_plan(work)->tables[table]);
    return *place;
}

/* Any index that has an entry for each row: its name; NULL ptr: there is none.  The key of a table WITHOUT
 * ROWID is the table itself. */
static bool find_full_index(struct engine *reader, struct arena *arena, const struct table *source,
                            struct str *name, struct err *err)
{
    static const struct str question = STR("SELECT name FROM pragma_index_list(?1) WHERE NOT partial AND "
                                           "(origin <> 'pk' OR ?2 = 'rowid') LIMIT 1");
    struct str params[] = {source->name.text, str_from(source->without_rowid ? "key" : "rowid")};
    struct value value;

    *name = (struct str){NULL, 0};
    if (source->virtual != NULL)
        return true;
    if (!engine_value(reader, arena, question, params, ARRAY_LENGTH(params), &value, err))
        return false;
    if (value.kind == VALUE_TEXT)
        *name = value.bytes;
    return true;
}

/* count(*) would take whichever of the two is smaller; count(1) goes where it is sent. */
static bool count_index(struct engine *reader, const struct table *source, struct str index, int64_t *rows,
                        struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT count(1) FROM ");
    ident_quote(&sql, source->name.text);
    buf_text(&sql, " INDEXED BY ");
    ident_quote(&sql, index);
    done = engine_int(reader, buf_view(&sql), rows, err);
    buf_free(&sql);
    return done;
}

/* The load reads the table; where there is an index this reads that, so that rows which are missing in one of
 * them show.  An index of the application's own collation or function cannot be read. */
static bool count_rows(struct engine *reader, struct arena *arena, struct work_table *table,
                       const struct table *source, struct err *err)
{
    struct table_outcome *outcome = work_outcome(table);
    struct err failure = {.code = ERR_NONE};
    struct buf sql;
    bool done;

    if (!find_full_index(reader, arena, source, &outcome->counted_by, err))
        return false;
    if (outcome->counted_by.ptr != NULL) {
        if (count_index(reader, source, outcome->counted_by, &outcome->source_rows, &failure))
            return true;
        outcome->counted_by = (struct str){NULL, 0};
        if (failure.code != ERR_DATABASE) {
            *err = failure;
            return false;
        }
    }
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT count(*) FROM ");
    table_put_from(&sql, source);
    done = engine_int(reader, buf_view(&sql), &outcome->source_rows, err);
    buf_free(&sql);
    return done;
}

static bool run_count(void *context, size_t worker, struct err *err)
{
    struct work_table *table = context;
    const struct table *source = work_plan(table->work)->tables[table->place].source;
    struct engine *reader = reader_of(table->work, worker);
    struct buf sql;
    bool done;

    if (!count_rows(reader, table->work->arenas[worker], table, source, err))
        return false;
    if (source->filter.ptr == NULL)
        return true;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT count(*) FROM ");
    table_put_from(&sql, source);
    table_put_filter(&sql, source, " WHERE ");
    buf_text(&sql, " IS NOT TRUE");
    done = engine_int(reader, buf_view(&sql), &work_outcome(table)->excluded_rows, err);
    buf_free(&sql);
    return done;
}

static bool run_readback(void *context, size_t worker, struct err *err)
{
    struct work_table *table = context;
    const struct plan_table *planned = &work_plan(table->work)->tables[table->place];
    struct table_outcome *outcome = work_outcome(table);
    struct arena *arena = arena_new();
    struct digester *digester = digester_new(arena, planned);
    int64_t began = clock_monotonic_us();
    bool done =
        large_read_back(table->work->targets[worker], work_plan(table->work)->load_schema, planned,
                        atomic_load(&table->work->result->load.tables[table->place].bytes), digester, err);

    if (done) {
        (void)pthread_mutex_lock(&table->work->lock);
        digest_add(&outcome->target, digester_result(digester));
        (void)pthread_mutex_unlock(&table->work->lock);
    }
    digester_free(digester);
    arena_free(arena);
    work_task_done(table, began);
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

/* Whether a key among these is on a column that PostgreSQL compares without case by itself. */
static bool without_case(const struct object_task *task)
{
    const struct plan_table *table = &work_plan(task->table->work)->tables[task->table->place];

    for (size_t i = 0; i < task->count; i++)
        for (size_t j = 0; j < task->objects[i]->part_count; j++) {
            int column = task->objects[i]->parts[j].column;

            if (column >= 0 && nocase_is_native(&table->columns[column]))
                return true;
        }
    return false;
}

/* Values that SQLite holds apart may be one on PostgreSQL: 1 and 't' as booleans, two spellings of a moment,
 * letters beyond A to Z where case is passed over. */
static bool explain_duplicates(const struct object_task *task, struct err *err)
{
    const struct plan *plan = work_plan(task->table->work);
    struct err cause = *err;

    if (strcmp(err->sqlstate, "23505") != 0) /* unique_violation */
        return false;
    err_clear(err);
    err_set(err, ERR_DECISION,
            "%.*s: rows that SQLite holds apart are equal on PostgreSQL, where they must be unique",
            STR_ARGS(plan->tables[task->table->place].source->name.text));
    err_detail(err, "%s; nothing was published", cause.detail);
    err_sqlstate(err, cause.sqlstate);
    if (without_case(task))
        return err_hint(err, "mend one of the rows in the source, or hold them apart as SQLite does, where "
                             "only A to Z pass over case: --nocase TABLE.COLUMN=lower");
    return err_hint(err, "mend one of the rows in the source, or choose a type that holds them apart: "
                         "--type TABLE.COLUMN=text");
}

static bool is_refused(const struct object_task *task, const struct err *err)
{
    bool refused = false;

    for (size_t i = 0; i < task->count; i++)
        refused = refused || refusals_is(task->objects[i], err);
    return refused;
}

static bool run_index(void *context, size_t worker, struct err *err)
{
    struct object_task *task = context;
    struct work *work = task->table->work;
    int64_t began = clock_monotonic_us();

    if (!set_parallel(work, worker, err))
        return false;
    if (!finish_objects(work->targets[worker], task->objects, task->count, err)) {
        if (!is_refused(task, err))
            return explain_duplicates(task, err);
        err_clear(err);
        if (!refusals_build(work, work->targets[worker], task->objects, task->count, err))
            return explain_duplicates(task, err);
    }
    work_task_done(task->table, began);
    return true;
}

static bool is_index(const struct plan_object *object)
{
    return object->class == OBJECT_PRIMARY_KEY || object->class == OBJECT_UNIQUE ||
           object->class == OBJECT_INDEX;
}

/* The sums of all workers; a table without rows has digests of nothing, which are equal. */
static void sum_source(struct work_table *table)
{
    struct work *work = table->work;
    struct table_outcome *outcome = work_outcome(table);

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
    const struct plan *plan = work_plan(work);
    bool small = atomic_load(&work->result->load.tables[table->place].rows) < SMALL_ROWS;
    struct object_task *task = NULL;

    for (size_t i = 0; i < plan->object_count; i++) {
        if (plan->objects[i].table != table->place || !is_index(&plan->objects[i]) || plan->objects[i].made)
            continue;
        if (task == NULL)
            task = work_object_task(table);
        work_add_object(task, &plan->objects[i]);
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

    work_record_begin(work, worker, digester_of(work, worker, table->place));
    if (!load_chunk(&work->result->load, worker, reader_of(work, worker), work->targets[worker], table->place,
                    &task->range, err))
        return false;
    (void)pthread_mutex_lock(&work->lock);
    if (--table->chunks == 0)
        table_loaded(table);
    (void)pthread_mutex_unlock(&work->lock);
    work_task_done(table, began);
    return true;
}

struct sized_table {
    struct work_table *table;
    struct load_shape shape;
};

static int larger_first(const void *a, const void *b)
{
    int64_t left = ((const struct sized_table *)a)->shape.bytes;
    int64_t right = ((const struct sized_table *)b)->shape.bytes;

    return left < right ? 1 : left > right ? -1 : 0;
}

static bool measure_tables(struct work *work, struct sized_table *tables, struct err *err)
{
    const struct plan *plan = work_plan(work);
    size_t most = work->workers > 1 ? work->workers * CHUNKS_A_WORKER : 1;

    for (size_t i = 0; i < plan->table_count; i++) {
        tables[i].table = &work->tables[i];
        if (!load_shape(work->arena, reader_of(work, 0), &plan->tables[i], most, &tables[i].shape, err))
            return false;
    }
    /* So that no worker is left alone with the largest table at the end. */
    qsort(tables, plan->table_count, sizeof(*tables), larger_first);
    return true;
}

static void add_load(struct work_table *table, const struct load_range *range)
{
    struct load_task *task = ARENA_NEW(table->work->arena, struct load_task);

    *task = (struct load_task){table, *range};
    table->chunks++;
    table->left++;
    pool_add(table->work->pool, RANK_LOAD, run_load, task);
}

static void add_altered(struct work_table *table)
{
    for (size_t i = 0; i < table->piece_count; i++) {
        struct load_range range = table->pieces[i]->range;

        range.loaded = true;
        if (table->pieces[i]->altered)
            add_load(table, &range);
    }
}

static void add_loads(struct work *work)
{
    int64_t whole = work->result->prepared.schema.bytes;

    for (size_t i = 0; i < work_plan(work)->table_count; i++) {
        struct work_table *table = work->sized[i].table;
        const struct load_shape *shape = &work->sized[i].shape;

        /* By the range of rowids; a few rows far apart hold no more than the file. */
        table->weight = shape->bytes < whole ? shape->bytes : whole;
        work_cut(table, shape);
        for (size_t j = 0; j < table->range_count; j++)
            add_load(table, &table->ranges[j]);
        add_altered(table);
        table->cut_in = table->chunks > 0 ? table->chunks : 1;
        if (table->chunks == 0)
            table_loaded(table);
        pool_add(work->pool, RANK_COUNT, run_count, table);
    }
}

bool work_load(struct work *work, struct err *err)
{
    bool done;

    work->sized = ARENA_ARRAY(work->arena, struct sized_table, work_plan(work)->table_count + 1);
    if (!measure_tables(work, work->sized, err))
        return false;
    work->loading = true;
    done = work_run_pool(work, "loading", add_loads, err);
    work->loading = false;
    return done;
}
