/* Tables that may hold values which are better hashed by the server than sent. */
#include "ops/large.h"
#include "ops/verify_intern.h"

static const struct str aside_sql = STR("SELECT c.relname, c.relkind <> 'r' OR "
                                        "coalesce(pg_relation_size(nullif(c.reltoastrelid, 0)), 0) > $2::int8"
                                        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                                        " WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')");

static void mark(struct verify *verify, int side, struct str table)
{
    for (size_t i = 0; i < verify->result->table_count; i++) {
        struct verified_table *both = &verify->result->tables[i];

        if (str_equal(both->names[side], table) && both->shapes[side].column_count <= LARGE_COLUMNS_MOST)
            both->sides[side].large = true;
    }
}

bool verify_mark_large(struct verify *verify, struct err *err)
{
    for (int side = 0; side < 2; side++) {
        struct str params[] = {verify->schemas[side], str_printf(verify->arena, "%d", (int)LARGE_ASIDE)};
        struct rows *rows;
        bool found = true;
        bool done;

        if (verify_is_sqlite(verify, side))
            continue;
        if (!engine_query(verify->result->engines[side], aside_sql, params, 2, &rows, err))
            return false;
        while ((done = rows_next(rows, &found, err)) && found)
            if (rows->cells[1].integer != 0)
                mark(verify, side, rows->cells[0].bytes);
        rows_close(rows);
        if (!done)
            return false;
    }
    return true;
}
