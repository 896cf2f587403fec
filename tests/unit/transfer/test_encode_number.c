#include "encoding.h"

#include <float.h>
#include <math.h>

static void boolean(void **state)
{
    static const char *const yes[] = {"t", "true", "y", "yes", "on", "1", "T", "TRUE", "Yes", "oN"};
    static const char *const no[] = {"f", "false", "n", "no", "off", "0", "F", "False", "NO", "oFF"};
    static const char *const neither[] = {"", " ", "tr", "truee", " true", "true ", "2", "01", "-1", "null"};
    struct plan_column plan = column_of(PG_BOOL);

    (void)state;
    assert_hex(plan, INT(0), "00");
    assert_hex(plan, INT(1), "01");
    assert_hex(plan, REAL(0.0), "00");
    assert_hex(plan, REAL(-0.0), "00");
    assert_hex(plan, REAL(1.0), "01");
    for (size_t i = 0; i < ARRAY_LENGTH(yes); i++)
        assert_hex(plan, text_value(yes[i]), "01");
    for (size_t i = 0; i < ARRAY_LENGTH(no); i++)
        assert_hex(plan, text_value(no[i]), "00");
    for (size_t i = 0; i < ARRAY_LENGTH(neither); i++)
        assert_misfit(plan, text_value(neither[i]), "no boolean");
    assert_misfit(plan, INT(2), "no boolean");
    assert_misfit(plan, INT(-1), "no boolean");
    assert_misfit(plan, INT(INT64_MIN), "no boolean");
    assert_misfit(plan, REAL(0.5), "no boolean");
    assert_misfit(plan, REAL(INFINITY), "no boolean");
    assert_misfit(plan, TEXT("t\0"), "no boolean");
    assert_misfit(plan, BLOB("1"), "no boolean");
}

static void integers_in_range(void **state)
{
    static const struct {
        enum pg_kind kind;
        int64_t lowest;
        int64_t highest;
        const char *reason;
    } types[] = {
        {PG_INT2, INT16_MIN, INT16_MAX, "out of range for smallint"},
        {PG_INT4, INT32_MIN, INT32_MAX, "out of range for integer"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        struct plan_column plan = column_of(types[i].kind);

        assert_integer(plan, INT(0), 0);
        assert_integer(plan, INT(types[i].lowest), types[i].lowest);
        assert_integer(plan, INT(types[i].highest), types[i].highest);
        assert_integer(plan, REAL((double)types[i].lowest), types[i].lowest);
        assert_integer(plan, REAL((double)types[i].highest), types[i].highest);
        assert_misfit(plan, INT(types[i].lowest - 1), types[i].reason);
        assert_misfit(plan, INT(types[i].highest + 1), types[i].reason);
        assert_misfit(plan, REAL((double)types[i].lowest - 1), types[i].reason);
        assert_misfit(plan, REAL((double)types[i].highest + 1), types[i].reason);
        assert_misfit(plan, INT(INT64_MIN), types[i].reason);
        assert_misfit(plan, INT(INT64_MAX), types[i].reason);
        assert_misfit(plan, REAL(1e300), types[i].reason);
        assert_integer(plan, BLOB("-17"), -17);
        assert_misfit(plan, BLOB("\x01"), "no integer");
    }
    assert_hex(column_of(PG_INT2), INT(-2), "fffe");
    assert_hex(column_of(PG_INT4), INT(0x01020304), "01020304");
    assert_hex(column_of(PG_INT8), INT(0x0102030405060708), "0102030405060708");
}

static void bigint(void **state)
{
    struct plan_column plan = column_of(PG_INT8);

    (void)state;
    assert_integer(plan, INT(INT64_MIN), INT64_MIN);
    assert_integer(plan, INT(INT64_MAX), INT64_MAX);
    assert_integer(plan, REAL(-0.0), 0);
    assert_integer(plan, REAL(-0x1p63), INT64_MIN);
    assert_integer(plan, REAL(0x1.fffffffffffffp62), 9223372036854774784);
    assert_misfit(plan, REAL(0x1p63), "out of range for bigint");
    assert_misfit(plan, REAL(-0x1.0000000000001p63), "out of range for bigint");
    assert_misfit(plan, REAL(DBL_MAX), "out of range for bigint");
    assert_misfit(plan, REAL(0.5), "a number with a fraction");
    assert_misfit(plan, REAL(-1.0000000000000002), "a number with a fraction");
    assert_misfit(plan, REAL(5e-324), "a number with a fraction");
    assert_misfit(plan, REAL(INFINITY), "infinity");
    assert_misfit(plan, REAL(-INFINITY), "infinity");
}

static void integers_in_text(void **state)
{
    static const char *const none[] = {"",    "+",   "-",   " 1",           "1 ", "1.0", "1e3", "--1", "+-1",
                                       "0x1", "1_0", "1,0", "\xef\xbc\x91", "١",  "Inf", "/",   ":"};
    struct plan_column plan = column_of(PG_INT8);

    (void)state;
    assert_integer(plan, TEXT("0"), 0);
    assert_integer(plan, TEXT("-0"), 0);
    assert_integer(plan, TEXT("+7"), 7);
    assert_integer(plan, TEXT("-00000000000000000000000000000000000012"), -12);
    assert_integer(plan, TEXT("9223372036854775807"), INT64_MAX);
    assert_integer(plan, TEXT("+9223372036854775807"), INT64_MAX);
    assert_integer(plan, TEXT("-9223372036854775808"), INT64_MIN);
    assert_misfit(plan, TEXT("9223372036854775808"), "out of range for bigint");
    assert_misfit(plan, TEXT("-9223372036854775809"), "out of range for bigint");
    assert_misfit(plan, TEXT("92233720368547758070"), "out of range for bigint");
    assert_misfit(plan, TEXT("100000000000000000000000000000000000000000"), "out of range for bigint");
    assert_misfit(plan, TEXT("100000000000000000000000000000000000000000x"), "no integer");
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++)
        assert_misfit(plan, text_value(none[i]), "no integer");
    assert_misfit(plan, TEXT("1\0"), "no integer");
    assert_integer(column_of(PG_INT2), TEXT("-32768"), -32768);
    assert_misfit(column_of(PG_INT2), TEXT("32768"), "out of range for smallint");
    assert_integer(column_of(PG_INT4), TEXT("2147483647"), INT32_MAX);
    assert_misfit(column_of(PG_INT4), TEXT("-2147483649"), "out of range for integer");
}

static void double_precision(void **state)
{
    static const char reason[] = "more digits than a double precision number keeps";
    struct plan_column plan = column_of(PG_FLOAT8);

    (void)state;
    assert_hex(plan, REAL(1.0), "3ff0000000000000");
    assert_hex(plan, REAL(-0.0), "8000000000000000");
    assert_hex(plan, REAL(5e-324), "0000000000000001");
    assert_hex(plan, REAL(DBL_MAX), "7fefffffffffffff");
    assert_hex(plan, REAL(INFINITY), "7ff0000000000000");
    assert_hex(plan, REAL(-INFINITY), "fff0000000000000");
    assert_hex(plan, INT(0), "0000000000000000");
    assert_hex(plan, INT(INT64_C(1) << 53), "4340000000000000");
    assert_hex(plan, INT(-(INT64_C(1) << 53) + 1), "c33fffffffffffff");
    assert_hex(plan, INT((INT64_C(1) << 53) + 2), "4340000000000001");
    assert_hex(plan, INT(INT64_MIN), "c3e0000000000000");
    assert_misfit(plan, INT((INT64_C(1) << 53) + 1), reason);
    assert_misfit(plan, INT(-(INT64_C(1) << 53) - 1), reason);
    assert_misfit(plan, INT(INT64_MAX), reason);
    assert_misfit(plan, TEXT("1.5"), "no number");
    assert_misfit(plan, TEXT(""), "no number");
    assert_misfit(plan, BLOB("1"), "no number");
}

static void real(void **state)
{
    static const char reason[] = "more digits than a real number keeps";
    struct plan_column plan = column_of(PG_FLOAT4);

    (void)state;
    assert_hex(plan, REAL(1.5), "3fc00000");
    assert_hex(plan, REAL(-0.0), "80000000");
    assert_hex(plan, REAL(0x1p-149), "00000001");
    assert_hex(plan, REAL((double)FLT_MAX), "7f7fffff");
    assert_hex(plan, REAL((double)0.1f), "3dcccccd");
    assert_hex(plan, REAL(INFINITY), "7f800000");
    assert_hex(plan, REAL(-INFINITY), "ff800000");
    assert_hex(plan, INT(1 << 24), "4b800000");
    assert_hex(plan, INT(INT64_MIN), "df000000");
    assert_misfit(plan, INT((1 << 24) + 1), reason);
    assert_misfit(plan, INT(INT64_MAX), reason);
    assert_misfit(plan, REAL(0.1234567), reason);
    assert_misfit(plan, REAL(16777217), reason);
    assert_misfit(plan, REAL(1.5e-45), reason);
    assert_misfit(plan, REAL(1e-60), reason);
    /* Both are written 0.1, and -123456e30. */
    assert_hex(plan, REAL(0.1), "3dcccccd");
    assert_hex(plan, REAL(-123456e30), "f9be36ce");
    assert_misfit(plan, REAL(0x1p-150), reason);
    assert_misfit(plan, REAL(0x1p128), "out of range for real");
    assert_misfit(plan, REAL(-DBL_MAX), "out of range for real");
    assert_misfit(plan, TEXT("1"), "no number");
    assert_misfit(plan, BLOB(""), "no number");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(boolean),          cmocka_unit_test(integers_in_range), cmocka_unit_test(bigint),
        cmocka_unit_test(integers_in_text), cmocka_unit_test(double_precision),  cmocka_unit_test(real),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
