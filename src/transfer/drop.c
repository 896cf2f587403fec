/* The load schema taken away, by so many tables at a time as the server has locks for. */
#include <inttypes.h>
#include <string.h>

#include "schema/ident.h"
#include "transfer/target.h"

enum {
    DROPS_AT_ONCE = 200, /* a CASCADE over thousands of tables runs out of locks */
    DROP_ATTEMPTS = 3
};

/*
 * The next tables to drop, as a list; none: NULL.  The journal goes first: what it says of a table must never
 * outlive the table.  Then children before their parents: to drop a table takes a lock on each table that it
 * has a foreign key with, and a parent may have thousands of children.
 */
static bool next_tables(struct target *target, struct arena *arena, int64_t most, struct value *list,
                        int64_t *count, struct err *err)
{
    static const char sql[] =
        "SELECT string_agg(quote_ident(nspname) || '.' || quote_ident(relname), ', '), count(*)"
        " FROM (SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        "  LEFT JOIN (SELECT confrelid AS oid, count(*) AS children FROM pg_constraint"
        "   WHERE contype = 'f' AND confrelid <> conrelid GROUP BY confrelid) k ON k.oid = c.oid"
        "  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')"
        "  ORDER BY obj_description(c.oid, 'pg_class') IS DISTINCT FROM '" JOURNAL_MARK "',"
        "   coalesce(k.children, 0), c.oid"
        "  LIMIT %" PRId64 ") t";
    struct rows *rows;
    bool found = false;
    bool done;

    if (!engine_query(target->control, str_printf(arena, sql, most), &target->load_schema, 1, &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    if (done) {
        *list = rows->cells[0];
        list->bytes = str_dup(arena, list->bytes);
        *count = rows->cells[1].integer;
    }
    rows_close(rows);
    return done;
}

/* out_of_memory is what a full table of locks is told as ("You might need to increase
 * max_locks_per_transaction"). */
static bool is_out_of_locks(const struct err *failure)
{
    return strcmp(failure->sqlstate, "53200") == 0;
}

/* Drops up to *most tables; fewer from now on where the server has not so many locks.  *dropped tells how
 * many there were. */
static bool drop_some(struct target *target, int64_t *most, int64_t *dropped, struct err *err)
{
    struct arena *arena = arena_new();
    struct err failure = {.code = ERR_NONE};
    struct value list = {.kind = VALUE_NULL};
    bool done = next_tables(target, arena, *most, &list, dropped, err);

    if (done && *dropped > 0 &&
        !engine_execf(target->control, &failure, "DROP TABLE %.*s CASCADE", STR_ARGS(list.bytes))) {
        done = is_out_of_locks(&failure) && *most > 1;
        if (done) {
            *most = *dropped / 2 > 0 ? *dropped / 2 : 1;
            *dropped = 0;
        } else {
            *err = failure;
        }
    }
    arena_free(arena);
    return done;
}

static bool drop_tables(struct target *target, int64_t *total, struct err *err)
{
    int64_t most = DROPS_AT_ONCE;
    int64_t dropped;
    int64_t tried;

    *total = 0;
    do {
        tried = most;
        if (!drop_some(target, &most, &dropped, err))
            return false;
        *total += dropped;
    } while (dropped > 0 || most < tried);
    return true;
}

bool target_drop_stage(struct target *target, int64_t *tables, struct err *err)
{
    struct buf sql;
    bool done;

    if (!drop_tables(target, tables, err))
        return false;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "DROP SCHEMA IF EXISTS ");
    ident_quote(&sql, target->load_schema);
    buf_text(&sql, " CASCADE");
    done = engine_exec(target->control, buf_view(&sql), err);
    buf_free(&sql);
    return done && target_drop_citext(target, err);
}

/* The server may still hold a cancel request that was meant for what came before. */
static bool drop_for_sure(struct target *target, struct err *err)
{
    for (int attempt = 1;; attempt++) {
        struct err failure = {.code = ERR_NONE};
        int64_t tables;

        if (target_drop_stage(target, &tables, &failure))
            return true;
        if (attempt == DROP_ATTEMPTS || strcmp(failure.sqlstate, "57014") != 0) { /* query_canceled */
            *err = failure;
            return false;
        }
    }
}

bool target_abandon(struct target *target, struct err *err)
{
    struct err ignored = {.code = ERR_NONE};
    bool done = true;

    if (target->control == NULL)
        return true;
    if (target->loading) {
        (void)!engine_exec(target->control, (struct str)STR("ROLLBACK"), &ignored);
        done = drop_for_sure(target, err);
        target->loading = !done;
    }
    if (target->locked)
        (void)!engine_exec(target->control, (struct str)STR("SELECT pg_advisory_unlock_all()"), &ignored);
    target->locked = false;
    return done;
}
