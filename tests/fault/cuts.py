"""Runs disturbed at the Nth message: for every N, or for some of each phase; with what then was told.

    messages = undisturbed(database, start).messages
    for trial in trials(database, start, FILL, numbers=sample(messages, FILL)):
        ...      # look at the database, at trial.outcome; trial.phase tells where it was

`start(url)` starts a run and gives the process, as pgrade.start() does.  Without numbers they are 1, 2, 3, ...
until a run ends that had fewer messages; that last one is not given.
"""

import dataclasses
import itertools

import pgrade
from phases import phases
from stopped import end, wait_until_no_session
from trouble import assert_clean, error_lines
from wire import Cut, Wire

PUBLISHED = (pgrade.OK, pgrade.SHORTFALL)
LOST = (pgrade.FAILED, pgrade.UNREACHABLE)
UNKNOWN = "whether it was done is not known"
SECONDS = 120
OPENING = ("SET ", "SELECT current_setting('extra_float_digits')", "SELECT version()", "SELECT pg_catalog.pg_backend_pid()")


@dataclasses.dataclass
class Trial:
    number: int
    phase: str  # of the message at which it was disturbed; None: the run had fewer
    outcome: pgrade.Outcome
    wire: Wire

    @property
    def published(self):
        return self.outcome.status in PUBLISHED

    @property
    def unknown(self):
        return UNKNOWN in self.outcome.stderr

    @property
    def only_asked(self):
        """The connection was one of the two that ask whether a pooler stands between: without an answer there is none."""
        struck = self.wire.struck.connection
        texts = [message.text for message in self.wire.messages if message.connection == struck and message.text]
        return all(text.startswith(OPENING) for text in texts)

    def __str__(self):
        return f"message {self.number}, {self.phase}, {self.wire.struck}\n{self.outcome}"


def undisturbed(database, start):
    with Wire(database) as wire:
        outcome = pgrade.finish(start(wire.url), SECONDS)
        assert outcome.status in PUBLISHED, outcome
    return wire


def run_through(database, start, table, fault):
    with Wire(database, fault) as wire:
        process = start(wire.url)
        try:
            outcome = pgrade.finish(process, SECONDS)
        finally:
            end(process)
    wait_until_no_session(database)
    struck = wire.struck
    phase = struck and phases(wire.messages, table)[struck.number - 1]
    return Trial(struck and struck.number, phase, outcome, wire)


def trials(database, start, table, numbers=None, fault=lambda number: Cut(after=number)):
    """`database()` gives the one to work in."""
    for number in numbers or itertools.count(1):
        trial = run_through(database(), start, table, fault(number))
        if trial.phase is None and numbers is None:
            assert number > 50, trial
            return
        yield trial


def assert_truthful(trial, done):
    """`done`: what was found in the database is all, not nothing."""
    assert_clean(trial.outcome)
    if trial.published:
        assert done, trial
        return
    assert trial.outcome.status in LOST, trial
    lines = error_lines(trial.outcome)
    if trial.unknown:
        assert trial.phase == "commit" and "txid_status(" in lines["try"], trial
        return
    assert not done, trial
    says = lines["pgrade"] + lines.get("try", "")
    assert "cannot connect" in says or "nothing was published" in says, trial
