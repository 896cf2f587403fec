"""`verify` on its own: what is equal, what is a difference, and what is said of it."""

import pytest

import fixtures
import pgrade
from trouble import assert_clean, one_document

SOURCE = """
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, at DATETIME);
INSERT INTO author VALUES (1, 'Ada', 1714000000), (2, 'Bo', 1714000001), (3, 'Cy', NULL);
CREATE TABLE "Order" (a INTEGER, b TEXT, total DECIMAL(8, 2), PRIMARY KEY (a, b));
INSERT INTO "Order" VALUES (1, 'x', 1.5), (1, 'y', 2), (2, 'x', NULL);
CREATE TABLE line (word TEXT, n INTEGER, twice INTEGER AS (n * 2));
INSERT INTO line VALUES ('one', 1), ('two', 2), ('two', 2), ('three', 3);
CREATE TABLE blank (id INTEGER PRIMARY KEY);
"""


@pytest.fixture
def source(folder, untouched):
    path = fixtures.build_from_text(SOURCE, folder / "app.db")
    untouched()
    return str(path)


@pytest.fixture
def loaded(source, database):
    outcome = pgrade.run("upgrade", source, database.url)
    assert outcome.status == pgrade.OK, outcome
    return source, database


def verify(*words, status=pgrade.SHORTFALL):
    outcome = pgrade.run("verify", *map(str, words), "--json")
    assert outcome.status == status, outcome
    document = one_document(outcome)
    assert document["status"] == status and document["equal"] == (status == pgrade.OK)
    return document


def told(document):
    """Each difference in short."""
    lines = []
    for one in document["differences"]:
        key = ",".join(str(cell["value"]) for cell in one["key"])
        if one["kind"] == "value":
            lines.append(f"{one['table']}.{one['column']} {key}: {one['source']} -> {one['target']}")
        else:
            row = ",".join(str(cell["value"]) for cell in one["row"])
            lines.append(f"{one['table']} {row}: {'doubled ' if one['doubled'] else ''}{one['kind']}")
    return lines


def remarks(document, differs=True):
    return [f"{one['what']} {one['table'] + '.' if one['table'] else ''}{one['name']}: {one['text']}"
            for one in document["remarks"] if one["differs"] == differs]


@pytest.mark.core
def test_what_was_upgraded_is_equal(loaded):
    source, database = loaded
    document = verify(source, database.url, status=pgrade.OK)
    assert document["differences"] == document["remarks"] == []
    tables = {table["source"]: table for table in document["tables"]}
    assert {name: table["source_rows"] for name, table in tables.items()} == {"author": 3, "Order": 3, "line": 4, "blank": 0}
    assert all(table["source_digest"] == table["target_digest"] for table in tables.values())
    assert tables["Order"]["key"] == ["a", "b"] and tables["line"]["key"] == []
    plain = pgrade.run("verify", source, database.url)
    assert plain.status == pgrade.OK and "Equal: 4 tables, 10 rows" in plain.stdout, plain
    assert_clean(plain)


@pytest.mark.core
def test_differences_are_named(loaded):
    source, database = loaded
    database.execute("""UPDATE author SET at = at + interval '1 microsecond' WHERE id = 2; DELETE FROM author WHERE id = 3;
                        UPDATE "Order" SET total = 2.01 WHERE b = 'y'; INSERT INTO "Order" VALUES (9, 'z', NULL);
                        UPDATE line SET n = 33 WHERE n = 3; INSERT INTO line VALUES ('one', 1)""")
    document = verify(source, database.url)
    assert sorted(told(document)) == [
        "Order 9,z,None: extra row",
        "Order.total 1,y: 2 -> 2.01",
        "author 3,Cy,None: missing row",
        "author.at 2: 1714000001 -> 2024-04-24 23:06:41.000001",
        "line one,1,2: doubled extra row",
        "line.n : 3 -> 33",
        "line.twice : 6 -> 66",
    ]
    row = next(one["row"] for one in document["differences"] if one["column"] == "twice")
    assert [cell["value"] for cell in row] == ["three", "3", "6"], "no key: the whole row says which"
    plain = pgrade.run("verify", source, database.url)
    assert plain.status == pgrade.SHORTFALL
    assert "Order.total, a = 1, b = 'y': source 2, target 2.01" in plain.stdout, plain
    assert "author, id = 3, name = 'Cy', at = NULL: the row is missing on the target" in plain.stdout
    assert "line, word = 'one', n = 1, twice = 2: the row is doubled on the target" in plain.stdout
    assert "DIFFERENT: 4 tables" in plain.stdout
    assert_clean(plain)


@pytest.mark.core
def test_the_sides_may_be_in_either_order(loaded):
    source, database = loaded
    verify(database.url, source, status=pgrade.OK)
    database.execute("UPDATE author SET name = 'Abo' WHERE id = 2; DELETE FROM author WHERE id = 1")
    assert sorted(told(verify(database.url, source))) == ["author 1,Ada,1714000000: extra row", "author.name 2: Abo -> Bo"]


def test_values_are_hidden(loaded):
    source, database = loaded
    database.execute("UPDATE author SET name = 'Secret' WHERE id = 2; DELETE FROM author WHERE id = 3; INSERT INTO line VALUES ('hush', 7)")
    for words in ((), ("--json",)):
        outcome = pgrade.run("verify", source, database.url, "--hide-values", *words)
        assert outcome.status == pgrade.SHORTFALL
        for value in ("Secret", "Bo", "Cy", "hush"):
            assert value not in outcome.stdout + outcome.stderr, outcome
        assert "author" in outcome.stdout and "name" in outcome.stdout


def test_tables_and_columns_that_one_side_lacks(loaded):
    source, database = loaded
    database.execute("""DROP TABLE line; ALTER TABLE author DROP COLUMN at; ALTER TABLE author ADD extra integer;
                        CREATE TABLE more (id integer)""")
    document = verify(source, database.url)
    assert remarks(document) == ["column author.at: the PostgreSQL side's table has no such column",
                                 "table line: the target has no such table"]
    assert remarks(document, False) == ["column author.extra: only the PostgreSQL side has it",
                                        "table more: only the target has it"]
    assert document["differences"] == []
    assert verify(source, database.url, "--exclude", "line,author", status=pgrade.OK)


def test_renamed_tables_are_found(source, database):
    renamed = ("--rename", "author=writers", "--rename", "author.name=full_name")
    assert pgrade.run("upgrade", source, database.url, *renamed).status == pgrade.OK
    assert verify(source, database.url, *renamed, status=pgrade.OK)["tables"][0]["target"] == "writers"
    assert "table author: the target has no such table" in remarks(verify(source, database.url))


def test_a_saved_plan_says_what_was_done(source, database, tmp_path):
    plan = str(tmp_path / "plan.json")
    options = ("--rename", "author=writers", "--where", "line=n > 1", "--exclude", "blank", "--names", "lower")
    assert pgrade.run("plan", source, *options, "--out", plan).status == pgrade.OK
    assert pgrade.run("upgrade", source, database.url, "--plan", plan).status == pgrade.SHORTFALL
    document = verify(source, database.url, "--plan", plan, status=pgrade.OK)
    assert {table["target"]: table["source_rows"] for table in document["tables"]} == {"writers": 3, "order": 3, "line": 3}
    other = fixtures.build_from_text("CREATE TABLE author (id INTEGER)", tmp_path / "other.db")
    assert pgrade.run("verify", str(other), database.url, "--plan", plan).status == pgrade.REFUSED


def test_what_misfits_became_is_a_difference_that_says_so(folder, database):
    source = fixtures.build_from_text("""CREATE TABLE t (id INTEGER PRIMARY KEY, d DATE, n DECIMAL(6, 2), s TEXT);
        INSERT INTO t VALUES (1, '2024-01-01', 1, 'a'), (2, '0000-00-00', 2, 'b'), (3, '2024-01-02', 'zebra', 'c')""",
        folder / "app.db")
    outcome = pgrade.run("upgrade", str(source), database.url, "--misfit", "t.d=null,t.n=quarantine")
    assert outcome.status == pgrade.SHORTFALL, outcome
    document = verify(source, database.url)
    assert told(document) == ["t.d 2: 0000-00-00 -> None", "t 3,2024-01-02,zebra,c: missing row"]
    assert "does not fit the column" in document["differences"][0]["why"]
    assert "as --misfit null leaves it" in document["differences"][0]["why"]
    assert "set aside" in document["differences"][1]["why"], document["differences"]


@pytest.mark.core
def test_a_sample_is_the_same_in_each_run_and_told(folder, database):
    source = fixtures.build_from_text("""CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE k (v TEXT);
        WITH RECURSIVE c (i) AS (SELECT -5000 UNION ALL SELECT i + 1 FROM c WHERE i < 5000)
        INSERT INTO t SELECT i, 'v' || i FROM c; INSERT INTO k VALUES ('a')""", folder / "app.db")
    assert pgrade.run("upgrade", str(source), database.url).status == pgrade.OK
    document = verify(source, database.url, "--sample", "100", status=pgrade.OK)
    tables = {table["source"]: table for table in document["tables"]}
    assert 50 < tables["t"]["compared_rows"] < 200 and tables["t"]["source_rows"] == 10001
    assert (tables["t"]["one_row_of"], tables["k"]["one_row_of"]) == (100, 1)
    assert verify(source, database.url, "--sample", "100", status=pgrade.OK)["tables"] [0]["source_digest"] == tables["t"]["source_digest"]
    database.execute("UPDATE t SET v = 'other'")
    found = verify(source, database.url, "--sample", "100")
    assert len(found["differences"]) == tables["t"]["compared_rows"]
    database.execute("DELETE FROM t WHERE id = 77")
    assert verify(source, database.url, "--sample", "100")["tables"][0]["target_rows"] == 10000
    plain = pgrade.run("verify", str(source), database.url, "--sample", "100").stdout
    assert "compared were" in plain and "of the rows (" in plain


def test_a_large_table_is_bisected(folder, database):
    source = fixtures.build_from_text("""CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER); CREATE TABLE k (v INTEGER, w INTEGER);
        WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 270000) INSERT INTO t SELECT i, i * 7 FROM c;
        INSERT INTO k SELECT id, v FROM t""", folder / "app.db")
    assert pgrade.run("upgrade", str(source), database.url).status == pgrade.OK
    database.execute("""UPDATE t SET v = 5 WHERE id = 177777; UPDATE t SET v = 12 WHERE id = 1; DELETE FROM t WHERE id = 150000;
                        UPDATE k SET w = 6 WHERE v = 200000; DELETE FROM k WHERE v = 2""")
    assert sorted(told(verify(source, database.url))) == [
        "k 2,14: missing row", "k.w : 1400000 -> 6", "t 150000,1050000: missing row", "t.v 177777: 1244439 -> 5", "t.v 1: 7 -> 12"]


def test_where_needs_a_file(database):
    outcome = pgrade.run("verify", database.url, database.url, "--where", "t=1")
    assert outcome.status == pgrade.USAGE and "--where is a condition of SQLite" in outcome.stderr, outcome


def test_errors_of_either_side(source, database, tmp_path):
    assert pgrade.run("verify", source).status == pgrade.USAGE
    assert pgrade.run("verify", str(tmp_path / "none.db"), database.url).status == pgrade.UNREACHABLE
    assert pgrade.run("verify", source, "postgresql://127.0.0.1:1/none").status == pgrade.UNREACHABLE


def test_many_differences_are_counted(folder, database):
    source = fixtures.build_from_text("""CREATE TABLE t (id INTEGER PRIMARY KEY, v INTEGER);
        WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 12000) INSERT INTO t SELECT i, i FROM c""",
        folder / "app.db")
    assert pgrade.run("upgrade", str(source), database.url).status == pgrade.OK
    database.execute("UPDATE t SET v = -v")
    document = verify(source, database.url)
    assert len(document["differences"]) == 10000
    assert (document["tables"][0]["different_rows"], document["tables"][0]["unnamed_rows"]) == (12000, 2000)
