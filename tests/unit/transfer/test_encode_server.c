/*
 * What PostgreSQL itself makes of the fields: each value is copied in and compared with what the server makes
 * of a text that says the same, or of exact arithmetic in numeric.  The server's settings are hostile on
 * purpose (time zone, DateStyle): no result may depend on them.
 */
#include "tests/unit/transfer/copying.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "transfer/json_check.h"

enum {
    ROWS = 5000
};

static uint64_t seed = 88172645463325252u;

/* xorshift64: the same numbers in every run. */
static uint64_t next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return seed;
}

static int64_t between(int64_t low, int64_t high)
{
    return low + (int64_t)(next() % (uint64_t)(high - low + 1));
}

static double any_finite_double(void)
{
    double number;

    do {
        uint64_t bits = next();

        memcpy(&number, &bits, sizeof(number));
    } while (!isfinite(number));
    return number;
}

static void numbers(void **state)
{
    (void)state;
    assert_copied("boolean", column_of(PG_BOOL), TEXT("Yes"), "true");
    assert_copied("boolean", column_of(PG_BOOL), INT(0), "false");
    assert_copied("smallint", column_of(PG_INT2), INT(INT16_MIN), "-32768");
    assert_copied("integer", column_of(PG_INT4), REAL(-2147483648.0), "-2147483648");
    assert_copied("bigint", column_of(PG_INT8), TEXT("-9223372036854775808"), "-9223372036854775808");
    assert_copied("real", column_of(PG_FLOAT4), REAL((double)FLT_MAX), "'3.4028235e38'::real");
    assert_copied("real", column_of(PG_FLOAT4), REAL(-0x1p-149), "'-1e-45'::real");
    assert_copied("double precision", column_of(PG_FLOAT8), REAL(-0.0), "'-0'::float8");
    assert_copied("double precision", column_of(PG_FLOAT8), REAL(INFINITY), "'inf'::float8");
    assert_copied("double precision", column_of(PG_FLOAT8), INT(-(INT64_C(1) << 53)),
                  "'-9007199254740992'::float8");
}

static void doubles(void **state)
{
    struct copying *copying = copying_begin("double precision", column_of(PG_FLOAT8));
    char text[64];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        double number = any_finite_double();

        snprintf(text, sizeof(text), "%.17g", number);
        copying_add(copying, REAL(number), text);
    }
    copying_end(copying, "t::float8");
}

static void numerics(void **state)
{
    (void)state;
    assert_copied("numeric", column_of(PG_NUMERIC), TEXT("NaN"), "'NaN'::numeric");
    assert_copied("numeric", column_of(PG_NUMERIC), REAL(-INFINITY), "'-Infinity'::numeric");
    assert_copied("numeric", column_of(PG_NUMERIC), INT(INT64_MIN), "'-9223372036854775808'::numeric");
    assert_copied("numeric", column_of(PG_NUMERIC), REAL(1e300), "'1e300'::numeric");
    assert_copied("numeric", column_of(PG_NUMERIC), REAL(DBL_MAX), "'1.7976931348623157e308'::numeric");
    assert_copied("numeric", column_of(PG_NUMERIC), REAL(5e-324), "'4.94065645841247e-324'::numeric");
    assert_copied("numeric", column_of(PG_NUMERIC), TEXT("1e131071"), "'1e131071'::numeric");
    assert_copied("numeric", column_of(PG_NUMERIC), TEXT("-1e-16383"), "'-1e-16383'::numeric");
    assert_copied("numeric", column_of(PG_NUMERIC), TEXT("0.000"), "'0.000'::numeric");
    assert_copied("numeric(2,2)", column_numeric(2, 2), REAL(0.99), "0.99");
    assert_copied("numeric(38,10)", column_numeric(38, 10), INT(1234567890123456768),
                  "'1234567890123456768'::numeric(38,10)");
    assert_copied("numeric(38,10)", column_numeric(38, 10), REAL(12345678901234.568),
                  "'12345678901234.568'::numeric(38,10)");
    assert_copied("numeric(10,2)", column_numeric(10, 2), REAL(0.30000000000000004), "0.30");
    assert_copied("numeric(10,2)", column_numeric(10, 2), TEXT("nan"), "'NaN'::numeric");
}

/* What is read back must be the same double, and what was copied the shortest text of it. */
static void numerics_of_doubles(void **state)
{
    struct copying *any = copying_begin("numeric", column_of(PG_NUMERIC));
    struct copying *near = copying_begin("numeric", column_of(PG_NUMERIC));
    char text[64];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        double number = any_finite_double();
        int digits = 14;

        do {
            snprintf(text, sizeof(text), "%.*g", ++digits, number);
        } while (strtod(text, NULL) != number);
        copying_add(any, REAL(number), text);
        snprintf(text, sizeof(text), "%lld.%06lld", (long long)between(-99999999, 99999999),
                 (long long)between(1, 999999));
        copying_add(near, REAL(strtod(text, NULL)), text);
    }
    copying_end(any, "trim_scale(t::numeric)");
    copying_end(near, "trim_scale(t::numeric)");
}

static void numerics_of_texts(void **state)
{
    struct copying *copying = copying_begin("numeric", column_of(PG_NUMERIC));

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        char text[200];
        int length = 0;
        int point = (int)between(1, 60);

        if (next() % 3 == 0)
            text[length++] = next() % 2 == 0 ? '-' : '+';
        for (int place = 0; place < point; place++)
            text[length++] = next() % 4 == 0 ? '0' : (char)('0' + next() % 10);
        if (next() % 4 != 0) {
            text[length++] = '.';
            for (int64_t left = between(1, 60); left > 0; left--)
                text[length++] = next() % 2 == 0 ? '0' : (char)('0' + next() % 10);
        }
        if (next() % 4 == 0)
            length += snprintf(text + length, 10, "e%+d", (int)between(-300, 300));
        text[length] = '\0';
        copying_add(copying, text_value(text), text);
    }
    copying_end(copying, "t::numeric");
}

static void decimals(void **state)
{
    struct copying *copying = copying_begin("numeric(12,2)", column_numeric(12, 2));
    char text[64];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        int64_t a = between(0, 999999999) >> (next() % 30);
        int64_t b = between(0, 99999) >> (next() % 17);

        snprintf(text, sizeof(text), "%lld.%02lld", (long long)(a / 100), (long long)(a % 100));
        copying_add(copying, REAL((double)a / 100), text);
        copying_add(copying, INT(a), (snprintf(text, sizeof(text), "%lld", (long long)a), text));
        /* With the noise of the sum. */
        snprintf(text, sizeof(text), "-%lld.%02lld", (long long)((a + b) / 100), (long long)((a + b) % 100));
        copying_add(copying, REAL(-((double)a / 100 + (double)b / 100)), text);
    }
    copying_end(copying, "t::numeric(12,2)");
}

static void wide_decimals(void **state)
{
    struct copying *copying = copying_begin("numeric(38,10)", column_numeric(38, 10));
    char text[64];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        int64_t number = (int64_t)(next() >> (next() % 63 + 1));

        snprintf(text, sizeof(text), "%lld", (long long)number);
        copying_add(copying, INT(number), text);
        snprintf(text, sizeof(text), "%lld.%010lld", (long long)(number % 10000),
                 (long long)between(0, 9999999999));
        copying_add(copying, REAL(strtod(text, NULL)), text);
    }
    copying_end(copying, "t::numeric(38,10)");
}

static void texts(void **state)
{
    static const struct str labels[] = {STR("a"), STR("b c")};
    struct plan_column mood = {.type = {.kind = PG_ENUM, .labels = labels, .label_count = 2}};

    (void)state;
    server_run("CREATE TYPE pg_temp.mood AS ENUM ('a', 'b c')");
    assert_copied("pg_temp.mood", mood, TEXT("b c"), "'b c'");
    assert_copied("varchar(3)", column_limited(PG_VARCHAR, 3), TEXT("äö "), "'äö '");
    assert_copied("char(5)", column_limited(PG_CHAR, 5), TEXT("äö"), "'äö'");
    assert_copied("char", column_of(PG_CHAR), TEXT("ä"), "'ä'");
    assert_copied("text", column_of(PG_TEXT), REAL(1e28), "'1.0e+28'");
    assert_copied("text", column_of(PG_TEXT), BLOB(""), "''");
    assert_copied("bytea", column_of(PG_BYTEA), BLOB("\0\1\377"), "'\\x0001ff'::bytea");
    assert_copied("bytea", column_of(PG_BYTEA), TEXT("ab"), "'ab'::bytea");
}

static size_t put_character(char *at, unsigned code)
{
    if (code < 0x80) {
        at[0] = (char)code;
        return 1;
    }
    if (code < 0x800) {
        at[0] = (char)(0xc0 | code >> 6);
        at[1] = (char)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code < 0x10000) {
        at[0] = (char)(0xe0 | code >> 12);
        at[1] = (char)(0x80 | (code >> 6 & 0x3f));
        at[2] = (char)(0x80 | (code & 0x3f));
        return 3;
    }
    at[0] = (char)(0xf0 | code >> 18);
    at[1] = (char)(0x80 | (code >> 12 & 0x3f));
    at[2] = (char)(0x80 | (code >> 6 & 0x3f));
    at[3] = (char)(0x80 | (code & 0x3f));
    return 4;
}

static unsigned any_character(void)
{
    static const unsigned ends[] = {0x80, 0x800, 0xd800, 0x110000};
    static const unsigned starts[] = {1, 0x80, 0x800, 0xe000};
    size_t range = next() % 4;

    return (unsigned)between(starts[range], ends[range] - 1);
}

/* The hex digits beside it take another way: they are ASCII. */
static void characters(void **state)
{
    struct copying *copying = copying_begin("varchar(20)", column_limited(PG_VARCHAR, 20));

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        char text[100];
        char hex[200];
        size_t length = 0;

        for (int64_t left = between(0, 20); left > 0; left--)
            length += put_character(text + length, any_character());
        for (size_t place = 0; place < length; place++)
            snprintf(hex + 2 * place, 3, "%02x", (unsigned)(unsigned char)text[place]);
        hex[2 * length] = '\0';
        copying_add(copying, (struct value){.kind = VALUE_TEXT, .bytes = {text, length}}, hex);
    }
    copying_end(copying, "convert_from(decode(t, 'hex'), 'UTF8')");
}

static void moments(void **state)
{
    (void)state;
    assert_copied("date", column_of(PG_DATE), TEXT("0001-01-01"), "'0001-01-01'::date");
    assert_copied("date", column_of(PG_DATE), TEXT("9999-12-31T00:00:00.000Z"), "'9999-12-31'::date");
    assert_copied("date", column_counting(PG_DATE, UNIT_JULIAN_DAYS), REAL(-0.5), "'4714-11-24 BC'::date");
    assert_copied("date", column_counting(PG_DATE, UNIT_SECONDS), INT(185331706992000),
                  "'5874897-12-31'::date");
    assert_copied("time", column_of(PG_TIME), TEXT("23:59:59.999999"), "'23:59:59.999999'::time");
    assert_copied("time(1)", column_timed(PG_TIME, 1), TEXT("2000-01-01 12:30:00.5"),
                  "'12:30:00.5'::time(1)");
    assert_copied("timetz", column_of(PG_TIMETZ), TEXT("12:30"), "'12:30+00'::timetz");
    assert_copied("timetz", column_of(PG_TIMETZ), TEXT("12:30:00.25 -05:30"), "'12:30:00.25-05:30'::timetz");
    assert_copied("timetz", column_of(PG_TIMETZ), TEXT("23:59+15:59"), "'23:59+15:59'::timetz");
    assert_copied("timestamp", column_of(PG_TIMESTAMP), TEXT("0001-01-01 00:00:00+15:59"),
                  "'0001-01-01 00:00:00+15:59'::timestamptz AT TIME ZONE 'UTC'");
    assert_copied("timestamp", column_of(PG_TIMESTAMP), TEXT("9999-12-31 23:59:59.999999-15:59"),
                  "'9999-12-31 23:59:59.999999-15:59'::timestamptz AT TIME ZONE 'UTC'");
    assert_copied("timestamp(3)", column_timed(PG_TIMESTAMP, 3), TEXT("1969-12-31 23:59:59.999000"),
                  "'1969-12-31 23:59:59.999'::timestamp(3)");
    assert_copied("timestamp", column_counting(PG_TIMESTAMP, UNIT_SECONDS), INT(-210866803200),
                  "'4714-11-24 00:00:00 BC'::timestamp");
    assert_copied("timestamp", column_counting(PG_TIMESTAMP, UNIT_SECONDS), INT(9224318015999),
                  "'294276-12-31 23:59:59'::timestamp");
    assert_copied("timestamptz", column_of(PG_TIMESTAMPTZ), TEXT("2024-02-29"),
                  "'2024-02-29 00:00Z'::timestamptz");
}

static int days_in(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

static int put_moment(char *text, size_t size)
{
    int year = (int)(next() % 2 == 0 ? between(1, 9999) : between(1890, 2040));
    int month = (int)between(1, 12);
    int length = snprintf(text, size, "%04d-%02d-%02d%c%02d:%02d:%02d", year, month,
                          (int)between(1, days_in(year, month)), next() % 2 == 0 ? ' ' : 'T',
                          (int)between(0, 23), (int)between(0, 59), (int)between(0, 59));

    if (next() % 2 == 0)
        length += snprintf(text + length, size - (size_t)length, ".%06d", (int)between(0, 999999));
    return length;
}

static void put_offset(char *text, size_t size)
{
    const char *space = next() % 2 == 0 ? " " : "";

    if (next() % 4 == 0)
        snprintf(text, size, "%sZ", space);
    else
        snprintf(text, size, "%s%c%02d%s%02d", space, next() % 2 == 0 ? '-' : '+', (int)between(0, 15),
                 next() % 2 == 0 ? ":" : "", (int)between(0, 59));
}

static void timestamps(void **state)
{
    struct copying *zoned = copying_begin("timestamptz", column_of(PG_TIMESTAMPTZ));
    struct copying *shifted = copying_begin("timestamp", column_of(PG_TIMESTAMP));
    struct copying *plain = copying_begin("timestamp", column_of(PG_TIMESTAMP));
    char text[80];

    (void)state;
    for (int i = 0; i < ROWS; i++) {
        int length = put_moment(text, sizeof(text));

        copying_add(plain, text_value(text), text);
        put_offset(text + length, sizeof(text) - (size_t)length);
        copying_add(zoned, text_value(text), text);
        copying_add(shifted, text_value(text), text);
    }
    copying_end(plain, "t::timestamp");
    copying_end(zoned, "t::timestamptz");
    copying_end(shifted, "t::timestamptz AT TIME ZONE 'UTC'");
}

/* One day of 29, which takes its turn through all months and leap years. */
static void dates(void **state)
{
    struct copying *copying = copying_begin("date", column_of(PG_DATE));
    int count = 0;

    (void)state;
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int day = 1; day <= days_in(year, month); day++) {
                char text[40];

                if (count++ % 29 != 0)
                    continue;
                snprintf(text, sizeof(text), "%04d-%02d-%02d", year, month, day);
                copying_add(copying, text_value(text), text);
            }
    copying_end(copying, "t::date");
}

/* t is the double's exact value: the server's numeric does the arithmetic, and rounds half away from zero. */
static void counted(enum time_unit unit, double scale, const char *expected)
{
    struct copying *copying = copying_begin("timestamp", column_counting(PG_TIMESTAMP, unit));
    char text[400];

    for (int i = 0; i < ROWS; i++) {
        double number = (double)between(-62000000000000000, 253000000000000000) / 1e6 * scale;

        if (next() % 4 == 0)
            number = ((double)between(-1000000, 1000000) + 0.5) / 1e6 * scale;
        else if (next() % 4 == 0)
            number = ldexp((double)between(-1000000000, 1000000000), -(int)between(0, 40)) * scale;
        if (unit == UNIT_JULIAN_DAYS)
            number += 2440587.5;
        snprintf(text, sizeof(text), "%.120f", number);
        copying_add(copying, REAL(number), text);
    }
    copying_end(copying, expected);
}

static void counted_moments(void **state)
{
    (void)state;
    counted(UNIT_SECONDS, 1, "'epoch'::timestamp + round(t::numeric, 6)::text::interval");
    counted(UNIT_MILLISECONDS, 1e3, "'epoch'::timestamp + round(t::numeric / 1000, 6)::text::interval");
    counted(UNIT_MICROSECONDS, 1e6, "'epoch'::timestamp + round(t::numeric / 1000000, 6)::text::interval");
    counted(UNIT_JULIAN_DAYS, 1.0 / 86400,
            "'epoch'::timestamp + (round(t::numeric * 86400000) / 1000 - 210866760000)::text::interval");
}

static void addresses(void **state)
{
    struct copying *inet = copying_begin("inet", column_of(PG_INET));
    struct copying *uuid = copying_begin("uuid", column_of(PG_UUID));
    char text[80];

    (void)state;
    assert_copied("cidr", column_of(PG_CIDR), TEXT("10.128.0.0/9"), "'10.128.0.0/9'::cidr");
    assert_copied("cidr", column_of(PG_CIDR), TEXT("10.1.2.3"), "'10.1.2.3/32'::cidr");
    assert_copied("cidr", column_of(PG_CIDR), TEXT("2001:db8::/33"), "'2001:db8::/33'::cidr");
    assert_copied("inet", column_of(PG_INET), TEXT("::ffff:1.2.3.4/96"), "'::ffff:1.2.3.4/96'::inet");
    assert_copied("inet", column_of(PG_INET), TEXT("0.0.0.0/0"), "'0.0.0.0/0'::inet");
    assert_copied("macaddr", column_of(PG_MACADDR), TEXT("08-00-2B-fF-02-03"),
                  "'08:00:2b:ff:02:03'::macaddr");
    assert_copied("uuid", column_of(PG_UUID), INT(0), "'00000000-0000-0000-0000-000000000000'");
    for (int i = 0; i < ROWS; i++) {
        uint64_t high = next();
        uint64_t low = next();

        snprintf(text, sizeof(text), "%016llX%016llx", (unsigned long long)high, (unsigned long long)low);
        copying_add(uuid, text_value(text), text);
        snprintf(text, sizeof(text), "%x:%x::%x:%x/%d", (unsigned)(high >> 48), (unsigned)(high & 0xffff),
                 (unsigned)(low >> 48), (unsigned)(low & 0xffff), (int)between(0, 128));
        copying_add(inet, text_value(text), text);
        snprintf(text, sizeof(text), "%u.%u.%u.%u/%d", (unsigned)(low & 255), (unsigned)(low >> 8 & 255),
                 (unsigned)(low >> 16 & 255), (unsigned)(low >> 24 & 255), (int)between(0, 32));
        copying_add(inet, text_value(text), text);
    }
    copying_end(inet, "t::inet");
    copying_end(uuid, "t::uuid");
}

static void json(void **state)
{
    struct copying *copying = copying_begin("json", column_of(PG_JSON));

    (void)state;
    copying_add(copying, TEXT(" {\"a\" :1,\"a\": 2} "), " {\"a\" :1,\"a\": 2} ");
    copying_add(copying, REAL(1e28), "1.0e+28");
    copying_add(copying, INT(INT64_MIN), "-9223372036854775808");
    copying_end(copying, "t::json");
    copying = copying_begin("jsonb", column_of(PG_JSONB));
    copying_add(copying, TEXT(" {\"a\" :1,\"a\": 2} "), "{\"a\":2}");
    copying_add(copying, TEXT("\"\\ud83d\\ude00\""), "\"\U0001f600\"");
    copying_add(copying, REAL(-0.5), "-0.5");
    copying_add(copying, INT(7), "7");
    copying_add(copying, TEXT("1e131071"), "1e131071");
    copying_add(copying, TEXT("1e-16383"), "1e-16383");
    copying_add(copying, TEXT("0e1073741822"), "0");
    copying_end(copying, "t::jsonb");
}

static void nested_json(void **state)
{
    struct copying *copying = copying_begin("jsonb", column_of(PG_JSONB));
    char text[JSON_DEPTH_MAXIMUM * 2 + 1];

    (void)state;
    memset(text, '[', JSON_DEPTH_MAXIMUM);
    memset(text + JSON_DEPTH_MAXIMUM, ']', JSON_DEPTH_MAXIMUM);
    text[JSON_DEPTH_MAXIMUM * 2] = '\0';
    copying_add(copying, text_value(text), text);
    copying_end(copying, "t");
}

/* Changes a few bytes, so that most of what comes out is nearly JSON. */
static void mutate(char *text, size_t size)
{
    static const char alphabet[] = "{}[]\",:\\/u0123459dDeEbcfF+-.tnrul \n\t\x1f";

    for (int64_t left = between(0, 3); left > 0; left--) {
        size_t length = strlen(text);
        size_t place = next() % (length + 1);
        char with = alphabet[next() % (sizeof(alphabet) - 1)];

        if (next() % 2 == 0 && place < length) {
            text[place] = with;
        } else if (next() % 2 == 0 && place < length) {
            memmove(text + place, text + place + 1, length - place);
        } else if (length + 2 < size) {
            memmove(text + place + 1, text + place, length - place + 1);
            text[place] = with;
        }
    }
}

/* Whether something is JSON for jsonb, the check and the server agree. */
static void json_or_not(void **state)
{
    static const char *const models[] = {
        "{\"a\": [1, -2.5e3, true], \"b\": {\"c\": null}}",
        "[\"\\u00e9\\ud83d\\ude00\", \"\\\\ \\\" \\/\", false]",
        "[0, -0, 0.5, 10E+5, 1e-7, {}, [], \"\"]",
        " \n{\"\": \"x\", \"y\":[[[{}]]]} ",
        "-12.0e1",
        "\"\\ud800\\udc00\"",
    };
    struct copying *copying = copying_begin("boolean", column_of(PG_BOOL));
    int valid = 0;

    (void)state;
    server_run("CREATE FUNCTION pg_temp.is_jsonb(t text) RETURNS boolean LANGUAGE plpgsql AS"
               " $$BEGIN PERFORM t::jsonb; RETURN true; EXCEPTION WHEN others THEN RETURN false; END$$");
    for (int i = 0; i < 2 * ROWS; i++) {
        char text[100];
        bool good;

        snprintf(text, sizeof(text), "%s", models[next() % ARRAY_LENGTH(models)]);
        mutate(text, sizeof(text));
        good = json_check(str_from(text), true) == NULL;
        valid += good;
        copying_add(copying, INT(good), text);
    }
    /* Both answers must have been asked for often. */
    assert_in_range(valid, ROWS / 5, 2 * ROWS - ROWS / 5);
    copying_end(copying, "pg_temp.is_jsonb(t)");
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(doubles),
        cmocka_unit_test(numerics),
        cmocka_unit_test(numerics_of_doubles),
        cmocka_unit_test(numerics_of_texts),
        cmocka_unit_test(decimals),
        cmocka_unit_test(wide_decimals),
        cmocka_unit_test(texts),
        cmocka_unit_test(characters),
        cmocka_unit_test(moments),
        cmocka_unit_test(timestamps),
        cmocka_unit_test(dates),
        cmocka_unit_test(counted_moments),
        cmocka_unit_test(addresses),
        cmocka_unit_test(json),
        cmocka_unit_test(nested_json),
        cmocka_unit_test(json_or_not),
    };
    int failures;

    if (argc != 2) {
        fprintf(stderr, "usage: %s DATABASE-URL\n", argv[0]);
        return 1;
    }
    server_connect(argv[1]);
    server_run("SET extra_float_digits = 3; SET client_min_messages = warning");
    failures = cmocka_run_group_tests(tests, NULL, NULL);
    server_disconnect();
    return failures;
}
