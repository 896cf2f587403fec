"""Virtual tables: their rows arrive as those of ordinary tables, or are named; their storage is nobody's."""

import pytest

import fixtures
import pgrade
from catalog_text import catalog_text, table_names
from compare import compare

SEARCH = """
CREATE VIRTUAL TABLE note USING fts5 (Title, body, uid UNINDEXED, tokenize = 'porter ascii');
INSERT INTO note (rowid, Title, body, uid) VALUES (3, 'One', 'a word', 7), (9, NULL, 12, -1);
CREATE VIRTUAL TABLE page USING fts4 (title, body, tokenize=porter, languageid="lang");
INSERT INTO page (docid, title, body, lang) VALUES (1, 'p', 'q', 2), (100, '', NULL, 0);
CREATE VIRTUAL TABLE plain USING fts3 ();
CREATE VIRTUAL TABLE box USING rtree (id, x0, x1, +label);
INSERT INTO box VALUES (5, 1.5, 2.5, 'five'), (6, -1, 0.25, NULL);
CREATE VIRTUAL TABLE cell USING rtree_i32 (k, x0, x1);
INSERT INTO cell VALUES (1, -3, 4);
"""
INDEX_ONLY = """
CREATE TABLE doc (id INTEGER PRIMARY KEY, title TEXT, body TEXT);
INSERT INTO doc VALUES (1, 'One', 'the first word'), (2, NULL, 'the second');
CREATE VIRTUAL TABLE doc_index USING fts5 (title, body, content=doc, content_rowid=id);
INSERT INTO doc_index (doc_index) VALUES ('rebuild');
CREATE VIRTUAL TABLE none USING fts5 (a, content='');
CREATE VIRTUAL TABLE terms USING fts5vocab (doc_index, 'row');
"""
STRANGE = """
CREATE TABLE t (id INTEGER PRIMARY KEY);
CREATE TABLE odd_data (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO odd_data VALUES (1, 'mine');
CREATE VIRTUAL TABLE theirs USING fts5 (title, body, tokenize = ascii);
INSERT INTO theirs (title, body) VALUES ('a', 'b'), ('c', NULL);
PRAGMA writable_schema = on;
UPDATE sqlite_master SET sql = replace(sql, 'ascii', 'made_by_the_app') WHERE name = 'theirs';
INSERT INTO sqlite_master VALUES
    ('table', 'odd', 'odd', 0, 'CREATE VIRTUAL TABLE odd USING VirtualOdd (a, b)');
"""


def notes(outcome, about):
    return "\n".join(note["text"] for note in outcome.report["notes"] if note["about"] == about)


@pytest.mark.core
def test_rows_arrive_and_storage_does_not(folder, untouched, database):
    source = fixtures.build_from_text(SEARCH, folder / "app.db")
    untouched()
    outcome = pgrade.upgrade(source, database.url)
    assert outcome.status == pgrade.OK, outcome
    assert table_names(database) == ["box", "cell", "note", "page", "plain"]
    assert outcome.report["not_carried"] == []
    result = compare(source, database.url, outcome.report)
    assert result.equal and result.tables == 5 and result.rows == 7, result
    assert database.execute("SELECT rowid, title, body, uid FROM note ORDER BY rowid") == [
        (3, "One", "a word", 7),
        (9, None, "12", -1),
    ]
    assert database.execute("SELECT rowid, title, body, lang FROM page ORDER BY rowid") == [
        (1, "p", "q", 2),
        (100, "", None, 0),
    ]
    assert database.execute("SELECT id, x0, x1, label FROM box ORDER BY id") == [
        (5, 1.5, 2.5, "five"),
        (6, -1.0, 0.25, None),
    ]
    assert "module fts5 and becomes an ordinary one, of its texts" in notes(outcome, "note")
    assert "MATCH" in notes(outcome, "page") and "spatial" in notes(outcome, "box")
    # The next row gets a key by itself, as it did.
    assert database.execute("INSERT INTO note (title) VALUES ('x') RETURNING rowid") == [(10,)]


@pytest.mark.core
def test_tables_named_like_storage_arrive(folder, database):
    source = fixtures.build_from_text(
        """
        CREATE VIRTUAL TABLE f USING fts3 (a);
        CREATE TABLE f_stat (player TEXT, points INT);
        INSERT INTO f_stat VALUES ('Ada', 3);
        CREATE VIRTUAL TABLE k USING fts5 (a, columnsize = 0);
        CREATE TABLE k_docsize (n INT);
        INSERT INTO k_docsize VALUES (4);
        """,
        folder / "app.db",
    )
    outcome = pgrade.upgrade(source, database.url)
    assert outcome.status == pgrade.OK, outcome
    assert table_names(database) == ["f", "f_stat", "k", "k_docsize"]
    assert database.execute("SELECT player, points FROM f_stat") == [("Ada", 3)]
    assert database.execute("SELECT n FROM k_docsize") == [(4,)]


def test_a_table_of_a_name_that_sqlite_keeps_is_named(folder, database):
    source = fixtures.build_from_text(
        """
        CREATE TABLE a (n INT);
        CREATE TABLE b (n INT);
        INSERT INTO b VALUES (1);
        CREATE TABLE s (id INTEGER PRIMARY KEY AUTOINCREMENT);
        PRAGMA writable_schema = on;
        UPDATE sqlite_master SET name = 'sqlite_b', tbl_name = 'sqlite_b', sql = 'CREATE TABLE sqlite_b (n INT)'
            WHERE name = 'b';
        """,
        folder / "app.db",
    )
    outcome = pgrade.upgrade(source, database.url)
    assert outcome.status == pgrade.DECISION, outcome
    assert [(one["class"], one["name"]) for one in outcome.report["not_carried"]] == [("table", "sqlite_b")]


def test_index_for_full_text_search(folder, database):
    source = fixtures.build_from_text(SEARCH, folder / "app.db")
    outcome = pgrade.upgrade(source, database.url, "--fts", "tsvector")
    assert outcome.status == pgrade.OK, outcome
    indexes = "\n".join(row[1] for row in catalog_text(database) if row[0] == "index")
    assert indexes.count("USING gin (to_tsvector('simple'::regconfig") == 3, indexes
    for table in ("note", "page", "plain"):
        assert "websearch_to_tsquery" in notes(outcome, table)
    assert database.execute(
        "SELECT rowid FROM note WHERE to_tsvector('simple', coalesce(title, '') || ' ' || coalesce(body, ''))"
        " @@ websearch_to_tsquery('simple', 'word')"
    ) == [(3,)]


def test_an_index_alone_is_named(folder, database):
    source = fixtures.build_from_text(INDEX_ONLY, folder / "app.db")
    outcome = pgrade.upgrade(source, database.url)
    assert outcome.status == pgrade.DECISION, outcome
    reasons = {one["name"]: one["reason"] for one in outcome.report["not_carried"]}
    assert set(reasons) == {"doc_index", "none", "terms"}
    assert reasons["doc_index"] == "a full-text index on doc, which has its rows"
    assert "keeps no text" in reasons["none"] and "stores nothing" in reasons["terms"]
    outcome = pgrade.upgrade(source, database.url, "--fts", "tsvector", "--accept", "none,terms")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert table_names(database) == ["doc"]
    assert database.execute(
        "SELECT id FROM doc WHERE to_tsvector('simple', coalesce(title, '') || ' ' || coalesce(body, ''))"
        " @@ websearch_to_tsquery('simple', 'second')"
    ) == [(2,)]


@pytest.mark.core
def test_modules_that_are_not_there(folder, untouched, database):
    """Such a table ends no run, and a tokenizer of the application's hides no text."""
    source = fixtures.build_from_text(STRANGE, folder / "app.db")
    untouched()
    outcome = pgrade.upgrade(source, database.url, "--accept", "virtual table")
    assert outcome.status == pgrade.SHORTFALL, outcome
    (odd,) = outcome.report["not_carried"]
    assert (odd["name"], odd["class"]) == ("odd", "virtual table") and "VirtualOdd" in odd["reason"]
    assert table_names(database) == ["odd_data", "t", "theirs"]
    assert "may be storage of the virtual table odd" in notes(outcome, "odd_data")
    assert "read from the module's own storage" in notes(outcome, "theirs")
    rows = database.execute("SELECT rowid, title, body FROM theirs ORDER BY 1")
    assert rows == [(1, "a", "b"), (2, "c", None)]


def test_wrong_fts(folder):
    source = fixtures.build_from_text(INDEX_ONLY, folder / "app.db")
    outcome = pgrade.run("plan", str(source), "--fts", "lucene")
    assert outcome.status == pgrade.USAGE and "`tsvector` or `none`" in outcome.stderr
