"""Every value of one table, on both sides."""

import collections

import target as pg
from forms import Misfit, Text
from source import quote
from values import expected

SHOWN = 120
TIMES = ("date", "timestamp without time zone", "timestamp with time zone")
UNITS = ("seconds", "milliseconds", "microseconds", "julian days")
UNITS += ("Core Data seconds", "WebKit microseconds", ".NET ticks")


class Cannot:
    """Stands for a value that docs/values.md keeps out of the column: it equals nothing."""

    def __init__(self, value, why):
        self.value = value
        self.why = why

    def __repr__(self):
        return f"{show(self.value)} (a misfit: {self.why})"


def show(value):
    text = repr(str(value, "utf-8", "backslashreplace") if isinstance(value, Text) else value)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}... ({len(text)} characters)"


def compare_cells(source, table, target, there, pairs, near=()):
    """`pairs` maps the columns' names; the doubles of those in `near` count to the twelfth digit.  Gives the numbers of
    rows and what differs."""
    columns = [column for column in table.columns if column.name in pairs]
    kinds = [there.column(pairs[column.name]).type for column in columns]
    rows = list(source.rows(table, [column.name for column in columns]))
    theirs = read_target(target, there, [pairs[column.name] for column in columns], kinds)
    ours = list(
        zip(
            *(
                expected_column(place, column, kind, rows, theirs)
                for place, (column, kind) in enumerate(zip(columns, kinds))
            )
        )
    )
    names = [column.name for column in columns]
    rounded = [place for place, name in enumerate(names) if name in near]
    ours, theirs = ([round_cells(row, rounded) for row in rows] for rows in (ours, theirs))
    key = [names.index(name) for name in table.key if name in names]
    if table.key and len(key) == len(table.key) and all(map(is_key, (ours, theirs), (key, key))):
        return len(rows), len(theirs), compare_by_key(names, key, ours, theirs)
    return len(rows), len(theirs), compare_as_multisets(names, ours, theirs)


def read_target(target, there, columns, kinds):
    wanted = ", ".join(pg.select_expression(kind, quote(name)) for name, kind in zip(columns, kinds))
    rows = target.query(f"SELECT {wanted} FROM {quote(target.schema)}.{quote(there.name)}") if columns else []
    return [tuple(pg.read(kind, cell) for kind, cell in zip(kinds, row)) for row in rows]


def expected_column(place, column, kind, rows, theirs):
    cells = [row[place] for row in rows]
    numbers = kind.name in TIMES and any(isinstance(cell, (int, float)) for cell in cells)
    units = UNITS if numbers else (None,)
    found = collections.Counter(row[place] for row in theirs)
    results = [[convert(cell, kind, unit, column.declared) for cell in cells] for unit in units]
    # No unit is written anywhere on the target: it is the one under which the most values agree.
    return max(results, key=lambda values: (collections.Counter(values) & found).total())


def convert(value, kind, unit, declared):
    try:
        return expected(value, kind, unit, declared)
    except Misfit as why:
        return Cannot(value, why)


def round_cells(row, places):
    """Doubles are their text here; adding 0.0 makes one of both zeros."""
    cells = list(row)
    for place in places:
        if isinstance(cells[place], str):
            cells[place] = f"{float(cells[place]) + 0.0:.11e}"
    return tuple(cells)


def is_key(rows, key):
    values = [tuple(row[place] for place in key) for row in rows]
    return len(set(values)) == len(values) and not any(None in value for value in values)


def compare_by_key(names, key, ours, theirs):
    there = {tuple(row[place] for place in key): row for row in theirs}
    for row in ours:
        value = tuple(row[place] for place in key)
        label = ", ".join(f"{names[place]} {show(row[place])}" for place in key)
        other = there.pop(value, None)
        if other is None:
            yield f"row with {label} is missing"
            continue
        for name, left, right in zip(names, row, other):
            if left != right:
                yield f"{name} of {label}: {show(left)} became {show(right)}"
    for value in there:
        yield f"row with key {show(value)} is there and was not in the source"


def compare_as_multisets(names, ours, theirs):
    here, there = collections.Counter(ours), collections.Counter(theirs)
    for word, rows in (("missing", here - there), ("there and was not in the source", there - here)):
        for row, times in rows.items():
            cells = ", ".join(f"{name} {show(cell)}" for name, cell in zip(names, row))
            yield f"row {word}{f' {times} times' if times > 1 else ''}: {cells}"
