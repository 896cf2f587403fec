#include "tests/unit.h"

#include <string.h>

#include "base/err.h"

static void first_error_wins(void **state)
{
    struct err err = {.code = ERR_NONE};

    (void)state;
    assert_false(err_set(&err, ERR_REFUSED, "table %s", "a"));
    err_detail(&err, "why\n");
    assert_false(err_set(&err, ERR_FAILED, "other"));
    err_detail(&err, "another why");
    assert_int_equal(err.code, ERR_REFUSED);
    assert_string_equal(err.primary, "table a");
    assert_string_equal(err.detail, "why");
    err_clear(&err);
    assert_int_equal(err.code, ERR_NONE);
}

static void parts_are_one_line(void **state)
{
    struct err err = {.code = ERR_NONE};

    (void)state;
    err_set(&err, ERR_FAILED, "a\n\tb\r\n");
    assert_string_equal(err.primary, "a b");
}

static void prefix_says_where(void **state)
{
    struct err err = {.code = ERR_NONE};

    (void)state;
    err_set(&err, ERR_FAILED, "no such file");
    err_prefix(&err, "%s:%d", "x.db", 3);
    assert_string_equal(err.primary, "x.db:3: no such file");
}

static void long_texts_are_cut_at_a_whole_character(void **state)
{
    struct err err = {.code = ERR_NONE};
    char text[4000];

    (void)state;
    for (size_t i = 0; i + 1 < sizeof(text); i++)
        text[i] = i % 2 == 0 ? '\xc3' : '\xa9';
    text[sizeof(text) - 1] = '\0';
    err_set(&err, ERR_FAILED, "x%s", text);
    assert_int_equal(strlen(err.primary), sizeof(err.primary) - 1 - (sizeof(err.primary) - 2) % 2);
    err_prefix(&err, "where");
    assert_true(strncmp(err.primary, "where: x", 8) == 0);
}

static void no_length_cuts_a_character(void **state)
{
    char text[4000] = "";

    (void)state;
    for (size_t i = 0; i + 3 < sizeof(text); i += 3)
        memcpy(text + i, "\xe2\x82\xac", 3);
    for (int start = 0; start < 3; start++) {
        struct err err = {.code = ERR_NONE};

        err_set(&err, ERR_FAILED, "%s%s", &"xx"[start], text);
        assert_int_equal((strlen(err.primary) - (2 - (size_t)start)) % 3, 0);
        err_detail(&err, "%s%s", &"xx"[start], text);
        assert_int_equal((strlen(err.detail) - (2 - (size_t)start)) % 3, 0);
        err_prefix(&err, "%s", &"yy"[start]);
        assert_int_equal((strlen(err.primary) - 2 * (2 - (size_t)start) - 2) % 3, 0);
    }
}

static void exit_statuses_are_the_documented_ones(void **state)
{
    (void)state;
    assert_int_equal(err_exit_status(ERR_NONE), 0);
    assert_int_equal(err_exit_status(ERR_FAILED), 1);
    assert_int_equal(err_exit_status(ERR_USAGE), 2);
    assert_int_equal(err_exit_status(ERR_DECISION), 3);
    assert_int_equal(err_exit_status(ERR_REFUSED), 4);
    assert_int_equal(err_exit_status(ERR_CONNECT), 5);
    assert_int_equal(err_exit_status(ERR_DIFFERENT), 1);
    assert_int_equal(err_exit_status(ERR_SHORTFALL), 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_error_wins),
        cmocka_unit_test(parts_are_one_line),
        cmocka_unit_test(prefix_says_where),
        cmocka_unit_test(long_texts_are_cut_at_a_whole_character),
        cmocka_unit_test(no_length_cuts_a_character),
        cmocka_unit_test(exit_statuses_are_the_documented_ones),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
