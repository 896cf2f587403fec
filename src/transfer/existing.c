#include "transfer/existing.h"

#include "plan/existing.h"

/*
 * One row a column; of enums one a label.  A domain is what it is made of, however many lie between; its own
 * NOT NULL counts, its checks are the server's to apply while it loads.  Of an array the same is asked of its
 * elements: `scalar` is the column's type or theirs.
 */
static const char columns_sql[] =
    "WITH RECURSIVE relation AS ("
    " SELECT c.oid, c.relname, c.relkind, row_security_active(c.oid) AS forced, c.relispartition,"
    "  (SELECT string_agg(DISTINCT format('GRANT %I TO %I;', pg_get_userbyid(p.relowner), current_user), ' ')"
    "   FROM pg_class p WHERE NOT pg_has_role(p.relowner, 'USAGE') AND (p.oid = c.oid OR c.relkind = 'p'"
    "    AND p.oid IN (SELECT relid FROM pg_partition_tree(c.oid)))) AS membership,"
    "  c.relkind = 'p' AND EXISTS (SELECT FROM pg_partition_tree(c.oid) t JOIN pg_class p ON p.oid = t.relid"
    "   WHERE p.relkind = 'f') AS elsewhere,"
    "  c.relkind <> 'p' AND EXISTS (SELECT FROM pg_inherits i WHERE i.inhparent = c.oid) AS inherited"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
    "  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid"
    "   AND d.deptype = 'e')"
    "), base AS ("
    " SELECT a.attrelid, a.attnum, a.attname, a.atttypid AS type, a.atttypmod AS typmod, a.attnotnull AS "
    "required,"
    "  a.atthasdef AND a.attgenerated = '' AS has_default, a.attidentity <> '' AS numbered,"
    "  a.attgenerated <> '' AS generated"
    " FROM pg_attribute a JOIN relation r ON r.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped"
    " UNION ALL"
    " SELECT b.attrelid, b.attnum, b.attname, t.typbasetype, t.typtypmod, b.required OR t.typnotnull,"
    "  b.has_default OR t.typdefault IS NOT NULL, b.numbered, b.generated"
    " FROM base b JOIN pg_type t ON t.oid = b.type WHERE t.typtype = 'd')"
    " SELECT r.relname, r.relkind, r.forced, r.membership, r.relispartition, r.inherited, r.elsewhere,"
    "  format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY;', r.oid::regclass),"
    "  b.attname, format_type(b.type, b.typmod), b.required, b.has_default, b.numbered, b.generated,"
    "  CASE WHEN t.typtype = 'e' THEN t.typname END, e.enumlabel, t.typname = 'citext',"
    "  format_type(scalar.type, scalar.typmod), CASE WHEN a.oid IS NOT NULL THEN a.typelem::bigint END"
    " FROM relation r LEFT JOIN base b ON b.attrelid = r.oid"
    "  AND NOT EXISTS (SELECT FROM pg_type d WHERE d.oid = b.type AND d.typtype = 'd')"
    /* Not every type with elements is an array: a point has two, and oidvector is one of its own. */
    " LEFT JOIN pg_type a ON a.oid = b.type AND EXISTS"
    "  (SELECT FROM pg_type m WHERE m.oid = a.typelem AND m.typarray = a.oid)"
    " LEFT JOIN LATERAL (WITH RECURSIVE element AS ("
    "   SELECT coalesce(a.typelem, b.type) AS type, b.typmod"
    "   UNION ALL SELECT d.typbasetype, d.typtypmod FROM element m JOIN pg_type d ON d.oid = m.type"
    "   WHERE d.typtype = 'd')"
    "  SELECT m.type, m.typmod FROM element m JOIN pg_type d ON d.oid = m.type WHERE d.typtype <> 'd') scalar"
    "  ON true"
    " LEFT JOIN pg_type t ON t.oid = scalar.type LEFT JOIN pg_enum e ON e.enumtypid = t.oid"
    " ORDER BY r.relname, b.attnum, e.enumsortorder";

enum {
    CELL_TABLE,
    CELL_KIND,
    CELL_FORCED,
    CELL_MEMBERSHIP,
    CELL_PARTITION,
    CELL_INHERITED,
    CELL_ELSEWHERE,
    CELL_UNFORCE,
    CELL_COLUMN,
    CELL_TYPE,
    CELL_REQUIRED,
    CELL_DEFAULT,
    CELL_NUMBERED,
    CELL_GENERATED,
    CELL_ENUM,
    CELL_LABEL,
    CELL_CITEXT,
    CELL_SCALAR,
    CELL_ELEMENT
};

static bool has_own_rows(struct str kind)
{
    return str_is(kind, "r") || str_is(kind, "p");
}

static const char *obstacle(const struct value *cells)
{
    if (str_is(cells[CELL_KIND].bytes, "v") || str_is(cells[CELL_KIND].bytes, "m"))
        return "is a view there, not a table";
    if (str_is(cells[CELL_KIND].bytes, "f"))
        return "is a foreign table there: its rows live elsewhere";
    if (cells[CELL_PARTITION].integer != 0)
        return "is a partition there: rows come through the table that it is of";
    if (cells[CELL_ELSEWHERE].integer != 0)
        return "has a partition there that is a foreign table: its rows live elsewhere";
    if (cells[CELL_INHERITED].integer != 0)
        return "has children (INHERITS) there, which pgrade does not fill";
    if (cells[CELL_MEMBERSHIP].kind == VALUE_TEXT)
        return "belongs to another role there; connect as its owner, or become a member";
    if (cells[CELL_FORCED].integer != 0)
        return "has row-level security that binds this role; as its owner, for the time of the run";
    return NULL;
}

/* What takes the obstacle away, in SQL. */
static struct str mend(struct arena *arena, const struct value *cells)
{
    if (!has_own_rows(cells[CELL_KIND].bytes) || cells[CELL_PARTITION].integer != 0 ||
        cells[CELL_ELSEWHERE].integer != 0 || cells[CELL_INHERITED].integer != 0)
        return (struct str){NULL, 0};
    if (cells[CELL_MEMBERSHIP].kind == VALUE_TEXT)
        return str_dup(arena, cells[CELL_MEMBERSHIP].bytes);
    return cells[CELL_FORCED].integer != 0 ? str_dup(arena, cells[CELL_UNFORCE].bytes)
                                           : (struct str){NULL, 0};
}

static struct existing_table *table_of(struct arena *arena, struct existing *existing,
                                       const struct value *cells)
{
    struct existing_table *last = existing->count > 0 ? &existing->tables[existing->count - 1] : NULL;

    if (last != NULL && str_equal(last->name, cells[CELL_TABLE].bytes))
        return last;
    ARENA_PUSH(arena, existing->tables, existing->count, existing->capacity) = (struct existing_table){
        .name = str_dup(arena, cells[CELL_TABLE].bytes),
        .obstacle = obstacle(cells),
        .mend = mend(arena, cells),
        .partition = cells[CELL_PARTITION].integer != 0,
        .partitioned = str_is(cells[CELL_KIND].bytes, "p"),
        .rows = -1,
        .is_view = !has_own_rows(cells[CELL_KIND].bytes),
        .is_whole = has_own_rows(cells[CELL_KIND].bytes) && cells[CELL_PARTITION].integer == 0};
    return &existing->tables[existing->count - 1];
}

/* The type, or that of the elements. */
static bool read_scalar(struct arena *arena, const struct value *cells, struct pg_type *type)
{
    if (cells[CELL_ENUM].kind == VALUE_TEXT)
        *type = (struct pg_type){.kind = PG_ENUM, .name = str_dup(arena, cells[CELL_ENUM].bytes)};
    else if (cells[CELL_CITEXT].integer != 0) /* is sent and received as text is */
        *type = pg_type_of(PG_TEXT);
    else
        return pg_type_parse(arena, cells[CELL_SCALAR].bytes, type) && type->kind != PG_ARRAY;
    return true;
}

static void read_type(struct arena *arena, struct existing_column *column, const struct value *cells)
{
    struct pg_type *element;

    column->type_text = str_dup(arena, cells[CELL_TYPE].bytes);
    column->loadable = read_scalar(arena, cells, &column->type);
    if (!column->loadable || cells[CELL_ELEMENT].kind == VALUE_NULL)
        return;
    element = ARENA_NEW(arena, struct pg_type);
    *element = column->type;
    column->type = (struct pg_type){
        .kind = PG_ARRAY, .element = element, .element_oid = (uint32_t)cells[CELL_ELEMENT].integer};
    column->labels_of = element;
}

static void add_label(struct arena *arena, struct pg_type *type, struct str label)
{
    struct str *labels = ARENA_ARRAY(arena, struct str, type->label_count + 1);

    for (size_t i = 0; i < type->label_count; i++)
        labels[i] = type->labels[i];
    labels[type->label_count++] = str_dup(arena, label);
    type->labels = labels;
}

static void take_row(struct arena *arena, struct existing *existing, const struct value *cells)
{
    struct existing_table *table = table_of(arena, existing, cells);
    struct existing_column *last = table->column_count > 0 ? &table->columns[table->column_count - 1] : NULL;

    if (cells[CELL_COLUMN].kind == VALUE_NULL) /* a table without columns */
        return;
    if (last == NULL || !str_equal(last->name, cells[CELL_COLUMN].bytes)) {
        struct existing_column column = {.name = str_dup(arena, cells[CELL_COLUMN].bytes),
                                         .not_null = cells[CELL_REQUIRED].integer != 0,
                                         .has_default = cells[CELL_DEFAULT].integer != 0,
                                         .identity = cells[CELL_NUMBERED].integer != 0,
                                         .generated = cells[CELL_GENERATED].integer != 0};

        read_type(arena, &column, cells);
        ARENA_PUSH(arena, table->columns, table->column_count, table->column_capacity) = column;
        last = &table->columns[table->column_count - 1];
    }
    if (cells[CELL_LABEL].kind == VALUE_TEXT)
        add_label(arena, last->labels_of != NULL ? last->labels_of : &last->type, cells[CELL_LABEL].bytes);
}

bool existing_read(struct arena *arena, struct engine *control, struct str schema, struct existing *existing,
                   struct err *err)
{
    struct rows *rows;
    bool found = true;
    bool done;

    *existing = (struct existing){.count = 0};
    if (!engine_query(control, str_from(columns_sql), &schema, 1, &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        take_row(arena, existing, rows->cells);
    rows_close(rows);
    return done;
}
