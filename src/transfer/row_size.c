#include "transfer/row_size.h"

#include <string.h>

enum {
    HEADER = 23,           /* HeapTupleHeaderData without its padding */
    POINTER = 18,          /* a value out of line */
    STAYS_BELOW = 24,      /* bytes of a value that is never put out of line: MAXALIGN(18), with its header */
    COMPRESSED_FROM = 32,  /* nothing shorter is compressed */
    COMPRESSED_LEAST = 12, /* header, length and what any method needs at least */
    NUMERIC_FIXED = 8,     /* bytes of a binary numeric before its digits */
    JSONB_LEAST = 5,
    ARRAY_EMPTY = 13 /* what an array without elements takes */
};

/* Width and alignment on a page: pg_type.dat.  Width 0: variable. */
static const struct layout {
    size_t width;
    size_t alignment;
} layouts[PG_KIND_COUNT] = {
    [PG_BOOL] = {1, 1},    [PG_INT2] = {2, 2},      [PG_INT4] = {4, 4},        [PG_INT8] = {8, 8},
    [PG_FLOAT4] = {4, 4},  [PG_FLOAT8] = {8, 8},    [PG_DATE] = {4, 4},        [PG_TIME] = {8, 8},
    [PG_TIMETZ] = {12, 8}, [PG_TIMESTAMP] = {8, 8}, [PG_TIMESTAMPTZ] = {8, 8}, [PG_INTERVAL] = {16, 8},
    [PG_UUID] = {16, 1},   [PG_MACADDR] = {6, 4},   [PG_ENUM] = {4, 4},        [PG_MACADDR8] = {8, 4},
    [PG_OID] = {4, 4},     [PG_CHAR_BYTE] = {1, 1}, [PG_NAME] = {64, 1},
};

static size_t align(size_t offset, size_t to)
{
    return (offset + to - 1) / to * to;
}

static uint32_t field_length(const char *field)
{
    uint32_t length;

    memcpy(&length, field, sizeof(length));
    return __builtin_bswap32(length);
}

/* So many bytes of data, that cannot be less or more. */
static void add_bytes(struct row_size *size, size_t bytes)
{
    if (bytes < STAYS_BELOW) {
        size->least += 1 + bytes;
        size->most += 1 + bytes;
    } else if (bytes < COMPRESSED_FROM) {
        size->least += POINTER;
        size->most += POINTER;
    } else {
        size->least += COMPRESSED_LEAST;
        size->most = align(size->most, 4) + STAYS_BELOW;
    }
}

static void add_variable(struct row_size *size, const struct pg_type *type, size_t length)
{
    struct row_size least = *size;

    switch (type->kind) {
    case PG_NUMERIC: /* a header of two or of four bytes, then the digits */
        add_bytes(&least, length - NUMERIC_FIXED + 2);
        add_bytes(size, length - NUMERIC_FIXED + 4);
        size->least = least.least;
        break;
    case PG_INET:
    case PG_CIDR: add_bytes(size, length - 2); break;
    case PG_CHAR: /* with the spaces at its end */
        add_bytes(size, type->length > (int)length ? (size_t)type->length : length);
        break;
    case PG_ARRAY: /* NULL elements take a bit, others are aligned */
        size->least += length < ARRAY_EMPTY ? 1 + length : ARRAY_EMPTY;
        size->most = align(size->most, 4) + STAYS_BELOW;
        break;
    case PG_JSONB:
        size->least += JSONB_LEAST;
        size->most = align(size->most, 4) + STAYS_BELOW;
        break;
    default: add_bytes(size, length);
    }
}

static void add_fixed(struct row_size *size, const struct layout *layout)
{
    size->least = align(size->least, layout->alignment) + layout->width;
    size->most = align(size->most, layout->alignment) + layout->width;
}

/* Nothing is known of the value: it may be NULL. */
static void add_unknown(struct row_size *size, const struct layout *layout)
{
    if (layout->width > 0)
        size->most = align(size->most, layout->alignment) + layout->width;
    else
        size->most = align(size->most, 4) + STAYS_BELOW;
}

static struct row_size with_header(const struct plan_table *table, struct row_size data, bool nulls)
{
    size_t bitmap = (table->column_count + 7) / 8;

    return (struct row_size){.least = align(align(HEADER + (nulls ? bitmap : 0), 8) + data.least, 8),
                             .most = align(align(HEADER + bitmap, 8) + data.most, 8)};
}

bool row_size_matters(const struct plan_table *table)
{
    struct row_size size = {0, 0};

    for (size_t i = 0; i < table->column_count; i++)
        add_unknown(&size, &layouts[table->columns[i].type.kind]);
    return with_header(table, size, true).most > PAGE_ROW_MAXIMUM;
}

struct row_size row_size_of(const struct plan_table *table, const char *fields)
{
    struct row_size size = {0, 0};
    bool nulls = false;

    for (size_t i = 0; i < table->column_count; i++) {
        const struct plan_column *column = &table->columns[i];
        const struct layout *layout = &layouts[column->type.kind];
        uint32_t length;

        if (column->generated_sql.ptr != NULL) {
            add_unknown(&size, layout);
            continue;
        }
        length = field_length(fields);
        fields += sizeof(length);
        if (length == UINT32_MAX) {
            nulls = true;
            continue;
        }
        if (layout->width > 0)
            add_fixed(&size, layout);
        else
            add_variable(&size, &column->type, length);
        fields += length;
    }
    return with_header(table, size, nulls);
}
