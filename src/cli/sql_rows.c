/*
 * Rows on stdout: aligned, a line a value, CSV, JSON.
 *
 * CSV and JSON are written row by row, whatever their number.  Aligned columns need to know their widths: so
 * rows are taken together, a thousand at a time, and later batches keep at least the widths of the first.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/screen.h"
#include "cli/sql.h"
#include "cli/table.h"

enum {
    BATCH = 1000,
    FLUSH = 64 * 1024
};

static const char null_text[] = "NULL";

static struct str hexadecimal(struct arena *arena, const struct pgrade_value *value)
{
    static const char digits[] = "0123456789abcdef";
    char *text = arena_alloc(arena, value->size * 2 + 3);

    text[0] = '\\';
    text[1] = 'x';
    for (size_t i = 0; i < value->size; i++) {
        text[2 + i * 2] = digits[(unsigned char)value->bytes[i] >> 4];
        text[3 + i * 2] = digits[(unsigned char)value->bytes[i] & 15];
    }
    return (struct str){text, value->size * 2 + 2};
}

static bool is_boolean(const char *type)
{
    return type != NULL && strcmp(type, "boolean") == 0;
}

struct str sql_cell(struct arena *arena, const struct pgrade_value *value, const char *type)
{
    char number[40];

    switch (value->type) {
    case PGRADE_INTEGER:
        if (is_boolean(type))
            return str_from(value->integer != 0 ? "true" : "false");
        return str_printf(arena, "%" PRId64, value->integer);
    case PGRADE_REAL:
        json_real_text(number, sizeof(number), value->real);
        return str_printf(arena, "%s", number);
    case PGRADE_TEXT: return (struct str){value->bytes == NULL ? "" : value->bytes, value->size};
    case PGRADE_BLOB: return hexadecimal(arena, value);
    case PGRADE_NULL: break;
    }
    return (struct str){NULL, 0};
}

/* PostgreSQL's booleans come as integers; SQLite has none, whatever a column was declared as. */
static const char *type_of(const struct sql *sql, const struct pgrade_rows *rows, size_t column)
{
    return sql->url.kind == URL_SQLITE ? NULL : pgrade_column_type(rows, column);
}

/* ---------------------------------------------------------------------------------------------- JSON -- */

static void json_cell(struct sql *sql, struct arena *arena, const struct pgrade_value *value,
                      const char *type)
{
    struct json *json = &sql->json;

    if (value->type == PGRADE_NULL)
        json_null(json);
    else if (value->type == PGRADE_INTEGER && is_boolean(type))
        json_bool(json, value->integer != 0);
    else if (value->type == PGRADE_INTEGER)
        json_int(json, value->integer);
    else if (value->type == PGRADE_REAL)
        json_real(json, value->real);
    else
        json_str(json, sql_cell(arena, value, type));
}

static void json_row(struct sql *sql, struct arena *arena, const struct pgrade_rows *rows)
{
    json_array(&sql->json);
    for (size_t i = 0; i < pgrade_columns(rows); i++)
        json_cell(sql, arena, pgrade_cell(rows, i), type_of(sql, rows, i));
    json_array_end(&sql->json);
    if (sql->out.len < FLUSH)
        return;
    (void)fwrite(sql->out.ptr, 1, sql->out.len, stdout);
    buf_clear(&sql->out);
}

/* ----------------------------------------------------------------------------------------------- CSV -- */

/* RFC 4180: quotes where a quote, a comma, an end of a line or a space at an end asks for them, and around
 * the empty text, which is not NULL.  What goes to a terminal must not command it. */
static void csv_field(const struct sql *sql, struct arena *arena, struct str text, struct buf *out)
{
    bool quoted = text.len == 0;

    if (sql->width > 0)
        text = screen_text(arena, text);
    for (size_t i = 0; i < text.len && !quoted; i++)
        quoted = strchr("\",\r\n", text.ptr[i]) != NULL && text.ptr[i] != '\0';
    quoted = quoted || text.ptr[0] == ' ' || text.ptr[text.len - 1] == ' ';
    if (quoted)
        buf_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            buf_byte(out, '"');
        buf_byte(out, text.ptr[i]);
    }
    if (quoted)
        buf_byte(out, '"');
}

static void csv_line(const struct sql *sql, struct arena *arena, const struct pgrade_rows *rows, bool heading,
                     struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < pgrade_columns(rows); i++) {
        struct str text = heading ? str_from(pgrade_column_name(rows, i))
                                  : sql_cell(arena, pgrade_cell(rows, i), type_of(sql, rows, i));

        if (i > 0)
            buf_byte(out, ',');
        if (heading || text.ptr != NULL)
            csv_field(sql, arena, text, out);
    }
    buf_text(out, "\r\n");
    (void)fwrite(out->ptr, 1, out->len, stdout);
}

/* ------------------------------------------------------------------------------------------- aligned -- */

struct batch {
    struct arena *arena;
    size_t columns;
    struct str *cells; /* a NULL ptr is NULL */
    size_t rows;
    size_t *widths;
    bool *right; /* all that is not NULL are numbers */
    bool begun;  /* the heading was printed */
};

static size_t shown_width(struct str cell)
{
    return cell.ptr == NULL ? sizeof(null_text) - 1 : screen_width(cell);
}

static void put_spaces(struct buf *out, size_t count)
{
    while (count-- > 0)
        buf_byte(out, ' ');
}

static void put_cell(const struct sql *sql, struct str cell, size_t width, bool right, bool last,
                     struct buf *out)
{
    size_t used = shown_width(cell);
    size_t gap = used < width ? width - used : 0;

    if (right)
        put_spaces(out, gap);
    if (cell.ptr == NULL)
        buf_printf(out, "%s%s%s", sql->invocation->color ? "\033[2m" : "", null_text,
                   sql->invocation->color ? "\033[0m" : "");
    else
        buf_str(out, cell);
    if (!right && !last)
        put_spaces(out, gap);
}

static void put_heading(const struct sql *sql, const struct pgrade_rows *rows, const struct batch *batch,
                        struct buf *out)
{
    bool color = sql->invocation->color;

    buf_text(out, color ? "\033[1m" : "");
    for (size_t i = 0; i < batch->columns; i++) {
        buf_text(out, i > 0 ? "  " : "");
        put_cell(sql, screen_text(batch->arena, str_from(pgrade_column_name(rows, i))), batch->widths[i],
                 batch->right[i], i + 1 == batch->columns, out);
    }
    buf_text(out, color ? "\033[0m\n" : "\n");
    for (size_t i = 0; i < batch->columns; i++) {
        buf_text(out, i > 0 ? "  " : "");
        for (size_t j = 0; j < batch->widths[i]; j++)
            buf_byte(out, '-');
    }
    buf_byte(out, '\n');
}

static size_t whole_width(const struct batch *batch)
{
    size_t width = 0;

    for (size_t i = 0; i < batch->columns; i++)
        width += batch->widths[i] + (i > 0 ? 2 : 0);
    return width;
}

static void measure(const struct pgrade_rows *rows, struct batch *batch)
{
    for (size_t i = 0; i < batch->columns && !batch->begun; i++)
        batch->widths[i] = screen_width(screen_text(batch->arena, str_from(pgrade_column_name(rows, i))));
    for (size_t i = 0; i < batch->rows * batch->columns; i++)
        if (shown_width(batch->cells[i]) > batch->widths[i % batch->columns])
            batch->widths[i % batch->columns] = shown_width(batch->cells[i]);
}

static void put_expanded(const struct sql *sql, const struct pgrade_rows *rows, const struct batch *batch,
                         int64_t first, struct buf *out)
{
    size_t width = 0;

    for (size_t i = 0; i < batch->columns; i++) {
        size_t one = screen_width(screen_text(batch->arena, str_from(pgrade_column_name(rows, i))));

        width = one > width ? one : width;
    }
    for (size_t row = 0; row < batch->rows; row++) {
        buf_printf(out, "-- row %" PRId64 "\n", first + (int64_t)row);
        for (size_t i = 0; i < batch->columns; i++) {
            put_cell(sql, screen_text(batch->arena, str_from(pgrade_column_name(rows, i))), width, false,
                     false, out);
            buf_text(out, "  ");
            put_cell(sql, batch->cells[row * batch->columns + i], 0, false, true, out);
            buf_byte(out, '\n');
        }
    }
}

static void put_batch(struct sql *sql, const struct pgrade_rows *rows, struct batch *batch, int64_t first)
{
    struct buf out;

    buf_init(&out, SIZE_MAX / 2);
    measure(rows, batch);
    /* Lines that a terminal breaks cannot be read. */
    if (sql->expanded ||
        (sql->width > 0 && !batch->begun && whole_width(batch) > sql->width && batch->rows > 0)) {
        put_expanded(sql, rows, batch, first, &out);
    } else {
        if (!batch->begun)
            put_heading(sql, rows, batch, &out);
        batch->begun = true;
        for (size_t i = 0; i < batch->rows * batch->columns; i++) {
            size_t column = i % batch->columns;
            bool last = column + 1 == batch->columns;

            put_cell(sql, batch->cells[i], batch->widths[column], batch->right[column], last, &out);
            buf_text(&out, last ? "\n" : "  ");
        }
    }
    (void)fwrite(out.ptr, 1, out.len, stdout);
    buf_free(&out);
    batch->rows = 0;
}

static void take_row(struct sql *sql, const struct pgrade_rows *rows, struct batch *batch)
{
    for (size_t i = 0; i < batch->columns; i++) {
        const struct pgrade_value *value = pgrade_cell(rows, i);
        struct str text = sql_cell(batch->arena, value, type_of(sql, rows, i));

        if (value->type != PGRADE_NULL && value->type != PGRADE_INTEGER && value->type != PGRADE_REAL)
            batch->right[i] = false;
        if (text.ptr != NULL)
            text = screen_text(batch->arena, text);
        batch->cells[batch->rows * batch->columns + i] = text;
    }
    batch->rows++;
}

static bool put_aligned(struct sql *sql, struct pgrade_rows *rows, int64_t *count, struct pgrade_error *error)
{
    struct arena *arena = arena_new();
    struct batch batch = {.arena = arena_new(), .columns = pgrade_columns(rows)};
    bool found = true;
    bool done;

    batch.cells = ARENA_ARRAY(arena, struct str, batch.columns * BATCH);
    batch.widths = ARENA_ARRAY(arena, size_t, batch.columns);
    batch.right = ARENA_ARRAY(arena, bool, batch.columns);
    for (size_t i = 0; i < batch.columns; i++)
        batch.right[i] = true;
    while ((done = pgrade_next(rows, &found, error)) && found) {
        take_row(sql, rows, &batch);
        (*count)++;
        if (batch.rows < BATCH)
            continue;
        put_batch(sql, rows, &batch, *count - (int64_t)batch.rows + 1);
        arena_reset(batch.arena);
    }
    if (batch.rows > 0 || (done && *count == 0))
        put_batch(sql, rows, &batch, *count - (int64_t)batch.rows + 1);
    if (done && !sql->invocation->quiet)
        printf("(%.*s row%s)\n", STR_ARGS(show_count(arena, *count)), *count == 1 ? "" : "s");
    arena_free(batch.arena);
    arena_free(arena);
    return done;
}

bool sql_put_rows(struct sql *sql, struct pgrade_rows *rows, int64_t *count, struct pgrade_error *error)
{
    struct arena *arena;
    struct buf line;
    bool found = true;
    bool done;

    if (pgrade_columns(rows) == 0)
        return pgrade_next(rows, &found, error);
    if (sql->format == SQL_ALIGNED)
        return put_aligned(sql, rows, count, error);
    arena = arena_new();
    buf_init(&line, SIZE_MAX / 2);
    if (sql->format == SQL_CSV)
        csv_line(sql, arena, rows, true, &line);
    while ((done = pgrade_next(rows, &found, error)) && found) {
        (*count)++;
        if (sql->format == SQL_CSV)
            csv_line(sql, arena, rows, false, &line);
        else
            json_row(sql, arena, rows);
        arena_reset(arena);
    }
    buf_free(&line);
    arena_free(arena);
    return done;
}
