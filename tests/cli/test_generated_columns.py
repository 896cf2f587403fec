"""Generated columns are compared on both sides; one that PostgreSQL computes otherwise is carried by its values."""

import pytest

import fixtures
import pgrade
from compare import compare

ODD = {
    "SQLite's affinity makes a number of a text": (
        "CREATE TABLE t (a TEXT, b STRING AS (a || '0')); INSERT INTO t (a) VALUES ('05')",
        "other values",
    ),
    "the classes of values differ from row to row": (
        "CREATE TABLE t (a, b AS (typeof(a))); INSERT INTO t (a) VALUES (-2.25), ('')",
        "typeof",
    ),
    "an integer beyond 64 bits": (
        "CREATE TABLE t (a BIGINT, b BIGINT AS (abs(a) + 1) STORED); INSERT INTO t VALUES (9223372036854775807)",
        "cannot compute it for a row",
    ),
}


@pytest.mark.core
@pytest.mark.parametrize("what", ODD)
def test_generated_column_that_differs(what, folder, database):
    sql, reason = ODD[what]
    path = fixtures.build_from_text(sql, folder / "app.db")
    outcome = pgrade.upgrade(path, database.url, "--misfit", "widen")
    assert outcome.status == pgrade.DECISION, outcome
    (left,) = outcome.report["not_carried"]
    assert (left["class"], left["table"], left["name"]) == ("generated column", "t", "b"), outcome
    if reason != "typeof":
        assert reason in left["reason"]
    outcome = pgrade.upgrade(path, database.url, "--misfit", "widen", "--accept", "generated column")
    assert outcome.status == pgrade.SHORTFALL, outcome
    result = compare(path, database.url, outcome.report, probe=True)
    assert result.equal, result


@pytest.mark.core
def test_generated_columns_that_are_equal_stay_generated(folder, database):
    path = fixtures.build_from_text(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, c INTEGER AS (a * 2 + 1) STORED, d TEXT AS (upper(b)), e AS (c + 1));"
        "INSERT INTO t (a, b) VALUES (1, 'x'), (NULL, 'É'), (-5, NULL)",
        folder / "app.db",
    )
    outcome = pgrade.upgrade(path, database.url)
    assert outcome.status == pgrade.OK, outcome
    found = database.execute("SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attgenerated = 's' ORDER BY attnum")
    assert [name for name, in found] == ["c", "d", "e"]


def test_rows_that_were_changed_are_not_compared(folder, database):
    """The column is generated from what arrived, and the report says that it was not compared."""
    path = fixtures.build_from_text(
        "CREATE TABLE t (a INTEGER, b INTEGER AS (a + 1) STORED); INSERT INTO t (a) VALUES (1), ('x')", folder / "app.db"
    )
    outcome = pgrade.upgrade(path, database.url, "--type", "t.a=bigint", "--misfit", "null")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert any("not compared" in note["text"] for note in outcome.report["notes"])
    assert database.execute("SELECT a, b FROM t ORDER BY a") == [(1, 2), (None, None)]
