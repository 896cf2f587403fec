"""What the report says of an upgrade that arrived, and what remains of it when it cannot be written."""

import sqlite3
import subprocess

import pytest

import fixtures
import pgrade
from catalog_text import table_names
from trouble import one_document


def notes_of(outcome):
    return {(note["about"], note["text"].split(":")[0]) for note in one_document(outcome)["notes"]}


def make(folder, sql):
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.executescript(sql)
    connection.close()
    return str(path)


def test_conflict_clauses_are_named(folder, untouched, database):
    path = make(
        folder,
        "CREATE TABLE kept (a TEXT UNIQUE ON CONFLICT IGNORE);"
        "CREATE TABLE filled (a INTEGER NOT NULL ON CONFLICT REPLACE DEFAULT 5);"
        "CREATE TABLE both (a INTEGER, b INTEGER, PRIMARY KEY (a, b) ON CONFLICT ROLLBACK);"
        "CREATE TABLE usual (a TEXT UNIQUE ON CONFLICT ABORT, b TEXT UNIQUE);",
    )
    untouched()
    outcome = pgrade.run("upgrade", path, database.url, "--json")
    assert outcome.status == pgrade.OK, outcome
    said = "has ON CONFLICT clauses, which PostgreSQL has in statements only"
    assert notes_of(outcome) == {("kept", said), ("filled", said), ("both", said)}


@pytest.mark.parametrize(
    "sql, tables, notes",
    [
        (
            'CREATE TABLE first (a INTEGER); CREATE TABLE "" (a INTEGER, "" TEXT)',
            ["first", "table2"],
            {("", "is named table2"), (".", "is named column2")},
        ),
        (
            'CREATE TABLE first (a INTEGER); CREATE INDEX "" ON first (a)',
            ["first"],
            {("", "is named first_index")},
        ),
    ],
)
def test_empty_names(sql, tables, notes, folder, untouched, database):
    path = make(folder, sql)
    untouched()
    outcome = pgrade.run("upgrade", path, database.url, "--json")
    assert outcome.status == pgrade.OK, outcome
    assert table_names(database) == tables
    assert notes_of(outcome) == notes


def test_lower_is_advised_for_texts_only(folder, untouched, database):
    path = make(folder, "CREATE TABLE t (a TEXT COLLATE NOCASE, b INTEGER COLLATE NOCASE)")
    untouched()
    outcome = pgrade.run("upgrade", path, database.url)
    assert outcome.status == pgrade.OK, outcome
    assert "t.a was NOCASE" in outcome.stdout and "t.b was NOCASE" not in outcome.stdout


@pytest.mark.parametrize("more", [[], ["--json"]])
@pytest.mark.parametrize("view", ["", "CREATE VIEW v AS SELECT a FROM t"])
def test_report_that_is_lost(more, view, folder, untouched, database):
    """1 is for a target as it was, if nothing else is said."""
    path = make(folder, f"CREATE TABLE t (a INTEGER); {view}")
    untouched()
    with open("/dev/full", "w", encoding="utf-8") as full:
        done = subprocess.run(
            [pgrade.program(), "upgrade", path, database.url, "--accept", "all", *more],
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=pgrade.clean_environment({}),
            check=False,
        )
    assert done.returncode == pgrade.FAILED, done
    assert "the result could not be written" in done.stderr and "the tables are published" in done.stderr
    assert table_names(database) == ["t"]


@pytest.mark.parametrize("command", ["plan", "upgrade"])
def test_sentences_fit_the_terminal(command, folder, database):
    """Broken at spaces and nowhere else; tables, and statements to be copied, stay whole."""
    path = folder / "wide.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE tag (name TEXT COLLATE NOCASE PRIMARY KEY);"
        "CREATE TABLE post (id INTEGER PRIMARY KEY, tag TEXT REFERENCES tag (name));"
        "CREATE TABLE more (a INT PRIMARY KEY UNIQUE, UNIQUE (a));"
    )
    connection.close()
    words = [command, str(path)] + ([database.url, "--replace"] if command == "upgrade" else [])
    whole = pgrade.run(*words)
    broken = pgrade.run(*words, COLUMNS="60")
    assert whole.status == broken.status == pgrade.OK, broken
    start = "\nArrives, and differs"
    sentences = broken.stdout[broken.stdout.index(start) :]
    assert max(len(line) for line in whole.stdout[whole.stdout.index(start) :].splitlines()) > 80
    too_long = [line for line in sentences.splitlines() if len(line) > 60 and "postgresql://" not in line]
    assert too_long == []
    assert sentences.split() == whole.stdout[whole.stdout.index(start) :].split()


def test_rows_of_a_plan_are_counted(small):
    connection = sqlite3.connect(small)
    connection.executescript("INSERT INTO author VALUES (1000, 'far away')")
    connection.close()
    outcome = pgrade.run("plan", str(small))
    assert "author (3 rows)\n  column  " in outcome.stdout, outcome


def test_head_and_last_line_fit_the_terminal(small, database, monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    outcome = pgrade.run("upgrade", str(small), database.url)
    assert outcome.status == pgrade.OK, outcome
    lines = outcome.stdout.splitlines()
    prose = lines[: lines.index("")] + [line for line in lines[lines.index("") :] if "Done in" in line]
    assert any(line.startswith("Done in ") for line in prose) and any(line.startswith("Target ") for line in prose)
    assert all(len(line) <= 60 or " " not in line.strip() for line in prose), outcome


@pytest.mark.core
def test_values_that_become_equal_are_told(folder, database):
    source = fixtures.build_from_text(
        "CREATE TABLE t (a, b, c TEXT); INSERT INTO t VALUES (1, 'x', 'y'), ('1', 'y', '1'), (x'31', 'z', NULL);",
        folder / "app.db",
    )
    outcome = pgrade.upgrade(source, database.url)
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT a FROM t") == [("1",), ("1",), ("1",)]
    told = [note for note in outcome.report["notes"] if "storage classes" in note["text"]]
    assert [note["about"] for note in told] == ["t.a"]
    assert "1 integers, 0 reals, 1 texts, 1 blobs" in told[0]["text"] and "become equal" in told[0]["text"]
