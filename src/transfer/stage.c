/* The load schema: made, and filled with empty tables. */
#include "base/log.h"
#include "schema/ident.h"
#include "transfer/journal.h"

enum {
    BATCH_BYTES = 64 * 1024,
    BATCH_TABLES = 100 /* the server has not always room to lock more of them at once */
};

/* The mark by which a load schema is known as one: a schema of that name without it belongs to somebody else.
 */
#define MARK "pgrade loads here; "
static const char comment[] =
    MARK "the same command goes on with an interrupted run, and `pgrade upgrade --abandon` "
         "removes what it left";

bool target_is_mark(struct str text)
{
    return str_starts_with(text, MARK);
}

bool target_refuse_stranger(const struct target *target, struct err *err)
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
    int64_t sessions;
    int64_t tables;
    bool done = engine_value(target->control, arena,
                             (struct str)STR("SELECT coalesce(obj_description(oid, 'pg_namespace'), '')"
                                             " FROM pg_namespace WHERE nspname = $1"),
                             &target->load_schema, 1, &found, err);

    if (done && found.kind == VALUE_TEXT) {
        if (!target_is_mark(found.bytes))
            done = target_refuse_stranger(target, err);
        else if (!target->loading) /* else it is this run, which plans again */
            log_message(LOG_NOTICE, "dropping what an interrupted run left in schema %.*s",
                        STR_ARGS(target->load_schema));
        done = done && (target->loading || target_end_sessions(target, &sessions, err)) &&
               target_drop_stage(target, &tables, err);
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
    buf_printf(sql, " IS '%s';\n", comment);
    journal_put_table(sql, target);
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
        if ((sql->len > BATCH_BYTES || (i + 1) % BATCH_TABLES == 0) && !send(target, sql, err))
            return false;
    }
    journal_put_tables_made(sql, target);
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
