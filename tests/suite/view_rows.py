"""The rows of every view, on both sides."""

import math
from decimal import Decimal

from cells import expected_column, read_target, show
from source import Column

UNIT = 1e-12  # sums of doubles differ in their last digits by the order of addition


def compare_views(source, target, report, limit):
    """`report` is what the program said, as JSON.  Gives what differs."""
    names = {view["source"]: view["name"] for view in report.get("views", [])}
    unproven = {proof["view"] for proof in report.get("view_proof", []) if proof["proof"] == "not compared"}
    for name in source.views:
        there = target.view(names.get(name, name))
        if there is not None and name not in unproven:
            yield from compare_view(source, name, target, there, limit)


def compare_view(source, name, target, there, limit):
    rows = source.view_rows(name)
    kinds = [column.type for column in there.columns]
    theirs = read_target(target, there, [column.name for column in there.columns], kinds)
    if rows and len(rows[0]) != len(kinds):
        yield f"view {name}: {len(rows[0])} columns became {len(kinds)}"
        return
    if len(rows) != len(theirs):
        yield f"view {name}: {len(rows)} rows became {len(theirs)}"
        return
    columns = [expected_column(place, Column(str(place), "", False, None, 0, False, place), kind, rows, theirs)
               for place, kind in enumerate(kinds)]
    # Lists are in any order.
    lists = "group_concat" in source.sql_of(name).lower()
    ours = sorted(tidy(zip(*columns), lists), key=order)
    differences = [(left, right) for left, right in zip(ours, sorted(tidy(theirs, lists), key=order))
                   if not all(map(near, left, right))]
    for left, right in differences[:limit]:
        yield f"view {name}: row {show(left)} became {show(right)}"


def tidy(rows, lists):
    return [tuple(bytes(sorted(cell)) if lists and isinstance(cell, bytes) else cell for cell in row) for row in rows]


def order(row):
    """Doubles last, so that their noise does not move a row; 0 and 0.00 are one number."""
    others = [repr(cell.normalize() + 0 if isinstance(cell, Decimal) else cell) for cell in row if not isinstance(cell, float)]
    return others + [cell for cell in row if isinstance(cell, float)]


def near(left, right):
    if isinstance(left, float) and isinstance(right, float):
        return left == right or math.isclose(left, right, rel_tol=UNIT, abs_tol=UNIT)
    return left == right
