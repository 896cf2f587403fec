#include "ops/work.h"

#include "tests/unit.h"

/* Its workers add misfits under one lock and tasks under another: a common arena gave both the same bytes. */
static void misfits_have_an_arena_of_their_own(void **state)
{
    struct arena *arena = arena_new();
    struct url target;
    struct upgrade_options options = {.target = &target};
    struct upgrade_result result = {.prepared = {.snapshot = {.reader_count = 1}}};
    struct err err = {.code = ERR_NONE};
    struct work work;

    (void)state;
    assert_true(url_parse(arena, str_from("postgresql:///app?host=/nonexistent"), &target, &err));
    assert_false(work_open(&work, arena, &options, &result, NULL, &err));
    assert_int_equal(err.code, ERR_CONNECT);
    assert_non_null(result.load.misfits.arena);
    assert_ptr_not_equal(result.load.misfits.arena, arena);
    work_close(&work);
    result.prepared.snapshot.reader_count = 0;
    upgrade_close(&result);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misfits_have_an_arena_of_their_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
