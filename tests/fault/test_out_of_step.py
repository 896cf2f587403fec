"""A byte of a message's length becomes another under way: each side then waits for the other.  The run ends by itself,
says so, and the target is as it was; a server that takes its time is waited for."""

import os
import subprocess

import pytest

import pgrade
from cuts import PUBLISHED
from filled import CASES, make_source
from gate import LockInBackground, poll
from histogram import Histogram
from made import Making
from phases import FRESH, phases
from stopped import end, wait_until_no_session
from wire import Corrupt, Wire

HERE = os.path.dirname(os.path.abspath(__file__))
SECONDS = 60
ANSWERS = 3  # of the server, before it is no longer waited for
THIRD_BYTE = 3  # of four; the kind of the message stands before them
WAITED = "each side waited for the other"
# What a client may send and a server may answer; others go without a length that counts.
KINDS = (b"Q", b"P", b"d", b"D", b"T")


@pytest.fixture(scope="module")
def hurry(tmp_path_factory):
    """The environment in which pgrade waits shorter."""
    path = tmp_path_factory.mktemp("hurry") / "hurry.so"
    source = os.path.join(HERE, "hurry.c")
    command = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", str(path), source, "-ldl"]
    subprocess.run(command, check=True)
    return {"LD_PRELOAD": str(path), "ASAN_OPTIONS": "verify_asan_link_order=0"}


class Hurried(Making):
    environment = {}

    def start(self, url):
        return pgrade.start(*self.words(url), directory=self.folder, **self.environment)


@pytest.fixture(scope="module")
def making(cluster, tmp_path_factory, hurry):
    source = make_source(tmp_path_factory.mktemp("step") / "app.db", CASES["plain"])
    made = Hurried(cluster, source)
    made.environment = hurry
    yield made
    made.drop()


def run_with_another_length(making, number):
    """The outcome, and the phase."""
    with Wire(making.database(), Corrupt(number, THIRD_BYTE)) as wire:
        process = making.start(wire.url)
        try:
            outcome = pgrade.finish(process, SECONDS)
        finally:
            end(process)
    wait_until_no_session(making.now)
    return outcome, wire.struck and phases(wire.messages, FRESH)[number - 1]


def disturb(making, title, numbers):
    found = Histogram(title, ("waited for nothing", "failed otherwise", "right all the same"))
    for number in numbers:
        outcome, phase = run_with_another_length(making, number)
        done = making.is_done()
        assert outcome.status >= 0 and "Sanitizer" not in outcome.stderr, outcome
        assert done or outcome.status not in PUBLISHED, (number, outcome)
        ended = "right all the same" if done else "waited for nothing" if WAITED in outcome.stderr else "failed otherwise"
        found.add(phase or "after", ended)
        making.renew()
    found.show()
    return found


def of_kinds(making, numbers):
    return [number for number in numbers if making.messages[number - 1].kind in KINDS]


def test_length_of_a_message(making):
    """One of each kind, where it loads and reads back."""
    by_kind = {}
    for message, phase in zip(making.messages, phases(making.messages, FRESH)):
        if phase in ("loading", "reading back", "constraints"):
            by_kind.setdefault((message.side, message.kind), message.number)
    numbers = [number for (_, kind), number in sorted(by_kind.items()) if kind in KINDS]
    assert len(numbers) >= 4
    found = disturb(making, "another length, one of a kind", numbers)
    assert found.total("waited for nothing") >= 3


@pytest.mark.long
def test_length_of_many_messages(making):
    numbers = of_kinds(making, [message.number for message in making.messages][::2])
    disturb(making, "another length, every other message", numbers)


WAITING = """
    SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgrade' AND wait_event_type = 'Lock'"""


def test_slow_server_is_waited_for(making):
    """It waits for somebody else, and is asked more often than it is where a message was damaged."""
    database = making.database()
    assert pgrade.run(*making.words(database.url)).status == pgrade.OK
    holder = LockInBackground(database, "post")
    holder.wait()
    with Wire(database) as wire:
        process = pgrade.start(*making.words(wire.url), "--replace", directory=making.folder, **making.environment)
        try:
            poll(lambda: database.execute(WAITING) != [(0,)], process)
            before = len(wire.links)
            poll(lambda: len(wire.links) > before + ANSWERS, process)
            holder.close()
            outcome = pgrade.finish(process, SECONDS)
        finally:
            end(process)
            holder.close()
    assert outcome.status == pgrade.OK and making.is_done(), outcome
    making.renew()
