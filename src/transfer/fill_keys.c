/* The foreign keys of the tables that are filled, and those of other tables to them, as objects of a plan:
 * with the statements that show the rows without a parent, and take them out. */
#include "transfer/fill_intern.h"

#include "schema/ident.h"

/*
 * One row a column.  $3: the schema in which the rows of the filled tables lie.  PostgreSQL's own operator
 * compares, whatever the search path is.  Left to the server: periods, and what it does not enforce.
 */
static const char keys_sql[] =
    "WITH filled AS (" FILLED "), parts AS ("
    " SELECT f.oid AS root, coalesce(t.relid::oid, f.oid) AS oid FROM filled f"
    "  LEFT JOIN pg_partition_tree(f.oid) t ON true)"
    " SELECT k.oid, k.conname, r.relname, CASE WHEN child.root IS NULL OR $3::text = $1::text THEN "
    "k.conrelid::regclass::text"
    "   ELSE format('%I.%I', $3::text, r.relname) END, q.relname, CASE WHEN parent.root IS NULL OR $3::text "
    "= $1::text"
    "   THEN k.confrelid::regclass::text ELSE format('%I.%I', $3::text, q.relname) END,"
    "  p.relname, k.convalidated::int, (k.confmatchtype = 'f')::int, ca.attname, pa.attname,"
    "  format('OPERATOR(%I.%s)', o.nspname, op.oprname), k.conrelid::regclass::text"
    " FROM pg_constraint k LEFT JOIN parts child ON child.oid = k.conrelid LEFT JOIN pg_class r ON r.oid = "
    "child.root"
    " LEFT JOIN parts parent ON parent.oid = k.confrelid LEFT JOIN pg_class q ON q.oid = parent.root"
    " JOIN pg_class p ON p.oid = k.confrelid"
    " CROSS JOIN generate_subscripts(k.conkey, 1) n(i)"
    " JOIN pg_attribute ca ON ca.attrelid = k.conrelid AND ca.attnum = k.conkey[n.i]"
    " JOIN pg_attribute pa ON pa.attrelid = k.confrelid AND pa.attnum = k.confkey[n.i]"
    " JOIN pg_operator op ON op.oid = k.conpfeqop[n.i] JOIN pg_namespace o ON o.oid = op.oprnamespace"
    " WHERE k.contype = 'f' AND k.conparentid = 0 AND (child.root IS NOT NULL OR parent.root IS NOT NULL)"
    " AND coalesce(to_jsonb(k)->>'conperiod', 'false') = 'false'"
    " AND coalesce(to_jsonb(k)->>'conenforced', 'true') = 'true' ORDER BY k.oid, n.i";

enum {
    CELL_OID,
    CELL_NAME,
    CELL_CHILD,
    CELL_CHILD_SQL,
    CELL_PARENT,
    CELL_PARENT_SQL,
    CELL_PARENT_NAME,
    CELL_VALID,
    CELL_FULL,
    CELL_COLUMN,
    CELL_PARENT_COLUMN,
    CELL_EQUALS,
    CELL_TABLE
};

/* One key while its columns are read. */
struct draft {
    int64_t oid; /* 0: none yet */
    bool full;   /* MATCH FULL */
    struct fill_key key;
    struct str child;
    struct str parent;
    struct str parent_name;
    struct buf columns; /* c."x", c."y" */
    struct buf spelled; /* x, y: as the target has them */
    struct buf source;  /* as the source has them */
    struct buf match;
    struct buf nulls; /* each is not, or with MATCH FULL not all are */
};

struct reading {
    struct arena *arena;
    const struct plan *plan;
    struct fill_keys *keys;
    struct draft draft;
};

static size_t place_of(const struct plan *plan, struct str table)
{
    for (size_t i = 0; i < plan->table_count; i++)
        if (str_equal(plan->tables[i].name, table))
            return i;
    return plan->table_count;
}

/* A column that the source has not keeps the target's name. */
static struct str source_name(const struct plan *plan, size_t place, struct str column)
{
    for (size_t i = 0; place < plan->table_count && i < plan->tables[place].column_count; i++)
        if (str_equal(plan->tables[place].columns[i].name, column))
            return plan->tables[place].columns[i].source->name.text;
    return column;
}

static void put_condition(struct buf *sql, const struct draft *draft)
{
    buf_printf(sql, " AS c WHERE %s(%.*s) AND NOT EXISTS (SELECT FROM %.*s AS p WHERE %.*s)",
               draft->full ? "NOT " : "", STR_ARGS(buf_view(&draft->nulls)), STR_ARGS(draft->parent),
               STR_ARGS(buf_view(&draft->match)));
}

static struct str make_probe(struct arena *arena, const struct draft *draft)
{
    struct str made;
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SELECT (sum(count(*)) OVER ())::bigint, ");
    literal_quote(&sql, str_printf(arena, "(%.*s) = ", STR_ARGS(buf_view(&draft->spelled))));
    buf_printf(
        &sql,
        " || ROW(%.*s)::text || ': ' || count(*) || CASE count(*) WHEN 1 THEN ' row' ELSE ' rows' END, 0"
        " FROM %.*s",
        STR_ARGS(buf_view(&draft->columns)), STR_ARGS(draft->child));
    put_condition(&sql, draft);
    buf_printf(&sql, " GROUP BY %.*s ORDER BY count(*) DESC LIMIT %d", STR_ARGS(buf_view(&draft->columns)),
               CONTRADICTIONS_SHOWN);
    made = buf_to_str(arena, &sql);
    buf_free(&sql);
    return made;
}

static struct str make_deletion(struct arena *arena, const struct plan *plan, const struct draft *draft)
{
    struct str made;
    struct buf sql;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_printf(&sql, "DELETE FROM %.*s", STR_ARGS(draft->child));
    put_condition(&sql, draft);
    buf_text(&sql, " RETURNING ");
    plan_column_list(&sql, &plan->tables[draft->key.object.table]);
    made = buf_to_str(arena, &sql);
    buf_free(&sql);
    return made;
}

/* All columns of the key are known. */
static void end_key(struct reading *reading)
{
    struct draft *draft = &reading->draft;
    struct plan_object *object = &draft->key.object;
    struct arena *arena = reading->arena;

    if (draft->oid == 0)
        return;
    object->columns = buf_to_str(arena, &draft->source);
    object->probe_sql = make_probe(arena, draft);
    object->orphan_reason = str_printf(arena, "foreign key %.*s: no row of %.*s has this value",
                                       STR_ARGS(object->name), STR_ARGS(draft->parent_name));
    if (!draft->key.outside)
        object->orphans_sql = make_deletion(arena, reading->plan, draft);
    ARENA_PUSH(arena, reading->keys->items, reading->keys->count, reading->keys->capacity) = draft->key;
    buf_clear(&draft->columns);
    buf_clear(&draft->spelled);
    buf_clear(&draft->source);
    buf_clear(&draft->match);
    buf_clear(&draft->nulls);
    draft->oid = 0;
}

static void begin_key(struct reading *reading, const struct value *cells)
{
    struct arena *arena = reading->arena;
    struct draft *draft = &reading->draft;

    draft->oid = cells[CELL_OID].integer;
    draft->full = cells[CELL_FULL].integer != 0;
    draft->child = str_dup(arena, cells[CELL_CHILD_SQL].bytes);
    draft->parent = str_dup(arena, cells[CELL_PARENT_SQL].bytes);
    draft->parent_name = str_dup(arena, cells[CELL_PARENT_NAME].bytes);
    draft->key = (struct fill_key){
        .object = {.class = OBJECT_FOREIGN_KEY, .name = str_dup(arena, cells[CELL_NAME].bytes)},
        .table = str_dup(arena, cells[CELL_TABLE].bytes),
        .outside = cells[CELL_CHILD].kind == VALUE_NULL,
        .unchecked = cells[CELL_VALID].integer == 0};
    draft->key.object.table = place_of(reading->plan, cells[CELL_CHILD].bytes);
    draft->key.object.parent = cells[CELL_PARENT].kind == VALUE_NULL
                                   ? reading->plan->table_count
                                   : place_of(reading->plan, cells[CELL_PARENT].bytes);
}

static void add_column(struct reading *reading, const struct value *cells)
{
    struct draft *draft = &reading->draft;
    const char *comma = draft->spelled.len > 0 ? ", " : "";
    const char *both = draft->spelled.len > 0 ? " AND " : "";

    buf_printf(&draft->columns, "%sc.", comma);
    ident_quote(&draft->columns, cells[CELL_COLUMN].bytes);
    buf_printf(&draft->nulls, "%sc.", both);
    ident_quote(&draft->nulls, cells[CELL_COLUMN].bytes);
    buf_text(&draft->nulls, draft->full ? " IS NULL" : " IS NOT NULL");
    buf_printf(&draft->match, "%sp.", both);
    ident_quote(&draft->match, cells[CELL_PARENT_COLUMN].bytes);
    buf_printf(&draft->match, " %.*s c.", STR_ARGS(cells[CELL_EQUALS].bytes));
    ident_quote(&draft->match, cells[CELL_COLUMN].bytes);
    buf_printf(&draft->source, "%s%.*s", comma,
               STR_ARGS(source_name(reading->plan, draft->key.object.table, cells[CELL_COLUMN].bytes)));
    buf_printf(&draft->spelled, "%s%.*s", comma, STR_ARGS(cells[CELL_COLUMN].bytes));
}

bool fill_keys_read(struct arena *arena, struct engine *control, const struct plan *plan,
                    struct str rows_schema, struct fill_keys *keys, struct err *err)
{
    struct str params[] = {plan->target_schema, fill_table_names(arena, plan, -1), rows_schema};
    struct reading reading = {.arena = arena, .plan = plan, .keys = keys};
    struct buf *texts[] = {&reading.draft.columns, &reading.draft.spelled, &reading.draft.source,
                           &reading.draft.match, &reading.draft.nulls};
    struct rows *rows;
    bool found = true;
    bool done;

    *keys = (struct fill_keys){.count = 0};
    if (!engine_query(control, str_from(keys_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        buf_init(texts[i], BUF_TEXT_MAXIMUM);
    while ((done = rows_next(rows, &found, err)) && found) {
        if (rows->cells[CELL_OID].integer != reading.draft.oid) {
            end_key(&reading);
            begin_key(&reading, rows->cells);
        }
        add_column(&reading, rows->cells);
    }
    end_key(&reading);
    rows_close(rows);
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        buf_free(texts[i]);
    return done;
}
