#include "tests/unit.h"

#include <string.h>

#include "base/arena.h"

static void memory_is_zeroed_and_aligned(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    for (size_t size = 1; size < 70000; size = size * 3 + 1) {
        unsigned char *memory = arena_alloc(arena, size);

        assert_int_equal((size_t)memory % 16, 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xff, size);
    }
    arena_free(arena);
}

static void reset_keeps_one_block(void **state)
{
    struct arena *arena = arena_new();
    size_t first = arena_size(arena);

    (void)state;
    for (int i = 0; i < 1000; i++)
        memset(arena_alloc(arena, 1000), 1, 1000);
    assert_true(arena_size(arena) > first);
    arena_reset(arena);
    assert_int_equal(arena_size(arena), first);
    assert_string_equal(arena_printf(arena, "%d-%s", 7, "x"), "7-x");
    arena_free(arena);
}

static void push_grows_and_keeps(void **state)
{
    struct arena *arena = arena_new();
    int *items = NULL;
    size_t count = 0;
    size_t capacity = 0;

    (void)state;
    for (int i = 0; i < 5000; i++)
        ARENA_PUSH(arena, items, count, capacity) = i;
    assert_int_equal(count, 5000);
    for (int i = 0; i < 5000; i++)
        assert_int_equal(items[i], i);
    arena_free(arena);
}

static void copy_is_terminated(void **state)
{
    struct arena *arena = arena_new();
    const char *copy = arena_copy(arena, "abcdef", 3);

    (void)state;
    assert_string_equal(copy, "abc");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(reset_keeps_one_block),
        cmocka_unit_test(push_grows_and_keeps),
        cmocka_unit_test(copy_is_terminated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
