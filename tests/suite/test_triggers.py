"""Triggers on both sides: the same statements have to leave the same rows, and raise the same errors."""

import datetime
import re
import sqlite3

import psycopg2
import pytest

import fixtures
import pgrade
from trigger_cases import CARRIED, REFUSED

pytestmark = pytest.mark.skipif(not pgrade.available(), reason="build the program, or set PGRADE")

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$")
CASES = [case + (True,) for case in CARRIED] + [case + (False,) for case in REFUSED]


@pytest.fixture(scope="module")
def upgraded(cluster, tmp_path_factory):
    """All cases in one file, since each has tables of its own."""
    schema = "\n".join(sql.replace("@", str(place)) for place, (_, sql, _, _) in enumerate(CASES))
    path = fixtures.build_from_text(schema, tmp_path_factory.mktemp("triggers") / "app.db")
    database = cluster.create_database()
    outcome = pgrade.upgrade(path, database.url, "--accept", "trigger")
    assert outcome.status == pgrade.SHORTFALL, outcome
    yield path, database, outcome.report
    database.drop()


@pytest.mark.parametrize("place", range(len(CASES)), ids=[case[0] for case in CASES])
def test_trigger(place, upgraded):
    path, database, report = upgraded
    _, _, then, carried = CASES[place]
    left = [one for one in report["not_carried"] if re.search(rf"\D{place}$", one["name"])]
    if not carried:
        assert any(then in one["reason"] for one in left), left
        return
    assert left == []
    here = sqlite3.connect(path, isolation_level=None)
    here.execute("PRAGMA foreign_keys = ON")
    there = psycopg2.connect(database.url)
    there.autocommit = True
    tables = tables_of(here, place)
    assert rows_of(here, tables) == rows_of(there, tables)
    for statement in then:
        statement = statement.replace("@", str(place))
        errors = run(here, statement), run(there, statement)
        assert errors[0] == errors[1], statement
        assert rows_of(here, tables) == rows_of(there, tables), statement
    here.close()
    there.close()


def tables_of(here, place):
    names = here.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB ?", (f"*[a-z]{place}",)
    )
    return [name for name, in names]


def run(connection, statement):
    """The message of a trigger's own error; that it failed, for others."""
    try:
        connection.cursor().execute(statement)
    except sqlite3.IntegrityError as error:
        return "failed" if "constraint failed" in str(error) else str(error)
    except psycopg2.IntegrityError as error:
        return error.diag.message_primary if error.pgcode == "23000" else "failed"
    return None


def rows_of(connection, tables):
    found = {}
    for table in tables:
        cursor = connection.cursor()
        cursor.execute(f"SELECT * FROM {table} ORDER BY 1")
        found[table] = [tuple(map(plain, row)) for row in cursor.fetchall()]
        if table.startswith("log"):  # in which order a statement comes to its rows is nobody's promise
            found[table] = sorted((row[1:] for row in found[table]), key=repr)
        if table.startswith("f"):  # a full-text table gives its rowid only when it is asked
            cursor.execute(f"SELECT rowid, a FROM {table} ORDER BY 1")
            found[table] = cursor.fetchall()
    return found


def plain(value):
    is_time = isinstance(value, datetime.datetime) or isinstance(value, str) and TIME.match(value)
    return "a time" if is_time else value
