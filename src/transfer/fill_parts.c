/*
 * A foreign key of or to a partitioned table is one of each partition too, with a name of its own there: the
 * server chose it as the partition came, or somebody did.  Made again with its table's, each gets its name
 * back.
 */
#include "transfer/fill_intern.h"

/* A superuser can switch off what holds a key; made again, it would hold. */
static const char asleep_sql[] =
    "SELECT format('%s', t.tgrelid::regclass), k.conname FROM pg_trigger t JOIN pg_constraint k ON k.oid = "
    "t.tgconstraint"
    " WHERE t.tgisinternal AND t.tgenabled <> 'O' AND k.contype = 'f' AND k.conrelid IN (" FILLED_PARTS
    ") ORDER BY 1, 2";

/* All of them, as JSON: of one root there is at most one between two tables. */
static const char read_sql[] =
    "WITH RECURSIVE parts AS (" FILLED_PARTS "), " KEY_TREE
    " SELECT coalesce(jsonb_agg(jsonb_build_object('home', r.conrelid::bigint, 'root', r.conname,"
    "  'child', k.conrelid::bigint, 'parent', k.confrelid::bigint, 'name', k.conname,"
    "  'comment', obj_description(k.oid, 'pg_constraint'))), '[]')::text"
    " FROM tree t JOIN pg_constraint k ON k.oid = t.oid JOIN pg_constraint r ON r.oid = t.root"
    " WHERE t.depth > 0 AND (r.conrelid IN (SELECT * FROM parts) OR r.confrelid IN (SELECT * FROM parts))";

/* Two may have each other's names: all that differ get another first. */
static const char back_sql[] =
    "WITH RECURSIVE " KEY_TREE ", had AS (SELECT * FROM jsonb_to_recordset($1::jsonb) AS j(home bigint, root "
    "text,"
    "  child bigint, parent bigint, name text, comment text)),"
    " has AS (SELECT k.oid, k.conrelid::regclass AS child, k.conname AS now, h.name, h.comment"
    "  FROM tree t JOIN pg_constraint k ON k.oid = t.oid JOIN pg_constraint r ON r.oid = t.root JOIN had h"
    "  ON h.home = r.conrelid AND h.root = r.conname AND h.child = k.conrelid AND h.parent = k.confrelid"
    "  WHERE t.depth > 0),"
    " steps AS (SELECT 1 AS step, oid, format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I;', child, now,"
    "   'pgrade_' || oid) AS what FROM has WHERE now <> name"
    "  UNION ALL SELECT 2, oid, format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I;', child, 'pgrade_' || oid,"
    "   name) FROM has WHERE now <> name"
    "  UNION ALL SELECT 3, oid, format('COMMENT ON CONSTRAINT %I ON %s IS %L;', name, child, comment) FROM "
    "has"
    "  WHERE comment IS NOT NULL)"
    " SELECT coalesce(string_agg(what, '' ORDER BY step, oid), '') FROM steps";

static bool check_awake(struct filling *filling, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, filling->names};
    struct rows *rows;
    bool found = false;

    if (!engine_query(filling->control, str_from(asleep_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    if (rows_next(rows, &found, err) && found) {
        err_set(err, ERR_REFUSED, "triggers of the foreign key %.*s are switched off on %.*s",
                STR_ARGS(rows->cells[1].bytes), STR_ARGS(rows->cells[0].bytes));
        err_detail(err,
                   "pgrade makes the key again once the rows are there, and cannot switch them off again; "
                   "nothing was written");
        err_hint(err, "as a superuser: ALTER TABLE %.*s ENABLE TRIGGER ALL;", STR_ARGS(rows->cells[0].bytes));
    }
    rows_close(rows);
    return err->code == ERR_NONE;
}

bool fill_parts_read(struct filling *filling, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, filling->names};
    struct value parts;

    if (!check_awake(filling, err) || !engine_value(filling->control, filling->arena, str_from(read_sql),
                                                    params, ARRAY_LENGTH(params), &parts, err))
        return false;
    filling->parts = parts.bytes;
    return true;
}

bool fill_parts_give_back(struct filling *filling, struct err *err)
{
    struct value statements;

    if (str_is(filling->parts, "[]"))
        return true;
    return engine_value(filling->control, filling->arena, str_from(back_sql), &filling->parts, 1, &statements,
                        err) &&
           (statements.bytes.len == 0 || engine_exec(filling->control, statements.bytes, err));
}
