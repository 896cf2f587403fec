"""kill -9, at every moment: the public schema is as it was, and the next run goes on and succeeds."""

import time

import pytest

import pgrade
from catalog_text import whole_text
from gate import Gate
from stopped import (
    MOMENTS,
    assert_next_run_succeeds,
    end,
    stopped_at,
    stopped_while_reading_back,
    wait_until_no_session,
)
from untouched import Untouched

# The server may do what it was told, or notice before that its client is gone.
WHILE_TABLES_ARE_MADE = ("load schema", "tables")


@pytest.mark.core
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed(moment, source, database):
    before, files = whole_text(database), Untouched(source.parent)
    with stopped_at(moment, database, source) as process:
        process.kill()
        process.wait()
    wait_until_no_session(database)
    assert files.differences() == []
    outcome = assert_next_run_succeeds(database, source, before)
    if moment not in WHILE_TABLES_ARE_MADE:
        assert outcome.report["resumed"] is not None
        assert "going on with the run of" in outcome.stderr and "--abandon" in outcome.stderr


def test_killed_while_reading_back(source, database):
    before = whole_text(database)
    with stopped_while_reading_back(database, source) as (process, unlock):
        process.kill()
        process.wait()
        unlock()
    wait_until_no_session(database)
    assert_next_run_succeeds(database, source, before)


PASS_BY = """
    CREATE OR REPLACE FUNCTION test_gate.stop_copy() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$"""


@pytest.mark.core
def test_sessions_of_a_killed_run_are_ended(source, database):
    """The server does not notice that its client has gone while it works for it, and keeps its locks."""
    before = whole_text(database)
    with Gate(database, "COPY") as gate:
        process = pgrade.start("upgrade", str(source), database.url)
        gate.wait_for_arrival(process)
        end(process)
        # The tables are gone on with, and their triggers are not to stop that.
        gate.execute(PASS_BY)
        assert_next_run_succeeds(database, source, before)


def test_killed_before_the_swap(source, database):
    assert pgrade.run("upgrade", str(source), database.url).status == pgrade.OK
    oid = database.execute("SELECT 'post'::regclass::oid")
    with stopped_at("validation", database, source, "--replace") as process:
        process.kill()
        process.wait()
    wait_until_no_session(database)
    assert database.execute("SELECT 'post'::regclass::oid") == oid
    outcome = pgrade.run("upgrade", str(source), database.url, "--replace")
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT 'post'::regclass::oid") != oid


def test_load_schema_of_somebody_else(source, database):
    """Only what pgrade made itself is dropped, whatever it is called."""
    database.execute("CREATE SCHEMA pgrade_load; CREATE TABLE pgrade_load.mine (id integer)")
    outcome = pgrade.run("upgrade", str(source), database.url)
    assert outcome.status == pgrade.REFUSED, outcome
    assert "pgrade_load" in outcome.stderr and "ALTER SCHEMA" in outcome.stderr
    assert database.execute("SELECT count(*) FROM pgrade_load.mine") == [(0,)]


@pytest.mark.long
def test_killed_at_any_moment(larger_source, database):
    """Later and later, each run finding what the one before left."""
    before = whole_text(database)
    delay, done = 0.0, False
    while not done:
        process = pgrade.start("upgrade", str(larger_source), database.url)
        time.sleep(delay)
        process.kill()
        done = pgrade.finish(process).status == pgrade.OK
        published = (
            done or "public" in whole_text(database) and whole_text(database)["public"] != before["public"]
        )
        if published:
            break
        delay += 0.02
    assert delay > 0.5, "the source is too small to be killed"
    assert database.execute("SELECT count(*) FROM post") == [(250_000,)]
