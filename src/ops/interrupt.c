#include "ops/interrupt.h"
#include "base/flag.h"

#include <string.h>

#include "base/clock.h"
#include "base/pool.h"

struct attempt {
    const volatile sig_atomic_t *interrupted;
    struct engine *engine;
    interruptible_step *step;
    void *context;
    int64_t deadline; /* monotonic; 0: none */
    bool expired;
    bool done;
};

static bool run_step(void *context, size_t worker, struct err *err)
{
    struct attempt *attempt = context;

    (void)worker;
    attempt->done = attempt->step(attempt->context, err);
    return attempt->done;
}

static bool tick(void *context, struct err *err)
{
    struct attempt *attempt = context;

    if (attempt->deadline > 0 && clock_monotonic_us() > attempt->deadline) {
        attempt->expired = true;
        engine_cancel(attempt->engine);
        return err_set(err, ERR_CANCELED, "the time is over");
    }
    if (!was_interrupted(attempt->interrupted))
        return true;
    engine_cancel(attempt->engine);
    return err_set(err, ERR_CANCELED, "interrupted");
}

static bool run(struct attempt *attempt, struct err *err)
{
    struct pool *pool = pool_new(1);
    struct err failure = {.code = ERR_NONE};
    bool ran;

    pool_add(pool, 0, run_step, attempt);
    ran = pool_run(pool, tick, attempt, &failure);
    pool_free(pool);
    if (ran || attempt->done)
        return true;
    *err = failure;
    return false;
}

bool interruptible(const volatile sig_atomic_t *interrupted, struct engine *engine, interruptible_step *step,
                   void *context, struct err *err)
{
    struct attempt attempt = {.interrupted = interrupted, .engine = engine, .step = step, .context = context};

    return run(&attempt, err);
}

bool interruptible_until(const volatile sig_atomic_t *interrupted, struct engine *engine, int64_t deadline,
                         bool *expired, interruptible_step *step, void *context, struct err *err)
{
    struct attempt attempt = {
        .interrupted = interrupted, .engine = engine, .step = step, .context = context, .deadline = deadline};
    bool done = run(&attempt, err);

    *expired = !done && attempt.expired;
    return done;
}

bool was_interrupted(const volatile sig_atomic_t *interrupted)
{
    return flag_is_set(interrupted);
}

void lost_error(struct err *err, const char *kept)
{
    if (strcmp(err->hint, ENGINE_LOST_HINT) != 0)
        return;
    err->hint[0] = '\0';
    err_hint(err, ENGINE_LOST_HINT "; %s, so the same command may be run again", kept);
}

void interrupt_error(struct err *err)
{
    bool canceled = err->code == ERR_CANCELED || err->code == ERR_SOURCE_CHANGED ||
                    strcmp(err->sqlstate, "57014") == 0; /* query_canceled */

    if (!canceled)
        return;
    err_clear(err);
    err_set(err, ERR_CANCELED, "interrupted");
    err_hint(err, "the target is as it was; run the same command again");
}
