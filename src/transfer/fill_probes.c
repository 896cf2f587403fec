/*
 * What else the target holds against rows: uniques, checks of tables and of domains, exclusions, partitions.
 *
 * A COPY tells of one row and ends the transaction.  So that all are told, the rows are loaded once more into
 * temporary tables that hold nothing against them, and the questions that are made here are asked.
 */
#include "transfer/fill_intern.h"

/* $3: the schema of those tables.  One row a constraint: class, table, name, question. */
static const char probes_sql[] =
    "WITH filled AS (SELECT c.oid, c.relname, c.relkind, format('%I.%I', $3::text, c.relname) AS rows FROM "
    "pg_class c"
    "  WHERE c.oid IN (" FILLED ")),"
    /* How people find a row again. */
    " keyed AS (SELECT f.*, (SELECT string_agg(format('t.%I', a.attname), ', ' ORDER BY a.attnum) FROM "
    "pg_index i"
    "   JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey::int2[])"
    "   WHERE i.indrelid = f.oid AND i.indisprimary) AS id FROM filled f),"
    " keys AS (SELECT i.*, x.relname AS name, k.relname, k.rows, k.id,"
    "   (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, false), ', ' ORDER BY n)"
    "    FROM generate_series(1, i.indnkeyatts) n) AS parts,"
    "   (SELECT string_agg(pg_get_indexdef(i.indexrelid, n, false) || ' IS NOT NULL', ' AND ' ORDER BY n)"
    "    FROM generate_series(1, i.indnkeyatts) n) AS given, pg_get_expr(i.indpred, i.indrelid) AS condition"
    "  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN keyed k ON k.oid = i.indrelid)"
    " SELECT CASE WHEN indisprimary THEN 'primary key' ELSE 'unique constraint' END, relname, name, "
    "format('SELECT "
    "(sum(count(*)) OVER ())::bigint, %L || ROW(%s)::text || '': '' || count(*) || '' rows'' || %s FROM %s "
    "AS t"
    " WHERE (%s) AND (%s) GROUP BY %s HAVING count(*) > 1 ORDER BY count(*) DESC LIMIT 20', '(' || parts || "
    "') = ',"
    "  parts, CASE WHEN id IS NULL OR indisprimary THEN '''''' ELSE format($q$', ' || %L || ' '"
    " || array_to_string((array_agg(ROW(%s)::text ORDER BY %s))[1:5], ', ')$q$, 'id', id, id) END, rows,"
    "  coalesce(condition, 'true'), CASE WHEN to_jsonb(keys)->>'indnullsnotdistinct' = 'true' THEN 'true' "
    "ELSE given"
    "  END, parts) FROM keys WHERE indisunique AND indislive"
    " UNION ALL"
    " SELECT 'check', f.relname, k.conname, format('SELECT count(*) OVER (), (t.*)::text FROM %s AS t WHERE "
    "NOT (%s)"
    " LIMIT 20', f.rows, pg_get_expr(k.conbin, k.conrelid)) FROM pg_constraint k JOIN filled f ON f.oid = "
    "k.conrelid"
    "  WHERE k.contype = 'c' AND coalesce(to_jsonb(k)->>'conenforced', 'true') = 'true'"
    " UNION ALL"
    " SELECT 'check', f.relname, k.conname, format('SELECT count(*) OVER (), (t.*)::text FROM %s AS t WHERE "
    "NOT"
    " (SELECT %s FROM (SELECT t.%I AS value) v) LIMIT 20', f.rows, pg_get_expr(k.conbin, 0), a.attname)"
    "  FROM filled f JOIN pg_attribute a ON a.attrelid = f.oid AND a.attnum > 0 AND NOT a.attisdropped"
    "  CROSS JOIN LATERAL (WITH RECURSIVE base(type) AS (SELECT a.atttypid UNION SELECT y.typbasetype FROM "
    "base b"
    "   JOIN pg_type y ON y.oid = b.type AND y.typtype = 'd') SELECT type FROM base) b"
    "  JOIN pg_constraint k ON k.contypid = b.type AND k.contype = 'c'"
    " UNION ALL"
    " SELECT 'exclusion constraint', relname, name, format('WITH k AS (SELECT row_number() OVER () AS n, "
    "(t.*)::text"
    " AS r, %s FROM %s AS t WHERE %s) SELECT count(*) OVER (), a.r || '' and '' || b.r FROM k a JOIN k b ON "
    "a.n < b.n"
    " AND %s LIMIT 20', (SELECT string_agg(pg_get_indexdef(indexrelid, n, false) || ' AS k' || n, ', ')"
    "    FROM generate_series(1, indnkeyatts) n), rows, coalesce(condition, 'true'),"
    "   (SELECT string_agg(format('a.k%s OPERATOR(%I.%s) b.k%s', n.i, s.nspname, o.oprname, n.i), ' AND ')"
    "    FROM pg_constraint c CROSS JOIN generate_subscripts(c.conexclop, 1) n(i)"
    "    JOIN pg_operator o ON o.oid = c.conexclop[n.i] JOIN pg_namespace s ON s.oid = o.oprnamespace"
    "    WHERE c.conindid = indexrelid AND c.contype = 'x')) FROM keys WHERE indisexclusion"
    " UNION ALL"
    " SELECT 'partition', relname, relname, format('SELECT count(*) OVER (), (t.*)::text FROM %s AS t WHERE "
    "%s LIMIT"
    " 20', rows, coalesce((SELECT string_agg('(' || pg_get_partition_constraintdef(relid) || ') IS NOT "
    "TRUE', ' AND ')"
    "   FROM pg_partition_tree(oid) WHERE isleaf), 'true')) FROM filled WHERE relkind = 'p'"
    " ORDER BY 2, 1, 3";

/* A domain is what it is made of, generated columns are computed (checks may look at them), and a default
 * stands where it is a plain value: numbers of sequences would be used up for nothing. */
static const char tables_sql[] =
    "WITH RECURSIVE base AS (SELECT a.attrelid, a.attnum, a.atttypid AS type, a.atttypmod AS typmod"
    "  FROM pg_attribute a WHERE a.attrelid IN (" FILLED ") AND a.attnum > 0 AND NOT a.attisdropped"
    " UNION ALL SELECT b.attrelid, b.attnum, t.typbasetype, t.typtypmod FROM base b JOIN pg_type t ON t.oid "
    "= b.type"
    "  AND t.typtype = 'd')"
    " SELECT format('CREATE TEMPORARY TABLE %I (%s);', c.relname, string_agg(format('%I %s%s%s', a.attname,"
    "  format_type(b.type, b.typmod), CASE WHEN a.attcollation <> t.typcollation AND a.attcollation <> 0 THEN"
    "   ' COLLATE ' || a.attcollation::regcollation ELSE '' END,"
    "  CASE WHEN d.adbin IS NULL THEN '' WHEN a.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s) "
    "STORED',"
    "   pg_get_expr(d.adbin, d.adrelid)) WHEN pg_get_expr(d.adbin, d.adrelid) ~ '[(]' THEN ''"
    "   ELSE ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid) END), ', ' ORDER BY a.attnum))"
    " FROM base b JOIN pg_class c ON c.oid = b.attrelid JOIN pg_attribute a ON a.attrelid = b.attrelid"
    "  AND a.attnum = b.attnum JOIN pg_type t ON t.oid = b.type AND t.typtype <> 'd'"
    " LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum GROUP BY c.oid, c.relname";

bool fill_probes_tables(struct arena *arena, struct engine *control, const struct plan *plan, struct err *err)
{
    struct str params[] = {plan->target_schema, fill_table_names(arena, plan, -1)};
    struct rows *rows;
    struct buf sql;
    bool found = true;
    bool done;

    if (!engine_query(control, str_from(tables_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    buf_init(&sql, BUF_TEXT_MAXIMUM);
    while ((done = rows_next(rows, &found, err)) && found)
        buf_str(&sql, rows->cells[0].bytes);
    rows_close(rows);
    done = done && engine_exec(control, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

static bool class_of(struct str name, enum object_class *class)
{
    for (size_t i = 0; i < OBJECT_CLASS_COUNT; i++)
        if (str_is(name, object_class_name((enum object_class)i))) {
            *class = (enum object_class)i;
            return true;
        }
    return false;
}

static bool take_probe(struct arena *arena, const struct plan *plan, const struct value *cells,
                       struct plan_object *object)
{
    if (!class_of(cells[0].bytes, &object->class))
        return false;
    for (size_t i = 0; i < plan->table_count; i++)
        if (str_equal(plan->tables[i].name, cells[1].bytes)) {
            object->table = i;
            object->name = str_dup(arena, cells[2].bytes);
            object->probe_sql = str_dup(arena, cells[3].bytes);
            return true;
        }
    return false;
}

bool fill_probes_read(struct arena *arena, struct engine *control, const struct plan *plan,
                      struct str rows_schema, struct plan_object **probes, size_t *count, struct err *err)
{
    struct str params[] = {plan->target_schema, fill_table_names(arena, plan, -1), rows_schema};
    size_t capacity = 0;
    struct rows *rows;
    bool found = true;
    bool done;

    *probes = NULL;
    *count = 0;
    if (!engine_query(control, str_from(probes_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found) {
        struct plan_object object = {.name = {NULL, 0}};

        if (take_probe(arena, plan, rows->cells, &object))
            ARENA_PUSH(arena, *probes, *count, capacity) = object;
    }
    rows_close(rows);
    return done;
}
