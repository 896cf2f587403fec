#include "encoding.h"

static void assert_span(const char *text, const char *hex)
{
    assert_hex(column_of(PG_INTERVAL), text_value(text), hex);
}

/* Microseconds, days, months. */
static void intervals_in_iso_8601(void **state)
{
    (void)state;
    assert_span("PT0S", "00000000000000000000000000000000");
    assert_span("P3DT4H5.000006S", "000000035a9adb460000000300000000");
    assert_span("-P1DT1S", "fffffffffff0bdc0ffffffff00000000");
    assert_span("P-1DT-1S", "fffffffffff0bdc0ffffffff00000000");
    assert_span("-P-1DT+1S", "fffffffffff0bdc00000000100000000");
    assert_span("+P1D", "00000000000000000000000100000000");
    assert_span("P2W", "00000000000000000000000e00000000");
    assert_span("P1Y2M", "0000000000000000000000000000000e");
    assert_span("P1Y2M3W4DT5H6M7.8S", "0000000446ce62c0000000190000000e");
    assert_span("PT24H", "000000141dd760000000000000000000");
    assert_span("PT1.5000000S", "000000000016e3600000000000000000");
    assert_span("PT1M", "00000000039387000000000000000000");
    assert_span("P1M", "00000000000000000000000000000001");
    assert_span("P0000000000000000000000000001D", "00000000000000000000000100000000");
    assert_span("PT-9223372036854.775808S", "80000000000000000000000000000000");
    assert_span("P-2147483648D", "00000000000000008000000000000000");
    assert_span("P178000000Y", "0000000000000000000000007f50c600");
}

static void no_intervals_in_iso_8601(void **state)
{
    static const char *const wrong[] = {
        "",      "P",     "PT",     "-P",    "P1",     "P1DT",  "1D",    "P1S",       "PT1D",
        "P1D1Y", "P1D1D", "PT1S1M", "P1.5D", "PT1.5H", "PT.5S", "PT1.S", "P1DT1HT1S", "PTT1S",
        " P1D",  "P1D ",  "p1d",    "--P1D", "P--1D",  "P1,5D", "P D",   "-",         "PT1S.",
    };
    static const char *const huge[] = {
        "P2147483648D",      "P-2147483649D",
        "P178000000Y1M",     "PT9223372036854.775808S",
        "PT9223372036855S",  "P99999999999999999999999999999999999999Y",
        "PT2562047789H-60M", "P400000000W",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++)
        assert_misfit(column_of(PG_INTERVAL), text_value(wrong[i]), "no span of time");
    for (size_t i = 0; i < ARRAY_LENGTH(huge); i++)
        assert_misfit(column_of(PG_INTERVAL), text_value(huge[i]), "out of PostgreSQL's range");
    assert_misfit(column_of(PG_INTERVAL), text_value("PT0.0000001S"),
                  "more than 6 digits of a second's fraction");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_in_iso_8601),
        cmocka_unit_test(no_intervals_in_iso_8601),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
