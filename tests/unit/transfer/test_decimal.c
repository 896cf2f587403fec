#include "tests/unit.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "transfer/decimal.h"

/* "-0.12345e6": what the parts say, in one text. */
static void describe(const struct decimal *decimal, char *text, size_t size)
{
    size_t used = (size_t)snprintf(text, size, "%s0.", decimal->negative ? "-" : "");

    for (size_t i = 0; i < decimal->count && used < size - 32; i++)
        text[used++] = decimal_digit(decimal, i);
    snprintf(text + used, size - used, "e%lld", (long long)decimal->point);
}

static void reads_every_form(void **state)
{
    static const struct {
        const char *text;
        const char *parts;
        int64_t written;
    } cases[] = {
        {"0", "0.e0", 0},           {"-0.00", "-0.e0", 2},   {"+7", "0.7e1", 0},
        {"12.50", "0.125e2", 2},    {"100", "0.1e3", 0},     {"00100.001", "0.100001e3", 3},
        {".5", "0.5e0", 1},         {"-.050", "-0.5e-1", 3}, {"0.05", "0.5e-1", 2},
        {"000.000", "0.e0", 3},     {"1e3", "0.1e4", 0},     {"1.25E+1", "0.125e2", 1},
        {"1.25e-2", "0.125e-1", 4}, {"10.0e-1", "0.1e1", 2}, {"0e999999999999999999999999", "0.e0", 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct decimal decimal;
        char parts[100];

        assert_true(decimal_parse(str_from(cases[i].text), &decimal));
        describe(&decimal, parts, sizeof(parts));
        assert_string_equal(parts, cases[i].parts);
        assert_int_equal(decimal.written, cases[i].written);
    }
}

static void refuses_all_else(void **state)
{
    static const char *const texts[] = {"",    "+",   "-",   ".",    "5.",    "5.e1",  "1e",   "1e+",
                                        "e5",  "1 ",  " 1",  "1,5",  "1.2.",  "1.2.3", "0x10", "1_0",
                                        "--1", "NaN", "Inf", "1e5x", "1e1.5", "1e--5"};
    struct decimal decimal;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        assert_false(decimal_parse(str_from(texts[i]), &decimal));
    assert_false(decimal_parse((struct str){NULL, 0}, &decimal));
    assert_false(decimal_parse((struct str)STR("1\0"), &decimal));
}

static void huge_exponents_stay_huge(void **state)
{
    struct decimal decimal;

    (void)state;
    assert_true(decimal_parse((struct str)STR("1e99999999999999999999999999"), &decimal));
    assert_true(decimal.point > INT64_C(1000000000000));
    assert_true(decimal_parse((struct str)STR("1e-99999999999999999999999999"), &decimal));
    assert_true(decimal.point < -INT64_C(1000000000000));
    assert_true(decimal.written > INT64_C(1000000000000));
}

static void assert_written(double value, const char *expected)
{
    char room[DECIMAL_ROOM];

    assert_str_equal(decimal_write(value, room), expected);
}

static void writes_as_sqlite_does(void **state)
{
    (void)state;
    assert_written(0.0, "0.0");
    assert_written(-0.0, "-0.0");
    assert_written(5.0, "5.0");
    assert_written(-12.5, "-12.5");
    assert_written(0.1, "0.1");
    assert_written(0.05, "0.05");
    assert_written(100.0, "100.0");
    assert_written(0.0001, "0.0001");
    assert_written(0.00001, "1.0e-05");
    assert_written(0.000012345, "1.2345e-05");
    assert_written(0.00012345678901234567, "0.00012345678901234567");
    assert_written(999999999999999.0, "999999999999999.0");
    assert_written(1e15, "1.0e+15");
    assert_written(1234567890123456.0, "1234567890123456.0");
    assert_written(9007199254740993.0, "9007199254740992.0");
    assert_written(0.1 + 0.2, "0.30000000000000004");
    assert_written(1e28, "1.0e+28");
    assert_written(1.5e28, "1.5e+28");
    assert_written(1e100, "1.0e+100");
    assert_written(5e-324, "4.94065645841247e-324");
    assert_written(DBL_MAX, "1.7976931348623157e+308");
    assert_written(-DBL_MIN, "-2.2250738585072014e-308");
    assert_written(INFINITY, "Inf");
    assert_written(-INFINITY, "-Inf");
}

static void writes_integers(void **state)
{
    char room[DECIMAL_ROOM];

    (void)state;
    assert_str_equal(decimal_write_integer(0, room), "0");
    assert_str_equal(decimal_write_integer(-7, room), "-7");
    assert_str_equal(decimal_write_integer(1200, room), "1200");
    assert_str_equal(decimal_write_integer(INT64_MAX, room), "9223372036854775807");
    assert_str_equal(decimal_write_integer(INT64_MIN, room), "-9223372036854775808");
}

/* The rule of docs/values.md in the plainest form there is. */
static void plain_shortest(double value, char *text, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, size, "%.*e", digits - 1, value);
        if (strtod(text, NULL) == value)
            return;
    }
}

static void assert_reads_back(double value)
{
    char room[DECIMAL_ROOM];
    char terminated[DECIMAL_ROOM + 1];
    struct str text = decimal_write(value, room);

    memcpy(terminated, text.ptr, text.len);
    terminated[text.len] = '\0';
    assert_true(strtod(terminated, NULL) == value);
    assert_int_equal(signbit(strtod(terminated, NULL)) != 0, signbit(value) != 0);
}

static void assert_shortest(double value)
{
    char plain[40];
    char room[DECIMAL_ROOM];
    struct decimal expected;
    struct decimal decimal;

    plain_shortest(value, plain, sizeof(plain));
    assert_true(decimal_parse(str_from(plain), &expected));
    decimal_shortest(value, room, &decimal);
    if (decimal.count != expected.count || decimal.point != expected.point)
        print_error("%.17g\n", value);
    assert_int_equal(decimal.negative, expected.negative);
    assert_int_equal(decimal.count, expected.count);
    assert_int_equal(decimal.point, expected.point);
    for (size_t i = 0; i < expected.count; i++)
        assert_int_equal(decimal_digit(&decimal, i), decimal_digit(&expected, i));
    assert_reads_back(value);
}

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void short_way_and_long_way_agree(void **state)
{
    uint64_t seed = 88172645463325252u;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = next(&seed);
        double any;
        double near;

        memcpy(&any, &bits, sizeof(any));
        if (isfinite(any))
            assert_shortest(any);
        /* Decimals of up to 16 digits, and their neighbours. */
        near =
            (double)(int64_t)(next(&seed) >> (next(&seed) % 50 + 10)) / pow(10, (double)(next(&seed) % 23));
        assert_shortest(near);
        assert_shortest(nextafter(near, INFINITY));
        assert_shortest(-nextafter(near, 0));
    }
    for (int exponent = -330; exponent <= 308; exponent++)
        assert_shortest(pow(10, exponent));
}

static void unscaling_proves_or_refuses(void **state)
{
    int64_t unscaled;
    int scale;

    (void)state;
    assert_true(decimal_unscale(12.34, 100, &unscaled));
    assert_int_equal(unscaled, 1234);
    assert_false(decimal_unscale(12.345, 100, &unscaled));
    assert_false(decimal_unscale(0.1 + 0.2, 10, &unscaled));
    assert_true(decimal_unscale(999999999999999.0, 1, &unscaled));
    assert_false(decimal_unscale(1e15, 1, &unscaled));
    assert_false(decimal_unscale(999999999999999.9, 1, &unscaled));
    assert_false(decimal_unscale(5e-324, 1e15, &unscaled));
    assert_false(decimal_unscale(DBL_MAX, 1e15, &unscaled));
    assert_true(decimal_find_scale(0.0, &unscaled, &scale));
    assert_int_equal(scale, 0);
    assert_true(decimal_find_scale(1e-22, &unscaled, &scale));
    assert_int_equal(unscaled, 1);
    assert_int_equal(scale, 22);
    assert_false(decimal_find_scale(1e-23, &unscaled, &scale));
    assert_false(decimal_find_scale(1.0 / 3, &unscaled, &scale));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_form),
        cmocka_unit_test(refuses_all_else),
        cmocka_unit_test(huge_exponents_stay_huge),
        cmocka_unit_test(writes_as_sqlite_does),
        cmocka_unit_test(writes_integers),
        cmocka_unit_test(short_way_and_long_way_agree),
        cmocka_unit_test(unscaling_proves_or_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
