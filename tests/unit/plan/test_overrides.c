/* test_overrides.c: types that were asked for, found among many. */
#include "tests/unit.h"

#include "plan/overrides.h"

#define OVERRIDE(t, c, n, k)                                                                                 \
    {                                                                                                        \
        .table = STR(t), .column = STR(c), .nullable = (n), .type = {.kind = (k) }                           \
    }

static void the_last_one_of_a_column_is_found(void **state)
{
    static const struct type_override all[] = {
        OVERRIDE("t", "a", false, PG_TEXT), OVERRIDE("T", "b", false, PG_INT4),
        OVERRIDE("ta", "", false, PG_INT8), OVERRIDE("T", "A", false, PG_UUID),
        OVERRIDE("t", "a", true, PG_DATE),
    };
    struct plan_options options = {.overrides = all, .override_count = ARRAY_LENGTH(all)};
    struct arena *arena = arena_new();
    struct overrides overrides = overrides_sort(arena, &options);

    (void)state;
    assert_ptr_equal(overrides_find(&overrides, str_from("t"), str_from("a"), false), &all[3]);
    assert_ptr_equal(overrides_find(&overrides, str_from("t"), str_from("a"), true), &all[4]);
    assert_ptr_equal(overrides_find(&overrides, str_from("t"), str_from("B"), false), &all[1]);
    assert_ptr_equal(overrides_find(&overrides, str_from("TA"), str_from(""), false), &all[2]);
    assert_null(overrides_find(&overrides, str_from("t"), str_from("b"), true));
    assert_null(overrides_find(&overrides, str_from("t"), str_from(""), false));
    assert_null(overrides_find(&overrides, str_from("a"), str_from("a"), false));
    arena_free(arena);
}

/* As many as a saved plan of 3,000 tables has, found in a moment and not by looking at each. */
static void many_are_found_soon(void **state)
{
    enum {
        TABLES = 3000,
        COLUMNS = 13
    };
    struct arena *arena = arena_new();
    struct type_override *all = ARENA_ARRAY(arena, struct type_override, (size_t)TABLES * COLUMNS);
    struct plan_options options = {.overrides = all, .override_count = (size_t)TABLES * COLUMNS};
    struct overrides overrides;

    (void)state;
    for (int i = 0; i < TABLES * COLUMNS; i++)
        all[i] = (struct type_override){.table = str_printf(arena, "table_%d", i / COLUMNS),
                                        .column = str_printf(arena, "c%d", i % COLUMNS)};
    overrides = overrides_sort(arena, &options);
    for (int i = 0; i < TABLES * COLUMNS; i++)
        assert_ptr_equal(overrides_find(&overrides, all[i].table, all[i].column, false), &all[i]);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_one_of_a_column_is_found),
        cmocka_unit_test(many_are_found_soon),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
