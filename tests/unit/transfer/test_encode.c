#include "encoding.h"

static void null_is_minus_one_in_every_column(void **state)
{
    (void)state;
    for (int kind = 0; kind < PG_KIND_COUNT; kind++) {
        struct plan_column plan = column_of((enum pg_kind)kind);
        struct arena *arena = arena_new();
        struct encode_column column;
        struct buf out;
        const char *reason;

        buf_init(&out, 100);
        encode_column_init(&column, arena, &plan);
        assert_true(encode_cell(&column, &NOTHING, &out, &reason));
        assert_int_equal(out.len, 4);
        assert_memory_equal(out.ptr, "\xff\xff\xff\xff", 5);
        buf_free(&out);
        arena_free(arena);
    }
}

static void no_room_is_told_without_a_reason(void **state)
{
    static const struct {
        enum pg_kind kind;
        struct value value;
    } cells[] = {
        {PG_BOOL, {.kind = VALUE_INTEGER, .integer = 1}},
        {PG_INT2, {.kind = VALUE_INTEGER, .integer = 1}},
        {PG_INT4, {.kind = VALUE_INTEGER, .integer = 1}},
        {PG_INT8, {.kind = VALUE_INTEGER, .integer = 1}},
        {PG_FLOAT4, {.kind = VALUE_REAL, .real = 1}},
        {PG_FLOAT8, {.kind = VALUE_REAL, .real = 1}},
        {PG_NUMERIC, {.kind = VALUE_INTEGER, .integer = 1}},
        {PG_NUMERIC, {.kind = VALUE_INTEGER, .integer = 0}},
        {PG_NUMERIC, {.kind = VALUE_REAL, .real = 1.2345678901234567}},
        {PG_NUMERIC, {.kind = VALUE_TEXT, .bytes = STR("NaN")}},
        {PG_NUMERIC, {.kind = VALUE_TEXT, .bytes = STR("0")}},
        {PG_TEXT, {.kind = VALUE_TEXT, .bytes = STR("")}},
        {PG_BYTEA, {.kind = VALUE_BLOB, .bytes = STR("ab")}},
        {PG_DATE, {.kind = VALUE_TEXT, .bytes = STR("2000-01-01")}},
        {PG_TIME, {.kind = VALUE_TEXT, .bytes = STR("00:00")}},
        {PG_TIMETZ, {.kind = VALUE_TEXT, .bytes = STR("00:00")}},
        {PG_TIMESTAMP, {.kind = VALUE_TEXT, .bytes = STR("2000-01-01")}},
        {PG_UUID, {.kind = VALUE_INTEGER}},
        {PG_JSON, {.kind = VALUE_TEXT, .bytes = STR("1")}},
        {PG_JSONB, {.kind = VALUE_TEXT, .bytes = STR("1")}},
        {PG_INET, {.kind = VALUE_TEXT, .bytes = STR("::1")}},
        {PG_MACADDR, {.kind = VALUE_TEXT, .bytes = STR("00:00:00:00:00:00")}},
        {PG_ARRAY, {.kind = VALUE_TEXT, .bytes = STR("{}")}},
        {PG_ARRAY, {.kind = VALUE_TEXT, .bytes = STR("null")}},
        {PG_TEXT, {.kind = VALUE_NULL}},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cells); i++) {
        struct plan_column plan = column_of(cells[i].kind);
        struct arena *arena = arena_new();
        struct encode_column column;
        struct buf out;
        const char *reason = "unset";

        buf_init(&out, 3);
        buf_text(&out, "ab");
        encode_column_init(&column, arena, &plan);
        assert_false(encode_cell(&column, &cells[i].value, &out, &reason));
        assert_null(reason);
        assert_true(out.failed);
        assert_string_equal(out.ptr, "ab");
        buf_free(&out);
        arena_free(arena);
    }
}

static void maximum_is_kept_where_memory_would_do(void **state)
{
    struct plan_column plan = column_of(PG_INT4);
    struct arena *arena = arena_new();
    struct encode_column column;
    struct buf out;
    const char *reason;

    (void)state;
    buf_init(&out, 20);
    encode_column_init(&column, arena, &plan);
    /* The first put allocates more than the maximum. */
    assert_true(encode_cell(&column, &INT(1), &out, &reason));
    assert_true(encode_cell(&column, &INT(2), &out, &reason));
    assert_false(encode_cell(&column, &INT(3), &out, &reason));
    assert_int_equal(out.len, 16);
    /* And a failure sticks, as in any buf. */
    out.maximum = 100;
    assert_false(encode_cell(&column, &INT(3), &out, &reason));
    buf_free(&out);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(null_is_minus_one_in_every_column),
        cmocka_unit_test(no_room_is_told_without_a_reason),
        cmocka_unit_test(maximum_is_kept_where_memory_would_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
