#include "tests/unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/verify/forms.h"

/* A form as people write it: 125e-2, -digits... */
static const char *readable(struct str form, char *out, size_t size)
{
    static const char *const marks[] = {"0", "", "-", "long ", "long -", "NaN", "Infinity", "-Infinity"};
    uint64_t coefficient;
    int32_t exponent;
    uint32_t mark;

    assert_true(form.len >= 16);
    memcpy(&coefficient, form.ptr, 8);
    memcpy(&exponent, form.ptr + 8, 4);
    memcpy(&mark, form.ptr + 12, 4);
    assert_true(mark < ARRAY_LENGTH(marks));
    if (form.len > 16)
        (void)snprintf(out, size, "%s%.*se%d", marks[mark], (int)form.len - 16, form.ptr + 16, exponent);
    else if (coefficient != 0)
        (void)snprintf(out, size, "%s%llue%d", marks[mark], (unsigned long long)coefficient, exponent);
    else
        (void)snprintf(out, size, "%s", marks[mark]);
    return out;
}

#define assert_number(probe, value, expected)                                                                \
    do {                                                                                                     \
        struct str form_;                                                                                    \
        char out_[256];                                                                                      \
        assert_true(probe_source((probe), (value), &form_));                                                 \
        assert_string_equal(readable(form_, out_, sizeof(out_)), (expected));                                \
    } while (0)

#define assert_sent(probe, field, expected)                                                                  \
    do {                                                                                                     \
        struct str form_;                                                                                    \
        char out_[256];                                                                                      \
        assert_true(probe_target((probe), (field), &form_));                                                 \
        assert_string_equal(readable(form_, out_, sizeof(out_)), (expected));                                \
    } while (0)

static struct pg_type numeric(int precision, int scale)
{
    struct pg_type type = pg_type_of(PG_NUMERIC);

    type.precision = precision;
    type.scale = scale;
    return type;
}

static void texts_are_normalised(void **state)
{
    static const struct {
        const char *text;
        const char *form;
    } cases[] = {
        {"0", "0"},
        {"-0.000", "0"},
        {"0e999999999999999999999", "0"},
        {"+1", "1e0"},
        {"1500", "15e2"},
        {"0.10", "1e-1"},
        {".5", "5e-1"},
        {"-00012.3400", "-1234e-2"},
        {"1e3", "1e3"},
        {"1.5E+3", "15e2"},
        {"12e-5", "12e-5"},
        {"1000000000000000000000", "1e21"},
        {"1234567890123456789", "1234567890123456789e0"},
        {"9999999999999999999", "9999999999999999999e0"},
        {"12345678901234567891", "long 12345678901234567891e0"},
        {"-123456789012345678.90123000", "long -12345678901234567890123e-5"},
        {"100000000000000000000.1", "long 1000000000000000000001e-1"},
        {"1e131071", "1e131071"},
        {"1e-16383", "1e-16383"},
        {"NaN", "NaN"},
        {"nAn", "NaN"},
    };
    static const char *const misfits[] = {"",    ".",    "-",   "1.",    "1e",       "1e+",
                                          "e5",  " 1",   "1 ",  "1,5",   "0x1",      "Infinity",
                                          "inf", "1..2", "--1", "1e5.0", "1e131072", "1e-16384"};
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_NUMERIC), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_number(&probe, text(cases[i].text), cases[i].form);
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++)
        assert_misfit(&probe, text(misfits[i]));
    assert_misfit(&probe, blob(BYTES("1")));
    probe_end(&probe);
}

static void integers_and_reals(void **state)
{
    static const struct {
        double number;
        const char *form;
    } cases[] = {
        {0.0, "0"},
        {-0.0, "0"},
        {100.0, "1e2"},
        {0.1, "1e-1"},
        {-2.75, "-275e-2"},
        {19.99, "1999e-2"},
        {0.1 + 0.2, "30000000000000004e-17"},
        {1.0 / 3.0, "3333333333333333e-16"},
        {1e22, "1e22"},
        {9007199254740991.0, "9007199254740991e0"},
        {123456789.123456, "123456789123456e-6"},
        {1e-7, "1e-7"},
        {5e-324, "494065645841247e-338"},
        {1.7976931348623157e308, "17976931348623157e292"},
        {HUGE_VAL, "Infinity"},
        {-HUGE_VAL, "-Infinity"},
        {(double)NAN, "NaN"},
    };
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_NUMERIC), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_number(&probe, real(cases[i].number), cases[i].form);
    assert_number(&probe, integer(0), "0");
    assert_number(&probe, integer(-120), "-12e1");
    assert_number(&probe, integer(INT64_MIN), "-9223372036854775808e0");
    assert_number(&probe, integer(INT64_C(1000000000000000000)), "1e18");
    probe_end(&probe);
}

static void a_scale_takes_the_shortest_text_or_that_of_15_digits(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, numeric(10, 2), UNIT_NONE);
    assert_number(&probe, real(19.99), "1999e-2");
    assert_number(&probe, real(0.1 + 0.2), "3e-1");
    assert_number(&probe, real(1.1 * 1.1 * 100.0), "121e0");
    assert_number(&probe, real(99999999.99), "9999999999e-2");
    assert_number(&probe, real(-99999999.99), "-9999999999e-2");
    assert_number(&probe, real(-0.0), "0");
    assert_misfit(&probe, real(100000000.0));
    assert_misfit(&probe, real(0.125));
    assert_misfit(&probe, real(0.001));
    assert_misfit(&probe, real(1e300));
    assert_misfit(&probe, real(5e-324));
    assert_misfit(&probe, real((double)INFINITY));
    assert_misfit(&probe, real((double)-INFINITY));
    assert_number(&probe, text("12.3400"), "1234e-2");
    assert_number(&probe, text("99999999.990"), "9999999999e-2");
    assert_number(&probe, text("nan"), "NaN");
    assert_number(&probe, text("0.00000"), "0");
    assert_number(&probe, text("1e7"), "1e7");
    assert_misfit(&probe, text("1e8"));
    assert_misfit(&probe, text("12.345"));
    assert_misfit(&probe, text("100000000"));
    assert_number(&probe, integer(99999999), "99999999e0");
    assert_number(&probe, integer(-5), "-5e0");
    assert_misfit(&probe, integer(100000000));
    assert_misfit(&probe, blob(BYTES("1")));
    probe_end(&probe);
}

/* More digits than a double holds: the fast way must not be taken. */
static void wide_and_odd_scales(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, numeric(20, 2), UNIT_NONE);
    assert_number(&probe, real(9007199254740993.0), "9007199254740992e0");
    assert_misfit(&probe, real(12345678901234.568));
    assert_number(&probe, real(1234567890123.5701), "123456789012357e-2");
    assert_number(&probe, real(12345678901234.5), "123456789012345e-1");
    assert_number(&probe, real(1e17), "1e17");
    assert_misfit(&probe, real(1e18));
    assert_number(&probe, text("123456789012345678.91"), "long 12345678901234567891e-2");
    probe_end(&probe);
    probe_begin(&probe, numeric(30, 25), UNIT_NONE);
    assert_number(&probe, real(0.1), "1e-1");
    assert_number(&probe, real(1e-20), "1e-20");
    probe_end(&probe);
    probe_begin(&probe, numeric(3, 5), UNIT_NONE);
    assert_number(&probe, real(0.00999), "999e-5");
    assert_number(&probe, integer(0), "0");
    assert_misfit(&probe, real(0.01));
    assert_misfit(&probe, integer(1));
    probe_end(&probe);
    probe_begin(&probe, numeric(3, -2), UNIT_NONE);
    assert_number(&probe, integer(99900), "999e2");
    assert_misfit(&probe, integer(100000));
    assert_misfit(&probe, integer(99910));
    probe_end(&probe);
    probe_begin(&probe, numeric(5, 0), UNIT_NONE);
    assert_number(&probe, real(99999.0), "99999e0");
    assert_misfit(&probe, real(99999.5));
    probe_end(&probe);
}

/* The short way against the text, for numbers that are near decimals and are not. */
static void the_short_way_agrees_with_the_text(void **state)
{
    struct probe plain;
    struct probe scaled;
    uint64_t random = 88172645463325252u;

    (void)state;
    probe_begin(&plain, pg_type_of(PG_NUMERIC), UNIT_NONE);
    probe_begin(&scaled, numeric(15, 4), UNIT_NONE);
    for (int i = 0; i < 20000; i++) {
        char shortest[40];
        double number;
        struct str form;
        char wanted[256];
        char got[256];
        int digits = 15;

        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        number = (double)(random % 2000000000) / (i % 2 == 0 ? 10000.0 : 1000000.0);
        if (i % 5 == 0)
            number = nextafter(number, i % 10 == 0 ? 0.0 : 1e9);
        do
            (void)snprintf(shortest, sizeof(shortest), "%.*g", digits, number);
        while (strtod(shortest, NULL) != number && digits++ < 17);
        assert_true(probe_source(&plain, text(shortest), &form));
        readable(form, wanted, sizeof(wanted));
        assert_true(probe_source(&plain, real(number), &form));
        assert_string_equal(readable(form, got, sizeof(got)), wanted);
        (void)snprintf(shortest, sizeof(shortest), "%.15g", number);
        if (!probe_source(&scaled, text(shortest), &form)) {
            assert_misfit(&scaled, real(number));
            continue;
        }
        readable(form, wanted, sizeof(wanted));
        assert_true(probe_source(&scaled, real(number), &form));
        assert_string_equal(readable(form, got, sizeof(got)), wanted);
    }
    probe_end(&plain);
    probe_end(&scaled);
}

/* A double as numeric(p,s) by the letter of docs/values.md: NULL when it is a misfit. */
static const char *by_the_letter(double number, int precision, int scale, char *out, size_t size)
{
    struct probe probe;
    struct str form;
    char written[64];
    int digits = 15;
    double magnitude;

    do
        (void)snprintf(written, sizeof(written), "%.*g", digits, number);
    while (strtod(written, NULL) != number && digits++ < 17);
    probe_begin(&probe, numeric(precision, scale), UNIT_NONE);
    if (!probe_source(&probe, text(written), &form)) {
        (void)snprintf(written, sizeof(written), "%.14e", number);
        magnitude = strtod(strchr(written, 'e') + 1, NULL);
        if (14 - magnitude < scale || !probe_source(&probe, text(written), &form)) {
            probe_end(&probe);
            return NULL;
        }
    }
    readable(form, out, size);
    probe_end(&probe);
    return out;
}

/* Noise of a few last bits, and of more, around round numbers and around powers of ten. */
static void noise_is_dropped_by_the_letter(void **state)
{
    static const struct {
        int precision;
        int scale;
    } types[] = {{10, 2}, {15, 2}, {18, 4}, {12, 0}};
    static const double bases[] = {0.01,
                                   0.1,
                                   0.3,
                                   1.0,
                                   9.99,
                                   10.0,
                                   19.99,
                                   99.99,
                                   100.0,
                                   999.99,
                                   1000.0,
                                   12345.67,
                                   99999.99,
                                   1e7,
                                   1e9,
                                   1e10,
                                   1e12,
                                   1e13 - 1,
                                   1e13,
                                   12345678901.23,
                                   1e14,
                                   1e15,
                                   0.005,
                                   2.675,
                                   0.0001,
                                   0.00005,
                                   99999999.99,
                                   9999999999999.99,
                                   4503599627370496.0,
                                   3.0};
    size_t kept = 0;
    size_t refused = 0;

    (void)state;
    for (size_t type = 0; type < ARRAY_LENGTH(types); type++) {
        struct probe probe;

        probe_begin(&probe, numeric(types[type].precision, types[type].scale), UNIT_NONE);
        for (size_t base = 0; base < ARRAY_LENGTH(bases); base++) {
            for (int64_t noise = -60; noise <= 60; noise++) {
                double number = bases[base];
                int64_t bits;
                char wanted[256];
                char got[256];
                struct str form;

                memcpy(&bits, &number, sizeof(bits));
                bits += noise;
                memcpy(&number, &bits, sizeof(bits));
                if (noise % 2 != 0)
                    number = -number;
                if (by_the_letter(number, types[type].precision, types[type].scale, wanted, sizeof(wanted)) ==
                    NULL) {
                    assert_misfit(&probe, real(number));
                    refused++;
                    continue;
                }
                assert_true(probe_source(&probe, real(number), &form));
                assert_string_equal(readable(form, got, sizeof(got)), wanted);
                kept++;
            }
        }
        probe_end(&probe);
    }
    assert_true(kept > 1000);
    assert_true(refused > 1000);
}

static void binary_forms_of_any_weight(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_NUMERIC), UNIT_NONE);
    assert_sent(&probe, BYTES("\0\0\0\0\0\0\0\0"), "0");
    assert_sent(&probe, BYTES("\0\0\0\0\0\0\0\2"), "0");
    assert_sent(&probe, BYTES("\0\1\0\0\0\0\0\0\0\1"), "1e0");
    assert_sent(&probe, BYTES("\0\1\0\0\x40\0\0\2\x03\xe8"), "-1e3");
    assert_sent(&probe, BYTES("\0\2\0\0\0\0\0\2\0\x0c\x0d\x48"), "1234e-2"); /* 12.34 */
    assert_sent(&probe, BYTES("\0\1\xff\xff\0\0\0\4\0\1"), "1e-4");
    assert_sent(&probe, BYTES("\0\1\xff\xfe\0\0\0\x08\x03\xe8"), "1e-5");
    assert_sent(&probe, BYTES("\0\1\x7f\xff\0\0\0\0\x03\xe8"), "1e131071");
    assert_sent(&probe, BYTES("\0\1\xf0\x00\0\0\x3f\xff\0\x0a"), "1e-16383");
    /* Zeros at either end, which the server does not send. */
    assert_sent(&probe, BYTES("\0\3\0\1\0\0\0\0\0\0\0\5\0\0"), "5e0");
    assert_sent(&probe, BYTES("\0\2\0\1\x40\0\0\0\0\0\0\0"), "0");
    /* 20 digits in 5 groups, of which the last four are zeros: a short number all the same. */
    assert_sent(&probe, BYTES("\0\5\0\4\0\0\0\0\0\1\0\0\0\0\0\0\0\0"), "1e16");
    assert_sent(&probe, BYTES("\0\5\0\4\x40\0\0\0\0\1\0\0\0\0\0\0\0\1"), "-10000000000000001e0");
    assert_sent(&probe, BYTES("\0\5\0\4\0\0\0\0\x04\xd2\x16\x2e\x23\x34\x0d\x80\x1e\xc3"),
                "long 12345678901234567875e0");
    assert_sent(&probe, BYTES("\0\5\0\1\0\0\0\x0c\x04\xd2\x16\x2e\x23\x34\x0d\x80\x1e\xc3"),
                "long 12345678901234567875e-12");
    assert_sent(&probe, BYTES("\0\0\0\0\xc0\0\0\0"), "NaN");
    assert_sent(&probe, BYTES("\0\0\0\0\xd0\0\0\0"), "Infinity");
    assert_sent(&probe, BYTES("\0\0\0\0\xf0\0\0\0"), "-Infinity");
    assert_no_target(&probe, BYTES("\0\0\0\0\x50\0\0\0"));
    assert_no_target(&probe, BYTES("\0\1\0\0\0\0\0\0"));
    assert_no_target(&probe, BYTES("\0\1\0\0\0\0\0\0\0\1\0\1"));
    assert_no_target(&probe, BYTES("\0\1\0\0\0\0\0\0\x27\x10"));
    assert_no_target(&probe, BYTES("\0\1\0\0\0\0\0"));
    assert_no_target(&probe, BYTES(""));
    probe_end(&probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_normalised),
        cmocka_unit_test(integers_and_reals),
        cmocka_unit_test(a_scale_takes_the_shortest_text_or_that_of_15_digits),
        cmocka_unit_test(wide_and_odd_scales),
        cmocka_unit_test(the_short_way_agrees_with_the_text),
        cmocka_unit_test(noise_is_dropped_by_the_letter),
        cmocka_unit_test(binary_forms_of_any_weight),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
