/* Rows that come go into the file several at a time: a statement's beginning and end cost more than a row. */
#include <string.h>

#include "schema/ident.h"
#include "transfer/bring_back_intern.h"

enum {
    ROWS_AT_ONCE = 32,
    VALUES_AT_ONCE = 1000, /* a statement with more takes long to prepare */
    BYTES_AT_ONCE = 256 * 1024
};

struct back_batch {
    struct sqlite_write *one;  /* inserts one row */
    struct sqlite_write *many; /* inserts `capacity` rows */
    struct value *values;      /* of the rows that are kept, one after the other */
    size_t width;              /* values of a row */
    size_t capacity;
    size_t count;
    struct arena *bytes; /* of these values */
    size_t size;
};

struct back_batch *back_batch_new(struct arena *arena, size_t width)
{
    struct back_batch *batch = ARENA_NEW(arena, struct back_batch);
    size_t rows = width == 0 ? 1 : VALUES_AT_ONCE / width;

    batch->width = width;
    batch->capacity = rows < 1 ? 1 : rows > ROWS_AT_ONCE ? ROWS_AT_ONCE : rows;
    batch->values = ARENA_ARRAY(arena, struct value, batch->capacity * width + 1);
    batch->bytes = arena_new();
    return batch;
}

void back_batch_free(struct back_batch *batch)
{
    if (batch == NULL)
        return;
    sqlite_write_free(batch->one);
    sqlite_write_free(batch->many);
    arena_free(batch->bytes);
}

/* OR FAIL: the schema's own ON CONFLICT REPLACE or IGNORE would lose rows in silence, and of several rows
 * those before the one that is refused stay. */
static bool prepare(struct back_run *run, size_t rows, struct sqlite_write **write, struct err *err)
{
    struct back_batch *batch = run->batch;
    bool with_rowid = batch->width > run->width;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "INSERT OR FAIL INTO ");
    ident_quote(&sql, run->table->source->name.text);
    buf_text(&sql, " (");
    if (with_rowid)
        ident_quote(&sql, run->locator);
    for (size_t i = 0; i < run->width; i++) {
        buf_text(&sql, i > 0 || with_rowid ? ", " : "");
        ident_quote(&sql, run->columns[i].plan->source->name.text);
    }
    buf_text(&sql, ") VALUES ");
    for (size_t i = 0; i < rows; i++) {
        buf_text(&sql, i == 0 ? "(" : ", (");
        for (size_t j = 0; j < batch->width; j++)
            buf_text(&sql, j == 0 ? "?" : ", ?");
        buf_byte(&sql, ')');
    }
    done = sql.failed ? err_set(err, ERR_OUT_OF_MEMORY, "no memory for a statement")
                      : sqlite_write_new(run->back->file, buf_view(&sql), write, err);
    buf_free(&sql);
    return done;
}

bool back_batch_one(struct back_run *run, const struct value *values, bool *taken, struct err *err)
{
    struct back_batch *batch = run->batch;

    return (batch->one != NULL || prepare(run, 1, &batch->one, err)) &&
           sqlite_write_run(batch->one, values, batch->width, taken, err);
}

/* A row whose value another one has waits for that one. */
static bool write_one(struct back_run *run, const struct value *values, struct err *err)
{
    bool taken;

    if (!back_batch_one(run, values, &taken, err))
        return false;
    if (taken)
        back_wait(run, values);
    return true;
}

/* *written: of the rows that are kept, those that need no more. */
static bool write_many(struct back_run *run, size_t *written, struct err *err)
{
    struct back_batch *batch = run->batch;
    bool taken;

    if ((batch->many == NULL && !prepare(run, batch->capacity, &batch->many, err)) ||
        !sqlite_write_run(batch->many, batch->values, batch->capacity * batch->width, &taken, err))
        return false;
    *written = batch->capacity;
    if (!taken)
        return true;
    *written = (size_t)sqlite_write_count(batch->many);
    back_wait(run, batch->values + *written * batch->width);
    ++*written;
    return true;
}

bool back_batch_flush(struct back_run *run, struct err *err)
{
    struct back_batch *batch = run->batch;
    bool whole = batch->count == batch->capacity && batch->capacity > 1;
    size_t written = 0;
    bool done = !whole || write_many(run, &written, err);

    for (; done && written < batch->count; written++)
        done = write_one(run, batch->values + written * batch->width, err);
    batch->count = 0;
    batch->size = 0;
    arena_reset(batch->bytes);
    return done;
}

static size_t size_of(const struct value *values, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        if (values[i].kind == VALUE_TEXT || values[i].kind == VALUE_BLOB)
            size += values[i].bytes.len;
    return size;
}

bool back_batch_add(struct back_run *run, const struct value *values, struct err *err)
{
    struct back_batch *batch = run->batch;
    struct value *kept;
    size_t size = size_of(values, batch->width);

    /* A large value is not copied, but written from where it is. */
    if (batch->size + size > BYTES_AT_ONCE && !back_batch_flush(run, err))
        return false;
    if (size > BYTES_AT_ONCE)
        return write_one(run, values, err);
    kept = batch->values + batch->count++ * batch->width;
    memcpy(kept, values, batch->width * sizeof(*values));
    for (size_t i = 0; i < batch->width; i++)
        if (values[i].kind == VALUE_TEXT || values[i].kind == VALUE_BLOB)
            kept[i].bytes.ptr = arena_copy(batch->bytes, values[i].bytes.ptr, values[i].bytes.len);
    batch->size += size;
    return batch->count < batch->capacity || back_batch_flush(run, err);
}
