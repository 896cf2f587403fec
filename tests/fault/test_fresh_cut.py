"""The connections break behind every message of the protocol while pgrade makes the tables: users of the target see
nothing or all of it, what is told is the truth, and the next run takes away what was left."""

import pytest

from compare import compare
from cuts import assert_truthful, trials
from filled import CASES, make_source
from histogram import Histogram
from made import Making
from phases import FRESH, sample
from wire import Cut


@pytest.fixture(scope="module")
def making(cluster, tmp_path_factory):
    made = Making(cluster, make_source(tmp_path_factory.mktemp("fresh") / "app.db", CASES["plain"]))
    yield made
    made.drop()


def cut_all(making, title, numbers=None, within=()):
    def cut(number):
        return Cut(after=number, inside=number in within)

    found = Histogram(title, ("nothing seen", "all published"))
    for trial in trials(making.database, making.start, FRESH, numbers, cut):
        done = making.is_done()
        found.add(trial.phase or "not reached", "all published" if done else "nothing seen")
        assert_truthful(trial, done)
        assert not trial.unknown, f"the server could be asked\n{trial}"
        if done or numbers:  # those count on a database without leftovers
            making.assert_next_run_succeeds(done)
            making.renew()
    if numbers is None:  # the last one was not cut
        making.renew()
    found.show()
    assert found.total("nothing seen") and found.total("all published")
    outcome = making.assert_next_run_succeeds(False)
    assert compare(making.source, making.now.url, outcome.report).equal
    making.renew()


def test_cut_in_each_phase(making):
    """At a few messages of each: behind every other one, and within those between."""
    numbers = sample(making.messages, FRESH, each=1)
    cut_all(making, "fresh, cut, a sample", numbers, within=numbers[::2])


@pytest.mark.long
@pytest.mark.parametrize("inside", [False, True], ids=["behind", "inside"])
def test_cut_at_every_message(inside, making):
    within = range(10**6) if inside else ()
    cut_all(making, f"fresh, cut {'inside' if inside else 'behind'} every message", within=within)
