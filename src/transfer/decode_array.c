/*
 * Arrays, as JSON or as PostgreSQL's own literal: docs/values.md, "Arrays".
 *
 * The field: the number of dimensions, whether there are NULLs, the elements' type; of each dimension its
 * length and lower bound; then the elements, each behind its length (array_send() of arrayfuncs.c).
 */
#include <inttypes.h>

#include "transfer/array_text.h"
#include "transfer/decimal.h"
#include "transfer/decode_field.h"

enum {
    HEAD = 12,
    DIMENSION = 8
};

struct writing {
    struct decode_column *column;
    struct str rest;
    const char **reason;
    bool literal;
    int dimensions;
    uint32_t counts[ARRAY_DIMENSIONS];
};

static void put_quoted(struct buf *out, struct str text, bool literal)
{
    buf_byte(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];

        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20 && !literal)
            buf_printf(out, "\\u%04x", c);
        else
            buf_byte(out, (char)c);
    }
    buf_byte(out, '"');
}

static void put_bytes(struct buf *out, struct str bytes)
{
    buf_text(out, "\"\\\\x");
    for (size_t i = 0; i < bytes.len; i++)
        buf_printf(out, "%02x", (unsigned)(unsigned char)bytes.ptr[i]);
    buf_byte(out, '"');
}

static bool is_json(enum pg_kind kind)
{
    return kind == PG_JSON || kind == PG_JSONB;
}

static void put_value(const struct writing *it, const struct value *value)
{
    enum pg_kind kind = it->column->element->plan->type.kind;
    struct buf *out = &it->column->room;
    char room[DECIMAL_ROOM];

    if (kind == PG_BOOL)
        buf_text(out, value->integer != 0 ? "true" : "false");
    else if (value->kind == VALUE_INTEGER)
        buf_str(out, decimal_write_integer(value->integer, room));
    else if (value->kind == VALUE_REAL && value->real - value->real == 0)
        buf_str(out, decimal_write(value->real, room));
    else if (value->kind == VALUE_REAL)
        buf_text(out, value->real > 0 ? "\"Infinity\"" : "\"-Infinity\"");
    else if (value->kind == VALUE_BLOB)
        put_bytes(out, value->bytes);
    else if (is_json(kind) && !it->literal)
        buf_str(out, value->bytes);
    else if (kind == PG_NUMERIC && !it->literal && !str_is(value->bytes, "NaN"))
        buf_str(out, value->bytes);
    else
        put_quoted(out, value->bytes, it->literal);
}

static bool put_element(struct writing *it)
{
    struct value value;
    struct str field;
    uint32_t length;

    if (it->rest.len < 4)
        return false;
    length = field32(it->rest, 0);
    it->rest = str_slice(it->rest, 4, it->rest.len);
    if (length == UINT32_MAX) {
        buf_text(&it->column->room, it->literal ? "NULL" : "null");
        return true;
    }
    if (length > it->rest.len)
        return false;
    field = (struct str){it->rest.ptr, length};
    it->rest = str_slice(it->rest, length, it->rest.len);
    if (!decode_cell(it->column->element, field, &value, it->reason))
        return false;
    put_value(it, &value);
    return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): six dimensions at most */
static bool put_dimension(struct writing *it, int dimension)
{
    struct buf *out = &it->column->room;

    buf_byte(out, it->literal ? '{' : '[');
    for (uint32_t i = 0; i < it->counts[dimension]; i++) {
        if (i > 0)
            buf_text(out, it->literal || it->column->spelling.tight ? "," : ", ");
        if (dimension + 1 == it->dimensions ? !put_element(it) : !put_dimension(it, dimension + 1))
            return false;
    }
    buf_byte(out, it->literal ? '}' : ']');
    return true;
}

/* Where an index begins at another number than 1, only the literal can say so. */
static bool read_dimensions(struct writing *it, struct str field)
{
    bool moved = false;

    it->dimensions = (int)field32(field, 0);
    if (it->dimensions < 0 || it->dimensions > ARRAY_DIMENSIONS ||
        field.len < HEAD + DIMENSION * (size_t)it->dimensions)
        return false;
    for (int i = 0; i < it->dimensions; i++) {
        it->counts[i] = field32(field, HEAD + DIMENSION * (size_t)i);
        moved = moved || field32(field, HEAD + DIMENSION * (size_t)i + 4) != 1;
    }
    it->literal = it->literal || moved;
    for (int i = 0; moved && i < it->dimensions; i++) {
        int32_t lower = (int32_t)field32(field, HEAD + DIMENSION * (size_t)i + 4);

        buf_printf(&it->column->room, "[%" PRId32 ":%" PRId64 "]", lower, (int64_t)lower + it->counts[i] - 1);
    }
    if (moved)
        buf_byte(&it->column->room, '=');
    it->rest = str_slice(field, HEAD + DIMENSION * (size_t)it->dimensions, field.len);
    return true;
}

bool decode_array(struct decode_column *column, struct str field, bool plainly, struct value *value,
                  const char **reason)
{
    struct writing it = {.column = column, .reason = reason, .literal = plainly || column->spelling.plain};

    if (field.len < HEAD || !read_dimensions(&it, field))
        return false;
    if (it.dimensions == 0)
        buf_text(&column->room, it.literal ? "{}" : "[]");
    else if (!put_dimension(&it, 0))
        return false;
    return value_made(column, value, reason);
}
