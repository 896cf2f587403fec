#include "cli/meter.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"
#include "cli/table.h"

enum {
    QUIET_US = 1000000,
    TERMINAL_US = 200000,
    PLAIN_US = 10000000
};

/* Too little to tell anything from. */
static const double LEAST_DONE = 0.01;

void meter_init(struct meter *meter, bool quiet)
{
    *meter = (struct meter){.silent = quiet,
                            .terminal = isatty(STDERR_FILENO) == 1,
                            .began_us = clock_monotonic_us(),
                            .next_us = clock_monotonic_us() + QUIET_US};
}

static struct str line_of(struct arena *arena, const struct meter *meter,
                          const struct upgrade_progress *progress, int64_t now)
{
    int64_t passed = now - meter->began_us;
    struct str left = {NULL, 0};

    if (progress->done > LEAST_DONE && progress->done < 1)
        left = str_printf(
            arena, ", about %.*s left",
            STR_ARGS(show_seconds(arena, (int64_t)((double)passed / progress->done * (1 - progress->done)))));
    return str_printf(
        arena, "%s: %zu of %zu tables, %.*s rows, %.*s (%.*s/s)%.*s", progress->phase, progress->tables_done,
        progress->tables, STR_ARGS(show_count(arena, progress->rows)),
        STR_ARGS(show_bytes(arena, progress->bytes)),
        STR_ARGS(show_bytes(arena, (int64_t)((double)progress->bytes / ((double)passed / 1e6)))),
        STR_ARGS(left));
}

static void put_line(struct meter *meter, struct str line, int64_t now)
{
    if (meter->terminal)
        (void)fprintf(stderr, "\r\033[K%.*s", STR_ARGS(str_utf8_clip(line, 110)));
    else
        log_message(LOG_NOTICE, "%.*s", STR_ARGS(line));
    meter->shown = meter->terminal;
    meter->next_us = now + (meter->terminal ? TERMINAL_US : PLAIN_US);
}

void meter_show(void *context, const struct upgrade_progress *progress)
{
    struct meter *meter = context;
    int64_t now = clock_monotonic_us();
    struct arena *arena;

    if (meter->silent || now < meter->next_us)
        return;
    arena = arena_new();
    put_line(meter, line_of(arena, meter, progress, now), now);
    arena_free(arena);
}

void meter_end(struct meter *meter)
{
    if (meter->shown)
        (void)fputs("\r\033[K", stderr);
    meter->shown = false;
}

struct watch {
    struct meter meter;
    struct stage *stage;
};

static bool look(void *context, struct err *err)
{
    struct watch *watch = context;
    int64_t now = clock_monotonic_us();
    struct arena *arena;
    struct str text;

    (void)err;
    if (watch->meter.silent || now < watch->meter.next_us)
        return true;
    arena = arena_new();
    text = stage_text(arena, watch->stage);
    if (text.ptr != NULL)
        put_line(&watch->meter,
                 str_printf(arena, "%.*s, %.*s", STR_ARGS(text),
                            STR_ARGS(show_seconds(arena, now - watch->meter.began_us))),
                 now);
    arena_free(arena);
    return true;
}

bool meter_watch(bool quiet, struct stage *stage, bool (*work)(void *context, size_t worker, struct err *err),
                 void *context, struct err *err)
{
    struct watch watch = {.stage = stage};
    struct pool *pool = pool_new(1);
    bool done;

    meter_init(&watch.meter, quiet);
    pool_add(pool, 0, work, context);
    done = pool_run(pool, look, &watch, err);
    pool_free(pool);
    meter_end(&watch.meter);
    return done;
}
