/*
 * Rows that are in the tables before they are filled: who may be asked to let them go, and how they go.
 *
 * Never by CASCADE, and never so that a row of another table is left without the one that it refers to: keys
 * of other tables with rows that refer are taken away with the tables' own, and have to hold again when the
 * source's rows are there.
 */
#include "transfer/fill_intern.h"

#include "plan/fill.h"
#include "schema/ident.h"

static bool count_rows(const struct filling *filling, size_t place, int64_t *rows, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT count(*) FROM ");
    fill_put_name(filling, place, &sql);
    done = engine_int(filling->control, buf_view(&sql), rows, err);
    buf_free(&sql);
    return done;
}

static bool refuse_occupied(const struct buf *names, size_t count, struct err *err)
{
    err_set(err, ERR_REFUSED, "%zu table%s of the target hold%s rows already", count, count == 1 ? "" : "s",
            count == 1 ? "s" : "");
    err_detail(err, "%.*s", STR_ARGS(buf_view(names)));
    return err_hint(err, "--replace deletes the rows of the tables that are filled, and of no others");
}

/* Which tables hold rows that nobody said may go.  Those that migrations left go unasked; the
 * comparison has told of them. */
bool fill_check_rows(struct filling *filling, bool replace, struct err *err)
{
    const struct plan *plan = filling->plan;
    struct buf occupied;
    bool done = true;
    size_t count = 0;

    buf_init(&occupied, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; done && i < plan->table_count; i++) {
        struct str name = plan->tables[i].name;
        int64_t rows = 0;

        done = count_rows(filling, i, &rows, err);
        filling->held_rows = filling->held_rows || rows > 0;
        if (rows > 0 && !replace && !fill_is_seed(&plan->framework, plan->tables[i].source->name.text))
            buf_printf(&occupied, "%s%.*s (%lld)", count++ > 0 ? ", " : "", STR_ARGS(name), (long long)rows);
    }
    if (done && count > 0)
        done = refuse_occupied(&occupied, count, err);
    buf_free(&occupied);
    return done;
}

/* Keys of other tables to these, and whether this role may read and alter their tables. */
static const char outside_sql[] =
    "WITH parts AS (" FILLED_PARTS ") SELECT k.conrelid::regclass::text, k.conname,"
    " (SELECT string_agg(format('c.%I IS NOT NULL', a.attname), ' AND ') FROM unnest(k.conkey) n(num)"
    "  JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.num),"
    " pg_has_role(r.relowner, 'USAGE')::int, has_table_privilege(k.conrelid, 'SELECT')::int,"
    " quote_ident(pg_get_userbyid(r.relowner)), quote_ident(current_user),"
    " format('ALTER TABLE %s DROP CONSTRAINT %I;', k.conrelid::regclass, k.conname),"
    " format('ALTER TABLE %s ADD CONSTRAINT %I %s;', k.conrelid::regclass, k.conname, "
    "pg_get_constraintdef(k.oid))"
    "  || format('COMMENT ON CONSTRAINT %I ON %s IS %L;', k.conname, k.conrelid::regclass,"
    "   obj_description(k.oid, 'pg_constraint'))"
    " FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid WHERE k.contype = 'f' AND k.conparentid = 0"
    " AND k.confrelid IN (SELECT * FROM parts) AND k.conrelid NOT IN (SELECT * FROM parts) ORDER BY k.oid";

enum {
    CELL_TABLE,
    CELL_NAME,
    CELL_REFERS,
    CELL_OWNED,
    CELL_READABLE,
    CELL_OWNER,
    CELL_USER,
    CELL_DROP,
    CELL_ADD
};

static bool read_outside(struct filling *filling, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, filling->names};
    size_t capacity = 0;
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(filling->control, str_from(outside_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        const struct value *cells = rows->cells;
        struct arena *arena = filling->arena;

        ARENA_PUSH(arena, filling->outside, filling->outside_count, capacity) =
            (struct outside_key){.table = str_dup(arena, cells[CELL_TABLE].bytes),
                                 .name = str_dup(arena, cells[CELL_NAME].bytes),
                                 .refers = str_dup(arena, cells[CELL_REFERS].bytes),
                                 .owned = cells[CELL_OWNED].integer != 0,
                                 .readable = cells[CELL_READABLE].integer != 0,
                                 .owner = str_dup(arena, cells[CELL_OWNER].bytes),
                                 .user = str_dup(arena, cells[CELL_USER].bytes),
                                 .drop = str_dup(arena, cells[CELL_DROP].bytes),
                                 .add = str_dup(arena, cells[CELL_ADD].bytes)};
    }
    rows_close(rows);
    return done;
}

/* By NULLs nobody refers. */
static bool look_for_rows(const struct filling *filling, struct outside_key *key, struct err *err)
{
    struct str sql = str_printf(filling->arena, "SELECT (EXISTS (SELECT FROM %.*s AS c WHERE %.*s))::int",
                                STR_ARGS(key->table), STR_ARGS(key->refers));
    int64_t found;

    if (!engine_int(filling->control, sql, &found, err))
        return false;
    key->has_rows = found != 0;
    return true;
}

static bool refuse_unowned(const struct outside_key *key, struct err *err)
{
    err_set(err, ERR_REFUSED, "rows of %.*s refer to rows that are to be replaced", STR_ARGS(key->table));
    err_detail(err,
               "by its foreign key %.*s, which only the table's owner may take away for the time that they "
               "are missing",
               STR_ARGS(key->name));
    return err_hint(err, "as %.*s or a superuser: GRANT %.*s TO %.*s; or delete those rows first",
                    STR_ARGS(key->owner), STR_ARGS(key->owner), STR_ARGS(key->user));
}

static bool refuse_unread(const struct outside_key *key, struct err *err)
{
    err_set(err, ERR_REFUSED, "%.*s may refer to rows that are to be replaced, and cannot be looked at",
            STR_ARGS(key->table));
    err_detail(err, "by its foreign key %.*s", STR_ARGS(key->name));
    return err_hint(err, "as %.*s: GRANT SELECT ON %.*s TO %.*s;", STR_ARGS(key->owner), STR_ARGS(key->table),
                    STR_ARGS(key->user));
}

/* Their keys are given back behind the tables' own. */
static bool take_outside_keys(struct filling *filling, struct err *err)
{
    for (size_t i = 0; i < filling->outside_count; i++) {
        struct outside_key *key = &filling->outside[i];

        if (!key->readable)
            return refuse_unread(key, err);
        if (!look_for_rows(filling, key, err))
            return false;
        if (!key->has_rows)
            continue;
        if (!key->owned)
            return refuse_unowned(key, err);
        buf_str(&filling->redo, key->add);
        if (!engine_exec(filling->control, key->drop, err))
            return false;
        key->dropped = true;
    }
    return true;
}

static bool all_dropped(const struct filling *filling)
{
    for (size_t i = 0; i < filling->outside_count; i++)
        if (!filling->outside[i].dropped)
            return false;
    return true;
}

static void put_truncate(const struct filling *filling, struct buf *sql)
{
    for (size_t i = 0; i < filling->plan->table_count; i++) {
        buf_text(sql, i > 0 ? ", " : "TRUNCATE ");
        fill_put_name(filling, i, sql);
    }
}

static void put_delete(const struct filling *filling, struct buf *sql)
{
    for (size_t i = 0; i < filling->plan->table_count; i++) {
        buf_text(sql, "DELETE FROM ");
        fill_put_name(filling, i, sql);
        buf_text(sql, ";");
    }
}

static bool any_partitioned(const struct filling *filling)
{
    for (size_t i = 0; i < filling->plan->table_count; i++)
        if (filling->partitioned[i])
            return true;
    return false;
}

/* TRUNCATE, of all at once, unless a key that is still there refers to one of them. */
bool fill_empty(struct filling *filling, struct err *err)
{
    struct buf sql;
    bool truncate;
    bool done;

    if (!read_outside(filling, err) || (filling->held_rows && !take_outside_keys(filling, err)))
        return false;
    truncate = all_dropped(filling);
    filling->truncated = truncate && !any_partitioned(filling);
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (truncate)
        put_truncate(filling, &sql);
    else if (filling->held_rows)
        put_delete(filling, &sql);
    done = sql.len == 0 || engine_exec(filling->control, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}
