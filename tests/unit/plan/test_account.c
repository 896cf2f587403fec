/* test_account.c: no table of the source's catalog is forgotten. */
#include "tests/unit.h"

#include <string.h>

#include "plan/plan.h"
#include "tests/unit/plan/fixture.h"

static bool plans(struct schema *schema, struct arena *arena, struct err *err)
{
    struct plan_options options = {.names = NAMES_AS_WRITTEN};
    struct plan plan;

    return plan_make(arena, schema, NULL, &options, &plan, err);
}

static void a_table_that_nobody_names_ends_the_plan(void **state)
{
    struct arena *arena = arena_new();
    sqlite3 *db = fixture_make("CREATE TABLE t (a); CREATE TABLE u (a)");
    struct schema schema = fixture_schema(arena, db);
    struct str entries[] = {STR("t"), STR("u"), STR("ghost")};
    struct err err = {.code = ERR_NONE};

    (void)state;
    schema.entries = entries;
    schema.entry_count = 2;
    assert_true(plans(&schema, arena, &err));
    schema.entry_count = 3;
    assert_false(plans(&schema, arena, &err));
    assert_int_equal(err.code, ERR_FAILED);
    assert_non_null(strstr(err.primary, "ghost"));
    sqlite3_close(db);
    arena_free(arena);
}

static void a_table_left_behind_is_named(void **state)
{
    struct arena *arena = arena_new();
    sqlite3 *db = fixture_make("CREATE TABLE t (a)");
    struct schema schema = fixture_schema(arena, db);
    struct unreadable unreadable = {.what = "table", .name = STR("lost"), .reason = STR("why")};
    struct str entries[] = {STR("lost"), STR("t")};
    struct err err = {.code = ERR_NONE};

    (void)state;
    schema.entries = entries;
    schema.entry_count = 2;
    schema.unreadable = &unreadable;
    schema.unreadable_count = 1;
    assert_true(plans(&schema, arena, &err));
    schema.tables[0].kind = TABLE_VIRTUAL; /* of which the plan says nothing */
    assert_false(plans(&schema, arena, &err));
    sqlite3_close(db);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_that_nobody_names_ends_the_plan),
        cmocka_unit_test(a_table_left_behind_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
