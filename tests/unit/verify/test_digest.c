#include "tests/unit.h"

#include <math.h>

#include "tests/unit/verify/things.h"

static void both_sides_of_the_same_rows_are_equal_in_any_order(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct err err = {.code = ERR_NONE};
    struct buf stream;

    put_all(&stream);
    eat_row(fixture->source, rows[2]);
    eat_row(fixture->source, rows[0]);
    eat_row(fixture->source, rows[1]);
    eat_bytes(fixture->target, buf_view(&stream));
    assert_true(digester_target_end(fixture->target, &err));
    assert_true(same(fixture, &difference));
    assert_false(difference.rows);
    assert_false(difference.swapped);
    assert_int_equal(difference.column_count, 0);
    assert_int_equal(digester_result(fixture->source)->rows, 3);
    assert_int_equal(digester_result(fixture->source)->column_count, COLUMNS);
    buf_free(&stream);
}

static void source_and(struct fixture *fixture, const struct value (*changed)[COLUMNS], size_t count)
{
    for (size_t i = 0; i < 3; i++)
        eat_row(fixture->source, rows[i]);
    for (size_t i = 0; i < count; i++)
        eat_row(fixture->target, changed[i]);
}

static void values_swapped_between_rows_are_found(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct value changed[3][COLUMNS];

    memcpy(changed, rows, sizeof(rows));
    changed[0][2] = rows[2][2];
    changed[2][2] = rows[0][2];
    source_and(fixture, (const struct value(*)[COLUMNS])changed, 3);
    assert_false(same(fixture, &difference));
    assert_true(difference.swapped);
    assert_false(difference.rows);
    assert_int_equal(difference.column_count, 0);
}

static void values_swapped_between_columns_are_found(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct value changed[3][COLUMNS];

    memcpy(changed, rows, sizeof(rows));
    changed[2][1] = rows[2][2];
    changed[2][2] = rows[2][1];
    source_and(fixture, (const struct value(*)[COLUMNS])changed, 3);
    assert_false(same(fixture, &difference));
    assert_false(difference.swapped);
    assert_int_equal(difference.column_count, 2);
    assert_int_equal(difference.columns[0], 1);
    assert_int_equal(difference.columns[1], 2);
}

static void a_row_missing_and_one_twice_is_found(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct value changed[3][COLUMNS];

    memcpy(changed, rows, sizeof(rows));
    memcpy(changed[1], rows[0], sizeof(rows[0]));
    source_and(fixture, (const struct value(*)[COLUMNS])changed, 3);
    assert_false(same(fixture, &difference));
    assert_false(difference.rows);
    assert_false(difference.swapped);
    /* `made` is the same moment in both rows. */
    assert_int_equal(difference.column_count, COLUMNS - 1);
}

static void rows_that_come_in_pairs_are_found(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct value changed[3][COLUMNS];

    memcpy(changed, rows, sizeof(rows));
    source_and(fixture, (const struct value(*)[COLUMNS])changed, 3);
    eat_row(fixture->target, rows[0]);
    eat_row(fixture->target, rows[0]);
    assert_false(same(fixture, &difference));
    assert_true(difference.rows);
    assert_int_equal(difference.column_count, COLUMNS);
}

static void the_smallest_changes_are_found_in_their_column(void **state)
{
    struct fixture *fixture = *state;
    const struct {
        size_t place;
        struct value from;
        struct value to;
    } changes[] = {
        {2, {.kind = VALUE_NULL}, text("")},
        {2, {.kind = VALUE_NULL}, text("NULL")},
        {2, text(""), text_of(BYTES(" "))},
        {1, text("Ada"), text("ada")},
        {1, text("e\xcc\x81"), text("\xc3\xa9")},
        {0, integer(1), integer(-1)},
        {0, {.kind = VALUE_NULL}, integer(0)},
        {3, real(19.99), real(19.98)},
        {3, integer(0), {.kind = VALUE_NULL}},
        {4, text("2024-02-29 12:34:56.789"), text("2024-02-29 12:34:56.789001")},
        {4, text("0001-01-01 00:00:00"), text("0001-01-01 00:00:00.000001")},
        {5, real(62.5), real(nextafter(62.5, 63.0))},
        {5, real(0.0), real(-0.0)},
        {5, real(0.0), real(5e-324)},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
        struct digester *before = digester_new(fixture->arena, &table);
        struct digester *after = digester_new(fixture->arena, &table);
        struct digest_difference difference;
        struct value row[COLUMNS];

        memcpy(row, rows[0], sizeof(row));
        row[changes[i].place] = changes[i].from;
        eat_row(before, row);
        row[changes[i].place] = changes[i].to;
        eat_row(after, row);
        assert_false(
            digest_compare(fixture->arena, digester_result(before), digester_result(after), &difference));
        assert_int_equal(difference.column_count, 1);
        assert_int_equal(difference.columns[0], changes[i].place);
        assert_false(difference.swapped);
        digester_free(before);
        digester_free(after);
    }
}

static void digests_of_parts_add_up(void **state)
{
    struct fixture *fixture = *state;
    struct digester *whole = digester_new(fixture->arena, &table);
    struct digest_difference difference;
    struct digest sum = {.column_count = COLUMNS};

    sum.columns = ARENA_ARRAY(fixture->arena, struct digest_sum, COLUMNS);
    eat_row(fixture->source, rows[0]);
    eat_row(fixture->target, rows[1]);
    eat_row(fixture->target, rows[2]);
    for (size_t i = 0; i < 3; i++)
        eat_row(whole, rows[i]);
    digest_add(&sum, digester_result(fixture->source));
    digest_add(&sum, digester_result(fixture->target));
    assert_int_equal(sum.rows, 3);
    assert_true(digest_compare(fixture->arena, &sum, digester_result(whole), &difference));
    digester_free(whole);
}

static void a_misfit_is_named_without_its_value_and_not_counted(void **state)
{
    struct fixture *fixture = *state;
    struct digest_difference difference;
    struct value bad[COLUMNS];
    struct err err = {.code = ERR_NONE};

    memcpy(bad, rows[0], sizeof(bad));
    bad[4] = text("31/12/1999 secret");
    eat_row(fixture->source, rows[0]);
    assert_false(digester_source_row(fixture->source, bad, &err));
    assert_int_equal(err.code, ERR_DECISION);
    assert_string_equal(err.primary,
                        "things.made: a value of class TEXT has no form as timestamp without time zone");
    assert_string_equal(err.detail, "it is no date with a time");
    eat_row(fixture->source, rows[1]);
    eat_row(fixture->target, rows[0]);
    eat_row(fixture->target, rows[1]);
    assert_true(same(fixture, &difference));
    /* The reason is not left over for the next one. */
    err_clear(&err);
    memcpy(bad, rows[0], sizeof(bad));
    bad[4] = blob(BYTES("x"));
    assert_false(digester_source_row(fixture->source, bad, &err));
    assert_string_equal(err.detail, "");
}

static void a_table_without_rows_or_columns(void **state)
{
    struct fixture *fixture = *state;
    struct plan_table bare = {.name = STR("bare")};
    struct digester *source = digester_new(fixture->arena, &bare);
    struct digester *target = digester_new(fixture->arena, &bare);
    struct digest_difference difference;
    struct err err = {.code = ERR_NONE};
    struct value none = {.kind = VALUE_NULL};
    struct buf stream;

    stream_begin(&stream);
    put16(&stream, 0);
    put16(&stream, 0);
    stream_end(&stream);
    eat_row(source, &none);
    eat_bytes(target, buf_view(&stream));
    assert_true(digester_target_end(target, &err));
    assert_false(
        digest_compare(fixture->arena, digester_result(source), digester_result(target), &difference));
    assert_true(difference.rows);
    eat_row(source, &none);
    assert_true(
        digest_compare(fixture->arena, digester_result(source), digester_result(target), &difference));
    assert_true(same(fixture, &difference));
    digester_free(source);
    digester_free(target);
    buf_free(&stream);
}

#define DIGEST_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIGEST_TEST(both_sides_of_the_same_rows_are_equal_in_any_order),
        DIGEST_TEST(values_swapped_between_rows_are_found),
        DIGEST_TEST(values_swapped_between_columns_are_found),
        DIGEST_TEST(a_row_missing_and_one_twice_is_found),
        DIGEST_TEST(rows_that_come_in_pairs_are_found),
        DIGEST_TEST(the_smallest_changes_are_found_in_their_column),
        DIGEST_TEST(digests_of_parts_add_up),
        DIGEST_TEST(a_misfit_is_named_without_its_value_and_not_counted),
        DIGEST_TEST(a_table_without_rows_or_columns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
