/* The record of what pgrade published, looked at before anything is loaded: may it be written, and does
 * somebody else depend on what it lists? */
#include <inttypes.h>

#include "transfer/target.h"

enum {
    NAMES_SHOWN = 12
};

/* One row.  Publishing reads, adds and removes rows, and makes what is not there. */
static const struct str record_sql =
    STR("SELECT n.oid IS NOT NULL, c.oid IS NOT NULL, pg_get_userbyid(n.nspowner)::text,"
        " n.oid IS NULL OR (has_schema_privilege(n.oid, 'USAGE')"
        "  AND (c.oid IS NOT NULL OR has_schema_privilege(n.oid, 'CREATE'))),"
        " c.oid IS NULL OR (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')"
        "  AND has_table_privilege(c.oid, 'DELETE')),"
        " c.oid IS NULL OR (c.relkind = 'r' AND 6 = (SELECT count(*) FROM pg_attribute a"
        "  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        "  AND (a.attname::text, format_type(a.atttypid, NULL)) IN (VALUES ('class', 'text'),"
        "   ('schema', 'text'), ('name', 'text'), ('oid', 'oid'), ('source', 'text'),"
        "   ('published_at', 'timestamp with time zone')))"
        " AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0"
        "  AND NOT a.attisdropped AND a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''"
        "  AND a.attname NOT IN ('class', 'schema', 'name', 'oid', 'source'))),"
        " c.oid IS NOT NULL AND 3 > (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid"
        "  AND a.attnum > 0 AND NOT a.attisdropped"
        "  AND (a.attname::text, format_type(a.atttypid, NULL)) IN (VALUES ('rows', 'bigint'),"
        "   ('parts', 'jsonb'), ('running', 'xid[]'))),"
        " c.oid IS NOT NULL AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid"
        "  AND a.attnum > 0 AND NOT a.attisdropped AND a.attname = 'run' AND a.atttypid = 'text'::regtype),"
        " c.oid IS NULL OR pg_has_role(c.relowner, 'USAGE')"
        " FROM (VALUES (1)) one (n) LEFT JOIN pg_namespace n ON n.nspname = 'pgrade_record'"
        " LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'published'");

enum {
    RECORD_SCHEMA,
    RECORD_TABLE,
    RECORD_OWNER,
    RECORD_MAY_USE,
    RECORD_MAY_WRITE,
    RECORD_FITS,
    RECORD_NARROW,
    RECORD_RUNLESS,
    RECORD_IS_OURS
};

static bool refuse_record(const struct target *target, const struct value *facts, struct err *err)
{
    struct str user = target->user;

    if (facts[RECORD_FITS].integer == 0) {
        err_set(err, ERR_REFUSED,
                "pgrade_record.published in the database %.*s is not the table that pgrade makes",
                STR_ARGS(target->database));
        err_detail(err, "pgrade records there what it publishes, so that --replace swaps exactly that");
        return err_hint(err,
                        "rename it: ALTER TABLE pgrade_record.published RENAME TO ...; or drop it, if nobody "
                        "needs it");
    }
    if (facts[RECORD_MAY_USE].integer != 0 && facts[RECORD_MAY_WRITE].integer != 0)
        return true;
    err_set(err, ERR_PERMISSION,
            "%.*s may not write the record of what pgrade published in the database %.*s", STR_ARGS(user),
            STR_ARGS(target->database));
    err_detail(err, "it is kept in the schema pgrade_record, which belongs to %.*s",
               STR_ARGS(facts[RECORD_OWNER].bytes));
    if (facts[RECORD_TABLE].integer == 0)
        return err_hint(err, "as its owner: GRANT USAGE, CREATE ON SCHEMA pgrade_record TO \"%.*s\";",
                        STR_ARGS(user));
    return err_hint(err,
                    "as its owner: GRANT USAGE ON SCHEMA pgrade_record TO \"%.*s\"; "
                    "GRANT SELECT, INSERT, DELETE ON pgrade_record.published TO \"%.*s\";",
                    STR_ARGS(user), STR_ARGS(user));
}

bool target_examine_record(struct target *target, struct err *err)
{
    struct rows *rows;
    bool found = false;
    bool done;

    if (!engine_query(target->control, record_sql, NULL, 0, &rows, err))
        return false;
    done = rows_next(rows, &found, err) && refuse_record(target, rows->cells, err);
    if (done) {
        target->record_schema_exists = rows->cells[RECORD_SCHEMA].integer != 0;
        target->record_exists = rows->cells[RECORD_TABLE].integer != 0;
        target->record_narrow = rows->cells[RECORD_NARROW].integer != 0;
        target->record_runless = rows->cells[RECORD_RUNLESS].integer != 0;
        target->record_is_ours = rows->cells[RECORD_IS_OURS].integer != 0;
    }
    rows_close(rows);
    return done;
}

void target_put_record_ddl(struct buf *sql, const struct target *target)
{
    /* Only what is not there: IF NOT EXISTS asks for the right to create all the same. */
    if (!target->record_schema_exists)
        buf_text(
            sql,
            "CREATE SCHEMA pgrade_record;\n"
            "COMMENT ON SCHEMA pgrade_record IS 'what pgrade published; --replace swaps exactly this';\n");
    if (!target->record_exists)
        buf_text(sql, "CREATE TABLE pgrade_record.published (class text NOT NULL, schema text NOT NULL,"
                      " name text NOT NULL, oid oid NOT NULL, source text NOT NULL,"
                      " published_at timestamptz NOT NULL DEFAULT now(), rows bigint, parts jsonb,"
                      " running xid[], run text);\n");
    if (target->record_narrow && target->record_is_ours)
        buf_text(sql, "ALTER TABLE pgrade_record.published ADD COLUMN IF NOT EXISTS rows bigint,"
                      " ADD COLUMN IF NOT EXISTS parts jsonb, ADD COLUMN IF NOT EXISTS running xid[];\n");
    if (target->record_runless && target->record_is_ours)
        buf_text(sql, "ALTER TABLE pgrade_record.published ADD COLUMN IF NOT EXISTS run text;\n");
    buf_text(sql,
             "DELETE FROM pgrade_record.published p WHERE p.class NOT IN ('type', 'function', 'collation')"
             " AND NOT EXISTS (SELECT FROM pg_class c WHERE c.oid = p.oid);\n"
             "DELETE FROM pgrade_record.published p WHERE p.class = 'function'"
             " AND NOT EXISTS (SELECT FROM pg_proc f WHERE f.oid = p.oid);\n"
             "DELETE FROM pgrade_record.published p WHERE p.class = 'type'"
             " AND NOT EXISTS (SELECT FROM pg_type t WHERE t.oid = p.oid);\n"
             "DELETE FROM pgrade_record.published p WHERE p.class = 'collation'"
             " AND NOT EXISTS (SELECT FROM pg_collation c WHERE c.oid = p.oid);\n");
}

/*
 * What DROP without CASCADE would name: objects that depend on what is dropped and are not dropped with it. A
 * view depends by its rule, which is told as the view.  Dropping to find out would lock the tables, which an
 * application reads.
 */
static const char dependents_sql[] =
    "WITH RECURSIVE dropped AS ("
    " SELECT 'pg_class'::regclass::oid AS catalog, c.oid FROM pgrade_record.published p JOIN pg_class c"
    "  ON c.oid = p.oid AND p.class NOT IN ('type', 'function', 'collation') JOIN pg_namespace n ON n.oid = "
    "c.relnamespace"
    "  WHERE p.schema = $1 AND n.nspname = $1"
    " UNION"
    " SELECT 'pg_collation'::regclass::oid, t.oid FROM pgrade_record.published p JOIN pg_collation t"
    "  ON t.oid = p.oid AND p.class = 'collation' JOIN pg_namespace n ON n.oid = t.collnamespace"
    "  WHERE p.schema = $1 AND n.nspname = $1"
    " UNION"
    " SELECT 'pg_type'::regclass::oid, t.oid FROM pgrade_record.published p JOIN pg_type t"
    "  ON t.oid = p.oid AND p.class = 'type' JOIN pg_namespace n ON n.oid = t.typnamespace"
    "  WHERE p.schema = $1 AND n.nspname = $1"
    "), parts AS ("
    " SELECT * FROM dropped"
    " UNION"
    " SELECT d.classid, d.objid FROM parts JOIN pg_depend d"
    "  ON d.refclassid = parts.catalog AND d.refobjid = parts.oid AND d.deptype IN ('a', 'i', 'P', 'S')"
    "), others AS ("
    " SELECT d.classid, d.objid, d.objsubid FROM parts JOIN pg_depend d"
    "  ON d.refclassid = parts.catalog AND d.refobjid = parts.oid AND d.deptype IN ('n', 'e')"
    "  WHERE (d.classid, d.objid) NOT IN (SELECT catalog, oid FROM parts)"
    "), named AS ("
    " SELECT DISTINCT coalesce(pg_describe_object('pg_class'::regclass, r.ev_class, 0),"
    "   pg_describe_object(o.classid, o.objid, o.objsubid)) AS name"
    "  FROM others o LEFT JOIN pg_rewrite r ON o.classid = 'pg_rewrite'::regclass AND r.oid = o.objid)"
    " SELECT count(*) OVER (), name FROM named ORDER BY name LIMIT 12";

static bool refuse_dependents(const struct buf *names, int64_t count, struct err *err)
{
    err_set(err, ERR_REFUSED,
            "the tables of the earlier run cannot be replaced: other objects depend on them");
    err_detail(err, "%" PRId64 " object%s: %.*s%s", count, count == 1 ? "" : "s", STR_ARGS(buf_view(names)),
               count > NAMES_SHOWN ? ", ..." : "");
    return err_hint(err, "drop those, and make them again afterwards; or give another schema: --schema NAME");
}

bool target_check_dependents(const struct target *target, struct err *err)
{
    struct rows *rows;
    struct buf names;
    int64_t count = 0;
    bool found = true;
    bool done;

    if (target->earlier_count == 0)
        return true;
    if (!engine_query(target->control, str_from(dependents_sql), &target->schema, 1, &rows, err))
        return false;
    buf_init(&names, BUF_TEXT_MAXIMUM);
    while ((done = rows_next(rows, &found, err)) && found) {
        buf_printf(&names, "%s%.*s", count > 0 ? ", " : "", STR_ARGS(rows->cells[1].bytes));
        count = rows->cells[0].integer;
    }
    rows_close(rows);
    if (done && count > 0)
        done = refuse_dependents(&names, count, err);
    buf_free(&names);
    return done;
}
