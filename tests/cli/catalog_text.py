"""A schema as text, to be compared with another: all that the catalog says of it, and no number by chance."""

STATEMENTS = {
    "relation": """
        SELECT c.relname, c.relkind, c.relpersistence, c.relrowsecurity, c.relacl::text
        FROM pg_class c WHERE c.relnamespace = %s::regnamespace ORDER BY c.relname""",
    "column": """
        SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, a.attgenerated, coalesce(pg_get_expr(d.adbin, d.adrelid), ''),
               a.attcollation::regcollation::text
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = %s::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY c.relname, a.attnum""",
    "constraint": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
        FROM pg_constraint WHERE connamespace = %s::regnamespace ORDER BY 1, 2""",
    "index": """
        SELECT pg_get_indexdef(i.indexrelid), i.indisvalid
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace = %s::regnamespace ORDER BY 1""",
    "type": """
        SELECT t.typname, t.typtype,
               ARRAY(SELECT enumlabel FROM pg_enum WHERE enumtypid = t.oid ORDER BY enumsortorder)
        FROM pg_type t WHERE t.typnamespace = %s::regnamespace AND t.typtype IN ('e', 'd', 'r') ORDER BY 1""",
    "view": """
        SELECT c.relname, pg_get_viewdef(c.oid) FROM pg_class c
        WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('v', 'm') ORDER BY 1""",
    "function": """
        SELECT proname, prosrc FROM pg_proc WHERE pronamespace = %s::regnamespace ORDER BY 1""",
    "trigger": """
        SELECT pg_get_triggerdef(t.oid), t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = %s::regnamespace AND NOT t.tgisinternal ORDER BY 1""",
}
SCHEMAS = """
    SELECT nspname FROM pg_namespace
    WHERE nspname NOT LIKE 'pg\\_%%' AND nspname NOT IN ('information_schema', 'test_gate') ORDER BY 1"""


def catalog_text(database, schema="public"):
    return [
        (kind, *row)
        for kind, statement in STATEMENTS.items()
        for row in database.execute(statement, (schema,))
    ]


def whole_text(database):
    """Every schema that somebody made, by name."""
    return {name: catalog_text(database, name) for name, in database.execute(SCHEMAS, ())}


def table_names(database, schema="public"):
    return [row[1] for row in catalog_text(database, schema) if row[0] == "relation" and row[2] == "r"]
