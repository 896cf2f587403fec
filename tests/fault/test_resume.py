"""`upgrade --resume`: what a killed run has loaded is not loaded again, where that is provably what would be
loaded now, and the result is that of a run that nobody disturbed."""

import os
import random
import re
import sqlite3

import pytest

import pgrade
from authors import make_source
from boundaries import Boundary
from cluster import Cluster
from dumps import dump
from gate import Gate
from kills import ORPHANS, PIECES, Case, Kills, made, sources
from stopped import end, wait_until_no_session
from wire import Swallow, Wire

COPY = re.compile(r'COPY "pgrade_load"\."(\w+)" .*FROM STDIN')
ALL_LOADED = "PRIMARY KEY USING INDEX"


def kill_before(statement, source, database, *options):
    with Boundary(database, statement) as boundary:
        process = pgrade.start("upgrade", str(source), boundary.url, *options)
        try:
            boundary.wait_for_arrival(process)
        finally:
            end(process)


def resume(source, database, *options):
    """The outcome, and the tables that rows were sent to."""
    with Boundary(database) as boundary:
        outcome = pgrade.run("upgrade", str(source), boundary.url, "--resume", "--json", *options)
    return outcome, [found[1] for found in map(COPY.search, boundary.statements) if found]


def undisturbed(cluster, source, *options):
    database = cluster.create_database()
    outcome = pgrade.run("upgrade", str(source), database.url, "--json", *options)
    assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
    lines = dump(database)
    database.drop()
    return outcome, lines


@pytest.mark.core
def test_a_finished_table_is_not_loaded_again(source, database, cluster):
    _, expected = undisturbed(cluster, source)
    kill_before(ALL_LOADED, source, database)
    outcome, copied = resume(source, database)
    assert outcome.status == pgrade.OK and copied == [], (outcome, copied)
    assert outcome.report["verified"] and outcome.report["resumed"]["rows"] == 3002
    assert outcome.report["resumed"]["tables"] == 2 and outcome.report["resumed"]["objects"] >= 5
    assert "going on with the run of" in outcome.stderr
    assert dump(database) == expected


@pytest.mark.core
def test_only_what_is_not_finished_is_loaded(source, database, cluster):
    """Of two tables each worker has one, and that of the other is committed or not."""
    _, expected = undisturbed(cluster, source)
    kill_before("'loaded', 'author'", source, database, "--workers", "1")
    outcome, copied = resume(source, database)
    assert outcome.status == pgrade.OK and copied == ["author"], (outcome, copied)
    assert outcome.report["resumed"]["tables"] == 1
    assert dump(database) == expected


@pytest.mark.core
@pytest.mark.parametrize("workers", ["2", pytest.param("1", marks=pytest.mark.long)])
def test_pieces_of_a_table(workers, tmp_path, database, cluster):
    """A table that is cut is gone on with where it was left, by any number of workers."""
    source = made(PIECES, tmp_path / "app.db")
    _, expected = undisturbed(cluster, source)
    with Boundary(database, 60) as boundary:
        process = pgrade.start("upgrade", str(source), boundary.url)
        boundary.wait_for_arrival(process)
        end(process)
    pieces = sum("'loaded', 'paper'" in text for text in boundary.statements[:-1])
    outcome, copied = resume(source, database, "--workers", workers)
    assert outcome.status == pgrade.OK, outcome
    assert 0 < outcome.report["resumed"]["rows"], (pieces, outcome)
    assert len(copied) < 9 and dump(database) == expected


@pytest.mark.core
def test_source_was_written_meanwhile(tmp_path, database):
    source = make_source(tmp_path / "app.db")
    kill_before(ALL_LOADED, source, database)
    with sqlite3.connect(source) as connection:
        connection.execute("UPDATE post SET title = 'another' WHERE id = 7")
    connection.close()
    outcome, copied = resume(source, database)
    assert outcome.status == pgrade.OK and sorted(copied) == ["author", "post"], outcome
    assert outcome.report["resumed"] is None
    assert "cannot be gone on with: the source was written since" in outcome.stderr
    assert database.execute("SELECT title FROM post WHERE id = 7") == [("another",)]


@pytest.mark.long
def test_source_in_wal_mode(tmp_path, database):
    """A commit that is in the -wal alone counts; that one is there does not."""
    source = make_source(tmp_path / "app.db", mode="wal")
    writer = sqlite3.connect(source, isolation_level=None)
    writer.execute("UPDATE post SET title = 'another' WHERE id = 7")
    kill_before(ALL_LOADED, source, database)
    kill_before(ALL_LOADED, source, database, "--resume")
    outcome, copied = resume(source, database)
    assert outcome.status == pgrade.OK and copied == [], outcome
    kill_before(ALL_LOADED, source, database, "--replace")
    writer.execute("UPDATE post SET title = 'again' WHERE id = 7")
    outcome, copied = resume(source, database, "--replace")
    writer.close()
    assert outcome.status == pgrade.OK and sorted(copied) == ["author", "post"], outcome
    assert database.execute("SELECT title FROM post WHERE id = 7") == [("again",)]


@pytest.mark.parametrize(
    "option, reason",
    [
        (("--no-verify",), "--no-verify"),
        (("--misfit", "post.title=null"), "--misfit"),
        (("--orphans", "not-valid"), "--orphans"),
        (("--type", "post.title=text"), "planned otherwise"),
        (("--where", "post=id < 100"), "planned otherwise"),
    ],
)
def test_other_options(option, reason, source, database):
    kill_before(ALL_LOADED, source, database)
    outcome, copied = resume(source, database, *option)
    assert outcome.status in (pgrade.OK, pgrade.SHORTFALL) and sorted(copied) == ["author", "post"], outcome
    assert "cannot be gone on with" in outcome.stderr and reason in outcome.stderr
    assert outcome.report["resumed"] is None


def test_options_of_the_end_may_be_others(source, database):
    kill_before(ALL_LOADED, source, database)
    outcome, copied = resume(source, database, "--owner", database.cluster.user, "--snapshot", "--workers", "3")
    assert outcome.status == pgrade.OK and copied == [], outcome


def test_nothing_was_interrupted(source, database):
    outcome, copied = resume(source, database)
    assert outcome.status == pgrade.OK and sorted(copied) == ["author", "post"]
    assert "no run was interrupted here" in outcome.stderr


MISFITS = """
CREATE TABLE item (id INTEGER PRIMARY KEY, price DECIMAL(6, 2), made DATE, twice REAL AS (price * 2) STORED);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
INSERT INTO item (id, price, made) SELECT i, i, '2001-02-03' FROM n;
UPDATE item SET made = 'x' WHERE id IN (3, 400);
UPDATE item SET price = 'dear' WHERE id = 5;
CREATE VIEW dear AS SELECT id, price FROM item WHERE id < 10;
"""


def moments(quick, *others):
    """One in each run, the others with the long ones."""
    return [quick, *(pytest.param(each, marks=pytest.mark.long) for each in others)]


@pytest.mark.parametrize(
    "policy", ["quarantine", *(pytest.param(one, marks=pytest.mark.long) for one in ("null", "widen"))])
@pytest.mark.parametrize("statement", moments(ALL_LOADED, "'loaded', 'item'", "CREATE VIEW", "SET SCHEMA"))
def test_what_a_policy_changed(statement, policy, tmp_path, database, cluster):
    """The account, the rows that are set aside and what was widened are those of an undisturbed run."""
    source = made(MISFITS, tmp_path / "app.db")
    options = ("--misfit", policy, "--accept", "all")
    first, expected = undisturbed(cluster, source, *options)
    kill_before(statement, source, database, *options)
    outcome, copied = resume(source, database, *options)
    assert outcome.status == first.status, outcome
    assert copied == (["item"] if "loaded" in statement else []), (outcome, copied)
    assert dump(database) == expected
    for part in ("changes", "misfits", "not_carried", "tables"):
        assert outcome.report[part] == first.report[part], part
    assert [without_time(proof) for proof in outcome.report["proof"]] == [
        without_time(proof) for proof in first.report["proof"]
    ]


def without_time(proof):
    return {name: value for name, value in proof.items() if name != "seconds"}


@pytest.mark.parametrize("statement", moments(ALL_LOADED, "'thinned'", "VALIDATE"))
def test_rows_without_a_parent(statement, tmp_path, database, cluster):
    """They are out of their tables by then, which have to be loaded again."""
    source = made(ORPHANS, tmp_path / "app.db")
    options = ("--orphans", "quarantine", "--misfit", "quarantine")
    first, expected = undisturbed(cluster, source, *options)
    kill_before(statement, source, database, *options)
    outcome, copied = resume(source, database, *options)
    assert outcome.status == first.status, outcome
    assert "grand" not in copied and (statement == "'thinned'" or sorted(copied) == ["child", "parent"])
    assert dump(database) == expected
    assert outcome.report["changes"] == first.report["changes"]


@pytest.mark.long
def test_killed_again_and_again(source, database, cluster):
    _, expected = undisturbed(cluster, source)
    for statement in ("'loaded', 'author'", "CREATE UNIQUE INDEX", ALL_LOADED, "NOT VALID", "VALIDATE", "SET SCHEMA"):
        kill_before(statement, source, database, "--resume")
    outcome, copied = resume(source, database)
    assert outcome.status == pgrade.OK and copied == [], (outcome, copied)
    assert dump(database) == expected


def test_session_that_still_holds_the_lock_is_ended(source, database, cluster):
    """The client is gone and its server process works on: it is no second run, and is not waited for."""
    _, expected = undisturbed(cluster, source)
    with Gate(database, ALL_LOADED) as gate:
        process = pgrade.start("upgrade", str(source), database.url)
        gate.wait_for_arrival(process)
        process.kill()
        process.wait()
        gate.execute("ALTER EVENT TRIGGER test_gate DISABLE")
        outcome = pgrade.run("upgrade", str(source), database.url, "--resume", "--json")
        end(process)
    assert outcome.status == pgrade.OK and outcome.report["resumed"]["rows"] == 3002, outcome
    assert dump(database) == expected


def test_run_that_is_alive_keeps_others_away(source, database):
    for option in ("--resume", "--abandon"):
        with Gate(database, ALL_LOADED) as gate:
            process = pgrade.start("upgrade", str(source), database.url, "--replace")
            gate.wait_for_arrival(process)
            outcome = pgrade.run("upgrade", str(source), database.url, option)
            assert outcome.status == pgrade.REFUSED, outcome
            assert "another pgrade is working" in outcome.stderr
            gate.open()
            assert pgrade.finish(process).status == pgrade.OK


def test_journal_holds_no_row_and_no_password(tmp_path, scram_cluster):
    source = made(MISFITS.replace("2001-02-03", "1987-06-05").replace("dear", "confidential"), tmp_path / "app.db")
    database = scram_cluster.create_database()
    kill_before(ALL_LOADED, source, PasswordedBoundary(database), "--misfit", "widen", "--accept", "all")
    rows = database.execute("SELECT j::text FROM pgrade_load.pgrade_journal j")
    text = "\n".join(row[0] for row in rows)
    assert "loaded" in text and "session" in text and "widened" in text
    for secret in ("1987-06-05", "confidential", scram_cluster.password):
        assert secret not in text
    database.drop()


class PasswordedBoundary:
    """A database whose URL through the boundary is given with its password."""

    def __init__(self, database):
        self.database = database
        self.name, self.cluster = database.name, WithUser(database.cluster)


class WithUser:
    def __init__(self, cluster):
        self.port, self.bindir = cluster.port, cluster.bindir
        self.user = re.search("//([^@]*)@", cluster.url()).group(1)


def test_table_of_the_journals_name(tmp_path, database, cluster):
    source = made("CREATE TABLE pgrade_journal (id INTEGER PRIMARY KEY); INSERT INTO pgrade_journal VALUES (5);"
                  "CREATE TABLE pgrade_journal_ (id INTEGER PRIMARY KEY);", tmp_path / "app.db")
    _, expected = undisturbed(cluster, source)
    kill_before(ALL_LOADED, source, database)
    outcome, copied = resume(source, database)
    assert outcome.status == pgrade.OK and copied == [], outcome
    assert dump(database) == expected


def test_a_sample_of_kills(tmp_path, cluster):
    """tests/fault/kills.py does many of them."""
    seed = int(os.environ.get("PGRADE_SEED") or random.randrange(1 << 30))
    print(f"PGRADE_SEED={seed}")
    kills = Kills([Case(*one, cluster) for one in sources(tmp_path, pieces=False)[:3]], cluster, seed)
    kills.run(10)
    print(kills.report())


@pytest.mark.long
def test_three_hundred_kills(tmp_path):
    seed = int(os.environ.get("PGRADE_SEED") or random.randrange(1 << 30))
    print(f"PGRADE_SEED={seed}")
    with Cluster() as cluster:
        kills = Kills([Case(*one, cluster) for one in sources(tmp_path)], cluster, seed)
        assert len(kills.cases) >= 4
        kills.run(300)
    print(kills.report())


def aside_of(folder):
    return sorted(path.name for path in folder.iterdir() if "aside" in path.name or "quarantine" in path.name)


@pytest.mark.parametrize("statement", [ALL_LOADED, "SET SCHEMA", "COMMIT"])
@pytest.mark.parametrize("name", ["aside.csv", None])
def test_file_of_rows_set_aside(name, statement, tmp_path, database, monkeypatch):
    """What the killed run had is gone, and its name is free for the next."""
    monkeypatch.setattr(pgrade, "a_folder", lambda: tmp_path)
    source = made(MISFITS, tmp_path / "app.db")
    options = ["--misfit", "quarantine", "--accept", "all", *(["--quarantine-file", name] if name else [])]
    kill_before(statement, source, database, *options)
    left = aside_of(tmp_path)
    assert len(left) == 1 and left[0].endswith(".part")
    outcome, _ = resume(source, database, *options)
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert aside_of(tmp_path) == [outcome.report["quarantine_file"]] != left
    held = (tmp_path / outcome.report["quarantine_file"]).read_text().splitlines()
    assert len(held) == 4 and database.execute("SELECT count(*) FROM pgrade_record.quarantine") == [(3,)]


def test_file_of_rows_set_aside_from_another_directory(tmp_path, database, monkeypatch):
    """The journal says where it is; what somebody else has there stays."""
    source = made(MISFITS, tmp_path / "app.db")
    there = tmp_path / "there"
    there.mkdir()
    monkeypatch.setattr(pgrade, "a_folder", lambda: there)
    options = ("--misfit", "quarantine", "--accept", "all", "--quarantine-file")
    kill_before(ALL_LOADED, source, database, *options, "mine.csv")
    kill_before(ALL_LOADED, source, database, *options, "theirs.csv")
    monkeypatch.setattr(pgrade, "a_folder", lambda: tmp_path)
    assert [path.name for path in there.iterdir()] == ["theirs.csv.part"]
    (there / "theirs.csv.part").write_text("not written by pgrade")
    outcome, _ = resume(source, database, *options, "here.csv")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert (there / "theirs.csv.part").read_text() == "not written by pgrade" and aside_of(tmp_path) == []
    assert (tmp_path / "here.csv").exists()


def kill_behind_the_commit(source, database, *options):
    """The answer does not get to the client, which is gone."""
    with Wire(database, Swallow("COMMIT", behind="txid_current()", then="refused")) as wire:
        process = pgrade.start("upgrade", str(source), wire.url, *options)
        try:
            wire.wait_for_arrival(process)
        finally:
            end(process)
    wait_until_no_session(database)


def test_killed_behind_the_commit(tmp_path, database, cluster):
    source = make_source(tmp_path / "app.db")
    _, expected = undisturbed(cluster, source)
    kill_behind_the_commit(source, database)
    assert dump(database) == expected
    again = pgrade.run("upgrade", str(source), database.url)
    assert again.status == pgrade.REFUSED and "this was published already, at 2" in again.stderr, again
    told = pgrade.run("upgrade", str(source), database.url, "--resume")
    assert told.status == pgrade.OK and "published already, at 2" in told.stdout and told.stderr == "", told
    outcome, copied = resume(source, database)
    assert outcome.status == pgrade.OK and copied == [] and outcome.report["already_published"], outcome
    assert dump(database) == expected
    for other in (("--type", "post.title=text"), ("--no-verify",)):
        outcome, _ = resume(source, database, *other)
        assert outcome.status == pgrade.REFUSED and "the target is not empty" in outcome.stderr, outcome
    with sqlite3.connect(source) as connection:
        connection.execute("UPDATE post SET title = 'another' WHERE id = 7")
    connection.close()
    outcome, _ = resume(source, database)
    assert outcome.status == pgrade.REFUSED and "the target is not empty" in outcome.stderr, outcome
    assert dump(database) == expected


def test_published_and_changed_since(source, database):
    """Where an object is another or gone, nothing is claimed."""
    assert pgrade.run("upgrade", str(source), database.url).status == pgrade.OK
    database.execute("DROP TABLE post")
    outcome, _ = resume(source, database)
    assert outcome.status == pgrade.REFUSED and "the target is not empty: 1 object" in outcome.stderr, outcome


def test_record_without_the_run(source, database):
    """As earlier versions made it: it gets the column when it is written."""
    assert pgrade.run("upgrade", str(source), database.url).status == pgrade.OK
    database.execute("ALTER TABLE pgrade_record.published DROP COLUMN run")
    outcome, _ = resume(source, database)
    assert outcome.status == pgrade.REFUSED and "the target is not empty" in outcome.stderr, outcome
    assert resume(source, database, "--replace")[0].status == pgrade.OK
    assert resume(source, database)[0].report["already_published"]
