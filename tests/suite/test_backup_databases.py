"""Whole databases, upgraded, kept, wiped and restored: what comes back is what was there, and the same backup again.

Compared by the dumps before and after, by the sums of a second backup, and by `verify` with another restore.  Real databases where they are (see test_real_databases.py), a few of them in the ordinary run.
"""

import os
import subprocess

import pytest

import fixtures
import pgrade
from cluster import find_bindir
from test_real_databases import FILES, FOLDER, copy_with_wal

SAMPLE = ("classic/chinook.sqlite", "values", "sequences")
PG_DUMP = os.path.join(find_bindir(), "pg_dump")


def marked(names):
    return [pytest.param(name, marks=() if name in SAMPLE else pytest.mark.long) for name in names]


@pytest.mark.skipif(not FILES, reason=f"there are no databases in {FOLDER}: set PGRADE_TESTDATA")
@pytest.mark.parametrize("name", marked(FILES or ["none"]))
def test_restored_database_of_others(name, tmp_path, cluster):
    there_and_back(copy_with_wal(os.path.join(FOLDER, name), tmp_path / "source"), tmp_path, cluster)


@pytest.mark.parametrize("name", marked(fixtures.NAMES))
def test_own_restored_database(name, tmp_path, cluster):
    there_and_back(fixtures.build(name, tmp_path / f"{name}.db"), tmp_path, cluster)


def dump(database):
    done = subprocess.run([PG_DUMP, "--no-owner", "--no-acl", f"--dbname={database.url}"], capture_output=True, check=True)
    return sorted(line for line in done.stdout.splitlines() if not line.startswith((b"\\restrict", b"\\unrestrict")))


def there_and_back(source, tmp_path, cluster):
    """`wiped` is upgraded, kept, dropped, made anew and restored; `alone` is a restore of the same backup."""
    wiped, alone = cluster.create_database(), cluster.create_database()
    try:
        outcome, _ = pgrade.upgrade_with_answers(source, wiped.url)
        if outcome.status not in (pgrade.OK, pgrade.SHORTFALL):
            assert outcome.status == pgrade.DECISION, outcome
            return
        before = dump(wiped)
        made = ok("backup", wiped.url, str(tmp_path / "kept"))
        wiped.drop()
        cluster.create_database(wiped.name)
        for database in wiped, alone:
            found = ok("restore", made["path"], database.url)
            assert found["compared"] and found["tables"] == made["tables"]
        assert dump(wiped) == before
        assert ok("backup", wiped.url, str(tmp_path / "kept"))["tables"] == made["tables"]
        # Beside itself too, a table whose sequence is at its end gets a remark.
        verified, itself = (pgrade.run("verify", wiped.url, other.url, "--json") for other in (alone, wiped))
        own = [table for table in made["tables"] if table["schema"] != "pgrade_record"]
        assert verified.status == itself.status and bool(verified.report["tables"]) == bool(own), verified
        assert all(table["equal"] for table in verified.report["tables"]), verified
    finally:
        wiped.drop()
        alone.drop()


def ok(*words):
    outcome = pgrade.run(*words, "--json")
    assert outcome.status == pgrade.OK, outcome
    return outcome.report
