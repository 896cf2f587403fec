"""What exists in a PostgreSQL schema, read from its catalog."""

import dataclasses

import psycopg2

from target import SESSION
from forms import parse_type

ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

TABLES = (
    "SELECT oid, relname FROM pg_class WHERE relnamespace = %s AND relkind IN ('r', 'p') ORDER BY relname"
)
VIEWS = "SELECT oid, relname FROM pg_class WHERE relnamespace = %s AND relkind IN ('v', 'm')"
COLUMNS = """
    SELECT a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atthasdef,
           a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%%', false),
           a.attgenerated <> '',
           ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = a.atttypid ORDER BY enumsortorder)
    FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"""
INDEXES = """
    SELECT c.relname, i.indisunique, i.indisprimary, i.indpred IS NOT NULL, i.indisvalid,
           ARRAY(SELECT n FROM unnest(i.indkey::int[]) WITH ORDINALITY AS k (n, place)
                 WHERE place <= i.indnkeyatts),
           ARRAY(SELECT pg_get_indexdef(i.indexrelid, place, true)
                 FROM generate_series(1, i.indnkeyatts) AS place),
           ARRAY(SELECT o & 1 = 1 FROM unnest(i.indoption::int[]) AS o)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = %s"""
FOREIGN_KEYS = """
    SELECT conname, conkey, confrelid::oid, confkey, confupdtype, confdeltype, condeferrable, condeferred,
           convalidated
    FROM pg_constraint WHERE conrelid = %s AND contype = 'f'"""
CHECKS = "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s AND contype = 'c'"


@dataclasses.dataclass
class Column:
    name: str
    formatted: str
    type: object
    not_null: bool
    default: bool
    identity: bool
    generated: bool


@dataclasses.dataclass
class Index:
    name: str
    unique: bool
    primary: bool
    partial: bool
    valid: bool
    columns: tuple  # names; None stands for an expression
    expressions: tuple  # as PostgreSQL writes each part
    descending: tuple

TRIGGERS = """
    SELECT t.tgname, c.relname,
           CASE WHEN t.tgtype & 4 > 0 THEN 'INSERT' WHEN t.tgtype & 8 > 0 THEN 'DELETE' ELSE 'UPDATE' END
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = %s AND NOT t.tgisinternal AND t.tgenabled = 'O'"""


@dataclasses.dataclass
class ForeignKey:
    name: str
    columns: tuple
    parent: str
    parent_columns: tuple
    on_update: str
    on_delete: str
    deferrable: str
    validated: bool


@dataclasses.dataclass
class Table:
    name: str
    columns: list
    indexes: list
    foreign_keys: list
    checks: list

    def column(self, name):
        return next(column for column in self.columns if column.name == name)

    @property
    def key(self):
        return next((list(index.columns) for index in self.indexes if index.primary), [])


class Target:
    def __init__(self, url, schema="public"):
        self.schema = schema
        self.connection = psycopg2.connect(url)
        self.connection.set_session(isolation_level="REPEATABLE READ")
        with self.connection.cursor() as cursor:
            for statement in SESSION:
                cursor.execute(statement)
        # The settings stay when a probe rolls back.
        self.connection.commit()
        namespace = self.query("SELECT oid FROM pg_namespace WHERE nspname = %s", schema)[0][0]
        names = dict(self.query(TABLES, namespace))
        columns = {oid: self.query(COLUMNS, oid) for oid in names}
        self._views = dict(self.query(VIEWS, namespace))
        self.views = list(self._views.values())
        self.triggers = self.query(TRIGGERS, namespace)
        self.tables = [self._table(oid, names, columns) for oid in names]

    def close(self):
        self.connection.close()

    def query(self, sql, *parameters):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters or None)
            return cursor.fetchall()

    def view(self, name):
        """As a table without keys."""
        for oid, other in self._views.items():
            if other == name or other.lower() == name.lower():
                columns = self.query(COLUMNS, oid)
                return Table(other, [Column(name, formatted, parse_type(formatted, labels), *rest)
                                     for _, name, formatted, *rest, labels in columns], [], [], [])
        return None

    def table(self, name):
        return next((table for table in self.tables if table.name == name), None)

    def _table(self, oid, names, columns):
        numbers = {row[0]: row[1] for row in columns[oid]}
        return Table(
            names[oid],
            [
                Column(name, formatted, parse_type(formatted, labels), *rest)
                for _, name, formatted, *rest, labels in columns[oid]
            ],
            [
                Index(*row[:5], tuple(numbers.get(number) for number in row[5]), tuple(row[6]), tuple(row[7]))
                for row in self.query(INDEXES, oid)
            ],
            [foreign_key(row, numbers, names, columns) for row in self.query(FOREIGN_KEYS, oid)],
            self.query(CHECKS, oid),
        )


def foreign_key(row, numbers, names, columns):
    name, own, parent, theirs, on_update, on_delete, deferrable, deferred, validated = row
    parent_numbers = {number: column for number, column, *_ in columns.get(parent, [])}
    return ForeignKey(
        name,
        tuple(numbers[number] for number in own),
        names.get(parent, "?"),
        tuple(parent_numbers.get(number, "?") for number in theirs),
        ACTIONS[on_update],
        ACTIONS[on_delete],
        ("deferred" if deferred else "immediate") if deferrable else "",
        validated,
    )
