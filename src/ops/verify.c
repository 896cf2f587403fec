#include "ops/verify_intern.h"

#include "base/clock.h"
#include "base/pool.h"
#include "engine/postgres/postgres.h"
#include "ops/interrupt.h"
#include "ops/locks.h"

enum {
    SIDES = 2
};

bool verify_is_sqlite(const struct verify *verify, int side)
{
    return verify->options->sides[side]->kind == URL_SQLITE;
}

const char *verify_side_name(int side)
{
    return side == 0 ? "source" : "target";
}

void verify_remark(struct verify *verify, bool differs, const char *what, struct str table, struct str name,
                   struct str text)
{
    struct verify_result *result = verify->result;

    ARENA_PUSH(verify->arena, result->remarks, result->remark_count, result->remark_capacity) =
        (struct verify_remark){differs, what, table, name, text};
}

struct verified_table *verify_add_table(struct verify *verify, struct str source, struct str target,
                                        size_t columns)
{
    struct verified_table *table = &verify->result->tables[verify->result->table_count++];

    *table = (struct verified_table){.names = {source, target}, .sample = 1};
    table->key = ARENA_ARRAY(verify->arena, size_t, columns + 1);
    for (int side = 0; side < SIDES; side++) {
        table->shapes[side].name = table->names[side];
        table->shapes[side].columns = ARENA_ARRAY(verify->arena, struct plan_column, columns + 1);
        table->sides[side] =
            (struct reading){.engine = verify->result->engines[side],
                             .is_sqlite = verify_is_sqlite(verify, side),
                             .plain = verify_is_sqlite(verify, 0) && verify_is_sqlite(verify, 1),
                             .schema = verify->schemas[side],
                             .shape = &table->shapes[side]};
    }
    return table;
}

void verify_add_column(struct verified_table *table, const struct plan_column *source,
                       const struct plan_column *target)
{
    table->shapes[0].columns[table->shapes[0].column_count++] = *source;
    table->shapes[1].columns[table->shapes[1].column_count++] = *target;
}

/* All that is read is of one moment, and policies that would hide rows from this role are errors. */
static bool open_postgres(struct verify *verify, int side, struct err *err)
{
    struct engine_options options = {.trace = verify->options->trace,
                                     .interrupted = verify->options->interrupted};
    struct engine **engine = &verify->result->engines[side];
    struct str asked = side == 0 && verify->options->source_schema.len > 0
                           ? verify->options->source_schema
                           : verify->options->plan.target_schema;

    verify->schemas[side] = asked.len > 0 ? asked : str_from("public");
    return engine_open(verify->options->sides[side], &options, engine, err) &&
           engine_exec(*engine,
                       (struct str)STR("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
                                       " SET LOCAL row_security = off"),
                       err) &&
           locks_begin(*engine, err);
}

static bool open_sqlite(struct verify *verify, int side, struct err *err)
{
    struct prepared *prepared = &verify->result->prepared[side];
    struct prepare_options prepare = {
        .source = verify->options->sides[side],
        .readers = 1,
        .trace = verify->options->trace,
        .interrupted = verify->options->interrupted,
        .check_source = verify->options->check_source,
        /* Names of a second file are matched with those of the first. */
        .planned = side == 0 || !verify_is_sqlite(verify, 0) ? verify->options->planned : NULL};

    if (side == 0 || !verify_is_sqlite(verify, 0))
        prepare.plan = verify->options->plan;
    if (!prepare_source(verify->arena, &prepare, prepared, err))
        return false;
    verify->prepare = prepare;
    verify->result->engines[side] = prepared->snapshot.readers[0];
    return true;
}

static bool open_sides(struct verify *verify, struct err *err)
{
    for (int side = 0; side < SIDES; side++)
        if (!(verify_is_sqlite(verify, side) ? open_sqlite(verify, side, err)
                                             : open_postgres(verify, side, err)))
            return false;
    return true;
}

/* Both sides are read at once, each table by table. */
struct side_task {
    struct verify *verify;
    int side;
    atomic_bool *stop;
    atomic_size_t *done; /* tables of both sides */
    atomic_int_fast64_t *rows;
};

static bool read_table(const struct side_task *task, struct verified_table *table, struct err *err)
{
    const struct reading *reading = &table->sides[task->side];
    struct arena *arena = arena_new();
    struct digester *digester = reading_digester(arena, reading);
    int64_t began = clock_monotonic_us();
    bool done =
        reading_count(reading, &table->counted[task->side], err) && reading_digest(reading, digester, err);

    if (done)
        digest_add(&table->digests[task->side], digester_result(digester));
    digester_free(digester);
    arena_free(arena);
    table->us[task->side] = clock_monotonic_us() - began;
    return done;
}

static bool read_side(void *context, size_t worker, struct err *err)
{
    struct side_task *task = context;
    struct verify_result *result = task->verify->result;
    struct engine *engine = result->engines[task->side];
    bool locks = !verify_is_sqlite(task->verify, task->side);

    (void)worker;
    for (size_t i = 0; i < result->table_count; i++) {
        if (atomic_load(task->stop))
            return err_set(err, ERR_CANCELED, "interrupted");
        if (!read_table(task, &result->tables[i], err) || (locks && !locks_read(engine, i, err))) {
            atomic_store(task->stop, true);
            return false;
        }
        atomic_fetch_add(task->rows, result->tables[i].digests[task->side].rows);
        atomic_fetch_add(task->done, 1);
    }
    return true;
}

struct both_sides {
    struct verify *verify;
    atomic_bool stop;
    atomic_size_t done;
    atomic_int_fast64_t rows;
};

static bool tick(void *context, struct err *err)
{
    struct both_sides *both = context;
    const struct verify_options *options = both->verify->options;
    struct upgrade_progress progress = {.phase = "comparing",
                                        .rows = atomic_load(&both->rows) / SIDES,
                                        .tables_done = atomic_load(&both->done) / SIDES,
                                        .tables = both->verify->result->table_count};

    if (options->progress != NULL)
        options->progress(options->progress_context, &progress);
    if (!was_interrupted(options->interrupted) && !atomic_load(&both->stop))
        return true;
    atomic_store(&both->stop, true);
    for (int side = 0; side < SIDES; side++)
        engine_cancel(both->verify->result->engines[side]);
    return !was_interrupted(options->interrupted) || err_set(err, ERR_CANCELED, "interrupted");
}

static void make_room(struct verify *verify)
{
    for (size_t i = 0; i < verify->result->table_count; i++)
        for (int side = 0; side < SIDES; side++) {
            struct digest *digest = &verify->result->tables[i].digests[side];

            digest->column_count = verify->result->tables[i].shapes[side].column_count;
            digest->columns = ARENA_ARRAY(verify->arena, struct digest_sum, digest->column_count + 1);
        }
}

static bool read_both(struct verify *verify, struct err *err)
{
    struct both_sides both = {.verify = verify};
    struct side_task tasks[SIDES];
    struct pool *pool = pool_new(SIDES);
    bool done;

    make_room(verify);
    for (int side = 0; side < SIDES; side++) {
        tasks[side] = (struct side_task){verify, side, &both.stop, &both.done, &both.rows};
        pool_add(pool, 0, read_side, &tasks[side]);
    }
    done = pool_run(pool, tick, &both, err);
    pool_free(pool);
    return done;
}

static bool judge(struct verify *verify, struct verified_table *table)
{
    bool sampled = table->sample > 1;

    table->counts_equal = table->counted[0] == table->counted[1];
    for (int side = 0; side < SIDES && !sampled; side++)
        table->counts_equal = table->counts_equal && table->counted[side] == table->digests[side].rows;
    table->equal =
        digest_compare(verify->arena, &table->digests[0], &table->digests[1], &table->difference) &&
        table->counts_equal;
    return table->equal;
}

static bool compare_tables(struct verify *verify, struct err *err)
{
    verify->result->equal = true;
    if (!read_both(verify, err))
        return false;
    for (size_t i = 0; i < verify->result->table_count; i++)
        verify->result->equal = judge(verify, &verify->result->tables[i]) && verify->result->equal;
    return true;
}

static bool match_and_compare(struct verify *verify, struct err *err)
{
    if (!verify_match(verify, err) || !verify_mark_large(verify, err))
        return false;
    verify_sample(verify);
    return compare_tables(verify, err);
}

/* What numbers in a column of moments count may have been decided from a sample of them: before that is
 * called a difference, all are looked at, as an upgrade does. */
static bool compare(struct verify *verify, struct err *err)
{
    if (!match_and_compare(verify, err))
        return false;
    if (verify->result->equal || verify->plan == NULL || verify->prepare.survey_whole ||
        !(verify->result->prepared[0].sampled || verify->result->prepared[1].sampled))
        return true;
    verify->prepare.survey_whole = true;
    return match_and_compare(verify, err);
}

struct comparison verified_comparison(const struct verified_table *table)
{
    return (struct comparison){{table->sides[0], table->sides[1]}, table->key, table->key_count};
}

static bool find_in_tables(void *context, struct err *err)
{
    struct verify *verify = context;

    for (size_t i = 0; i < verify->result->table_count; i++) {
        struct verified_table *table = &verify->result->tables[i];
        struct comparison comparison = verified_comparison(table);
        int64_t rows = table->counted[0] > table->counted[1] ? table->counted[0] : table->counted[1];

        if (!table->equal && !differences_find(verify->arena, &comparison, rows, &table->found, err))
            return false;
    }
    return verify_explain(verify, err) && verify_structure(verify, err);
}

static bool remarks_differ(const struct verify_result *result)
{
    for (size_t i = 0; i < result->remark_count; i++)
        if (result->remarks[i].differs)
            return true;
    return false;
}

bool verify_run(struct arena *arena, const struct verify_options *options, struct verify_result *result,
                struct err *err)
{
    struct verify verify = {.arena = arena, .options = options, .result = result, .in_transaction = true};
    int64_t began = clock_monotonic_us();
    bool done;

    *result = (struct verify_result){.equal = false};
    done = open_sides(&verify, err) && compare(&verify, err);
    result->compared = done;
    done = done && interruptible(options->interrupted, result->engines[1], find_in_tables, &verify, err);
    result->equal = done && result->equal && !remarks_differ(result);
    result->total_us = clock_monotonic_us() - began;
    if (!done && was_interrupted(options->interrupted))
        interrupt_error(err);
    return done;
}

void verify_close(struct verify_result *result)
{
    for (int side = 0; side < SIDES; side++) {
        if (result->prepared[side].snapshot.readers == NULL)
            engine_close(result->engines[side]);
        prepare_close(&result->prepared[side]);
    }
}
