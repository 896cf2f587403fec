/* How large a table is, and into which chunks it is cut. */
#include "schema/ident.h"
#include "transfer/load.h"

enum {
    SPLIT_ROWS = 100000, /* a table below this is not worth a second session */
    SPLIT_WIDTH = 256,   /* bytes a row: shorter ones gain nothing from a second session (bench/README.md) */
    SAMPLED_ROWS = 200,
    NUMBER_BYTES = 8,
    UNKNOWN_WIDTH = 64
};

static int64_t width_of(const struct rows *rows)
{
    int64_t width = 0;

    for (size_t i = 0; i < rows->width; i++)
        width += rows->cells[i].kind == VALUE_TEXT || rows->cells[i].kind == VALUE_BLOB
                     ? (int64_t)rows->cells[i].bytes.len
                     : NUMBER_BYTES;
    return width;
}

static bool sample_width(struct engine *reader, const struct plan_table *table, int64_t *width,
                         struct err *err)
{
    int64_t sum = 0;
    int64_t count = 0;
    struct rows *rows;
    struct buf sql;
    bool found = true;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT * FROM ");
    table_put_from(&sql, table->source);
    buf_printf(&sql, " LIMIT %d", SAMPLED_ROWS);
    done = engine_query(reader, buf_view(&sql), NULL, 0, &rows, err);
    buf_free(&sql);
    if (!done)
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        sum += width_of(rows);
        count++;
    }
    rows_close(rows);
    *width = count > 0 ? sum / count : UNKNOWN_WIDTH;
    return done;
}

static void cut(const struct table *source, struct load_shape *shape)
{
    int64_t width = source->rows / (int64_t)shape->count;

    for (size_t i = 0; i < shape->count; i++)
        shape->ranges[i] = (struct load_range){
            .bounded = true,
            .first = source->rowid_min + (int64_t)i * width,
            .last =
                i + 1 == shape->count ? source->rowid_max : source->rowid_min + (int64_t)(i + 1) * width - 1};
}

bool load_shape(struct arena *arena, struct engine *reader, const struct plan_table *table, size_t most,
                struct load_shape *shape, struct err *err)
{
    const struct table *source = table->source;
    int64_t rows = source->rows < 0 ? SPLIT_ROWS : source->rows;
    int64_t width = UNKNOWN_WIDTH;

    if (rows >= SPLIT_ROWS && !sample_width(reader, table, &width, err))
        return false;
    *shape = (struct load_shape){.count = 1, .ranges = ARENA_ARRAY(arena, struct load_range, most + 1)};
    if (__builtin_mul_overflow(rows, width, &shape->bytes))
        shape->bytes = INT64_MAX;
    if (source->rows >= SPLIT_ROWS && width >= SPLIT_WIDTH && source->rowid_name != NULL && most > 1) {
        shape->count = most;
        cut(source, shape);
    }
    return true;
}
