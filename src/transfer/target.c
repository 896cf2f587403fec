#include "transfer/target.h"

#include <inttypes.h>

#include "engine/postgres/postgres.h"
#include "schema/ident.h"

/* Facts about the server and the database, one row. */
static const struct str facts_sql = STR(
    "SELECT current_database(), current_user, split_part(current_setting('server_version'), ' ', 1),"
    " pg_is_in_recovery(), pg_encoding_to_char(d.encoding), d.datcollate,"
    " coalesce(to_jsonb(d)->>'datlocprovider', 'c'),"
    " has_database_privilege(current_database(), 'CREATE'),"
    " n.oid IS NOT NULL,"
    " CASE WHEN n.oid IS NULL THEN true ELSE has_schema_privilege(n.oid, 'CREATE') END,"
    " current_setting('transaction_read_only') = 'on',"
    " coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale', '')"
    " FROM pg_database d LEFT JOIN pg_namespace n ON n.nspname = $1 WHERE d.datname = current_database()");

/* So that a server process notices soon that its client is gone, whatever it works at.  Not every system of a
 * server can tell ("client_connection_check_interval"). */
static void watch_client(struct engine *session)
{
    struct err ignored = {.code = ERR_NONE};

    if (postgres_version(session) >= 140000)
        (void)!engine_exec(session, (struct str)STR("SET client_connection_check_interval = '1s'"), &ignored);
}

bool target_session(struct engine *session, struct err *err)
{
    watch_client(session);
    /* Long texts: the server's time is mostly the default compression; not every build has lz4. */
    return engine_exec(
        session,
        (struct str)STR("SET synchronous_commit = off;"
                        "SELECT set_config('default_toast_compression', 'lz4', false) FROM pg_settings"
                        " WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)"),
        err);
}

enum {
    FACT_DATABASE,
    FACT_USER,
    FACT_VERSION,
    FACT_RECOVERY,
    FACT_ENCODING,
    FACT_COLLATION,
    FACT_PROVIDER,
    FACT_MAY_CREATE_SCHEMA,
    FACT_SCHEMA_EXISTS,
    FACT_MAY_CREATE,
    FACT_READ_ONLY,
    FACT_LOCALE
};

static bool refuse(const struct value *facts, struct err *err)
{
    struct str database = facts[FACT_DATABASE].bytes;

    if (facts[FACT_RECOVERY].integer != 0 || facts[FACT_READ_ONLY].integer != 0) {
        err_set(err, ERR_REFUSED, "the database %.*s cannot be written", STR_ARGS(database));
        err_detail(err, facts[FACT_RECOVERY].integer != 0
                            ? "the server is a standby, which only follows another"
                            : "its transactions are read-only");
        return err_hint(err, "give the URL of the primary server");
    }
    if (!str_is(facts[FACT_ENCODING].bytes, "UTF8")) {
        err_set(err, ERR_REFUSED, "the database %.*s has the encoding %.*s", STR_ARGS(database),
                STR_ARGS(facts[FACT_ENCODING].bytes));
        err_detail(err, "SQLite's text is UTF-8, which it cannot hold");
        return err_hint(err, "createdb --encoding UTF8 --template template0 NAME, and give that database");
    }
    return true;
}

/* Does text compare by bytes?  C and POSIX do; C.UTF-8 does for order; the builtin provider ("b") always
 * does. */
static bool compares_by_bytes(struct str collation, struct str provider)
{
    static const char *const by_bytes[] = {"C", "POSIX", "C.UTF-8", "C.utf8"};

    if (str_is(provider, "b"))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(by_bytes); i++)
        if (str_is(provider, "c") && str_is(collation, by_bytes[i]))
            return true;
    return false;
}

/* Of the C library's provider the name is in datcollate; of the others that one orders nothing. */
static struct str collation_name(struct arena *arena, const struct value *facts)
{
    if (str_is(facts[FACT_PROVIDER].bytes, "i"))
        return str_printf(arena, "%.*s of ICU", STR_ARGS(facts[FACT_LOCALE].bytes));
    if (str_is(facts[FACT_PROVIDER].bytes, "b"))
        return str_printf(arena, "%.*s, built in", STR_ARGS(facts[FACT_LOCALE].bytes));
    return str_dup(arena, facts[FACT_COLLATION].bytes);
}

bool target_look(struct arena *arena, struct engine *control, struct str schema, struct str load_schema,
                 struct target *target, struct err *refusal, struct err *err)
{
    struct rows *rows;
    bool found = false;
    bool done;

    *target = (struct target){.control = control, .schema = schema, .load_schema = load_schema};
    if (!engine_query(control, facts_sql, &schema, 1, &rows, err))
        return false;
    done = rows_next(rows, &found, err);
    if (done && refuse(rows->cells, refusal)) {
        target->database = str_dup(arena, rows->cells[FACT_DATABASE].bytes);
        target->user = str_dup(arena, rows->cells[FACT_USER].bytes);
        target->version = str_dup(arena, rows->cells[FACT_VERSION].bytes);
        target->collation = collation_name(arena, rows->cells);
        target->collate_c =
            !compares_by_bytes(rows->cells[FACT_COLLATION].bytes, rows->cells[FACT_PROVIDER].bytes);
        target->may_create_schema = rows->cells[FACT_MAY_CREATE_SCHEMA].integer != 0;
        target->may_create = rows->cells[FACT_MAY_CREATE].integer != 0;
        target->schema_exists = rows->cells[FACT_SCHEMA_EXISTS].integer != 0;
    }
    rows_close(rows);
    return done;
}

bool target_examine(struct arena *arena, struct engine *control, struct str schema, struct str load_schema,
                    struct target *target, struct err *err)
{
    struct err refusal = {.code = ERR_NONE};

    if (!target_look(arena, control, schema, load_schema, target, &refusal, err))
        return false;
    if (refusal.code == ERR_NONE)
        return target_lock(target, err);
    *err = refusal;
    return false;
}

/* What making tables needs, and filling those that are there does not. */
bool target_check_rights(struct target *target, struct err *err)
{
    struct str database = target->database;
    struct str user = target->user;
    struct str schema = target->schema;

    if (!target->may_create_schema) {
        err_set(err, ERR_PERMISSION, "%.*s may not create a schema in the database %.*s", STR_ARGS(user),
                STR_ARGS(database));
        err_detail(err, "the tables are loaded in a schema of their own before they are published");
        return err_hint(err, "as the database's owner: GRANT CREATE ON DATABASE \"%.*s\" TO \"%.*s\";",
                        STR_ARGS(database), STR_ARGS(user));
    }
    if (!target->may_create) {
        err_set(err, ERR_PERMISSION, "%.*s may not create tables in the schema %.*s", STR_ARGS(user),
                STR_ARGS(schema));
        err_detail(err, "since PostgreSQL 15 only the database's owner may create in schema public");
        return err_hint(err, "as the schema's owner: GRANT CREATE, USAGE ON SCHEMA \"%.*s\" TO \"%.*s\";",
                        STR_ARGS(schema), STR_ARGS(user));
    }
    return true;
}

/* Objects in the schema that belong to no extension: relations that people make, types that are not a
 * relation's own, functions.  With each whether pgrade published it and it is still the same one. */
static const char objects_sql[] =
    "WITH found AS ("
    " SELECT 'pg_class'::regclass::oid AS catalog, c.oid, c.relname AS name,"
    "  CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence'"
    "   WHEN 'f' THEN 'foreign table' ELSE 'table' END AS class"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')"
    "  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"
    "   AND d.deptype IN ('a', 'i') AND c.relkind = 'S')"
    " UNION ALL"
    " SELECT 'pg_type'::regclass::oid, t.oid, t.typname, 'type' FROM pg_type t JOIN pg_namespace n ON n.oid "
    "= t.typnamespace"
    " WHERE n.nspname = $1 AND t.typtype IN ('e', 'd', 'r') "
    " UNION ALL"
    " SELECT 'pg_collation'::regclass::oid, c.oid, c.collname, 'collation' FROM pg_collation c"
    " JOIN pg_namespace n ON n.oid = c.collnamespace WHERE n.nspname = $1 AND c.collname = '" NOCASE_COLLATION
    "'"
    " UNION ALL"
    " SELECT 'pg_proc'::regclass::oid, p.oid, p.proname, 'function' FROM pg_proc p JOIN pg_namespace n ON "
    "n.oid = p.pronamespace"
    " WHERE n.nspname = $1)"
    " SELECT f.class, f.name, f.oid FROM found f"
    " WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = f.catalog AND d.objid = f.oid AND "
    "d.deptype = 'e')"
    " ORDER BY f.class, f.name";

static bool is_ours(struct target *target, struct arena *arena, struct str class, struct str oid, bool *ours,
                    struct err *err)
{
    struct str params[] = {class, oid};
    struct value known;

    *ours = false;
    if (!target->record_exists)
        return true;
    if (!engine_value(target->control, arena,
                      (struct str)STR(
                          "SELECT count(*) FROM pgrade_record.published WHERE class = $1 AND oid = $2::oid"),
                      params, 2, &known, err))
        return false;
    *ours = known.integer > 0;
    return true;
}

static void remember(struct arena *arena, struct target *target, struct str class, struct str name)
{
    struct buf qualified;

    buf_init(&qualified, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&qualified, target->schema, name);
    ARENA_PUSH(arena, target->earlier, target->earlier_count, target->earlier_capacity) =
        str_dup(arena, class);
    ARENA_PUSH(arena, target->earlier, target->earlier_count, target->earlier_capacity) =
        buf_to_str(arena, &qualified);
    buf_free(&qualified);
}

struct occupied {
    struct buf names;
    size_t shown;
    size_t count;
    size_t ours;
};

static bool look_at(struct arena *arena, struct target *target, bool replace, const struct value *cells,
                    struct occupied *occupied, struct err *err)
{
    struct str oid = str_printf(arena, "%" PRId64, cells[2].integer);
    bool ours;

    if (!is_ours(target, arena, cells[0].bytes, oid, &ours, err))
        return false;
    if (!ours && !target->needs_collation && str_is(cells[0].bytes, "collation"))
        return true;
    occupied->ours += ours;
    if (ours && replace) {
        remember(arena, target, cells[0].bytes, cells[1].bytes);
        return true;
    }
    occupied->count++;
    if (occupied->shown < 12) {
        buf_printf(&occupied->names, "%s%.*s %.*s", occupied->shown > 0 ? ", " : "", STR_ARGS(cells[0].bytes),
                   STR_ARGS(cells[1].bytes));
        occupied->shown++;
    }
    return true;
}

static bool refuse_published(const struct target *target, const struct occupied *occupied, struct err *err)
{
    err_set(err, ERR_REFUSED, "this was published already, at %.*s: %zu object%s in schema %.*s of %.*s",
            STR_ARGS(target->published_at), occupied->count, occupied->count == 1 ? "" : "s",
            STR_ARGS(target->schema), STR_ARGS(target->database));
    err_detail(err, "the source and the options are those of that run");
    return err_hint(err, "there is nothing left to do, and --resume is content with that; --replace does it "
                         "again and swaps them for the new ones");
}

static bool refuse_occupied(struct arena *arena, struct target *target, const struct occupied *occupied,
                            bool replace, struct err *err)
{
    bool all_ours = occupied->ours == occupied->count;

    target->occupied_by_others = occupied->ours == 0;
    if (all_ours && !replace && !target_look_published(arena, target, occupied->count, err))
        return false;
    if (target->published_at.len > 0)
        return refuse_published(target, occupied, err);
    err_set(err, ERR_REFUSED, "the target is not empty: %zu object%s in schema %.*s of the database %.*s",
            occupied->count, occupied->count == 1 ? "" : "s", STR_ARGS(target->schema),
            STR_ARGS(target->database));
    err_detail(err, "%.*s%s", STR_ARGS(buf_view(&occupied->names)),
               occupied->count > occupied->shown ? ", ..." : "");
    if (all_ours && !replace)
        return err_hint(err,
                        "they come from an earlier run of pgrade: --replace swaps them for the new ones");
    return err_hint(err, "give an empty database (createdb NAME), or another schema: --schema NAME");
}

bool target_check_empty(struct arena *arena, struct target *target, bool replace, struct err *err)
{
    struct occupied occupied = {.count = 0};
    struct rows *rows;
    bool found = true;
    bool done;

    buf_init(&occupied.names, BUF_TEXT_MAXIMUM);
    if (!engine_query(target->control, str_from(objects_sql), &target->schema, 1, &rows, err))
        return false;
    do {
        done = rows_next(rows, &found, err) &&
               (!found || look_at(arena, target, replace, rows->cells, &occupied, err));
    } while (done && found);
    rows_close(rows);
    if (done && occupied.count > 0)
        done = refuse_occupied(arena, target, &occupied, replace, err);
    done = done && target_check_dependents(target, err) && target_check_changes(target, err);
    buf_free(&occupied.names);
    return done;
}
