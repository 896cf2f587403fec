"""plan --write-config: a settings file that gives the same plan, and says what there is to decide."""

import re

import pytest

import fixtures
import pgrade
from trouble import assert_clean, one_document

SOURCE = """
CREATE TABLE Posts (id INTEGER PRIMARY KEY, guess, at DATETIME, "odd = name." TEXT, "two
lines", n INTEGER);
CREATE TABLE old_log (id INTEGER PRIMARY KEY);
CREATE TABLE new_log (id INTEGER PRIMARY KEY);
CREATE VIRTUAL TABLE words USING fts5 (word, content='');
INSERT INTO Posts VALUES (1, 5, 1700000000123, 'x', 1, 'secret-word'), (2, 6, 1700000000124, 'y', 2, 7);
"""
OPTIONS = [
    "--names=lower",
    "--schema=app",
    "--exclude=old_*",
    "--exclude=new_*",
    '--where=posts="id" > 0 OR "id"',
    "--type=posts.id=text",
    "--type=posts.guess=bigint",
    '--type=posts."odd = name."=varchar(9)',
    "--type=POSTS.guess=numeric(10,2)",
    "--misfit=widen,posts=stop",
    "--misfit=posts.n=widen",
]


@pytest.fixture
def source(folder):
    return fixtures.build_from_text(SOURCE, folder / "app.db")


def plan(source, folder, *words):
    outcome = pgrade.run("plan", str(source), *words, directory=folder)
    assert outcome.status == pgrade.OK, outcome
    assert_clean(outcome)
    return outcome


@pytest.mark.core
def test_file_gives_the_same_plan(source, tmp_path, untouched):
    untouched()
    given = plan(source, tmp_path, "--json", "--write-config", *OPTIONS)
    assert given.messages == "the settings are written to pgrade.ini\n"
    again = plan(source, tmp_path, "--json")
    documents = [one_document(again), one_document(given)]
    assert all(document.pop("snapshot") for document in documents), "which is of its moment"
    assert documents[0] == documents[1]
    assert re.fullmatch(r"pgrade.ini: \d+ settings for `pgrade plan`\n", again.messages)
    text = (tmp_path / "pgrade.ini").read_text()
    assert "secret-word" not in text and "1700000000123" not in text


def active(text):
    return [line for line in text.splitlines() if line and line[0] not in "#["]


def test_what_is_to_be_decided_is_a_comment(source, tmp_path):
    plan(source, tmp_path, "--write-config")
    text = (tmp_path / "pgrade.ini").read_text()
    assert active(text) == []
    for line in (
        "# not carried: virtual table words: ",
        "# accept = virtual table\n",
        "# Posts.guess: no declared type; ",
        "# Posts.guess = bigint\n",
        "# Posts.at = ms\n",
        "# Posts.n: 1 value does not fit bigint: ",
        "# Posts.n = widen\n",
        "# Posts = posts\n",
    ):
        assert line in text, text


def test_every_comment_is_a_setting_when_its_sign_is_taken_away(source, tmp_path):
    plan(source, tmp_path, "--write-config=all.ini", "--names=snake")
    text = (tmp_path / "all.ini").read_text()
    settings = re.sub(r"^# (?=[^:\n]* = )(?!table)", "", text, flags=re.MULTILINE)
    assert len(active(settings)) > 6
    (tmp_path / "all.ini").write_text(settings)
    document = one_document(plan(source, tmp_path, "--json", "--config", "all.ini"))
    types = {one["source"]: one["type"] for one in document["tables"][0]["columns"]}
    assert types["guess"] == "bigint" and document["misfit_count"] == 1


def test_names_that_no_line_can_hold(source, tmp_path):
    """A line end in a name must not begin a line of settings."""
    plan(source, tmp_path, "--write-config", "--type", 'posts."two\nlines"=text')
    text = (tmp_path / "pgrade.ini").read_text()
    assert 'holds a line end: it stands on the command line only' in text
    assert active(text) == []


def test_existing_file_is_left_alone(source, tmp_path):
    (tmp_path / "pgrade.ini").write_text("# mine\n")
    outcome = pgrade.run("plan", str(source), "--write-config", directory=tmp_path)
    assert outcome.status == pgrade.REFUSED and "pgrade.ini exists" in outcome.stderr, outcome
    assert (tmp_path / "pgrade.ini").read_text() == "# mine\n"
    plan(source, tmp_path, "--write-config", "--force")
    assert (tmp_path / "pgrade.ini").read_text() != "# mine\n"


def test_file_stands_behind_an_equals_sign(source, tmp_path):
    plan(source, tmp_path, "--write-config=other.ini", "--quiet")
    assert (tmp_path / "other.ini").exists() and not (tmp_path / "pgrade.ini").exists()
    outcome = pgrade.run("plan", str(source), "--write-config=", directory=tmp_path)
    assert outcome.status == pgrade.USAGE and "needs a value" in outcome.stderr
