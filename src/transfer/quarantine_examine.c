/* Before any row is read: whether pgrade_record.quarantine is what it has to be, or may be made. */
#include "transfer/quarantine.h"

/* One row a table that pgrade makes: its name, whether it is there, whether it is of that form, whether rows
 * may be added. */
static const char tables_sql[] =
    "WITH wanted (name, columns) AS (VALUES ('quarantine', ARRAY['run_id text', 'id bigint', 'source text',"
    "  'source_table text', 'target_schema text', 'target_table text', 'source_rowid bigint', 'column_name "
    "text',"
    "  'reason text', 'row jsonb', 'quarantined_at timestamp with time zone']), ('quarantine_column',"
    "  ARRAY['run_id text', 'source_table text', 'source_column text', 'column_name text', 'declared text',"
    "  'unit integer']))"
    " SELECT w.name, (c.oid IS NOT NULL)::int, (c.oid IS NULL OR c.relkind = 'r' AND w.columns <@ "
    "ARRAY(SELECT"
    "   a.attname || ' ' || format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE a.attrelid = "
    "c.oid AND"
    "   a.attnum > 0 AND NOT a.attisdropped) AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = "
    "c.oid AND"
    "   a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull AND NOT a.atthasdef AND a.attname || ' ' ||"
    "   format_type(a.atttypid, a.atttypmod) <> ALL (w.columns)))::int,"
    "  CASE WHEN n.oid IS NULL THEN has_database_privilege(current_database(), 'CREATE')"
    "   WHEN c.oid IS NULL THEN has_schema_privilege(n.oid, 'CREATE') AND has_schema_privilege(n.oid, "
    "'USAGE')"
    "   ELSE has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'INSERT') END::int,"
    "  CASE WHEN n.oid IS NULL THEN format('GRANT CREATE ON DATABASE %I TO %I;', current_database(), "
    "current_user)"
    "   WHEN c.oid IS NULL THEN format('GRANT USAGE, CREATE ON SCHEMA pgrade_record TO %I;', current_user)"
    "   ELSE format('GRANT USAGE ON SCHEMA pgrade_record TO %1$I; GRANT SELECT, INSERT ON ALL TABLES IN "
    "SCHEMA "
    "pgrade TO"
    " %1$I;', current_user) END"
    " FROM wanted w LEFT JOIN pg_namespace n ON n.nspname = 'pgrade_record'"
    " LEFT JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name ORDER BY 1";

enum {
    CELL_NAME,
    CELL_THERE,
    CELL_FITS,
    CELL_MAY,
    CELL_GRANT
};

static bool check(const struct value *cells, struct err *err)
{
    if (cells[CELL_FITS].integer == 0) {
        err_set(err, ERR_REFUSED, "pgrade_record.%.*s is not the table that pgrade makes",
                STR_ARGS(cells[CELL_NAME].bytes));
        err_detail(err, "rows that are set aside are kept there; nothing was written");
        return err_hint(
            err, "rename it: ALTER TABLE pgrade_record.%.*s RENAME TO ...; or go without setting rows aside",
            STR_ARGS(cells[CELL_NAME].bytes));
    }
    if (cells[CELL_MAY].integer != 0)
        return true;
    err_set(err, ERR_PERMISSION, "rows that are set aside may not be kept in pgrade_record.%.*s",
            STR_ARGS(cells[CELL_NAME].bytes));
    err_detail(err, "nothing was written");
    return err_hint(err, "as its owner: %.*s", STR_ARGS(cells[CELL_GRANT].bytes));
}

bool quarantine_examine(struct engine *control, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(control, (struct str){tables_sql, sizeof(tables_sql) - 1}, NULL, 0, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err) && (!found || check(rows->cells, err))) && found)
        continue;
    rows_close(rows);
    return done;
}
