"""The rows that a framework wrote into PostgreSQL itself, beside those of an upgrade of its SQLite file."""

import collections
import csv
import glob
import os
import re

TABLES = "SELECT tablename, schemaname FROM pg_tables WHERE schemaname !~ '^(pg_|info)'"
GENERATED = """
    SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    WHERE relname = %s AND attgenerated <> ''"""
COLUMNS = """
    SELECT relname, attname, format_type(atttypid, atttypmod),
           quote_ident(nspname) || '.' || quote_ident(relname)
    FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
    WHERE relkind = 'r' AND attnum > 0 AND nspname !~ '^(pg_|information|pgrade)'"""
KEY = """
    SELECT attname FROM pg_index i JOIN pg_attribute a ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = %s::regclass AND indisprimary"""
SESSION = """
    SET timezone TO 'UTC'; SET datestyle TO ISO; SET intervalstyle TO postgres;
    SET bytea_output TO hex; SET extra_float_digits TO 1"""
INTEGER = "bigint|integer|smallint"
MOMENT = """timestamptz 'epoch' + (VALUE / CASE WHEN abs(VALUE) > 1e11 THEN 1000 ELSE 1 END)
    * interval '1 second' + CASE WHEN abs(VALUE) > 1e11 THEN mod(VALUE, 1000) ELSE 0 END * interval '1 ms'"""

# The file could not tell the type, so the same value stands there in another: how the server makes the one of
# the other.  The first fitting pair of (found, wanted) counts.
CONVERSIONS = (
    ("bigint", "interval", "VALUE * interval '1 microsecond'"),
    ("timestamp.*", "interval", "VALUE - timestamp '1970-01-01'"),
    ("timestamp without.*", "timestamp.*with time zone", "VALUE AT TIME ZONE 'UTC'"),
    ("timestamp with .*", "timestamp.*without time zone", "VALUE AT TIME ZONE 'UTC'"),
    ("timestamp.*", "timestamp.*", "VALUE"),
    ("time without.*", "time with.*", "VALUE::text || '+00'"),
    (INTEGER, "boolean", "VALUE::int"),
    # seconds, or milliseconds where these would be after the year 5000
    (INTEGER, "timestamp with.*", MOMENT),
    ("bytea", "bigint|jsonb", "convert_from(VALUE, 'UTF8')"),
    ("json|text", r"integer\[\]", "nullif(translate(VALUE::text, '[]', '{}'), 'null')"),
    (".*", ".*", "VALUE::text"),
)


def read_losses(folder):
    """{(table, column, number of the row)} of the cells that SQLite itself no longer held."""
    with open(os.path.join(folder, "losses.txt"), encoding="utf-8") as file:
        found = (re.match(r"(.+)\.(\w+) row (\d+): ", line) for line in file)
        return {(match[1], match[2], int(match[3])) for match in found if match}


def load_rows(database, folder):
    """Into the tables that the framework made, which gives {table: its columns}."""
    loaded = {}
    schemas = dict(database.execute(TABLES))
    connection = database.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role TO replica; SET datestyle TO ISO")
        for path in sorted(glob.glob(os.path.join(folder, "postgres-data.csv.d", "*.csv"))):
            table = os.path.basename(path).removesuffix(".csv")
            generated = {
                name
                for name, in database.execute(GENERATED, (table,))
            }
            loaded[table] = copy_in(cursor, f'"{schemas[table]}"."{table}"', path, generated)
    connection.close()
    return loaded


def copy_in(cursor, target, path, generated):
    """COPY takes no generated columns: those go into a column that is dropped again."""
    with open(path, encoding="utf-8", newline="") as file:
        header = next(csv.reader(file))
        file.seek(0)
        names = {name: f"{name} generated" if name in generated else name for name in header}
        for name in generated:
            cursor.execute(f'ALTER TABLE {target} ADD COLUMN "{name} generated" text')
        columns = ", ".join(f'"{names[name]}"' for name in header)
        cursor.copy_expert(f"COPY {target} ({columns}) FROM STDIN (FORMAT csv, HEADER)", file)
        for name in generated:
            cursor.execute(f'ALTER TABLE {target} DROP COLUMN "{name} generated"')
    return header


class Side:
    """One database, read as text."""

    def __init__(self, database):
        self.connection = database.connect()
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.cursor.execute(SESSION)
        self.cursor.execute(COLUMNS)
        self.types, self.tables = collections.defaultdict(dict), {}
        for table, column, of_type, path in self.cursor.fetchall():
            self.types[table][column] = of_type
            self.tables[table] = path

    def rows(self, table, columns):
        """In the order in which they were written."""
        chosen = ", ".join(f'"{column}"::text' for column in columns)
        self.cursor.execute(f"SELECT {chosen} FROM {self.tables[table]} ORDER BY ctid")
        return self.cursor.fetchall()

    def key(self, table):
        self.cursor.execute(KEY, (self.tables[table],))
        return [name for name, in self.cursor.fetchall()]

    def agrees(self, text, of_type, wanted, wanted_type):
        """Whether the value of another type is the wanted one; None is a NULL."""
        if text is None:
            return wanted is None
        conversion = next(
            sql for found, of_wanted, sql in CONVERSIONS
            if re.fullmatch(found, of_type) and re.fullmatch(of_wanted, wanted_type)
        )
        literal = self.cursor.mogrify(f"(%s::{of_type})", (text,)).decode()
        made = conversion.replace("VALUE", literal)
        compared = "jsonb" if wanted_type == "json" else wanted_type
        try:
            self.cursor.execute(
                f"SELECT (({made})::{compared}) IS NOT DISTINCT FROM (%s::{compared})", (wanted,)
            )
            return self.cursor.fetchone()[0]
        except Exception as error:  # the server refuses the value: it is another one
            return f"{error}"


def compare_rows(wanted, found, tables, losses):
    """How many cells were compared, and the differences."""
    ours, theirs = Side(wanted), Side(found)
    count, problems = 0, []
    for table, columns in tables.items():
        left, right = ours.rows(table, columns), theirs.rows(table, columns)
        key = [columns.index(name) for name in ours.key(table)] or range(len(columns))
        numbers = {tuple(row[place] for place in key): number for number, row in enumerate(left)}
        if len(left) != len(right):
            problems.append(f"{table}: {len(left)} rows wanted, {len(right)} found")
        for row in right:
            number = numbers.get(tuple(row[place] for place in key), 0 if len(left) == 1 else None)
            if number is None:
                problems.append(f"{table}: no row is wanted with {[row[place] for place in key]}")
                continue
            for column, value, other in zip(columns, left[number], row):
                count += 1
                if value == other or (table, column, number + 1) in losses:
                    continue
                agrees = ours.agrees(other, theirs.types[table][column], value, ours.types[table][column])
                if agrees is not True:
                    problems.append(
                        f"{table}.{column} row {number + 1}: {value!r} wanted, {other!r} found ({agrees})"
                    )
    return count, problems
