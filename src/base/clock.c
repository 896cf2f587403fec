#include "base/clock.h"

#include <time.h>

int64_t clock_monotonic_us(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_wall_us(void)
{
    struct timespec now = {0};

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct str clock_text(struct arena *arena, int64_t wall_us)
{
    time_t seconds = (time_t)(wall_us / 1000000);
    struct tm parts = {0};

    (void)gmtime_r(&seconds, &parts);
    return str_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d.%03d UTC", parts.tm_year + 1900, parts.tm_mon + 1,
                      parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, (int)(wall_us / 1000 % 1000));
}

void clock_condition_init(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;

    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(condition, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
}

void clock_wait(pthread_cond_t *condition, pthread_mutex_t *lock, int64_t microseconds)
{
    int64_t end = clock_monotonic_us() + microseconds;
    struct timespec until = {.tv_sec = (time_t)(end / 1000000), .tv_nsec = (long)(end % 1000000) * 1000};

    (void)pthread_cond_timedwait(condition, lock, &until);
}
