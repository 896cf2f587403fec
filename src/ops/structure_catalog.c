/* What the load schema has, in the words of the plan where that can be said without knowing the plan. */
#include "ops/structure_intern.h"

/*
 * Indexes and foreign keys are written as the plan writes them, with all names quoted, so that most are equal
 * as they come; what holds an expression, an operator class or anything else unusual is in the server's own
 * words.
 */
static const char facts_sql[] =
    "WITH own AS NOT MATERIALIZED (SELECT c.oid, c.relname::text AS name, c.relkind, c.relpersistence FROM "
    "pg_class c"
    "  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname <> $2"
    "  AND (left(c.relname, 16) = E'pgrade\\x01reference') = $3::boolean),"
    " attributes AS (SELECT o.oid, o.name AS relation, a.*, row_number() OVER (PARTITION BY o.oid ORDER BY "
    "a.attnum)"
    "   AS place FROM own o JOIN pg_attribute a ON a.attrelid = o.oid"
    "  WHERE o.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped),"
    " indexes AS (SELECT o.name AS relation, x.relname::text AS name, i.*, t.conname, t.contype,"
    "   t.condeferrable, t.condeferred,"
    "   CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || CASE WHEN m.amname = 'btree'"
    "    AND i.indexprs IS NULL AND i.indpred IS NULL AND i.indnatts = i.indnkeyatts"
    "    AND coalesce(to_jsonb(i)->>'indnullsnotdistinct', 'false') = 'false' AND k.plain THEN k.columns"
    "   ELSE substr(pg_get_indexdef(i.indexrelid), 1 + length(format('CREATE %sINDEX %I ON %I.%I ',"
    "    CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, x.relname, $1, o.name))) END"
    "   || CASE WHEN i.indisvalid AND i.indisready THEN '' ELSE ' INVALID' END AS detail"
    "  FROM own o JOIN pg_index i ON i.indrelid = o.oid JOIN pg_class x ON x.oid = i.indexrelid"
    "   JOIN pg_am m ON m.oid = x.relam LEFT JOIN pg_constraint t ON t.conindid = i.indexrelid"
    "    AND t.conrelid = o.oid AND t.contype IN ('p', 'u', 'x'),"
    "   LATERAL (SELECT '(' || string_agg('\"' || replace(a.attname, '\"', '\"\"') || '\"'"
    "      || CASE k.options WHEN 3 THEN ' DESC' ELSE '' END, ', ' ORDER BY k.place) || ')' AS columns,"
    "     bool_and(c.opcdefault AND k.options IN (0, 3)"
    "      AND (k.coll = 0 OR k.coll = a.attcollation)) AS plain"
    "    FROM unnest(i.indkey::int2[], i.indoption::int2[], i.indclass::oid[], i.indcollation::oid[])"
    "     WITH ORDINALITY k (attnum, options, class, coll, place)"
    "     JOIN pg_opclass c ON c.oid = k.class"
    "     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) k),"
    " keys AS (SELECT o.name AS relation, t.*, p.relname AS parent, n.nspname AS parent_schema,"
    "   (SELECT string_agg('\"' || replace(a.attname, '\"', '\"\"') || '\"', ', ' ORDER BY k.place)"
    "    FROM unnest(t.conkey) WITH ORDINALITY k (attnum, place)"
    "    JOIN pg_attribute a ON a.attrelid = t.conrelid AND a.attnum = k.attnum) AS columns,"
    "   (SELECT string_agg('\"' || replace(a.attname, '\"', '\"\"') || '\"', ', ' ORDER BY k.place)"
    "    FROM unnest(t.confkey) WITH ORDINALITY k (attnum, place)"
    "    JOIN pg_attribute a ON a.attrelid = t.confrelid AND a.attnum = k.attnum) AS parent_columns"
    "  FROM own o JOIN pg_constraint t ON t.conrelid = o.oid AND t.contype = 'f'"
    "   JOIN pg_class p ON p.oid = t.confrelid JOIN pg_namespace n ON n.oid = p.relnamespace),"
    " actions (code, sql) AS (VALUES ('a', NULL), ('r', 'RESTRICT'), ('c', 'CASCADE'), ('n', 'SET NULL'),"
    "  ('d', 'SET DEFAULT'))"
    " SELECT 'table', name, '', relkind::text || relpersistence::text FROM own WHERE relkind IN ('r', 'p', "
    "'f')"
    " UNION ALL SELECT 'column', a.relation, a.attname, a.place || coalesce(' ' || c.collname, '')"
    "  FROM attributes a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation c"
    "   ON c.oid = a.attcollation AND a.attcollation <> t.typcollation"
    " UNION ALL SELECT 'type', a.relation, a.attname, CASE WHEN t.typname = 'citext' THEN 'citext'"
    "   WHEN t.typtype = 'e' THEN '\"' || replace(t.typname, '\"', '\"\"') || '\"'"
    "   WHEN e.typtype = 'e' THEN '\"' || replace(e.typname, '\"', '\"\"') || '\"[]'"
    "   ELSE format_type(a.atttypid, a.atttypmod) END FROM attributes a JOIN pg_type t ON t.oid = a.atttypid"
    "  LEFT JOIN pg_type e ON e.oid = t.typelem AND e.typarray = t.oid"
    " UNION ALL SELECT 'NOT NULL', relation, attname, '' FROM attributes WHERE attnotnull"
    " UNION ALL SELECT CASE WHEN a.attgenerated = '' THEN 'default' ELSE 'generated column' END, a.relation,"
    "  a.attname, a.attgenerated::text || pg_get_expr(d.adbin, d.adrelid) FROM attributes a"
    "  JOIN pg_attrdef d ON d.adrelid = a.oid AND d.adnum = a.attnum"
    " UNION ALL SELECT 'identity', o.name, a.attname, d.deptype::text || a.attidentity::text || ' '"
    "   || q.relname || format(' %s %s %s %s %s', s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcycle)"
    "   || ' ' || format_type(s.seqtypid, NULL)"
    "  FROM own o JOIN pg_depend d ON d.refobjid = o.oid"
    "   AND d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_class'::regclass"
    "   AND d.deptype IN ('a', 'i')"
    "   JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid"
    "   JOIN pg_class q ON q.oid = d.objid AND q.relkind = 'S' JOIN pg_sequence s ON s.seqrelid = q.oid"
    " UNION ALL SELECT CASE contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique key' WHEN 'x' THEN"
    "   'constraint' ELSE 'index' END, relation, coalesce(conname, name), detail"
    "   || CASE WHEN condeferrable THEN ' DEFERRABLE' ELSE '' END"
    "   || CASE WHEN condeferred THEN ' INITIALLY DEFERRED' ELSE '' END FROM indexes"
    " UNION ALL SELECT 'foreign key', k.relation, k.conname, 'FOREIGN KEY (' || k.columns || ') REFERENCES "
    "\"'"
    "   || replace(k.parent_schema, '\"', '\"\"') || '\".\"' || replace(k.parent, '\"', '\"\"') || '\" ('"
    "   || k.parent_columns || ')' || coalesce(' ON UPDATE ' || u.sql, '') || coalesce(' ON DELETE ' || "
    "d.sql, '')"
    "   || CASE WHEN k.confmatchtype = 's' THEN '' ELSE ' MATCH ' || k.confmatchtype::text END"
    "   || CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END"
    "   || CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END"
    "   || CASE WHEN k.convalidated THEN '' ELSE ' NOT VALID' END"
    "   || CASE WHEN EXISTS (SELECT FROM pg_trigger g WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O')"
    "    THEN ' DISABLED' ELSE '' END"
    "  FROM keys k JOIN actions u ON u.code = k.confupdtype::text JOIN actions d ON d.code = "
    "k.confdeltype::text"
    " UNION ALL SELECT CASE t.contype WHEN 'c' THEN 'CHECK' ELSE 'constraint' END, o.name, t.conname,"
    "  pg_get_constraintdef(t.oid) FROM own o JOIN pg_constraint t ON t.conrelid = o.oid"
    "  WHERE t.contype IN ('c', 't')"
    " UNION ALL SELECT 'trigger', o.name, t.tgname, pg_get_triggerdef(t.oid) FROM own o"
    "  JOIN pg_trigger t ON t.tgrelid = o.oid WHERE NOT t.tgisinternal"
    " UNION ALL SELECT 'rule', o.name, r.rulename, '' FROM own o JOIN pg_rewrite r ON r.ev_class = o.oid"
    "  WHERE o.relkind IN ('r', 'p', 'f')"
    " UNION ALL SELECT 'row security', o.name, '', '' FROM own o JOIN pg_class c ON c.oid = o.oid"
    "  WHERE c.relrowsecurity"
    " UNION ALL SELECT 'view', '', name, CASE WHEN $3::boolean THEN '' ELSE relkind::text END FROM own"
    "  WHERE relkind IN ('v', 'm')"
    " UNION ALL SELECT 'enum', '', t.typname, string_agg(e.enumlabel, E'\\x01' ORDER BY e.enumsortorder)"
    "  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_enum e ON e.enumtypid = t.oid"
    "  WHERE n.nspname = $1 AND NOT $3::boolean GROUP BY t.oid, t.typname";

static const char *interned(struct str what)
{
    static const char *const known[] = {
        "table",    "column",      "type",       "NOT NULL", "default",     "generated column",
        "identity", "primary key", "unique key", "index",    "foreign key", "CHECK",
        "trigger",  "view",        "enum",       "rule",     "row security"};

    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if (str_is(what, known[i]))
            return known[i];
    return "constraint";
}

bool structure_facts_of_catalog(struct structure_run *run, bool copies, struct facts *facts, struct err *err)
{
    struct arena *arena = run->arena;
    struct str params[] = {run->plan->load_schema, run->result->target.journal,
                           str_from(copies ? "true" : "false")};
    struct rows *rows;
    bool found = true;
    bool done;

    *facts = (struct facts){.count = 0};
    if (!engine_query(run->control, str_from(facts_sql), params, ARRAY_LENGTH(params), &rows, err))
        return false;
    while ((done = rows_next(rows, &found, err)) && found)
        facts_add(arena, facts, interned(rows->cells[0].bytes), str_dup(arena, rows->cells[1].bytes),
                  str_dup(arena, rows->cells[2].bytes), str_dup(arena, rows->cells[3].bytes));
    rows_close(rows);
    facts_index(arena, facts);
    return done;
}
