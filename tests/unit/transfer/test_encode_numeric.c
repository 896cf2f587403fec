#include "encoding.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void integers(void **state)
{
    struct plan_column plan = column_of(PG_NUMERIC);

    (void)state;
    assert_hex(plan, INT(0), "0000000000000000");
    assert_hex(plan, INT(1), "00010000000000000001");
    assert_hex(plan, INT(-1), "00010000400000000001");
    /* Groups of zeros at the end are not sent. */
    assert_hex(plan, INT(10000), "00010001000000000001");
    assert_hex(plan, INT(120000000), "0002000200000000 0001 07d0");
}

static void forms(void **state)
{
    struct plan_column plan = column_of(PG_NUMERIC);

    (void)state;
    assert_hex(plan, INT(123456789), "0003000200000000 0001 0929 1a85");
    assert_hex(plan, REAL(0.5), "0001ffff00000001 1388");
    assert_hex(plan, REAL(12.5), "0002000000000001 000c 1388");
    assert_hex(plan, TEXT("0.00001"), "0001fffe00000005 03e8");
    assert_hex(plan, TEXT("nAn"), "00000000c0000000");
    assert_hex(plan, REAL(INFINITY), "00000000d0000000");
    assert_hex(plan, REAL(-INFINITY), "00000000f0000000");
}

static void plain_numbers(void **state)
{
    struct plan_column plan = column_of(PG_NUMERIC);

    (void)state;
    assert_numeric(plan, INT(INT64_MAX), "9223372036854775807");
    assert_numeric(plan, INT(INT64_MIN), "-9223372036854775808");
    assert_numeric(plan, INT(1000000000000000000), "1000000000000000000");
    assert_numeric(plan, REAL(5.0), "5");
    assert_numeric(plan, REAL(-0.0), "0");
    assert_numeric(plan, REAL(0.1 + 0.2), "0.30000000000000004");
    assert_numeric(plan, REAL(-1e-22), "-0.0000000000000000000001");
    assert_numeric(plan, REAL(1e28), "10000000000000000000000000000");
    assert_numeric(plan, REAL(1234567890123456768.0), "1234567890123456800");
    assert_numeric(plan, REAL(9007199254740993.0), "9007199254740992");
    assert_numeric(plan, REAL(12345678901234.568), "12345678901234.568");
    assert_numeric(plan, TEXT("0"), "0");
    assert_numeric(plan, TEXT("-0"), "0");
    assert_numeric(plan, TEXT("0.00"), "0.00");
    assert_numeric(plan, TEXT("+1.50"), "1.50");
    assert_numeric(plan, TEXT("-.5"), "-0.5");
    assert_numeric(plan, TEXT("00012.3e2"), "1230");
    assert_numeric(plan, TEXT("1e-5"), "0.00001");
    assert_numeric(plan, TEXT("99999999999999999999.99999999999999999999"),
                   "99999999999999999999.99999999999999999999");
    assert_numeric(plan, TEXT("10000000000000000.00000000000000001"), "10000000000000000.00000000000000001");
}

static void extreme_doubles(void **state)
{
    struct plan_column plan = column_of(PG_NUMERIC);
    char text[400] = "17976931348623157";

    (void)state;
    memset(text + 17, '0', 292);
    text[309] = '\0';
    assert_numeric(plan, REAL(DBL_MAX), text);
    memset(text, '0', sizeof(text));
    text[1] = '.';
    memcpy(text + 2 + 323, "494065645841247", 15);
    text[2 + 323 + 15] = '\0';
    assert_numeric(plan, REAL(5e-324), text);
    memset(text, '0', sizeof(text));
    text[0] = '1';
    text[301] = '\0';
    assert_numeric(plan, REAL(1e300), text);
}

static void no_numbers(void **state)
{
    static const char *const texts[] = {"",  " ", "1 ",       " 1",  "5.", "1e", "1,5", "Infinity",
                                        "x", "-", "Infinity", "inf", "+",  ".",  "$1",  "-NaN"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        assert_misfit(column_of(PG_NUMERIC), text_value(texts[i]), "no number");
        assert_misfit(column_numeric(10, 2), text_value(texts[i]), "no number");
    }
    assert_misfit(column_of(PG_NUMERIC), TEXT("1\0"), "no number");
    assert_misfit(column_of(PG_NUMERIC), BLOB("1"), "no number");
    assert_misfit(column_numeric(10, 2), BLOB("1"), "no number");
}

/* A text of one digit and so many zeros, with the point behind the first `point` of them. */
static char *long_number(size_t digits, size_t point)
{
    char *text = malloc(digits + 2);

    assert_non_null(text);
    memset(text, '0', digits + 1);
    if (point < digits)
        text[point] = '.';
    text[point < digits ? digits + 1 : digits] = '\0';
    return text;
}

static void range_of_numeric(void **state)
{
    struct plan_column plan = column_of(PG_NUMERIC);
    char *text = long_number(131073, 131073);

    (void)state;
    text[1] = '1';
    assert_numeric(plan, text_value(text), text + 1);
    text[0] = '1';
    assert_misfit(plan, text_value(text), "more than 131072 digits before the point");
    free(text);
    text = long_number(1 + 16383, 1);
    text[16384] = '7';
    assert_numeric(plan, text_value(text), text);
    free(text);
    text = long_number(1 + 16384, 1);
    text[16385] = '7';
    assert_misfit(plan, text_value(text), "more than 16383 decimals");
    /* Zeros beyond the range are no digits of the number. */
    text[16385] = '0';
    assert_numeric(plan, text_value(text), "0");
    text[0] = '4';
    assert_numeric(plan, text_value(text), "4");
    free(text);
    assert_misfit(plan, TEXT("1e131072"), "more than 131072 digits before the point");
    assert_misfit(plan, TEXT("1e999999999999999999999"), "more than 131072 digits before the point");
    assert_misfit(plan, TEXT("1e-16384"), "more than 16383 decimals");
    assert_misfit(plan, TEXT("-1e-999999999999999999999"), "more than 16383 decimals");
    assert_numeric(plan, TEXT("0e999999999999999999999"), "0");
}

static void fixed_integers(void **state)
{
    static const char reason[] = "more than 8 digits before the point";
    struct plan_column plan = column_numeric(10, 2);

    (void)state;
    assert_numeric(plan, INT(0), "0.00");
    assert_numeric(plan, INT(12), "12.00");
    assert_numeric(plan, INT(99999999), "99999999.00");
    assert_numeric(plan, INT(-99999999), "-99999999.00");
    assert_misfit(plan, INT(100000000), reason);
    assert_misfit(plan, INT(-100000000), reason);
    assert_misfit(plan, INT(INT64_MIN), reason);
    assert_numeric(column_numeric(38, 10), INT(1234567890123456768), "1234567890123456768.0000000000");
    assert_numeric(column_numeric(20, 1), INT(INT64_MIN), "-9223372036854775808.0");
    assert_numeric(column_numeric(19, 0), INT(INT64_MAX), "9223372036854775807");
    assert_misfit(column_numeric(18, 0), INT(1000000000000000000), "more than 18 digits before the point");
    assert_numeric(column_numeric(18, 0), INT(999999999999999999), "999999999999999999");
    assert_numeric(column_numeric(2, 2), INT(0), "0.00");
    assert_misfit(column_numeric(2, 2), INT(1), "more than 0 digits before the point");
}

static void fixed_reals(void **state)
{
    static const char too_fine[] = "more than 2 decimals";
    static const char too_large[] = "more than 8 digits before the point";
    struct plan_column plan = column_numeric(10, 2);

    (void)state;
    assert_numeric(plan, REAL(0.0), "0.00");
    assert_numeric(plan, REAL(-0.0), "0.00");
    assert_numeric(plan, REAL(19.99), "19.99");
    assert_numeric(plan, REAL(-0.01), "-0.01");
    assert_numeric(plan, REAL(99999999.99), "99999999.99");
    assert_numeric(plan, REAL(5.0), "5.00");
    assert_numeric(plan, REAL(0.30000000000000004), "0.30");
    assert_numeric(plan, REAL(-4.3500000000000005), "-4.35");
    assert_numeric(plan, REAL(9.9999999999999996), "10.00");
    assert_misfit(plan, REAL(12.345), too_fine);
    assert_misfit(plan, REAL(0.001), too_fine);
    assert_misfit(plan, REAL(2.7755575615628914e-17), too_fine);
    assert_misfit(plan, REAL(5e-324), too_fine);
    assert_misfit(plan, REAL(100000000.0), too_large);
    assert_misfit(plan, REAL(-99999999.999999999), too_large);
    assert_misfit(plan, REAL(1e300), too_large);
    assert_misfit(plan, REAL(INFINITY), "infinity");
    assert_misfit(plan, REAL(-INFINITY), "infinity");
}

static void fixed_reals_of_many_digits(void **state)
{
    (void)state;
    assert_numeric(column_numeric(38, 10), REAL(1234567890123456768.0), "1234567890123456800.0000000000");
    assert_numeric(column_numeric(38, 10), REAL(12345678901234.568), "12345678901234.5680000000");
    assert_numeric(column_numeric(38, 10), REAL(0.1 + 0.2), "0.3000000000");
    assert_numeric(column_numeric(38, 17), REAL(0.1 + 0.2), "0.30000000000000004");
    assert_numeric(column_numeric(38, 20), REAL(0.1 + 0.2), "0.30000000000000004000");
    /* 15 digits end at the first decimal here: what is behind is no noise. */
    assert_misfit(column_numeric(20, 2), REAL(12345678901234.568), "more than 2 decimals");
    assert_numeric(column_numeric(20, 2), REAL(12345678901234.57), "12345678901234.57");
    assert_numeric(column_numeric(20, 2), REAL(1234567890123.4501), "1234567890123.45");
    assert_numeric(column_numeric(16, 1), REAL(123456789012345.6), "123456789012345.6");
    assert_misfit(column_numeric(16, 2), REAL(123456789012345.6), "more than 14 digits before the point");
    assert_numeric(column_numeric(300, 0), REAL(1e28), "10000000000000000000000000000");
    assert_misfit(column_numeric(28, 0), REAL(1e28), "more than 28 digits before the point");
}

/* The text of 15 digits with two decimals, or NULL when it has more; for 0.01 to 10^13. */
static const char *in_cents(double value, char text[64])
{
    static const char *const paddings[] = {".00", "0", ""};
    size_t length = (size_t)snprintf(text, 60, "%.15g", value);
    const char *point = strchr(text, '.');
    size_t decimals = point == NULL ? 0 : length - (size_t)(point - text) - 1;

    if (decimals > 2)
        return NULL;
    memcpy(text + length, paddings[decimals], strlen(paddings[decimals]) + 1);
    return text;
}

static void noise_is_what_15_digits_hide(void **state)
{
    struct plan_column plan = column_numeric(15, 2);
    uint64_t seed = 88172645463325252u;
    int fits = 0;
    int misfits = 0;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        double value;
        char text[64];

        seed = seed * 6364136223846793005u + 1442695040888963407u;
        value = (double)(1 + (seed >> (14 + i % 50))) / 100;
        if (i % 3 == 0)
            value = pow(10, i % 12 - 2);
        if (value > 9999999999999.0)
            continue;
        for (int steps = (int)(seed >> 33) % 12; steps > 0; steps--)
            value = nextafter(value, i % 2 == 0 ? 0 : INFINITY);
        if (in_cents(value, text) != NULL) {
            assert_numeric(plan, REAL(value), text);
            fits++;
        } else {
            assert_misfit(plan, REAL(value), "more than 2 decimals");
            misfits++;
        }
    }
    assert_true(fits > 500 && misfits > 500);
}

static void noise_is_measured_where_it_is_coarsest(void **state)
{
    /* Just above 2^43 with a 9 in front: half a unit of the 15th digit is little more than two neighbours. */
    const double step = 0x1p-9;
    struct plan_column plan = column_numeric(20, 1);

    (void)state;
    assert_numeric(plan, REAL(9e12 + step), "9000000000000.0");
    assert_numeric(plan, REAL(9e12 - 2 * step), "9000000000000.0");
    assert_numeric(plan, REAL(9e12 + 2 * step), "9000000000000.0");
    assert_misfit(plan, REAL(9e12 + 3 * step), "more than 1 decimal");
    assert_misfit(plan, REAL(9e12 - 3 * step), "more than 1 decimal");
}

static void odd_scales(void **state)
{
    struct plan_column hundreds = column_numeric(3, -2);
    struct plan_column tiny = column_numeric(2, 5);

    (void)state;
    assert_numeric(hundreds, INT(12300), "12300");
    assert_numeric(hundreds, INT(-99900), "-99900");
    assert_numeric(hundreds, REAL(500.0), "500");
    assert_numeric(hundreds, INT(0), "0");
    assert_misfit(hundreds, INT(12350), "the last 2 digits before the point no zeros");
    assert_misfit(hundreds, TEXT("1e5"), "more than 5 digits before the point");
    assert_numeric(tiny, REAL(0.00099), "0.00099");
    assert_numeric(tiny, REAL(0.00001), "0.00001");
    assert_misfit(tiny, REAL(0.001), "more than 0 digits before the point");
    assert_misfit(tiny, INT(1), "more than 0 digits before the point");
    assert_numeric(tiny, INT(0), "0.00000");
    assert_misfit(tiny, TEXT("0.000001"), "more than 5 decimals");
}

static void fixed_texts(void **state)
{
    struct plan_column plan = column_numeric(10, 2);

    (void)state;
    assert_numeric(plan, TEXT("0"), "0.00");
    assert_numeric(plan, TEXT("12.5"), "12.50");
    assert_numeric(plan, TEXT("12.34000000000000000000000000"), "12.34");
    assert_numeric(plan, TEXT("000000000000000000001"), "1.00");
    assert_numeric(plan, TEXT("1234e-2"), "12.34");
    assert_numeric(plan, TEXT("0e-99999"), "0.00");
    assert_hex(plan, TEXT("NaN"), "00000000c0000000");
    assert_misfit(plan, TEXT("12.345"), "more than 2 decimals");
    assert_misfit(plan, TEXT("0.30000000000000004"), "more than 2 decimals");
    assert_misfit(plan, TEXT("100000000"), "more than 8 digits before the point");
    assert_misfit(plan, TEXT("1e400"), "more than 8 digits before the point");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(forms),
        cmocka_unit_test(plain_numbers),
        cmocka_unit_test(extreme_doubles),
        cmocka_unit_test(no_numbers),
        cmocka_unit_test(range_of_numeric),
        cmocka_unit_test(fixed_integers),
        cmocka_unit_test(fixed_reals),
        cmocka_unit_test(fixed_reals_of_many_digits),
        cmocka_unit_test(noise_is_what_15_digits_hide),
        cmocka_unit_test(noise_is_measured_where_it_is_coarsest),
        cmocka_unit_test(odd_scales),
        cmocka_unit_test(fixed_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
