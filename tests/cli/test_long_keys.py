"""Keys that are too long for a B-tree: named with their rows, never a bare failure of the server."""

import random
import sqlite3

import pytest

import pgrade
from catalog_text import table_names
from trouble import one_document


def noise(length, seed=1):
    """A text that nothing compresses much."""
    return random.Random(seed).randbytes(length).hex()[:length]


@pytest.fixture
def long_keys(folder):
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "CREATE TABLE page (id INTEGER PRIMARY KEY, url TEXT, note TEXT);"
        "CREATE INDEX page_url ON page (url); CREATE INDEX page_note ON page (note);"
        "CREATE TABLE doc (slug TEXT PRIMARY KEY, code TEXT CONSTRAINT doc_code UNIQUE);"
        "CREATE TABLE part (id INTEGER PRIMARY KEY, doc TEXT CONSTRAINT of_doc REFERENCES doc);"
    )
    connection.execute("INSERT INTO page VALUES (1, 'short', 'a'), (7, ?, 'b'), (9, ?, ?)", [
        noise(9000), noise(12000, 2), "x" * 100000])
    connection.execute("INSERT INTO doc VALUES (?, 'c'), ('short', 'd')", [noise(8000, 3)])
    connection.execute("INSERT INTO part VALUES (1, ?), (2, 'short')", [noise(8000, 3)])
    connection.commit()
    connection.close()
    return path


@pytest.mark.core
def test_long_keys_are_named(long_keys, untouched, database):
    untouched()
    outcome = pgrade.run("upgrade", str(long_keys), database.url, "--json")
    assert outcome.status == pgrade.DECISION, outcome
    document = one_document(outcome)
    lost = {(one["class"], one["name"]): one["reason"] for one in document["not_carried"]}
    assert set(lost) == {
        ("index", "page_url"),
        ("primary key", "doc_pkey"),
        ("foreign key", "of_doc"),
    }
    assert lost[("index", "page_url")].endswith("2704 bytes that a B-tree of PostgreSQL takes: rowid 9, 7")
    assert lost[("primary key", "doc_pkey")].endswith(": 1 row")
    assert "whose primary key doc_pkey cannot be made" in lost[("foreign key", "of_doc")]
    assert table_names(database) == []


@pytest.mark.core
def test_going_on_without_them(long_keys, database):
    outcome = pgrade.run(
        "upgrade", str(long_keys), database.url, "--json", "--accept", "page_url,doc_pkey,of_doc"
    )
    assert outcome.status == pgrade.SHORTFALL, outcome
    document = one_document(outcome)
    assert document["published"] and document["verified"]
    assert database.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1") == [
        ("doc_code",), ("page_note",), ("page_pkey",), ("part_pkey",)]
    assert not {"page_url", "doc_pkey", "of_doc"} & {one["name"] for one in document["objects"]}
    assert database.execute("SELECT length(url) FROM page WHERE id = 9") == [(12000,)]


def test_part_of_the_answers_is_none(long_keys, database):
    outcome = pgrade.run("upgrade", str(long_keys), database.url, "--accept", "index")
    assert outcome.status == pgrade.DECISION, outcome
    assert "index page.page_url (accepted): a key is longer" in outcome.stdout
    assert "primary key doc.doc_pkey: a key is longer" in outcome.stdout


def test_expression_that_is_too_long(folder, database):
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
    connection.execute("CREATE UNIQUE INDEX t_upper ON t (upper(v))")
    connection.execute("INSERT INTO t VALUES (1, ?)", [noise(9000)])
    connection.commit()
    connection.close()
    document = one_document(pgrade.run("upgrade", str(path), database.url, "--json"))
    assert document["status"] == pgrade.DECISION
    assert [one["name"] for one in document["not_carried"]] == ["t_upper"]
