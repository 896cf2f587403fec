/*
 * Arrays: array_recv() of src/backend/utils/adt/arrayfuncs.c.  How many dimensions there are, whether an
 * element is NULL, the type of the elements; of each dimension its length and its lower bound; the elements,
 * each a field of its type.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "transfer/array_text.h"
#include "transfer/decimal.h"
#include "transfer/encode_field.h"

enum {
    ELEMENTS_MAXIMUM = 0x3fffffff / 8, /* MaxArraySize of PostgreSQL's array.h */
    HEAD_BYTES = 12,
    DIMENSION_BYTES = 8,
    DOUBLE_DIGITS = 17, /* more than these, and a decimal is not meant to be the nearest double */
    FLOAT_DIGITS = 9
};

struct encode_array {
    struct encode_column element;
    struct plan_column element_plan;
    struct array_text text;
    char reason[160];
};

/* An array while it is read. */
struct shape {
    size_t depth;                      /* of what is open */
    size_t dimensions;                 /* known from the first element on; 0: not yet */
    int64_t counts[ARRAY_DIMENSIONS];  /* of each dimension; -1: not known yet */
    int64_t running[ARRAY_DIMENSIONS]; /* of what is open */
    int64_t elements;
    bool nulls;
};

void encode_array_init(struct encode_column *column, struct arena *arena)
{
    struct encode_array *array = ARENA_NEW(arena, struct encode_array);

    array->element_plan = *column->plan;
    array->element_plan.type = *column->plan->type.element;
    array->element_plan.not_null = false;
    array->text.arena = arena;
    encode_column_init(&array->element, arena, &array->element_plan);
    column->array = array;
}

/* ---- elements ---- */

static bool put_value(const struct encode_array *array, struct value value, struct buf *out,
                      const char **reason)
{
    return encode_cell(&array->element, &value, out, reason);
}

static const char *read_special(struct str text, double *real)
{
    static const struct {
        const char *name;
        double real;
    } words[] = {{"NaN", NAN}, {"Infinity", INFINITY}, {"-Infinity", -INFINITY}};

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (str_is_nocase(text, words[i].name)) {
            *real = words[i].real;
            return NULL;
        }
    return "no number";
}

/*
 * The nearest double, or float, of a decimal of so few digits that it may be all that was written of it.  A
 * float may also be written as the double that it is.
 */
static const char *read_real(struct str text, bool single, double *real)
{
    char digits[DOUBLE_DIGITS + 32];
    struct decimal decimal;
    size_t length;

    if (!decimal_parse(text, &decimal))
        return read_special(text, real);
    if (decimal.count > DOUBLE_DIGITS)
        return "more than 17 significant digits";
    length = 0;
    if (decimal.negative)
        digits[length++] = '-';
    digits[length++] = '.';
    for (size_t i = 0; i < decimal.count; i++)
        digits[length++] = decimal_digit(&decimal, i);
    snprintf(digits + length, sizeof(digits) - length, "%se%lld", decimal.count == 0 ? "0" : "",
             (long long)(decimal.point > 9999    ? 9999
                         : decimal.point < -9999 ? -9999
                                                 : decimal.point));
    *real = single && decimal.count <= FLOAT_DIGITS ? (double)strtof(digits, NULL) : strtod(digits, NULL);
    if (isinf(*real) || (*real == 0 && decimal.count > 0))
        return "beyond the range of the type";
    return NULL;
}

static bool put_real(const struct encode_array *array, struct str text, struct buf *out, const char **reason)
{
    struct value value = {.kind = VALUE_REAL};

    *reason = read_real(text, array->element_plan.type.kind == PG_FLOAT4, &value.real);
    return *reason == NULL && put_value(array, value, out, reason);
}

/* A number of JSON in elements that have no text of numbers: an integer is one, everything else a double. */
static bool put_number(const struct encode_array *array, struct str text, struct buf *out,
                       const char **reason)
{
    struct value value = {.kind = VALUE_TEXT, .bytes = text};

    switch (array->element_plan.type.kind) {
    case PG_NUMERIC:
    case PG_TEXT:
    case PG_VARCHAR:
    case PG_CHAR:
    case PG_NAME: return put_value(array, value, out, reason);
    default: break;
    }
    if (str_to_int64(text, &value.integer)) {
        value.kind = VALUE_INTEGER;
        return put_value(array, value, out, reason);
    }
    value.kind = VALUE_REAL;
    *reason = read_real(text, false, &value.real);
    return *reason == NULL && put_value(array, value, out, reason);
}

/* \x and pairs of hex digits: as PostgreSQL writes bytea. */
static bool put_bytea(struct str text, struct buf *out, const char **reason)
{
    static const char wrong[] = "no bytes as \\x and pairs of hex digits";
    char *at;

    if (text.len % 2 != 0 || !str_starts_with(text, "\\x"))
        return misfit(reason, wrong);
    for (size_t i = 2; i < text.len; i++)
        if (hex_digit(text.ptr[i]) < 0)
            return misfit(reason, wrong);
    at = field_new(out, text.len / 2 - 1, reason);
    if (at == NULL)
        return false;
    for (size_t i = 2; i < text.len; i += 2)
        *at++ = (char)(unsigned char)(hex_digit(text.ptr[i]) * 16 + hex_digit(text.ptr[i + 1]));
    return true;
}

static bool put_text(const struct encode_array *array, struct str text, struct buf *out, const char **reason)
{
    switch (array->element_plan.type.kind) {
    case PG_FLOAT4:
    case PG_FLOAT8: return put_real(array, text, out, reason);
    case PG_BYTEA: return put_bytea(text, out, reason);
    default: return put_value(array, (struct value){.kind = VALUE_TEXT, .bytes = text}, out, reason);
    }
}

static bool put_truth(const struct encode_array *array, bool truth, struct buf *out, const char **reason)
{
    if (array->element_plan.type.kind != PG_BOOL)
        return misfit(reason, "true or false among other values");
    return put_value(array, (struct value){.kind = VALUE_INTEGER, .integer = truth}, out, reason);
}

static bool put_item(const struct encode_array *array, struct buf *out, const char **reason)
{
    const struct array_text *item = &array->text;
    enum pg_kind kind = array->element_plan.type.kind;

    switch (item->kind) {
    case ITEM_NULL: return put_value(array, (struct value){.kind = VALUE_NULL}, out, reason);
    case ITEM_TRUE: return put_truth(array, true, out, reason);
    case ITEM_FALSE: return put_truth(array, false, out, reason);
    case ITEM_NUMBER:
        return kind == PG_FLOAT4 || kind == PG_FLOAT8 ? put_real(array, item->text, out, reason)
                                                      : put_number(array, item->text, out, reason);
    case ITEM_JSON:
        if (kind != PG_JSON && kind != PG_JSONB)
            return misfit(reason, "a JSON object");
        return put_text(array, item->text, out, reason);
    default: return put_text(array, item->text, out, reason);
    }
}

/* ---- the shape ---- */

static const char uneven[] = "an array whose parts are not all of the same length";

static const char *shape_open(struct shape *shape)
{
    if (shape->depth == ARRAY_DIMENSIONS)
        return "an array of more than 6 dimensions";
    if (shape->dimensions > 0 && shape->depth == shape->dimensions)
        return uneven;
    shape->running[shape->depth++] = 0;
    return NULL;
}

static const char *shape_close(struct shape *shape)
{
    size_t level = --shape->depth;

    if (shape->running[level] == 0)
        return level == 0 ? NULL : "an empty array inside an array";
    if (shape->counts[level] < 0)
        shape->counts[level] = shape->running[level];
    if (shape->counts[level] != shape->running[level])
        return uneven;
    if (level > 0)
        shape->running[level - 1]++;
    return NULL;
}

static const char *shape_item(struct shape *shape, bool null)
{
    if (shape->dimensions == 0)
        shape->dimensions = shape->depth;
    if (shape->depth != shape->dimensions)
        return uneven;
    if (++shape->elements > ELEMENTS_MAXIMUM)
        return "an array of more than 134217727 elements";
    shape->running[shape->depth - 1]++;
    shape->nulls |= null;
    return NULL;
}

static const char *check_bounds(const struct array_text *text, const struct shape *shape)
{
    bool fits = text->bounds == 0 || (size_t)text->bounds == shape->dimensions;

    for (size_t i = 0; fits && text->bounds > 0 && i < shape->dimensions; i++)
        fits = text->counts[i] == shape->counts[i];
    return fits ? NULL : "an array that is not what the bounds before it say";
}

/* ---- the field ---- */

static void put_dimensions(const struct encode_column *column, const struct shape *shape, char *at)
{
    const struct array_text *text = &column->array->text;

    put32(at, (uint32_t)shape->dimensions);
    put32(at + 4, shape->nulls);
    put32(at + 8, column->plan->type.element_oid);
    for (size_t i = 0; i < shape->dimensions; i++) {
        put32(at + HEAD_BYTES + DIMENSION_BYTES * i, (uint32_t)shape->counts[i]);
        put32(at + HEAD_BYTES + DIMENSION_BYTES * i + 4, (uint32_t)(text->bounds > 0 ? text->lower[i] : 1));
    }
}

static bool put_element(struct encode_array *array, struct shape *shape, struct buf *out, const char **reason)
{
    const char *why = shape_item(shape, array->text.kind == ITEM_NULL);

    if (why != NULL)
        return misfit(reason, why);
    /* Now that the dimensions are known, there is room for them before the first element. */
    if (shape->elements == 1 && buf_reserve(out, DIMENSION_BYTES * shape->dimensions) != NULL)
        out->len += DIMENSION_BYTES * shape->dimensions;
    if (out->failed)
        return misfit(reason, NULL);
    if (put_item(array, out, reason))
        return true;
    if (*reason != NULL) {
        snprintf(array->reason, sizeof(array->reason), "element %lld: %s", (long long)shape->elements,
                 *reason);
        *reason = array->reason;
    }
    return false;
}

static bool put_elements(struct encode_array *array, struct shape *shape, struct buf *out,
                         const char **reason)
{
    for (;;) {
        const char *why = NULL;

        switch (array_text_next(&array->text)) {
        case ARRAY_OPENS: why = shape_open(shape); break;
        case ARRAY_CLOSES: why = shape_close(shape); break;
        case ARRAY_ITEM:
            if (!put_element(array, shape, out, reason))
                return false;
            break;
        case ARRAY_ENDS: why = check_bounds(&array->text, shape); return why == NULL || misfit(reason, why);
        case ARRAY_FAILS: return misfit(reason, array->text.reason);
        }
        if (why != NULL)
            return misfit(reason, why);
    }
}

bool encode_array_text(const struct encode_column *column, const struct value *value, struct buf *out,
                       const char **reason)
{
    struct encode_array *array = column->array;
    enum pg_kind kind = array->element_plan.type.kind;
    struct shape shape = {.counts = {-1, -1, -1, -1, -1, -1}};
    size_t start = out->len;

    if (array_text_is_null(value->bytes))
        return !column->plan->not_null ? encode_cell(column, &(struct value){.kind = VALUE_NULL}, out, reason)
                                       : misfit(reason, "JSON's null in a column that is NOT NULL");
    if (!array_text_begin(&array->text, value->bytes, kind == PG_JSON || kind == PG_JSONB))
        return misfit(reason, array->text.reason);
    if (field_new(out, HEAD_BYTES, reason) == NULL)
        return false;
    if (put_elements(array, &shape, out, reason)) {
        if (out->len - start - 4 <= FIELD_MAXIMUM) {
            put32(out->ptr + start, (uint32_t)(out->len - start - 4));
            put_dimensions(column, &shape, out->ptr + start + 4);
            return true;
        }
        *reason = "more than 1 GB";
    }
    out->len = start;
    out->ptr[start] = '\0';
    return false;
}
