"""One bit becomes another one under way, as no line with a checksum should let it: a run that succeeds all the same
has the right result, and no other does."""

import subprocess

import pytest

import pgrade
from cuts import PUBLISHED
from filled import CASES, Filling, make_source
from histogram import Histogram
from made import Making
from phases import FILL, FRESH, phases, sample
from stopped import end, wait_until_no_session
from wire import Corrupt, Wire

# Who waits for the rest of a message whose length is another now waits for ever.
PATIENCE_SECONDS = 20
EMPTY = 5


@pytest.fixture(scope="module")
def filling(cluster, tmp_path_factory):
    folder = tmp_path_factory.mktemp("corrupt")
    made = Filling(cluster, CASES["plain"], make_source(folder / "app.db", CASES["plain"]), str(folder / "aside"))
    yield made
    made.drop()


@pytest.fixture(scope="module")
def making(cluster, tmp_path_factory):
    made = Making(cluster, make_source(tmp_path_factory.mktemp("corrupt") / "app.db", CASES["plain"]))
    yield made
    made.drop()


def run_corrupted(job, fault):
    """The outcome, None where it had to be ended; and the phase."""
    with Wire(job.database(), fault) as wire:
        process = job.start(wire.url)
        try:
            outcome = pgrade.finish(process, PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            outcome = None
        finally:
            end(process)
    wait_until_no_session(job.database())
    return outcome, wire.struck and phases(wire.messages, job.table)[wire.struck.number - 1]


def corrupt_all(job, table, title, faults):
    job.table = table
    found = Histogram(title, ("refused", "right all the same", "had to be ended"))
    for fault in faults:
        outcome, phase = run_corrupted(job, fault)
        done = job.is_done()
        if outcome is None:
            found.add(phase, "had to be ended")
        else:
            assert "Sanitizer" not in outcome.stderr and "runtime error" not in outcome.stderr, outcome
            assert outcome.status >= 0, f"it crashed\n{outcome}"
            assert done or outcome.status not in PUBLISHED, (fault, outcome)
            found.add(phase or "after", "right all the same" if outcome.status in PUBLISHED else "refused")
        if done or table is FRESH:
            job.renew()
    found.show()
    assert found.total("refused")


def rows_of(job):
    """Some of the messages that hold rows, in both directions."""
    count = sum(m.kind == b"d" for m in job.messages)
    return [Corrupt(number, kind=b"d") for number in range(1, count + 1, count // 8)]


def last_bits(job, numbers):
    """Of messages that have more than a length."""
    return [Corrupt(number) for number in numbers if job.messages[number - 1].length > EMPTY]


@pytest.mark.long
def test_rows_of_a_fill(filling):
    corrupt_all(filling, FILL, "a bit of a row, fill", rows_of(filling))


def test_rows_of_a_fresh_upgrade(making):
    corrupt_all(making, FRESH, "a bit of a row, fresh", rows_of(making))


def test_messages_of_a_fill(filling):
    """Also what the server says of the tables, of which their keys are made again."""
    numbers = sample(filling.messages, FILL, each=1)
    corrupt_all(filling, FILL, "the last bit of a message, fill", last_bits(filling, numbers))


@pytest.mark.long
def test_every_message_of_a_fill(filling):
    numbers = [message.number for message in filling.messages]
    corrupt_all(filling, FILL, "the last bit of every message, fill", last_bits(filling, numbers))
