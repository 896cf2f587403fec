"""The file with the SQL of what was not carried."""

import os
import sqlite3

import pytest

import fixtures
import pgrade

SCHEMA = """
CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, CONSTRAINT odd CHECK (a GLOB '[A-Z]*' OR notify(a)));
CREATE TRIGGER "tr" AFTER UPDATE ON t BEGIN
    UPDATE t SET a = 'x''y';
END;
CREATE VIRTUAL TABLE none USING fts5 (a, content='');
"""


@pytest.fixture
def source(folder):
    connection = sqlite3.connect(folder / "app.db")
    connection.create_function("notify", 1, lambda value: 1, deterministic=True)
    connection.executescript(SCHEMA)
    connection.close()
    return folder / "app.db"


def upgrade(source, database, folder, *options):
    return pgrade.run(
        "upgrade", str(source), database.url, "--accept", "all", "--replace", *options, directory=folder
    )


def test_file_holds_statements_and_reasons(source, database, tmp_path):
    outcome = upgrade(source, database, tmp_path, "--json")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert outcome.report["not_carried_file"] == "app.db-not-carried.sql"
    path = tmp_path / "app.db-not-carried.sql"
    assert os.stat(path).st_mode & 0o777 == 0o600
    text = path.read_text()
    for one in outcome.report["not_carried"]:
        assert one["reason"] in text and one["name"] in text
    assert "BEGIN\n    UPDATE t SET a = 'x''y';\nEND;\n" in text
    # A script of SQLite's: what is no statement is a comment.
    again = sqlite3.connect(":memory:")
    again.executescript("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);" + text)
    assert again.execute("SELECT count(*) FROM sqlite_schema WHERE name IN ('tr', 'none')").fetchone() == (2,)


def test_file_is_written_anew_and_never_over_anothers(source, database, tmp_path):
    path = tmp_path / "app.db-not-carried.sql"
    assert "Their SQL is in app.db-not-carried.sql" in upgrade(source, database, tmp_path).stdout
    first = path.read_text()
    assert upgrade(source, database, tmp_path).status == pgrade.SHORTFALL
    assert path.read_text() == first
    path.write_text("mine")
    outcome = upgrade(source, database, tmp_path)
    assert outcome.status == pgrade.SHORTFALL and "is not pgrade's" in outcome.stderr, outcome
    assert "Their SQL" not in outcome.stdout
    outcome = upgrade(source, database, tmp_path, "--not-carried", str(path))
    assert outcome.status == pgrade.REFUSED and "pgrade did not write it" in outcome.stderr, outcome
    assert path.read_text() == "mine"


def test_another_file_or_none(source, database, tmp_path):
    other = tmp_path / "other.sql"
    assert upgrade(source, database, tmp_path, "--not-carried", str(other)).status == pgrade.SHORTFALL
    assert other.exists()
    outcome = upgrade(source, database, tmp_path, "--not-carried", "-", "--json")
    assert outcome.status == pgrade.SHORTFALL and outcome.report["not_carried_file"] is None
    assert sorted(os.listdir(tmp_path)) == ["other.sql", source.parent.name]


def test_no_file_where_all_is_carried_or_nothing_published(source, database, folder, tmp_path):
    outcome = pgrade.run("upgrade", str(source), database.url, directory=tmp_path)
    assert outcome.status == pgrade.DECISION
    whole = fixtures.build_from_text("CREATE TABLE t (id INTEGER PRIMARY KEY)", folder / "whole.db")
    assert upgrade(whole, database, tmp_path).status == pgrade.OK
    assert os.listdir(tmp_path) == [folder.name]
