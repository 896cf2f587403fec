"""Upgraded, then brought back: the file is what it was, to the byte of every cell.

The real databases lie in $PGRADE_TESTDATA, or in shared beside the project.
"""

import os

import pytest

import fixtures
import pgrade
from same_file import differences, open_file, rows, tables
from test_frameworks import FOLDER as FRAMEWORKS, NAMES as FRAMEWORK_NAMES
from test_real_databases import FILES, FOLDER, copy_with_wal

# A few of every kind in every run; all of them with --full.
SAMPLE = (
    "apps/django_blog.sqlite3",
    "apps/flask_inventory.db",
    "cases/t01_features.db",
    "cases/t03_utf-16le.db",
    "cases/t05_blobs.db",
    "cases/t07_sequences.db",
    "cases/t08_violations.db",
    "classic/chinook.sqlite",
    "oddities/pgl_storage.sqlite",
    "pains/t03_epoch.db",
    "pains/t16_worowid.db",
    "pains/t17_fts.db",
)


# What no type holds is set aside: so many rows of these tables are gone on the way back, and named.
SET_ASIDE = {
    "cases/t02_values.db": {"v": 51, "nulcol": 2},
    "cases/t04_wide_1600.db": {"w": 5},
    "cases/t05_blobs.db": {"f": 1},
    "pains/t06_blob.db": {"t": 1},
    "misfits": {
        "as_bigint": 8,
        "as_boolean": 7,
        "as_char_5": 1,
        "as_cidr": 1,
        "as_double": 4,
        "as_inet": 4,
        "as_json": 10,
        "as_macaddr": 3,
        "as_numeric_10_2": 7,
        "as_text": 7,
        "as_timestamp": 1,
        "as_varchar_5": 3,
        "null_in_key": 2,
    },
}
ASIDE = ("--accept", "all", "--misfit", "quarantine", "--orphans", "quarantine")
# These stop on the way there, whatever is answered.
NOT_THERE = {"cases/t08_violations.db": "a row contradicts a CHECK: it has to be mended in the source"}


def there_and_back(source, target, made, options=()):
    """The outcome of the way back; fails where the way there asks for something that nobody answers here."""
    options, back = list(options), []
    while True:
        outcome = pgrade.upgrade(source, target, *options)
        if outcome.status in (pgrade.OK, pgrade.SHORTFALL):
            break
        answers = [
            answer
            for key, answer in pgrade.ANSWERS
            if pgrade.unanswered(outcome.report, key) and not set(answer) <= set(options)
        ]
        clash = pgrade.rename(outcome.report, len(options))
        back += [word for answer in clash for word in answer]
        assert outcome.status == pgrade.DECISION and answers + clash, outcome
        options += [word for answer in answers + clash for word in answer]
    return pgrade.run("downgrade", target, str(made), "--like", str(source), "--json", *back)


def marked(names, sample):
    return [pytest.param(name, marks=marks_of(name, sample)) for name in names or ["none"]]


def marks_of(name, sample):
    marks = [] if name in sample else [pytest.mark.long]
    if name in NOT_THERE:
        marks.append(pytest.mark.xfail(strict=True, raises=AssertionError, reason=NOT_THERE[name]))
    return marks


@pytest.mark.skipif(not FILES, reason=f"there are no databases in {FOLDER}: set PGRADE_TESTDATA")
@pytest.mark.parametrize("name", marked(FILES, SAMPLE))
def test_real_database_comes_back(name, tmp_path, database):
    source = copy_with_wal(os.path.join(FOLDER, name), tmp_path / "source")
    comes_back(source, tmp_path / "back.db", database, SET_ASIDE.get(name))


@pytest.mark.skipif(not FRAMEWORK_NAMES, reason=f"there is nothing in {FRAMEWORKS}: set PGRADE_TESTDATA")
@pytest.mark.parametrize("name", FRAMEWORK_NAMES or ["none"])
def test_framework_comes_back(name, tmp_path, database):
    source = copy_with_wal(os.path.join(FRAMEWORKS, name, "sqlite.db"), tmp_path / "source")
    comes_back(source, tmp_path / "back.db", database)


@pytest.mark.parametrize("name", fixtures.NAMES + ["blog"])
def test_own_database_comes_back(name, tmp_path, database):
    source = fixtures.build(name, tmp_path / f"{name}.db")
    comes_back(source, tmp_path / "back.db", database, SET_ASIDE.get(name))


def comes_back_without(aside, source, made, database):
    """All else is what it was, and the notes tell how many rows are not there."""
    outcome = there_and_back(source, database.url, made, ASIDE)
    assert outcome.status == pgrade.OK, outcome
    gone = {table["table"]: table["gone"] for table in outcome.report["tables"] if table["gone"]}
    assert gone == aside
    for table in outcome.report["tables"]:
        assert table["equal"] and table["rows"] == table["as_before"], table
    assert {note["about"]: int(note["text"].split()[0]) for note in outcome.report["notes"]} == aside
    left, right = open_file(source), open_file(made)
    for table in tables(left):
        before, after = rows(left, table), rows(right, table)
        assert set(after) <= set(before) and len(before) - len(after) == aside.get(table, 0), table
    left.close()
    right.close()


def comes_back(source, made, database, aside=None):
    if aside is not None:
        comes_back_without(aside, source, made, database)
        return
    outcome = there_and_back(source, database.url, made)
    assert outcome.status == pgrade.OK, outcome
    assert differences(source, made) == []
    assert all(table["equal"] for table in outcome.report["tables"])
    changed = [table for table in outcome.report["tables"] if table["rows"] != table["as_before"]]
    assert not changed, changed
