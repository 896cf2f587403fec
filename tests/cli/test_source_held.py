"""A file in rollback mode that nobody has open is read where it is; a copy is made when a program begins to write."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

import pgrade
from compare import compare
from gate import Gate, poll

INSERT = "INSERT INTO post VALUES (4, 1, 'late')"


@pytest.fixture
def work(tmp_path):
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def write(path, patience=60):
    with contextlib.closing(sqlite3.connect(path, timeout=patience, isolation_level=None)) as connection:
        connection.execute(INSERT)


def poll_line(process, words):
    """The line of its messages that holds the words."""
    for line in process.stderr:
        if words in line:
            return line
    raise AssertionError(f"it ended, and never said: {words}")


@contextlib.contextmanager
def held_at_the_load(path, database, work, *options):
    """The program, stopped before it loads; the file is its own to read until somebody writes."""
    with Gate(database, "CREATE TABLE") as gate:
        process = pgrade.start("upgrade", str(path), database.url, "--json", "--work-dir", str(work), *options)
        gate.wait_for_arrival(process)
        yield gate, process


@pytest.mark.core
def test_nothing_is_copied_where_nobody_writes(small, untouched, database, work):
    untouched()
    outcome = pgrade.run("upgrade", str(small), database.url, "--json", "--work-dir", "/no/where")
    assert outcome.status == pgrade.OK and "copy" not in outcome.stderr, outcome
    assert outcome.report["snapshot"]["copied_to"] is None
    assert outcome.report["snapshot"]["writers_waited_ms"] == 0
    assert compare(small, database.url, outcome.report, probe=True).equal


@pytest.mark.core
@pytest.mark.parametrize("snapshot", [True, False])
def test_writer_that_comes_later(snapshot, small, database, work, tmp_path):
    before = shutil.copy(small, tmp_path / "before.db")
    with held_at_the_load(small, database, work, *(["--snapshot"] if snapshot else [])) as (gate, process):
        write(small)
        assert os.listdir(work) == []
        gate.open()
        outcome = pgrade.finish(process)
    assert "a program writes the source, which is read from a copy now" in outcome.stderr, outcome
    assert outcome.report["snapshot"]["copied_to"] == str(work)
    assert outcome.report["snapshot"]["writers_waited_ms"] > 0
    if snapshot:
        assert outcome.status == pgrade.OK and outcome.report["snapshot"]["written_since"], outcome
        assert compare(before, database.url, outcome.report, probe=True).equal
    else:
        assert outcome.status == pgrade.REFUSED and "changed: post;" in outcome.stderr, outcome


def test_transaction_that_is_taken_back(small, database, work):
    with held_at_the_load(small, database, work) as (gate, process):
        with contextlib.closing(sqlite3.connect(small, timeout=60, isolation_level=None)) as connection:
            for statement in ("BEGIN IMMEDIATE", INSERT):
                connection.execute(statement)
            poll(lambda: any(str(work) in os.readlink(f"/proc/{process.pid}/fd/{fd}")
                             for fd in os.listdir(f"/proc/{process.pid}/fd")), process)  # fmt: skip
            connection.execute("ROLLBACK")
        gate.open()
        outcome = pgrade.finish(process)
    assert outcome.status == pgrade.OK, outcome
    assert not outcome.report["snapshot"]["written_since"]


WRITER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO post VALUES (4, 1, 'late')")
print("begun", flush=True)
sys.stdin.read()
connection.execute("COMMIT")
"""


def test_writer_waits_to_the_end_where_no_copy_can_be_made(small, database):
    begin = [sys.executable, "-c", WRITER, str(small)]
    with held_at_the_load(small, database, "/no/where") as (gate, process), subprocess.Popen(
        begin, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout.readline() == "begun\n"
        told = poll_line(process, "a program waits to write")
        gate.open()
        outcome = pgrade.finish(process)
        writer.communicate("")
        assert writer.returncode == 0
    assert "cannot make a copy of the source in /no/where" in told
    assert outcome.status == pgrade.OK, outcome
    with contextlib.closing(sqlite3.connect(small)) as connection:
        assert connection.execute("SELECT count(*) FROM post WHERE id = 4").fetchone() == (1,)
