"""The moments of an upgrade at which it can be stopped, in their order, and what must hold afterwards."""

import contextlib

import pgrade
from catalog_text import whole_text
from compare import compare
from gate import Gate, LockInBackground, poll

# Each a part of the statement before which the run is stopped; of several in one text, the kind of it.
MOMENTS = {
    "load schema": ("CREATE SCHEMA",),
    "tables": ('CREATE TABLE "pgrade_load"."author"',),
    "first row": ("COPY",),
    "last row": ("COPIED",),
    "indexes": ("CREATE INDEX",),
    "unique indexes": ("CREATE UNIQUE INDEX",),
    "keys": ("PRIMARY KEY USING INDEX",),
    "foreign keys": ("NOT VALID",),
    "validation": ("VALIDATE CONSTRAINT",),
    "checks": ("CHECK (",),
    "publishing": ("SET SCHEMA",),
    "end of publishing": ("SET SCHEMA", "DROP SCHEMA"),
}

# Of a run that fills the application's own tables.
FILL_MOMENTS = {
    "keys away": ("DROP CONSTRAINT",),
    "sequences": ("RESTART WITH",),
    "keys back": ("ADD CONSTRAINT",),
    "comments back": ("COMMENT ON CONSTRAINT", "COMMENT"),
}

READING_BACK = """
    SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'COPY%%STDOUT%%'"""
QUEUED = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"


@contextlib.contextmanager
def stopped_at(moment, database, source, *options):
    """The run stands at that moment while the block is executed."""
    with Gate(database, *(MOMENTS | FILL_MOMENTS)[moment]) as gate:
        process = pgrade.start("upgrade", str(source), database.url, *options)
        try:
            gate.wait_for_arrival(process)
            yield process
        finally:
            end(process)


@contextlib.contextmanager
def stopped_while_reading_back(database, source, *options):
    """Nothing fires when rows are read, so the table is locked between its COPY and what follows.

    Gives the process and a function that takes the lock away.
    """
    with Gate(database, "COPIED") as gate:
        process = pgrade.start("upgrade", str(source), database.url, *options)
        try:
            gate.wait_for_arrival(process)
            holder = LockInBackground(database, "pgrade_load.post")
            poll(lambda: gate.execute(QUEUED) != [(0,)])
            gate.open()
            holder.wait()
            poll(lambda: gate.execute(READING_BACK) != [(0,)], process)
            yield process, holder.close
        finally:
            end(process)
            holder.close()


def wait_until_not_reading_back(database):
    poll(lambda: database.execute(READING_BACK) == [(0,)])


def end(process):
    """Nothing is left running, whatever the test found."""
    if process.poll() is None:
        process.kill()
    process.communicate()


def sessions_of(database):
    return database.execute(
        "SELECT pid, state, query FROM pg_stat_activity WHERE application_name = 'pgrade' AND datname = %s",
        (database.name,),
    )


def wait_until_no_session(database):
    poll(lambda: not sessions_of(database), seconds=30)


def assert_next_run_succeeds(database, source, before):
    """The same as without the interruption; what was left is cleaned up."""
    assert {name: text for name, text in whole_text(database).items() if name != "pgrade_load"} == before
    outcome = pgrade.upgrade(source, database.url)
    assert outcome.status == pgrade.OK, outcome
    result = compare(source, database.url, outcome.report, probe=True)
    assert result.equal, result
    assert sorted(whole_text(database)) == ["pgrade_record", "public"]
    return outcome
