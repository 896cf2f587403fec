/* test_names.c: names on PostgreSQL. */
#include "tests/unit.h"

#include <string.h>

#include "plan/names.h"

static void assert_folds(enum names_mode mode, const char *from, enum quote quote, const char *to)
{
    struct arena *arena = arena_new();
    struct str folded = names_fold(arena, mode, (struct name){str_from(from), quote});

    if (!str_is(folded, to))
        fail_msg("%s became %.*s, not %s", from, STR_ARGS(folded), to);
    arena_free(arena);
}

static void case_is_kept_in_quotes_alone(void **state)
{
    (void)state;
    assert_folds(NAMES_AS_WRITTEN, "PostTags", QUOTE_NONE, "posttags");
    assert_folds(NAMES_AS_WRITTEN, "PostTags", QUOTE_DOUBLE, "PostTags");
    assert_folds(NAMES_AS_WRITTEN, "PostTags", QUOTE_BRACKET, "PostTags");
    assert_folds(NAMES_AS_WRITTEN,
                 "\xc3\x84"
                 "B",
                 QUOTE_NONE,
                 "\xc3\x84"
                 "b");
}

static void other_rules(void **state)
{
    static const char *const snakes[][2] = {
        {"PostTags", "post_tags"},
        {"postTags", "post_tags"},
        {"posts", "posts"},
        {"HTMLPage", "html_page"},
        {"parseURL", "parse_url"},
        {"ID", "id"},
        {"userID", "user_id"},
        {"post_Tags", "post_tags"},
        {"Post Tags", "post_tags"},
        {"post-tags", "post_tags"},
        {"Area51Things", "area51_things"},
        {"X", "x"},
        {"", ""},
        {"A_B", "a_b"},
        {"\xc3\x84"
         "Ball",
         "\xc3\x84"
         "_ball"},
        {"__Mixed", "__mixed"},
    };

    (void)state;
    assert_folds(NAMES_PRESERVE, "PostTags", QUOTE_NONE, "PostTags");
    assert_folds(NAMES_LOWER, "Post Tags", QUOTE_DOUBLE, "post tags");
    for (size_t i = 0; i < ARRAY_LENGTH(snakes); i++)
        assert_folds(NAMES_SNAKE, snakes[i][0], QUOTE_DOUBLE, snakes[i][1]);
}

/* 61 letters, then characters of two bytes: the limit of 63 falls behind the first of them, or inside. */
static void names_are_cut_between_characters(void **state)
{
    static const char letters[] = "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijk";
    struct arena *arena = arena_new();
    struct names names;

    (void)state;
    names_init(&names, arena);
    for (size_t cut = 0; cut < 2; cut++) {
        struct str wanted = str_printf(arena, "%.*s\xc3\xa4\xc3\xa4\xc3\xa4", (int)(61 - cut), letters);
        struct str first = names_take(&names, wanted);
        struct str second = names_take(&names, wanted);

        assert_int_equal(first.len, 63 - cut);
        assert_true(second.len <= 63 && !str_equal(first, second));
        assert_int_equal(str_utf8_valid_prefix(first), first.len);
        assert_int_equal(str_utf8_valid_prefix(second), second.len);
    }
    arena_free(arena);
}

static void composed_names_are_cut_between_characters(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t length = 1; length < 80; length++) {
        struct str first = {NULL, 0};
        struct str made;

        for (size_t i = 0; i < length; i++)
            first = str_printf(arena, "%.*s\xe6\x97\xa5", STR_ARGS(first));
        made = names_compose(arena, first, first, "fkey");
        assert_true(made.len <= 63 && str_ends_with(made, "_fkey"));
        assert_int_equal(str_utf8_valid_prefix(made), made.len);
    }
    arena_free(arena);
}

/* The suffix comes from the name alone, so that a second run gives the same names. */
static void suffixes_do_not_depend_on_what_came_before(void **state)
{
    struct arena *arena = arena_new();
    struct names one;
    struct names other;

    (void)state;
    names_init(&one, arena);
    names_init(&other, arena);
    for (int i = 0; i < 200; i++)
        (void)names_take(&other, str_printf(arena, "name%d", i));
    (void)names_take(&one, str_from("shared"));
    (void)names_take(&other, str_from("shared"));
    assert_true(str_equal(names_take(&one, str_from("shared")), names_take(&other, str_from("shared"))));
    assert_true(names_has(&other, str_from("name199")) && !names_has(&one, str_from("name199")));
    arena_free(arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_is_kept_in_quotes_alone),
        cmocka_unit_test(other_rules),
        cmocka_unit_test(names_are_cut_between_characters),
        cmocka_unit_test(composed_names_are_cut_between_characters),
        cmocka_unit_test(suffixes_do_not_depend_on_what_came_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
