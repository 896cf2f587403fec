#include "transfer/fill_intern.h"

#include <string.h>

#include "base/json.h"
#include "schema/ident.h"

enum {
    LARGE_ROWS = 5000 /* from here on building an index at once is faster than row by row */
};

/* Those that a partition has of its table are its own to be switched; until PostgreSQL 15 they count as
 * internal. */
static const char triggers_sql[] =
    "SELECT format('ALTER TABLE ONLY %s DISABLE TRIGGER %I;', tgrelid::regclass, tgname),"
    " format('ALTER TABLE ONLY %s ENABLE %sTRIGGER %I;', tgrelid::regclass,"
    "  CASE tgenabled WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' ELSE '' END, tgname)"
    " FROM pg_trigger WHERE (NOT tgisinternal OR tgparentid <> 0 AND tgconstraint = 0) AND tgenabled <> 'D'"
    " AND tgrelid IN (" FILLED_PARTS ") ORDER BY oid";

static const char keys_sql[] =
    "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I;', conrelid::regclass, conname),"
    " format('ALTER TABLE %s ADD CONSTRAINT %I %s;', conrelid::regclass, conname, pg_get_constraintdef(oid))"
    " || format('COMMENT ON CONSTRAINT %I ON %s IS %L;', conname, conrelid::regclass,"
    "  obj_description(oid, 'pg_constraint'))"
    " FROM pg_constraint WHERE contype = 'f' AND conparentid = 0 AND conrelid IN (" FILLED_PARTS
    ") ORDER BY oid";

/* Only indexes of which pg_get_indexdef() tells all, and that nothing else leans on. */
static const char indexes_sql[] =
    "SELECT format('DROP INDEX %s;', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) || ';'"
    " || format('COMMENT ON INDEX %s IS %L;', i.indexrelid::regclass,"
    "  obj_description(i.indexrelid, 'pg_class'))"
    " FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE NOT i.indisunique AND NOT "
    "i.indisexclusion"
    " AND x.relkind = 'i' AND i.indisvalid AND i.indisready AND NOT i.indisclustered AND NOT "
    "i.indisreplident AND "
    "x.reltablespace = 0"
    " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = x.oid AND d.classid = 'pg_class'::regclass"
    "  AND d.deptype IN ('e', 'x', 'P', 'S'))"
    " AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = x.oid AND a.attstattarget >= 0)"
    " AND i.indrelid IN (" FILLED_PARTS ") ORDER BY i.indexrelid";

struct str fill_table_names(struct arena *arena, const struct plan *plan, int64_t least)
{
    struct json json;
    struct buf text;
    struct str names;

    buf_init(&text, BUF_TEXT_MAXIMUM);
    json_begin(&json, &text);
    json_array(&json);
    for (size_t i = 0; i < plan->table_count; i++)
        if (least < 0 || plan->tables[i].rows_estimate >= least)
            json_str(&json, plan->tables[i].name);
    json_array_end(&json);
    names = buf_to_str(arena, &text);
    buf_free(&text);
    return names;
}

static bool find_partitioned(struct filling *filling, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, filling->names};
    struct rows *rows;
    bool found = true;
    bool done;

    filling->partitioned = ARENA_ARRAY(filling->arena, bool, filling->plan->table_count + 1);
    if (!engine_query(
            filling->control,
            (struct str)STR("SELECT relname FROM pg_class WHERE relkind = 'p' AND oid IN (" FILLED ")"),
            params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        for (size_t i = 0; i < filling->plan->table_count; i++)
            if (str_equal(filling->plan->tables[i].name, rows->cells[0].bytes))
                filling->partitioned[i] = true;
    rows_close(rows);
    return done;
}

void fill_put_name(const struct filling *filling, size_t place, struct buf *sql)
{
    buf_text(sql, filling->partitioned[place] ? "" : "ONLY ");
    ident_quote_qualified(sql, filling->plan->target_schema, filling->plan->tables[place].name);
}

/* Rows of a question about the tables: (what is done now, what gives it back). */
static bool collect(struct filling *filling, const char *question, struct str names, struct buf *now,
                    struct buf *back, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, names};
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(filling->control, str_from(question), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        buf_str(now, rows->cells[0].bytes);
        buf_str(back, rows->cells[1].bytes);
    }
    rows_close(rows);
    return done;
}

static bool lock_tables(struct filling *filling, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SET LOCAL lock_timeout = '20s'; LOCK TABLE ");
    for (size_t i = 0; i < filling->plan->table_count; i++) {
        buf_text(&sql, i > 0 ? ", " : "");
        fill_put_name(filling, i, &sql);
    }
    buf_text(&sql, " IN ACCESS EXCLUSIVE MODE; SET LOCAL lock_timeout = 0");
    done = engine_exec(filling->control, buf_view(&sql), err);
    buf_free(&sql);
    if (done || strcmp(err->sqlstate, "55P03") != 0) /* lock_not_available */
        return done;
    err->code = ERR_REFUSED;
    return err_hint(err, "somebody uses the tables that are to be filled: stop the application, then again");
}

static bool clear_the_way(struct filling *filling, struct err *err)
{
    struct buf now;
    bool done;

    buf_init(&now, BUF_TEXT_MAXIMUM);
    /* In the order in which they are given back. */
    done = collect(filling, indexes_sql, filling->large, &now, &filling->redo, err) &&
           collect(filling, keys_sql, filling->names, &now, &filling->redo, err) &&
           collect(filling, triggers_sql, filling->names, &now, &filling->redo, err) &&
           engine_exec(filling->control, buf_view(&now), err);
    buf_free(&now);
    return done;
}

bool fill_begin(struct filling *filling, struct arena *arena, struct engine *control, const struct plan *plan,
                bool replace, struct err *err)
{
    *filling = (struct filling){.arena = arena, .control = control, .plan = plan};
    filling->names = fill_table_names(arena, plan, -1);
    filling->large = fill_table_names(arena, plan, LARGE_ROWS);
    buf_init(&filling->redo, BUF_TEXT_MAXIMUM);
    if (plan->table_count == 0)
        return err_set(err, ERR_REFUSED, "the target has none of the source's tables");
    return engine_exec(control, (struct str)STR("BEGIN"), err) && find_partitioned(filling, err) &&
           lock_tables(filling, err) && fill_catalog(arena, control, &filling->catalog, err) &&
           fill_keys_read(arena, control, plan, plan->target_schema, &filling->keys, err) &&
           fill_find_sequences(filling, err) && fill_check_rows(filling, replace, err) &&
           clear_the_way(filling, err) && fill_empty(filling, err);
}

static bool give_back(struct filling *filling, struct err *err)
{
    if (filling->redo.failed)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for the statements of the foreign keys");
    /* Deferred uniques are looked at now: tables with anything pending cannot be altered. */
    return engine_exec(filling->control, (struct str)STR("SET CONSTRAINTS ALL IMMEDIATE"), err) &&
           engine_exec(filling->control, buf_view(&filling->redo), err);
}

static bool compare_catalog(struct filling *filling, struct err *err)
{
    struct str after;
    struct str difference;

    if (!fill_catalog(filling->arena, filling->control, &after, err))
        return false;
    difference = fill_catalog_difference(filling->catalog, after);
    if (difference.ptr == NULL)
        return true;
    err_set(err, ERR_FAILED, "the target's schema would not be what it was, so nothing was kept");
    err_detail(err, "%.*s", STR_ARGS(difference));
    return err_hint(err, "the line above is the first that differs; please report it");
}

bool fill_finish(struct filling *filling, struct err *err)
{
    return fill_set_sequences(filling, err) && give_back(filling, err) && compare_catalog(filling, err);
}

bool fill_commit(struct filling *filling, struct err *err)
{
    /* Until here commits need not wait for the disk; this one has to. */
    return engine_exec(filling->control, (struct str)STR("SET LOCAL synchronous_commit = on; COMMIT"), err);
}

void fill_end(struct filling *filling)
{
    buf_free(&filling->redo);
}
