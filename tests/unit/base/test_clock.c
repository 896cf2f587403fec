/* base/clock: durations, moments, and waits that end. */
#include "tests/unit.h"

#include "base/clock.h"

static void wait_lasts_as_long_as_was_said(void **state)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t condition;
    int64_t since;

    (void)state;
    clock_condition_init(&condition);
    (void)pthread_mutex_lock(&lock);
    since = clock_monotonic_us();
    clock_wait(&condition, &lock, 30 * 1000);
    assert_true(clock_monotonic_us() - since >= 30 * 1000);
    (void)pthread_mutex_unlock(&lock);
    (void)pthread_cond_destroy(&condition);
}

static void moment_is_a_text(void **state)
{
    struct arena *arena = arena_new();

    (void)state;
    assert_true(str_is(clock_text(arena, 0), "1970-01-01 00:00:00.000 UTC"));
    assert_true(str_is(clock_text(arena, 1795282512123456), "2026-11-21 17:35:12.123 UTC"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wait_lasts_as_long_as_was_said),
        cmocka_unit_test(moment_is_a_text),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
