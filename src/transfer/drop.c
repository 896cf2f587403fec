/* The load schema taken away, by so many tables at a time as the server has locks for. */
#include <string.h>

#include "schema/ident.h"
#include "transfer/target.h"

enum {
    DROPS_AT_ONCE = 200, /* a CASCADE over thousands of tables runs out of locks */
    DROP_ATTEMPTS = 3
};

/* Names, qualified and quoted, in the order in which they go. */
struct doomed {
    struct str *tables;
    size_t count;
    size_t capacity;
    size_t gone;
};

/*
 * The journal goes first: what it says of a table must never outlive the table.  Then children before their
 * parents: to drop a table takes a lock on each table that it has a foreign key with, and a parent may have
 * thousands of children.
 */
static bool list_tables(struct target *target, struct arena *arena, struct doomed *doomed, struct err *err)
{
    static const struct str question =
        STR("SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " LEFT JOIN (SELECT confrelid AS oid, count(*) AS children FROM pg_constraint"
            "  WHERE contype = 'f' AND confrelid <> conrelid GROUP BY confrelid) k ON k.oid = c.oid"
            " WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')"
            " ORDER BY obj_description(c.oid, 'pg_class') IS DISTINCT FROM '" JOURNAL_MARK "',"
            "  coalesce(k.children, 0), c.oid");
    struct rows *rows;
    bool found = true;
    bool done;

    *doomed = (struct doomed){.count = 0};
    if (!engine_query(target->control, question, &target->load_schema, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        ARENA_PUSH(arena, doomed->tables, doomed->count, doomed->capacity) =
            str_dup(arena, rows->cells[0].bytes);
    rows_close(rows);
    return done;
}

/* out_of_memory is what a full table of locks is told as ("You might need to increase
 * max_locks_per_transaction"). */
static bool is_out_of_locks(const struct err *failure)
{
    return strcmp(failure->sqlstate, "53200") == 0;
}

/* One statement, and a transaction of its own. */
static bool drop_some(struct target *target, const struct doomed *doomed, size_t count, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; i < count; i++)
        buf_printf(&sql, "%s%.*s", i == 0 ? "DROP TABLE " : ", ", STR_ARGS(doomed->tables[doomed->gone + i]));
    buf_text(&sql, " CASCADE");
    done = engine_exec(target->control, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

/* Fewer at a time from now on where the server has not so many locks. */
static bool drop_listed(struct target *target, struct doomed *doomed, struct err *err)
{
    size_t most = DROPS_AT_ONCE;

    while (doomed->gone < doomed->count) {
        size_t left = doomed->count - doomed->gone;
        struct err failure = {.code = ERR_NONE};

        if (most > left)
            most = left;
        if (drop_some(target, doomed, most, &failure)) {
            doomed->gone += most;
        } else if (is_out_of_locks(&failure) && most > 1) {
            most /= 2;
        } else {
            *err = failure;
            return false;
        }
    }
    return true;
}

static bool drop_tables(struct target *target, int64_t *total, struct err *err)
{
    struct arena *arena = arena_new();
    struct doomed doomed;
    bool done = list_tables(target, arena, &doomed, err) && drop_listed(target, &doomed, err);

    *total = (int64_t)doomed.gone;
    arena_free(arena);
    return done;
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
