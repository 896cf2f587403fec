/* The load schema: made, filled with empty tables, taken back. */
#include <string.h>

#include "base/log.h"
#include "schema/ident.h"
#include "transfer/target.h"

enum {
    DROPS_AT_ONCE = 200, /* a CASCADE over thousands of tables runs out of locks */
    BATCH_BYTES = 64 * 1024,
    DROP_ATTEMPTS = 3
};

/* Drops up to DROPS_AT_ONCE tables of the load schema; *dropped tells whether there were any. */
static bool drop_some(struct target *target, bool *dropped, struct err *err)
{
    struct arena *arena = arena_new();
    struct value list;
    bool done;

    done =
        engine_value(target->control, arena,
                     str_printf(arena,
                                "SELECT string_agg(quote_ident(nspname) || '.' || quote_ident(relname), ', ')"
                                " FROM (SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n"
                                "  ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')"
                                "  ORDER BY c.oid LIMIT %d) t",
                                DROPS_AT_ONCE),
                     &target->load_schema, 1, &list, err);
    *dropped = done && list.kind == VALUE_TEXT;
    if (*dropped)
        done = engine_execf(target->control, err, "DROP TABLE %.*s CASCADE", STR_ARGS(list.bytes));
    arena_free(arena);
    return done;
}

static bool drop_load_schema(struct target *target, struct err *err)
{
    bool dropped = true;
    struct buf sql;
    bool done = true;

    while (done && dropped)
        done = drop_some(target, &dropped, err);
    if (!done)
        return false;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "DROP SCHEMA IF EXISTS ");
    ident_quote(&sql, target->load_schema);
    buf_text(&sql, " CASCADE");
    done = engine_exec(target->control, buf_view(&sql), err);
    buf_free(&sql);
    return done && target_drop_citext(target, err);
}

/* A server that works for a client which was killed does not notice that, and keeps its locks.  That they are
 * of no run that lives is known by the lock that this one holds. */
static bool end_stale_sessions(struct target *target, struct err *err)
{
    static const struct str sql = STR(
        "SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a WHERE a.pid <> pg_backend_pid()"
        " AND a.usename = current_user AND a.application_name = current_setting('application_name')"
        " AND EXISTS (SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation"
        "  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE l.pid = a.pid AND n.nspname = $1"
        "  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))");
    struct arena *arena = arena_new();
    struct value ended;
    bool done = engine_value(target->control, arena, sql, &target->load_schema, 1, &ended, err);

    arena_free(arena);
    return done;
}

/* The mark by which a load schema is known as one: a schema of that name without it belongs to somebody else.
 */
static const char mark[] = "pgrade loads here; what an interrupted run left is dropped by the next";

static bool refuse_stranger(const struct target *target, struct err *err)
{
    err_set(err, ERR_REFUSED, "the schema %.*s in the database %.*s is not one of pgrade's",
            STR_ARGS(target->load_schema), STR_ARGS(target->database));
    err_detail(err, "pgrade loads into a schema of that name, and drops only what it made itself");
    return err_hint(err, "rename it: ALTER SCHEMA \"%.*s\" RENAME TO ...; or drop it, if nobody needs it",
                    STR_ARGS(target->load_schema));
}

static bool drop_stale(struct target *target, struct err *err)
{
    struct arena *arena = arena_new();
    struct value found;
    bool done = engine_value(target->control, arena,
                             (struct str)STR("SELECT coalesce(obj_description(oid, 'pg_namespace'), '')"
                                             " FROM pg_namespace WHERE nspname = $1"),
                             &target->load_schema, 1, &found, err);

    if (done && found.kind == VALUE_TEXT) {
        if (!str_is(found.bytes, mark))
            done = refuse_stranger(target, err);
        else if (!target->loading) /* else it is this run, which plans again */
            log_message(LOG_NOTICE, "dropping what an interrupted run left in schema %.*s",
                        STR_ARGS(target->load_schema));
        done = done && (target->loading || end_stale_sessions(target, err)) && drop_load_schema(target, err);
    }
    arena_free(arena);
    return done;
}

/* Sends what has been collected, and goes on with an empty buf. */
static bool send(struct target *target, struct buf *sql, struct err *err)
{
    bool done = !sql->failed
                    ? engine_exec(target->control, buf_view(sql), err)
                    : err_set(err, ERR_OUT_OF_MEMORY, "no memory for the statements that make the tables");

    buf_clear(sql);
    return done;
}

static bool create_all(struct target *target, const struct plan *plan, struct buf *sql, struct err *err)
{
    buf_text(sql, "CREATE SCHEMA ");
    ident_quote(sql, target->load_schema);
    buf_text(sql, "; COMMENT ON SCHEMA ");
    ident_quote(sql, target->load_schema);
    buf_printf(sql, " IS '%s';", mark);
    if (!send(target, sql, err))
        return false;
    target->loading = true;
    target_put_nocase(sql, target, plan);
    for (size_t i = 0; i < plan->enum_count; i++) {
        plan_create_enum(sql, &plan->enums[i], plan->load_schema);
        buf_byte(sql, ';');
    }
    /* Few round trips: many statements at once. */
    for (size_t i = 0; i < plan->table_count; i++) {
        plan_create_table(sql, plan, &plan->tables[i]);
        buf_byte(sql, ';');
        if (sql->len > BATCH_BYTES && !send(target, sql, err))
            return false;
    }
    return send(target, sql, err);
}

bool target_create_tables(struct target *target, const struct plan *plan, struct err *err)
{
    struct buf sql;
    bool done;

    if (!drop_stale(target, err) || (target->makes_citext && !target_drop_citext(target, err)))
        return false;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    done = create_all(target, plan, &sql, err);
    buf_free(&sql);
    return done;
}

/* The server may still hold a cancel request that was meant for what came before. */
static bool drop_for_sure(struct target *target, struct err *err)
{
    for (int attempt = 1;; attempt++) {
        struct err failure = {.code = ERR_NONE};

        if (drop_load_schema(target, &failure))
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
