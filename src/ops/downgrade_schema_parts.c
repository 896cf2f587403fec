/* Defaults, keys, uniques, foreign keys and CHECKs. */
#include "ops/downgrade_schema.h"
#include "schema/ident.h"

#define TABLES                                                                                               \
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = $1"                      \
    " AND c.relkind IN ('r', 'p') AND NOT c.relispartition "

/* A column of a domain has the default of the domain that lies nearest, where it has none itself. */
static const char defaults_sql[] =
    "SELECT c.relname, a.attname, coalesce(pg_get_expr(d.adbin, d.adrelid), f.sql), (a.attidentity <> "
    "'')::int,"
    " (a.attgenerated <> '')::int, (coalesce(pg_get_expr(d.adbin, d.adrelid), f.sql) LIKE "
    "'nextval(%')::int" TABLES
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
    " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
    " LEFT JOIN LATERAL (WITH RECURSIVE domain AS (SELECT a.atttypid AS oid, 0 AS depth UNION ALL"
    "   SELECT t.typbasetype, depth + 1 FROM domain m JOIN pg_type t ON t.oid = m.oid AND t.typtype = 'd')"
    "  SELECT pg_get_expr(t.typdefaultbin, 0) AS sql FROM domain m JOIN pg_type t ON t.oid = m.oid"
    "   WHERE t.typtype = 'd' AND t.typdefaultbin IS NOT NULL ORDER BY depth LIMIT 1) f"
    "  ON d.oid IS NULL AND a.attidentity = ''"
    " WHERE d.oid IS NOT NULL OR a.attidentity <> '' OR f.sql IS NOT NULL ORDER BY 1, a.attnum";

enum {
    DEFAULT_TABLE,
    DEFAULT_COLUMN,
    DEFAULT_SQL,
    DEFAULT_IDENTITY,
    DEFAULT_GENERATED,
    DEFAULT_SEQUENCE
};

typedef void take_fn(struct made_schema *made, const struct value *cells);

static bool each_row(struct made_schema *made, const char *sql, take_fn *take, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(made->run->control, str_from(sql), &made->name, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        take(made, rows->cells);
    rows_close(rows);
    return done;
}

static void take_default(struct made_schema *made, const struct value *cells)
{
    struct made_table *table = made_schema_table(made, cells[DEFAULT_TABLE].bytes);
    struct made_column *column =
        table == NULL ? NULL : made_schema_column(table, cells[DEFAULT_COLUMN].bytes);
    const char *reason = NULL;
    struct buf sql;

    if (column == NULL)
        return;
    if (cells[DEFAULT_GENERATED].integer != 0) {
        made_schema_refuse(made, OBJECT_GENERATED, table->there->name, column->there->name,
                           "its values are carried; that they are computed is not")
            ->sql = str_dup(made->run->arena, cells[DEFAULT_SQL].bytes);
        return;
    }
    column->numbered = cells[DEFAULT_IDENTITY].integer != 0 || cells[DEFAULT_SEQUENCE].integer != 0;
    if (column->numbered)
        return;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (to_sqlite_default(cells[DEFAULT_SQL].bytes, &column->there->type, &sql, &reason))
        column->default_sql = buf_to_str(made->run->arena, &sql);
    else
        made_schema_refuse(made, OBJECT_DEFAULT, table->there->name, column->there->name, reason)->sql =
            str_dup(made->run->arena, cells[DEFAULT_SQL].bytes);
    buf_free(&sql);
}

bool made_schema_defaults(struct made_schema *made, struct err *err)
{
    return each_row(made, defaults_sql, take_default, err);
}

/* ---- constraints ---- */

#define QUOTED(keys, table)                                                                                  \
    "(SELECT string_agg('\"' || replace(a.attname, '\"', '\"\"') || '\"', ', ' ORDER BY u.i)"                \
    " FROM unnest(" keys ") WITH ORDINALITY u(n, i) JOIN pg_attribute a ON a.attrelid = " table              \
    " AND a.attnum = u.n)"

#define ACTION(event, code)                                                                                  \
    "CASE " code " WHEN 'r' THEN ' ON " event " RESTRICT' WHEN 'c' THEN ' ON " event " CASCADE'"             \
    " WHEN 'n' THEN ' ON " event " SET NULL' WHEN 'd' THEN ' ON " event " SET DEFAULT' END"

static const char constraints_sql[] = "SELECT c.relname, k.contype::text, k.conname, " QUOTED(
    "k.conkey",
    "k.conrelid") ","
                  " CASE WHEN cardinality(k.conkey) = 1 THEN (SELECT a.attname::text FROM pg_attribute a"
                  "  WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[1]) END,"
                  " p.relname, " QUOTED(
                      "k.confkey",
                      "k.confrelid") ","
                                     " concat(" ACTION("UPDATE", "k.confupdtype") ", " ACTION(
                                         "DELETE",
                                         "k.confdeltype") ","
                                                          "  CASE WHEN k.condeferrable THEN ' DEFERRABLE' "
                                                          "END, CASE WHEN k.condeferred THEN ' INITIALLY "
                                                          "DEFERRED' END),"
                                                          " pg_get_expr(k.conbin, k.conrelid),"
                                                          " CASE WHEN k.contype = 'x' THEN 'SQLite has no "
                                                          "exclusion constraints'"
                                                          "  WHEN k.contype = 't' THEN 'SQLite has no "
                                                          "constraint triggers'"
                                                          "  WHEN definition LIKE '% NOT ENFORCED' THEN "
                                                          "'PostgreSQL does not enforce it, and SQLite would'"
                                                          "  WHEN definition LIKE '%NULLS NOT DISTINCT%' "
                                                          "THEN 'NULLs are distinct to SQLite'"
                                                          "  WHEN definition LIKE '%WITHOUT OVERLAPS%' OR "
                                                          "definition LIKE '%PERIOD %' THEN 'it is about "
                                                          "periods'"
                                                          "  WHEN k.contype = 'f' AND p.relnamespace <> "
                                                          "c.relnamespace THEN 'its parent is in another "
                                                          "schema'"
                                                          "  WHEN k.contype = 'f' AND k.confmatchtype = 'f' "
                                                          "AND cardinality(k.conkey) > 1"
                                                          "   THEN 'SQLite has no MATCH FULL'"
                                                          "  WHEN k.contype = 'f' AND definition ~ 'SET "
                                                          "(NULL|DEFAULT) \\('"
                                                          "   THEN 'its action is for some of its columns' "
                                                          "END, definition" TABLES
                                                          " JOIN pg_constraint k ON k.conrelid "
                                                          "= c.oid AND k.conparentid = 0"
                                                          "  AND k.contype IN ('p', 'u', 'f', 'c', 'x', 't')"
                                                          " CROSS JOIN LATERAL pg_get_constraintdef(k.oid) "
                                                          "definition"
                                                          " LEFT JOIN pg_class p ON p.oid = k.confrelid"
                                                          " ORDER BY 1, array_position(ARRAY['p', 'u', 'f', "
                                                          "'c', 'x', 't'], k.contype::text), 3";

enum {
    CELL_TABLE,
    CELL_KIND,
    CELL_NAME,
    CELL_COLUMNS,
    CELL_COLUMN,
    CELL_PARENT,
    CELL_PARENT_COLUMNS,
    CELL_TAIL,
    CELL_CHECK,
    CELL_REFUSAL,
    CELL_DEFINITION
};

static enum object_class class_of(struct str kind)
{
    return str_is(kind, "p")   ? OBJECT_PRIMARY_KEY
           : str_is(kind, "u") ? OBJECT_UNIQUE
           : str_is(kind, "f") ? OBJECT_FOREIGN_KEY
           : str_is(kind, "c") ? OBJECT_CHECK
           : str_is(kind, "x") ? OBJECT_EXCLUSION
                               : OBJECT_TRIGGER;
}

/* INTEGER PRIMARY KEY AUTOINCREMENT, which stands with its column. */
static bool take_numbered_key(struct made_table *table, const struct value *cells)
{
    struct made_column *column;

    if (cells[CELL_COLUMN].kind != VALUE_TEXT)
        return false;
    column = made_schema_column(table, cells[CELL_COLUMN].bytes);
    if (column == NULL || !column->numbered || !pg_kind_is_integer(column->there->type.kind))
        return false;
    column->declared = str_from("INTEGER");
    table->key = (int)(column - table->columns);
    return true;
}

static bool put_constraint(struct made_schema *made, const struct made_table *table,
                           const struct value *cells, struct buf *sql, const char **reason)
{
    struct to_sqlite_scope scope = made_schema_scope(table);

    buf_text(sql, "CONSTRAINT ");
    ident_quote(sql, cells[CELL_NAME].bytes);
    switch (class_of(cells[CELL_KIND].bytes)) {
    case OBJECT_PRIMARY_KEY:
    case OBJECT_UNIQUE:
        buf_printf(sql, " %s (%.*s)", str_is(cells[CELL_KIND].bytes, "p") ? "PRIMARY KEY" : "UNIQUE",
                   STR_ARGS(cells[CELL_COLUMNS].bytes));
        return true;
    case OBJECT_FOREIGN_KEY:
        *reason = "the file has not the table that it refers to";
        if (made_schema_table(made, cells[CELL_PARENT].bytes) == NULL)
            return false;
        buf_printf(sql, " FOREIGN KEY (%.*s) REFERENCES ", STR_ARGS(cells[CELL_COLUMNS].bytes));
        ident_quote(sql, cells[CELL_PARENT].bytes);
        buf_printf(sql, " (%.*s)%.*s", STR_ARGS(cells[CELL_PARENT_COLUMNS].bytes),
                   STR_ARGS(cells[CELL_TAIL].bytes));
        return true;
    case OBJECT_CHECK: {
        bool done;

        buf_text(sql, " CHECK (");
        done = to_sqlite_expr(cells[CELL_CHECK].bytes, &scope, sql, reason);
        buf_byte(sql, ')');
        return done;
    }
    default: return false;
    }
}

static void refuse(struct made_schema *made, const struct made_table *table, const struct value *cells,
                   const char *reason)
{
    made_schema_refuse(made, class_of(cells[CELL_KIND].bytes), table->there->name, cells[CELL_NAME].bytes,
                       reason)
        ->sql = str_dup(made->run->arena, cells[CELL_DEFINITION].bytes);
}

static void take_constraint(struct made_schema *made, const struct value *cells)
{
    struct made_table *table = made_schema_table(made, cells[CELL_TABLE].bytes);
    const char *reason = NULL;
    struct buf sql;

    if (table == NULL)
        return;
    if (cells[CELL_REFUSAL].kind == VALUE_TEXT) {
        refuse(made, table, cells, str_cstr(made->run->arena, cells[CELL_REFUSAL].bytes));
        return;
    }
    if (str_is(cells[CELL_KIND].bytes, "p") && take_numbered_key(table, cells))
        return;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    if (put_constraint(made, table, cells, &sql, &reason))
        ARENA_PUSH(made->run->arena, table->parts, table->part_count, table->part_capacity) =
            buf_to_str(made->run->arena, &sql);
    else
        refuse(made, table, cells, reason);
    buf_free(&sql);
}

static void name_sequences(struct made_schema *made)
{
    for (size_t i = 0; i < made->count; i++) {
        const struct made_table *table = &made->tables[i];

        for (size_t j = 0; j < table->there->column_count; j++)
            if (table->columns[j].numbered && table->key != (int)j)
                made_schema_refuse(made, OBJECT_DEFAULT, table->there->name, table->columns[j].there->name,
                                   "a sequence gives its numbers; SQLite has that for an INTEGER PRIMARY KEY "
                                   "alone");
    }
}

bool made_schema_constraints(struct made_schema *made, struct err *err)
{
    if (!each_row(made, constraints_sql, take_constraint, err))
        return false;
    name_sequences(made);
    return true;
}
