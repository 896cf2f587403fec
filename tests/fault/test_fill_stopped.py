"""A fill that is ended by Ctrl-C, SIGTERM or kill -9 in each of its phases, a statement being under way: the rows
that were there before are what they were, the schema is, and no file lies half-written under its name."""

import os
import signal

import pytest

import pgrade
from cuts import LOST, PUBLISHED
from filled import CASES, Filling, make_source
from gate import poll
from phases import CONNECTING, FILL, LOOKING, phases
from stopped import end, wait_until_no_session
from trouble import assert_clean, error_lines
from wire import Hold, Wire

SIGNALS = {"INT": signal.SIGINT, "TERM": signal.SIGTERM, "KILL": signal.SIGKILL}
PHASES = [CONNECTING, LOOKING, *FILL]
END_SECONDS = 20


# One way of ending each case; the others are under the marker `long`.
QUICK = {"plain": "TERM", "replace": "INT", "quarantine": "KILL"}


@pytest.fixture(scope="module")
def filling(request, cluster, tmp_path_factory):
    case, folder = CASES[request.param], tmp_path_factory.mktemp("fill")
    made = Filling(cluster, case, make_source(folder / "app.db", case), str(folder / "aside"))
    yield made
    made.drop()


def statement_of(filling, phase):
    """The last one of the phase: all that the phase does before it is done."""
    pairs = zip(filling.messages, phases(filling.messages, FILL))
    return [m.number for m, now in pairs if now == phase and m.side == "client" and (m.text or m.kind == b"")][-1]


def has_taken(process, number):
    """The signal was handled, or the process is gone."""
    if process.poll() is not None:
        return True
    with open(f"/proc/{process.pid}/status", encoding="ascii") as stream:
        pending = [int(line.split()[1], 16) for line in stream if line.startswith(("SigPnd", "ShdPnd"))]
    return not any(mask >> (number - 1) & 1 for mask in pending)


def stop(filling, phase, number):
    """The statement goes on to the server when the signal has come."""
    with Wire(filling.database(), Hold(statement_of(filling, phase))) as wire:
        process = filling.start(wire.url)
        try:
            wire.wait_for_arrival(process)
            process.send_signal(number)
            poll(lambda: has_taken(process, number))
            if number != signal.SIGKILL:
                wire.release()
            return pgrade.finish(process, END_SECONDS)
        finally:
            end(process)


def ways():
    """Every phase ends one way in the ordinary run: all of the plain case, and of the others every second."""
    for place, (case, quick) in enumerate(QUICK.items()):
        for name in SIGNALS:
            for number, phase in enumerate(PHASES):
                now = name == quick and (case == "plain" or (number + place) % 2 == 0)
                yield pytest.param(case, name, phase, marks=() if now else pytest.mark.long, id=f"{case}-{name}-{phase}")


@pytest.mark.parametrize("filling, name, phase", ways(), indirect=["filling"])
def test_stopped(name, phase, filling):
    outcome = stop(filling, phase, SIGNALS[name])
    wait_until_no_session(filling.database())
    done = filling.is_done()
    filling.assert_file_is_whole()
    if name != "KILL":
        assert_clean(outcome)
        assert done == (outcome.status in PUBLISHED), outcome
        assert done or "interrupted" in error_lines(outcome)["pgrade"] and outcome.status in LOST, outcome
        assert sorted(os.listdir(filling.folder)) == (["aside.csv"] if done and filling.case.long_titles else [])
    assert done == (phase == "after") or phase == "commit", outcome
    if done:
        filling.renew()
    else:
        filling.empty_folder()
