#include "cli/table.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/screen.h"

enum {
    LEAST_WIDTH = 12 /* what is left of a column that is folded */
};

static struct str cut(struct arena *arena, struct str text, size_t maximum)
{
    if (maximum <= 3 || screen_width(text) <= maximum)
        return text;
    return str_printf(arena, "%.*s...", STR_ARGS(screen_clip(text, maximum - 3)));
}

void text_table_cell(struct text_table *table, struct str text)
{
    ARENA_PUSH(table->arena, table->cells, table->count, table->capacity) =
        cut(table->arena, str_dup(table->arena, text), table->maximum);
}

void text_table_cellf(struct text_table *table, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    text_table_cell(table, str_from(text));
}

static void put_spaces(struct buf *out, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_byte(out, ' ');
}

static bool may_end(char c)
{
    return c == ' ' || c == '_' || c == ',' || c == '(' || c == '.';
}

/* As much as a line of the column holds, in a part of which a word or the like ends; *rest: what is left. */
static struct str take_line(struct str *rest, size_t width)
{
    struct str line = screen_clip(*rest, width);
    size_t end = line.len;

    if (line.len == 0)
        line = *rest; /* a character wider than the column */
    else if (line.len < rest->len) {
        while (end > line.len / 2 && !may_end(line.ptr[end - 1]))
            end--;
        line.len = end > line.len / 2 ? end : line.len;
    }
    *rest = str_slice(*rest, line.len, rest->len);
    return line;
}

static void put_line(const struct text_table *table, const size_t *widths, struct str *rests, struct buf *out)
{
    size_t start = out->len;

    put_spaces(out, table->indent);
    for (size_t i = 0; i < table->columns; i++) {
        struct str cell = take_line(&rests[i], widths[i]);
        size_t wide = screen_width(cell);
        size_t gap = widths[i] > wide ? widths[i] - wide : 0;

        if (i > 0)
            buf_text(out, "  ");
        if (table->align[i] == ALIGN_RIGHT)
            put_spaces(out, gap);
        buf_str(out, cell);
        if (table->align[i] == ALIGN_LEFT)
            put_spaces(out, gap);
    }
    while (out->len > start && out->ptr[out->len - 1] == ' ')
        out->ptr[--out->len] = '\0';
    buf_byte(out, '\n');
}

/* In several lines where a cell is wider than its column. */
static void put_row(const struct text_table *table, const size_t *widths, size_t row, struct buf *out)
{
    struct str *rests = ARENA_ARRAY(table->arena, struct str, table->columns);
    bool more = true;

    for (size_t i = 0; i < table->columns; i++)
        rests[i] = table->cells[row * table->columns + i];
    while (more) {
        put_line(table, widths, rests, out);
        more = false;
        for (size_t i = 0; i < table->columns; i++)
            more = more || rests[i].len > 0;
    }
}

/* By one after the other, always the widest: what is narrow stays whole. */
static void fit(const struct text_table *table, size_t *widths)
{
    for (;;) {
        size_t total = table->indent + (table->columns - 1) * 2;
        size_t widest = 0;

        for (size_t i = 0; i < table->columns; i++) {
            total += widths[i];
            widest = widths[i] > widths[widest] ? i : widest;
        }
        if (table->width == 0 || total <= table->width || widths[widest] <= LEAST_WIDTH)
            return;
        widths[widest]--;
    }
}

void text_table_write(const struct text_table *table, bool color, struct buf *out)
{
    size_t *widths = ARENA_ARRAY(table->arena, size_t, table->columns);
    size_t rows = table->count / table->columns;

    for (size_t i = 0; i < rows * table->columns; i++)
        if (screen_width(table->cells[i]) > widths[i % table->columns])
            widths[i % table->columns] = screen_width(table->cells[i]);
    fit(table, widths);
    if (color)
        buf_text(out, "\033[1m");
    put_row(table, widths, 0, out);
    if (color)
        buf_text(out, "\033[0m");
    put_spaces(out, table->indent);
    for (size_t i = 0; i < table->columns; i++) {
        buf_text(out, i > 0 ? "  " : "");
        for (size_t j = 0; j < widths[i]; j++)
            buf_byte(out, '-');
    }
    buf_byte(out, '\n');
    for (size_t i = 1; i < rows; i++)
        put_row(table, widths, i, out);
}

struct str show_count(struct arena *arena, int64_t number)
{
    char digits[32];
    struct buf out;
    struct str shown;
    int length = snprintf(digits, sizeof(digits), "%" PRId64, number);

    buf_init(&out, sizeof(digits) * 2);
    for (int i = 0; i < length; i++) {
        buf_byte(&out, digits[i]);
        if (digits[i] != '-' && i + 1 < length && (length - i - 1) % 3 == 0)
            buf_byte(&out, ',');
    }
    shown = buf_to_str(arena, &out);
    buf_free(&out);
    return shown;
}

struct str show_bytes(struct arena *arena, int64_t bytes)
{
    static const char *const units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double size = (double)bytes;
    size_t unit = 0;

    for (; size >= 999.5 && unit + 1 < ARRAY_LENGTH(units); unit++)
        size /= 1000;
    return str_printf(arena, unit == 0 || size >= 99.95 ? "%.0f %s" : "%.1f %s", size, units[unit]);
}

struct str show_seconds(struct arena *arena, int64_t us)
{
    double seconds = (double)us / 1e6;

    if (seconds >= 120)
        return str_printf(arena, "%d min %d s", (int)(seconds / 60), (int)seconds % 60);
    return str_printf(arena, seconds < 1 ? "%.3f s" : "%.1f s", seconds);
}
