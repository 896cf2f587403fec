#include "transfer/fill.h"

#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "plan/fill.h"
#include "schema/ident.h"

enum {
    LARGE_ROWS = 5000 /* from here on building an index at once is faster than row by row */
};

/* The tables that are filled: $1 their schema, $2 their names. */
#define FILLED                                                                                               \
    "SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1"        \
    " AND c.relkind = 'r' AND c.relname IN (SELECT jsonb_array_elements_text($2::jsonb))"

static const char triggers_sql[] =
    "SELECT format('ALTER TABLE %s DISABLE TRIGGER %I;', tgrelid::regclass, tgname),"
    " format('ALTER TABLE %s ENABLE %sTRIGGER %I;', tgrelid::regclass,"
    "  CASE tgenabled WHEN 'A' THEN 'ALWAYS ' WHEN 'R' THEN 'REPLICA ' ELSE '' END, tgname)"
    " FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D' AND tgrelid IN (" FILLED ") ORDER BY oid";

static const char keys_sql[] =
    "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I;', conrelid::regclass, conname),"
    " format('ALTER TABLE %s ADD CONSTRAINT %I %s;', conrelid::regclass, conname, pg_get_constraintdef(oid))"
    " || format('COMMENT ON CONSTRAINT %I ON %s IS %L;', conname, conrelid::regclass,"
    "  obj_description(oid, 'pg_constraint'))"
    " FROM pg_constraint WHERE contype = 'f' AND conrelid IN (" FILLED ") ORDER BY oid";

/* Only indexes of which pg_get_indexdef() tells all, and that nothing else leans on. */
static const char indexes_sql[] =
    "SELECT format('DROP INDEX %s;', i.indexrelid::regclass), pg_get_indexdef(i.indexrelid) || ';'"
    " || format('COMMENT ON INDEX %s IS %L;', i.indexrelid::regclass,"
    "  obj_description(i.indexrelid, 'pg_class'))"
    " FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE NOT i.indisunique AND NOT "
    "i.indisexclusion"
    " AND i.indisvalid AND i.indisready AND NOT i.indisclustered AND NOT i.indisreplident AND "
    "x.reltablespace = 0"
    " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = x.oid AND d.classid = 'pg_class'::regclass"
    "  AND d.deptype IN ('e', 'x', 'P', 'S'))"
    " AND NOT EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = x.oid AND a.attstattarget >= 0)"
    " AND i.indrelid IN (" FILLED ") ORDER BY i.indexrelid";

/* Whatever gives a column of these tables its numbers: what belongs to it, and what its default calls. */
static const char sequences_sql[] =
    "SELECT DISTINCT ON (d.seq, a.attrelid, a.attnum) d.seq::regclass::text, a.attrelid::regclass::text,"
    " quote_ident(a.attname), r.relname, s.seqmax, quote_literal(d.seq::regclass::text), (t.typcategory = "
    "'N')::int"
    " FROM (SELECT objid AS seq, refobjid AS rel, refobjsubid AS col FROM pg_depend"
    "   WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND deptype IN ('a', 'i')"
    "  UNION SELECT d.refobjid, f.adrelid, f.adnum FROM pg_depend d JOIN pg_attrdef f ON f.oid = d.objid"
    "   WHERE d.classid = 'pg_attrdef'::regclass AND d.refclassid = 'pg_class'::regclass) d"
    " JOIN pg_sequence s ON s.seqrelid = d.seq JOIN pg_attribute a ON a.attrelid = d.rel AND a.attnum = d.col"
    " JOIN pg_class r ON r.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid"
    " WHERE s.seqincrement > 0 AND d.rel IN (" FILLED ")";

static struct str table_names(struct arena *arena, const struct plan *plan, int64_t least)
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

static void put_tables(struct buf *sql, const struct plan *plan)
{
    for (size_t i = 0; i < plan->table_count; i++) {
        buf_text(sql, i > 0 ? ", " : "");
        ident_quote_qualified(sql, plan->target_schema, plan->tables[i].name);
    }
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
    buf_text(&sql, "SET LOCAL lock_timeout = '20s'; LOCK TABLE ONLY ");
    put_tables(&sql, filling->plan);
    buf_text(&sql, " IN ACCESS EXCLUSIVE MODE; SET LOCAL lock_timeout = 0");
    done = engine_exec(filling->control, buf_view(&sql), err);
    buf_free(&sql);
    if (done || strcmp(err->sqlstate, "55P03") != 0) /* lock_not_available */
        return done;
    err->code = ERR_REFUSED;
    return err_hint(err, "somebody uses the tables that are to be filled: stop the application, then again");
}

static bool count_rows(const struct filling *filling, struct str table, int64_t *rows, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT count(*) FROM ");
    ident_quote_qualified(&sql, filling->plan->target_schema, table);
    done = engine_int(filling->control, buf_view(&sql), rows, err);
    buf_free(&sql);
    return done;
}

/* Which tables hold rows that nobody said may go.  Those that migrations left go unasked, never unsaid. */
static bool check_rows(struct filling *filling, bool replace, struct err *err)
{
    const struct plan *plan = filling->plan;
    struct buf occupied;
    bool done = true;
    size_t count = 0;

    buf_init(&occupied, BUF_TEXT_MAXIMUM);
    for (size_t i = 0; done && !replace && i < plan->table_count; i++) {
        struct str name = plan->tables[i].name;
        int64_t rows = 0;

        done = count_rows(filling, name, &rows, err);
        if (rows > 0 && fill_is_seed(&plan->framework, plan->tables[i].source->name.text))
            log_message(LOG_NOTICE, "%.*s: %lld row%s that migrations left there make%s way for the source's",
                        STR_ARGS(name), (long long)rows, rows == 1 ? "" : "s", rows == 1 ? "s" : "");
        else if (rows > 0)
            buf_printf(&occupied, "%s%.*s (%lld)", count++ > 0 ? ", " : "", STR_ARGS(name), (long long)rows);
    }
    if (done && count > 0) {
        err_set(err, ERR_REFUSED, "%zu table%s of the target hold%s rows already", count,
                count == 1 ? "" : "s", count == 1 ? "s" : "");
        err_detail(err, "%.*s", STR_ARGS(buf_view(&occupied)));
        done = err_hint(err, "--replace deletes the rows of the tables that are filled, and of no others");
    }
    buf_free(&occupied);
    return done;
}

/* A key that deletes or changes rows of its own table as ours go: those are nobody's to touch. */
static const char acting_sql[] =
    "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confdeltype NOT IN ('a', 'r')"
    " AND confrelid IN (" FILLED ") AND conrelid NOT IN (" FILLED ")";

static bool check_acting_keys(struct filling *filling, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, filling->names};
    struct value acting;
    int64_t rows = 0;

    if (!engine_value(filling->control, filling->arena, str_from(acting_sql), params, ARRAY_LENGTH(params),
                      &acting, err))
        return false;
    for (size_t i = 0; acting.integer != 0 && rows == 0 && i < filling->plan->table_count; i++)
        if (!count_rows(filling, filling->plan->tables[i].name, &rows, err))
            return false;
    if (rows == 0)
        return true;
    err_set(
        err, ERR_REFUSED,
        "a table that is not filled refers to one that is, ON DELETE CASCADE or SET: its rows would go too");
    return err_hint(err, "fill it as well, or drop that key first");
}

static const char referred_sql[] =
    "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND confrelid IN (" FILLED
    ") AND conrelid NOT IN (" FILLED ")";

/* TRUNCATE, of all at once, unless a table that is not filled refers to one of them: then its keys are to be
 * checked for each row that goes. */
static bool empty_tables(struct filling *filling, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, filling->names};
    const struct plan *plan = filling->plan;
    struct value referred;
    struct buf sql;
    bool done;

    if (!engine_value(filling->control, filling->arena, str_from(referred_sql), params, ARRAY_LENGTH(params),
                      &referred, err))
        return false;
    filling->truncated = referred.integer == 0;
    if (!filling->truncated && !check_acting_keys(filling, err))
        return false;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (filling->truncated) {
        buf_text(&sql, "TRUNCATE ONLY ");
        put_tables(&sql, plan);
    }
    for (size_t i = 0; !filling->truncated && i < plan->table_count; i++) {
        buf_text(&sql, "DELETE FROM ONLY ");
        ident_quote_qualified(&sql, plan->target_schema, plan->tables[i].name);
        buf_text(&sql, ";");
    }
    done = engine_exec(filling->control, buf_view(&sql), err);
    buf_free(&sql);
    if (done || strcmp(err->sqlstate, "23503") != 0) /* foreign_key_violation */
        return done;
    err->code = ERR_REFUSED;
    return err_hint(err, "a table that is not filled refers to these rows: delete its own first");
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
    filling->names = table_names(arena, plan, -1);
    filling->large = table_names(arena, plan, LARGE_ROWS);
    buf_init(&filling->redo, BUF_TEXT_MAXIMUM);
    if (plan->table_count == 0)
        return err_set(err, ERR_REFUSED, "the target has none of the source's tables");
    return engine_exec(control, (struct str)STR("BEGIN"), err) && lock_tables(filling, err) &&
           fill_catalog(arena, control, &filling->catalog, err) && check_rows(filling, replace, err) &&
           clear_the_way(filling, err) && empty_tables(filling, err);
}

/* What the source itself would give next at least. */
static int64_t next_of_source(const struct plan *plan, struct str table)
{
    for (size_t i = 0; i < plan->table_count; i++)
        if (str_equal(plan->tables[i].name, table) && plan->tables[i].source->sequence > 0)
            return plan->tables[i].source->sequence + 1;
    return 1;
}

/* What sets one sequence: a question whose answer is the statement.  A sequence may serve several columns,
 * and it never goes back: what it gave somebody may remember.  RESTART, unlike setval(), is taken back with
 * the transaction. */
static struct str sequence_question(const struct filling *filling, const struct value *cells)
{
    return str_printf(
        filling->arena,
        "SELECT format('ALTER SEQUENCE %%s RESTART WITH %%s', s, least(next, %lld))"
        " || CASE WHEN next > %lld THEN format('; SELECT nextval(%%L)', s) ELSE '' END"
        " FROM (SELECT %.*s::regclass AS s, greatest(coalesce((SELECT max(%.*s)::numeric FROM ONLY %.*s), 0)"
        " + 1, %lld, q.last_value::numeric + q.is_called::int) AS next FROM %.*s q) n",
        (long long)cells[4].integer, (long long)cells[4].integer, STR_ARGS(cells[5].bytes),
        STR_ARGS(cells[2].bytes), STR_ARGS(cells[1].bytes),
        (long long)next_of_source(filling->plan, cells[3].bytes), STR_ARGS(cells[0].bytes));
}

/* A default like 'A-' || nextval('numbers') makes texts of the numbers: which of them were given cannot be
 * told. */
static bool is_number(const struct value *cells)
{
    if (cells[6].integer != 0)
        return true;
    log_message(
        LOG_WARNING,
        "%.*s.%.*s: its default makes no numbers of the sequence %.*s, which stays as it is: see that "
        "it goes on behind what the rows hold",
        STR_ARGS(cells[3].bytes), STR_ARGS(cells[2].bytes), STR_ARGS(cells[0].bytes));
    return false;
}

static bool set_sequences(struct filling *filling, struct err *err)
{
    struct str params[] = {filling->plan->target_schema, filling->names};
    struct str *questions = NULL;
    size_t count = 0;
    size_t capacity = 0;
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(filling->control, str_from(sequences_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        if (is_number(rows->cells))
            ARENA_PUSH(filling->arena, questions, count, capacity) = sequence_question(filling, rows->cells);
    rows_close(rows);
    for (size_t i = 0; done && i < count; i++) {
        struct value statement;

        done = engine_value(filling->control, filling->arena, questions[i], NULL, 0, &statement, err) &&
               engine_exec(filling->control, statement.bytes, err);
    }
    return done;
}

static bool give_back(struct filling *filling, struct err *err)
{
    if (filling->redo.failed)
        return err_set(err, ERR_OUT_OF_MEMORY, "no memory for the statements of the foreign keys");
    /* Deferred uniques are looked at now: tables with anything pending cannot be altered. */
    if (engine_exec(filling->control, (struct str)STR("SET CONSTRAINTS ALL IMMEDIATE"), err) &&
        engine_exec(filling->control, buf_view(&filling->redo), err))
        return true;
    if (strncmp(err->sqlstate, "23", 2) != 0) /* integrity constraint violation */
        return false;
    err->code = ERR_DECISION;
    if (strcmp(err->sqlstate, "23503") != 0) /* foreign_key_violation */
        return err_hint(err, "a constraint of the target's table refuses a row of the source: mend it there");
    return err_hint(
        err, "rows have no parent, in the source (PRAGMA foreign_key_check) or since it was set aside: "
             "mend them there");
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
    return set_sequences(filling, err) && give_back(filling, err) && compare_catalog(filling, err);
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
