"""The connection breaks while the application's own tables are filled, behind every message of the protocol:
their schema is what it was, their rows are none or all, and what is told is the truth."""

import os

import pytest

import pgrade
from cuts import assert_truthful, trials
from filled import CASES, Filling, make_source
from histogram import Histogram
from phases import FILL, sample
from wire import Cut, Delay, Wire


@pytest.fixture(scope="module", params=CASES)
def filling(request, cluster, tmp_path_factory):
    case, folder = CASES[request.param], tmp_path_factory.mktemp("fill")
    made = Filling(cluster, case, make_source(folder / "app.db", case), str(folder / "aside"))
    yield made
    made.drop()


def cut_all(filling, title, numbers=None, within=()):
    def cut(number):
        return Cut(after=number, inside=number in within)

    found = Histogram(title, ("rows none", "rows all"))
    for trial in trials(filling.database, filling.start, FILL, numbers, cut):
        done = filling.is_done()
        found.add(trial.phase, "rows all" if done else "rows none")
        assert_truthful(trial, done)
        assert not trial.unknown, f"the server could be asked\n{trial}"
        assert trial.phase in ("commit", "after") or not done or trial.only_asked, trial
        filling.assert_file_is_whole()
        assert os.path.exists(filling.file) == bool(done and filling.case.long_titles), trial
        if done:
            filling.renew()
    if numbers is None:  # the last one was not cut
        assert filling.is_done()
        filling.renew()
    found.show()
    assert found.total("rows all") and found.total("rows none")


def test_cut_in_each_phase(filling):
    """At a few messages of each: behind every other one, and within those between."""
    numbers = sample(filling.messages, FILL, each=1)
    cut_all(filling, "cut, a sample", numbers, within=numbers[::2])


@pytest.mark.long
@pytest.mark.parametrize("inside", [False, True], ids=["behind", "inside"])
def test_cut_at_every_message(inside, filling):
    cut_all(filling, f"cut {'inside' if inside else 'behind'} every message", within=range(10**6) if inside else ())


def test_slow_line(filling):
    """Nothing depends on how long a message is under way."""
    with Wire(filling.database(), Delay(0.001)) as wire:
        outcome = pgrade.finish(filling.start(wire.url))
    assert outcome.status == filling.case.status, outcome
    assert filling.is_done()
    filling.renew()
