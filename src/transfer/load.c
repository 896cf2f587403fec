#include "transfer/load.h"

#include <string.h>

#include "schema/ident.h"
#include "transfer/encode.h"
#include "transfer/misfits.h"

enum {
    BATCH = 48 * 1024, /* sent when the encoded rows pass this; well below libpq's trap at 64 KB */
    ROW_MAXIMUM = 1000 * 1024 * 1024, /* PostgreSQL holds no field of 1 GB */
    WHOLE_ROWS = 20000,               /* below this a table is not worth two more statements */
    ROWS_A_LOOK = 256,                /* rows between two looks at the flags that all workers share */
    SPLIT_ROWS = 100000               /* a table below this is not worth a second connection */
};

/* "COPY", section Binary Format: signature, flags, length of the header's extension. */
static const char copy_header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";

struct chunk {
    struct load *load;
    size_t worker;
    size_t place; /* of the table */
    const struct plan_table *table;
    struct engine *target; /* NULL: check only */
    struct encode_column *encoders;
    const int *columns; /* of each loaded column: its place in the table */
    size_t width;
    size_t rowid; /* the cell that holds the rowid: a loaded column, or one more behind them */
    bool sending;
    bool whole; /* large, and all of its table */
    bool clean; /* no misfit in the current row so far */
    struct buf out;
    int64_t rows;
    int64_t bytes;
};

void load_init(struct load *load, struct arena *arena, const struct plan *plan)
{
    load->plan = plan;
    load->observer = (struct row_observer){.row = NULL};
    load->tables = ARENA_ARRAY(arena, struct load_progress, plan->table_count + 1);
    atomic_init(&load->checking_only, false);
    atomic_init(&load->stop, false);
    misfits_init(&load->misfits, arena, plan);
}

void load_free(struct load *load)
{
    misfits_free(&load->misfits);
}

static void put_select(struct buf *sql, const struct chunk *chunk, const struct load_range *range)
{
    const struct table *source = chunk->table->source;

    buf_text(sql, "SELECT ");
    for (size_t i = 0; i < chunk->width; i++) {
        buf_text(sql, i > 0 ? ", " : "");
        ident_quote(sql, source->columns[chunk->table->columns[chunk->columns[i]].source_position].name.text);
    }
    if (chunk->rowid == chunk->width)
        buf_printf(sql, "%s%s", chunk->width > 0 ? ", " : "",
                   source->rowid_name != NULL ? source->rowid_name : "NULL");
    buf_text(sql, " FROM ");
    table_put_from(sql, source);
    if (range->bounded)
        buf_printf(sql, " WHERE %s BETWEEN %lld AND %lld", source->rowid_name, (long long)range->first,
                   (long long)range->last);
}

/*
 * Rows that are frozen as they come need no later look at their transaction: not by the index build and the
 * reading back that follow at once, nor by the vacuum that would have to freeze them one day.  The server
 * allows it where the table was emptied in the same transaction, so for a chunk that is a whole table.
 */
static void put_copy(struct buf *sql, const struct chunk *chunk)
{
    if (chunk->whole) {
        buf_text(sql, "BEGIN; TRUNCATE ONLY ");
        ident_quote_qualified(sql, chunk->load->plan->load_schema, chunk->table->name);
        buf_text(sql, "; ");
    }
    buf_text(sql, "COPY ");
    ident_quote_qualified(sql, chunk->load->plan->load_schema, chunk->table->name);
    if (chunk->width > 0) {
        buf_text(sql, " (");
        plan_column_list(sql, chunk->table);
        buf_byte(sql, ')');
    }
    buf_printf(sql, " FROM STDIN (FORMAT binary%s)", chunk->whole ? ", FREEZE" : "");
}

static bool begin_copy(struct chunk *chunk, struct err *err)
{
    struct buf sql;
    bool begun;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_copy(&sql, chunk);
    begun = engine_copy_in(chunk->target, buf_view(&sql), err);
    buf_free(&sql);
    chunk->sending = begun;
    if (begun)
        buf_put(&chunk->out, copy_header, sizeof(copy_header));
    return begun;
}

static void report_misfit(struct chunk *chunk, int column, const struct value *cells,
                          const struct value *value, const char *reason)
{
    const struct value *rowid = &cells[chunk->rowid];
    struct misfit misfit = {.table = chunk->place,
                            .column = column,
                            .has_rowid = rowid->kind == VALUE_INTEGER,
                            .rowid = rowid->integer};

    misfits_add(&chunk->load->misfits, misfit, value, reason);
    chunk->clean = false;
}

static bool encode_row(struct chunk *chunk, const struct value *cells)
{
    size_t start = chunk->out.len;
    uint16_t width = __builtin_bswap16((uint16_t)chunk->width);
    const char *reason = NULL;

    chunk->clean = true;
    buf_put(&chunk->out, &width, sizeof(width));
    for (size_t i = 0; i < chunk->width; i++) {
        const struct plan_column *column = chunk->encoders[i].plan;

        if (cells[i].kind == VALUE_NULL && column->not_null) {
            report_misfit(chunk, chunk->columns[i], cells, &cells[i], "NULL in a column that is NOT NULL");
        } else if (!encode_cell(&chunk->encoders[i], &cells[i], &chunk->out, &reason)) {
            if (chunk->out.failed)
                break;
            report_misfit(chunk, chunk->columns[i], cells, &cells[i], reason);
        }
    }
    if (chunk->out.failed) {
        /* Too large for PostgreSQL, or for the memory: named, and the rest goes on. */
        chunk->out.failed = false;
        report_misfit(chunk, -1, cells, NULL,
                      "the row is too large (PostgreSQL holds at most 1 GB in a value)");
    }
    if (!chunk->clean)
        chunk->out.len = start;
    return chunk->clean;
}

static bool flush(struct chunk *chunk, struct err *err)
{
    chunk->bytes += (int64_t)chunk->out.len;
    atomic_fetch_add(&chunk->load->tables[chunk->place].bytes, (int64_t)chunk->out.len);
    if (chunk->sending && !engine_copy_put(chunk->target, chunk->out.ptr, chunk->out.len, err)) {
        chunk->sending = false;
        return err_prefix(err, "%.*s", STR_ARGS(chunk->table->source->name.text));
    }
    /* A huge row must not keep its memory for the small ones that follow. */
    if (chunk->out.capacity > 4 * BATCH)
        buf_free(&chunk->out);
    else
        buf_clear(&chunk->out);
    return true;
}

static void stop_sending(struct chunk *chunk, const char *why)
{
    struct err ignored = {.code = ERR_NONE};

    if (chunk->sending)
        engine_copy_in_abort(chunk->target, why);
    if (chunk->sending && chunk->whole)
        (void)!engine_exec(chunk->target, (struct str)STR("ROLLBACK"), &ignored);
    chunk->sending = false;
}

static bool load_row(struct chunk *chunk, const struct value *cells, struct err *err)
{
    struct load *load = chunk->load;

    if (!encode_row(chunk, cells)) {
        atomic_store(&load->checking_only, true);
        stop_sending(chunk, "misfits");
    } else if (load->observer.row != NULL && chunk->sending &&
               !load->observer.row(load->observer.context, chunk->worker, chunk->place, cells, err)) {
        return err_prefix(err, "%.*s", STR_ARGS(chunk->table->source->name.text));
    }
    chunk->rows++;
    return chunk->out.len < BATCH || flush(chunk, err);
}

/* What others have decided meanwhile. */
static bool look_around(struct chunk *chunk, int64_t counted, struct err *err)
{
    struct load *load = chunk->load;

    atomic_fetch_add(&load->tables[chunk->place].rows, counted);
    if (atomic_load(&load->stop))
        return err_set(err, ERR_CANCELED, "interrupted");
    if (chunk->sending && atomic_load(&load->checking_only))
        stop_sending(chunk, "misfits");
    return true;
}

static bool load_rows(struct chunk *chunk, struct rows *rows, struct err *err)
{
    int64_t counted = 0;
    bool found = true;

    for (;;) {
        if (!rows_next(rows, &found, err))
            return err_prefix(err, "%.*s", STR_ARGS(chunk->table->source->name.text));
        if (!found)
            return look_around(chunk, chunk->rows - counted, err);
        if (!load_row(chunk, rows->cells, err))
            return false;
        if (chunk->rows - counted >= ROWS_A_LOOK) {
            if (!look_around(chunk, chunk->rows - counted, err))
                return false;
            counted = chunk->rows;
        }
    }
}

static bool end_copy(struct chunk *chunk, struct err *err)
{
    static const char trailer[2] = {'\xff', '\xff'};
    int64_t rows;

    if (!chunk->sending)
        return true;
    buf_put(&chunk->out, trailer, sizeof(trailer));
    if (!flush(chunk, err))
        return false;
    chunk->sending = false;
    if (!engine_copy_in_end(chunk->target, &rows, err))
        return err_prefix(err, "%.*s", STR_ARGS(chunk->table->source->name.text));
    if (rows != chunk->rows) {
        err_set(err, ERR_FAILED, "%.*s: %lld rows were sent and the server took %lld",
                STR_ARGS(chunk->table->source->name.text), (long long)chunk->rows, (long long)rows);
        return err_hint(err, "this should not happen; nothing was published");
    }
    return !chunk->whole || engine_exec(chunk->target, (struct str)STR("COMMIT"), err);
}

static void prepare_columns(struct chunk *chunk, struct arena *arena)
{
    int *columns = ARENA_ARRAY(arena, int, chunk->table->column_count + 1);

    chunk->encoders = ARENA_ARRAY(arena, struct encode_column, chunk->table->column_count + 1);
    for (size_t i = 0; i < chunk->table->column_count; i++) {
        if (chunk->table->columns[i].generated_sql.ptr != NULL)
            continue;
        columns[chunk->width] = (int)i;
        encode_column_init(&chunk->encoders[chunk->width], &chunk->table->columns[i]);
        chunk->width++;
    }
    chunk->rowid = chunk->width;
    for (size_t i = 0; i < chunk->width; i++)
        if (columns[i] == chunk->table->source->rowid_column)
            chunk->rowid = i;
    chunk->columns = columns;
}

static bool open_rows(struct chunk *chunk, struct engine *reader, const struct load_range *range,
                      struct rows **rows, struct err *err)
{
    struct buf sql;
    bool opened;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_select(&sql, chunk, range);
    opened = engine_query(reader, buf_view(&sql), NULL, 0, rows, err);
    buf_free(&sql);
    return opened || err_prefix(err, "%.*s", STR_ARGS(chunk->table->source->name.text));
}

bool load_chunk(struct load *load, size_t worker, struct engine *reader, struct engine *target, size_t table,
                const struct load_range *range, struct err *err)
{
    struct arena *arena = arena_new();
    struct chunk chunk = {.load = load,
                          .worker = worker,
                          .place = table,
                          .table = &load->plan->tables[table],
                          .target = atomic_load(&load->checking_only) ? NULL : target,
                          .whole = !range->bounded && load->plan->tables[table].source->rows >= WHOLE_ROWS};
    struct rows *rows = NULL;
    bool done;

    buf_init(&chunk.out, ROW_MAXIMUM + BATCH);
    prepare_columns(&chunk, arena);
    done = open_rows(&chunk, reader, range, &rows, err) &&
           (chunk.target == NULL || begin_copy(&chunk, err)) && load_rows(&chunk, rows, err) &&
           end_copy(&chunk, err);
    stop_sending(&chunk, "the load failed");
    rows_close(rows);
    buf_free(&chunk.out);
    arena_free(arena);
    return done;
}
