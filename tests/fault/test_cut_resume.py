"""Disturbed at every message of the protocol, each run is gone on with: what it leaves is what a run leaves that
nobody disturbed, by pg_dump, with the positions of sequences, the rows that were set aside and their file."""

import sqlite3

import pytest

from cuts import assert_truthful, run_through
from filled import CASES, make_source
from gate import poll
from histogram import Histogram
from made import Making
from phases import FRESH, phases, sample
from stopped import end, wait_until_no_session
from wire import Cut, Hold, Wire

MORE = """
CREATE TABLE tag (id INTEGER PRIMARY KEY AUTOINCREMENT, word VARCHAR(20) NOT NULL CHECK (length(word) > 0), since DATE);
CREATE TABLE post_tag (post_id INTEGER REFERENCES post (id), tag_id INTEGER REFERENCES tag (id),
    PRIMARY KEY (post_id, tag_id));
INSERT INTO tag (word, since) VALUES ('one', '2001-02-03'), ('two', NULL), ('gone', 'some day'), ('last', 'one day');
DELETE FROM tag WHERE word = 'last';
INSERT INTO post_tag SELECT id, 1 + id % 2 FROM post;
CREATE INDEX tag_word ON tag (lower(word));
CREATE VIEW tagged AS SELECT title, word FROM post JOIN post_tag ON post_id = post.id JOIN tag ON tag_id = tag.id;
"""
OPTIONS = ("--misfit", "quarantine", "--orphans", "quarantine")
ENDS = ("from the beginning", "gone on with", "had published")


@pytest.fixture(scope="module")
def making(cluster, tmp_path_factory):
    source = make_source(tmp_path_factory.mktemp("cut") / "app.db", CASES["plain"])
    with sqlite3.connect(source) as connection:
        connection.executescript(MORE)
    connection.close()
    made = Making(cluster, source, OPTIONS)
    assert made.files == [("csv", 1)] and len(made.dump) > 100
    yield made
    made.drop()


def cut(number, inside=False):
    """At that message; None where the run had fewer."""

    def strike(making):
        trial = run_through(making.database(), making.start, FRESH, Cut(after=number, inside=inside))
        if trial.phase:
            assert_truthful(trial, making.is_done())
        return trial.phase

    return strike


def kill(number):
    """Before that message arrives."""

    def strike(making):
        with Wire(making.database(), Hold(number)) as wire:
            process = making.start(wire.url)
            try:
                poll(lambda: wire.arrived.is_set() or process.poll() is not None)
            finally:
                end(process)
        wait_until_no_session(making.now)
        making.is_done()
        return wire.struck and phases(wire.messages, FRESH)[number - 1]

    return strike


def what_became_of(report):
    if report["already_published"]:
        return "had published"
    return "gone on with" if report["resumed"] else "from the beginning"


def resume_all(making, title, strikes):
    """Until one had nothing to strike."""
    found = Histogram(title, ENDS)
    for strike in strikes:
        phase = strike(making)
        if phase is None:
            making.renew()
            break
        found.add(phase, what_became_of(making.resume()))
        making.renew()
    found.show()
    assert all(found.total(one) for one in ENDS)
    return found.total()


WAYS = {
    "cut behind": cut,
    "cut inside": lambda number: cut(number, inside=True),
    "killed before": kill,
}


@pytest.mark.parametrize("way", ["cut behind", "killed before"])
def test_one_of_each_phase(way, making):
    resume_all(making, f"{way} a message, a sample", map(WAYS[way], sample(making.messages, FRESH, each=1)))


def test_while_looking_for_a_pooler(making):
    """Who answers no longer is not one that answers otherwise."""
    asked = [message.number for message in making.messages if message.statement == "SELECT pg_catalog.pg_backend_pid()"]
    for number in asked[9::20]:
        assert cut(number)(making) == "looking"
        making.renew()


@pytest.mark.long
@pytest.mark.parametrize("way", WAYS)
def test_every_message(way, making):
    count = resume_all(making, f"{way} every message", map(WAYS[way], range(1, 10**6)))
    assert count > len(making.messages) / 2
