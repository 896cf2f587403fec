/* Until a database lets its user in. */
#include "base/clock.h"
#include "base/flag.h"
#include "ops/check_intern.h"

enum {
    FIRST_PAUSE_US = 50 * 1000,
    LONGEST_PAUSE_US = 1000 * 1000,
    LOOK_US = 100 * 1000,
    LONGEST_TRY_MS = 5000
};

/* False: the user has no more patience. */
static bool wait_a_moment(int64_t until, const volatile sig_atomic_t *interrupted)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never;

    clock_condition_init(&never);
    (void)pthread_mutex_lock(&lock);
    for (int64_t left; !flag_is_set(interrupted) && (left = until - clock_monotonic_us()) > 0;)
        clock_wait(&never, &lock, left < LOOK_US ? left : LOOK_US);
    (void)pthread_mutex_unlock(&lock);
    (void)pthread_cond_destroy(&never);
    (void)pthread_mutex_destroy(&lock);
    return !flag_is_set(interrupted);
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

bool check_wait(const struct url *url, const struct core_options *options, long seconds, int64_t *waited_us,
                struct err *err)
{
    int64_t began = clock_monotonic_us();
    int64_t end = began + (int64_t)seconds * 1000000;
    int64_t pause_us = FIRST_PAUSE_US;
    struct core_options attempt = *options;
    struct err failure;

    for (;;) {
        struct pgrade_database *db;
        int64_t left = end - clock_monotonic_us();
        bool open;

        failure = (struct err){.code = ERR_NONE};
        attempt.public.timeout_ms = (int)least(LONGEST_TRY_MS, left / 1000 > 0 ? left / 1000 : 1);
        open = core_open(url, &attempt, &db, &failure);
        *waited_us = clock_monotonic_us() - began;
        if (open) {
            pgrade_close(db);
            return true;
        }
        if (!check_may_pass(&failure) || clock_monotonic_us() + pause_us >= end)
            break;
        if (!wait_a_moment(clock_monotonic_us() + pause_us, options->interrupted))
            return err_set(err, ERR_CANCELED, "interrupted");
        pause_us = least(pause_us * 2, LONGEST_PAUSE_US);
    }
    *err = failure;
    return check_may_pass(&failure) ? err_prefix(err, "not ready within %ld s", seconds) : false;
}
