#include "verify/captures.h"

#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "schema/ident.h"
#include "verify/canonical_rules.h"

enum {
    VALUE_BYTES = 256 * 1024,         /* of one value, */
    ALL_BYTES = 64 * 1024 * 1024,     /* until so many were kept; */
    VALUE_BYTES_LATER = 256,          /* then */
    COPY_HEADER = 11 + 4 + 4,         /* signature, flags, length of the extension, which is empty */
    ARRAY_HEADER = 4 + 4 + 4 + 4 + 4, /* dimensions, flags, type, length, lower bound */
};

/* A row that one side looks for. */
struct wanted {
    struct digest_sum key;
    struct digest_sum row;
    size_t place; /* in the rows found */
};

struct capturing {
    struct arena *arena;
    const struct comparison *comparison;
    const struct reading *reading;
    struct wanted *wanted;
    size_t wanted_count;
    struct captured_row *rows;
    size_t kept; /* bytes */
};

static int by_key_and_row(const void *a, const void *b)
{
    const struct wanted *left = a;
    const struct wanted *right = b;
    const uint64_t parts[2][4] = {{left->key.low, left->key.high, left->row.low, left->row.high},
                                  {right->key.low, right->key.high, right->row.low, right->row.high}};

    for (size_t i = 0; i < ARRAY_LENGTH(parts[0]); i++)
        if (parts[0][i] != parts[1][i])
            return parts[0][i] < parts[1][i] ? -1 : 1;
    return 0;
}

/* The rows that the digester's last one is: several where it is doubled; NULL: it is none of them. */
static const struct wanted *find(const struct capturing *it, const struct digester *digester, size_t *count)
{
    struct wanted seen = {.key = comparison_key(it->comparison, digester),
                          .row = digester_row_hash(digester, it->reading->shape->column_count)};
    const struct wanted *first = bsearch(&seen, it->wanted, it->wanted_count, sizeof(seen), by_key_and_row);

    *count = 0;
    if (first == NULL)
        return NULL;
    while (first > it->wanted && by_key_and_row(first - 1, &seen) == 0)
        first--;
    while (first + *count < it->wanted + it->wanted_count && by_key_and_row(first + *count, &seen) == 0)
        ++*count;
    return first;
}

static size_t limit_of(const struct capturing *it)
{
    return it->kept < ALL_BYTES ? VALUE_BYTES : VALUE_BYTES_LATER;
}

static void keep(struct capturing *it, const struct digester *digester, const struct wanted *wanted,
                 size_t count, const struct shown *values)
{
    size_t columns = it->reading->shape->column_count;
    struct digest_sum *cells = ARENA_ARRAY(it->arena, struct digest_sum, columns + 1);
    const char **misfits = ARENA_ARRAY(it->arena, const char *, columns + 1);

    for (size_t i = 0; i < columns; i++) {
        cells[i] = digester_cell_hash(digester, i);
        misfits[i] = digester_misfit(digester, i);
        it->kept += values[i].text.len;
    }
    for (size_t i = 0; i < count; i++)
        it->rows[wanted[i].place] = (struct captured_row){cells, values, misfits};
}

static void take_source_row(struct capturing *it, const struct digester *digester, const struct value *cells)
{
    size_t columns = it->reading->shape->column_count;
    size_t count;
    const struct wanted *wanted = find(it, digester, &count);
    struct shown *values;

    if (wanted == NULL || it->rows[wanted->place].cells != NULL)
        return;
    values = ARENA_ARRAY(it->arena, struct shown, columns + 1);
    for (size_t i = 0; i < columns; i++)
        values[i] = shown_value(it->arena, &cells[i], limit_of(it));
    keep(it, digester, wanted, count, values);
}

struct source_capturing {
    struct capturing *it;
    struct digester *digester;
};

static bool take_row(void *taker, const struct value *cells, struct err *err)
{
    struct source_capturing *source = taker;

    if (!digester_source_row(source->digester, cells, err))
        return false;
    take_source_row(source->it, source->digester, cells);
    return true;
}

static bool fetch_from_sqlite(struct capturing *it, struct digester *digester, struct err *err)
{
    struct source_capturing source = {it, digester};

    return reading_each_row(it->reading, take_row, &source, err);
}

/* As PostgreSQL writes the value, all in one array: a row may have as many columns as a SELECT list. */
static void put_texts(struct buf *sql, const struct reading *reading)
{
    buf_text(sql, ", ARRAY[");
    for (size_t i = 0; i < reading->shape->column_count; i++) {
        bool bytes = reading->shape->columns[i].type.kind == PG_BYTEA;

        buf_text(sql, i > 0 ? ", " : "");
        buf_text(sql, bytes ? "'\\x' || encode(substr(" : "left(");
        ident_quote(sql, reading->shape->columns[i].name);
        if (bytes)
            buf_printf(sql, ", 1, %d), 'hex')", VALUE_BYTES / 2);
        else
            buf_printf(sql, "::text, %d)", VALUE_BYTES);
    }
    buf_text(sql, "]::text[]");
}

static struct str take(struct str *rest, size_t size)
{
    struct str taken = str_slice(*rest, 0, size);

    *rest = str_slice(*rest, taken.len, rest->len);
    return taken;
}

/* A field, or an element of an array: its length and its bytes; a NULL has no ptr. */
static struct str take_field(struct str *rest)
{
    struct str length = take(rest, sizeof(int32_t));
    int32_t size = length.len < sizeof(int32_t) ? -1 : (int32_t)field_uint32(length.ptr);

    return size < 0 ? (struct str){NULL, 0} : take(rest, (size_t)size);
}

static void take_target_row(struct capturing *it, const struct digester *digester, struct str message)
{
    size_t columns = it->reading->shape->column_count;
    size_t count;
    const struct wanted *wanted = find(it, digester, &count);
    struct shown *values;

    if (wanted == NULL || it->rows[wanted->place].cells != NULL)
        return;
    (void)take(&message, sizeof(int16_t));
    for (size_t i = 0; i < columns; i++)
        (void)take_field(&message);
    message = take_field(&message);
    (void)take(&message, ARRAY_HEADER);
    values = ARENA_ARRAY(it->arena, struct shown, columns + 1);
    for (size_t i = 0; i < columns; i++) {
        struct str text = take_field(&message);
        enum pg_kind kind = it->reading->shape->columns[i].type.kind;

        values[i] = (struct shown){.null = true};
        if (text.ptr != NULL)
            values[i] = shown_text(it->arena, text, pg_kind_is_textual(kind), limit_of(it));
        values[i].cut = values[i].cut || (kind == PG_BYTEA ? text.len >= VALUE_BYTES + 2
                                                           : str_utf8_count(text) >= VALUE_BYTES);
    }
    keep(it, digester, wanted, count, values);
}

static bool open_target(const struct reading *reading, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "COPY (SELECT ");
    reading_put_columns(&sql, reading);
    put_texts(&sql, reading);
    reading_put_hashes(&sql, reading);
    reading_put_from(&sql, reading);
    buf_text(&sql, ") TO STDOUT (FORMAT binary)");
    done = engine_copy_out(reading->engine, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

/* libpq hands over a row each, the first one behind the header. */
static bool fetch_from_postgres(struct capturing *it, struct digester *digester, struct err *err)
{
    struct str message = {NULL, 1};
    bool first = true;

    if (it->reading->large)
        digester_expect_hashes(digester, it->reading->shape->column_count);
    if (!open_target(it->reading, err))
        return false;
    while (message.len > 0) {
        int64_t rows = digester_result(digester)->rows;

        if (!engine_copy_get(it->reading->engine, &message, err) ||
            !digester_target_bytes(digester, message.ptr, message.len, err))
            return false;
        if (first)
            message = str_slice(message, COPY_HEADER, message.len);
        if (digester_result(digester)->rows > rows)
            take_target_row(it, digester, message);
        first = false;
    }
    return true;
}

/* The shape and the texts behind it. */
static struct plan_table with_texts(struct arena *arena, const struct plan_table *shape)
{
    struct plan_table wide = *shape;

    wide.columns = ARENA_ARRAY(arena, struct plan_column, shape->column_count + 1);
    memcpy(wide.columns, shape->columns, shape->column_count * sizeof(*shape->columns));
    wide.columns[wide.column_count++] = (struct plan_column){.type = pg_type_of(PG_BYTEA)};
    return wide;
}

static bool fetch_side(struct capturing *it, struct err *err)
{
    struct arena *scratch = arena_new();
    struct plan_table wide = with_texts(scratch, it->reading->shape);
    struct reading reading = *it->reading;
    struct digester *digester;
    bool done;

    if (!reading.is_sqlite)
        reading.shape = &wide;
    digester = reading_digester(scratch, &reading);
    done = reading.is_sqlite ? fetch_from_sqlite(it, digester, err) : fetch_from_postgres(it, digester, err);
    digester_free(digester);
    arena_free(scratch);
    return done || err_prefix(err, "reading %.*s", STR_ARGS(it->reading->shape->name));
}

bool captures_fetch(struct arena *arena, const struct comparison *comparison, const struct found_rows *found,
                    struct captures *captures, struct err *err)
{
    for (int side = 0; side < 2; side++) {
        struct capturing it = {.arena = arena,
                               .comparison = comparison,
                               .reading = &comparison->sides[side],
                               .wanted = ARENA_ARRAY(arena, struct wanted, found->count + 1),
                               .rows = ARENA_ARRAY(arena, struct captured_row, found->count + 1)};

        captures->rows[side] = it.rows;
        for (size_t i = 0; i < found->count; i++)
            if (found->items[i].has[side])
                it.wanted[it.wanted_count++] =
                    (struct wanted){found->items[i].key, found->items[i].row[side], i};
        if (it.wanted_count == 0)
            continue;
        if (it.wanted_count > 1)
            qsort(it.wanted, it.wanted_count, sizeof(struct wanted), by_key_and_row);
        if (!fetch_side(&it, err))
            return false;
    }
    return true;
}
