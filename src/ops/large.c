#include "ops/large.h"

#include <stdio.h>

#include "ops/generated_rows.h"
#include "verify/readback.h"
#include "verify/reading.h"

static const struct str aside_sql = STR(
    "SELECT c.relkind <> 'r' OR coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0) > $3::int8"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2");

static bool has_room(const struct plan_table *shape)
{
    for (size_t i = 0; i < shape->column_count; i++)
        if (digest_may_be_large(&shape->columns[i]))
            return shape->column_count <= LARGE_COLUMNS_MOST;
    return false;
}

bool large_is_possible(struct engine *target, struct str schema, const struct plan_table *shape,
                       bool *possible, struct err *err)
{
    struct str params[] = {schema, shape->name, {NULL, 0}};
    char aside[16];
    struct rows *rows;
    bool found;
    bool done;

    *possible = false;
    if (!has_room(shape))
        return true;
    (void)snprintf(aside, sizeof(aside), "%d", (int)LARGE_ASIDE);
    params[2] = str_from(aside);
    if (!engine_query(target, aside_sql, params, ARRAY_LENGTH(params), &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    *possible = done && found && rows->cells[0].integer != 0;
    rows_close(rows);
    return done;
}

static bool read_large(struct engine *target, struct str schema, const struct plan_table *shape,
                       struct str where, struct digester *digester, struct err *err)
{
    struct reading reading = {
        .engine = target, .large = true, .schema = schema, .shape = shape, .where = where};

    return reading_digest(&reading, digester, err);
}

bool large_read_columns(struct engine *target, struct str schema, const struct plan_table *shape,
                        struct str where, struct digester *digester, struct err *err)
{
    bool large;

    return large_is_possible(target, schema, shape, &large, err) &&
           (large ? read_large(target, schema, shape, where, digester, err)
                  : readback_columns(target, schema, shape, where, digester, err));
}

bool large_read_back(struct engine *target, struct str schema, const struct plan_table *table, int64_t bytes,
                     struct digester *digester, struct err *err)
{
    bool large = false;
    struct plan_table shape;
    struct arena *arena;
    bool done;

    if (bytes > (int64_t)LARGE_VALUE && !large_is_possible(target, schema, table, &large, err))
        return false;
    if (!large)
        return readback_table(target, schema, table, digester, err);
    arena = arena_new();
    shape = generated_shape(arena, table, ARENA_ARRAY(arena, bool, table->column_count + 1));
    done = read_large(target, schema, &shape, (struct str){NULL, 0}, digester, err);
    arena_free(arena);
    return done;
}
