#include "transfer/load.h"
#include "base/flag.h"

#include <string.h>

#include "engine/sqlite/sqlite.h"
#include "schema/ident.h"
#include "transfer/misfits.h"
#include "transfer/row.h"

enum {
    BATCH = 48 * 1024, /* sent when the encoded rows pass this; well below libpq's trap at 64 KB */
    ROW_MAXIMUM = 1000 * 1024 * 1024, /* PostgreSQL holds no field of 1 GB */
    WHOLE_ROWS = 20000,               /* below this a table is not worth two more statements */
    ROWS_A_LOOK = 256                 /* rows between two looks at the flags that all workers share */
};

/* "COPY", section Binary Format: signature, flags, length of the header's extension. */
static const char copy_header[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";

struct chunk {
    struct load *load;
    size_t worker;
    size_t place; /* of the table */
    const struct plan_table *table;
    struct engine *target; /* NULL: check only */
    struct row_encoder row;
    bool sending;
    bool whole;       /* large, and all of its table */
    bool loaded;      /* as in struct load_range */
    bool transaction; /* that ends with a COMMIT of its own */
    struct buf out;
    struct load_counts counts;
};

void load_init(struct load *load, struct arena *arena, const struct plan *plan)
{
    load->plan = plan;
    load->policies = NULL;
    load->observer = (struct row_observer){.row = NULL};
    load->sink = (struct row_sink){.row = NULL};
    load->picker = (struct row_picker){.picks = NULL};
    load->recorder = (struct load_recorder){.put = NULL};
    load->observe_always = false;
    load->joined = false;
    load->frozen = false;
    load->tables = ARENA_ARRAY(arena, struct load_progress, plan->table_count + 1);
    atomic_init(&load->checking_only, false);
    atomic_init(&load->stop, false);
    load->interrupted = NULL;
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
    for (size_t i = 0; i < chunk->row.width; i++) {
        buf_text(sql, i > 0 ? ", " : "");
        ident_quote(sql,
                    source->columns[chunk->table->columns[chunk->row.columns[i]].source_position].name.text);
    }
    if (chunk->row.rowid == chunk->row.width)
        buf_printf(sql, "%s%s", chunk->row.width > 0 ? ", " : "",
                   source->rowid_name != NULL ? source->rowid_name : "NULL");
    buf_text(sql, " FROM ");
    table_put_from(sql, source);
    if (range->bounded)
        buf_printf(sql, " WHERE %s BETWEEN %lld AND %lld", source->rowid_name, (long long)range->first,
                   (long long)range->last);
    table_put_filter(sql, source, range->bounded ? " AND " : " WHERE ");
}

/*
 * Rows that are frozen as they come need no later look at their transaction: not by the index build and the
 * reading back that follow at once, nor by the vacuum that would have to freeze them one day.  The server
 * allows it where the table was emptied in the same transaction, so for a chunk that is a whole table.
 */
static void put_copy(struct buf *sql, const struct chunk *chunk)
{
    if (chunk->transaction)
        buf_text(sql, "BEGIN; ");
    if (chunk->whole) {
        buf_text(sql, "TRUNCATE ONLY ");
        ident_quote_qualified(sql, chunk->load->plan->load_schema, chunk->table->name);
        buf_text(sql, "; ");
    }
    buf_text(sql, "COPY ");
    ident_quote_qualified(sql, chunk->load->plan->load_schema, chunk->table->name);
    if (chunk->row.width > 0) {
        buf_text(sql, " (");
        plan_column_list(sql, chunk->table);
        buf_byte(sql, ')');
    }
    buf_printf(sql, " FROM STDIN (FORMAT binary%s)", chunk->whole || chunk->load->frozen ? ", FREEZE" : "");
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

static bool put(struct chunk *chunk, const char *bytes, size_t size, struct err *err)
{
    chunk->counts.bytes += (int64_t)size;
    if (!chunk->loaded)
        atomic_fetch_add(&chunk->load->tables[chunk->place].bytes, (int64_t)size);
    if (!chunk->sending || engine_copy_put(chunk->target, bytes, size, err))
        return true;
    chunk->sending = false;
    return err_prefix(err, "%.*s", STR_ARGS(chunk->table->source->name.text));
}

/* With the large values of the row at hand, which is the last one in `out`. */
static bool flush(struct chunk *chunk, struct err *err)
{
    size_t sent = 0;

    for (size_t i = 0; i < chunk->row.span_count; i++) {
        const struct row_span *span = &chunk->row.spans[i];

        if (!put(chunk, chunk->out.ptr + sent, span->at - sent, err) ||
            !put(chunk, span->bytes.ptr, span->bytes.len, err))
            return false;
        sent = span->at;
    }
    chunk->row.span_count = 0;
    if (!put(chunk, chunk->out.ptr + sent, chunk->out.len - sent, err))
        return false;
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
    if (chunk->sending && chunk->transaction)
        (void)!engine_exec(chunk->target, (struct str)STR("ROLLBACK"), &ignored);
    chunk->sending = false;
}

static bool observe(struct chunk *chunk, struct err *err)
{
    struct load *load = chunk->load;

    if (load->observer.row == NULL || (!chunk->sending && !load->observe_always))
        return true;
    return load->observer.row(load->observer.context, chunk->worker, chunk->place, row_meant(&chunk->row),
                              err);
}

static bool load_row(struct chunk *chunk, const struct value *cells, struct err *err)
{
    enum row_fate fate;

    if (!row_encode(&chunk->row, cells, &chunk->out, &fate, err) ||
        (fate == ROW_ARRIVES && !observe(chunk, err)))
        return err_prefix(err, "%.*s", STR_ARGS(chunk->table->source->name.text));
    if (fate == ROW_STOPS) {
        atomic_store(&chunk->load->checking_only, true);
        stop_sending(chunk, "misfits");
    }
    if (fate == ROW_SET_ASIDE) {
        chunk->counts.aside++;
        atomic_fetch_add(&chunk->load->tables[chunk->place].quarantined, 1);
    }
    chunk->counts.rows++;
    return (chunk->out.len < BATCH && chunk->row.span_count == 0) || flush(chunk, err);
}

/* What others have decided meanwhile. */
static bool look_around(struct chunk *chunk, int64_t counted, struct err *err)
{
    struct load *load = chunk->load;

    atomic_fetch_add(&load->tables[chunk->place].rows, counted);
    if (atomic_load(&load->stop) || flag_is_set(load->interrupted))
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
        if (!rows_next(rows, &found, err)) {
            sqlite_tell_damage(rows->engine, chunk->table->source, chunk->load->interrupted, err);
            return err_prefix(err, "%.*s", STR_ARGS(chunk->table->source->name.text));
        }
        if (!found)
            return look_around(chunk, chunk->counts.rows - counted, err);
        if (!load_row(chunk, rows->cells, err))
            return false;
        if (chunk->counts.rows - counted >= ROWS_A_LOOK) {
            if (!look_around(chunk, chunk->counts.rows - counted, err))
                return false;
            counted = chunk->counts.rows;
        }
    }
}

static bool commit(struct chunk *chunk, const struct load_range *range, struct err *err)
{
    const struct load_recorder *recorder = &chunk->load->recorder;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (recorder->put != NULL)
        recorder->put(recorder->context, chunk->worker, chunk->place, range, &chunk->counts, &sql);
    buf_text(&sql, "COMMIT");
    done = engine_exec(chunk->target, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

static bool end_copy(struct chunk *chunk, const struct load_range *range, struct err *err)
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
    if (rows != chunk->counts.rows - chunk->counts.aside) {
        err_set(err, ERR_FAILED, "%.*s: %lld rows were sent and the server took %lld",
                STR_ARGS(chunk->table->source->name.text),
                (long long)(chunk->counts.rows - chunk->counts.aside), (long long)rows);
        return err_hint(err, "this should not happen; nothing was published");
    }
    return !chunk->transaction || commit(chunk, range, err);
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

/* How far a value can be compressed is the server's to say, so a row that seemed narrow enough may not be:
 * the next load takes every row that may not be for a misfit. */
static bool note_width(struct load *load, size_t table, const struct err *err)
{
    if (strcmp(err->sqlstate, "54000") == 0 && load->policies != NULL) /* program_limit_exceeded */
        atomic_store(&load->policies->strict_width[table], true);
    return false;
}

bool load_chunk(struct load *load, size_t worker, struct engine *reader, struct engine *target, size_t table,
                const struct load_range *range, struct err *err)
{
    struct arena *arena = arena_new();
    struct chunk chunk = {.load = load,
                          .worker = worker,
                          .place = table,
                          .table = &load->plan->tables[table],
                          .target = atomic_load(&load->checking_only) || range->loaded ? NULL : target,
                          .loaded = range->loaded,
                          .whole = !load->joined && !range->bounded &&
                                   load->plan->tables[table].source->rows >= WHOLE_ROWS};
    struct rows *rows = NULL;
    bool done;

    chunk.transaction = chunk.whole || load->recorder.put != NULL;
    buf_init(&chunk.out, ROW_MAXIMUM + BATCH);
    row_encoder_init(&chunk.row, arena, load, table);
    done = open_rows(&chunk, reader, range, &rows, err) &&
           (chunk.target == NULL || begin_copy(&chunk, err)) && load_rows(&chunk, rows, err) &&
           end_copy(&chunk, range, err);
    stop_sending(&chunk, "the load failed");
    rows_close(rows);
    row_encoder_free(&chunk.row);
    buf_free(&chunk.out);
    arena_free(arena);
    return done || note_width(load, table, err);
}
