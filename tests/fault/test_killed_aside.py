"""The file of rows that are set aside, of runs that were killed: the next run gives it its name where the rows are in
the target, and takes it away where they are not."""

import csv

import pytest

import pgrade
from boundaries import Boundary
from kills import made
from stopped import end, wait_until_no_session
from wire import Swallow, Wire

SOURCE = """
CREATE TABLE item (id INTEGER PRIMARY KEY, word VARCHAR(9));
INSERT INTO item VALUES (1, 'short'), (2, 'much too long'), (3, 'short too'), (4, 'longer than it may be');
"""
TARGET = "CREATE TABLE item (id bigint PRIMARY KEY, word varchar(9))"
COMMIT = "txid_current()"
AFTER = "pg_advisory_unlock_all"
NAMES = pytest.mark.parametrize("name", [None, "aside.csv"], ids=["default", "named"])


@pytest.fixture
def folder(tmp_path):
    made(SOURCE, tmp_path / "app.db")
    (tmp_path / "here").mkdir()
    return tmp_path / "here"


def words(folder, url, name, *more):
    named = ["--quarantine-file", name] if name else []
    return ["upgrade", str(folder.parent / "app.db"), url, "--misfit", "quarantine", *named, *more]


def kill_before(statement, folder, database, name):
    with Boundary(database, statement) as boundary:
        process = pgrade.start(*words(folder, boundary.url, name), directory=folder)
        try:
            boundary.wait_for_arrival(process)
        finally:
            end(process)
    wait_until_no_session(database)


def kill_behind_the_commit(folder, database, name):
    """The answer does not get to the client, which is gone."""
    with Wire(database, Swallow("COMMIT", behind=COMMIT, then="refused")) as wire:
        process = pgrade.start(*words(folder, wire.url, name), directory=folder)
        try:
            wire.wait_for_arrival(process)
        finally:
            end(process)
    wait_until_no_session(database)
    assert suffixes(folder) == ["part"] and rows_aside(database) == 2


def run(folder, database, name, *more):
    return pgrade.run(*words(folder, database.url, name, *more), directory=folder)


def suffixes(folder):
    return sorted(path.name.rpartition(".")[2] for path in folder.iterdir())


def rows_aside(database):
    if database.execute("SELECT to_regclass('pgrade_record.quarantine')") == [(None,)]:
        return 0
    return database.execute("SELECT count(*) FROM pgrade_record.quarantine")[0][0]


def assert_file_is_that_of_the_table(folder, database):
    (path,) = folder.iterdir()
    with open(path, newline="", encoding="utf-8") as stream:
        held = [(row["run_id"], int(row["id"]), row["source_rowid"]) for row in csv.DictReader(stream)]
    there = database.execute("SELECT run_id, id, source_rowid::text FROM pgrade_record.quarantine ORDER BY id")
    assert held == there and len(held) == 2 and path.name.endswith(".csv")
    return path.name


@NAMES
def test_resumed_behind_the_commit(name, folder, database):
    kill_behind_the_commit(folder, database, name)
    outcome = run(folder, database, name, "--resume", "--json")
    assert outcome.status == pgrade.SHORTFALL and outcome.report["already_published"], outcome
    assert outcome.report["quarantine_file"] == assert_file_is_that_of_the_table(folder, database)
    assert "was killed behind its COMMIT" in outcome.stderr, outcome
    again = run(folder, database, name, "--resume")
    assert again.status == pgrade.SHORTFALL, again
    assert "2 rows were set aside: in pgrade_record.quarantine and " in again.stdout and again.stderr == "", again


@NAMES
def test_refused_behind_the_commit(name, folder, database):
    kill_behind_the_commit(folder, database, name)
    outcome = run(folder, database, name)
    assert outcome.status == pgrade.REFUSED and "published already" in outcome.stderr, outcome
    assert_file_is_that_of_the_table(folder, database)


def test_replaced_behind_the_commit(folder, database):
    """The file has its name, so another one is needed."""
    kill_behind_the_commit(folder, database, "aside.csv")
    outcome = run(folder, database, "aside.csv", "--replace")
    assert outcome.status == pgrade.REFUSED and "aside.csv exists already" in outcome.stderr, outcome
    assert_file_is_that_of_the_table(folder, database)


def test_from_another_directory(folder, database):
    """Nothing tells where it is; where its rows are is said."""
    kill_behind_the_commit(folder, database, None)
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    outcome = pgrade.run(*words(folder, database.url, None, "--resume"), directory=elsewhere)
    assert outcome.status == pgrade.SHORTFALL and suffixes(folder) == ["part"], outcome
    assert "2 rows were set aside: in pgrade_record.quarantine\n" in outcome.stdout, outcome


@NAMES
def test_resumed_when_the_file_has_its_name(name, folder, database):
    kill_before(AFTER, folder, database, name)
    outcome = run(folder, database, name, "--resume", "--json")
    assert outcome.status == pgrade.SHORTFALL and outcome.report["already_published"], outcome
    assert outcome.report["quarantine_file"] == assert_file_is_that_of_the_table(folder, database)


@NAMES
@pytest.mark.parametrize("fills", [False, True], ids=["fresh", "fill"])
def test_killed_before_the_commit(fills, name, folder, database):
    if fills:
        database.execute(TARGET)
    kill_before(COMMIT, folder, database, name)
    assert suffixes(folder) == ["part"] and rows_aside(database) == 0
    outcome = run(folder, database, name, "--json")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert outcome.report["quarantine_file"] == assert_file_is_that_of_the_table(folder, database)


@NAMES
def test_fill_behind_the_commit(name, folder, database):
    """The tables hold rows, so that the next run is refused; the file has its name all the same."""
    database.execute(TARGET)
    kill_behind_the_commit(folder, database, name)
    outcome = run(folder, database, name)
    assert outcome.status == pgrade.REFUSED and "was killed behind its COMMIT" in outcome.stderr, outcome
    assert_file_is_that_of_the_table(folder, database)


@NAMES
def test_fill_abandoned(name, folder, database):
    database.execute(TARGET)
    kill_before(COMMIT, folder, database, name)
    (left,) = folder.iterdir()
    more = ["--quarantine-file", name] if name else []
    outcome = pgrade.run("upgrade", "--abandon", database.url, "--json", *more, directory=folder)
    assert outcome.status == pgrade.OK and outcome.report["found"] and suffixes(folder) == [], outcome
    assert outcome.report["file"] == left.name


def test_abandoned_behind_the_commit(folder, database):
    """What was published stays, and so does the file."""
    kill_behind_the_commit(folder, database, None)
    outcome = pgrade.run("upgrade", "--abandon", database.url, "--json", directory=folder)
    assert outcome.status == pgrade.OK and not outcome.report["found"], outcome
    assert_file_is_that_of_the_table(folder, database)


def test_file_of_a_run_on_another_target_stays(folder, database, cluster):
    database.execute(TARGET)
    kill_before(COMMIT, folder, database, None)
    other = cluster.create_database()
    outcome = run(folder, other, None)
    assert outcome.status == pgrade.SHORTFALL and suffixes(folder) == ["csv", "part"], outcome
    other.drop()


def test_file_that_is_no_such_file_stays(folder, database):
    database.execute(TARGET)
    kill_before(COMMIT, folder, database, None)
    (left,) = folder.iterdir()
    left.write_text("written by somebody else")
    assert run(folder, database, None).status == pgrade.SHORTFALL
    assert left.read_text() == "written by somebody else"
