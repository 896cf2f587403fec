#include "ops/long_keys.h"

#include <inttypes.h>
#include <string.h>

#include "schema/ident.h"

enum {
    KEY_MAXIMUM = 2704, /* BTMaxItemSize, for pages of 8 KB: access/nbtree.h */
    KEY_OVERHEAD = 14,  /* of an index row, and what alignment may add */
    ROWS_NAMED = 5
};

bool long_keys_is(const struct err *err)
{
    return strcmp(err->sqlstate, "54000") == 0; /* program_limit_exceeded */
}

/* What the columns of the key take as they are stored, compressed; false: it has expressions alone. */
static bool put_size(struct buf *sql, const struct plan_table *table, const struct plan_object *object)
{
    bool any = false;

    for (size_t i = 0; i < object->part_count; i++) {
        if (object->parts[i].column < 0)
            continue;
        buf_text(sql, any ? " + coalesce(pg_column_size(" : "coalesce(pg_column_size(");
        ident_quote(sql, table->columns[object->parts[i].column].name);
        buf_text(sql, "), 0)");
        any = true;
    }
    return any;
}

static void put_rowid(struct buf *sql, const struct plan_table *table)
{
    if (table->source->rowid_column < 0) {
        buf_text(sql, "NULL");
        return;
    }
    ident_quote(sql, table->columns[table->source->rowid_column].name);
    buf_text(sql, "::text");
}

static bool read_rows(struct engine *control, struct str sql, struct buf *named, struct err *err)
{
    struct rows *rows;
    bool found = true;
    int64_t count = 0;
    int64_t shown = 0;
    bool done;

    if (!engine_query(control, sql, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        count = rows->cells[0].integer;
        if (rows->cells[1].kind != VALUE_TEXT)
            continue;
        buf_printf(named, "%s%.*s", shown > 0 ? ", " : ": rowid ", STR_ARGS(rows->cells[1].bytes));
        shown++;
    }
    rows_close(rows);
    if (shown > 0 && count > shown)
        buf_printf(named, " and %" PRId64 " more", count - shown);
    if (shown == 0 && count > 0)
        buf_printf(named, ": %" PRId64 " row%s", count, count == 1 ? "" : "s");
    return done;
}

/* ": rowid 7, 9 and 3 more", or nothing where it cannot be told. */
static bool name_rows(struct upgrade_result *result, const struct plan_object *object, struct buf *named,
                      struct err *err)
{
    const struct plan *plan = &result->prepared.plan;
    const struct plan_table *table = &plan->tables[object->table];
    struct buf sql;
    struct buf size;
    bool done = true;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_init(&size, BUF_TEXT_MAXIMUM);
    if (put_size(&size, table, object)) {
        buf_text(&sql, "SELECT count(*) OVER (), ");
        put_rowid(&sql, table);
        buf_text(&sql, " FROM ");
        ident_quote_qualified(&sql, plan->load_schema, table->name);
        buf_printf(&sql, " WHERE %.*s > %d ORDER BY %.*s DESC LIMIT %d", STR_ARGS(buf_view(&size)),
                   KEY_MAXIMUM - KEY_OVERHEAD, STR_ARGS(buf_view(&size)), ROWS_NAMED);
        done = read_rows(result->target.control, buf_view(&sql), named, err);
    }
    buf_free(&size);
    buf_free(&sql);
    return done;
}

bool long_keys_explain(struct arena *arena, struct upgrade_result *result, const struct plan_object *object,
                       struct str *reason, struct err *err)
{
    struct buf named;
    bool done;

    buf_init(&named, BUF_TEXT_MAXIMUM);
    done = name_rows(result, object, &named, err);
    *reason = str_printf(arena, "a key is longer than the %d bytes that a B-tree of PostgreSQL takes%.*s",
                         KEY_MAXIMUM, STR_ARGS(buf_view(&named)));
    buf_free(&named);
    return done;
}
