"""Views over one set of tables: each gives the same rows in both databases, or is named with its reason.

The rows are compared here once more, by code that shares nothing with the program's own comparison.
"""

import contextlib
import datetime
import decimal
import math
import re
import shutil
import sqlite3

import pytest

import pgrade
from view_cases import CARRIED, CHANGES, REFUSED, TABLES

pytestmark = pytest.mark.skipif(not pgrade.available(), reason=f"there is no {pgrade.program()}: build it or set PGRADE")

NAMED = re.compile(r"CREATE VIEW (\w+)")
ENGLISH = "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'"


def carried():
    """Names and statements, in their order."""
    for n, sql in enumerate(filter(None, CARRIED.splitlines()), 1):
        match = NAMED.match(sql)
        yield (match[1], sql) if match else (f"v{n}", f"CREATE VIEW v{n} AS {sql}")


VIEWS = dict(carried())


def make(path, statements):
    with sqlite3.connect(path) as source:
        source.executescript(TABLES)
        for sql in statements:
            source.execute(sql)
    source.close()
    return str(path)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return make(tmp_path_factory.mktemp("views") / "views.db", VIEWS.values())


def upgrade(source, database, *words):
    outcome = pgrade.run("upgrade", source, database.url, "--orphans", "not-valid", "--json", *words)
    assert outcome.report, outcome
    return outcome.report


@pytest.fixture(scope="module", params=["", ENGLISH], ids=["bytes", "English"])
def upgraded(request, cluster, source):
    try:
        database = cluster.create_database(options=request.param)
    except Exception as error:  # a server without ICU
        pytest.skip(str(error))
    report = upgrade(source, database, "--accept", "all")
    connection = database.connect()
    yield report, connection
    connection.close()
    database.drop()


def plain(value):
    """PostgreSQL's value as SQLite would hand it over."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S").rjust(19, "0")
    if isinstance(value, datetime.date):
        return str(value)
    return float(value) if isinstance(value, decimal.Decimal) else value


def pieces(value):
    """Lists have no order: group_concat()."""
    return "".join(sorted(value)) if isinstance(value, str) else value


def key(row):
    return [(value is None, str(type(value)) if not isinstance(value, (int, float)) else "", str(value)) for value in row]


def same(ours, theirs):
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return math.isclose(ours, theirs, rel_tol=1e-12)
    return ours == theirs


def as_number(value):
    return float(value) if isinstance(value, int) else value


def sqlite_rows(path, name):
    """Its rows, and how many columns they have."""
    with contextlib.closing(sqlite3.connect(path)) as sqlite:
        cursor = sqlite.execute(f"SELECT * FROM {name}")
        return cursor.fetchall(), len(cursor.description)


def compare(name, source_rows, connection):
    """How many rows SQLite has, and what differs."""
    listed = "group_concat" in VIEWS[name]
    theirs, width = source_rows
    theirs = [[as_number(pieces(value) if listed else value) for value in row] for row in theirs]
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{name}"')
        assert len(cursor.description) == width
        ours = [[as_number(plain(pieces(value) if listed else value)) for value in row] for row in cursor]
    if len(ours) != len(theirs):
        return len(theirs), [(VIEWS[name], f"{len(theirs)} rows became {len(ours)}")]
    pairs = zip(sorted(ours, key=key), sorted(theirs, key=key))
    return len(theirs), [(VIEWS[name], left, right) for left, right in pairs if not all(map(same, left, right))]


@pytest.mark.parametrize("name", VIEWS)
def test_same_rows(name, upgraded, source):
    report, connection = upgraded
    lost = {lost["name"]: lost["reason"] for lost in report["not_carried"]}
    assert name not in lost, (lost[name], VIEWS[name])
    proof = {proof["view"]: proof for proof in report["view_proof"]}[name]
    assert proof["proof"] in ("equal", "nearly equal"), proof
    theirs, differences = compare(name, sqlite_rows(source, name), connection)
    assert proof["rows"] == theirs
    assert not differences, differences


def change(connection, statements):
    """The application goes on: the same in both."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name, column_name FROM information_schema.columns"
                       " WHERE table_schema = 'public' AND data_type = 'boolean'")
        flags = set(cursor.fetchall())
        for sql, table, rows in statements:
            if table is None:
                cursor.execute(sql)
                continue
            for row in rows:
                names = ", ".join(f'"{name}"' for name in row)
                values = [bool(value) if value is not None and (table, name) in flags else value for name, value in row.items()]
                cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join(["%s"] * len(row))})', values)


def change_source(path, statements):
    with contextlib.closing(sqlite3.connect(path)) as sqlite, sqlite:
        for sql, table, rows in statements:
            for row in rows or []:
                names = ", ".join(f'"{name}"' for name in row)
                sqlite.execute(f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(row))})', list(row.values()))
            if table is None:
                sqlite.execute(sql)


@pytest.mark.parametrize("name", CHANGES)
def test_same_rows_after_changes(name, upgraded, source, tmp_path):
    """The proof sees the rows that are there; a view must be the same for those to come too."""
    connection = upgraded[1]
    changed = shutil.copy(source, tmp_path / "changed.db")
    change_source(changed, CHANGES[name])
    differences = []
    try:
        change(connection, CHANGES[name])
        for view in VIEWS:
            differences += compare(view, sqlite_rows(changed, view), connection)[1]
    finally:
        connection.rollback()
    assert not differences, differences


def test_order_is_kept(upgraded, source):
    """Where the order is defined; text sorts by bytes wherever the server sorts it otherwise."""
    connection = upgraded[1]
    with sqlite3.connect(source) as sqlite, connection.cursor() as cursor:
        for name, sql in VIEWS.items():
            if "LIMIT" not in sql or "ORDER BY" not in sql:
                continue
            cursor.execute(f'SELECT * FROM "{name}"')
            theirs = [tuple(row) for row in sqlite.execute(f"SELECT * FROM {name}")]
            assert [tuple(map(plain, row)) for row in cursor] == theirs, sql
    sqlite.close()


@pytest.mark.parametrize("sql, reason", REFUSED)
def test_refused(sql, reason, tmp_path):
    source = make(tmp_path / "refused.db", [f"CREATE VIEW v AS {sql}"])
    outcome = pgrade.run("plan", source, "--json")
    lost = [lost for lost in outcome.report["not_carried"] if lost["class"] == "view"]
    assert [(lost["name"], lost["table"]) for lost in lost] == [("v", None)]
    assert reason in lost[0]["reason"]
