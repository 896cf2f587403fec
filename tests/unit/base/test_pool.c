#include "tests/unit.h"

#include <sched.h>
#include <stdatomic.h>

#include "base/pool.h"

struct sum {
    struct pool *pool;
    atomic_int total;
    atomic_int ticks;
};

static bool add_one(void *context, size_t worker, struct err *err)
{
    struct sum *sum = context;

    (void)worker;
    (void)err;
    atomic_fetch_add(&sum->total, 1);
    return true;
}

static bool add_tasks(void *context, size_t worker, struct err *err)
{
    struct sum *sum = context;

    (void)worker;
    (void)err;
    for (int i = 0; i < 100; i++)
        pool_add(sum->pool, 1, add_one, sum);
    return true;
}

static bool fail_once(void *context, size_t worker, struct err *err)
{
    (void)context;
    (void)worker;
    return err_set(err, ERR_FAILED, "on purpose");
}

static bool stop_at_once(void *context, struct err *err)
{
    struct sum *sum = context;

    atomic_fetch_add(&sum->ticks, 1);
    return err_set(err, ERR_CANCELED, "stopped");
}

static bool wait_for_a_tick(void *context, size_t worker, struct err *err)
{
    struct sum *sum = context;

    (void)worker;
    (void)err;
    while (atomic_load(&sum->ticks) == 0)
        (void)sched_yield();
    return true;
}

static void tasks_may_add_tasks(void **state)
{
    struct sum sum = {.pool = pool_new(3)};
    struct err err = {.code = ERR_NONE};

    (void)state;
    for (int i = 0; i < 10; i++)
        pool_add(sum.pool, 0, add_tasks, &sum);
    assert_true(pool_run(sum.pool, NULL, NULL, &err));
    assert_int_equal(sum.total, 1000);
    pool_free(sum.pool);
}

static void first_error_ends_it(void **state)
{
    struct sum sum = {.pool = pool_new(1)};
    struct err err = {.code = ERR_NONE};

    (void)state;
    pool_add(sum.pool, 2, add_one, &sum);
    pool_add(sum.pool, 1, fail_once, &sum);
    pool_add(sum.pool, 0, add_one, &sum);
    assert_false(pool_run(sum.pool, NULL, NULL, &err));
    assert_int_equal(err.code, ERR_FAILED);
    assert_int_equal(sum.total, 1);
    pool_free(sum.pool);
}

static void nothing_to_do_is_done(void **state)
{
    struct pool *pool = pool_new(2);
    struct err err = {.code = ERR_NONE};

    (void)state;
    assert_true(pool_run(pool, NULL, NULL, &err));
    pool_free(pool);
}

static void tick_can_stop(void **state)
{
    struct sum sum = {.pool = pool_new(2)};
    struct err err = {.code = ERR_NONE};

    (void)state;
    pool_add(sum.pool, 0, wait_for_a_tick, &sum);
    pool_add(sum.pool, 1, add_one, &sum);
    assert_false(pool_run(sum.pool, stop_at_once, &sum, &err));
    assert_int_equal(err.code, ERR_CANCELED);
    assert_true(sum.ticks >= 1);
    pool_free(sum.pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tasks_may_add_tasks),
        cmocka_unit_test(first_error_ends_it),
        cmocka_unit_test(nothing_to_do_is_done),
        cmocka_unit_test(tick_can_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
