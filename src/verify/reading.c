#include "verify/reading.h"

#include "schema/ident.h"

struct digester *reading_digester(struct arena *arena, const struct reading *reading)
{
    struct digester *digester = digester_new(arena, reading->shape);

    digester_tolerate(digester);
    if (reading->plain)
        digester_plain(digester);
    return digester;
}

static void put_expression(struct buf *sql, const struct reading *reading, size_t place)
{
    ident_quote(sql, reading->shape->columns[place].name);
    if (reading->as_text != NULL && reading->as_text[place])
        buf_text(sql, "::text");
}

/* In a form that has a length; it is told without the value's being unpacked. */
static void put_measured(struct buf *sql, const struct reading *reading, size_t place)
{
    put_expression(sql, reading, place);
    if (reading->shape->columns[place].type.kind != PG_BYTEA)
        buf_text(sql, "::text");
}

static bool is_hashed(const struct reading *reading, size_t place)
{
    return reading->large && digest_may_be_large(&reading->shape->columns[place]);
}

void reading_put_columns(struct buf *sql, const struct reading *reading)
{
    for (size_t i = 0; i < reading->shape->column_count; i++) {
        buf_text(sql, i > 0 ? ", " : "");
        if (is_hashed(reading, i)) {
            buf_text(sql, "CASE WHEN octet_length(");
            put_measured(sql, reading, i);
            buf_printf(sql, ") <= %zu THEN ", LARGE_VALUE);
        }
        put_expression(sql, reading, i);
        buf_text(sql, is_hashed(reading, i) ? " END" : "");
    }
}

void reading_put_hashes(struct buf *sql, const struct reading *reading)
{
    for (size_t i = 0; i < reading->shape->column_count; i++) {
        bool bytes = reading->shape->columns[i].type.kind == PG_BYTEA;

        if (!is_hashed(reading, i))
            continue;
        buf_text(sql, ", CASE WHEN octet_length(");
        put_measured(sql, reading, i);
        buf_printf(sql, ") > %zu THEN sha256(%s", LARGE_VALUE, bytes ? "" : "convert_to(");
        put_measured(sql, reading, i);
        buf_text(sql, bytes ? ") END" : ", 'UTF8')) END");
    }
}

static void put_table(struct buf *sql, const struct reading *reading)
{
    buf_text(sql, " FROM ");
    if (!reading->is_sqlite) {
        ident_quote_qualified(sql, reading->schema, reading->shape->name);
        if (reading->where.len > 0)
            buf_printf(sql, " WHERE (%.*s)", STR_ARGS(reading->where));
        return;
    }
    table_put_from(sql, reading->shape->source);
    table_put_filter(sql, reading->shape->source, " WHERE ");
}

void reading_put_from(struct buf *sql, const struct reading *reading)
{
    bool filtered = reading->is_sqlite ? reading->shape->source->filter.ptr != NULL : reading->where.len > 0;

    put_table(sql, reading);
    if (reading->sample.len > 0)
        buf_printf(sql, "%s%.*s", filtered ? " AND " : " WHERE ", STR_ARGS(reading->sample));
}

static bool read_copy(const struct reading *reading, struct digester *digester, struct err *err)
{
    struct str bytes = {NULL, 1};
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "COPY (SELECT ");
    reading_put_columns(&sql, reading);
    reading_put_hashes(&sql, reading);
    reading_put_from(&sql, reading);
    buf_text(&sql, ") TO STDOUT (FORMAT binary)");
    if (reading->large)
        digester_expect_hashes(digester, reading->shape->column_count);
    done = engine_copy_out(reading->engine, buf_view(&sql), err);
    buf_free(&sql);
    while (done && bytes.len > 0)
        done = engine_copy_get_many(reading->engine, &bytes, err) &&
               (bytes.len == 0 ? digester_target_end(digester, err)
                               : digester_target_bytes(digester, bytes.ptr, bytes.len, err));
    return done;
}

static void put_select(struct buf *sql, const struct reading *reading)
{
    buf_text(sql, "SELECT ");
    for (size_t i = 0; i < reading->shape->column_count; i++) {
        buf_text(sql, i > 0 ? ", " : "");
        ident_quote(sql, reading->shape->columns[i].source->name.text);
    }
    reading_put_from(sql, reading);
}

static bool open_rows(const struct reading *reading, struct rows **rows, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    put_select(&sql, reading);
    done = engine_query(reading->engine, buf_view(&sql), NULL, 0, rows, err);
    buf_free(&sql);
    return done;
}

bool reading_each_row(const struct reading *reading, reading_take *take, void *taker, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    if (reading->feed != NULL)
        return reading->feed->rows(reading->feed->context, take, taker, err);
    if (!open_rows(reading, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found && (done = take(taker, rows->cells, err)))
        continue;
    rows_close(rows);
    return done;
}

static bool take_row(void *digester, const struct value *cells, struct err *err)
{
    return digester_source_row(digester, cells, err);
}

bool reading_digest(const struct reading *reading, struct digester *digester, struct err *err)
{
    return (reading->is_sqlite ? reading_each_row(reading, take_row, digester, err)
                               : read_copy(reading, digester, err)) ||
           err_prefix(err, "reading %.*s", STR_ARGS(reading->shape->name));
}

bool reading_count(const struct reading *reading, int64_t *rows, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT count(*)");
    put_table(&sql, reading);
    done = engine_int(reading->engine, buf_view(&sql), rows, err);
    buf_free(&sql);
    return done || err_prefix(err, "counting %.*s", STR_ARGS(reading->shape->name));
}
