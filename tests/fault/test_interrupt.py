"""Ctrl-C and SIGTERM, at every moment: the run ends soon, takes back what it began, and says so."""

import contextlib
import os
import re
import signal
import socket
import sqlite3
import time

import pytest

import pgrade
from catalog_text import whole_text
from gate import open_files, poll
from stopped import (
    MOMENTS,
    QUEUED,
    assert_next_run_succeeds,
    sessions_of,
    stopped_at,
    stopped_while_reading_back,
    wait_until_no_session,
    wait_until_not_reading_back,
)
from trouble import Trouble, assert_told, one_document
from untouched import Untouched

END_SECONDS = 20
CONNECT_END_SECONDS = 5  # the time for one connection is three times as long
INTERRUPTED = Trouble(1, "interrupted", None, "the target is as it was", "ERR_CANCELED")


# One way through the program; the long run tells them apart.
BOTH = pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.long)], ids=["INT", "TERM"])


@pytest.mark.core
@BOTH
@pytest.mark.parametrize("moment", MOMENTS)
def test_interrupted(moment, number, source, database):
    before, files = whole_text(database), Untouched(source.parent)
    with stopped_at(moment, database, source) as process:
        process.send_signal(number)
        outcome = pgrade.finish(process, timeout=END_SECONDS)
        assert_told(outcome, INTERRUPTED)
        wait_until_no_session(database)
    assert whole_text(database) == before
    assert files.differences() == []
    assert_next_run_succeeds(database, source, before)


@BOTH
def test_interrupted_while_reading_back(number, source, database):
    before = whole_text(database)
    with stopped_while_reading_back(database, source) as (process, unlock):
        process.send_signal(number)
        wait_until_not_reading_back(database)
        unlock()
        assert_told(pgrade.finish(process, timeout=END_SECONDS), INTERRUPTED)
        wait_until_no_session(database)
    assert whole_text(database) == before
    assert_next_run_succeeds(database, source, before)


def test_interrupted_twice(source, database):
    """The second signal changes nothing: what was begun is still taken back."""
    before = whole_text(database)
    with stopped_at("indexes", database, source) as process:
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        assert_told(pgrade.finish(process, timeout=END_SECONDS), INTERRUPTED)
    assert whole_text(database) == before


def test_interrupted_with_json(source, database):
    with stopped_at("indexes", database, source, "--json") as process:
        process.send_signal(signal.SIGINT)
        document = one_document(pgrade.finish(process, timeout=END_SECONDS))
    assert document["error"]["code"] == "ERR_CANCELED" and not document["published"]


def test_terminal_is_closed(source, database):
    before = whole_text(database)
    with stopped_at("first row", database, source) as process:
        process.send_signal(signal.SIGHUP)
        assert_told(pgrade.finish(process, timeout=END_SECONDS), INTERRUPTED)
    assert whole_text(database) == before


def test_interrupted_while_replacing(source, database):
    """What was published before is still there, to the last row."""
    assert pgrade.run("upgrade", str(source), database.url).status == pgrade.OK
    before = whole_text(database)
    oids = database.execute("SELECT 'post'::regclass::oid, count(*) FROM post")
    with stopped_at("end of publishing", database, source, "--replace") as process:
        process.send_signal(signal.SIGINT)
        assert_told(pgrade.finish(process, timeout=END_SECONDS), INTERRUPTED)
    assert whole_text(database) == before
    assert database.execute("SELECT 'post'::regclass::oid, count(*) FROM post") == oids


def test_interrupted_while_it_waits_for_a_reader(source, database):
    """An application in the middle of a transaction keeps the swap waiting; Ctrl-C gives up."""
    assert pgrade.run("upgrade", str(source), database.url).status == pgrade.OK
    reader = database.connect()
    with reader.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM post")
    process = pgrade.start("upgrade", str(source), database.url, "--replace")
    poll(lambda: database.execute(QUEUED) != [(0,)], process)
    process.send_signal(signal.SIGINT)
    assert_told(pgrade.finish(process, timeout=END_SECONDS), INTERRUPTED)
    reader.close()
    assert not sessions_of(database)
    assert database.execute("SELECT count(*) FROM post") == [(3000,)]


def test_interrupted_while_it_reads_the_source(tmp_path, database):
    """Before anything is loaded, columns without a type are read: that may take long, and can be ended."""
    connection = sqlite3.connect(tmp_path / "app.db")
    connection.executescript(
        "CREATE TABLE slow (a, b, c); "
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000) "
        "INSERT INTO slow SELECT i, 'x' || i, i * 1.5 FROM n"
    )
    connection.close()
    process = pgrade.start("upgrade", str(tmp_path / "app.db"), database.url)
    poll(lambda: str(tmp_path / "app.db") in open_files(process), process)
    process.send_signal(signal.SIGINT)
    outcome = pgrade.finish(process, timeout=END_SECONDS)
    assert outcome.status == pgrade.FAILED, outcome
    assert sorted(whole_text(database)) == ["public"]


ORPHANS = """
CREATE TABLE parent (id INTEGER PRIMARY KEY);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent, note TEXT);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000)
INSERT INTO child SELECT i, i, 'note ' || i FROM n;
"""
TAKEN_OUT = """
    SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgrade' AND datname = current_database()
    AND query LIKE '%''thinned''%COMMIT' AND state <> 'active'"""


def test_interrupted_while_it_sets_orphans_aside(tmp_path, database):
    """Rows without a parent are out of the table; they are sought in the source, by pgrade alone."""
    connection = sqlite3.connect(tmp_path / "app.db")
    connection.executescript(ORPHANS)
    connection.close()
    before = whole_text(database)
    place = tmp_path / "aside.csv"
    process = pgrade.start(
        "upgrade", str(tmp_path / "app.db"), database.url, "--orphans=quarantine", "--trace-sql",
        f"--quarantine-file={place}",
    )  # fmt: skip
    poll(lambda: database.execute(TAKEN_OUT) == [(1,)], process)
    process.send_signal(signal.SIGINT)
    outcome = pgrade.finish(process, timeout=END_SECONDS)
    assert outcome.status == pgrade.FAILED and "pgrade: interrupted\n" in outcome.stderr, outcome
    told = re.findall(r'COPY "?pgrade_load"?\."?child"? .* TO STDOUT', outcome.stderr)
    assert len(told) == 1, "it is read back after the load, and no more when the search was ended"
    wait_until_no_session(database)
    assert whole_text(database) == before and os.listdir(tmp_path) == ["app.db"]


WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgrade' AND datname = current_database()
    AND wait_event_type = 'Lock'"""


@BOTH
def test_interrupted_while_rows_come_back(number, tmp_path, database):
    """The application holds the table; whoever gives up has lost nothing, and may try again."""
    connection = sqlite3.connect(tmp_path / "app.db")
    connection.executescript(
        "CREATE TABLE item (id INTEGER PRIMARY KEY, price DECIMAL(6, 2)); INSERT INTO item VALUES (1, 'x'), (2, 'y')"
    )
    connection.close()
    place = tmp_path / "aside.csv"
    words = ["upgrade", str(tmp_path / "app.db"), database.url, "--misfit=quarantine", f"--quarantine-file={place}"]
    assert pgrade.run(*words).status == pgrade.SHORTFALL
    place.write_text(place.read_text().replace('""x""', "1").replace('""y""', "2"))
    before = whole_text(database)
    holder = database.connect()
    with holder.cursor() as cursor:
        cursor.execute("LOCK TABLE item IN SHARE MODE")
    process = pgrade.start("upgrade", "--retry-quarantine", str(place), database.url)
    poll(lambda: database.execute(WAITING) == [(1,)], process)
    process.send_signal(number)
    assert_told(pgrade.finish(process, timeout=END_SECONDS), INTERRUPTED)
    holder.close()
    wait_until_no_session(database)
    assert whole_text(database) == before
    assert database.execute("SELECT count(*) FROM pgrade_record.quarantine") == [(2,)]
    assert pgrade.run("upgrade", "--retry-quarantine", str(place), database.url).status == pgrade.OK
    assert database.execute("SELECT id, price::int FROM item ORDER BY id") == [(1, 1), (2, 2)]


@contextlib.contextmanager
def silent_server():
    """Takes connections and says nothing, as a firewall or a hung server does."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(END_SECONDS)
        yield listener


@pytest.mark.core
@BOTH
def test_interrupted_while_it_connects(number, source):
    with silent_server() as listener:
        url = f"postgresql://me:pw@127.0.0.1:{listener.getsockname()[1]}/app"
        process = pgrade.start("upgrade", str(source), url)
        connection, _ = listener.accept()
        process.send_signal(number)
        assert_told(pgrade.finish(process, timeout=CONNECT_END_SECONDS), INTERRUPTED)
        connection.close()


def test_silent_server_of_several(source, database):
    """Each host has the time of connect_timeout; then the next one is asked."""
    with silent_server() as listener:
        hosts = f"127.0.0.1:{listener.getsockname()[1]},127.0.0.1:{database.cluster.port}"
        url = database.url.replace(f"127.0.0.1:{database.cluster.port}", hosts)
        assert hosts in url
        url += ("&" if "?" in url else "?") + "connect_timeout=2"
        outcome = pgrade.run("upgrade", str(source), url)
    assert outcome.status == pgrade.OK, outcome


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
def test_interrupted_at_any_moment(number, larger_source, database):
    """Later and later, until the run is done before the signal comes."""
    before = whole_text(database)
    delay, done = 0.0, False
    while not done:
        process = pgrade.start("upgrade", str(larger_source), database.url)
        time.sleep(delay)
        process.send_signal(number)
        outcome = pgrade.finish(process, timeout=END_SECONDS)
        done = outcome.status == pgrade.OK
        assert done or outcome.status in (pgrade.FAILED, -number), outcome
        if not done:
            wait_until_no_session(database)
            assert whole_text(database) == before, f"after {delay} s"
        delay += 0.02
    assert delay > 0.5, "the source is too small to be interrupted"
    assert database.execute("SELECT count(*) FROM post") == [(250_000,)]
