#include "engine/engine.h"

#include <stdarg.h>

#include "base/buf.h"
#include "engine/postgres/postgres.h"
#include "engine/sqlite/sqlite.h"

bool engine_open(const struct url *url, const struct engine_options *options, struct engine **engine,
                 struct err *err)
{
    bool opened = url->kind == URL_SQLITE ? sqlite_open(url, options, engine, err)
                                          : postgres_open(url, options, engine, err);

    if (opened && options->trace)
        *engine = engine_trace(*engine);
    return opened;
}

void engine_close(struct engine *engine)
{
    if (engine != NULL)
        engine->ops->close(engine);
}

bool engine_exec(struct engine *engine, struct str sql, struct err *err)
{
    return engine->ops->exec(engine, sql, err);
}

bool engine_execf(struct engine *engine, struct err *err, const char *format, ...)
{
    struct buf sql;
    va_list args;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    va_start(args, format);
    buf_vprintf(&sql, format, args);
    va_end(args);
    done = sql.failed ? err_set(err, ERR_OUT_OF_MEMORY, "no memory for a statement")
                      : engine_exec(engine, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

bool engine_query(struct engine *engine, struct str sql, const struct str *params, size_t param_count,
                  struct rows **rows, struct err *err)
{
    *rows = NULL;
    return engine->ops->query(engine, sql, params, param_count, rows, err);
}

bool rows_next(struct rows *rows, bool *found, struct err *err)
{
    return rows->engine->ops->rows_next(rows, found, err);
}

void rows_close(struct rows *rows)
{
    if (rows != NULL)
        rows->engine->ops->rows_close(rows);
}

bool engine_value(struct engine *engine, struct arena *arena, struct str sql, const struct str *params,
                  size_t param_count, struct value *value, struct err *err)
{
    struct rows *rows;
    bool found = false;
    bool done;

    *value = (struct value){.kind = VALUE_NULL};
    if (!engine_query(engine, sql, params, param_count, &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    if (done && found) {
        *value = rows->cells[0];
        if (value->kind == VALUE_TEXT || value->kind == VALUE_BLOB)
            value->bytes = str_dup(arena, value->bytes);
    }
    rows_close(rows);
    return done;
}

bool engine_int(struct engine *engine, struct str sql, int64_t *value, struct err *err)
{
    struct arena *arena = arena_new();
    struct value cell;
    bool done = engine_value(engine, arena, sql, NULL, 0, &cell, err);

    *value = done && cell.kind == VALUE_INTEGER ? cell.integer : 0;
    arena_free(arena);
    return done;
}

void engine_cancel(struct engine *engine)
{
    engine->ops->cancel(engine);
}

static bool has_no(const struct engine *engine, const char *what, struct err *err)
{
    return err_set(err, ERR_USAGE, "%s has no %s", engine->ops->name, what);
}

bool engine_read_schema(struct engine *engine, struct arena *arena, struct schema *schema, struct err *err)
{
    if (engine->ops->read_schema == NULL)
        return has_no(engine, "schema that can be read yet", err);
    return engine->ops->read_schema(engine, arena, schema, err);
}

bool engine_copy_in(struct engine *engine, struct str sql, struct err *err)
{
    if (engine->ops->copy_in == NULL)
        return has_no(engine, "COPY", err);
    return engine->ops->copy_in(engine, sql, err);
}

bool engine_copy_put(struct engine *engine, const void *bytes, size_t size, struct err *err)
{
    return engine->ops->copy_put(engine, bytes, size, err);
}

bool engine_copy_in_end(struct engine *engine, int64_t *rows, struct err *err)
{
    return engine->ops->copy_in_end(engine, rows, err);
}

void engine_copy_in_abort(struct engine *engine, const char *why)
{
    engine->ops->copy_in_abort(engine, why);
}

bool engine_copy_out(struct engine *engine, struct str sql, struct err *err)
{
    if (engine->ops->copy_out == NULL)
        return has_no(engine, "COPY", err);
    return engine->ops->copy_out(engine, sql, err);
}

bool engine_copy_get(struct engine *engine, struct str *bytes, struct err *err)
{
    return engine->ops->copy_get(engine, bytes, err);
}

bool engine_copy_get_many(struct engine *engine, struct str *bytes, struct err *err)
{
    return engine->ops->copy_get_many(engine, bytes, err);
}
