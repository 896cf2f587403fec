#include "tests/unit.h"

#include <string.h>

#include "url/dotenv.h"

static struct arena *arena;
static struct buf out;
static struct err err;

static int setup(void **state)
{
    (void)state;
    arena = arena_new();
    buf_init(&out, BUF_TEXT_MAXIMUM);
    err = (struct err){.code = ERR_NONE};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_free(&out);
    arena_free(arena);
    return 0;
}

static void assert_set(const char *text, const char *value, const char *expected)
{
    buf_clear(&out);
    assert_true(dotenv_set(&out, str_from(text), ".env", "K", str_from(value), &err));
    assert_str_equal(buf_view(&out), expected);
}

static void one_value_is_replaced(void **state)
{
    (void)state;
    assert_set("K=v", "w", "K=w");
    assert_set("A=1\nK=v\nB=2\n", "w", "A=1\nK=w\nB=2\n");
    assert_set("# c\r\nexport  K =  v  # why\r\n\r\n", "w", "# c\r\nexport  K =  w  # why\r\n\r\n");
    assert_set("K=old\nK=v\n", "w", "K=old\nK=w\n");
    assert_set("K='v'# why", "w", "K='w'# why");
    assert_set("K=\"v\"", "w", "K='w'");
    assert_set("K='a\nb'\nB=2", "w", "K='w'\nB=2");
    assert_set("K=\n", "w", "K=w\n");
    assert_set("K=  \n", "w", "K=w  \n");
    assert_set("K= # why\n", "w", "K=w # why\n");
    assert_set("K=v # why\n", "", "K= # why\n");
    assert_set("\xef\xbb\xbfK=v", "w", "\xef\xbb\xbfK=w");
}

static void a_new_key_is_added_at_the_end(void **state)
{
    (void)state;
    assert_set("", "w", "K=w\n");
    assert_set("A=1\n", "w", "A=1\nK=w\n");
    assert_set("A=1", "w", "A=1\nK=w\n");
    assert_set("A=1\r\nB=2", "w", "A=1\r\nB=2\r\nK=w\r\n");
    assert_set("# K=1\n", "w", "# K=1\nK=w\n");
    assert_set("\xef\xbb\xbf", "w", "\xef\xbb\xbfK=w\n");
    assert_set("KK=1\nk=2\n", "w", "KK=1\nk=2\nK=w\n");
}

static void values_are_quoted_where_they_must(void **state)
{
    (void)state;
    assert_set("", "postgresql://u:p%40@h:5432/d?sslmode=require",
               "K=postgresql://u:p%40@h:5432/d?sslmode=require\n");
    assert_set("", "a b", "K='a b'\n");
    assert_set("", "a&b", "K='a&b'\n");
    assert_set("", "$a\\n\"", "K='$a\\n\"'\n");
    assert_set("", "it's $5 \"x\" \\", "K=\"it's \\$5 \\\"x\\\" \\\\\"\n");
    assert_set("", "a\nb\tc", "K='a\nb\tc'\n");
    assert_set("", "a\nb\r\tc", "K=\"a\nb\\r\tc\"\n");
    assert_set("", "C:\\x", "K='C:\\x'\n");
    assert_set("", "C:\\", "K=\"C:\\\\\"\n");
    assert_set("", "\\\\host", "K=\"\\\\\\\\host\"\n");
    assert_set("", "it's `x`", "K=\"it's \\`x\\`\"\n");
    assert_set("", " #x ", "K=' #x '\n");
    assert_set("", "caf\xc3\xa9", "K='caf\xc3\xa9'\n");
}

static void what_cannot_be_written_is_refused(void **state)
{
    static const char *const keys[] = {"",  "1A", "A B", "A=", "A\n", "export A", "#A", "\xef\xbb\xbf_A",
                                       "A "};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        err = (struct err){.code = ERR_NONE};
        assert_false(dotenv_set(&out, (struct str)STR(""), ".env", keys[i], (struct str)STR("v"), &err));
        assert_int_equal(err.code, ERR_USAGE);
    }
    err = (struct err){.code = ERR_NONE};
    assert_false(dotenv_set(&out, (struct str)STR(""), ".env", "K", (struct str)STR("a\0b"), &err));
    assert_int_equal(err.code, ERR_USAGE);
    err = (struct err){.code = ERR_NONE};
    assert_false(dotenv_set(&out, (struct str)STR("K='v"), ".env", "K", (struct str)STR("w"), &err));
    assert_int_equal(err.code, ERR_SYNTAX);
    err = (struct err){.code = ERR_NONE};
    assert_false(dotenv_unset(&out, (struct str)STR("K='v"), ".env", "K", &err));
    assert_int_equal(err.code, ERR_SYNTAX);
    assert_int_equal(out.len, 0);
}

static void too_long_a_text_is_an_error(void **state)
{
    struct buf small;

    (void)state;
    buf_init(&small, 4);
    assert_false(dotenv_set(&small, (struct str)STR("A=1\n"), ".env", "K", (struct str)STR("w"), &err));
    assert_int_equal(err.code, ERR_OUT_OF_MEMORY);
    buf_free(&small);
}

static void all_lines_of_a_key_are_removed(void **state)
{
    (void)state;
    assert_true(dotenv_unset(&out,
                             (struct str)STR("\xef\xbb\xbfK=1\nA=2\r\n# K\nexport K='x\ny' # z\nB=3\nK=4"),
                             ".env", "K", &err));
    assert_str_equal(buf_view(&out), "\xef\xbb\xbf"
                                     "A=2\r\n# K\nB=3\n");
    buf_clear(&out);
    assert_true(dotenv_unset(&out, (struct str)STR("A=1\n"), ".env", "K", &err));
    assert_str_equal(buf_view(&out), "A=1\n");
}

static void assert_commented(const char *text, const char *expected)
{
    buf_clear(&out);
    assert_true(dotenv_comment(&out, str_from(text), ".env", "K", &err));
    assert_str_equal(buf_view(&out), expected);
}

static void the_old_value_is_kept_as_a_comment(void **state)
{
    (void)state;
    assert_commented("A=1\nK=v # c\nB=2", "A=1\n# K=v # c\nK=v # c\nB=2");
    assert_commented("K=a\r\nexport K='x\r\ny'\r\n", "K=a\r\n# export K='x\r\n# y'\r\nexport K='x\r\ny'\r\n");
    assert_commented("K=v", "# K=v\nK=v");
    assert_commented("\xef\xbb\xbfK=v\n", "\xef\xbb\xbf# K=v\nK=v\n");
    assert_commented("A=1\n", "A=1\n");
    assert_commented("", "");
}

static void every_value_reads_back(void **state)
{
    static const char *const texts[] = {"",         "K=v # c\n",          "K='v'#c\n",
                                        "K= # c\n", "A=1\r\nK=\"x\"\r\n", "A='x'"};
    uint64_t seed = 5;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        char value[16];
        size_t length = (size_t)(i % 16);
        struct str text = str_from(texts[(size_t)i % ARRAY_LENGTH(texts)]);
        struct dotenv dotenv;

        for (size_t at = 0; at < length; at++) {
            seed = seed * 6364136223846793005u + 1442695040888963407u;
            /* Half of them from those that mean something, half from all bytes but NUL. */
            value[at] =
                (seed >> 62) < 2 ? "'\"\\$# \n\r\tn=`"[(seed >> 33) % 12] : (char)(1 + (seed >> 33) % 255);
        }
        buf_clear(&out);
        assert_true(dotenv_set(&out, text, ".env", "K", (struct str){value, length}, &err));
        if (!dotenv_parse(arena, buf_view(&out), ".env", &dotenv, &err))
            fail_msg("%s: %s", out.ptr, err.primary);
        if (!str_equal(dotenv_get(&dotenv, "K"), (struct str){value, length}))
            fail_msg("%s", out.ptr);
        arena_reset(arena);
    }
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_value_is_replaced),
        TEST(a_new_key_is_added_at_the_end),
        TEST(values_are_quoted_where_they_must),
        TEST(what_cannot_be_written_is_refused),
        TEST(too_long_a_text_is_an_error),
        TEST(all_lines_of_a_key_are_removed),
        TEST(the_old_value_is_kept_as_a_comment),
        TEST(every_value_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
