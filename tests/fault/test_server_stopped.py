"""The server is stopped, fast and at once, in each phase of both modes: when it is back, the target is as it was or
done, as was told, and the next run succeeds."""

import signal

import pytest

import pgrade
from cluster import Cluster
from cuts import LOST, UNKNOWN
from filled import CASES, Filling, make_source
from made import Making
from phases import CONNECTING, FILL, FRESH, LOOKING, phases
from stopped import end
from trouble import assert_clean, error_lines
from wire import Hold, Swallow, Wire

STOPS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}
END_SECONDS = 60
PHASES = {"fresh": FRESH, "fill": FILL}
# The others are under the marker `long`.
QUICK = {("loading", "immediate"), ("comparing", "fast"), ("publishing", "immediate"), ("commit", "fast")}


@pytest.fixture(scope="module")
def own_cluster():
    """Commits do not wait for the disk here, except where pgrade has them wait."""
    with Cluster() as running:
        yield running


@pytest.fixture(scope="module", params=PHASES)
def job(request, own_cluster, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    source = make_source(folder / "app.db", CASES["plain"])
    made = (
        Filling(own_cluster, CASES["plain"], source, str(folder / "aside"))
        if request.param == "fill"
        else Making(own_cluster, source)
    )
    made.table = PHASES[request.param]
    yield made
    made.drop()


LAST = "txid_current()"  # asked before the COMMIT that publishes; each COPY of a fresh run has a COMMIT too


def hold_in(job, phase):
    """At its last statement; a text, since of several connections the numbers are others each time."""
    told = [m for m, now in zip(job.messages, phases(job.messages, job.table)) if now == phase]
    if phase in (CONNECTING, LOOKING):
        mine = [m.number for m in told if m.connection == 1 and m.side == "client" and (m.text or m.kind == b"")]
        return Hold(mine[-1])
    texts = [text for text in job.table[phase] if any(m.text and text in m.text for m in told)]
    return Hold("COMMIT", behind=LAST) if phase == "commit" else Hold(texts[-1])


def stop_server(job, phase, number):
    """Of a COMMIT that is under way pgrade waits to hear, so the server is back before it ends."""
    database = job.database()
    with Wire(database, hold_in(job, phase)) as wire:
        process = job.start(wire.url)
        try:
            wire.wait_for_arrival(process)
            job.cluster.halt(number)
            if phase == "commit":
                job.cluster.go_on()
            outcome = pgrade.finish(process, END_SECONDS)
        finally:
            end(process)
            if job.cluster.server is None:
                job.cluster.go_on()
    return outcome


def cases():
    for phase in dict.fromkeys([CONNECTING, LOOKING, *FRESH, *FILL]):
        for stop in STOPS:
            marks = () if (phase, stop) in QUICK else pytest.mark.long
            yield pytest.param(phase, stop, marks=marks, id=f"{phase}-{stop}")


@pytest.mark.parametrize("phase, stop", cases())
def test_stopped(phase, stop, job):
    if phase not in (CONNECTING, LOOKING, *job.table):
        return  # of the other mode
    outcome = stop_server(job, phase, STOPS[stop])
    assert_clean(outcome)
    done = job.is_done()
    assert done == (phase == "after"), outcome
    assert done == (outcome.status == pgrade.OK) and (done or outcome.status in LOST), outcome
    if phase == "commit":
        assert "took everything back" in error_lines(outcome)["why"], outcome
    job.assert_next_run_succeeds(done)
    job.renew()


def test_stopped_at_once_after_the_commit(job):
    """What was committed waited for the disk, whatever the server's own setting."""
    with Wire(job.database(), Swallow("COMMIT", behind=LAST, then="refused")) as wire:
        process = job.start(wire.url)
        wire.wait_for_arrival(process)
        job.cluster.halt(signal.SIGQUIT)
        job.cluster.go_on()
        wire.listen_again()
        outcome = pgrade.finish(process, END_SECONDS)
    assert outcome.status == pgrade.OK and UNKNOWN not in outcome.stderr, outcome
    assert job.is_done()
    job.renew()
