/* Finding and pairing the rows that differ, of rows that come from memory: the same, where the table counts
 * as one that is bisected by groups of keys first. */
#include "tests/unit.h"

#include "verify/differences.h"

enum {
    COLUMNS = 3,
    ROWS_MOST = 3000,
    FEW = 10,              /* all rows are marked */
    BISECTED = 1000 * 1000 /* groups first */
};

static struct plan_column planned[COLUMNS] = {
    {.name = STR("a"), .type = {.kind = PG_INT8}},
    {.name = STR("b"), .type = {.kind = PG_INT8}},
    {.name = STR("c"), .type = {.kind = PG_INT8}},
};
static const struct plan_table shape = {.name = STR("t"), .columns = planned, .column_count = COLUMNS};
static const size_t first_column[] = {0};

struct side {
    int64_t rows[ROWS_MOST][COLUMNS];
    size_t count;
    struct reading_feed feed;
};

struct fixture {
    struct arena *arena;
    struct side sides[2];
    struct differences found;
};

static bool give_rows(void *context, reading_take *take, void *taker, struct err *err)
{
    const struct side *side = context;

    for (size_t i = 0; i < side->count; i++) {
        struct value cells[COLUMNS];

        for (size_t j = 0; j < COLUMNS; j++)
            cells[j] = (struct value){.kind = VALUE_INTEGER, .integer = side->rows[i][j]};
        if (!take(taker, cells, err))
            return false;
    }
    return true;
}

static int begin(void **state)
{
    struct arena *arena = arena_new();
    struct fixture *it = ARENA_NEW(arena, struct fixture);

    it->arena = arena;
    for (int side = 0; side < 2; side++) {
        it->sides[side].count = 0;
        it->sides[side].feed = (struct reading_feed){give_rows, &it->sides[side]};
    }
    *state = it;
    return 0;
}

static int end(void **state)
{
    struct fixture *it = *state;

    arena_free(it->arena);
    return 0;
}

static void put(struct fixture *it, int side, int64_t a, int64_t b, int64_t c)
{
    int64_t *row = it->sides[side].rows[it->sides[side].count++];

    row[0] = a;
    row[1] = b;
    row[2] = c;
}

static void put_both(struct fixture *it, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (int side = 0; side < 2; side++)
            put(it, side, (int64_t)i, (int64_t)i * 7, 1);
}

static void find(struct fixture *it, size_t key_count, int64_t rows)
{
    struct comparison comparison = {.key = first_column, .key_count = key_count};
    struct err err = {.code = ERR_NONE};

    for (int side = 0; side < 2; side++)
        comparison.sides[side] = (struct reading){
            .is_sqlite = true, .plain = true, .shape = &shape, .feed = &it->sides[side].feed};
    assert_true(differences_find(it->arena, &comparison, rows, &it->found, &err));
}

static const struct difference *only(const struct fixture *it, enum difference_kind kind, size_t place)
{
    assert_int_equal(it->found.count, 1);
    assert_int_equal(it->found.rows, 1);
    assert_int_equal(it->found.beyond, 0);
    assert_int_equal(it->found.items[0].kind, kind);
    if (kind == DIFFERENCE_VALUE)
        assert_int_equal(it->found.items[0].place, place);
    return &it->found.items[0];
}

static void equal_rows_have_none(void **state)
{
    struct fixture *it = *state;

    put_both(it, 500);
    find(it, 1, FEW);
    assert_int_equal(it->found.count, 0);
    find(it, 0, BISECTED);
    assert_int_equal(it->found.count + (size_t)it->found.rows, 0);
}

static void a_value_is_found_by_its_key(void **state)
{
    struct fixture *it = *state;

    put_both(it, 2000);
    it->sides[1].rows[1234][1]++;
    find(it, 1, FEW);
    assert_true(str_is(only(it, DIFFERENCE_VALUE, 1)->rows[0]->values[0].text, "1234"));
    find(it, 1, BISECTED);
    assert_true(str_is(only(it, DIFFERENCE_VALUE, 1)->rows[0]->values[0].text, "1234"));
}

static void rows_of_one_side_are_found_in_groups(void **state)
{
    struct fixture *it = *state;

    put_both(it, 2000);
    put(it, 0, 5000, 1, 1);
    put(it, 1, 6000, 2, 1);
    find(it, 1, BISECTED);
    assert_int_equal(it->found.count, 2);
    assert_int_equal(it->found.items[0].kind, DIFFERENCE_MISSING);
    assert_int_equal(it->found.items[1].kind, DIFFERENCE_EXTRA);
}

static void values_swapped_are_two(void **state)
{
    struct fixture *it = *state;

    put_both(it, 1000);
    it->sides[1].rows[3][1] = it->sides[0].rows[900][1];
    it->sides[1].rows[900][1] = it->sides[0].rows[3][1];
    find(it, 1, BISECTED);
    assert_int_equal(it->found.count, 2);
    assert_int_equal(it->found.rows, 2);
}

static void a_key_that_changed_is_one_value(void **state)
{
    struct fixture *it = *state;

    put_both(it, 20);
    it->sides[1].rows[5][0] = 777;
    find(it, 1, FEW);
    (void)only(it, DIFFERENCE_VALUE, 0);
}

static void a_doubled_row_is_told_as_such(void **state)
{
    struct fixture *it = *state;

    put_both(it, 20);
    put(it, 1, 4, 28, 1);
    find(it, 0, FEW);
    assert_true(only(it, DIFFERENCE_EXTRA, 0)->doubled);
}

static void without_a_key_the_most_alike_is_the_same_row(void **state)
{
    struct fixture *it = *state;

    put(it, 0, 1, 10, 100);
    put(it, 0, 2, 20, 200);
    put(it, 1, 2, 20, 201);
    put(it, 1, 1, 11, 100);
    find(it, 0, FEW);
    assert_int_equal(it->found.count, 2);
    assert_int_equal(it->found.items[0].kind, DIFFERENCE_VALUE);
    assert_int_equal(it->found.items[0].place, 1);
    assert_int_equal(it->found.items[1].place, 2);
}

static void where_two_are_as_alike_none_is(void **state)
{
    struct fixture *it = *state;

    put(it, 0, 1, 10, 100);
    put(it, 1, 1, 10, 101);
    put(it, 1, 1, 10, 102);
    find(it, 0, FEW);
    assert_int_equal(it->found.count, 3);
    assert_int_equal(it->found.rows, 3);
    assert_int_equal(it->found.items[0].kind, DIFFERENCE_MISSING);
    assert_int_equal(it->found.items[2].kind, DIFFERENCE_EXTRA);
}

#define DIFFERENCES_TEST(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DIFFERENCES_TEST(equal_rows_have_none),
        DIFFERENCES_TEST(a_value_is_found_by_its_key),
        DIFFERENCES_TEST(rows_of_one_side_are_found_in_groups),
        DIFFERENCES_TEST(values_swapped_are_two),
        DIFFERENCES_TEST(a_key_that_changed_is_one_value),
        DIFFERENCES_TEST(a_doubled_row_is_told_as_such),
        DIFFERENCES_TEST(without_a_key_the_most_alike_is_the_same_row),
        DIFFERENCES_TEST(where_two_are_as_alike_none_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
