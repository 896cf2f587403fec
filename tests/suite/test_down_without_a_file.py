"""Upgraded, brought back without the old file, and upgraded again: all rows are there, and each fits."""

import os

import pytest

import fixtures
import pgrade
from compare import compare
from test_frameworks import FOLDER as FRAMEWORKS, NAMES as FRAMEWORK_NAMES
from test_real_databases import FILES, FOLDER, copy_with_wal
from test_there_and_back import ASIDE, SAMPLE, SET_ASIDE, marked

FRAMEWORK_SAMPLE = ("django", "sqlalchemy", "rails", "prisma")


@pytest.mark.skipif(not FILES, reason=f"there are no databases in {FOLDER}: set PGRADE_TESTDATA")
@pytest.mark.parametrize("name", marked(FILES, SAMPLE))
def test_real_database(name, tmp_path, cluster):
    source = copy_with_wal(os.path.join(FOLDER, name), tmp_path / "source")
    down_and_up(source, tmp_path, cluster, ASIDE if name in SET_ASIDE else ())


@pytest.mark.skipif(not FRAMEWORK_NAMES, reason=f"there is nothing in {FRAMEWORKS}: set PGRADE_TESTDATA")
@pytest.mark.parametrize("name", marked(FRAMEWORK_NAMES, FRAMEWORK_SAMPLE))
def test_framework(name, tmp_path, cluster):
    down_and_up(copy_with_wal(os.path.join(FRAMEWORKS, name, "sqlite.db"), tmp_path / "source"), tmp_path, cluster)


@pytest.mark.parametrize("name", marked(fixtures.NAMES + ["blog"], ("features", "names", "sequences", "values")))
def test_own_database(name, tmp_path, cluster):
    source = fixtures.build(name, tmp_path / f"{name}.db")
    down_and_up(source, tmp_path, cluster, ASIDE if name in SET_ASIDE else ())


def down_and_up(source, tmp_path, cluster, options=()):
    first, again = cluster.create_database(), cluster.create_database()
    try:
        outcome, _ = pgrade.upgrade_with_answers(source, first.url, options=options)
        assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
        if not outcome.report["tables"]:
            return
        made = tmp_path / "made.db"
        down = pgrade.run("downgrade", first.url, str(made), "--json", "--accept", "all")
        assert down.status in (pgrade.OK, pgrade.SHORTFALL), down
        assert all(table["equal"] for table in down.report["tables"])
        verified = pgrade.run("verify", str(made), first.url, "--json")
        assert [table for table in verified.report["tables"] if not table["equal"]] == [], verified
        up, _ = pgrade.upgrade_with_answers(made, again.url, has_no_misfits)
        assert up.status in (pgrade.OK, pgrade.SHORTFALL), up
        has_no_misfits(up)
        assert without_parent(up) <= without_parent(outcome), up
        assert rows_of(first) == rows_of(again)
        found = compare(made, again.url, up.report)
        assert found.equal, found
    finally:
        first.drop()
        again.drop()


def has_no_misfits(outcome):
    assert outcome.report["misfits"] == [], outcome


def without_parent(outcome):
    return sum(each["rows"] for each in outcome.report["contradictions"] if each["class"] == "foreign key")


def rows_of(database):
    """How many rows each table has."""
    tables = database.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1")
    return {
        name: database.execute('SELECT count(*) FROM public."%s"' % name.replace('"', '""'))[0][0]
        for (name,) in tables
    }
