/* Indexes and views, and what SQLite has nothing for. */
#include "engine/engine.h"
#include "ops/downgrade_schema.h"
#include "schema/ident.h"

#define IN_SCHEMA " JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1 "

typedef bool take_fn(struct made_schema *made, const struct value *cells, struct err *err);

static bool each_row(struct made_schema *made, const char *sql, take_fn *take, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(made->run->control, str_from(sql), &made->name, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found && (done = take(made, rows->cells, err)))
        continue;
    rows_close(rows);
    return done;
}

/* What SQLite will not have after all is named with what it says. */
static void make_object(struct made_schema *made, enum object_class class, struct str table, struct str name,
                        struct str sql)
{
    struct err failure = {.code = ERR_NONE};

    if (!engine_exec(made->file, sql, &failure))
        made_schema_refuse(made, class, table, name,
                           arena_printf(made->run->arena, "SQLite refuses it: %s", failure.primary));
}

/* ---- indexes: a row for each of their columns ---- */

static const char indexes_sql[] =
    "SELECT c.relname, x.relname, i.indisunique::int,"
    " CASE WHEN m.amname NOT IN ('btree', 'hash') THEN 'SQLite has no indexes of the kind ' || m.amname"
    "  WHEN pg_get_indexdef(x.oid) LIKE '%NULLS NOT DISTINCT%' THEN 'NULLs are distinct to SQLite'"
    "  WHEN NOT i.indisvalid THEN 'PostgreSQL has it as not valid'"
    /* Those for LIKE tell bytes apart, as SQLite does. */
    "  WHEN i.indisunique AND NOT o.opcdefault AND o.opcname NOT LIKE '%pattern_ops'"
    "   THEN 'its operator class ' || o.opcname || ' may tell values apart that SQLite does not'"
    "  WHEN i.indisunique AND NOT l.collisdeterministic"
    "   THEN 'its collation ' || l.collname || ' sees one value where SQLite sees two' END,"
    " pg_get_expr(i.indpred, i.indrelid, true),"
    " pg_get_indexdef(x.oid, k, true), (i.indkey[k - 1] <> 0)::int, i.indoption[k - 1] & 1, a.attname, "
    "i.indnkeyatts, pg_get_indexdef(x.oid)"
    " FROM pg_class c" IN_SCHEMA
    " JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid"
    " JOIN pg_am m ON m.oid = x.relam CROSS JOIN generate_series(1, i.indnkeyatts) k"
    " JOIN pg_opclass o ON o.oid = i.indclass[k - 1] LEFT JOIN pg_collation l ON l.oid = i.indcollation[k - "
    "1]"
    " LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[k - 1] AND a.attnum > 0"
    " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition"
    "  AND NOT EXISTS (SELECT FROM pg_constraint q WHERE q.conindid = x.oid AND q.contype IN ('p', 'u', 'x'))"
    " ORDER BY 1, 2, k";

enum {
    INDEX_TABLE,
    INDEX_NAME,
    INDEX_UNIQUE,
    INDEX_REFUSAL,
    INDEX_WHERE,
    INDEX_KEY,
    INDEX_IS_COLUMN,
    INDEX_DESCENDING,
    INDEX_COLUMN,
    INDEX_KEYS,
    INDEX_DEFINITION
};

struct made_index {
    struct made_schema *made;
    const struct made_table *table;
    struct str name;
    struct buf sql;
    const char *reason;
    int64_t left; /* columns to come */
};

static bool put_index_key(struct made_index *index, const struct value *cells)
{
    struct to_sqlite_scope scope = made_schema_scope(index->table);

    if (cells[INDEX_IS_COLUMN].integer != 0)
        ident_quote(&index->sql, cells[INDEX_COLUMN].bytes);
    else if (!to_sqlite_expr(cells[INDEX_KEY].bytes, &scope, &index->sql, &index->reason))
        return false;
    if (cells[INDEX_DESCENDING].integer != 0)
        buf_text(&index->sql, " DESC");
    return true;
}

static void begin_index(struct made_index *index, const struct value *cells)
{
    struct arena *arena = index->made->run->arena;

    index->table = made_schema_table(index->made, cells[INDEX_TABLE].bytes);
    index->name = str_dup(arena, cells[INDEX_NAME].bytes);
    index->reason = NULL;
    index->left = cells[INDEX_KEYS].integer;
    buf_clear(&index->sql);
    buf_text(&index->sql, cells[INDEX_UNIQUE].integer != 0 ? "CREATE UNIQUE INDEX " : "CREATE INDEX ");
    ident_quote(&index->sql, index->name);
    buf_text(&index->sql, " ON ");
    ident_quote(&index->sql, cells[INDEX_TABLE].bytes);
    buf_text(&index->sql, " (");
}

static void end_index(struct made_index *index, const struct value *cells)
{
    struct to_sqlite_scope scope = made_schema_scope(index->table);

    buf_byte(&index->sql, ')');
    if (index->reason == NULL && cells[INDEX_WHERE].kind == VALUE_TEXT) {
        buf_text(&index->sql, " WHERE ");
        (void)!to_sqlite_expr(cells[INDEX_WHERE].bytes, &scope, &index->sql, &index->reason);
    }
    if (index->reason != NULL)
        made_schema_refuse(index->made, OBJECT_INDEX, index->table->there->name, index->name, index->reason)
            ->sql = str_dup(index->made->run->arena, cells[INDEX_DEFINITION].bytes);
    else
        make_object(index->made, OBJECT_INDEX, index->table->there->name, index->name, buf_view(&index->sql));
}

static void take_index_key(struct made_index *index, const struct value *cells)
{
    if (index->left == 0)
        begin_index(index, cells);
    else
        buf_text(&index->sql, ", ");
    index->left--;
    if (index->table == NULL || !index->table->made)
        return;
    if (index->reason == NULL && cells[INDEX_REFUSAL].kind == VALUE_TEXT)
        index->reason = str_cstr(index->made->run->arena, cells[INDEX_REFUSAL].bytes);
    if (index->reason == NULL)
        (void)!put_index_key(index, cells);
    if (index->left == 0)
        end_index(index, cells);
}

bool made_schema_indexes(struct made_schema *made, struct err *err)
{
    struct made_index index = {.made = made};
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(made->run->control, str_from(indexes_sql), &made->name, 1, &rows, err))
        return false;
    buf_init(&index.sql, BUF_TEXT_MAXIMUM);
    while ((done = rows_next(rows, &found, err)) && found)
        take_index_key(&index, rows->cells);
    rows_close(rows);
    buf_free(&index.sql);
    return done;
}

/* ---- views ---- */

static const char views_sql[] =
    "SELECT c.relname, c.relkind::text, pg_get_viewdef(c.oid), (SELECT t.relname FROM pg_depend d"
    "  JOIN pg_rewrite r ON r.oid = d.objid AND r.ev_class = c.oid JOIN pg_class t ON t.oid = d.refobjid"
    "  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND t.oid <> c.oid"
    "  GROUP BY t.relname ORDER BY 1 LIMIT 1)"
    " FROM pg_class c" IN_SCHEMA " WHERE c.relkind IN ('v', 'm') AND NOT EXISTS (SELECT FROM pg_depend d"
    "  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e') ORDER BY 1";

enum {
    VIEW_NAME,
    VIEW_KIND,
    VIEW_SQL,
    VIEW_TABLE
};

static bool take_view(struct made_schema *made, const struct value *cells, struct err *err)
{
    const struct made_table *table =
        cells[VIEW_TABLE].kind == VALUE_TEXT ? made_schema_table(made, cells[VIEW_TABLE].bytes) : NULL;
    const char *reason = "it is more than a selection of rows of one table";
    struct str none = {NULL, 0};
    struct buf sql;
    bool done = false;

    (void)err;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "CREATE VIEW ");
    ident_quote(&sql, cells[VIEW_NAME].bytes);
    buf_text(&sql, " AS ");
    if (str_is(cells[VIEW_KIND].bytes, "m")) {
        reason = "SQLite has no materialized views";
    } else if (table != NULL && table->made) {
        struct to_sqlite_scope scope = made_schema_scope(table);

        done = to_sqlite_view(cells[VIEW_SQL].bytes, &scope, &sql, &reason);
    }
    if (done)
        make_object(made, OBJECT_VIEW, none, cells[VIEW_NAME].bytes, buf_view(&sql));
    else
        made_schema_refuse(made, OBJECT_VIEW, none, cells[VIEW_NAME].bytes, reason)->sql =
            str_dup(made->run->arena, str_trim(cells[VIEW_SQL].bytes));
    buf_free(&sql);
    return true;
}

bool made_schema_views(struct made_schema *made, struct err *err)
{
    return each_row(made, views_sql, take_view, err);
}

/* ---- the rest ---- */

static const char rest_sql[] =
    "SELECT 'trigger', c.relname, t.tgname::text, 'PostgreSQL''s triggers are written in languages that "
    "SQLite"
    " has not', pg_get_triggerdef(t.oid) FROM pg_class c" IN_SCHEMA
    " JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal"
    "  WHERE NOT c.relispartition"
    " UNION ALL SELECT 'table', NULL, c.relname::text, 'its rows are on another server', NULL FROM pg_class "
    "c" IN_SCHEMA "  WHERE c.relkind = 'f'"
    " UNION ALL SELECT 'partition', NULL, c.relname::text, 'its rows are in the one table that the file has "
    "for"
    " all', NULL FROM pg_class c" IN_SCHEMA " WHERE c.relispartition AND c.relkind IN ('r', 'p')"
    " UNION ALL SELECT 'partition', NULL, c.relname::text, 'SQLite has no inheritance: its rows are in a "
    "table of"
    " their own, and no query of ' || string_agg(quote_ident(p.relname), ', ' ORDER BY p.relname)"
    "  || ' finds them there', NULL FROM pg_class c" IN_SCHEMA
    "  JOIN pg_inherits h ON h.inhrelid = c.oid JOIN pg_class p ON p.oid = h.inhparent"
    "  WHERE NOT c.relispartition AND c.relkind = 'r' GROUP BY c.oid, c.relname"
    " UNION ALL SELECT 'check', t.typname::text, k.conname::text, 'SQLite has no domains: it is asked no "
    "more', pg_get_constraintdef(k.oid)"
    "  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace AND n.nspname = $1"
    "  JOIN pg_constraint k ON k.contypid = t.oid AND k.contype = 'c'"
    " UNION ALL SELECT 'trigger', c.relname, r.rulename::text, 'SQLite has no rules', pg_get_ruledef(r.oid) "
    "FROM pg_class "
    "c" IN_SCHEMA "  JOIN pg_rewrite r ON r.ev_class = c.oid AND r.rulename <> '_RETURN'"
    " UNION ALL SELECT 'note', NULL, c.relname::text, 'its policies of row-level security stay behind', NULL"
    "  FROM pg_class c" IN_SCHEMA " WHERE EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid)"
    " UNION ALL SELECT 'note', NULL, c.relname::text, 'a sequence of no column stays behind', NULL FROM "
    "pg_class "
    "c" IN_SCHEMA
    "  WHERE c.relkind = 'S' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass"
    "   AND d.objid = c.oid AND d.deptype IN ('a', 'i'))"
    " UNION ALL SELECT 'note', NULL, p.proname::text, 'a function stays behind', NULL FROM pg_proc p"
    "  JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = $1 WHERE NOT EXISTS (SELECT FROM "
    "pg_depend d"
    "   WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')"
    " ORDER BY 1, 2, 3";

static bool take_rest(struct made_schema *made, const struct value *cells, struct err *err)
{
    struct arena *arena = made->run->arena;
    struct str kind = cells[0].bytes;
    struct str table = cells[1].kind == VALUE_TEXT ? cells[1].bytes : (struct str){NULL, 0};

    (void)err;
    if (str_is(kind, "note")) {
        downgrade_note(made->run, str_dup(arena, cells[2].bytes), str_dup(arena, cells[3].bytes));
        return true;
    }
    for (int class = 0; class < OBJECT_CLASS_COUNT; class ++)
        if (str_is(kind, object_class_name((enum object_class) class)))
            made_schema_refuse(made, (enum object_class) class, table, cells[2].bytes,
                               str_cstr(arena, cells[3].bytes))
                ->sql = cells[4].kind == VALUE_TEXT ? str_dup(arena, cells[4].bytes) : (struct str){NULL, 0};
    return true;
}

bool made_schema_rest(struct made_schema *made, struct err *err)
{
    return each_row(made, rest_sql, take_rest, err);
}
