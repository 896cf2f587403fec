/* What a PostgreSQL side has. */
#include "ops/verify_facts.h"
#include "schema/ident.h"

/* Of SQLite's other side: the shape of each object.  Columns are in their order; an expression is "*".  A
 * domain's part counts as the column's; $2: the type may do what the source's CHECK does. */
static const char shapes_sql[] =
    "WITH own AS (SELECT c.oid, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = "
    "c.relnamespace WHERE n.nspname = $1),"
    " lists AS (SELECT i.indexrelid AS id, o.oid AS relation, 1 AS list, k.attnum, k.place FROM own o"
    "   JOIN pg_index i ON i.indrelid = o.oid AND i.indisvalid,"
    "   unnest(i.indkey::int2[]) WITH ORDINALITY k (attnum, place) WHERE k.place <= i.indnkeyatts"
    "  UNION ALL SELECT t.oid, t.conrelid, 2, k.attnum, k.place FROM own o JOIN pg_constraint t"
    "   ON t.conrelid = o.oid AND t.contype = 'f', unnest(t.conkey) WITH ORDINALITY k (attnum, place)"
    "  UNION ALL SELECT t.oid, t.confrelid, 3, k.attnum, k.place FROM own o JOIN pg_constraint t"
    "   ON t.conrelid = o.oid AND t.contype = 'f', unnest(t.confkey) WITH ORDINALITY k (attnum, place)),"
    " named AS (SELECT l.id, l.list, string_agg(coalesce(a.attname, '*'), ', ' ORDER BY l.place) AS columns"
    "  FROM lists l LEFT JOIN pg_attribute a ON a.attrelid = l.relation AND a.attnum = l.attnum"
    "   AND l.attnum > 0 GROUP BY 1, 2)"
    " SELECT 'NOT NULL', o.relname::text, a.attname::text, '' FROM own o JOIN pg_attribute a"
    "  ON a.attrelid = o.oid JOIN pg_type t ON t.oid = a.atttypid WHERE o.relkind IN ('r', 'p')"
    "  AND a.attnum > 0 AND (a.attnotnull OR t.typnotnull)"
    " UNION ALL SELECT 'default', o.relname, a.attname, '' FROM own o JOIN pg_attribute a ON a.attrelid = "
    "o.oid JOIN pg_type t ON t.oid = a.atttypid"
    "  WHERE o.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''"
    "  AND (a.attidentity <> '' OR a.atthasdef OR t.typdefault IS NOT NULL)"
    " UNION ALL SELECT CASE WHEN i.indisprimary THEN 'primary key' WHEN i.indisunique THEN 'unique key'"
    "   ELSE 'index' END, o.relname, l.columns, '' FROM own o JOIN pg_index i ON i.indrelid = o.oid"
    "  JOIN named l ON l.id = i.indexrelid AND l.list = 1"
    " UNION ALL SELECT 'foreign key', o.relname, l.columns || ' -> ' || p.relname || ' (' || r.columns || "
    "')',"
    "  t.confdeltype::text || t.confupdtype::text FROM own o JOIN pg_constraint t ON t.conrelid = o.oid"
    "  JOIN pg_class p ON p.oid = t.confrelid JOIN named l ON l.id = t.oid AND l.list = 2"
    "  JOIN named r ON r.id = t.oid AND r.list = 3"
    " UNION ALL SELECT 'CHECK', c.relname, 'number ' || row_number() OVER (PARTITION BY c.oid), ''"
    "  FROM (SELECT o.oid, o.relname FROM own o JOIN pg_constraint t ON t.conrelid = o.oid AND t.contype = "
    "'c'"
    "   UNION ALL SELECT o.oid, o.relname FROM own o JOIN pg_attribute a ON a.attrelid = o.oid"
    "    JOIN pg_type t ON t.oid = a.atttypid WHERE $2::boolean AND a.attnum > 0 AND (t.typtype = 'e'"
    "    OR EXISTS (SELECT FROM pg_constraint d WHERE d.contypid = t.oid AND d.contype = 'c'))) c"
    " UNION ALL SELECT 'view', '', relname, '' FROM own WHERE relkind IN ('v', 'm')"
    " ORDER BY 2, 1, 3";

/* Of two PostgreSQL databases: the definitions. */
static const char definitions_sql[] =
    "WITH own AS (SELECT c.oid, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = "
    "c.relnamespace WHERE n.nspname = $1)"
    " SELECT 'NOT NULL', o.relname::text, a.attname::text, '' FROM own o JOIN pg_attribute a ON a.attrelid = "
    "o.oid"
    "  WHERE o.relkind IN ('r', 'p') AND a.attnum > 0 AND a.attnotnull"
    " UNION ALL SELECT CASE WHEN a.attgenerated = '' THEN 'default' ELSE 'generated column' END, o.relname,"
    "  a.attname, pg_get_expr(d.adbin, d.adrelid) FROM own o JOIN pg_attrdef d ON d.adrelid = o.oid"
    "  JOIN pg_attribute a ON a.attrelid = o.oid AND a.attnum = d.adnum"
    " UNION ALL SELECT 'identity', o.relname, a.attname, a.attidentity::text FROM own o"
    "  JOIN pg_attribute a ON a.attrelid = o.oid WHERE a.attnum > 0 AND a.attidentity <> ''"
    " UNION ALL SELECT CASE t.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique key'"
    "   WHEN 'f' THEN 'foreign key' WHEN 'c' THEN 'CHECK' ELSE 'constraint' END, o.relname, t.conname,"
    "  pg_get_constraintdef(t.oid) FROM own o JOIN pg_constraint t ON t.conrelid = o.oid"
    "  WHERE t.contype IN ('p', 'u', 'f', 'c', 'x')"
    " UNION ALL SELECT 'index', o.relname, i.relname, pg_get_indexdef(i.oid, 0, true) FROM own o"
    "  JOIN pg_index x ON x.indrelid = o.oid JOIN pg_class i ON i.oid = x.indexrelid"
    "  WHERE NOT EXISTS (SELECT FROM pg_constraint t WHERE t.conindid = i.oid AND t.contype IN ('p', 'u', "
    "'x'))"
    " UNION ALL SELECT 'trigger', o.relname, t.tgname, pg_get_triggerdef(t.oid, true) FROM own o"
    "  JOIN pg_trigger t ON t.tgrelid = o.oid WHERE NOT t.tgisinternal"
    " UNION ALL SELECT 'view', '', relname, pg_get_viewdef(oid, true) FROM own WHERE relkind IN ('v', 'm')"
    " UNION ALL SELECT 'collation', o.relname, a.attname, c.collname FROM own o JOIN pg_attribute a"
    "  ON a.attrelid = o.oid JOIN pg_collation c ON c.oid = a.attcollation"
    "  WHERE o.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped"
    " UNION ALL SELECT CASE t.typtype WHEN 'e' THEN 'enum' ELSE 'domain' END, o.relname, a.attname,"
    "  CASE t.typtype WHEN 'e' THEN (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY "
    "e.enumsortorder)"
    "   FROM pg_enum e WHERE e.enumtypid = t.oid) ELSE concat_ws(' ', format_type(t.typbasetype, "
    "t.typtypmod),"
    "   CASE WHEN t.typnotnull THEN 'NOT NULL' END, 'DEFAULT ' || t.typdefault,"
    "   (SELECT string_agg(pg_get_constraintdef(d.oid), ' ' ORDER BY d.conname) FROM pg_constraint d"
    "    WHERE d.contypid = t.oid AND d.contype = 'c')) END"
    "  FROM own o JOIN pg_attribute a ON a.attrelid = o.oid JOIN pg_type t ON t.oid = a.atttypid"
    "  WHERE o.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND t.typtype IN ('e', 'd')"
    " ORDER BY 2, 1, 3";

static const char *interned(struct str what)
{
    static const char *const known[] = {
        "NOT NULL",    "default", "generated column", "identity", "primary key", "index", "unique key",
        "foreign key", "CHECK",   "trigger",          "view",     "collation",   "enum",  "domain"};

    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if (str_is(what, known[i]))
            return known[i];
    return "constraint";
}

/* Definitions name objects of the schema without it. */
static bool set_path(struct engine *engine, struct str schema, struct err *err)
{
    struct buf sql;
    bool done;

    buf_init(&sql, BUF_TEXT_MAXIMUM);
    buf_text(&sql, "SET LOCAL search_path = ");
    ident_quote(&sql, schema);
    done = engine_exec(engine, buf_view(&sql), err);
    buf_free(&sql);
    return done;
}

bool facts_of_catalog(const struct verify *verify, int side, bool whole, struct facts *facts, struct err *err)
{
    struct engine *engine = verify->result->engines[side];
    struct arena *arena = verify->arena;
    struct str params[] = {verify->schemas[side], str_from(side == 1 ? "true" : "false")};
    struct rows *rows;
    bool found = true;
    bool done;

    if (!set_path(engine, verify->schemas[side], err) ||
        !engine_query(engine, str_from(whole ? definitions_sql : shapes_sql), params, whole ? 1 : 2, &rows,
                      err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        facts_add(arena, facts, interned(rows->cells[0].bytes), str_dup(arena, rows->cells[1].bytes),
                  str_dup(arena, rows->cells[2].bytes), str_dup(arena, rows->cells[3].bytes));
    rows_close(rows);
    return done;
}
