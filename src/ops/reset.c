#include "ops/reset.h"

#include <stdarg.h>

#include "base/flag.h"
#include "ops/reset_intern.h"
#include "ops/sql_text.h"

bool reset_list(struct arena *arena, struct engine *engine, struct str sql, struct str **items, size_t *count,
                struct err *err)
{
    struct rows *rows = NULL;
    size_t capacity = 0;
    bool found = true;
    bool done;

    *items = NULL;
    *count = 0;
    if (!engine_query(engine, sql, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        ARENA_PUSH(arena, *items, *count, capacity) = str_dup(arena, rows->cells[0].bytes);
    rows_close(rows);
    return done;
}

bool reset_run_rows(struct reset_job *job, struct engine *from, struct engine *to, struct str sql,
                    struct err *err)
{
    struct str *statements;
    size_t count;

    if (!reset_list(job->arena, from, sql, &statements, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (flag_is_set(job->options->interrupted))
            return err_set(err, ERR_CANCELED, "interrupted");
        if (!engine_exec(to, statements[i], err))
            return false;
    }
    return true;
}

void reset_remains(struct reset_job *job, const char *format, ...)
{
    struct reset_result *result = job->result;
    struct str text;
    va_list args;

    va_start(args, format);
    text.ptr = arena_vprintf(job->arena, &text.len, format, args);
    va_end(args);
    ARENA_PUSH(job->arena, result->remains, result->remain_count, result->remain_capacity) = text;
}

bool reset_roll_back(struct engine *engine)
{
    struct err ignored = {.code = ERR_NONE};

    /* A connection that is gone was rolled back by the server. */
    if (!engine_exec(engine, (struct str)STR("ROLLBACK"), &ignored))
        err_clear(&ignored);
    return false;
}

static void close_all(struct reset_job *job)
{
    engine_close(job->inside);
    engine_close(job->beside);
}

bool reset_look(struct arena *arena, const struct reset_options *options, struct reset_result *result,
                struct err *err)
{
    struct reset_job job = {.arena = arena, .options = options, .result = result};
    bool done;

    *result = (struct reset_result){.shown = url_redacted(arena, options->url)};
    if (options->url->kind == URL_SQLITE)
        return reset_look_file(arena, options, result, err);
    done = reset_look_postgres(&job, err);
    close_all(&job);
    return done;
}

/* Looks once more: who was asked, and a backup, may have taken a while. */
bool reset_run(struct arena *arena, const struct reset_options *options, struct reset_result *result,
               struct err *err)
{
    struct reset_job job = {.arena = arena, .options = options, .result = result};
    bool done;

    if (options->url->kind == URL_SQLITE)
        return reset_file(options, err);
    *result = (struct reset_result){.shown = url_redacted(arena, options->url)};
    done = reset_look_postgres(&job, err) && reset_check(options, result, err) &&
           (result->way == RESET_ANEW ? reset_anew(&job, err) : reset_inside(&job, err));
    close_all(&job);
    return done;
}
