#include "base/clock.h"

#include <time.h>

static int64_t now_us(clockid_t which)
{
    struct timespec now = {0};

    (void)clock_gettime(which, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_monotonic_us(void)
{
    return now_us(CLOCK_MONOTONIC);
}

int64_t clock_wall_us(void)
{
    return now_us(CLOCK_REALTIME);
}

struct str clock_wall_text(struct arena *arena)
{
    time_t now = (time_t)(clock_wall_us() / 1000000);
    struct tm parts;

    if (gmtime_r(&now, &parts) == NULL)
        return str_from("");
    return str_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                      parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}
