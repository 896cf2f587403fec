#include "tests/unit.h"

#include <math.h>

#include "tests/unit/verify/forms.h"

static void booleans(void **state)
{
    static const char *const truths[] = {"t", "TRUE", "y", "Yes", "on", "1", "T", "oN"};
    static const char *const lies[] = {"f", "False", "N", "no", "OFF", "0"};
    static const char *const neither[] = {"", " t", "t ", "tr", "yess", "2", "01", "null", "o"};
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_BOOL), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(truths); i++)
        assert_form(&probe, text(truths[i]), BYTES("\1"));
    for (size_t i = 0; i < ARRAY_LENGTH(lies); i++)
        assert_form(&probe, text(lies[i]), BYTES("\0"));
    for (size_t i = 0; i < ARRAY_LENGTH(neither); i++)
        assert_misfit(&probe, text(neither[i]));
    assert_form(&probe, integer(1), BYTES("\1"));
    assert_form(&probe, integer(0), BYTES("\0"));
    assert_form(&probe, real(1.0), BYTES("\1"));
    assert_form(&probe, real(-0.0), BYTES("\0"));
    assert_misfit(&probe, integer(2));
    assert_misfit(&probe, integer(-1));
    assert_misfit(&probe, real(0.5));
    assert_misfit(&probe, real((double)NAN));
    assert_misfit(&probe, blob(BYTES("\1")));
    assert_target_form(&probe, BYTES("\1"), BYTES("\1"));
    assert_target_form(&probe, BYTES("\0"), BYTES("\0"));
    assert_no_target(&probe, BYTES("\0\1"));
    probe_end(&probe);
}

static void integers_reach_to_the_edges_of_their_type(void **state)
{
    static const struct {
        enum pg_kind kind;
        int64_t lowest;
        int64_t highest;
    } cases[] = {
        {PG_INT2, INT16_MIN, INT16_MAX},
        {PG_INT4, INT32_MIN, INT32_MAX},
        {PG_INT8, INT64_MIN, INT64_MAX},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct probe probe;

        probe_begin(&probe, pg_type_of(cases[i].kind), UNIT_NONE);
        assert_int64_form(&probe, integer(cases[i].lowest), cases[i].lowest);
        assert_int64_form(&probe, integer(cases[i].highest), cases[i].highest);
        assert_int64_form(&probe, integer(-1), -1);
        if (cases[i].kind != PG_INT8) {
            assert_misfit(&probe, integer(cases[i].lowest - 1));
            assert_misfit(&probe, integer(cases[i].highest + 1));
            assert_misfit(&probe, real((double)cases[i].highest + 1));
            assert_int64_form(&probe, real((double)cases[i].highest), cases[i].highest);
        }
        assert_int64_form(&probe, real((double)cases[i].lowest), cases[i].lowest);
        probe_end(&probe);
    }
}

static void integers_of_reals_and_texts(void **state)
{
    static const char *const misfits[] = {"",     "-",   "+",   "1.0",   " 1",       "1 ",
                                          "0x10", "1e3", "--1", "1_000", "\xd9\xa1", "9223372036854775808"};
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_INT8), UNIT_NONE);
    assert_int64_form(&probe, text("+7"), 7);
    assert_int64_form(&probe, text("-0"), 0);
    assert_int64_form(&probe, text("0000000000000000000000000012"), 12);
    assert_int64_form(&probe, text("-9223372036854775808"), INT64_MIN);
    assert_int64_form(&probe, real(-0.0), 0);
    assert_int64_form(&probe, real(-9223372036854775808.0), INT64_MIN);
    assert_int64_form(&probe, real(9223372036854774784.0), INT64_C(9223372036854774784));
    assert_misfit(&probe, real(9223372036854775808.0));
    assert_misfit(&probe, real(1.5));
    assert_misfit(&probe, real((double)INFINITY));
    assert_misfit(&probe, real((double)NAN));
    assert_int64_form(&probe, blob(BYTES("-17")), -17);
    assert_misfit(&probe, blob(BYTES("\1")));
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++)
        assert_misfit(&probe, text(misfits[i]));
    probe_end(&probe);
}

static void integers_of_the_target(void **state)
{
    static const char minus_two[] = "\xfe\xff\xff\xff\xff\xff\xff\xff";
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_INT2), UNIT_NONE);
    assert_target_form(&probe, BYTES("\xff\xfe"), BYTES(minus_two));
    assert_no_target(&probe, BYTES("\xff\xff\xff\xfe"));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_INT4), UNIT_NONE);
    assert_target_form(&probe, BYTES("\xff\xff\xff\xfe"), BYTES(minus_two));
    assert_target_form(&probe, BYTES("\1\2\3\4"), BYTES("\4\3\2\1\0\0\0\0"));
    assert_no_target(&probe, BYTES("\xff\xfe"));
    probe_end(&probe);
    probe_begin(&probe, pg_type_of(PG_INT8), UNIT_NONE);
    assert_target_form(&probe, BYTES("\xff\xff\xff\xff\xff\xff\xff\xfe"), BYTES(minus_two));
    assert_no_target(&probe, BYTES(""));
    probe_end(&probe);
}

static void doubles_keep_their_bits(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_FLOAT8), UNIT_NONE);
    assert_form(&probe, real(1.5), BYTES("\0\0\0\0\0\0\xf8\x3f"));
    assert_form(&probe, real(-0.0), BYTES("\0\0\0\0\0\0\0\x80"));
    assert_form(&probe, real(0.0), BYTES("\0\0\0\0\0\0\0\0"));
    assert_form(&probe, integer(0), BYTES("\0\0\0\0\0\0\0\0"));
    assert_form(&probe, real((double)-INFINITY), BYTES("\0\0\0\0\0\0\xf0\xff"));
    assert_form(&probe, real((double)-NAN), BYTES("\0\0\0\0\0\0\xf8\x7f"));
    assert_form(&probe, integer(INT64_MIN), BYTES("\0\0\0\0\0\0\xe0\xc3"));
    assert_form(&probe, integer(INT64_C(9007199254740992)), BYTES("\0\0\0\0\0\0\x40\x43"));
    assert_misfit(&probe, integer(INT64_C(9007199254740993)));
    assert_misfit(&probe, integer(INT64_MAX));
    assert_misfit(&probe, text("1.5"));
    assert_misfit(&probe, blob(BYTES("1.5")));
    assert_target_form(&probe, BYTES("\x3f\xf8\0\0\0\0\0\0"), BYTES("\0\0\0\0\0\0\xf8\x3f"));
    assert_target_form(&probe, BYTES("\xff\xf8\0\0\0\0\0\7"), BYTES("\0\0\0\0\0\0\xf8\x7f"));
    assert_no_target(&probe, BYTES("\x3f\xc0\0\0"));
    probe_end(&probe);
}

static void floats_are_exact_or_misfits(void **state)
{
    struct probe probe;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_FLOAT4), UNIT_NONE);
    assert_form(&probe, real(1.5), BYTES("\0\0\xc0\x3f"));
    assert_form(&probe, real(-0.0), BYTES("\0\0\0\x80"));
    assert_form(&probe, real((double)INFINITY), BYTES("\0\0\x80\x7f"));
    assert_form(&probe, real((double)0.1f), BYTES("\xcd\xcc\xcc\x3d"));
    assert_form(&probe, integer(16777216), BYTES("\0\0\x80\x4b"));
    assert_form(&probe, integer(INT64_MIN), BYTES("\0\0\0\xdf"));
    assert_form(&probe, real(0.1), BYTES("\xcd\xcc\xcc\x3d"));
    assert_misfit(&probe, real(0.1234567));
    assert_misfit(&probe, real(1.5e-45));
    assert_misfit(&probe, real(1e-60));
    assert_misfit(&probe, real(1e39));
    assert_misfit(&probe, real(-1e308));
    assert_misfit(&probe, real(1e-60));
    assert_misfit(&probe, integer(16777217));
    assert_misfit(&probe, integer(INT64_MAX));
    assert_misfit(&probe, text("1"));
    assert_target_form(&probe, BYTES("\x3f\xc0\0\0"), BYTES("\0\0\xc0\x3f"));
    assert_target_form(&probe, BYTES("\xff\xc0\0\1"), BYTES("\0\0\xc0\x7f"));
    assert_no_target(&probe, BYTES("\x3f\xf8\0\0\0\0\0\0"));
    probe_end(&probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(booleans),
        cmocka_unit_test(integers_reach_to_the_edges_of_their_type),
        cmocka_unit_test(integers_of_reals_and_texts),
        cmocka_unit_test(integers_of_the_target),
        cmocka_unit_test(doubles_keep_their_bits),
        cmocka_unit_test(floats_are_exact_or_misfits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
