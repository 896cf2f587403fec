#!/usr/bin/python3
"""Compares a SQLite file with the PostgreSQL database made of it, independently of the program.

    compare.py FILE URL [--report REPORT.json] [--schema NAME] [--probe] [--limit N]

It knows docs/values.md and the two catalogs, and shares no code with what it checks.  Exit: 0 equal, 1 not.
"""

import argparse
import collections
import dataclasses
import json
import sys

from catalog import Target
from cells import compare_cells
from insert_probe import insert_probe
from mapping import misnamed, pair_names
from objects import Objects, Report
from source import Source
from view_rows import compare_views

LIMIT = 10


@dataclasses.dataclass
class Comparison:
    tables: int = 0
    rows: int = 0
    cells: int = 0
    value_differences: int = 0
    objects: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    not_carried: int = 0
    problems: list = dataclasses.field(default_factory=list)
    probed: int = 0

    @property
    def equal(self):
        return not self.problems

    def __str__(self):
        counted = ", ".join(f"{number} of class {kind}" for kind, number in sorted(self.objects.items()))
        head = (
            f"{self.tables} tables, {self.rows} rows, {self.cells} values, "
            f"{self.value_differences} values differ; {counted or 'no objects'}; "
            f"{self.not_carried} not carried"
        )
        return "\n".join([head] + [f"  {problem}" for problem in self.problems])


def compare(path, url, report=None, schema="public", probe=False, limit=LIMIT, without=()):
    """`report` is what the program said, as JSON; `limit` is how many differences of a table are listed; `without`
    are the (table, column) whose values are not looked at."""
    said = Report(report or {})
    source, target = Source(path), Target(url, schema)
    try:
        result = Comparison()
        pairs, columns = pair_tables(source, target, said, result)
        for table in source.tables:
            # A virtual table has columns here only where SQLite can read it.
            if table.name in pairs and table.columns:
                there = target.table(pairs[table.name])
                seen = {one: other for one, other in columns[table.name].items() if (table.name, one) not in without}
                near = {column for column in seen if said.notes_of(f"{table.name}.{column}", "other last digits")}
                compare_table(source, table, target, there, seen, near, limit, result)
        objects = Objects(source, target, pairs, columns, said)
        objects.compare()
        result.problems += objects.problems
        result.problems += compare_views(source, target, report or {}, limit)
        result.objects = objects.compared
        result.not_carried = len(said.used)
        if probe:
            result.probed, failures = insert_probe(source, target, pairs, columns)
            result.problems += failures
        return result
    finally:
        source.close()
        target.close()


def pair_tables(source, target, said, result):
    """Storage of a virtual table is nobody's loss, and is compared only where it came along."""
    wanted = [(table.name, table.quoted) for table in source.tables if table.kind == "table"]
    extra = [(table.name, table.quoted) for table in source.tables if table.kind != "table"]
    there = [table.name for table in target.tables]
    pairs, left = pair_names(wanted, there)
    more, left = pair_names(extra, left, in_order=False)
    pairs.update(more)
    columns = {}
    for table in source.tables:
        if table.name in pairs:
            names = [(column.name, column.quoted) for column in table.columns]
            other = target.table(pairs[table.name])
            columns[table.name], _ = pair_names(names, [column.name for column in other.columns])
            say_misnamed(f"{table.name}.", names, columns[table.name], said, result)
    say_misnamed("", wanted, pairs, said, result)
    result.problems += [f"table {name} has no equal in the source" for name in left]
    return pairs, columns


def say_misnamed(prefix, wanted, pairs, said, result):
    """A name that PostgreSQL cannot take is another one there, which the report has to tell."""
    result.problems += [
        f"{prefix}{name} is named {other}"
        for name, other in misnamed(wanted, pairs)
        if not said.notes_of(f"{prefix}{name}", f"is named {other}")
    ]


def compare_table(source, table, target, there, columns, near, limit, result):
    ours, theirs, differences = compare_cells(source, table, target, there, columns, near)
    differences = list(differences)
    result.tables += 1
    result.rows += ours
    result.cells += ours * len(columns)
    result.value_differences += len(differences)
    if ours != theirs:
        result.problems.append(f"{table.name}: {ours} rows became {theirs}")
    result.problems += [f"{table.name}: {difference}" for difference in differences[:limit]]
    if len(differences) > limit:
        result.problems.append(f"{table.name}: and {len(differences) - limit} more differences")


def main():
    parser = argparse.ArgumentParser(description="Compares a SQLite file with a PostgreSQL database.")
    parser.add_argument("file")
    parser.add_argument("url")
    parser.add_argument("--report", help="what pgrade upgrade --json printed")
    parser.add_argument("--schema", default="public")
    parser.add_argument("--probe", action="store_true", help="insert a row into every table, and roll back")
    parser.add_argument("--limit", type=int, default=LIMIT)
    arguments = parser.parse_args()
    report = None
    if arguments.report:
        with open(arguments.report, encoding="utf-8") as stream:
            report = json.load(stream)
    result = compare(
        arguments.file, arguments.url, report, arguments.schema, arguments.probe, arguments.limit
    )
    print(result)
    return 0 if result.equal else 1


if __name__ == "__main__":
    sys.exit(main())
