/* Numbers. */
#include "tests/unit/transfer/encode_server.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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

const struct CMUnitTest encode_server_numbers[] = {
    cmocka_unit_test(numbers),           cmocka_unit_test(doubles),
    cmocka_unit_test(numerics),          cmocka_unit_test(numerics_of_doubles),
    cmocka_unit_test(numerics_of_texts), cmocka_unit_test(decimals),
    cmocka_unit_test(wide_decimals),     {NULL, NULL, NULL, NULL, NULL},
};
