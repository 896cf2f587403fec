"""A source that somebody writes while it is read."""

import os
import sqlite3
import subprocess
import sys
import textwrap

import pytest

import pgrade
from catalog_text import table_names, whole_text
from compare import compare
from gate import Gate, open_files, poll
from small import make_small
from trouble import Trouble, assert_told, one_document
from untouched import Untouched

WRITE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=100, isolation_level=None)
for statement in sys.argv[2:]:
    connection.execute(statement)
connection.close()
"""
CHANGED = Trouble(
    4, "the source was written while it was read", "changed: post;", "--snapshot", "ERR_SOURCE_CHANGED"
)


def writer(path, *statements):
    """Another process, as an application is one."""
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(WRITE), str(path), *statements])


def write(path, *statements):
    assert writer(path, *statements).wait(60) == 0


@pytest.fixture
def wal(folder):
    return make_small(folder / "app.db", "wal")


@pytest.fixture(params=["wal", "delete"])
def source(request, folder):
    return make_small(folder / "app.db", request.param)


def upgrade_while(action, path, database, *options):
    """The action happens after the source was read for the plan, before its rows are."""
    with Gate(database, "CREATE TABLE") as gate:
        process = pgrade.start("upgrade", str(path), database.url, *options)
        gate.wait_for_arrival(process)
        action()
        gate.open()
        return pgrade.finish(process)


CHANGES = {
    "a row more": "INSERT INTO post VALUES (4, 1, 'late')",
    "a row less": "DELETE FROM post WHERE id = 1",
    "a value": "UPDATE post SET title = 'changed' WHERE id = 2",
    "a NULL": "UPDATE post SET title = NULL WHERE id = 1",
    "values swapped": "UPDATE post SET title = CASE id WHEN 1 THEN 'Two' ELSE 'One' END WHERE id < 3",
    "a table": "DROP TABLE post",
    "a column": "ALTER TABLE post DROP COLUMN title",
    "a value that does not fit": "UPDATE post SET author_id = 'x' WHERE id = 1",
}


@pytest.mark.core
@pytest.mark.parametrize("what", CHANGES)
def test_written_meanwhile(what, source, database):
    outcome = upgrade_while(lambda: write(source, CHANGES[what]), source, database)
    assert_told(outcome, CHANGED)
    assert sorted(whole_text(database)) == ["public"] and table_names(database) == []


def test_written_meanwhile_with_json(source, database):
    outcome = upgrade_while(lambda: write(source, CHANGES["a row more"]), source, database, "--json")
    document = one_document(outcome)
    assert document["error"]["code"] == "ERR_SOURCE_CHANGED" and not document["published"]


def test_tables_that_changed_are_named(source, database):
    statements = ("UPDATE author SET name = 'Al' WHERE id = 1", "DELETE FROM post WHERE id = 3")
    outcome = upgrade_while(lambda: write(source, *statements), source, database)
    assert outcome.status == pgrade.REFUSED and "changed: author, post;" in outcome.stderr, outcome


# What no planned row shows.
MADE = {
    "a new table": ("CREATE TABLE late (a)", "INSERT INTO late VALUES (1)", "table late (new)"),
    "a new column": ("ALTER TABLE post ADD COLUMN mark", "UPDATE post SET mark = 'x'", "table post (altered)"),
    "an index and a view": ("CREATE INDEX late ON post (title)", "CREATE VIEW seen AS SELECT * FROM post",
                            "index late (new), view seen (new)"),
    "numbers that were given": ("INSERT INTO numbered DEFAULT VALUES", "DELETE FROM numbered", "table numbered (gave numbers)"),
}


@pytest.mark.parametrize("what", MADE)
def test_made_meanwhile(what, source, database):
    write(source, "CREATE TABLE numbered (id INTEGER PRIMARY KEY AUTOINCREMENT)")
    *statements, named = MADE[what]
    outcome = upgrade_while(lambda: write(source, *statements), source, database)
    assert outcome.status == pgrade.REFUSED and f"changed: {named};" in outcome.stderr, outcome
    assert table_names(database) == []


def test_made_meanwhile_and_left_out(source, database):
    write(source, "CREATE TABLE log_first (a)")
    outcome = upgrade_while(lambda: write(source, "CREATE TABLE log_late (a)"), source, database, "--exclude", "log_*")
    assert outcome.status == pgrade.SHORTFALL, outcome


def test_written_without_a_change(source, database):
    """A write that leaves every carried row as it was is none; nor is a checkpoint."""
    statements = ("UPDATE post SET title = title", "PRAGMA wal_checkpoint(TRUNCATE)")
    outcome = upgrade_while(lambda: write(source, *statements), source, database)
    assert outcome.status == pgrade.OK, outcome


def test_written_meanwhile_without_verification(source, database):
    outcome = upgrade_while(lambda: write(source, CHANGES["a row more"]), source, database, "--no-verify")
    assert outcome.status == pgrade.REFUSED, outcome
    assert "which tables changed is unknown" in outcome.stderr


@pytest.mark.core
def test_snapshot_publishes_the_state_at_the_start(source, database, tmp_path):
    as_it_was = make_small(tmp_path / "before.db")
    statements = ("INSERT INTO author VALUES (3, 'Cy')", CHANGES["a row less"], CHANGES["a value"])
    outcome = upgrade_while(lambda: write(source, *statements), source, database, "--snapshot", "--json")
    assert outcome.status == pgrade.OK, outcome
    result = compare(as_it_was, database.url, outcome.report, probe=True)
    assert result.equal, result


def test_report_says_that_the_snapshot_is_old(source, database):
    outcome = upgrade_while(lambda: write(source, CHANGES["a value"]), source, database, "--snapshot")
    assert outcome.status == pgrade.OK, outcome
    assert "The source was written meanwhile" in outcome.stdout


def replace(path):
    """As a deployment or a restored backup does it: a new file under the old name."""
    other = make_small(path.parent / "other.db", "wal")
    write(other, CHANGES["a row more"], "PRAGMA journal_mode = DELETE")
    os.rename(other, path)


def by_a_link(path):
    """The name is a symbolic link, which is moved to another file."""
    make_small(path.parent / "next.db")
    os.symlink("next.db", path.parent / "link")
    os.rename(path.parent / "link", path)


REPLACED = {
    "by rename": (replace, "another file was put in its place"),
    "deleted": (os.remove, "it was deleted or renamed"),
    "renamed": (lambda path: os.rename(path, f"{path}.old"), "it was deleted or renamed"),
    "by a link": (by_a_link, "another file was put in its place"),
    "log deleted": (lambda path: os.remove(f"{path}-wal"), "its -wal was deleted or renamed"),
}


@pytest.mark.parametrize("what", REPLACED)
def test_replaced_meanwhile(what, wal, database):
    action, told = REPLACED[what]
    outcome = upgrade_while(lambda: action(wal), wal, database)
    assert_told(
        outcome, Trouble(4, "the source was replaced", f"{wal}: {told}", "--snapshot", "ERR_SOURCE_CHANGED")
    )
    assert sorted(whole_text(database)) == ["public"] and table_names(database) == []


def test_replaced_in_rollback_mode(small, database):
    """The reader's lock is on the old file, and keeps nobody from the new one."""
    outcome = upgrade_while(lambda: replace(small), small, database)
    assert outcome.status == pgrade.REFUSED and "the source was replaced" in outcome.stderr, outcome


@pytest.mark.parametrize("what", REPLACED)
def test_snapshot_publishes_what_was_replaced_meanwhile(what, wal, database, tmp_path):
    as_it_was = make_small(tmp_path / "before.db")
    outcome = upgrade_while(lambda: REPLACED[what][0](wal), wal, database, "--snapshot", "--json")
    assert outcome.status == pgrade.OK, outcome
    assert compare(as_it_was, database.url, outcome.report, probe=True).equal


def test_many_readers_see_one_state(wal, database, tmp_path):
    """A writer that moves an amount between two tables in each transaction, all the time."""
    write(
        wal,
        "CREATE TABLE left_ (id INTEGER PRIMARY KEY, n INTEGER)",
        "INSERT INTO left_ VALUES (1, 1000000)",
        "CREATE TABLE right_ (id INTEGER PRIMARY KEY, n INTEGER)",
        "INSERT INTO right_ VALUES (1, 0)",
    )
    mover = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                """
            import sqlite3, sys, time
            connection = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
            connection.execute("PRAGMA synchronous = OFF")
            print("ready", flush=True)
            while True:
                connection.executescript(
                    "BEGIN IMMEDIATE; UPDATE left_ SET n = n - 1; UPDATE right_ SET n = n + 1; COMMIT")
                time.sleep(0.002)
            """
            ),
            str(wal),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert mover.stdout.readline() == "ready\n"
        outcome = pgrade.run("upgrade", str(wal), database.url, "--snapshot", "--workers", "8")
    finally:
        mover.kill()
        mover.communicate()
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT l.n + r.n FROM left_ l, right_ r") == [(1000000,)]


def test_what_a_writer_left_in_the_wal_stays_there(wal, folder, database):
    """It is for the application to move it into the file, not for a reader."""
    before = Untouched(folder)
    outcome = upgrade_while(lambda: write(wal, CHANGES["a value"]), wal, database, "--snapshot")
    assert outcome.status == pgrade.OK, outcome
    assert os.path.getsize(f"{wal}-wal") > 0
    assert [found for found in before.differences() if "-shm" not in found] == ["app.db-wal: made"]
    connection = sqlite3.connect(wal)
    assert connection.execute("SELECT title FROM post WHERE id = 2").fetchall() == [("changed",)]
    connection.close()


PENDING = 0x40000000  # the byte of the lock that a writer takes who waits for the last reader


def is_pending(path):
    """Whether a writer stands before its COMMIT."""
    inode = os.stat(path).st_ino
    with open("/proc/locks", encoding="ascii") as stream:
        locks = [line.split() for line in stream]
    return any(
        words[3] == "WRITE" and words[5].endswith(f":{inode}") and int(words[6]) == PENDING
        for words in locks
        if words[1] == "POSIX"
    )


@pytest.mark.core
@pytest.mark.parametrize("statement", ["CREATE TABLE", "SET SCHEMA"])
def test_writer_of_a_rollback_journal_waits_where_no_copy_is_made(statement, small, database):
    """Readers keep it out until they are done: the state at the start arrives, nothing was written yet."""
    with Gate(database, statement) as gate:
        process = pgrade.start("upgrade", str(small), database.url, "--json", "--in-place")
        gate.wait_for_arrival(process)
        late = writer(small, CHANGES["a row more"])
        poll(lambda: is_pending(small), late)
        gate.open()
        outcome = pgrade.finish(process)
    assert outcome.status == pgrade.OK, outcome
    assert outcome.report["snapshot"]["copied_to"] is None
    assert late.wait(60) == 0
    assert database.execute("SELECT count(*) FROM post") == [(3,)]
    connection = sqlite3.connect(small)
    assert connection.execute("SELECT count(*) FROM post").fetchone() == (4,)
    connection.close()


def test_writer_at_the_start_is_waited_for(small, database):
    """It holds the file for less than the patience of a reader."""
    holder = sqlite3.connect(small, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    holder.execute(CHANGES["a row more"])
    process = pgrade.start("upgrade", str(small), database.url)
    poll(lambda: str(small) in open_files(process), process)
    holder.execute("COMMIT")
    holder.close()
    outcome = pgrade.finish(process)
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT count(*) FROM post") == [(4,)]
