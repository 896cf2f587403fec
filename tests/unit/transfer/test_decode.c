/* Fields of PostgreSQL's binary COPY as values of SQLite: by spelling, by affinity, and what cannot be held.
 */
#include "encoding.h"

#include <math.h>

#include "transfer/decode.h"

static struct spelling unseen(enum pg_kind kind)
{
    struct spelling_votes none = {.shape_count = 0};
    struct spelling spelling;

    spelling_decide(&none, kind, FRAMEWORK_NONE, &spelling);
    return spelling;
}

/* The field of `value` in such a column, decoded into a column of SQLite of that affinity. */
static bool decode(struct plan_column plan, struct value value, enum affinity affinity,
                   const struct spelling *spelling, struct value *found, struct arena *arena,
                   const char **reason)
{
    struct column source = {.affinity = affinity};
    struct plan_column there = plan;
    struct encode_column encode;
    struct decode_column column;
    struct buf field;
    bool done;

    encode_column_init(&encode, arena, &plan);
    buf_init(&field, BUF_TEXT_MAXIMUM);
    assert_true(encode_cell(&encode, &value, &field, reason));
    there.source = &source;
    decode_column_init(&column, arena, &there, spelling);
    done = decode_cell(&column, str_slice(buf_view(&field), 4, field.len), found, reason);
    if (done && (found->kind == VALUE_TEXT || found->kind == VALUE_BLOB))
        found->bytes = str_dup(arena, found->bytes);
    decode_column_free(&column);
    buf_free(&field);
    return done;
}

static void assert_value(struct plan_column plan, struct value value, enum affinity affinity,
                         const struct spelling *spelling, struct value expected)
{
    struct arena *arena = arena_new();
    struct value found;
    const char *reason;

    assert_true(decode(plan, value, affinity, spelling, &found, arena, &reason));
    assert_int_equal(found.kind, expected.kind);
    if (expected.kind == VALUE_INTEGER)
        assert_int_equal(found.integer, expected.integer);
    else if (expected.kind == VALUE_REAL)
        assert_true(found.real == expected.real);
    else if (!str_equal(found.bytes, expected.bytes))
        fail_msg("%.*s instead of %.*s", STR_ARGS(found.bytes), STR_ARGS(expected.bytes));
    arena_free(arena);
}

static void assert_unseen(enum pg_kind kind, struct value value, enum affinity affinity,
                          struct value expected)
{
    struct spelling spelling = unseen(kind);

    assert_value(column_of(kind), value, affinity, &spelling, expected);
}

static void numbers(void **state)
{
    (void)state;
    assert_unseen(PG_INT2, INT(-32768), AFFINITY_INTEGER, INT(-32768));
    assert_unseen(PG_INT4, INT(INT32_MIN), AFFINITY_INTEGER, INT(INT32_MIN));
    assert_unseen(PG_INT8, INT(INT64_MIN), AFFINITY_INTEGER, INT(INT64_MIN));
    assert_unseen(PG_INT8, INT(INT64_MAX), AFFINITY_NUMERIC, INT(INT64_MAX));
    assert_unseen(PG_FLOAT8, REAL(0.1), AFFINITY_REAL, REAL(0.1));
    assert_unseen(PG_FLOAT8, REAL(HUGE_VAL), AFFINITY_REAL, REAL(HUGE_VAL));
    assert_unseen(PG_FLOAT4, REAL(0.1), AFFINITY_REAL, REAL(0.1));
    assert_unseen(PG_BOOL, INT(1), AFFINITY_NUMERIC, INT(1));
    assert_unseen(PG_BOOL, INT(0), AFFINITY_NUMERIC, INT(0));
}

static void decimals_keep_their_digits(void **state)
{
    (void)state;
    assert_unseen(PG_NUMERIC, TEXT("19.90"), AFFINITY_NUMERIC, REAL(19.9));
    assert_unseen(PG_NUMERIC, TEXT("-7"), AFFINITY_NUMERIC, INT(-7));
    assert_unseen(PG_NUMERIC, TEXT("12345678901234567890.12345"), AFFINITY_TEXT,
                  TEXT("12345678901234567890.12345"));
    assert_unseen(PG_NUMERIC, TEXT("0.000000000000000000000001"), AFFINITY_TEXT,
                  TEXT("0.000000000000000000000001"));
    assert_unseen(PG_NUMERIC, TEXT("10000"), AFFINITY_TEXT, TEXT("10000"));
}

static void moments(void **state)
{
    (void)state;
    assert_unseen(PG_TIMESTAMP, TEXT("2024-02-29 12:34:56"), AFFINITY_NUMERIC, TEXT("2024-02-29 12:34:56"));
    assert_unseen(PG_TIMESTAMP, TEXT("2024-02-29 12:34:56.5"), AFFINITY_NUMERIC,
                  TEXT("2024-02-29 12:34:56.500000"));
    assert_unseen(PG_TIMESTAMP, TEXT("0001-01-01 00:00:00"), AFFINITY_NUMERIC, TEXT("0001-01-01 00:00:00"));
    assert_unseen(PG_TIMESTAMPTZ, TEXT("2024-02-29 12:00:00+02"), AFFINITY_NUMERIC,
                  TEXT("2024-02-29 10:00:00"));
    assert_unseen(PG_DATE, TEXT("1999-12-31"), AFFINITY_NUMERIC, TEXT("1999-12-31"));
    assert_unseen(PG_TIME, TEXT("01:02:03"), AFFINITY_NUMERIC, TEXT("01:02:03"));
    assert_unseen(PG_TIME, TEXT("01:02:03.25"), AFFINITY_NUMERIC, TEXT("01:02:03.250000"));
}

static void a_spelling_that_cannot_say_it_gives_way(void **state)
{
    struct spelling spelling = unseen(PG_TIMESTAMP);

    (void)state;
    spelling.class = VALUE_TEXT;
    spelling.shape.separator = 'T';
    spelling.fraction = FRACTION_FIXED;
    spelling.fraction_digits = 3;
    (void)memcpy(spelling.shape.suffix, "Z", sizeof("Z"));
    assert_value(column_of(PG_TIMESTAMP), TEXT("2024-02-29 12:34:56.5"), AFFINITY_NUMERIC, &spelling,
                 TEXT("2024-02-29T12:34:56.500Z"));
    assert_value(column_of(PG_TIMESTAMP), TEXT("2024-02-29 12:34:56.000001"), AFFINITY_NUMERIC, &spelling,
                 TEXT("2024-02-29T12:34:56.000001Z"));
}

static void texts_and_bytes(void **state)
{
    struct spelling spelling = unseen(PG_UUID);

    (void)state;
    assert_unseen(PG_TEXT, TEXT("\xc3\xbc"), AFFINITY_TEXT, TEXT("\xc3\xbc"));
    assert_unseen(PG_TEXT, TEXT(""), AFFINITY_TEXT, TEXT(""));
    assert_unseen(PG_BYTEA, BLOB("a\0b"), AFFINITY_BLOB, BLOB("a\0b"));
    assert_unseen(PG_JSON, TEXT("{\"a\": [1, 2]}"), AFFINITY_NUMERIC, TEXT("{\"a\": [1, 2]}"));
    assert_value(column_of(PG_UUID), TEXT("11111111-2222-3333-4444-5555555555aa"), AFFINITY_TEXT, &spelling,
                 TEXT("11111111-2222-3333-4444-5555555555aa"));
    spelling.plain = true;
    spelling.upper = true;
    assert_value(column_of(PG_UUID), TEXT("11111111-2222-3333-4444-5555555555aa"), AFFINITY_TEXT, &spelling,
                 TEXT("111111112222333344445555555555AA"));
}

static void assert_field_misfit(enum pg_kind kind, struct str field, enum affinity affinity)
{
    struct spelling spelling = unseen(kind);
    struct plan_column plan = column_of(kind);
    struct column source = {.affinity = affinity};
    struct arena *arena = arena_new();
    struct decode_column column;
    struct value value;
    const char *reason = NULL;

    plan.source = &source;
    decode_column_init(&column, arena, &plan, &spelling);
    assert_false(decode_cell(&column, field, &value, &reason));
    assert_non_null(reason);
    decode_column_free(&column);
    arena_free(arena);
}

/* NaN, the infinite and BC dates, more digits than a REAL has, and fields of another length. */
static void what_sqlite_cannot_hold(void **state)
{
    (void)state;
    assert_field_misfit(PG_FLOAT8, (struct str)STR("\x7f\xf8\0\0\0\0\0\0"), AFFINITY_REAL);
    assert_field_misfit(PG_FLOAT4, (struct str)STR("\x7f\xc0\0\0"), AFFINITY_REAL);
    assert_field_misfit(PG_TIMESTAMP, (struct str)STR("\x7f\xff\xff\xff\xff\xff\xff\xff"), AFFINITY_NUMERIC);
    assert_field_misfit(PG_TIMESTAMP, (struct str)STR("\x80\0\0\0\0\0\0\0"), AFFINITY_NUMERIC);
    assert_field_misfit(PG_DATE, (struct str)STR("\x7f\xff\xff\xff"), AFFINITY_NUMERIC);
    assert_field_misfit(PG_DATE, (struct str)STR("\xff\xe0\0\0"), AFFINITY_NUMERIC);
    /* 1234567890123456.7891: five groups of four digits, weight 3, four decimals */
    assert_field_misfit(PG_NUMERIC,
                        (struct str)STR("\0\5\0\3\0\0\0\4\x04\xd2\x16\x2e\x23\x34\x0d\x80\x1e\xd3"),
                        AFFINITY_NUMERIC);
    assert_field_misfit(PG_INT4, (struct str)STR("\0\0\0"), AFFINITY_INTEGER);
    assert_field_misfit(PG_UUID, (struct str)STR("short"), AFFINITY_TEXT);
    assert_field_misfit(PG_NUMERIC, (struct str)STR("\0\2\0\0\0\0\0\0\0\1"), AFFINITY_NUMERIC);
}

static void sqlite_applies_affinity(void **state)
{
    static const struct {
        enum affinity affinity;
        struct value value;
        struct value expected;
    } cases[] = {{AFFINITY_NUMERIC, TEXT("12"), INT(12)},    {AFFINITY_NUMERIC, TEXT(" 1.5 "), REAL(1.5)},
                 {AFFINITY_NUMERIC, TEXT("1.0"), INT(1)},    {AFFINITY_NUMERIC, TEXT("x"), TEXT("x")},
                 {AFFINITY_REAL, INT(3), REAL(3)},           {AFFINITY_REAL, TEXT("3"), REAL(3)},
                 {AFFINITY_INTEGER, REAL(3), INT(3)},        {AFFINITY_INTEGER, REAL(3.5), REAL(3.5)},
                 {AFFINITY_TEXT, TEXT("12"), TEXT("12")},    {AFFINITY_BLOB, TEXT("12"), TEXT("12")},
                 {AFFINITY_INTEGER, REAL(1e19), REAL(1e19)}, {AFFINITY_REAL, REAL(-0.0), REAL(0)},
                 {AFFINITY_NUMERIC, REAL(-0.0), INT(0)},     {AFFINITY_BLOB, REAL(-0.0), REAL(-0.0)}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct value value = cases[i].value;

        affinity_apply(cases[i].affinity, &value);
        assert_int_equal(value.kind, cases[i].expected.kind);
        if (value.kind == VALUE_INTEGER)
            assert_int_equal(value.integer, cases[i].expected.integer);
        else if (value.kind == VALUE_REAL)
            assert_true(value.real == cases[i].expected.real &&
                        signbit(value.real) == signbit(cases[i].expected.real));
        else
            assert_true(str_equal(value.bytes, cases[i].expected.bytes));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(decimals_keep_their_digits),
        cmocka_unit_test(moments),
        cmocka_unit_test(a_spelling_that_cannot_say_it_gives_way),
        cmocka_unit_test(texts_and_bytes),
        cmocka_unit_test(what_sqlite_cannot_hold),
        cmocka_unit_test(sqlite_applies_affinity),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
