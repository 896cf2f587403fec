"""The source as it is meant to arrive: a copy of the file without the rows that were set aside, and with what
--misfit made of the others.

What does not fit is found here again, by docs/values.md and the types of the target; the report only tells which
policy had its way.  Whatever is told and is not so, or is so and not told, is a problem.
"""

import collections
import contextlib
import csv
import dataclasses
import json
import os
import sqlite3

from catalog import Target
from cells import UNITS, Cannot, convert, show
from compare import Comparison, pair_tables
from forms import Misfit, Text
from moments import DAY, days_before, moment_of_number
from objects import Report
from repairs import repaired
from source import Source, quote

QUARANTINE = 'SELECT run_id, id, source, source_table, target_schema, target_table, source_rowid, column_name, reason, "row"::text FROM pgrade_record.quarantine ORDER BY id'  # fmt: skip
HEADING = "run_id id source source_table target_schema target_table source_rowid column_name reason row".split()
csv.field_size_limit(1 << 30)
# Microseconds since 1970: what a number may mean, and the day that says never, 9999-12-31.
MEANT = (days_before(1973) * DAY, days_before(2200) * DAY)
NEVER = (days_before(10000) - 1) * DAY
ROWID_NAMES = ("rowid", "_rowid_", "oid")


@dataclasses.dataclass
class Fate:
    """What becomes of one row."""

    place: int
    rowid: int
    cells: tuple
    changes: dict = dataclasses.field(default_factory=dict)  # column: what it became
    aside: bool = False
    orphan: bool = False


def was_changed(report):
    return bool(report.get("changes"))


def mend(path, url, report, copy_path, csv_path, encoding):
    """Writes the copy; sqlite3.IntegrityError: it does not take what PostgreSQL holds.  Gives the problems, and the
    columns whose values are then not those of the copy: (table, column)."""
    source, target = Source(path), Target(url)
    try:
        mender = Mender(source, target, report, encoding)
        mender.take_aside(csv_path)
        mender.decide()
        mender.check_orphans()
        mender.check_counts()
        write(source, copy_path, mender.fates)
        return mender.problems, mender.not_of_copy()
    finally:
        source.close()
        target.close()


class Mender:
    def __init__(self, source, target, report, encoding):
        self.source = source
        self.target = target
        self.report = report
        self.encoding = encoding
        self.problems = []
        self.counts = collections.Counter()  # (table, column, outcome)
        self.pairs, self.columns = pair_tables(source, target, Report(report), Comparison())
        self.fates = {table.name: [Fate(*row) for row in read(source.connection, table)] for table in self.tables()}
        self.units = {
            (table["source"], column["source"]): column["unit"]
            for table in report["tables"]
            for column in table["columns"]
        }
        self.told = collections.defaultdict(list)
        for one in report["misfits"]:
            self.told[one["table"], one["column"], one["rowid"]].append(one["outcome"])

    def tables(self):
        return [table for table in self.source.tables if table.name in self.pairs and table.kind == "table"]

    # --------------------------------------------------------------------------------- what does not fit

    def decide(self):
        for table in self.tables():
            for fate in self.fates[table.name]:
                self.decide_row(table, fate)
        for (table, column, rowid), outcomes in self.told.items():
            if outcomes:
                self.problems.append(f"{table}.{column} of row {rowid}: told as {outcomes}, and it fits")

    def decide_row(self, table, fate):
        odd = [pair for pair in zip(table.columns, fate.cells) if not self.fits(table, *pair)]
        fate.orphan = fate.aside and not odd
        for column, cell in odd:
            outcome = self.outcome(self.told[table.name, column.name, fate.rowid], fate.aside)
            if outcome is None:
                self.problems.append(f"{table.name}.{column.name} of row {fate.rowid}: {show(cell)} is a misfit that is not told")
            elif not fate.aside:
                fate.changes[column.name] = self.change(table, column.name, outcome, cell)
                self.counts[table.name, column.name, outcome] += 1

    @staticmethod
    def outcome(told, aside):
        """Rows without a rowid share what is told of a column."""
        if not told:
            return None
        fitting = [one for one in told if (one == "quarantined") == aside]
        outcome = (fitting or told)[0]
        told.remove(outcome)
        return outcome

    def there(self, table, column):
        name = self.columns[table.name].get(column.name)
        return name and self.target.table(self.pairs[table.name]).column(name)

    def fits(self, table, column, cell):
        there = self.there(table, column)
        if there is None or there.generated:
            return True
        if cell is None:
            return not there.not_null
        unit = self.units.get((table.name, column.name))
        return not (isinstance(self.value(table, column, there, cell), Cannot) or is_of_another_unit(cell, unit))

    def value(self, table, column, there, cell):
        return convert(cell, there.type, self.units.get((table.name, column.name)), column.declared)

    def change(self, table, name, outcome, cell):
        if outcome == "null":
            return None
        if outcome != "repaired":
            self.problems.append(f"{table.name}.{name}: {show(cell)} is {outcome}, and was published")
            return cell
        there = self.target.table(self.pairs[table.name]).column(self.columns[table.name][name])
        try:
            return repaired(cell, there.type, self.encoding)
        except Misfit as why:
            self.problems.append(f"{table.name}.{name}: {show(cell)} was repaired, which nobody can: {why}")
            return cell

    def not_of_copy(self):
        """Generated columns that became ordinary ones hold what the source computed of its own values; the others
        are compared by the program only where no row of the table was changed."""
        return {
            (table.name, column.name)
            for table in self.tables()
            for column in table.columns
            if column.generated and any(fate.aside or fate.changes for fate in self.fates[table.name])
        }

    # ------------------------------------------------------------------------------- what was set aside

    def take_aside(self, csv_path):
        rows = self.target.query(QUARANTINE) if self.target.query("SELECT to_regclass('pgrade_record.quarantine')")[0][0] else []
        for row in rows:
            table = self.source.table(row[3])
            fate = table and self.find(table, row[6], json.loads(row[9]))
            if fate is None:
                self.problems.append(f"set aside, and not in the source: {row}")
            else:
                fate.aside = True
        self.check_csv(rows, csv_path)

    def check_orphans(self):
        for table in self.tables():
            for fate in self.fates[table.name]:
                if fate.orphan and not self.is_orphan(table, fate):
                    self.problems.append(f"{table.name}: row {show(fate.cells)} is set aside, and fits and has parents")

    def find(self, table, rowid, row):
        names = [column.name for column in table.columns if column.name in row]
        wanted = [value_of(row[name]) for name in names]
        if any(not column.generated and column.name not in row for column in table.columns):
            return None
        for fate in self.fates[table.name]:
            cells = dict(zip((column.name for column in table.columns), fate.cells))
            same = [class_of(cells[name]) for name in names] == wanted
            if same and fate.rowid == rowid and not fate.aside:
                return fate
        return None

    def is_orphan(self, table, fate):
        """By the values as they are on PostgreSQL, among the parents that arrived."""
        for key in table.foreign_keys:
            parent = self.source.table(key.parent)
            names = parent and (key.parent_columns or parent.key)
            if parent is None or parent.name not in self.fates or len(names) != len(key.columns):
                continue
            own = self.values(table, key.columns, fate)
            others = [self.values(parent, names, one) for one in self.fates[parent.name] if not one.aside]
            if None not in own and own not in others:
                return True
        return False

    def values(self, table, names, fate):
        found = []
        for name in names:
            place, column = next(
                (place, column) for place, column in enumerate(table.columns) if column.name.lower() == name.lower()
            )
            cell = fate.changes.get(column.name, fate.cells[place])
            there = self.there(table, column)
            found.append(cell if cell is None or there is None else self.value(table, column, there, cell))
        return found

    def check_csv(self, rows, path):
        if not rows:
            return
        if not os.path.exists(path):
            self.problems.append(f"rows were set aside, and there is no {path}")
            return
        with open(path, newline="", encoding="utf-8") as stream:
            lines = list(csv.DictReader(stream))
        kept = [
            {name: "" if value is None else str(value) for name, value in zip(HEADING, row)}
            for row in rows
        ]
        for one in (*lines, *kept):
            one["row"] = json.loads(one["row"])
        if [{name: line.get(name) for name in HEADING} for line in lines] != kept:
            self.problems.append(f"the file has {show(lines)} and the table {show(kept)}")

    def check_counts(self):
        told = collections.Counter()
        for one in self.report["changes"]:
            if one["outcome"] != "quarantined":
                told[one["table"], one["column"], one["outcome"]] += one["count"]
        if told != self.counts:
            self.problems.append(f"changes are told as {dict(told)} and are {dict(self.counts)}")
        for proof in self.report["proof"]:
            fates = self.fates.get(proof["table"])
            if fates is None:
                continue
            aside = sum(fate.aside for fate in fates)
            counted = (len(fates), len(fates) - aside, aside, 0)
            said = tuple(proof[f"{what}_rows"] for what in ("source", "loaded", "quarantined", "excluded"))
            if said != counted:
                self.problems.append(f"{proof['table']}: the proof says {said}, and it is {counted}")


def is_of_another_unit(cell, unit):
    """No moment that can be meant in the unit of its column, but one in another."""
    if unit is None or not isinstance(cell, (int, float)) or is_meant(cell, unit, never=True):
        return False
    return any(is_meant(cell, other) for other in UNITS if other != unit and other != "Core Data seconds")


def is_meant(cell, unit, never=False):
    try:
        moment = moment_of_number(cell, unit)
    except Misfit:
        return False
    return MEANT[0] <= moment < MEANT[1] or never and NEVER <= moment < NEVER + DAY


def value_of(encoded):
    """A value of the quarantine as (class, value)."""
    if isinstance(encoded, dict):
        ((kind, text),) = encoded.items()
        return (kind, repr(float(text))) if kind == "real" else (kind, bytes.fromhex(text))
    return class_of(Text(encoded.encode("utf-8", "surrogatepass")) if isinstance(encoded, str) else encoded)


def class_of(cell):
    """Doubles by their text, which tells -0.0 from 0.0."""
    if cell is None:
        return "null", None
    if isinstance(cell, float):
        return "real", repr(cell)
    return ("integer", cell) if isinstance(cell, int) else ("text" if isinstance(cell, Text) else "blob", bytes(cell))


# ----------------------------------------------------------------------------------------------- the copy


def rowid_of(table):
    """A name for the rowid that no column took; None where there is none."""
    taken = {column.name.lower() for column in table.columns}
    if table.rowid_column:
        return quote(table.rowid_column)
    return None if table.without_rowid else next((name for name in ROWID_NAMES if name not in taken), None)


def key_of(table):
    rowid = rowid_of(table)
    return [rowid] if rowid else [quote(name) for name in table.key]


def read(connection, table):
    """(place, rowid, cells) of each row, in the order of the table itself."""
    wanted = ", ".join([rowid_of(table) or "NULL", *(quote(column.name) for column in table.columns)])
    for place, row in enumerate(connection.execute(f"SELECT {wanted} FROM {quote(table.name)} NOT INDEXED")):
        yield place, row[0], tuple(row[1:])


def write(source, path, fates):
    copy = sqlite3.connect(path, isolation_level=None)
    source.connection.backup(copy)
    try:
        copy.execute("PRAGMA synchronous = OFF")
        copy.execute("PRAGMA ignore_check_constraints = ON")
        with without_triggers(copy):
            for table in source.tables:
                touched = [fate for fate in fates.get(table.name, ()) if fate.aside or fate.changes]
                if touched:
                    change(copy, table, touched)
    finally:
        copy.close()


@contextlib.contextmanager
def without_triggers(copy):
    triggers = copy.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid").fetchall()
    for name, _ in triggers:
        copy.execute(f"DROP TRIGGER {quote(name)}")
    yield
    for _, sql in triggers:
        copy.execute(sql)


def change(copy, table, fates):
    """Rows are known by their place: a key may change, or hold what no parameter can."""
    key = key_of(table)
    # With all columns, as read() reads them: a WITHOUT ROWID table has another order by an index of its key.
    names = key + [quote(column.name) for column in table.columns]
    wanted = ", ".join(f"{name} AS k{number}" for number, name in enumerate(names))
    copy.execute(f"CREATE TEMP TABLE places AS SELECT {wanted} FROM main.{quote(table.name)} NOT INDEXED")
    computed = {column.name for column in table.columns if column.generated}
    # Without an index: by one that names a column twice SQLite 3.40 finds (a, b) IN (SELECT ...) not always.
    own = " AND ".join(f"+{name} IS (SELECT k{number} FROM temp.places WHERE rowid = ?1)" for number, name in enumerate(key))
    for fate in fates:
        if fate.aside:
            copy.execute(f"DELETE FROM main.{quote(table.name)} WHERE {own}", [fate.place + 1])
            continue
        changes = {name: cell for name, cell in fate.changes.items() if name not in computed}
        if not changes:
            continue
        assignments = ", ".join(f"{quote(column)} = ?{number}" for number, column in enumerate(changes, 2))
        values = [cell.decode() if isinstance(cell, Text) else cell for cell in changes.values()]
        copy.execute(f"UPDATE OR ABORT main.{quote(table.name)} SET {assignments} WHERE {own}", [fate.place + 1, *values])
    copy.execute("DROP TABLE temp.places")
