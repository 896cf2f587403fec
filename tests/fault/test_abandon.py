"""`upgrade --abandon`: every trace of a killed run goes, whatever it left, and nothing else."""

import json
import signal
import sqlite3
import time

import pytest

import pgrade
from boundaries import Boundary
from catalog_text import whole_text
from cluster import Cluster
from gate import ARRIVAL_SECONDS, Gate
from stopped import end, sessions_of, wait_until_no_session
from untouched import Untouched

MANY = 5000
LONG_SECONDS = 600


def kill_before(statement, source, database, *options, seconds=ARRIVAL_SECONDS):
    with Boundary(database, statement) as boundary:
        process = pgrade.start("upgrade", str(source), boundary.url, *options)
        boundary.wait_for_arrival(process, seconds)
        end(process)


def abandon(*arguments):
    return pgrade.run("upgrade", "--abandon", *arguments)


@pytest.mark.core
@pytest.mark.parametrize("statement", ['CREATE TABLE "pgrade_load"."author"', "end of COPY", "VALIDATE", "COMMIT"])
def test_abandoned(statement, source, database):
    before, files = whole_text(database), Untouched(source.parent)
    kill_before(statement, source, database)
    outcome = abandon(str(source), database.url)
    assert outcome.status == pgrade.OK and "removed from the database" in outcome.stdout, outcome
    assert whole_text(database) == before and files.differences() == []
    assert sessions_of(database) == []


@pytest.mark.core
def test_nothing_to_abandon(database):
    for target in ((database.url,), ("somewhere.db", database.url)):
        outcome = abandon(*target)
        assert outcome.status == pgrade.OK and "nothing of an interrupted run" in outcome.stdout, outcome
    outcome = abandon(database.url, "--json")
    assert json.loads(outcome.stdout) == {
        "status": 0, "found": False, "began": None, "schema": "pgrade_load", "tables": 0, "sessions": 0,
        "file": None, "error": None,
    }  # fmt: skip


@pytest.mark.core
def test_published_tables_stay(source, database):
    assert pgrade.run("upgrade", str(source), database.url).status == pgrade.OK
    before = whole_text(database)
    kill_before("VALIDATE", source, database, "--replace")
    outcome = abandon(database.url, "--json")
    assert outcome.status == pgrade.OK and outcome.report["found"] and outcome.report["tables"] == 2, outcome
    assert whole_text(database) == before
    assert database.execute("SELECT count(*) FROM post") == [(3000,)]


def test_schema_of_somebody_else_stays(database):
    database.execute("CREATE SCHEMA pgrade_load; CREATE TABLE pgrade_load.mine (id integer)")
    outcome = abandon(database.url)
    assert outcome.status == pgrade.REFUSED and "ALTER SCHEMA" in outcome.stderr, outcome
    assert database.execute("SELECT count(*) FROM pgrade_load.mine") == [(0,)]


def test_sessions_are_ended(source, database):
    """One holds the lock of the run, and waits for what will not come."""
    before = whole_text(database)
    with Gate(database, "PRIMARY KEY USING INDEX") as gate:
        process = pgrade.start("upgrade", str(source), database.url)
        gate.wait_for_arrival(process)
        end(process)
        gate.execute("ALTER EVENT TRIGGER test_gate DISABLE")
        outcome = abandon(database.url, "--json")
        assert outcome.status == pgrade.OK and outcome.report["found"], outcome
        assert sessions_of(database) == []
    assert whole_text(database) == before


def test_file_of_rows_set_aside(source, database, tmp_path, monkeypatch):
    monkeypatch.setattr(pgrade, "a_folder", lambda: tmp_path)
    options = ("--misfit", "quarantine", "--type", "post.title=varchar(9)")
    kill_before("COMMIT", source, database, *options)
    (part,) = tmp_path.iterdir()
    assert part.name.endswith(".part")
    outcome = abandon(database.url, "--json")
    assert outcome.status == pgrade.OK and outcome.report["file"] == str(part), outcome
    assert list(tmp_path.iterdir()) == []


def test_usage(database):
    outcome = abandon(database.url, "--resume")
    assert outcome.status == pgrade.USAGE, outcome
    outcome = abandon("one.db", "two.db", database.url)
    assert outcome.status == pgrade.USAGE, outcome
    outcome = pgrade.run("upgrade", "--abandon", "one.db", "two.db")
    assert outcome.status == pgrade.USAGE, outcome


def many_tables(path, count, parents):
    """Dropping a parent takes a lock on each child.  (Each of its keys costs the server time for all others, be it
    made or dropped.)"""
    connection = sqlite3.connect(path)
    for number in range(parents):
        connection.execute(f"CREATE TABLE parent{number} (id INTEGER PRIMARY KEY)")
    for number in range(count - parents):
        parent = f"p INTEGER REFERENCES parent{number % parents}"
        connection.execute(f"CREATE TABLE t{number} (id INTEGER PRIMARY KEY, {parent}, x TEXT)")
    connection.commit()
    connection.close()
    return path


def kill_and_abandon_with_few_locks(count, parents, tmp_path, locks):
    """Seconds of the abandon.  The load had room for its locks; the server that has to let go of it has not."""
    source = many_tables(tmp_path / "many.db", count, parents)
    with Cluster() as cluster:
        database = cluster.create_database()
        before = whole_text(database)
        kill_before("VALIDATE", source, database, seconds=LONG_SECONDS)
        wait_until_no_session(database)
        assert database.execute("SELECT count(*) FROM pgrade_load.pgrade_journal WHERE what = 'loaded'") == [(count,)]
        cluster.halt(signal.SIGINT)
        cluster.settings.update(max_locks_per_transaction=locks, max_connections=10)
        cluster.go_on()
        began = time.monotonic()
        outcome = abandon(database.url, "--json")
        seconds = time.monotonic() - began
        assert outcome.status == pgrade.OK and outcome.report["tables"] == count, outcome
        assert whole_text(database) == before
    return seconds


@pytest.mark.long
def test_tables_beyond_the_locks_of_the_server(tmp_path):
    kill_and_abandon_with_few_locks(400, 1, tmp_path, locks=10)


@pytest.mark.long
def test_five_thousand_tables(tmp_path):
    seconds = kill_and_abandon_with_few_locks(MANY, 50, tmp_path, locks=10)
    print(f"{MANY} tables abandoned in {seconds:.1f} s")
    assert seconds < LONG_SECONDS / 10
