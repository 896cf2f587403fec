#include "tests/unit.h"

#include "survey/pattern.h"

static void moments_are_told_apart(void **state)
{
    static const struct {
        const char *text;
        struct moment moment;
    } cases[] = {
        {"2024-02-29", {.kind = MOMENT_DATE}},
        {"0001-01-01", {.kind = MOMENT_DATE}},
        {"9999-12-31", {.kind = MOMENT_DATE}},
        {"2024-02-29 12:34", {.kind = MOMENT_DATETIME}},
        {"2024-02-29T12:34:56", {.kind = MOMENT_DATETIME}},
        {"2024-02-29 12:34:56.789000", {.kind = MOMENT_DATETIME, .fraction_digits = 3}},
        {"2024-02-29 12:34:56.123456000", {.kind = MOMENT_DATETIME, .fraction_digits = 6}},
        {"2024-02-29 00:00:00.000", {.kind = MOMENT_DATETIME, .midnight = true}},
        {"2024-02-29 12:34:56Z", {.kind = MOMENT_DATETIME, .zoned = true}},
        {"2024-02-29 12:34:56.789 +00:00", {.kind = MOMENT_DATETIME, .zoned = true, .fraction_digits = 3}},
        {"2024-02-29T12:34:56-0530", {.kind = MOMENT_DATETIME, .zoned = true, .shifted = true}},
        {"2024-02-29T00:00+02", {.kind = MOMENT_DATETIME, .midnight = true, .zoned = true, .shifted = true}},
        {"23:59:59.999999", {.kind = MOMENT_TIME, .fraction_digits = 6}},
        {"00:00", {.kind = MOMENT_TIME, .midnight = true}},
        {"12:00:00+05:30", {.kind = MOMENT_TIME, .zoned = true, .shifted = true}},
        {"12:00 +15:59", {.kind = MOMENT_TIME, .zoned = true, .shifted = true}},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct moment found = pattern_moment(str_from(cases[i].text));

        if (found.kind != cases[i].moment.kind)
            fail_msg("%s is of kind %d", cases[i].text, (int)found.kind);
        assert_int_equal(found.midnight, cases[i].moment.midnight);
        assert_int_equal(found.zoned, cases[i].moment.zoned);
        assert_int_equal(found.shifted, cases[i].moment.shifted);
        assert_int_equal(found.fraction_digits, cases[i].moment.fraction_digits);
    }
}

static void what_is_no_moment(void **state)
{
    static const char *const texts[] = {
        "",
        " 2024-02-29",
        "2024-02-29 ",
        "2023-02-29", /* no leap year */
        "1900-02-29", /* nor that */
        "2024-13-01",
        "2024-00-01",
        "2024-04-31",
        "2024-04-00",
        "0000-00-00",
        "0000-01-01",
        "24-02-29",
        "2024/02/29",
        "20240229",
        "2024-2-9",
        "2024-02-29  12:00", /* two spaces */
        "2024-02-29 24:00",
        "2024-02-29 12:60",
        "2024-02-29 12:00:60", /* no leap seconds */
        "2024-02-29 12:00:00.",
        "2024-02-29 12:00:00.1234567",
        "2024-02-29 12:00:00 +16:00",
        "2024-02-29 12:00:00+05:3",
        "2024-02-29 12:00:00+053",
        "2024-02-29 12:00:00 UTC",
        "2024-02-29 12:00:00Z ",
        "2024-02-29t12:00:00",
        "12:0",
        "1:00",
        "12:00:00.",
        "12:00:00 PM",
        "now",
        "+12024-01-01",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (pattern_moment(str_from(texts[i])).kind != MOMENT_NONE)
            fail_msg("'%s' is taken for a moment", texts[i]);
    assert_int_equal(pattern_moment((struct str){"2024-02-29\0", 11}).kind, MOMENT_NONE);
}

static void uuids(void **state)
{
    (void)state;
    assert_true(pattern_uuid(str_from("123456789abcdef0123456789ABCDEF0")));
    assert_true(pattern_uuid(str_from("12345678-9abc-def0-1234-56789abcdef0")));
    assert_false(pattern_uuid(str_from("12345678-9abc-def0-1234-56789abcdefg")));
    assert_false(pattern_uuid(str_from("123456789-abc-def0-1234-56789abcdef0")));
    assert_false(pattern_uuid(str_from("123456789abcdef0-1234-56789abcdef0-0")));
    assert_false(pattern_uuid(str_from("{2345678-9abc-def0-1234-56789abcdef}")));
    assert_false(pattern_uuid(str_from("123456789abcdef0123456789abcdef")));
    assert_false(pattern_uuid(str_from("")));
}

static void numbers(void **state)
{
    static const char *const yes[] = {"0",   "-1",      "+1",   "1.5", ".5", "-.5",
                                      "1e5", "1.5E-10", "1e+5", "NaN", "nan"};
    static const char *const no[] = {"",    " 1",  "1 ",  "1.",    ".",   "-",        "e5",   "1e",
                                     "1e+", "0x1", "1,5", "1.5.5", "inf", "Infinity", "-nan", "--1"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(yes); i++)
        if (!pattern_number(str_from(yes[i])))
            fail_msg("'%s' is a number", yes[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(no); i++)
        if (pattern_number(str_from(no[i])))
            fail_msg("'%s' is no number", no[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments_are_told_apart),
        cmocka_unit_test(what_is_no_moment),
        cmocka_unit_test(uuids),
        cmocka_unit_test(numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
