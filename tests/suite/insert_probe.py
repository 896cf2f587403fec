"""Inserts a row without an id into every table where SQLite takes one, and then into the same of PostgreSQL.

The row is one that is there, with other values where they have to be unique.  SQLite is asked first, in a
copy of the file: a row that it refuses proves nothing.  Nothing is left of it on either side but that
PostgreSQL's sequences have moved on.
"""

import itertools
import sqlite3

import psycopg2

import target as pg
from cells import TIMES
from forms import Misfit, Text
from json_forms import json_text
from source import quote
from values import expected

ROWS_TRIED = 20
VARIANTS = 8
NEW_TIMES = {"date": "2031-01-{:02}", "time without time zone": "04:05:{:02}"}


def insert_probe(source, target, pairs, columns):
    """The number of tables probed, and what went wrong."""
    copy = copy_of(source)
    failures, probed = [], 0
    for table in source.tables:
        there = target.table(pairs.get(table.name))
        if table.kind != "table" or there is None:
            continue
        probe = Probe(source, copy, table, there, columns[table.name])
        row, number = probe.accepted_by_sqlite()
        if row is not None:
            probed += 1
            failures += probe.insert_into_postgres(target, row, number)
    copy.close()
    return probed, failures


def copy_of(source):
    copy = sqlite3.connect(":memory:", isolation_level=None)
    source.connection.backup(copy)
    copy.text_factory = Text
    copy.execute("PRAGMA writable_schema = ON")
    copy.execute("PRAGMA foreign_keys = ON")
    return copy


class Probe:
    def __init__(self, source, copy, table, there, names):
        self.copy = copy
        self.table = table
        self.there = there
        self.names = names
        self.columns = [
            column
            for column in table.columns
            if column.name in names and not column.generated and column.name != table.rowid_column
        ]
        self.parents = [(key, source.table(key.parent)) for key in table.foreign_keys]
        self.referring = {column for key in table.foreign_keys for column in key.columns}
        self.unique = [index.columns for index in table.indexes if index.unique and None not in index.columns]

    def accepted_by_sqlite(self):
        """A row as {column: value} and the number that SQLite gives it; (None, None) when it takes none."""
        for base, variant in itertools.product(self._bases(), range(VARIANTS)):
            row = self._vary(base, variant)
            if self._fits(row):
                number = self._try(row)
                if number is not None:
                    return row, number
        return None, None

    def _try(self, row):
        names = ", ".join(map(quote, row))
        values = f"({names}) VALUES ({', '.join('?' * len(row))})" if row else "DEFAULT VALUES"
        try:
            self.copy.execute("BEGIN")
            before = self._orphans()
            done = self.copy.execute(
                f"INSERT INTO {quote(self.table.name)} {values}", [bindable(value) for value in row.values()]
            )
            # ON CONFLICT IGNORE leaves the row out, and the number is then of an earlier one.
            return done.lastrowid if done.rowcount == 1 and self._orphans() == before else None
        except (sqlite3.Error, UnicodeDecodeError, OverflowError):
            return None
        finally:
            if self.copy.in_transaction:
                self.copy.execute("ROLLBACK")

    def _orphans(self):
        """A deferred key would be looked at by COMMIT only."""
        return len(self.copy.execute(f"PRAGMA foreign_key_check({quote(self.table.name)})").fetchall())

    def _bases(self):
        names = [column.name for column in self.columns]
        wanted = ", ".join(map(quote, names)) or "1"
        order = "" if self.table.without_rowid else "ORDER BY rowid DESC"
        rows = self.copy.execute(f"SELECT {wanted} FROM {quote(self.table.name)} {order} LIMIT {ROWS_TRIED}")
        found = [dict(zip(names, row)) for row in rows.fetchall()]
        return found or [self._invented()]

    def _invented(self):
        """A row for a table that has none: what has no default and may not be NULL gets a plain value."""
        row = {}
        for column in self.columns:
            needed = column.not_null or column.key_position
            if needed and not self.there.column(self.names[column.name]).default:
                row[column.name] = plain_value(self._type(column.name))
        return row

    def _vary(self, base, variant):
        """References go to parents as they are spelled there: SQLite may compare them without case."""
        row = dict(base)
        for key, parent in self.parents:
            if all(row.get(column) is not None for column in key.columns):
                values = self._parent_values(key, parent, variant)
                row.update(zip(key.columns, values if None not in values else ()))
        for unique in self.unique:
            own = [name for name in unique if name not in self.referring and name in row]
            if own:
                row[own[-1]] = self._other_value(own[-1], row[own[-1]], variant)
        return row

    def _parent_values(self, key, parent, number):
        names = parent and (key.parent_columns or parent.key)
        if not names or len(names) != len(key.columns):
            return ()
        wanted = ", ".join(map(quote, names))
        return (
            self.copy.execute(
                f"SELECT {wanted} FROM {quote(parent.name)} LIMIT 1 OFFSET ?", (number,)
            ).fetchone()
            or ()
        )

    def _other_value(self, name, value, variant):
        if isinstance(value, (int, float)):
            biggest = self.copy.execute(
                f"SELECT max({quote(name)}) FROM {quote(self.table.name)} "
                f"WHERE typeof({quote(name)}) IN ('integer', 'real')"
            ).fetchone()[0]
            return (value if biggest is None else biggest) + 1 + variant
        return other_bytes(self._type(name), value, variant)

    def _type(self, name):
        return self.there.column(self.names[name]).type

    def _fits(self, row):
        """What has not come over, being a misfit, cannot be asked of PostgreSQL."""
        try:
            for column in self.columns:
                if column.name in row:
                    self._written(column, row[column.name])
            return True
        except Misfit:
            return False

    def _written(self, column, value):
        kind = self._type(column.name)
        if kind.name in TIMES and isinstance(value, (int, float)):
            return NEW_TIMES.get(kind.name, "2031-01-01 00:00:{:02}").format(1), "%s"
        there = expected(value, kind, None, column.declared)
        text = (
            json_text(value, column.declared)
            if there is not None and kind.name in ("json", "jsonb")
            else None
        )
        formatted = self.there.column(self.names[column.name]).formatted
        return pg.write_value(kind, there, text), pg.write_expression(kind, formatted)

    def insert_into_postgres(self, target, row, number):
        written = [self._written(column, row[column.name]) for column in self.columns if column.name in row]
        # A parameter more than the values: then every statement has one, and a % in a name is always doubled.
        names = ", ".join(parameter_safe(self.names[name]) for name in row)
        values = f"({names}) VALUES ({', '.join(expression for _, expression in written)})"
        rowid = self.table.rowid_column
        returning = parameter_safe(self.names[rowid]) if rowid in self.names else "NULL"
        statement = (
            f"INSERT INTO {parameter_safe(target.schema)}.{parameter_safe(self.there.name)} "
            f"{values if row else 'DEFAULT VALUES'} RETURNING {returning}, %s"
        )
        try:
            given = target.query(statement, *[value for value, _ in written], None)[0][0]
            target.query("SET CONSTRAINTS ALL IMMEDIATE; SELECT 1")
        except psycopg2.errors.UniqueViolation as error:
            return [] if self._is_there(row) else [f"{self.table.name}: a new row is refused: {str(error).splitlines()[0]}"]
        except psycopg2.Error as error:
            return [f"{self.table.name}: a new row is refused: {str(error).splitlines()[0]}"]
        finally:
            target.connection.rollback()
        if given is not None and given < number and not self._numbers_are_used_up():
            return [f"{self.table.name}: the next number is {given}, and SQLite gives {number}"]
        return []

    def _is_there(self, row):
        """What differs for SQLite may be equal on PostgreSQL: 't' and 1 in a column of truth."""
        columns = {column.name: column for column in self.columns}
        for unique in self.unique:
            if all(name in columns and row.get(name) is not None for name in unique):
                own = [self._written(columns[name], row[name])[0] for name in unique]
                rows = self.copy.execute(f"SELECT {', '.join(map(quote, unique))} FROM {quote(self.table.name)}")
                if any(self._all_written(columns, unique, cells) == own for cells in rows.fetchall()):
                    return True
        return False

    def _all_written(self, columns, names, cells):
        try:
            return [self._written(columns[name], cell)[0] for name, cell in zip(names, cells)]
        except Misfit:
            return None

    def _numbers_are_used_up(self):
        """Then SQLite takes any free number."""
        return (
            self.copy.execute(f"SELECT max(rowid) FROM {quote(self.table.name)}").fetchone()[0]
            == (1 << 63) - 1
        )


def parameter_safe(name):
    return quote(name).replace("%", "%%")


def bindable(value):
    return value.decode("utf-8") if isinstance(value, Text) else value


def plain_value(kind):
    plain = {
        "boolean": 0,
        "smallint": 1,
        "integer": 1,
        "bigint": 1,
        "double precision": 1.5,
        "real": 1.5,
        "numeric": 1,
        "bytea": b"x",
        "json": Text(b"{}"),
        "jsonb": Text(b"{}"),
        "uuid": Text(b"0" * 31 + b"1"),
        "date": Text(b"2031-01-01"),
        "time without time zone": Text(b"04:05:06"),
        "inet": Text(b"10.0.0.1"),
        "time with time zone": Text(b"04:05:06"),
        "cidr": Text(b"10.0.0.0/8"),
        "macaddr": Text(b"08:00:2b:00:00:01"),
    }
    if kind.name == "enum":
        return Text(kind.labels[0].encode())
    return plain.get(kind.name, Text(b"2031-01-01 04:05:06" if kind.name in TIMES else b"x"))


def other_bytes(kind, value, variant):
    """Another value of the same form."""
    if kind.name == "enum":
        return Text(kind.labels[variant % len(kind.labels)].encode())
    if kind.name == "uuid":
        fresh = f"{variant + 1:08x}" + "5eed" * 6
        return Text(fresh.encode()) if isinstance(value, Text) else bytes.fromhex(fresh)
    if kind.name in TIMES or kind.name in NEW_TIMES:
        return Text(NEW_TIMES.get(kind.name, "2031-01-01 00:00:{:02}").format(variant + 1).encode())
    if kind.name == "macaddr":
        return Text(b"08:00:2b:ff:ff:%02x" % variant)
    if kind.name in ("inet", "cidr"):
        return Text(b"10.255.255.%d" % variant)
    if value is None:
        return plain_value(kind)
    if not isinstance(value, Text):
        return value + bytes([variant])
    text = value.decode("utf-8", "replace")
    suffix = f"~{variant}"
    return Text((text[: (kind.length or len(text) + 2) - len(suffix)] + suffix).encode())
