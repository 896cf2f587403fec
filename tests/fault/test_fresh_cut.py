"""The connections break behind every message of the protocol while pgrade makes the tables: users of the target see
nothing or all of it, what is told is the truth, and the next run takes away what was left."""

import pytest

import pgrade
from compare import compare
from cuts import assert_truthful, trials, undisturbed
from filled import CASES, CONTENT, make_source
from histogram import Histogram
from one_connection import OneConnection
from catalog_text import whole_text
from phases import FRESH, sample
from wire import Cut


class Making:
    """Each run finds what the one before left, until somebody wants a new database."""

    def __init__(self, cluster, source):
        self.cluster = cluster
        self.source = source
        self.now = None
        self.before = whole_text(self.database())
        self.messages = undisturbed(self.now, self.start).messages
        self.after = self.state()
        self.renew()

    def database(self):
        if self.now is None:
            self.now = self.cluster.create_database()
        return self.now

    def renew(self):
        self.now.drop()
        self.now = None

    def start(self, url):
        return pgrade.start("upgrade", str(self.source), url)

    def state(self):
        """Without what nobody looks at."""
        with OneConnection(self.now) as looking:
            schemas = whole_text(looking)
            schemas.pop("pgrade_load", None)
            rows = looking.execute(CONTENT) if len(schemas["public"]) > 0 else None
        return schemas, rows

    def is_done(self):
        state = self.state()
        done = state == self.after
        assert done or state == (self.before, None), state
        return done


@pytest.fixture(scope="module")
def making(cluster, tmp_path_factory):
    made = Making(cluster, make_source(tmp_path_factory.mktemp("fresh") / "app.db", CASES["plain"]))
    yield made
    if made.now:
        made.renew()


def assert_next_run_succeeds(making, done):
    outcome = pgrade.upgrade(making.source, making.database().url, *(["--replace"] if done else []))
    assert outcome.status == pgrade.OK, outcome
    assert making.is_done() and "pgrade_load" not in whole_text(making.now)
    return outcome


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
            assert_next_run_succeeds(making, done)
            making.renew()
    found.show()
    assert found.total("nothing seen") and found.total("all published")
    outcome = assert_next_run_succeeds(making, False)
    assert compare(making.source, making.now.url, outcome.report).equal
    making.renew()


def test_cut_in_each_phase(making):
    """At a few messages of each: behind every other one, and within those between."""
    numbers = sample(making.messages, FRESH, each=2)
    cut_all(making, "fresh, cut, a sample", numbers, within=numbers[::2])


@pytest.mark.long
@pytest.mark.parametrize("inside", [False, True], ids=["behind", "inside"])
def test_cut_at_every_message(inside, making):
    within = range(10**6) if inside else ()
    cut_all(making, f"fresh, cut {'inside' if inside else 'behind'} every message", within=within)
