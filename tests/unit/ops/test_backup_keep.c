/* test_backup_keep.c: which backups are kept. */
#include "tests/unit.h"

#include <stdio.h>
#include <string.h>

#include "ops/backup_list.h"

enum {
    MOST = 400
};

static const int64_t day = (int64_t)24 * 60 * 60 * 1000 * 1000;

/* One every day at noon, from 2026-01-01 (a Thursday) on; gives the days that are kept, from 0. */
static void check(const char *text, size_t days, const char *expected)
{
    static const int64_t first = (int64_t)1767225600 * 1000 * 1000;
    int64_t began[MOST];
    bool kept[MOST];
    struct backup_keep keep;
    struct err err = {.code = ERR_NONE};
    char found[8 * MOST] = "";

    assert_true(backup_keep_parse(str_from(text), &keep, &err));
    for (size_t i = 0; i < days; i++)
        began[i] = first + (int64_t)i * day + day / 2;
    backup_keep_choose(&keep, began, days, kept);
    for (size_t i = 0; i < days; i++) {
        char number[24];

        (void)snprintf(number, sizeof(number), " %zu", i);
        if (kept[i])
            memcpy(found + strlen(found), number, strlen(number) + 1);
    }
    assert_string_equal(found, expected);
}

static void last_ones_are_kept(void **state)
{
    (void)state;
    check("3", 5, " 2 3 4");
    check("last=1", 5, " 4");
    check("9", 2, " 0 1");
}

static void newest_of_each_span_is_kept(void **state)
{
    (void)state;
    check("daily=2", 5, " 3 4");
    check("weekly=3", 20, " 10 17 19");                   /* Sundays are the 4th, 11th, 18th */
    check("monthly=3", 70, " 30 58 69");                  /* January has 31 days, February 28 */
    check("daily=2,weekly=2,monthly=2", 40, " 30 38 39"); /* the last day is a Monday */
    check("daily=1, last=2", 5, " 3 4");
}

static void nothing_said_keeps_all(void **state)
{
    (void)state;
    check("", 3, " 0 1 2");
}

static void wrong_texts_are_refused(void **state)
{
    static const char *const texts[] = {"0", "-1", "x", "daily", "daily=", "daily=0", "hourly=3", "1,,2"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        struct backup_keep keep;
        struct err err = {.code = ERR_NONE};

        assert_false(backup_keep_parse(str_from(texts[i]), &keep, &err));
        assert_int_equal(err.code, ERR_USAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(last_ones_are_kept),
        cmocka_unit_test(newest_of_each_span_is_kept),
        cmocka_unit_test(nothing_said_keeps_all),
        cmocka_unit_test(wrong_texts_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
