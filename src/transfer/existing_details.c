/* What a comparison says of a target's tables besides their columns.  Read alone by who may SELECT. */
#include "transfer/existing.h"

#include "schema/ident.h"

#define TABLES                                                                                               \
    "tables AS (SELECT c.oid, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"       \
    " WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition)"

/* One row a column; a check that looks at none has one without. */
static const char constraints_sql[] =
    "WITH " TABLES ", keys AS (SELECT i.indexrelid, i.indrelid, i.indkey, n.n,"
    "   CASE WHEN i.indkey[n.n - 1] = 0 THEN pg_get_indexdef(i.indexrelid, n.n, true) ELSE a.attname::text "
    "END AS part,"
    "   i.indisprimary, i.indpred FROM pg_index i CROSS JOIN generate_series(1, i.indnkeyatts) n(n)"
    "   LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[n.n - 1] AND a.attnum > 0"
    "   WHERE i.indisunique)"
    " SELECT t.relname, CASE WHEN indisprimary THEN 'primary key' WHEN indpred IS NULL THEN 'unique "
    "constraint'"
    "   ELSE 'index' END AS class, x.relname AS name, coalesce((SELECT pg_get_constraintdef(k.oid) FROM "
    "pg_constraint k"
    "   WHERE k.conindid = x.oid AND k.contype IN ('p', 'u')), 'UNIQUE ' || substring(pg_get_indexdef(x.oid) "
    "FROM"
    "   'USING \\w+ (.*)$')), part, NULL AS parent, NULL AS parent_column, '' AS actions, n"
    "  FROM keys JOIN tables t ON t.oid = indrelid JOIN pg_class x ON x.oid = indexrelid"
    " UNION ALL"
    " SELECT t.relname, CASE k.contype WHEN 'c' THEN 'check' WHEN 'x' THEN 'exclusion constraint' ELSE "
    "'foreign key'"
    "   END, k.conname, pg_get_constraintdef(k.oid), a.attname::text, p.relname, pa.attname,"
    "   CASE k.contype WHEN 'f' THEN concat(' ON UPDATE ' || CASE k.confupdtype WHEN 'r' THEN 'RESTRICT' "
    "WHEN 'c' THEN"
    "    'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END, ' ON DELETE ' || CASE "
    "k.confdeltype WHEN 'r'"
    "    THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END,"
    "    CASE WHEN k.condeferrable THEN ' DEFERRABLE' END, CASE WHEN k.condeferred THEN ' INITIALLY "
    "DEFERRED' END)"
    "    ELSE '' END, n.i FROM pg_constraint k JOIN tables t ON t.oid = k.conrelid"
    "  LEFT JOIN generate_subscripts(k.conkey, 1) n(i) ON true"
    "  LEFT JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[n.i]"
    "  LEFT JOIN pg_class p ON p.oid = k.confrelid"
    "  LEFT JOIN pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = k.confkey[n.i]"
    "  WHERE k.contype IN ('c', 'x', 'f') AND k.conparentid = 0"
    " ORDER BY 1, 2, 3, n";

enum {
    CELL_TABLE,
    CELL_CLASS,
    CELL_NAME,
    CELL_DEFINITION,
    CELL_COLUMN,
    CELL_PARENT,
    CELL_PARENT_COLUMN,
    CELL_ACTIONS
};

static enum object_class class_of(struct str name)
{
    for (size_t i = 0; i < OBJECT_CLASS_COUNT; i++)
        if (str_is(name, object_class_name((enum object_class)i)))
            return (enum object_class)i;
    return OBJECT_INDEX;
}

static struct existing_table *find(struct existing *existing, struct str name)
{
    for (size_t i = 0; i < existing->count; i++)
        if (str_equal(existing->tables[i].name, name))
            return &existing->tables[i];
    return NULL;
}

static struct existing_constraint *constraint_of(struct arena *arena, struct existing_table *table,
                                                 const struct value *cells)
{
    struct existing_constraint *last =
        table->constraint_count > 0 ? &table->constraints[table->constraint_count - 1] : NULL;
    enum object_class class = class_of(cells[CELL_CLASS].bytes);

    if (last != NULL && last->class == class && str_equal(last->name, cells[CELL_NAME].bytes))
        return last;
    ARENA_PUSH(arena, table->constraints, table->constraint_count, table->constraint_capacity) =
        (struct existing_constraint){.class = class,
                                     .name = str_dup(arena, cells[CELL_NAME].bytes),
                                     .definition = str_dup(arena, cells[CELL_DEFINITION].bytes),
                                     .parent = str_dup(arena, cells[CELL_PARENT].bytes),
                                     .actions = str_dup(arena, cells[CELL_ACTIONS].bytes)};
    return &table->constraints[table->constraint_count - 1];
}

static void append(struct arena *arena, struct str **list, size_t count, struct str name)
{
    struct str *longer = ARENA_ARRAY(arena, struct str, count + 1);

    for (size_t i = 0; i < count; i++)
        longer[i] = (*list)[i];
    longer[count] = str_dup(arena, name);
    *list = longer;
}

static void take_constraint(struct arena *arena, struct existing *existing, const struct value *cells)
{
    struct existing_table *table = find(existing, cells[CELL_TABLE].bytes);
    struct existing_constraint *constraint;

    if (table == NULL)
        return;
    constraint = constraint_of(arena, table, cells);
    if (cells[CELL_COLUMN].kind == VALUE_NULL)
        return;
    append(arena, &constraint->columns, constraint->column_count, cells[CELL_COLUMN].bytes);
    append(arena, &constraint->parent_columns, constraint->column_count, cells[CELL_PARENT_COLUMN].bytes);
    constraint->column_count++;
}

/* Materialized views that read one of the tables, through others and through views too. */
static const char copies_sql[] =
    "WITH RECURSIVE " TABLES
    ", reader AS (SELECT DISTINCT r.ev_class AS oid FROM pg_depend d JOIN pg_rewrite r"
    "  ON r.oid = d.objid WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass"
    "   AND d.refobjid IN (SELECT oid FROM tables WHERE relname IN (SELECT "
    "jsonb_array_elements_text($2::jsonb)))"
    " UNION SELECT r.ev_class FROM reader q JOIN pg_depend d ON d.refobjid = q.oid AND d.classid ="
    "  'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass JOIN pg_rewrite r ON r.oid = d.objid)"
    " SELECT c.oid::regclass::text FROM pg_class c JOIN reader r ON r.oid = c.oid WHERE c.relkind = 'm' "
    "ORDER BY c.oid";

bool existing_read_constraints(struct arena *arena, struct engine *control, struct str schema,
                               struct existing *existing, struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    if (!engine_query(control, str_from(constraints_sql), &schema, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        take_constraint(arena, existing, rows->cells);
    rows_close(rows);
    return done;
}

bool existing_read_copies(struct arena *arena, struct engine *control, struct str schema, struct str tables,
                          struct existing *existing, struct err *err)
{
    struct str params[] = {schema, tables};
    struct rows *rows;
    bool found = true;
    bool done;

    existing->copy_count = 0;
    if (!engine_query(control, str_from(copies_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        ARENA_PUSH(arena, existing->copies, existing->copy_count, existing->copy_capacity) =
            (struct existing_copy){str_dup(arena, rows->cells[0].bytes)};
    rows_close(rows);
    return done;
}

bool existing_count_rows(struct arena *arena, struct engine *control, struct str schema,
                         struct existing_table *table, struct err *err)
{
    struct value readable;
    struct str name;
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    ident_quote_qualified(&sql, schema, table->name);
    name = buf_to_str(arena, &sql);
    buf_free(&sql);
    table->rows = -1;
    if (!engine_value(control, arena, (struct str)STR("SELECT has_table_privilege($1, 'SELECT')::int"), &name,
                      1, &readable, err))
        return false;
    if (readable.integer == 0)
        return true;
    done = engine_int(control, str_printf(arena, "SELECT count(*) FROM %.*s", STR_ARGS(name)), &table->rows,
                      err);
    return done;
}
