#include "tests/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "url/dotenv.h"

static struct arena *arena;
static struct dotenv dotenv;
static struct err err;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    err = (struct err){.code = ERR_NONE};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static void parse(const char *text)
{
    if (!dotenv_parse(arena, str_from(text), ".env", &dotenv, &err))
        fail_msg("%s: %s", text, err.primary);
}

static void refuse(const char *text, const char *message)
{
    err = (struct err){.code = ERR_NONE};
    if (dotenv_parse(arena, str_from(text), ".env", &dotenv, &err))
        fail_msg("%s is taken", text);
    assert_int_equal(err.code, ERR_SYNTAX);
    assert_string_equal(err.primary, message);
    assert_null(strstr(err.hint, "secret"));
}

static void one_value(void **state)
{
    static const struct {
        const char *text;
        const char *value;
    } cases[] = {
        {"K=v", "v"},
        {"K=v\n", "v"},
        {"K=v\r\n", "v"},
        {"K=v\r", "v"},
        {"\xef\xbb\xbfK=v\n", "v"},
        {"K=", ""},
        {"K=\n", ""},
        {"K=  \nL=x", ""},
        {" \tK = v \t\n", "v"},
        {"export K=v", "v"},
        {"export\tK = v", "v"},
        {"K=a b  c ", "a b  c"},
        {"K=a # comment", "a"},
        {"K=a\t# comment", "a"},
        {"K=a#b", "a#b"},
        {"K=#b", "#b"},
        {"K= # comment", ""},
        {"K=# comment # more", "# comment"},
        {"K=a=b=c", "a=b=c"},
        {"K=it's", "it's"},
        {"K=a\"b\"", "a\"b\""},
        {"K=a\\nb", "a\\nb"},
        {"K=$HOME/${X}", "$HOME/${X}"},
        {"K=`date`", "`date`"},
        {"K='a # b'", "a # b"},
        {"K='a' # comment", "a"},
        {"K='a'# comment", "a"},
        {"K='a'  \r\n", "a"},
        {"K=''", ""},
        {"K=\"\"", ""},
        {"K='a\\n\\'", "a\\n\\"},
        {"K='$X \"y\"'", "$X \"y\""},
        {"K=\"a\\nb\\tc\\rd\\\"e\\\\f\\$g\"", "a\nb\tc\rd\"e\\f$g"},
        {"K=\"\\x\\'\\0\"", "\\x\\'\\0"},
        {"K=\"$X ${Y} 'z' # a\"", "$X ${Y} 'z' # a"},
        {"K='a\nb\n'", "a\nb\n"},
        {"K=\"a\r\nb\"\r\n", "a\nb"},
        {"K=\"a\\\nb\"", "a\\\nb"},
        {"K='a\rb'", "a\rb"},
        {"# c\n\n  # d\n\t\nK=v\n# e", "v"},
        {"K=old\nK=v\n", "v"},
        {"J='x'\nK=v", "v"},
        {"K=caf\xc3\xa9", "caf\xc3\xa9"},
        {"K=postgres://u:p#1@h/d?a=b", "postgres://u:p#1@h/d?a=b"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        parse(cases[i].text);
        if (dotenv_get(&dotenv, "K").ptr == NULL)
            fail_msg("%s has no K", cases[i].text);
        assert_str_equal(dotenv_get(&dotenv, "K"), cases[i].value);
    }
}

static void keys(void **state)
{
    (void)state;
    parse("_A1=1\na.b-c=2\nexport=3\nexport export=4\nexported=5\nk=6\nK=7\n");
    assert_int_equal(dotenv.count, 7);
    assert_str_equal(dotenv_get(&dotenv, "_A1"), "1");
    assert_str_equal(dotenv_get(&dotenv, "a.b-c"), "2");
    assert_str_equal(dotenv_get(&dotenv, "export"), "4");
    assert_str_equal(dotenv_get(&dotenv, "exported"), "5");
    assert_str_equal(dotenv_get(&dotenv, "k"), "6");
    assert_str_equal(dotenv_get(&dotenv, "K"), "7");
    assert_null(dotenv_get(&dotenv, "L").ptr);
    assert_null(dotenv_get(&dotenv, "").ptr);
}

static void entries_keep_the_order_and_their_lines(void **state)
{
    (void)state;
    parse("# c\nA=1\n\nB='x\ny'\nA=2\n");
    assert_int_equal(dotenv.count, 3);
    assert_str_equal(dotenv.items[0].value, "1");
    assert_int_equal(dotenv.items[0].line, 2);
    assert_str_equal(dotenv.items[1].key, "B");
    assert_int_equal(dotenv.items[1].line, 4);
    assert_str_equal(dotenv.items[2].value, "2");
    assert_int_equal(dotenv.items[2].line, 6);
}

static void nothing_is_there(void **state)
{
    static const char *const texts[] = {"", "\n", "\r\n", "#", "# A=1", "\xef\xbb\xbf", " "};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        parse(texts[i]);
        assert_int_equal(dotenv.count, 0);
    }
    assert_true(dotenv_parse(arena, (struct str){NULL, 0}, ".env", &dotenv, &err));
    assert_int_equal(dotenv.count, 0);
}

static void malformed_lines_are_named(void **state)
{
    (void)state;
    refuse("A=1\nsecret\n", ".env:2: there is no '=' after the name");
    refuse("export secret", ".env:1: there is no '=' after the name");
    refuse("export", ".env:1: this line does not begin with the name of a variable");
    refuse("A: secret", ".env:1: there is no '=' after the name");
    refuse("A secret=1", ".env:1: there is no '=' after the name");
    refuse("1secret=1", ".env:1: this line does not begin with the name of a variable");
    refuse("=secret", ".env:1: this line does not begin with the name of a variable");
    refuse("export =secret\n.A=1", ".env:2: this line does not begin with the name of a variable");
    refuse("\r\n\r\n$A=secret", ".env:3: this line does not begin with the name of a variable");
    refuse("A=1\nB='secret\n\n", ".env:2: the quote that opens here is never closed");
    refuse("B=\"secret\\\"", ".env:1: the quote that opens here is never closed");
    refuse("A='", ".env:1: the quote that opens here is never closed");
    refuse("A='x\n\ny'secret\n", ".env:3: there is something after the closing quote");
    refuse("A='it'\\''s'", ".env:1: there is something after the closing quote");
}

static void binary_files_are_refused(void **state)
{
    (void)state;
    assert_false(dotenv_parse(arena, (struct str)STR("A=1\0B=2"), "x", &dotenv, &err));
    assert_int_equal(err.code, ERR_SYNTAX);
    assert_non_null(strstr(err.primary, "NUL"));
}

static void files_are_loaded(void **state)
{
    char name[] = "/tmp/pgrade-dotenv-XXXXXX";
    int fd = mkstemp(name);

    (void)state;
    assert_true(fd >= 0);
    /* More than is read at once. */
    for (int i = 0; i < 2000; i++)
        assert_true(dprintf(fd, "K%d=%d\n", i, i) > 0);
    assert_true(dotenv_load(arena, name, &dotenv, &err));
    assert_int_equal(dotenv.count, 2000);
    assert_str_equal(dotenv_get(&dotenv, "K1999"), "1999");
    assert_true(dprintf(fd, "broken\n") > 0);
    assert_false(dotenv_load(arena, name, &dotenv, &err));
    assert_non_null(strstr(err.primary, ":2001: "));
    assert_true(strncmp(err.primary, name, strlen(name)) == 0);
    close(fd);
    unlink(name);
}

static void a_missing_file_is_empty_and_others_are_errors(void **state)
{
    (void)state;
    assert_true(dotenv_load(arena, "/nonexistent/.env", &dotenv, &err));
    assert_int_equal(dotenv.count, 0);
    assert_int_equal(err.code, ERR_NONE);
    assert_true(dotenv_load(arena, "/dev/null/.env", &dotenv, &err));
    assert_int_equal(err.code, ERR_NONE);
    assert_false(dotenv_load(arena, "/", &dotenv, &err));
    assert_int_equal(err.code, ERR_IO);
    err = (struct err){.code = ERR_NONE};
    assert_false(dotenv_load(arena, "/dev/zero", &dotenv, &err));
    assert_int_equal(err.code, ERR_IO);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_value),
        TEST(keys),
        TEST(entries_keep_the_order_and_their_lines),
        TEST(nothing_is_there),
        TEST(malformed_lines_are_named),
        TEST(binary_files_are_refused),
        TEST(files_are_loaded),
        TEST(a_missing_file_is_empty_and_others_are_errors),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
