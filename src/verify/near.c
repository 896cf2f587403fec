#include "verify/near.h"

#include <math.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "verify/canonical_rules.h"

struct near_column {
    struct canonical rule;
    bool is_double;
    bool is_list;
};

struct near {
    const struct plan_table *shape;
    struct near_column *columns;
    size_t double_count;
    size_t double_at; /* of the row that is being added */
    struct buf rows;  /* of struct near_row, and its doubles behind each */
    size_t row_size;
    size_t count;
    bool begun; /* the header of the COPY has passed */
    struct canonical_scratch scratch;
    struct buf sorted;
};

struct near_row {
    uint64_t low;
    uint64_t high;
    size_t double_count; /* the same in all: qsort() has no context */
    double doubles[];    /* NaN: NULL, which has its part in the hash */
};

struct near *near_new(struct arena *arena, const struct plan_table *shape, const bool *lists)
{
    struct near *near = ARENA_NEW(arena, struct near);

    near->shape = shape;
    near->columns = ARENA_ARRAY(arena, struct near_column, shape->column_count + 1);
    for (size_t i = 0; i < shape->column_count; i++) {
        canonical_init(&near->columns[i].rule, &shape->columns[i]);
        near->columns[i].is_double = shape->columns[i].type.kind == PG_FLOAT8;
        near->columns[i].is_list = lists[i];
        near->double_count += near->columns[i].is_double;
    }
    near->row_size = sizeof(struct near_row) + near->double_count * sizeof(double);
    canonical_scratch_init(&near->scratch);
    buf_init(&near->rows, (size_t)1 << 32);
    buf_init(&near->sorted, INT32_MAX);
    return near;
}

void near_free(struct near *near)
{
    buf_free(&near->rows);
    buf_free(&near->sorted);
    canonical_scratch_free(&near->scratch);
}

static int by_byte(const void *a, const void *b)
{
    return (int)*(const unsigned char *)a - (int)*(const unsigned char *)b;
}

static struct near_row *add_row(struct near *near, struct err *err)
{
    struct near_row *row;

    if (near->count >= NEAR_ROWS_MAXIMUM) {
        err_set(err, ERR_DIFFERENT, "there are more than %d rows", NEAR_ROWS_MAXIMUM);
        return NULL;
    }
    row = (struct near_row *)(void *)buf_reserve(&near->rows, near->row_size);
    if (row == NULL) {
        err_set(err, ERR_OUT_OF_MEMORY, "no memory for the rows of a view");
        return NULL;
    }
    near->rows.len += near->row_size;
    near->count++;
    near->double_at = 0;
    *row = (struct near_row){.double_count = near->double_count};
    return row;
}

/* A chain over the cells, so that the place of a value counts. */
static void add_form(struct near *near, struct near_row *row, const struct near_column *column,
                     struct str form)
{
    XXH128_hash_t hash;

    if (column->is_list && form.len > 1) {
        buf_clear(&near->sorted);
        buf_str(&near->sorted, form);
        qsort(near->sorted.ptr, near->sorted.len, 1, by_byte);
        form = buf_view(&near->sorted);
    }
    hash = XXH3_128bits_withSeed(form.ptr, form.len, row->low ^ (row->high << 1));
    row->low = hash.low64;
    row->high = hash.high64;
}

static bool refuse(struct near *near, size_t column, struct err *err)
{
    return err_set(err, near->scratch.exhausted ? ERR_OUT_OF_MEMORY : ERR_DECISION, "column %.*s: %s",
                   STR_ARGS(near->shape->columns[column].name),
                   near->scratch.reason != NULL ? near->scratch.reason : "a value of another type");
}

/* A cell that is no NULL: its number where the column holds doubles, else its form. */
static void add_cell(struct near *near, struct near_row *row, const struct near_column *column,
                     struct str form, double number)
{
    if (column->is_double)
        row->doubles[near->double_at++] = number;
    else
        add_form(near, row, column, form);
}

static void add_null(struct near *near, struct near_row *row, const struct near_column *column)
{
    static const struct str mark = STR("\001NULL");
    struct near_column plain = *column;

    plain.is_list = false;
    add_form(near, row, &plain, mark);
    if (column->is_double)
        row->doubles[near->double_at++] = NAN;
}

static double number_of(const struct value *value)
{
    return value->kind == VALUE_INTEGER ? (double)value->integer : value->real;
}

bool near_source_row(struct near *near, const struct value *cells, struct err *err)
{
    struct near_row *row = add_row(near, err);

    if (row == NULL)
        return false;
    for (size_t i = 0; i < near->shape->column_count; i++) {
        const struct near_column *column = &near->columns[i];
        struct str form = {NULL, 0};

        if (cells[i].kind == VALUE_NULL) {
            add_null(near, row, column);
            continue;
        }
        if (!column->rule.source(&column->rule, &cells[i], &near->scratch, &form))
            return refuse(near, i, err);
        if (near->scratch.null)
            add_null(near, row, column);
        else
            add_cell(near, row, column, form, column->is_double ? number_of(&cells[i]) : 0);
        near->scratch.null = false;
    }
    return true;
}

static double number_of_field(struct str field)
{
    uint64_t bits = field_uint64(field.ptr);
    double number;

    memcpy(&number, &bits, sizeof(number));
    return number;
}

/* The next field of a tuple; a NULL has no ptr. */
static bool take_field(struct str *rest, struct str *field)
{
    int32_t length;

    if (rest->len < 4)
        return false;
    length = (int32_t)field_uint32(rest->ptr);
    *rest = str_slice(*rest, 4, rest->len);
    *field = (struct str){NULL, 0};
    if (length < 0)
        return true;
    if (rest->len < (size_t)length)
        return false;
    *field = str_slice(*rest, 0, (size_t)length);
    *rest = str_slice(*rest, (size_t)length, rest->len);
    return true;
}

static bool add_tuple(struct near *near, struct str rest, struct err *err)
{
    struct near_row *row = add_row(near, err);

    if (row == NULL)
        return false;
    for (size_t i = 0; i < near->shape->column_count; i++) {
        const struct near_column *column = &near->columns[i];
        struct str form = {NULL, 0};
        struct str field;

        if (!take_field(&rest, &field))
            return err_set(err, ERR_FAILED, "the rows of the view came in an unknown form");
        if (field.ptr == NULL) {
            add_null(near, row, column);
            continue;
        }
        if (!column->rule.target(&column->rule, field, &near->scratch, &form))
            return refuse(near, i, err);
        add_cell(near, row, column, form, column->is_double ? number_of_field(field) : 0);
    }
    return true;
}

bool near_target_message(struct near *near, struct str message, struct err *err)
{
    enum {
        SIGNATURE = 11,
        HEADER = SIGNATURE + 4 + 4 /* flags, length of the extension, which is empty */
    };
    int16_t count;

    if (!near->begun) {
        if (message.len < HEADER)
            return err_set(err, ERR_FAILED, "the rows of the view came in an unknown form");
        message = str_slice(message, HEADER, message.len);
        near->begun = true;
    }
    if (message.len < 2)
        return true;
    count = (int16_t)field_uint16(message.ptr);
    if (count < 0)
        return true; /* the trailer */
    if ((size_t)count != near->shape->column_count)
        return err_set(err, ERR_DIFFERENT, "the view has another number of columns");
    return add_tuple(near, str_slice(message, 2, message.len), err);
}

static int by_hash_and_doubles(const void *a, const void *b)
{
    const struct near_row *left = a;
    const struct near_row *right = b;

    if (left->low != right->low)
        return left->low < right->low ? -1 : 1;
    if (left->high != right->high)
        return left->high < right->high ? -1 : 1;
    for (size_t i = 0; i < left->double_count; i++)
        if (left->doubles[i] < right->doubles[i] || left->doubles[i] > right->doubles[i])
            return left->doubles[i] < right->doubles[i] ? -1 : 1;
    return 0;
}

static bool is_near(double a, double b)
{
    double greater = fabs(a) > fabs(b) ? fabs(a) : fabs(b);

    /* A sum of 0 is a small remainder where the terms do not cancel out. */
    return (isnan(a) && isnan(b)) || a == b || fabs(a - b) <= greater * 1e-12 || greater < 1e-12;
}

bool near_equal(struct near *source, struct near *target)
{
    if (source->count != target->count)
        return false;
    if (source->count > 1) {
        qsort(source->rows.ptr, source->count, source->row_size, by_hash_and_doubles);
        qsort(target->rows.ptr, target->count, target->row_size, by_hash_and_doubles);
    }
    for (size_t i = 0; i < source->count; i++) {
        const struct near_row *a = (const void *)(source->rows.ptr + i * source->row_size);
        const struct near_row *b = (const void *)(target->rows.ptr + i * target->row_size);

        if (a->low != b->low || a->high != b->high)
            return false;
        for (size_t j = 0; j < source->double_count; j++)
            if (!is_near(a->doubles[j], b->doubles[j]))
                return false;
    }
    return true;
}
