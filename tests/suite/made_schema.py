"""All that a framework's migrations may look for in a PostgreSQL database: types, defaults, names, kinds.

Two databases are read in the same way, the one that a framework made itself and the one that an upgrade made,
so that whatever the server writes of an object can be compared as text.
"""

import os

COLUMNS = """
    SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
           CASE WHEN a.attgenerated = '' THEN pg_get_expr(d.adbin, d.adrelid) END,
           CASE WHEN a.attgenerated <> '' THEN pg_get_expr(d.adbin, d.adrelid) END,
           a.attidentity
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped AND {own}"""
CONSTRAINTS = """
    SELECT n.nspname, c.relname, conname, pg_get_constraintdef(t.oid)
    FROM pg_constraint t JOIN pg_class c ON c.oid = t.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE contype IN ('p', 'u', 'f', 'c') AND {own}"""
INDEXES = """
    SELECT n.nspname, c.relname, i.relname, pg_get_indexdef(i.oid)
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {own}"""
SEQUENCES = """
    SELECT n.nspname, c.relname, format_type(s.seqtypid, NULL), s.seqstart, s.seqincrement,
           (SELECT t.relname || '.' || a.attname FROM pg_depend d JOIN pg_class t ON t.oid = d.refobjid
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
            WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i'))
    FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE {own}"""
TYPES = """
    SELECT n.nspname, t.typname, enumlabel FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid
    JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {own} ORDER BY enumsortorder"""
OWN = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast', 'pgrade_record')"


def made_schema(database):
    """{(kind, name): what it is}, where `name` is "table.name" for what a table has, and without a schema."""

    def ask(query):
        return [row[1:] for row in database.execute(query.format(own=OWN))]

    made = {}
    for table, column, of_type, not_null, default, generated, identity in ask(COLUMNS):
        name = f"{table}.{column}"
        made["type", name] = of_type.replace("public.", "")
        made["not null", name] = not_null
        made["default", name] = default
        made["generated", name] = generated
        made["identity", name] = identity
    for table, name, definition in ask(CONSTRAINTS):
        made["constraint", f"{table}.{name}"] = definition
    for table, name, definition in ask(INDEXES):
        made["index", f"{table}.{name}"] = definition
    for name, *rest in ask(SEQUENCES):
        made["sequence", name] = tuple(rest)
    for name, label in ask(TYPES):
        made["enum", name] = made.get(("enum", name), ()) + (label,)
    return made


def differences(wanted, found):
    """(kind, name, wanted, found) of everything that is not the same; None stands for what is not there."""
    return [
        (*key, wanted.get(key), found.get(key))
        for key in sorted(set(wanted) | set(found))
        if wanted.get(key) != found.get(key)
    ]


def run_dump(database, text):
    """A plain dump without rows, less the lines that only psql understands."""
    lines = [line for line in text.splitlines() if not line.startswith("\\")]
    database.execute("\n".join(lines))


def read_catalog(folder):
    """Constraints, indexes and sequences as the framework's own server said them.

    A dump that is loaded again has other words for some: ARRAY['a'::text] is written with more casts.
    """
    made = {}
    for kind, file, columns in (
        ("constraint", "pg-constraints.txt", (0, 2, 5)),
        ("index", "pg-indexes.txt", (0, 1, 2)),
    ):
        with open(os.path.join(folder, file), encoding="utf-8") as lines:
            for line in lines:
                fields = line.rstrip("\n").split("\t")
                table, name, definition = (fields[column] for column in columns)
                made[kind, f"{table.split('.')[-1].strip(chr(34))}.{name}"] = definition
    return made
