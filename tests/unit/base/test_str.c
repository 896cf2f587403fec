#include "tests/unit.h"

#include <string.h>

#include "base/str.h"

static void integers_are_exact_at_the_edges(void **state)
{
    int64_t value = 0;

    (void)state;
    assert_true(str_to_int64(str_from("9223372036854775807"), &value));
    assert_true(value == INT64_MAX);
    assert_true(str_to_int64(str_from("-9223372036854775808"), &value));
    assert_true(value == INT64_MIN);
    assert_false(str_to_int64(str_from("9223372036854775808"), &value));
    assert_false(str_to_int64(str_from("-9223372036854775809"), &value));
    assert_false(str_to_int64(str_from(""), &value));
    assert_false(str_to_int64(str_from("-"), &value));
    assert_false(str_to_int64(str_from("1 "), &value));
}

static void utf8_is_checked_strictly(void **state)
{
    static const struct {
        const char *text;
        size_t valid;
    } cases[] = {
        {"plain ascii text, long enough", 29},
        {"caf\xc3\xa9", 5},
        {"\xe6\x97\xa5\xf0\x9f\x98\x80", 7},
        {"ab\xff", 2},
        {"ab\xc0\x80", 2},       /* overlong */
        {"\xe0\x80\x80", 0},     /* overlong */
        {"x\xed\xa0\x80", 1},    /* surrogate */
        {"\xf4\x90\x80\x80", 0}, /* beyond U+10FFFF */
        {"12345678\xe6\x97", 8}, /* cut */
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        assert_int_equal(str_utf8_valid_prefix(str_from(cases[i].text)), cases[i].valid);
}

static void clip_keeps_characters_whole(void **state)
{
    struct str text = str_from("a\xe6\x97\xa5");

    (void)state;
    assert_int_equal(str_utf8_clip(text, 4).len, 4);
    assert_int_equal(str_utf8_clip(text, 3).len, 1);
    assert_int_equal(str_utf8_clip(text, 1).len, 1);
    assert_int_equal(str_utf8_clip(text, 0).len, 0);
}

static void characters_are_counted(void **state)
{
    (void)state;
    assert_int_equal(str_utf8_count((struct str){NULL, 0}), 0);
    assert_int_equal(str_utf8_count(str_from("abc")), 3);
    assert_int_equal(str_utf8_count(str_from("\xc3\xa4\xe6\x97\xa5\xf0\x9f\x98\x80")), 3);
}

static void comparisons(void **state)
{
    struct str empty = {NULL, 0};

    (void)state;
    assert_true(str_equal(empty, str_from("")));
    assert_true(str_is_nocase(str_from("SELECT"), "select"));
    assert_false(str_is(str_from("SELECT"), "select"));
    assert_true(str_compare(str_from("a"), str_from("ab")) < 0);
    assert_true(str_compare(str_from("b"), str_from("ab")) > 0);
    assert_true(str_contains_nocase(str_from("UNSIGNED BIG INT"), "int"));
    assert_str_equal(str_trim(str_from(" \tx y\n")), "x y");
    assert_int_equal(str_find(str_from("abc"), 'c'), 2);
    assert_int_equal(str_find(empty, 'c'), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_are_exact_at_the_edges),
        cmocka_unit_test(utf8_is_checked_strictly),
        cmocka_unit_test(clip_keeps_characters_whole),
        cmocka_unit_test(characters_are_counted),
        cmocka_unit_test(comparisons),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
