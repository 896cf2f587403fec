"""Stops pgrade at a chosen statement, on the server, until the gate is opened or the session is ended.

An event trigger waits for an advisory lock that the test holds, so nothing depends on how fast anybody is.

    with Gate(database, "CREATE UNIQUE INDEX") as gate:
        process = pgrade.start("upgrade", ...)
        gate.wait_for_arrival(process)
        ...
        gate.open()
"""

import os
import time

import psycopg2

ARRIVAL_SECONDS = 120
KEY = 4242

SETUP = """
CREATE SCHEMA test_gate;
CREATE FUNCTION test_gate.pass() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_catalog.pg_advisory_lock_shared({key});
    PERFORM pg_catalog.pg_advisory_unlock_shared({key});
END $$;
CREATE FUNCTION test_gate.stop_statement() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF pg_catalog.current_setting('application_name') = 'pgrade'
       AND pg_catalog.strpos(pg_catalog.current_query(), {pattern}) > 0 THEN
        PERFORM test_gate.pass();
    END IF;
END $$;
CREATE FUNCTION test_gate.stop_copy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM test_gate.pass();
    RETURN NULL;
END $$;
CREATE FUNCTION test_gate.watch_tables() RETURNS event_trigger LANGUAGE plpgsql AS $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT object_identity FROM pg_catalog.pg_event_trigger_ddl_commands()
                WHERE object_type = 'table' AND schema_name = 'pgrade_load'
                AND object_identity <> 'pgrade_load.pgrade_journal' LOOP
        EXECUTE 'CREATE TRIGGER gate {moment} INSERT ON ' || made.object_identity
                || ' FOR EACH STATEMENT EXECUTE FUNCTION test_gate.stop_copy()';
    END LOOP;
END $$;
"""
WATCH_STATEMENTS = (
    "CREATE EVENT TRIGGER test_gate ON ddl_command_start EXECUTE FUNCTION test_gate.stop_statement()"
)
WATCH_COPIES = """
CREATE EVENT TRIGGER test_gate ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
    EXECUTE FUNCTION test_gate.watch_tables()"""
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted"


class Gate:
    """`text` is a part of what was sent; "COPY" stops before the first row, "COPIED" after the last one.

    `tag` tells which of several statements that were sent together is meant, as in "DROP SCHEMA".
    """

    def __init__(self, database, text, tag=None):
        self.database = database
        self.text = text
        self.when = f"WHEN TAG IN ('{tag}')" if tag else ""
        self.connection = None

    def __enter__(self):
        self.connection = self.database.connect(application_name="gate")
        self.connection.autocommit = True
        moment = "AFTER" if self.text == "COPIED" else "BEFORE"
        copies = self.text in ("COPY", "COPIED")
        pattern = "'" + self.text.replace("'", "''") + "'"
        self.execute(SETUP.format(key=KEY, pattern=pattern, moment=moment))
        self.execute(WATCH_COPIES if copies else WATCH_STATEMENTS.format(when=self.when))
        self.execute(f"SELECT pg_advisory_lock({KEY})")
        return self

    def __exit__(self, *_):
        self.open()
        self.execute("DROP EVENT TRIGGER test_gate")
        self.execute("SET client_min_messages = error")
        self.execute("DROP SCHEMA test_gate CASCADE")
        self.connection.close()

    def execute(self, sql, parameters=None):
        with self.connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    def open(self):
        self.execute("SELECT pg_advisory_unlock_all()")

    def wait_for_arrival(self, process):
        """Until a session stands before the gate; fails when the process ends without having come by."""
        poll(lambda: self.execute(WAITING, (KEY,)) != [(0,)], process)


def poll(condition, process=None, seconds=ARRIVAL_SECONDS):
    """Waits until the condition holds, as long as the process (if any is given) lives."""
    deadline = time.monotonic() + seconds
    while not condition():
        if process is not None and process.poll() is not None:
            raise AssertionError(f"it ended before: {process.communicate()}")
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s")
        time.sleep(0.01)


class LockInBackground:
    """Queues for an exclusive lock on the table without waiting for it."""

    def __init__(self, database, table):
        self.connection = psycopg2.connect(database.url, application_name="gate", async_=1)
        self.wait()
        self.cursor = self.connection.cursor()
        self.cursor.execute(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")

    def wait(self):
        """Until the connection stands; later, until it has the lock."""
        poll(lambda: self.connection.poll() == psycopg2.extensions.POLL_OK)

    def close(self):
        self.connection.close()


def open_files(process):
    """The paths of the files that the process has open now."""
    folder = f"/proc/{process.pid}/fd"
    try:
        return [os.readlink(f"{folder}/{name}") for name in os.listdir(folder)]
    except OSError:
        return []
