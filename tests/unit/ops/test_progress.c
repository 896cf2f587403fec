#include "ops/progress.h"

#include "base/attributes.h"
#include "tests/unit.h"

enum {
    MB = 1000 * 1000
};

static void nothing_is_nothing(void **state)
{
    (void)state;
    assert_true(progress_done(NULL, 0) == 0);
}

/* Many small tables are done soon, and are not what takes the time. */
static void large_tables_weigh_more(void **state)
{
    struct progress_part parts[101] = {{.weight = 99 * MB}};

    (void)state;
    for (size_t i = 1; i < ARRAY_LENGTH(parts); i++)
        parts[i] = (struct progress_part){.weight = MB / 100, .loaded = 1, .done = true};
    assert_true(progress_done(parts, ARRAY_LENGTH(parts)) < 0.02);
    parts[0].loaded = 0.5;
    assert_true(progress_done(parts, ARRAY_LENGTH(parts)) > 0.25);
    assert_true(progress_done(parts, ARRAY_LENGTH(parts)) < 0.27);
}

static void a_table_is_done_when_it_is_read_back(void **state)
{
    struct progress_part part = {.weight = MB, .loaded = 1};

    (void)state;
    assert_true(progress_done(&part, 1) == 0.5);
    part.done = true;
    assert_true(progress_done(&part, 1) == 1);
}

/* The number of rows is an estimate. */
static void more_rows_than_expected_are_no_more_than_all(void **state)
{
    struct progress_part parts[] = {{.weight = MB, .loaded = 7}, {.weight = MB}};

    (void)state;
    assert_true(progress_done(parts, 2) == 0.25);
}

static void empty_tables_count_a_little(void **state)
{
    struct progress_part parts[] = {{.weight = 0, .done = true}, {.weight = 0}};

    (void)state;
    assert_true(progress_done(parts, 2) == 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_nothing),
        cmocka_unit_test(large_tables_weigh_more),
        cmocka_unit_test(a_table_is_done_when_it_is_read_back),
        cmocka_unit_test(more_rows_than_expected_are_no_more_than_all),
        cmocka_unit_test(empty_tables_count_a_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
