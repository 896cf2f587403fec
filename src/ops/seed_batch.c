/*
 * Many rows by one statement.
 *
 * A round trip a row is what a seed spends its time with.  So rows of one shape wait until there are enough
 * of them, and go together where that comes to the same as one by one: into a table on which nothing looks at
 * its other rows meanwhile (seed_table.c), below a savepoint.  How many of the keys were there before, and
 * how many are there afterwards, tells what was inserted: each row is there by itself, or its key is that of
 * another row in the eyes of the database ('Ada' and 'ada').  In that case, and where the statement fails,
 * all of it is taken back and done row by row, so that a mistake is told with its line.
 */
#include "ops/seed_intern.h"

enum {
    ROWS = 256,
    VALUES = 4096,
    BYTES = 1024 * 1024
};

/* What one attempt found. */
struct attempt {
    int64_t before; /* keys that were there */
    int64_t after;
    int64_t changed;
    struct pgrade_error error;
    bool failed;
};

void seed_batch_open(struct seed_filling *filling)
{
    filling->batch = (struct seed_batch){.arenas = {arena_new(), arena_new()},
                                         .rows = ARENA_ARRAY(filling->run->arena, struct seed_queued, ROWS),
                                         .most = 1};
    filling->batch.arena = filling->batch.arenas[0];
}

/* To a planner a table that was empty a moment ago is small, and best read from its beginning to its end:
 * each batch would read all those before it.  The keys have an index. */
bool seed_batch_begin(struct seed_filling *filling, struct err *err)
{
    static const char sql[] =
        "SELECT pg_catalog.set_config('pgrade.seqscan', pg_catalog.current_setting('enable_seqscan'), true), "
        "pg_catalog.set_config('enable_seqscan', 'off', true)";

    return filling->run->sqlite || seed_execute(filling->run, str_from(sql), NULL, err);
}

bool seed_batch_end(struct seed_filling *filling, struct err *err)
{
    static const char sql[] =
        "SELECT pg_catalog.set_config('enable_seqscan', pg_catalog.current_setting('pgrade.seqscan'), true)";

    return filling->run->sqlite || seed_execute(filling->run, str_from(sql), NULL, err);
}

void seed_batch_close(struct seed_filling *filling)
{
    arena_free(filling->batch.arenas[0]);
    arena_free(filling->batch.arenas[1]);
}

void seed_batch_shape(struct seed_filling *filling, size_t columns)
{
    struct seed_batch *batch = &filling->batch;

    batch->most = VALUES / columns > ROWS ? ROWS : VALUES / columns;
    if (batch->most == 0 || !filling->table->plain)
        batch->most = 1;
    batch->find_sql = NULL;
    batch->put_sql = NULL;
}

/* Statements for full batches stay: most are of one length. */
static const char *find_sql(const struct seed_filling *filling)
{
    const struct seed_batch *batch = &filling->batch;

    return batch->count == batch->most ? batch->find_sql
                                       : seed_count_sql(filling, batch->arena, batch->count);
}

static const char *put_sql(const struct seed_filling *filling)
{
    const struct seed_batch *batch = &filling->batch;

    return batch->count == batch->most
               ? batch->put_sql
               : seed_insert_sql(filling, batch->arena, batch->rows[0].row.count, batch->count);
}

static void make_statements(struct seed_filling *filling)
{
    struct seed_batch *batch = &filling->batch;
    struct arena *arena = filling->run->arena;

    if (batch->count < batch->most || batch->put_sql != NULL)
        return;
    batch->put_sql = seed_insert_sql(filling, arena, batch->rows[0].row.count, batch->count);
    if (filling->key != NULL)
        batch->find_sql = seed_count_sql(filling, arena, batch->count);
}

static bool count_keys(struct seed_filling *filling, int64_t *count, struct pgrade_error *error)
{
    struct seed_batch *batch = &filling->batch;
    size_t width = filling->key == NULL ? 0 : filling->key->count;
    struct pgrade_value *keys = ARENA_ARRAY(batch->arena, struct pgrade_value, batch->count * width + 1);
    struct pgrade_rows *rows;
    bool found = false;
    bool done;

    if (width == 0)
        return true;
    for (size_t i = 0; i < batch->count; i++)
        for (size_t k = 0; k < width; k++)
            keys[i * width + k] = batch->rows[i].values[filling->key_places[k]];
    if (!pgrade_run(filling->run->db, find_sql(filling), keys, batch->count * width, &rows, error))
        return false;
    done = pgrade_next(rows, &found, error);
    if (done && found)
        *count = pgrade_cell(rows, 0)->integer;
    return pgrade_rows_close(rows, done ? error : NULL) && done;
}

static bool put_all(struct seed_filling *filling, int64_t *changed, struct pgrade_error *error)
{
    struct seed_batch *batch = &filling->batch;
    size_t width = batch->rows[0].row.count;
    struct pgrade_value *values = ARENA_ARRAY(batch->arena, struct pgrade_value, batch->count * width);

    for (size_t i = 0; i < batch->count; i++)
        for (size_t k = 0; k < width; k++)
            values[i * width + k] = batch->rows[i].values[k];
    return seed_put(filling, put_sql(filling), values, batch->count * width, changed, error);
}

/* Whether what was found can be told row by row. */
static bool agrees(const struct seed_filling *filling, const struct attempt *attempt)
{
    int64_t count = (int64_t)filling->batch.count;

    if (filling->key == NULL)
        return attempt->changed == count;
    return attempt->after == count && attempt->changed >= count - attempt->before;
}

static void add_counts(struct seed_filling *filling, const struct attempt *attempt)
{
    int64_t count = (int64_t)filling->batch.count;
    int64_t inserted = filling->key == NULL ? count : count - attempt->before;

    filling->file->rows += count;
    filling->file->inserted += inserted;
    filling->file->updated += attempt->changed - inserted;
    filling->file->unchanged += count - attempt->changed;
}

static bool execute(struct seed_filling *filling, const char *sql, struct err *err)
{
    return seed_execute(filling->run, str_from(sql), NULL, err) || err_prefix(err, "%s", filling->file->path);
}

/* Where that is not possible either, the transaction is over: the first mistake is the one to tell. */
static bool take_back(struct seed_filling *filling, const struct attempt *attempt, struct err *err)
{
    if (execute(filling, "ROLLBACK TO SAVEPOINT pgrade_seed", err) &&
        execute(filling, "RELEASE SAVEPOINT pgrade_seed", err))
        return true;
    if (!attempt->failed)
        return false;
    err_clear(err);
    seed_failed(filling->run, &attempt->error, err);
    return err_prefix(err, "%s", filling->file->path);
}

/* *put is false where nothing was done. */
static bool put_together(struct seed_filling *filling, bool *put, struct err *err)
{
    struct attempt attempt = {.before = 0};

    *put = false;
    make_statements(filling);
    if (!execute(filling, "SAVEPOINT pgrade_seed", err))
        return false;
    attempt.failed = !count_keys(filling, &attempt.before, &attempt.error) ||
                     !put_all(filling, &attempt.changed, &attempt.error) ||
                     !count_keys(filling, &attempt.after, &attempt.error);
    *put = !attempt.failed && agrees(filling, &attempt);
    if (!*put)
        return take_back(filling, &attempt, err);
    add_counts(filling, &attempt);
    return execute(filling, "RELEASE SAVEPOINT pgrade_seed", err);
}

bool seed_batch_put(struct seed_filling *filling, struct err *err)
{
    struct seed_batch *batch = &filling->batch;
    bool put = false;
    bool done = batch->count < 2 || put_together(filling, &put, err);

    for (size_t i = 0; done && !put && i < batch->count; i++)
        done = seed_put_row(filling, &batch->rows[i], err);
    /* After a failure it is empty too: nothing is put twice. */
    batch->count = 0;
    batch->bytes = 0;
    batch->arena = batch->arenas[batch->arena == batch->arenas[0]];
    arena_reset(batch->arena);
    return done;
}

bool seed_batch_add(struct seed_filling *filling, const struct seed_row *row, struct pgrade_value *values,
                    struct err *err)
{
    struct seed_batch *batch = &filling->batch;

    batch->rows[batch->count++] = (struct seed_queued){*row, values};
    for (size_t i = 0; i < row->count; i++)
        batch->bytes += values[i].size;
    return (batch->count < batch->most && batch->bytes < BYTES) || seed_batch_put(filling, err);
}
