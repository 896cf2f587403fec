/* The wrapper behind --trace-sql: the same table of functions, each logging what it passes on. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "engine/session.h"

struct trace {
    struct engine engine;
    struct engine *inner;
};

static struct engine *inner_of(struct engine *engine)
{
    return ((struct trace *)engine)->inner;
}

/* Statements may hold row values (never passwords: those do not go through SQL here), so they are cut. */
static void say(struct engine *inner, struct str sql, int64_t since)
{
    struct str shown = str_utf8_clip(sql, 2000);

    log_message(LOG_TRACE, "%s: %.*s%s -- %.3f ms", inner->ops->name, STR_ARGS(shown),
                shown.len < sql.len ? "..." : "", (double)(clock_monotonic_us() - since) / 1000.0);
}

static void trace_close(struct engine *engine)
{
    engine_close(inner_of(engine));
    free(engine);
}

static bool trace_exec(struct engine *engine, struct str sql, struct err *err)
{
    int64_t since = clock_monotonic_us();
    bool done = engine_exec(inner_of(engine), sql, err);

    say(inner_of(engine), sql, since);
    return done;
}

static bool trace_query(struct engine *engine, struct str sql, const struct str *params, size_t param_count,
                        struct rows **rows, struct err *err)
{
    int64_t since = clock_monotonic_us();
    bool done = engine_query(inner_of(engine), sql, params, param_count, rows, err);

    say(inner_of(engine), sql, since);
    return done;
}

/* Rows know the engine that made them, so these two are never called. */
static bool trace_rows_next(struct rows *rows, bool *found, struct err *err)
{
    return rows_next(rows, found, err);
}

static void trace_rows_close(struct rows *rows)
{
    rows_close(rows);
}

static void trace_cancel(struct engine *engine)
{
    engine_cancel(inner_of(engine));
}

static bool trace_read_schema(struct engine *engine, struct arena *arena, struct schema *schema,
                              struct err *err)
{
    return engine_read_schema(inner_of(engine), arena, schema, err);
}

static bool trace_copy_in(struct engine *engine, struct str sql, struct err *err)
{
    int64_t since = clock_monotonic_us();
    bool done = engine_copy_in(inner_of(engine), sql, err);

    say(inner_of(engine), sql, since);
    return done;
}

static bool trace_copy_put(struct engine *engine, const void *bytes, size_t size, struct err *err)
{
    return engine_copy_put(inner_of(engine), bytes, size, err);
}

static bool trace_copy_in_end(struct engine *engine, int64_t *rows, struct err *err)
{
    return engine_copy_in_end(inner_of(engine), rows, err);
}

static void trace_copy_in_abort(struct engine *engine, const char *why)
{
    engine_copy_in_abort(inner_of(engine), why);
}

static bool trace_copy_out(struct engine *engine, struct str sql, struct err *err)
{
    int64_t since = clock_monotonic_us();
    bool done = engine_copy_out(inner_of(engine), sql, err);

    say(inner_of(engine), sql, since);
    return done;
}

static bool trace_copy_get(struct engine *engine, struct str *bytes, struct err *err)
{
    return engine_copy_get(inner_of(engine), bytes, err);
}

static bool trace_copy_get_many(struct engine *engine, struct str *bytes, struct err *err)
{
    return engine_copy_get_many(inner_of(engine), bytes, err);
}

static bool trace_run(struct engine *engine, struct str sql, const struct value *params, size_t param_count,
                      struct result **result, struct err *err)
{
    int64_t since = clock_monotonic_us();
    bool done = session_run(inner_of(engine), sql, params, param_count, result, err);

    say(inner_of(engine), sql, since);
    return done;
}

static enum session_state trace_state(struct engine *engine)
{
    return session_state(inner_of(engine));
}

static const struct diagnosis *trace_diagnosis(struct engine *engine)
{
    return session_diagnosis(inner_of(engine));
}

/* Results know the engine that made them, so nobody asks here for their rows. */
static const struct session_ops trace_session = {
    .run = trace_run,
    .state = trace_state,
    .diagnosis = trace_diagnosis,
};

static const struct engine_ops trace_ops = {
    .name = "trace",
    .close = trace_close,
    .exec = trace_exec,
    .query = trace_query,
    .rows_next = trace_rows_next,
    .rows_close = trace_rows_close,
    .cancel = trace_cancel,
    .read_schema = trace_read_schema,
    .copy_in = trace_copy_in,
    .copy_put = trace_copy_put,
    .copy_in_end = trace_copy_in_end,
    .copy_in_abort = trace_copy_in_abort,
    .copy_out = trace_copy_out,
    .copy_get = trace_copy_get,
    .copy_get_many = trace_copy_get_many,
    .session = &trace_session,
};

struct engine *engine_trace(struct engine *inner)
{
    struct trace *trace = calloc(1, sizeof(*trace));

    if (trace == NULL)
        return inner; /* tracing is a convenience: without memory for it the work goes on untraced */
    trace->engine.ops = &trace_ops;
    trace->inner = inner;
    return &trace->engine;
}

struct engine *engine_unwrap(struct engine *engine)
{
    return engine->ops == &trace_ops ? inner_of(engine) : engine;
}
