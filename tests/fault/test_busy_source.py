"""A source that an application writes 500 times a second while it is upgraded, in both journal modes."""

import datetime
import os
import re
import sqlite3
import subprocess
import sys

import pytest

import busy_writer
import pgrade
from catalog_text import table_names
from compare import compare
from gate import Gate, poll

RATE = 500
MODES = ["wal", "delete"]
SLACK = 1.0  # seconds between looking at the clock and taking the lock, on a machine that is busy


class Writer:
    def __init__(self, path, patience_ms):
        self.ledger = f"{path}-ledger"
        self.process = subprocess.Popen(
            [sys.executable, busy_writer.__file__, str(path), self.ledger, str(RATE), str(patience_ms)],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()

    def count(self):
        return busy_writer.committed(self.ledger)

    def write_on(self, transactions=RATE):
        goal = self.count() + transactions
        poll(lambda: self.count() >= goal, self.process)

    def end(self):
        """The ledger, of a writer that never failed."""
        _, told = self.process.communicate("")
        assert self.process.returncode == 0, told
        return busy_writer.read_ledger(self.ledger)


def upgrade_beside(writer, path, database, *options):
    """A second's transactions before it begins, two beside it: between its plan and its load, and before the end."""
    writer.write_on()
    with Gate(database, "CREATE TABLE") as gate:
        process = pgrade.start("upgrade", str(path), database.url, "--json", *options)
        gate.wait_for_arrival(process)
        writer.write_on(2 * RATE)
        gate.open()
        outcome = pgrade.finish(process)
    writer.write_on(50)
    return outcome


def moment_of(outcome):
    text = outcome.report["snapshot"]["at"].removesuffix(" UTC")
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc).timestamp()


def state_after(path, number, megabytes):
    """The same transactions, made anew, by themselves."""
    busy_writer.make(path, "delete", megabytes)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    for each in range(1, number + 1):
        busy_writer.transact(connection, each)
    connection.close()
    return path


def printed_stall(outcome):
    found = re.search(r"writers waited (\d+) ms at most", outcome.stderr)
    return int(found[1]) if found else 0


def stall_of_a_copy(path):
    """As it is printed where a program has the file open; one that nobody has open is read without a copy."""
    application = sqlite3.connect(path)
    application.execute("SELECT count(*) FROM entry").fetchall()
    try:
        return printed_stall(pgrade.run("plan", str(path)))
    finally:
        application.close()


def assert_state_of_its_moment(outcome, ledger, database, path, megabytes):
    moment = moment_of(outcome)
    (arrived,), = database.execute("SELECT coalesce(max(id), 0) FROM entry")
    before = [entry for entry in ledger if entry[2] < moment - 0.001]
    assert len(before) <= arrived < len(ledger), "what was committed before the moment is there"
    assert ledger[arrived - 1][1] < moment + SLACK, "what began after it is not"
    result = compare(state_after(path, arrived, megabytes), database.url, outcome.report, probe=True)
    assert result.equal, result


@pytest.mark.core
@pytest.mark.parametrize("mode", MODES)
def test_guard_names_the_tables(mode, tmp_path, database):
    path = tmp_path / "app.db"
    busy_writer.make(path, mode)
    with Writer(path, patience_ms=1000) as writer:
        outcome = upgrade_beside(writer, path, database)
        writer.end()
    assert outcome.status == pgrade.REFUSED, outcome
    assert "changed: entry, account, recent; nothing was published" in outcome.stderr
    assert table_names(database) == []


@pytest.mark.core
@pytest.mark.parametrize("mode", MODES)
def test_snapshot_is_the_state_of_its_moment(mode, tmp_path, database):
    path = tmp_path / "app.db"
    busy_writer.make(path, mode, megabytes=2)
    with Writer(path, patience_ms=1000) as writer:
        outcome = upgrade_beside(writer, path, database, "--snapshot", "--workers", "4")
        ledger = writer.end()
    assert outcome.status == pgrade.OK, outcome
    assert outcome.report["snapshot"]["written_since"]
    assert_state_of_its_moment(outcome, ledger, database, tmp_path / "expected.db", megabytes=2)


@pytest.mark.long
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("megabytes", [20, 200, 1000])
def test_stall(mode, megabytes, tmp_path, database):
    """A writer whose patience is a little above the printed stall never fails."""
    path = tmp_path / "app.db"
    busy_writer.make(path, mode, megabytes)
    expected = stall_of_a_copy(path)
    with Writer(path, patience_ms=2 * expected + 100) as writer:
        outcome = upgrade_beside(writer, path, database, "--snapshot", "--exclude", "quiet")
        ledger = writer.end()
    assert outcome.status == pgrade.SHORTFALL, outcome
    waits = sorted(done - began for _, began, done in ledger)
    seconds = ledger[-1][2] - ledger[0][1]
    print(
        f"\n{mode}, {os.path.getsize(path) / 1e6:.0f} MB: printed {printed_stall(outcome)} ms; {len(ledger)} transactions,"
        f" {len(ledger) / seconds:.0f} a second; longest {waits[-1] * 1e3:.0f} ms,"
        f" 99.9 % within {waits[int(len(waits) * 0.999)] * 1e3:.1f} ms"
    )
