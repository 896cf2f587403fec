/* Texts of others on a terminal. */
#include "tests/unit.h"

#include <string.h>

#include "base/json.h"
#include "base/screen.h"

static void widths(void **state)
{
    static const struct {
        const char *text;
        size_t width;
    } lines[] = {
        {"", 0},
        {"abc", 3},
        {"\xc3\xa4", 1},                 /* a with dots */
        {"a\xcc\x88", 1},                /* the same, combined */
        {"\xe5\x90\x8d\xe5\x89\x8d", 4}, /* two ideographs */
        {"\xf0\x9f\x98\x80", 2},         /* a face */
        {"\xff", 1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
        assert_int_equal(screen_width(str_from(lines[i].text)), lines[i].width);
}

static void clipping_cuts_no_character(void **state)
{
    struct str text = str_from("\xe5\x90\x8d\xe5\x89\x8dz");

    (void)state;
    assert_int_equal(screen_clip(text, 3).len, 3);
    assert_int_equal(screen_clip(text, 4).len, 6);
    assert_int_equal(screen_clip(text, 5).len, 7);
    assert_int_equal(screen_clip(text, 0).len, 0);
}

static void nothing_commands_the_terminal(void **state)
{
    static const struct {
        const char *text;
        const char *shown;
    } lines[] = {
        {"plain \xc3\xa4", "plain \xc3\xa4"}, {"a\nb\tc\r", "a\\nb\\tc\\r"}, {"\x1b[31m", "\\x1b[31m"},
        {"\x7f\xc2\x9b", "\\x7f\\x9b"},       {"\xff\xc3", "\\xff\\xc3"},    {"\xe2\x80\xae", "\\u202e"},
        {"back\\slash", "back\\slash"},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
        assert_str_equal(screen_text(arena, str_from(lines[i].text)), lines[i].shown);
    arena_free(arena);
}

static void numbers_read_back_as_themselves(void **state)
{
    static const struct {
        double value;
        const char *text;
    } lines[] = {
        {0.1, "0.1"},      {1, "1.0"}, {-2.5, "-2.5"}, {0.1 + 0.2, "0.30000000000000004"},
        {1e300, "1e+300"}, {0, "0.0"},
    };
    char text[40];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
        json_real_text(text, sizeof(text), lines[i].value);
        assert_string_equal(text, lines[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),
        cmocka_unit_test(clipping_cuts_no_character),
        cmocka_unit_test(nothing_commands_the_terminal),
        cmocka_unit_test(numbers_read_back_as_themselves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
