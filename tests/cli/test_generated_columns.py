"""Generated columns are compared on both sides; one that PostgreSQL computes otherwise is carried by its values."""

import sqlite3

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
    found = database.execute("SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attgenerated <> '' ORDER BY attnum")
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


def not_carried(outcome):
    return {(left["class"], left["table"], left["name"]): left["reason"] for left in outcome.report["not_carried"]}


# What PostgreSQL computes is another value, or none: the SQL, the column, what its reason names, and the ways on.
DIFFERENT = {
    "more decimals than the type has": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, net DECIMAL(10,2), gross DECIMAL(10,2) AS (net * 1.19) STORED, twice DECIMAL(10,2) AS (net * 2));"
        "INSERT INTO t (id, net) VALUES (1, 10), (2, 10.55), (3, 9.99)",
        "gross",
        "does not hold what SQLite computes: 12.554500000000001 where id is 2 (it has more digits than precision and scale allow)",
    ),
    "a text that only SQLite compares as one": (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a BOOLEAN, c AS (a = 1)); INSERT INTO t (id, a) VALUES (1, 'true'), (2, 1), (3, 0)",
        "c",
        "computes other values than SQLite: where id is 1 it is 0 in the source and 1 on the target",
    ),
    "a longer text than declared": (
        "CREATE TABLE t (id TEXT PRIMARY KEY, x TEXT, c VARCHAR(2) AS (substr(x, 1, 5)), d TEXT AS (upper(x)));"
        "INSERT INTO t (id, x) VALUES ('k', 'a'), ('l', 'abcdef')",
        "c",
        # Of a stored column the value in the source is told, of a virtual one the row.
        ("value too long for type character varying(2) (SQLSTATE 22001); in the source it is 'abcde' where id is 'l' (it has too many characters)",
         "for a row, where id is 'l': value too long for type character varying(2) (SQLSTATE 22001)"),
    ),
    "beyond 64 bits": (
        "CREATE TABLE t (a BIGINT, b BIGINT AS (abs(a) + 1) STORED, c TEXT AS ('x' || a)); INSERT INTO t VALUES (9223372036854775807)",
        "b",
        "in the source it is 9.2233720368547758e+18 in a row",
    ),
}


@pytest.mark.core
@pytest.mark.parametrize("what", DIFFERENT)
def test_the_column_alone_is_named_with_a_row(what, folder, database):
    sql, column, reason = DIFFERENT[what]
    path = fixtures.build_from_text(sql, folder / "app.db")
    outcome = pgrade.upgrade(path, database.url)
    assert outcome.status == pgrade.DECISION, outcome
    assert database.execute("SELECT count(*) FROM pg_class WHERE relname = 't'") == [(0,)]
    left = not_carried(outcome)
    assert list(left) == [("generated column", "t", column)], outcome
    ways = (reason,) if isinstance(reason, str) else reason
    assert any(way in left[("generated column", "t", column)] for way in ways), left
    outcome = pgrade.upgrade(path, database.url, "--misfit", "widen", "--accept", "generated column")
    assert outcome.status == pgrade.SHORTFALL, outcome
    result = compare(path, database.url, outcome.report, probe=True)
    assert result.equal, result


@pytest.mark.parametrize("what", DIFFERENT)
def test_its_values_stay_hidden(what, folder, database):
    sql, column, _ = DIFFERENT[what]
    path = fixtures.build_from_text(sql, folder / "app.db")
    outcome = pgrade.run("upgrade", str(path), database.url, "--json", "--hide-values")
    told = not_carried(outcome)[("generated column", "t", column)]
    assert told.endswith("; its values are carried, as an ordinary column") and "where" not in told
    for value in ("12.55", "is 0", "abcde", "e+18"):
        assert value not in told


def test_values_that_do_not_fit_are_listed_once_the_column_is_accepted(folder, database):
    path = fixtures.build_from_text(DIFFERENT["more decimals than the type has"][0], folder / "app.db")
    outcome = pgrade.upgrade(path, database.url, "--accept", "generated column")
    assert outcome.status == pgrade.DECISION, outcome
    assert [(m["table"], m["rowid"], m["column"], m["value"], m["reason"]) for m in outcome.report["misfits"]] == [
        ("t", 2, "gross", "12.554500000000001", "more than 2 decimals"),
        ("t", 3, "gross", "11.8881", "more than 2 decimals"),
    ]


def test_a_type_that_holds_the_values_keeps_the_expression(folder, database):
    path = fixtures.build_from_text(DIFFERENT["more decimals than the type has"][0], folder / "app.db")
    outcome = pgrade.upgrade(path, database.url, "--type", "t.gross=double precision")
    assert outcome.status == pgrade.OK, outcome
    found = database.execute("SELECT attname FROM pg_attribute WHERE attrelid = 't'::regclass AND attgenerated <> '' ORDER BY attnum")
    assert [name for name, in found] == ["gross", "twice"]
    result = compare(path, database.url, outcome.report, probe=True)
    assert result.equal, result


def make_stale(path, columns, expression, rows):
    """The stored values are not those of the expression, as after a change of the schema's text."""
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE t ({columns})")
    connection.executemany(f"INSERT INTO t VALUES ({', '.join('?' * len(rows[0]))})", rows)
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_schema SET sql = ?", (f"CREATE TABLE t ({columns} AS ({expression}) STORED)",))
    connection.commit()
    connection.close()
    return path


@pytest.mark.core
def test_stale_values_in_each_others_rows(folder, database):
    """The column's values are the same ones, in other rows."""
    path = make_stale(folder / "app.db", "id INTEGER PRIMARY KEY, a INTEGER, c INTEGER", "a", [(1, 10, 20), (2, 20, 10), (3, 5, 5)])
    outcome = pgrade.upgrade(path, database.url)
    assert outcome.status == pgrade.DECISION, outcome
    assert "where id is 1 it is 20 in the source and 10 on the target" in not_carried(outcome)[("generated column", "t", "c")]
    outcome = pgrade.upgrade(path, database.url, "--accept", "generated column")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert database.execute("SELECT id, a, c FROM t ORDER BY id") == [(1, 10, 20), (2, 20, 10), (3, 5, 5)]


@pytest.mark.core
def test_last_digits_of_doubles_are_a_note(folder, database):
    columns = "id INTEGER PRIMARY KEY, a REAL, b REAL, c REAL"
    path = make_stale(folder / "app.db", columns, "a + b", [(1, 0.1, 0.2, 0.3), (2, 1.0, 2.0, 3.0)])
    outcome = pgrade.upgrade(path, database.url)
    assert outcome.status == pgrade.OK, outcome
    assert [note["about"] for note in outcome.report["notes"] if "last digits" in note["text"]] == ["t.c"]
    assert database.execute("SELECT c = 0.1::float8 + 0.2::float8 FROM t WHERE id = 1") == [(True,)]


def test_doubles_that_differ_by_more(folder, database):
    columns = "id INTEGER PRIMARY KEY, a REAL, b REAL, c REAL"
    path = make_stale(folder / "app.db", columns, "a + b", [(1, 0.1, 0.2, 0.300001), (2, 1.0, 2.0, 3.0)])
    outcome = pgrade.upgrade(path, database.url)
    assert outcome.status == pgrade.DECISION, outcome
    assert "where id is 1 it is 0.300001" in not_carried(outcome)[("generated column", "t", "c")]


def test_more_refused_columns_than_a_load_finds_at_once(folder, database):
    """A load ends at the first that the server cannot compute: as many loads as there are such tables."""
    tables = [
        f"CREATE TABLE t{i} (id INTEGER PRIMARY KEY, a BIGINT, b DOUBLE AS (abs(a) + 1) STORED);"
        f"INSERT INTO t{i} (a) VALUES (9223372036854775807);"
        for i in range(12)
    ]
    path = fixtures.build_from_text("".join(tables), folder / "app.db")
    outcome = pgrade.upgrade(path, database.url, "--accept", "all", "--workers", "1")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert len(not_carried(outcome)) == 12
    assert database.execute("SELECT b = 9223372036854775808 FROM t11") == [(True,)]


def test_a_null_where_none_may_be(folder, database):
    columns = "id INTEGER PRIMARY KEY, a INTEGER, c INTEGER NOT NULL"
    path = make_stale(folder / "app.db", columns, "a", [(1, None, 5), (2, 7, 7)])
    outcome = pgrade.upgrade(path, database.url)
    assert outcome.status == pgrade.DECISION, outcome
    assert "cannot compute it for a row" in not_carried(outcome)[("generated column", "t", "c")]
    outcome = pgrade.upgrade(path, database.url, "--accept", "generated column")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert database.execute("SELECT a, c FROM t ORDER BY id") == [(None, 5), (7, 7)]


@pytest.mark.parametrize("policy", ["null", "quarantine"])
def test_other_rows_are_compared_where_a_policy_changed_some(policy, folder, database):
    columns = "id INTEGER PRIMARY KEY, a INTEGER, c INTEGER"
    rows = [(1, 1, 1), ("2", "x", "x"), (3, 10, 20)]
    path = make_stale(folder / "app.db", columns, "a", rows)
    options = ("--type", "t.a=bigint", "--type", "t.c=bigint", "--misfit", policy)
    outcome = pgrade.upgrade(path, database.url, *options)
    assert outcome.status == pgrade.DECISION, outcome
    assert "where id is 3 it is 20 in the source and 10 on the target" in not_carried(outcome)[("generated column", "t", "c")]


@pytest.mark.parametrize("what", ["more decimals than the type has", "a longer text than declared"])
def test_plan_knows_what_does_not_fit(what, folder, untouched):
    sql, column, _ = DIFFERENT[what]
    path = fixtures.build_from_text(sql, folder / "app.db")
    untouched()
    outcome = pgrade.run("plan", str(path), "--json")
    assert outcome.status == pgrade.OK, outcome
    left = not_carried(outcome)
    assert list(left) == [("generated column", "t", column)], outcome
    assert "does not hold what SQLite computes" in left[("generated column", "t", column)]
    assert {misfit["column"] for misfit in outcome.report["misfits"]} == {column}


# What PostgreSQL computes while it makes the column: there it knows no collation, and a number may be out of range.
CONSTANT = {
    "coalesce of a constant": "lower(coalesce('A', x))",
    "ifnull of a constant": "upper(ifnull('a', x)) || x",
    "a branch that is always taken": "lower(CASE WHEN 1 THEN 'A' ELSE x END)",
    "iif": "lower(iif(1, 'A', x))",
    "nested": "lower(coalesce(coalesce(NULL, 'A'), x))",
    "a number out of range": "n + (9223372036854775807 + 1)",
}


@pytest.mark.core
@pytest.mark.parametrize("kind", ["STORED", "VIRTUAL"])
@pytest.mark.parametrize("what", CONSTANT)
def test_what_is_constant_is_left_out(what, kind, folder, database):
    expression = CONSTANT[what]
    path = fixtures.build_from_text(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT, n BIGINT, g TEXT AS ({expression}) {kind}, plain INTEGER AS (n + 1) STORED);"
        "CREATE TABLE u (id INTEGER PRIMARY KEY, n INTEGER, twice INTEGER AS (n * 2) STORED);"
        "INSERT INTO t (x, n) VALUES ('q', 1), (NULL, 2); INSERT INTO u (n) VALUES (4);",
        folder / "app.db",
    )
    outcome = pgrade.upgrade(path, database.url)
    assert outcome.status in (pgrade.DECISION, pgrade.OK), outcome
    if outcome.status == pgrade.DECISION:
        assert list(not_carried(outcome)) == [("generated column", "t", "g")], outcome
        outcome = pgrade.upgrade(path, database.url, "--accept", "generated column")
        assert outcome.status == pgrade.SHORTFALL, outcome
    result = compare(path, database.url, outcome.report, probe=True)
    assert result.equal, result
    assert database.execute("SELECT count(*) FROM pg_attribute WHERE attgenerated = 's' AND attname IN ('plain', 'twice')") == [(2,)]


@pytest.mark.parametrize("what", CONSTANT)
def test_plan_knows_what_is_constant(what, folder):
    expression = CONSTANT[what]
    path = fixtures.build_from_text(f"CREATE TABLE t (x TEXT, n BIGINT, g TEXT AS ({expression}))", folder / "app.db")
    outcome = pgrade.run("plan", str(path), "--json")
    if "n +" in expression:  # the server alone knows
        assert not not_carried(outcome)
    else:
        assert "computes a text of constants" in not_carried(outcome)[("generated column", "t", "g")]


@pytest.mark.parametrize("expression", ["lower(coalesce(x, 'A'))", "coalesce('A', x)", "lower(iif(n, 'A', x))", "lower(coalesce(NULL, x))"])
def test_what_only_looks_constant_is_generated(expression, folder, database):
    path = fixtures.build_from_text(
        f"CREATE TABLE t (x TEXT, n BIGINT, g TEXT AS ({expression})); INSERT INTO t VALUES ('Q', 1), (NULL, NULL)", folder / "app.db")
    outcome = pgrade.upgrade(path, database.url)
    assert outcome.status == pgrade.OK, outcome


@pytest.mark.core
@pytest.mark.parametrize("expression", [expression for expression in CONSTANT.values() if "n +" not in expression])
def test_what_is_constant_may_be_indexed(expression, folder, database):
    path = fixtures.build_from_text(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, x TEXT); CREATE INDEX by_it ON t ({expression});"
        f"CREATE INDEX where_it ON t (x) WHERE {expression} < 'b'; INSERT INTO t (x) VALUES ('q'), (NULL);",
        folder / "app.db",
    )
    outcome = pgrade.upgrade(path, database.url)
    assert outcome.status == pgrade.OK, outcome
    result = compare(path, database.url, outcome.report, probe=True)
    assert result.equal, result
