#include "tests/unit.h"

#include <string.h>

#include "base/ini.h"

static bool parse(struct arena *arena, struct str text, struct ini_entry **entries, size_t *count,
                  struct err *err)
{
    return ini_parse(arena, "file.ini", text, entries, count, err);
}

static void entries_are_found_with_their_lines(void **state)
{
    static const struct {
        const char *section;
        const char *key;
        const char *value;
        int line;
    } wanted[] = {
        {"type", "posts.meta", "jsonb", 4},
        {"type", "\"a = b\".c", "numeric(10, 2)", 5},
        {"where", "posts", "a = '# ; not a comment' -- nor this", 8},
        {"where", "t", "\"a\" = \"b\"", 9},
        {"where", "u", "  kept \"so\" ", 10},
        {"where", "empty", "", 11},
        {"where", "quote", "\"", 12},
        {"last one", "k", "v=w", 14},
    };
    struct str text =
        str_from("\xef\xbb\xbf# comment\n ; another\r\n[type]\n  posts.meta=jsonb\r\n"
                 "\"a = b\".c = numeric(10, 2)\n\n [ where ] \nposts = a = '# ; not a comment' -- nor this\n"
                 "t = \"a\" = \"b\"\nu = \"  kept \"\"so\"\" \"\nempty =\nquote = \"\n[last one]\nk = v=w");
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    struct ini_entry *entries;
    size_t count;

    (void)state;
    assert_true(parse(arena, text, &entries, &count, &err));
    assert_int_equal(count, ARRAY_LENGTH(wanted));
    for (size_t i = 0; i < count; i++) {
        assert_true(str_is(entries[i].section, wanted[i].section));
        assert_true(str_is(entries[i].key, wanted[i].key));
        assert_true(str_is(entries[i].value, wanted[i].value));
        assert_int_equal(entries[i].line, wanted[i].line);
    }
    arena_free(arena);
}

static void nothing_is_no_entry(void **state)
{
    static const char *const texts[] = {"", "\n\n", "# only this", "[section]", "\xef\xbb\xbf"};
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        struct err err = {.code = ERR_NONE};
        struct ini_entry *entries;
        size_t count = 7;

        assert_true(parse(arena, str_from(texts[i]), &entries, &count, &err));
        assert_int_equal(count, 0);
    }
    arena_free(arena);
}

static void errors_name_the_line(void **state)
{
    static const struct {
        const char *text;
        const char *primary;
    } cases[] = {
        {"a = b", "file.ini:1: it stands before the first section"},
        {"[s]\nword", "file.ini:2: there is no equals sign"},
        {"[s]\n\n = x", "file.ini:3: there is nothing before the equals sign"},
        {"[s\n", "file.ini:1: a section is a name in brackets"},
        {"[]", "file.ini:1: a section is a name in brackets"},
        {"[ ]", "file.ini:1: a section is a name in brackets"},
        {"[s]\n\"a = b", "file.ini:2: there is no equals sign"},
        {"[s]\nk = 1\n[t]\nk = 2\n[s]\nK = 3", "file.ini:6: K is set in line 2 already"},
    };
    struct arena *arena = arena_new();

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct err err = {.code = ERR_NONE};
        struct ini_entry *entries;
        size_t count;

        assert_false(parse(arena, str_from(cases[i].text), &entries, &count, &err));
        assert_int_equal(err.code, ERR_USAGE);
        assert_string_equal(err.primary, cases[i].primary);
    }
    arena_free(arena);
}

static void bytes_that_are_no_text_are_refused(void **state)
{
    struct str text = STR("[s]\nk = a\0b\n");
    struct arena *arena = arena_new();
    struct err err = {.code = ERR_NONE};
    struct ini_entry *entries;
    size_t count;

    (void)state;
    assert_false(parse(arena, text, &entries, &count, &err));
    assert_string_equal(err.primary, "file.ini:2: there is a NUL byte in it, so it is no text");
    arena_free(arena);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_are_found_with_their_lines),
        cmocka_unit_test(nothing_is_no_entry),
        cmocka_unit_test(errors_name_the_line),
        cmocka_unit_test(bytes_that_are_no_text_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
