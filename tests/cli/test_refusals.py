"""Indexes and CHECKs for which PostgreSQL stops at a row, where SQLite has a value: left out when that is accepted."""

import pytest

import fixtures
import pgrade
from catalog_text import table_names
from compare import compare
from trouble import one_document

LARGEST = 9223372036854775807

# The table, its row that fails as the third one, the object, and what of the server's words tells why.
REFUSED = {
    "an index on an expression": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b BIGINT); CREATE INDEX t_bad ON t (abs(b) + 1);",
        f"INSERT INTO t VALUES (1, 5), (2, NULL), (30, {LARGEST}), (31, 7)",
        ("index", "t_bad"),
        "where id is 30: bigint out of range (SQLSTATE 22003)",
    ),
    "the condition of an index": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b BIGINT, s TEXT); CREATE INDEX t_bad ON t (s) WHERE b * 2 > 4;",
        f"INSERT INTO t VALUES (1, 5, 'a'), (2, NULL, 'b'), (30, {LARGEST}, 'c'), (31, 7, 'd')",
        ("index", "t_bad"),
        "where id is 30: bigint out of range (SQLSTATE 22003)",
    ),
    "a unique index without a rowid": (
        "CREATE TABLE t (k TEXT, n INTEGER, b BIGINT, PRIMARY KEY (k, n)) WITHOUT ROWID; CREATE UNIQUE INDEX t_bad ON t (b * 3 DESC, k);",
        f"INSERT INTO t VALUES ('x', 1, 5), ('x', 2, NULL), ('it''s', 7, {LARGEST}), ('z', 4, 7)",
        ("index", "t_bad"),
        "where k is 'it''s' and n is 7: bigint out of range",
    ),
    "a row that has no key": (
        "CREATE TABLE t (a TEXT, b BIGINT); CREATE INDEX t_bad ON t (b + 1);",
        f"INSERT INTO t VALUES ('x', 5), ('y', NULL), ('zz', {LARGEST}), ('q', 7)",
        ("index", "t_bad"),
        f"in the row (zz,{LARGEST}): bigint out of range",
    ),
    "a check": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b BIGINT, CONSTRAINT t_bad CHECK (b + 1 <> 3));",
        f"INSERT INTO t VALUES (1, 5), (2, NULL), (30, {LARGEST}), (31, 7)",
        ("check", "t_bad"),
        "where id is 30: bigint out of range (SQLSTATE 22003)",
    ),
    "a check without a name": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b BIGINT CHECK (abs(b) <> 3 AND b + 1 <> 3));",
        f"INSERT INTO t VALUES (1, 5), (2, NULL), (30, {LARGEST}), (31, 7)",
        ("check", "t_b_check"),
        "where id is 30: bigint out of range",
    ),
}
BESIDES = (
    "CREATE TABLE u (id INTEGER PRIMARY KEY, n INTEGER CONSTRAINT u_n CHECK (n < 10));"
    "CREATE INDEX u_good ON u (n + 1); INSERT INTO u VALUES (1, 2);"
)


def lost(document):
    return {(one["class"], one["name"]): one["reason"] for one in document["not_carried"]}


@pytest.mark.core
@pytest.mark.parametrize("what", REFUSED)
def test_it_is_named_with_its_row(what, folder, untouched, database):
    table, rows, which, why = REFUSED[what]
    path = fixtures.build_from_text(f"{table} {rows}; {BESIDES}", folder / "app.db")
    untouched()
    outcome = pgrade.run("upgrade", str(path), database.url, "--json")
    assert outcome.status == pgrade.DECISION, outcome
    document = one_document(outcome)
    assert list(lost(document)) == [which], outcome
    assert lost(document)[which].startswith("PostgreSQL cannot compute it for a row that SQLite could, ")
    assert why in lost(document)[which]
    assert "--accept" in document["error"]["hint"] and not document["published"]
    assert table_names(database) == []


@pytest.mark.core
@pytest.mark.parametrize("what", REFUSED)
def test_going_on_without_it(what, folder, database, tmp_path):
    table, rows, (kind, name), _ = REFUSED[what]
    path = fixtures.build_from_text(f"{table} {rows}; {BESIDES}", folder / "app.db")
    file = tmp_path / "left.sql"
    outcome = pgrade.upgrade(path, database.url, "--accept", kind, "--not-carried", str(file))
    assert outcome.status == pgrade.SHORTFALL, outcome
    result = compare(path, database.url, outcome.report)
    assert result.equal, result
    assert name not in {one["name"] for one in outcome.report["objects"]}
    found = database.execute("SELECT conname::text FROM pg_constraint UNION SELECT indexname FROM pg_indexes")
    assert {"u_n", "u_good"} <= {one for one, in found} and name not in {one for one, in found}
    assert f"{kind} t.{name}: PostgreSQL cannot compute it" in file.read_text()
    assert "b + 1 <> 3" in file.read_text() if kind == "check" else "CREATE" in file.read_text()


def test_its_row_is_found_in_a_large_table(folder, database):
    """In the pages of several workers' chunks, the last row but some."""
    path = fixtures.build_from_text(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, b BIGINT); CREATE INDEX t_bad ON t (abs(b) + 1);"
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
        f"INSERT INTO t SELECT i, iif(i = 54321, {LARGEST}, i) FROM n",
        folder / "app.db",
    )
    document = one_document(pgrade.run("upgrade", str(path), database.url, "--json"))
    assert "where id is 54321: bigint" in lost(document)[("index", "t_bad")]


def test_values_stay_hidden(folder, database):
    table, rows, which, _ = REFUSED["a row that has no key"]
    path = fixtures.build_from_text(f"{table} {rows};", folder / "app.db")
    outcome = pgrade.run("upgrade", str(path), database.url, "--json", "--hide-values")
    assert outcome.status == pgrade.DECISION, outcome
    assert lost(one_document(outcome))[which] == "PostgreSQL cannot compute it for a row that SQLite could (SQLSTATE 22003)"
    assert str(LARGEST) not in outcome.stdout + outcome.stderr


VIOLATED = """
CREATE TABLE t (id INTEGER PRIMARY KEY, b BIGINT CONSTRAINT odd CHECK (b + 1 > 0), c INTEGER CONSTRAINT small CHECK (c < 9));
PRAGMA ignore_check_constraints = ON;
"""


@pytest.mark.core
@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_a_check_that_rows_contradict_is_another_matter(order, folder, database):
    """One row contradicts the check, another cannot be computed: it is left out, while `small` is contradicted."""
    contradicting, failing = order
    path = fixtures.build_from_text(
        f"{VIOLATED} INSERT INTO t VALUES ({contradicting}, -77, 99), ({failing}, {LARGEST}, 1);", folder / "app.db"
    )
    outcome = pgrade.run("upgrade", str(path), database.url, "--json", "--accept", "check")
    assert outcome.status == pgrade.DECISION, outcome
    document = one_document(outcome)
    assert list(lost(document)) == [("check", "odd")] and f"where id is {failing}:" in lost(document)[("check", "odd")]
    assert [(one["name"], one["rows"]) for one in document["contradictions"]] == [("small", 1)]
    assert "contradicts 1 constraint" in document["error"]["message"]
