/*
 * What columns without case need of the server: the extension citext, or a collation of ICU.
 *
 * The collation is made in the load schema and published like a type.  The extension belongs to the whole
 * database and cannot: "ALTER EXTENSION SET SCHEMA" is refused to everybody but a superuser, since the
 * objects of a trusted extension are the superuser's.  So it is made where it stays, before the tables; until
 * they are published its comment says whose it is, by which this run or the next one finds and drops it.
 */
#include "schema/ident.h"
#include "transfer/target.h"

static const char mark[] = "pgrade made it for a load; what an interrupted run left is dropped by the next";
/* As citext.control has it. */
static const char comment[] = "data type for case-insensitive character strings";

/* Where the extension is or would be: the schema of the tables where that exists, else public. */
static const struct str citext_sql =
    STR("SELECT e.oid IS NOT NULL, coalesce(n.nspname, (SELECT nspname FROM pg_namespace WHERE nspname = $1),"
        " 'public'), a.name IS NOT NULL, coalesce(obj_description(e.oid, 'pg_extension') = $2, false)"
        " FROM (SELECT 1) one LEFT JOIN pg_extension e ON e.extname = 'citext'"
        " LEFT JOIN pg_namespace n ON n.oid = e.extnamespace"
        " LEFT JOIN pg_available_extensions a ON a.name = 'citext'");

static bool refuse_missing(const struct target *target, struct err *err)
{
    err_set(err, ERR_PERMISSION,
            "--nocase citext: the server of the database %.*s does not have that extension",
            STR_ARGS(target->database));
    err_detail(err, "it is not in pg_available_extensions; nothing was written");
    return err_hint(err, "ask for the contrib modules of PostgreSQL on the server (package "
                         "postgresql-contrib), or take another form: --nocase lower");
}

/* The server's own word, in a transaction that is taken back: what a role may install depends on versions,
 * lists and hooks of providers. */
static bool try_extension(const struct target *target, struct err *err)
{
    struct err failure = {.code = ERR_NONE};
    struct err ignored = {.code = ERR_NONE};
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "BEGIN; CREATE EXTENSION citext SCHEMA ");
    ident_quote(&sql, target->citext_schema);
    done = engine_exec(target->control, buf_view(&sql), &failure);
    buf_free(&sql);
    (void)!engine_exec(target->control, (struct str)STR("ROLLBACK"), &ignored);
    if (done)
        return true;
    if (failure.sqlstate[0] == '\0') {
        *err = failure;
        return false;
    }
    err_set(err, ERR_PERMISSION, "--nocase citext: %.*s cannot create that extension in the database %.*s",
            STR_ARGS(target->user), STR_ARGS(target->database));
    err_detail(err, "%s; nothing was written", failure.detail);
    err_sqlstate(err, failure.sqlstate);
    return err_hint(err,
                    "as an administrator: CREATE EXTENSION citext; or take another form: --nocase lower");
}

static bool examine_citext(struct arena *arena, struct target *target, struct err *err)
{
    struct str params[] = {target->schema, str_from(mark)};
    struct rows *rows;
    bool found = false;
    bool exists = false;
    bool available = false;
    bool done;

    if (!engine_query(target->control, citext_sql, params, ARRAY_LENGTH(params), &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    if (done) {
        exists = rows->cells[0].integer != 0;
        target->citext_schema = str_dup(arena, rows->cells[1].bytes);
        available = rows->cells[2].integer != 0;
        /* One that a killed run made is dropped with what else it left, and made again. */
        target->makes_citext = !exists || rows->cells[3].integer != 0;
    }
    rows_close(rows);
    return done && (exists || ((available || refuse_missing(target, err)) && try_extension(target, err)));
}

static bool examine_icu(const struct target *target, struct err *err)
{
    int64_t able;

    if (!engine_int(target->control,
                    (struct str)STR("SELECT count(*) FROM pg_collation WHERE collprovider = 'i'"
                                    " AND current_setting('server_version_num')::int >= 120000"),
                    &able, err))
        return false;
    if (able > 0)
        return true;
    err_set(err, ERR_PERMISSION, "--nocase icu: the server of the database %.*s has no collations of ICU",
            STR_ARGS(target->database));
    err_detail(
        err, "PostgreSQL %.*s; pg_collation lists none of them, or it is older than 12; nothing was written",
        STR_ARGS(target->version));
    return err_hint(err, "ask for a server that is built with ICU, or take another form: --nocase lower, or "
                         "citext");
}

bool target_examine_nocase(struct arena *arena, struct target *target, const struct plan *plan,
                           struct err *err)
{
    return (!plan->uses_citext || target->citext_schema.len > 0 || examine_citext(arena, target, err)) &&
           (!plan->uses_icu || examine_icu(target, err));
}

void target_put_nocase(struct buf *sql, const struct target *target, const struct plan *plan)
{
    if (plan->uses_citext && target->makes_citext) {
        buf_text(sql, "CREATE EXTENSION citext SCHEMA ");
        ident_quote(sql, target->citext_schema);
        buf_printf(sql, "; COMMENT ON EXTENSION citext IS '%s';", mark);
    }
    if (plan->uses_icu) {
        plan_create_collation(sql, plan->load_schema);
        buf_byte(sql, ';');
    }
}

void target_put_nocase_published(struct buf *sql, const struct target *target, const struct plan *plan)
{
    if (plan->uses_citext && target->makes_citext)
        buf_printf(sql, "COMMENT ON EXTENSION citext IS '%s';\n", comment);
}

bool target_drop_citext(struct target *target, struct err *err)
{
    struct arena *arena = arena_new();
    struct str text = str_from(mark);
    struct value found;
    bool done = engine_value(target->control, arena,
                             (struct str)STR("SELECT count(*) FROM pg_extension WHERE extname = 'citext'"
                                             " AND obj_description(oid, 'pg_extension') = $1"),
                             &text, 1, &found, err);

    if (done && found.integer > 0)
        done = engine_exec(target->control, (struct str)STR("DROP EXTENSION citext"), err);
    arena_free(arena);
    return done;
}
