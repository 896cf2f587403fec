/* What a real server sends for literals against the forms of the values that SQLite would have had. */
#include "tests/unit.h"

#include <math.h>
#include <stdio.h>

#include "tests/unit/verify/forms.h"
#include "tests/unit/verify/server.h"
#include "verify/digest.h"

enum {
    SKIPPED = 77, /* what meson takes for a skipped test */
    PIECE = 8191,
    ROWS = 3000
};

struct literal {
    const char *sql;
    struct value value;
};

#define INTEGER(number)                                                                                      \
    {                                                                                                        \
        VALUE_INTEGER, (number), 0,                                                                          \
        {                                                                                                    \
            NULL, 0                                                                                          \
        }                                                                                                    \
    }
#define REAL(number)                                                                                         \
    {                                                                                                        \
        VALUE_REAL, 0, (number),                                                                             \
        {                                                                                                    \
            NULL, 0                                                                                          \
        }                                                                                                    \
    }
#define TEXT(literal)                                                                                        \
    {                                                                                                        \
        VALUE_TEXT, 0, 0, STR(literal)                                                                       \
    }
#define BLOB(literal)                                                                                        \
    {                                                                                                        \
        VALUE_BLOB, 0, 0, STR(literal)                                                                       \
    }
#define NOTHING                                                                                              \
    {                                                                                                        \
        VALUE_NULL, 0, 0,                                                                                    \
        {                                                                                                    \
            NULL, 0                                                                                          \
        }                                                                                                    \
    }

static struct server server;

/* The table's rows, through COPY, into a digester. */
static void eat_target(struct digester *digester, struct arena *arena, struct str sql)
{
    struct err err = {.code = ERR_NONE};
    struct str output;

    if (!server_run(&server, arena, sql, &output, &err))
        fail_msg("%s: %s", err.primary, err.detail);
    for (size_t at = 0; at < output.len; at += PIECE) {
        struct str piece = str_slice(output, at, at + PIECE);

        if (!digester_target_bytes(digester, piece.ptr, piece.len, &err))
            fail_msg("%s: %s", err.primary, err.detail);
    }
    if (!digester_target_end(digester, &err))
        fail_msg("%s", err.primary);
}

/* One row with a column for each literal, so that the digest names the one that differs. */
static void compare(struct plan_column column, const struct literal *literals, size_t count)
{
    struct arena *arena = arena_new();
    struct plan_table table = {.name = STR("t"), .column_count = count};
    struct value *values = ARENA_ARRAY(arena, struct value, count);
    struct digest_difference difference;
    struct err err = {.code = ERR_NONE};
    struct digester *source;
    struct digester *target;
    struct buf sql;
    struct str type = pg_type_text(arena, &column.type);

    table.columns = ARENA_ARRAY(arena, struct plan_column, count);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "DROP TABLE IF EXISTS t; CREATE TABLE t (");
    for (size_t i = 0; i < count; i++) {
        table.columns[i] = column;
        table.columns[i].name = str_from(literals[i].sql);
        values[i] = literals[i].value;
        buf_printf(&sql, "%sc%zu %.*s", i > 0 ? ", " : "", i, STR_ARGS(type));
    }
    buf_text(&sql, "); INSERT INTO t VALUES (");
    for (size_t i = 0; i < count; i++)
        buf_printf(&sql, "%s%s", i > 0 ? ", " : "", literals[i].sql);
    buf_text(&sql, "); COPY t TO STDOUT (FORMAT binary);\n");
    source = digester_new(arena, &table);
    target = digester_new(arena, &table);
    if (!digester_source_row(source, values, &err))
        fail_msg("%s: %s", err.primary, err.detail);
    eat_target(target, arena, buf_view(&sql));
    if (!digest_compare(arena, digester_result(source), digester_result(target), &difference)) {
        for (size_t i = 0; i < difference.column_count; i++)
            print_error("%.*s differs: %s\n", STR_ARGS(type), literals[difference.columns[i]].sql);
        fail();
    }
    assert_int_equal(digester_result(target)->rows, 1);
    digester_free(source);
    digester_free(target);
    buf_free(&sql);
    arena_free(arena);
}

#define COMPARE(planned, ...)                                                                                \
    do {                                                                                                     \
        const struct literal literals_[] = {__VA_ARGS__, {"NULL", NOTHING}};                                 \
        compare((struct plan_column){.type = (planned), .unit = UNIT_SECONDS}, literals_,                    \
                ARRAY_LENGTH(literals_));                                                                    \
    } while (0)

static struct pg_type with(enum pg_kind kind, int length, int precision, int scale)
{
    return (struct pg_type){.kind = kind, .length = length, .precision = precision, .scale = scale};
}

static void numbers(void **state)
{
    (void)state;
    COMPARE(pg_type_of(PG_BOOL), {"true", INTEGER(1)}, {"false", TEXT("OFF")}, {"true", REAL(1.0)});
    COMPARE(pg_type_of(PG_INT2), {"-32768", INTEGER(-32768)}, {"32767", TEXT("+032767")}, {"0", REAL(-0.0)});
    COMPARE(pg_type_of(PG_INT4), {"-2147483648", INTEGER(INT32_MIN)}, {"2147483647", REAL(2147483647.0)},
            {"-1", TEXT("-1")});
    COMPARE(pg_type_of(PG_INT8), {"-9223372036854775808", INTEGER(INT64_MIN)},
            {"9223372036854775807", TEXT("9223372036854775807")}, {"-9223372036854775808", REAL(-0x1p63)});
    COMPARE(pg_type_of(PG_FLOAT8), {"0.1", REAL(0.1)}, {"'-0'", REAL(-0.0)}, {"0", INTEGER(0)},
            {"'Infinity'", REAL(HUGE_VAL)}, {"'-Infinity'", REAL(-HUGE_VAL)}, {"'5e-324'", REAL(5e-324)},
            {"'1.7976931348623157e308'", REAL(1.7976931348623157e308)}, {"'NaN'", REAL((double)NAN)},
            {"-9223372036854775808", INTEGER(INT64_MIN)});
    COMPARE(pg_type_of(PG_FLOAT4), {"0.1", REAL((double)0.1f)}, {"16777216", INTEGER(16777216)},
            {"'-0'", REAL(-0.0)}, {"'1e-45'", REAL((double)1e-45f)}, {"'-Infinity'", REAL(-HUGE_VAL)});
}

static void numerics(void **state)
{
    char most[131072 + 2];

    (void)state;
    memset(most, '7', sizeof(most));
    memcpy(most + sizeof(most) - 2, ".5", 2);
    COMPARE(pg_type_of(PG_NUMERIC), {"0", INTEGER(0)}, {"0.000", TEXT("-0")}, {"1500", TEXT("1.5e3")},
            {"0.1", REAL(0.1)}, {"0.30000000000000004", REAL(0.1 + 0.2)}, {"1e28", REAL(1e28)},
            {"-0.00001", TEXT("-1e-5")}, {"100000000", INTEGER(100000000)}, {"0.0001", TEXT("0.00010")},
            {"9223372036854775807", INTEGER(INT64_MAX)}, {"-9223372036854775808", INTEGER(INT64_MIN)},
            {"9999999999999999999", TEXT("9999999999999999999")},
            {"12345678901234567890", TEXT("12345678901234567890")},
            {"10000000000000000000000000", TEXT("1e25")},
            {"-123456789012345678901234567890.000000000123",
             TEXT("-123456789012345678901234567890.000000000123")},
            {"1e131071", TEXT("1e131071")}, {"1e-16383", TEXT("1e-16383")},
            {"repeat('7', 131072)::numeric + 0.5", text_of((struct str){most, sizeof(most)})},
            {"'NaN'", TEXT("nan")}, {"'Infinity'", REAL(HUGE_VAL)}, {"'-Infinity'", REAL(-HUGE_VAL)});
}

static void limited_numerics(void **state)
{
    (void)state;
    COMPARE(with(PG_NUMERIC, 0, 10, 2), {"19.99", REAL(19.99)}, {"0.3", REAL(0.1 + 0.2)}, {"5", INTEGER(5)},
            {"-99999999.99", TEXT("-99999999.990")}, {"'NaN'", TEXT("NaN")}, {"1e7", TEXT("1e7")},
            {"0.01", REAL(0.01)}, {"12345678.9", REAL(12345678.9)});
    COMPARE(with(PG_NUMERIC, 0, 30, 10),
            {"12345678901234567890.0123456789", TEXT("12345678901234567890.0123456789")},
            {"1e-10", REAL(1e-10)});
    COMPARE(with(PG_NUMERIC, 0, 3, 0), {"999", REAL(999.0)}, {"-1", INTEGER(-1)});
}

static void texts(void **state)
{
    static const struct str labels[] = {STR("new"), STR("it's")};
    struct pg_type mood = {.kind = PG_ENUM, .name = STR("mood"), .labels = labels, .label_count = 2};
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    struct str output;

    (void)state;
    COMPARE(pg_type_of(PG_TEXT), {"'plain'", TEXT("plain")}, {"''", TEXT("")},
            {"E' \\\\ \\n\\t '", TEXT(" \\ \n\t ")},
            {"'\xc3\xa9\xf0\x9f\x98\x80'", BLOB("\xc3\xa9\xf0\x9f\x98\x80")}, {"'5.0'", REAL(5.0)},
            {"'1.0e+28'", REAL(1e28)}, {"'-12'", INTEGER(-12)}, {"'NULL'", TEXT("NULL")});
    COMPARE(with(PG_VARCHAR, 5, 0, 0), {"'abc  '", TEXT("abc  ")},
            {"'\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9'", TEXT("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9")});
    COMPARE(pg_type_of(PG_VARCHAR), {"'abc'", TEXT("abc")});
    COMPARE(with(PG_CHAR, 5, 0, 0), {"'abc'", TEXT("abc")}, {"''", TEXT("")},
            {"'\xc3\xa9'", TEXT("\xc3\xa9")});
    COMPARE(pg_type_of(PG_BYTEA), {"'\\x00ff5c'", BLOB("\x00\xff\x5c")}, {"''", BLOB("")},
            {"'\\x616263'", TEXT("abc")});
    if (!server_run(&server, arena, str_from("CREATE TYPE mood AS ENUM ('new', 'it''s')"), &output, &err))
        fail_msg("%s: %s", err.primary, err.detail);
    COMPARE(mood, {"'it''s'", TEXT("it's")}, {"'new'", TEXT("new")});
    arena_free(arena);
}

static void moments(void **state)
{
    (void)state;
    COMPARE(pg_type_of(PG_DATE), {"'2000-02-29'", TEXT("2000-02-29")},
            {"'0001-01-01'", TEXT("0001-01-01T00:00Z")}, {"'9999-12-31'", TEXT("9999-12-31")},
            {"'1970-01-02'", INTEGER(86400)}, {"'4714-11-24 BC'", INTEGER(INT64_C(-210866803200))},
            {"'5874897-12-31'", INTEGER(INT64_C(185331707078400 - 86400))});
    COMPARE(pg_type_of(PG_TIME), {"'12:34:56.789012'", TEXT("12:34:56.789012")}, {"'00:00'", TEXT("00:00")},
            {"'23:59:59.999999'", TEXT("2000-01-01 23:59:59.999999")});
    COMPARE(pg_type_of(PG_TIMETZ), {"'12:34:56+02'", TEXT("12:34:56 +0200")},
            {"'12:34-05:30'", TEXT("12:34-05:30")}, {"'12:34+00'", TEXT("12:34")});
    COMPARE(pg_type_of(PG_TIMESTAMP), {"'2024-02-29 12:34:56.789'", TEXT("2024-02-29 12:34:56.789")},
            {"'1999-12-31 23:00'", TEXT("2000-01-01T00:00+01:00")}, {"'0001-01-01'", TEXT("0001-01-01")},
            {"'2023-11-14 22:13:20.5'", REAL(1700000000.5)}, {"'1969-12-31 23:59:59'", INTEGER(-1)},
            {"'294276-12-31 23:59:59'", INTEGER(INT64_C(9224318015999))},
            {"'4714-11-24 BC'", INTEGER(INT64_C(-210866803200))});
    COMPARE(pg_type_of(PG_TIMESTAMPTZ), {"'2024-02-29 12:34:56.789Z'", TEXT("2024-02-29 12:34:56.789")},
            {"'2000-01-01 00:00+01:00'", TEXT("2000-01-01T00:00+01:00")},
            {"'0001-01-01 00:00Z'", TEXT("0001-01-01")}, {"'1969-12-31 23:59:59Z'", INTEGER(-1)});
    COMPARE(with(PG_TIMESTAMP, 0, 3, 0), {"'2024-02-29 12:34:56.789'", TEXT("2024-02-29 12:34:56.789")});
}

static void others(void **state)
{
    (void)state;
    COMPARE(pg_type_of(PG_UUID),
            {"'01234567-89ab-cdef-fedc-ba9876543210'", TEXT("0123456789ABCDEFFEDCBA9876543210")},
            {"'00000000-0000-0000-0000-000000000000'", INTEGER(0)},
            {"'30313233-3435-3637-3839-616263646566'", BLOB("0123456789abcdef")});
    COMPARE(pg_type_of(PG_INET), {"'10.1.2.3'", TEXT("10.1.2.3")}, {"'10.1.2.3/8'", TEXT("10.1.2.3/8")},
            {"'2001:db8::1/64'", TEXT("2001:0DB8:0:0:0:0:0:1/64")},
            {"'::ffff:1.2.3.4'", TEXT("::ffff:1.2.3.4")}, {"'::1'", TEXT("::1")});
    COMPARE(pg_type_of(PG_CIDR), {"'10.0.0.0/8'", TEXT("10.0.0.0/8")}, {"'10.1.2.3'", TEXT("10.1.2.3")},
            {"'2001:db8::/32'", TEXT("2001:db8::/32")});
    COMPARE(pg_type_of(PG_MACADDR), {"'08:00:2b:01:02:ff'", TEXT("08-00-2B-01-02-FF")});
}

static void json(void **state)
{
    (void)state;
    COMPARE(pg_type_of(PG_JSON), {"' {\"b\": 1.0, \"b\" :2} '", TEXT(" {\"b\": 1.0, \"b\" :2} ")},
            {"'1.0e+28'", REAL(1e28)}, {"'-1'", INTEGER(-1)});
    COMPARE(
        pg_type_of(PG_JSONB),
        {"'{\"b\":1,\"aa\":2,\"b\":3,\"a\":{\"y\":[],\"x\":{}}}'",
         TEXT(" {\"b\":1,\"aa\":2, \"b\" :3,\"a\":{\"y\":[],\"x\":{}}} ")},
        {"'{\"b\":3,\"a\":1}'", TEXT("{\"a\":1e0,\"b\":5,\"b\":3.00}")},
        {"'[1.50, -0, -0.0, 1e5, 1E-3, 12345678901234567890.123]'",
         TEXT("[1.5,0,0,100000,0.001,12345678901234567890.1230]")},
        {"'1e131071'", TEXT("1e131071")}, {"'1e-16383'", TEXT("1e-16383")}, {"'5.0'", REAL(5.0)},
        {"'\"\\u00e9\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t\\u001f\\u007f\"'",
         TEXT("\"\xc3\xa9\xf0\x9f\x98\x80\\u0022\\u005c/\\u0008\\u000c\\u000a\\u000d\\u0009\\u001f\x7f\"")},
        {"'\"caf\xc3\xa9\"'", BLOB("\"caf\\u00e9\"")}, {"'null'", TEXT("null")}, {"'\"\"'", TEXT("\"\"")},
        {"'{\"\":{\"A\":1,\"a\":2,\"\xc3\xa9\":3}}'", TEXT("{\"\":{\"\\u00e9\":3,\"a\":2,\"A\":1}}")});
}

static void make_row(struct value *row, int64_t i, char (*made)[64], char *large)
{
    size_t length = (size_t)(i % 50 == 0 ? 70000 + i : i % 40);

    row[0] = integer(i);
    (void)snprintf(made[0], sizeof(made[0]), "row %lld", (long long)i);
    row[1] = text(made[0]);
    row[2] = i % 7 == 0 ? (struct value){.kind = VALUE_NULL} : real((double)i / 100.0);
    (void)snprintf(made[1], sizeof(made[1]), "2000-01-01T%02lld:%02lld:%02lld.%06lld", (long long)(i / 3600),
                   (long long)(i / 60 % 60), (long long)(i % 60), (long long)i);
    row[3] = text(made[1]);
    memset(large, 'a' + (char)(i % 26), length);
    row[4] = text_of((struct str){large, length});
    row[5] = blob(str_slice(row[4].bytes, 0, 10));
}

/* Many rows, among them large ones, in another order and in pieces that end anywhere. */
static void many_rows(void **state)
{
    static const char sql[] =
        "CREATE TABLE many AS SELECT i::bigint AS id, 'row ' || i AS name,\n"
        "  (CASE WHEN i % 7 <> 0 THEN i / 100.0 END)::numeric(12,2) AS price,\n"
        "  timestamptz '2000-01-01 00:00Z' + i * interval '1.000001 second' AS made,\n"
        "  repeat(chr(97 + i % 26), CASE i % 50 WHEN 0 THEN 70000 + i ELSE i % 40 END) AS large,\n"
        "  convert_to(left(repeat(chr(97 + i % 26), CASE i % 50 WHEN 0 THEN 10 ELSE i % 40 END), 10),\n"
        "    'UTF8') AS bytes\n"
        "  FROM generate_series(0, 2999) AS i;\n"
        "COPY (SELECT * FROM many ORDER BY md5(name)) TO STDOUT (FORMAT binary);\n";
    struct plan_column columns[] = {
        {.name = STR("id"), .type = pg_type_of(PG_INT8)},
        {.name = STR("name"), .type = pg_type_of(PG_TEXT)},
        {.name = STR("price"), .type = with(PG_NUMERIC, 0, 12, 2)},
        {.name = STR("made"), .type = pg_type_of(PG_TIMESTAMPTZ)},
        {.name = STR("large"), .type = pg_type_of(PG_TEXT)},
        {.name = STR("bytes"), .type = pg_type_of(PG_BYTEA)},
    };
    struct plan_table table = {
        .name = STR("many"), .columns = columns, .column_count = ARRAY_LENGTH(columns)};
    struct arena *arena = arena_new();
    struct digester *source = digester_new(arena, &table);
    struct digester *target = digester_new(arena, &table);
    struct digest_difference difference;
    char *large = arena_alloc(arena, 80000);
    char made[2][64];

    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        struct value row[ARRAY_LENGTH(columns)];
        struct err err = {.code = ERR_NONE};

        make_row(row, i, made, large);
        assert_true(digester_source_row(source, row, &err));
    }
    eat_target(target, arena, str_from(sql));
    assert_true(digest_compare(arena, digester_result(source), digester_result(target), &difference));
    assert_int_equal(digester_result(target)->rows, ROWS);
    digester_free(source);
    digester_free(target);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers), cmocka_unit_test(numerics),  cmocka_unit_test(limited_numerics),
        cmocka_unit_test(texts),   cmocka_unit_test(moments),   cmocka_unit_test(others),
        cmocka_unit_test(json),    cmocka_unit_test(many_rows),
    };
    struct arena *arena = arena_new();
    const char *programs = server_programs(arena);
    struct err err = {.code = ERR_NONE};
    int failures = 1;

    if (programs == NULL) {
        print_message("skipped: no initdb and postgres in the usual places or in $PGRADE_PG_BINDIR\n");
        arena_free(arena);
        return SKIPPED;
    }
    if (server_start(&server, arena, programs, &err))
        failures = cmocka_run_group_tests(tests, NULL, NULL);
    else
        print_error("%s: %s\n", err.primary, err.detail);
    server_stop(&server);
    arena_free(arena);
    return failures;
}
