/* The parts of the translator that read literals: JSON, moments, numbers. */
#include "tests/unit.h"

#include <stdlib.h>
#include <string.h>

#include "schema/translate_term.h"

static void json_is_checked_strictly(void **state)
{
    static const char *const good[] = {"{}",
                                       " [ ] ",
                                       "null",
                                       "true",
                                       "-0",
                                       "0.5e-3",
                                       "1E+9",
                                       "\"\\u00e9\\n\"",
                                       "\"\\ud83d\\ude00\"",
                                       "[1, {\"a\" : [false]}]",
                                       "\"\xc3\xa9\""};
    static const char *const bad[] = {"",
                                      "{",
                                      "[1,]",
                                      "{\"a\":1,}",
                                      "{a:1}",
                                      "'a'",
                                      "01",
                                      "1.",
                                      ".5",
                                      "+1",
                                      "1e",
                                      "NaN",
                                      "nul",
                                      "nullx",
                                      "[] []",
                                      "\"\n\"",
                                      "\"\\x\"",
                                      "\"\\u12\"",
                                      "\"\\u0000\"",
                                      "\"\\ud83d\"",
                                      "\"\\ude00\"",
                                      "\"\\ud83dx\"",
                                      "\"open",
                                      "\"\\",
                                      "\"\xff\"",
                                      "[1 2]",
                                      "{\"a\" 1}",
                                      "-"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
        assert_true(json_is_valid(str_from(good[i]), true));
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(json_is_valid(str_from(bad[i]), false));
    /* Beyond numeric's range, which only jsonb has. */
    assert_true(json_is_valid(str_from("1e99999"), false));
    assert_false(json_is_valid(str_from("1e99999"), true));
    assert_false(json_is_valid((struct str){"[]\0", 3}, false));
}

static void json_depth_has_a_limit(void **state)
{
    struct buf text;

    (void)state;
    for (int depth = 1000; depth <= 1001; depth++) {
        buf_init(&text, BUF_TEXT_MAXIMUM);
        for (int i = 0; i < depth; i++)
            buf_byte(&text, '[');
        for (int i = 0; i < depth; i++)
            buf_byte(&text, ']');
        assert_int_equal(json_is_valid(buf_view(&text), false), depth == 1000);
        buf_free(&text);
    }
}

static void moments_are_read_strictly(void **state)
{
    static const struct {
        const char *text;
        const char *date; /* NULL: none */
        const char *time;
        int digits;
    } good[] = {
        {"2020-02-29", "2020-02-29", NULL, 0},
        {"0001-01-01 00:00", "0001-01-01", "00:00", 0},
        {"2020-01-01T23:59:59.123000", "2020-01-01", "23:59:59.123", 3},
        {"2020-01-01 10:20:30.000", "2020-01-01", "10:20:30", 0},
        {"2020-01-01 10:20:30 Z", "2020-01-01", "10:20:30", 0},
        {"2020-01-01 10:20:30+00:00", "2020-01-01", "10:20:30", 0},
        {"10:20", NULL, "10:20", 0},
    };
    static const char *const bad[] = {
        "",
        "2020",
        "2020-1-1",
        "2019-02-29",
        "1900-02-29",
        "0000-01-01",
        "2020-13-01",
        "2020-00-01",
        "2020-04-31",
        "2020-01-01 24:00:00",
        "2020-01-01 10:60",
        "2020-01-01 10:20:60",
        "2020-01-01 10:20:30.",
        "2020-01-01 10:20:30+02:00",
        "2020-01-01 10:20:30  Z",
        "2020-01-01 ",
        "2020-01-01x10:20",
        " 2020-01-01",
        "2020-01-01 10:20:30x",
        "10",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        struct moment moment;

        assert_true(translate_moment(str_from(good[i].text), &moment));
        assert_int_equal(moment.date.ptr == NULL, good[i].date == NULL);
        assert_str_equal(moment.date, good[i].date == NULL ? "" : good[i].date);
        assert_int_equal(moment.time.ptr == NULL, good[i].time == NULL);
        assert_str_equal(moment.time, good[i].time == NULL ? "" : good[i].time);
        assert_int_equal(moment.digits, good[i].digits);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
        struct moment moment;

        assert_false(translate_moment(str_from(bad[i]), &moment));
    }
}

static void reals_are_written_as_they_read_back(void **state)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {5, "5.0"},
                 {1e20, "1e+20"},
                 {0.1 + 0.2, "0.30000000000000004"},
                 {-0.5, "-0.5"},
                 {1e-7, "1e-07"},
                 {5e-324, "4.94065645841247e-324"},
                 {1.0 / 3, "0.333333333333333"}};
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct str text = real_text(arena, cases[i].value);

        assert_true(strtod(str_cstr(arena, text), NULL) == cases[i].value);
        if (i + 1 < ARRAY_LENGTH(cases))
            assert_str_equal(text, cases[i].text);
    }
    arena_free(arena);
}

static void texts_are_numbers_as_in_sqlite(void **state)
{
    static const struct {
        const char *text;
        bool integer;
        double value;
    } good[] = {{"5", true, 5},
                {" 5 ", true, 5},
                {"+5", true, 5},
                {"-0", true, 0},
                {"5.0", true, 5},
                {"1e3", true, 1000},
                {".5", false, .5},
                {"5.", true, 5},
                {"1.5", false, 1.5},
                {"1E-1", false, 0.1},
                {"9223372036854775808", false, 9223372036854775808.0},
                {"9223372036854775807", true, 9223372036854775807.0}};
    static const char *const bad[] = {"",   " ",   "x",   "5x",  "0x10", ".",  "+",
                                      "1e", "1e+", "- 5", "1 2", "Inf",  "NaN"};
    struct translator tr = {.arena = arena_new()};
    struct term number;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        assert_true(number_from_text(&tr, str_from(good[i].text), &number));
        assert_int_equal(number.storage == STORAGE_INTEGER, good[i].integer);
        assert_true((good[i].integer ? (double)number.integer : number.real) == good[i].value);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
        assert_false(number_from_text(&tr, str_from(bad[i]), &number));
    arena_free(tr.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_is_checked_strictly),
        cmocka_unit_test(json_depth_has_a_limit),
        cmocka_unit_test(moments_are_read_strictly),
        cmocka_unit_test(reals_are_written_as_they_read_back),
        cmocka_unit_test(texts_are_numbers_as_in_sqlite),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
