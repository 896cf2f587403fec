"""Upgraded, then brought back: the file is what it was, to the byte of every cell.

The real databases lie in $PGRADE_TESTDATA, or in shared beside the project.
"""

import os

import pytest

import fixtures
import pgrade
from same_file import differences
from test_frameworks import FOLDER as FRAMEWORKS, NAMES as FRAMEWORK_NAMES
from test_real_databases import FILES, FOLDER, copy_with_wal

# A few of every kind in every run; all of them with --full.
SAMPLE = (
    "apps/django_blog.sqlite3",
    "apps/flask_inventory.db",
    "cases/t01_features.db",
    "cases/t03_utf-16le.db",
    "cases/t07_sequences.db",
    "classic/chinook.sqlite",
    "oddities/pgl_storage.sqlite",
    "pains/t03_epoch.db",
    "pains/t16_worowid.db",
    "pains/t17_fts.db",
)


def there_and_back(source, target, made, options=()):
    """The outcome of the way back; None where the way there asks for something that nobody answers here."""
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
        if outcome.status != pgrade.DECISION or not answers + clash:
            return None
        options += [word for answer in answers + clash for word in answer]
    return pgrade.run("downgrade", target, str(made), "--like", str(source), "--json", *back)


def marked(names, sample):
    return [pytest.param(name, marks=() if name in sample else pytest.mark.long) for name in names or ["none"]]


@pytest.mark.skipif(not FILES, reason=f"there are no databases in {FOLDER}: set PGRADE_TESTDATA")
@pytest.mark.parametrize("name", marked(FILES, SAMPLE))
def test_real_database_comes_back(name, tmp_path, database):
    source = copy_with_wal(os.path.join(FOLDER, name), tmp_path / "source")
    comes_back(source, tmp_path / "back.db", database)


@pytest.mark.skipif(not FRAMEWORK_NAMES, reason=f"there is nothing in {FRAMEWORKS}: set PGRADE_TESTDATA")
@pytest.mark.parametrize("name", FRAMEWORK_NAMES or ["none"])
def test_framework_comes_back(name, tmp_path, database):
    source = copy_with_wal(os.path.join(FRAMEWORKS, name, "sqlite.db"), tmp_path / "source")
    comes_back(source, tmp_path / "back.db", database)


@pytest.mark.parametrize("name", fixtures.NAMES + ["blog"])
def test_own_database_comes_back(name, tmp_path, database):
    source = fixtures.build(name, tmp_path / f"{name}.db")
    comes_back(source, tmp_path / "back.db", database)


def comes_back(source, made, database):
    outcome = there_and_back(source, database.url, made)
    if outcome is None:
        return
    assert outcome.status == pgrade.OK, outcome
    assert differences(source, made) == []
    assert all(table["equal"] for table in outcome.report["tables"])
    changed = [table for table in outcome.report["tables"] if table["rows"] != table["as_before"]]
    assert not changed, changed
