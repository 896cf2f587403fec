/* test_selection.c: which tables a pattern names. */
#include "tests/unit.h"

#include <string.h>

#include "plan/selection.h"

static void patterns(void **state)
{
    static const struct {
        const char *pattern;
        const char *name;
        bool matches;
    } cases[] = {
        {"posts", "posts", true},
        {"posts", "Posts", true},
        {"posts", "posts2", false},
        {"posts2", "posts", false},
        {"django_*", "django_session", true},
        {"django_*", "django_", true},
        {"django_*", "django", false},
        {"*_log", "a_log_log", true},
        {"*_log", "a_log_b", false},
        {"a*b*c", "a1b2b3c", true},
        {"a*b*c", "acb", false},
        {"*", "", true},
        {"", "", true},
        {"", "a", false},
        {"?", "", false},
        {"t?", "t1", true},
        {"t?", "t12", false},
        {"**a**", "bab", true},
        {"*.*", "a.b", true},
        {"[a]", "[A]", true},
        {"*aaaaaaaaaaaaaaaaaaaaab", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (selection_matches(str_from(cases[i].pattern), str_from(cases[i].name)) != cases[i].matches)
            fail_msg("%s and %s", cases[i].pattern, cases[i].name);
}

static void excludes_go_before_includes(void **state)
{
    struct str includes[] = {STR("a*"), STR("b")};
    struct str excludes[] = {STR("*x")};
    struct selection all = {.include_count = 0};
    struct selection some = {includes, 2, excludes, 1};
    struct arena *arena = arena_new();

    (void)state;
    assert_null(selection_excludes(arena, &all, str_from("anything")).ptr);
    assert_null(selection_excludes(arena, &some, str_from("ab")).ptr);
    assert_true(
        str_is(selection_excludes(arena, &some, str_from("ax")), "excluded by the user (--exclude *x)"));
    assert_true(str_is(selection_excludes(arena, &some, str_from("c")),
                       "excluded by the user (no --include names it)"));
    arena_free(arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns),
        cmocka_unit_test(excludes_go_before_includes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
