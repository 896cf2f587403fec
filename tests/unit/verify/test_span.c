#include "tests/unit.h"

#include "tests/unit/verify/forms.h"

static void intervals_in_iso_8601(void **state)
{
    static const struct {
        const char *text;
        const char form[17];
    } cases[] = {
        {"PT0S", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"},
        {"P3DT4H5.000006S", "\0\0\0\x03\x5a\x9a\xdb\x46\0\0\0\x03\0\0\0\0"},
        {"-P1DT1S", "\xff\xff\xff\xff\xff\xf0\xbd\xc0\xff\xff\xff\xff\0\0\0\0"},
        {"P-1DT-1S", "\xff\xff\xff\xff\xff\xf0\xbd\xc0\xff\xff\xff\xff\0\0\0\0"},
        {"-P-1DT+1S", "\xff\xff\xff\xff\xff\xf0\xbd\xc0\0\0\0\x01\0\0\0\0"},
        {"+P2W", "\0\0\0\0\0\0\0\0\0\0\0\x0e\0\0\0\0"},
        {"P1Y2M3W4DT5H6M7.8S", "\0\0\0\x04\x46\xce\x62\xc0\0\0\0\x19\0\0\0\x0e"},
        {"PT24H", "\0\0\0\x14\x1d\xd7\x60\0\0\0\0\0\0\0\0\0"},
        {"PT1.5000000S", "\0\0\0\0\0\x16\xe3\x60\0\0\0\0\0\0\0\0"},
        {"PT1M", "\0\0\0\0\x03\x93\x87\0\0\0\0\0\0\0\0\0"},
        {"P0000000000000000000000000001M", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"},
        {"PT-9223372036854.775808S", "\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"},
        {"P-2147483648D", "\0\0\0\0\0\0\0\0\x80\0\0\0\0\0\0\0"},
        {"P178000000Y", "\0\0\0\0\0\0\0\0\0\0\0\0\x7f\x50\xc6\0"},
    };
    static const char *const misfits[] = {
        "P",
        "PT",
        "-P",
        "P1",
        "P1DT",
        "1D",
        "P1S",
        "PT1D",
        "P1D1Y",
        "P1D1D",
        "PT1S1M",
        "P1.5D",
        "PT1.5H",
        "PT.5S",
        "PT1.S",
        "PTT1S",
        " P1D",
        "P1D ",
        "p1d",
        "--P1D",
        "P--1D",
        "P1,5D",
        "P D",
        "-",
        "",
        "PT1S.",
        "P1DT1HT1S",
        "PT0.0000001S",
        "P2147483648D",
        "P-2147483649D",
        "P178000000Y1M",
        "PT9223372036854.775808S",
        "PT9223372036855S",
        "P99999999999999999999999999999999999999Y",
        "PT2562047789H-60M",
        "P400000000W",
    };
    struct probe probe;
    struct str form;

    (void)state;
    probe_begin(&probe, pg_type_of(PG_INTERVAL), UNIT_NONE);
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        assert_true(probe_source(&probe, text(cases[i].text), &form));
        assert_int_equal(form.len, 16);
        assert_memory_equal(form.ptr, cases[i].form, 16);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(misfits); i++)
        assert_misfit(&probe, text(misfits[i]));
    probe_end(&probe);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_in_iso_8601),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
