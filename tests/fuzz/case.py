"""A SQLite database as a list of parts, each of which can be left out: what is made, run and minimised.

A part that SQLite refuses is passed over.  So a maker may be careless, and a part whose ground was taken away
by the minimiser is no mistake but gone too.
"""

import dataclasses
import sqlite3


@dataclasses.dataclass(frozen=True)
class Column:
    name: str  # as written, in quotes or not
    declared: str
    constraints: tuple = ()

    def sql(self):
        return " ".join(word for word in (self.name, self.declared, *self.constraints) if word)


@dataclasses.dataclass(frozen=True)
class Table:
    name: str
    columns: tuple
    constraints: tuple = ()
    options: tuple = ()

    def sql(self):
        inside = ", ".join([column.sql() for column in self.columns] + list(self.constraints))
        return f"CREATE TABLE {self.name} ({inside}) {', '.join(self.options)}".strip()

    def simpler(self):
        """The same with one thing less, each in turn; gone(column) tells whose values have to go along."""
        for place, column in enumerate(self.columns):
            rest = self.columns[:place] + self.columns[place + 1 :]
            if rest:
                yield dataclasses.replace(self, columns=rest), column.name
            for other in simpler_columns(column):
                changed = self.columns[:place] + (other,) + self.columns[place + 1 :]
                yield dataclasses.replace(self, columns=changed), None
        for field in ("constraints", "options"):
            for fewer in one_less(getattr(self, field)):
                yield dataclasses.replace(self, **{field: fewer}), None


@dataclasses.dataclass(frozen=True)
class Row:
    table: str
    values: tuple  # (column as written, literal)

    def sql(self):
        names = ", ".join(name for name, _ in self.values)
        literals = ", ".join(literal for _, literal in self.values)
        return f"INSERT INTO {self.table} ({names}) VALUES ({literals})"

    def without(self, column):
        return dataclasses.replace(self, values=tuple(pair for pair in self.values if pair[0] != column))


@dataclasses.dataclass(frozen=True)
class Statement:
    text: str

    def sql(self):
        return self.text


def simpler_columns(column):
    for fewer in one_less(column.constraints):
        yield dataclasses.replace(column, constraints=fewer)


def one_less(things):
    for place in range(len(things)):
        yield things[:place] + things[place + 1 :]


def build(parts, path):
    """Writes the file.  Gives the parts that SQLite took."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")  # of a case that a failing machine takes along nothing is lost
    taken = []
    try:
        for part in parts:
            if execute(connection, part):
                taken.append(part)
    finally:
        if connection.in_transaction:
            connection.execute("COMMIT")
        connection.close()
    return taken


def execute(connection, part):
    if isinstance(part, Row) and not part.values:
        return False
    try:
        connection.execute(part.sql()).fetchall()
        return True
    except (sqlite3.Error, sqlite3.Warning, UnicodeError):
        return False


def text_of(parts):
    """The case as a script for the sqlite3 shell."""
    return "".join(f"{part.sql()};\n" for part in parts)
