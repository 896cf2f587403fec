"""Rows that are set aside: in pgrade_record.quarantine and in a file, as the source has them, and nowhere else."""

import csv
import glob
import json
import os
import sqlite3
import stat

import pytest

import fixtures
import pgrade
from catalog_text import table_names, whole_text
from gate import Gate
from trouble import one_document

ODD = """
CREATE TABLE item (id INTEGER PRIMARY KEY, price DECIMAL(6, 2), note TEXT, raw BLOB);
INSERT INTO item VALUES
    (1, 1.5, 'sound', x'00ff'),
    (2, 'zebra', 'a "quoted", one' || char(10) || 'line', x'00ff'),
    (3, 12345.67, CAST(x'610062' AS TEXT), x''),
    (9007199254740993, 2, CAST(x'c328' AS TEXT), NULL),
    (5, 0.1, NULL, NULL);
CREATE TABLE pair (a TEXT, b TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
INSERT INTO pair VALUES ('x', CAST(x'ff' AS TEXT)), ('x', 'y');
CREATE TABLE sound (id INTEGER PRIMARY KEY, n REAL);
INSERT INTO sound VALUES (1, 9e999), (2, -0.0);
"""
FAMILY = """
CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT, mother_id INTEGER CONSTRAINT mother REFERENCES person);
INSERT INTO person VALUES (1, 'a', NULL), (2, 'b', 1), (3, 'c', 77), (4, 'd', 3), (5, 'e', 4), (6, 'f', 2);
CREATE TABLE letter (code TEXT, writer INTEGER CONSTRAINT writer REFERENCES person ON DELETE CASCADE, body BLOB);
INSERT INTO letter VALUES ('x', 1, x'00'), ('x', 5, x'01'), ('x', 5, x'01'), ('y', NULL, x'02'), ('z', 99, 'text');
CREATE TABLE reply (n INTEGER, to_a TEXT, to_b TEXT,
    CONSTRAINT answers FOREIGN KEY (to_a, to_b) REFERENCES thread (a, b) ON DELETE SET NULL);
CREATE TABLE thread (a TEXT, b TEXT, owner INTEGER REFERENCES person (id), PRIMARY KEY (a, b));
INSERT INTO thread VALUES ('t', 'u', 1), ('t', 'v', 4);
INSERT INTO reply VALUES (1, 't', 'u'), (2, 't', 'v'), (3, 't', NULL), (4, NULL, NULL), (5, 'q', 'q');
"""


@pytest.fixture
def odd(folder):
    return fixtures.build_from_text(ODD, folder / "app.db")


@pytest.fixture
def family(folder):
    return fixtures.build_from_text(FAMILY, folder / "app.db")


@pytest.fixture
def upgraded(tmp_path, database):
    def run(source, *options, status=pgrade.SHORTFALL):
        outcome = pgrade.run(
            "upgrade", str(source), database.url, *options, "--json", directory=str(tmp_path)
        )
        assert outcome.status == status, outcome
        assert "Sanitizer" not in outcome.stderr, outcome
        return one_document(outcome)

    return run


def value_of(encoded):
    """A value of the quarantine as SQLite has it: (storage class, value)."""
    if encoded is None:
        return "null", None
    if isinstance(encoded, str):
        return "text", encoded.encode()
    if isinstance(encoded, int):
        return "integer", encoded
    ((kind, text),) = encoded.items()
    return kind, float(text) if kind == "real" else bytes.fromhex(text)


def row_of(source, table, condition):
    connection = sqlite3.connect(source)
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    rows = []
    parts = (f"typeof({n}), CASE typeof({n}) WHEN 'text' THEN CAST({n} AS BLOB) ELSE {n} END" for n in names)
    for row in connection.execute(f"SELECT {', '.join(parts)} FROM {table} WHERE {condition}"):
        rows.append({name: (row[2 * i], row[2 * i + 1]) for i, name in enumerate(names)})
    connection.close()
    return rows


def lines(path):
    with open(path, newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.core
def test_rows_are_set_aside(odd, tmp_path, untouched, upgraded, database):
    untouched()
    document = upgraded(odd, "--misfit", "quarantine")
    assert document["verified"] and document["misfit_count"] == 0
    proof = {one["table"]: one for one in document["proof"]}
    assert {
        table: (one["source_rows"], one["loaded_rows"], one["quarantined_rows"]) for table, one in proof.items()
    } == {"item": (5, 2, 3), "pair": (2, 1, 1), "sound": (2, 2, 0)}
    assert database.execute("SELECT id FROM item ORDER BY id") == [(1,), (5,)]
    rows = database.execute(
        "SELECT source_table, target_schema, target_table, source_rowid, column_name, reason, \"row\", source"
        " FROM pgrade_record.quarantine ORDER BY source_table, source_rowid"
    )
    assert [row[:5] for row in rows] == [
        ("item", "public", "item", 2, "price"),
        ("item", "public", "item", 3, "price"),
        ("item", "public", "item", 9007199254740993, "note"),
        ("pair", "public", "pair", None, "b"),
    ]
    assert rows[1][5] == "price: more than 4 digits before the point; note: a NUL character inside"
    assert {row[7] for row in rows} == {str(odd)}
    for row, condition in zip(rows, ("id = 2", "id = 3", "id = 9007199254740993", "b <> 'y'")):
        assert [{name: value_of(value) for name, value in row[6].items()}] == row_of(odd, row[0], condition)


@pytest.mark.core
def test_the_file_holds_the_same_rows(odd, tmp_path, upgraded, database):
    document = upgraded(odd, "--misfit", "quarantine")
    (path,) = glob.glob(str(tmp_path / "app.db.quarantine-*.csv"))
    assert document["quarantine_file"] == os.path.basename(path)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    there = database.execute(
        'SELECT run_id, id::text, source, source_table, target_schema, target_table, source_rowid::text,'
        ' column_name, reason, "row" FROM pgrade_record.quarantine ORDER BY id'
    )
    here = [
        tuple(json.loads(value) if name == "row" else value or None for name, value in line.items())
        for line in lines(path)
    ]
    assert here == there and len(here) == 4
    assert not glob.glob(str(tmp_path / "*.part"))


def test_the_file_may_have_another_name(odd, tmp_path, upgraded, database):
    there = tmp_path / "aside.csv"
    assert upgraded(odd, "--misfit", "quarantine", "--quarantine-file", str(there))["quarantine_file"] == str(there)
    assert len(lines(there)) == 4
    before = there.read_bytes()
    document = upgraded(
        odd, "--misfit", "quarantine", "--quarantine-file", str(there), "--replace", status=pgrade.REFUSED
    )
    assert "exists already" in document["error"]["message"] and there.read_bytes() == before


def test_people_are_told(odd, tmp_path, database):
    outcome = pgrade.run(
        "upgrade", str(odd), database.url, "--misfit", "quarantine", directory=str(tmp_path)
    )
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert "item: 3 rows set aside, in pgrade_record.quarantine" in outcome.stdout
    assert ".csv too" in outcome.stdout
    assert "item.price, rowid 2: 'zebra'" in outcome.stdout


def test_nothing_is_left_of_a_run_that_fails(odd, tmp_path, upgraded, database):
    before = whole_text(database)
    document = upgraded(odd, "--misfit", "quarantine", "--misfit", "pair=stop", status=pgrade.DECISION)
    assert {one["outcome"] for one in document["misfits"]} == {"quarantined", "stops"}
    assert whole_text(database) == before
    assert not glob.glob(str(tmp_path / "*.csv*"))


def test_no_row_no_file_and_no_table(small, tmp_path, upgraded, database):
    upgraded(small, "--misfit", "quarantine", "--orphans", "quarantine", status=pgrade.OK)
    assert not glob.glob(str(tmp_path / "*.csv*"))
    assert database.execute("SELECT to_regclass('pgrade_record.quarantine')") == [(None,)]


def test_rows_that_replaced_tables_left_are_taken_out(odd, tmp_path, upgraded, database):
    first = upgraded(odd, "--misfit", "quarantine")
    second = upgraded(odd, "--misfit", "quarantine", "--replace")
    assert first["quarantine_file"] != second["quarantine_file"]
    runs = database.execute("SELECT DISTINCT run_id FROM pgrade_record.quarantine")
    assert len(runs) == 1 and runs[0][0].startswith(second["quarantine_file"].split("-")[-1][:8])


def test_a_folder_that_cannot_be_written(odd, tmp_path, upgraded, database):
    document = upgraded(
        odd, "--misfit", "quarantine", "--quarantine-file", str(tmp_path / "none" / "x.csv"), status=pgrade.FAILED
    )
    assert "--quarantine-file" in document["error"]["hint"] and table_names(database) == []


@pytest.mark.parametrize("command, option", [("upgrade", "quarantine-file"), ("plan", "out"), ("plan", "write-config")])
def test_a_dash_is_no_file(command, option, odd, tmp_path, database):
    """Standard output has the report: a file named `-` is not what anybody means."""
    words = [command, str(odd), database.url, f"--{option}=-", *(["--misfit=quarantine"] if command == "upgrade" else [])]
    outcome = pgrade.run(*words, directory=tmp_path)
    assert outcome.status == pgrade.USAGE, outcome
    assert f"--{option} -" in outcome.stderr and "./-" in outcome.stderr, outcome
    assert not (tmp_path / "-").exists() and table_names(database) == []


def test_a_file_may_be_called_dash(odd, tmp_path, database):
    outcome = pgrade.run(
        "upgrade", str(odd), database.url, "--misfit=quarantine", "--quarantine-file=./-", directory=tmp_path
    )
    assert outcome.status == pgrade.SHORTFALL and (tmp_path / "-").exists(), outcome


def test_identity_goes_on_past_rows_that_are_set_aside(folder, upgraded, database):
    path = fixtures.build_from_text(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT);"
        "INSERT INTO t VALUES (1, 'a'), (70, CAST(x'ff' AS TEXT))",
        folder / "app.db",
    )
    upgraded(path, "--misfit", "quarantine")
    assert database.execute("INSERT INTO t (v) VALUES ('b') RETURNING id") == [(71,)]


def test_wide_rows_are_set_aside(folder, upgraded, database):
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(f'c{i} TEXT' for i in range(1500))})")
    for rowid, text in ((1, "abc"), (2, "abcdefgh")):
        connection.execute(f"INSERT INTO t VALUES ({', '.join('?' * 1501)})", [rowid] + [text] * 1500)
    connection.commit()
    connection.close()
    document = upgraded(path, "--misfit", "t=quarantine")
    assert document["proof"][0]["quarantined_rows"] == 1
    ((column, row),) = database.execute('SELECT column_name, "row" FROM pgrade_record.quarantine')
    assert column is None and len(row) == 1501 and row["c1499"] == "abcdefgh"


def test_many_rows_by_many_workers(folder, tmp_path, upgraded, database):
    path = fixtures.build_from_text(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n DECIMAL(6, 2), v TEXT);"
        "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 120000)"
        "INSERT INTO t SELECT i, CASE WHEN i % 7 THEN i % 1000 ELSE 'no' END, hex(zeroblob(150)) FROM c",
        folder / "app.db",
    )
    document = upgraded(path, "--misfit", "quarantine", "--type", "t.n=numeric(6,2)", "--workers", "3")
    assert document["proof"][0]["quarantined_rows"] == 120000 // 7
    assert database.execute(
        "SELECT count(*), count(DISTINCT source_rowid), bool_and(source_rowid % 7 = 0), count(DISTINCT id)"
        " FROM pgrade_record.quarantine"
    ) == [(17142, 17142, True, 17142)]
    assert database.execute("SELECT count(*) FROM t WHERE id % 7 = 0") == [(0,)]


# ------------------------------------------------------------------------------------------------- orphans


@pytest.mark.core
@pytest.mark.parametrize("more", [[], ["--no-verify"]])
def test_orphans_are_set_aside_and_their_children(more, family, untouched, upgraded, database):
    untouched()
    document = upgraded(family, "--orphans", "quarantine", *more)
    assert document["contradictions"] == []
    proof = {one["table"]: (one["source_rows"], one["loaded_rows"], one["quarantined_rows"]) for one in document["proof"]}
    assert proof == {"person": (6, 3, 3), "letter": (5, 2, 3), "reply": (5, 3, 2), "thread": (2, 1, 1)}
    assert database.execute("SELECT id FROM person ORDER BY 1") == [(1,), (2,), (6,)]
    assert database.execute("SELECT n, to_a, to_b FROM reply ORDER BY 1") == [(1, "t", "u"), (3, "t", None), (4, None, None)]
    rows = database.execute(
        'SELECT source_table, source_rowid, column_name, reason, "row" FROM pgrade_record.quarantine ORDER BY 1, 2'
    )
    assert [row[:3] for row in rows] == [
        ("letter", 2, "writer"),
        ("letter", 3, "writer"),
        ("letter", 5, "writer"),
        ("person", 3, "mother_id"),
        ("person", 4, "mother_id"),
        ("person", 5, "mother_id"),
        ("reply", 2, "to_a, to_b"),
        ("reply", 5, "to_a, to_b"),
        ("thread", 2, "owner"),
    ]
    assert rows[3][3] == "foreign key mother: no row of person has this value"
    for table, rowid, _, _, row in rows:
        assert [{name: value_of(value) for name, value in row.items()}] == row_of(
            family, table, f"rowid = {rowid}"
        )
    assert database.execute("SELECT bool_and(convalidated) FROM pg_constraint WHERE contype = 'f'") == [(True,)]


def test_orphans_in_the_report(folder, database):
    path = fixtures.build_from_text(
        "CREATE TABLE p (id INTEGER PRIMARY KEY); INSERT INTO p VALUES (1); CREATE VIEW v AS SELECT id FROM c;"
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p); INSERT INTO c VALUES (1, 1), (2, 9)",
        folder / "app.db",
    )
    outcome = pgrade.run("upgrade", str(path), database.url, "--orphans", "quarantine", directory=str(folder))
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert "c: 1 row set aside" in outcome.stdout and "The first of them" not in outcome.stdout
    assert "not compared: rows of a table that it reads were set" in outcome.stdout and "--misfit" not in outcome.stdout


def test_children_of_misfits_are_orphans(folder, upgraded, database):
    path = fixtures.build_from_text(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT);"
        "INSERT INTO p VALUES (1, 'a'), (2, CAST(x'ff' AS TEXT));"
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p, w TEXT);"
        "INSERT INTO c VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 1, CAST(x'fe' AS TEXT))",
        folder / "app.db",
    )
    document = upgraded(path, "--misfit", "quarantine", status=pgrade.DECISION)
    assert document["contradictions"][0]["rows"] == 1
    upgraded(path, "--misfit", "quarantine", "--orphans", "quarantine")
    assert database.execute(
        "SELECT source_table, source_rowid, column_name FROM pgrade_record.quarantine ORDER BY 1, 2"
    ) == [("c", 2, "p_id"), ("c", 3, "w"), ("p", 2, "v")]
    assert database.execute("SELECT id FROM c") == [(1,)]


def test_values_of_orphans_are_not_counted_as_changed(folder, upgraded, database):
    """They became NULL in rows that did not arrive after all."""
    path = fixtures.build_from_text(
        "CREATE TABLE p (id INTEGER PRIMARY KEY);"
        "INSERT INTO p VALUES (1);"
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p, n INTEGER, m INTEGER);"
        "INSERT INTO c VALUES (1, 1, 'x', 1), (2, 9, 'y', 2), (3, 9, 'z', 'w')",
        folder / "app.db",
    )
    document = upgraded(path, "--misfit", "null", "--orphans", "quarantine")
    assert {one["table"]: one["changed_values"] for one in document["proof"]} == {"p": 0, "c": 1}
    assert [(one["column"], one["outcome"], one["count"]) for one in document["changes"]] == [
        ("n", "null", 1),
        (None, "quarantined", 2),
    ]
    assert database.execute("SELECT id, n, m FROM c") == [(1, None, 1)]


def test_values_that_became_null_are_no_orphans(folder, upgraded, database):
    """Rows are found again as they were meant to arrive."""
    path = fixtures.build_from_text(
        "CREATE TABLE p (id INTEGER PRIMARY KEY);"
        "CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p, w TEXT);"
        "INSERT INTO p VALUES (1);"
        "INSERT INTO c VALUES (1, 1, CAST(x'fe' AS TEXT)), (2, 7, CAST(x'fe' AS TEXT)), (3, NULL, 'x')",
        folder / "app.db",
    )
    upgraded(path, "--misfit", "null", "--orphans", "quarantine")
    assert database.execute("SELECT id, w FROM c ORDER BY 1") == [(1, None), (3, "x")]
    ((rowid, row),) = database.execute('SELECT source_rowid, "row" FROM pgrade_record.quarantine')
    assert rowid == 2 and row["w"] == {"text": "fe"}


def test_hidden_values_stay_in_the_file(odd, tmp_path, database):
    outcome = pgrade.run(
        "upgrade", str(odd), database.url, "--misfit", "quarantine", "--hide-values", directory=str(tmp_path)
    )
    assert outcome.status == pgrade.SHORTFALL and "zebra" not in outcome.stdout + outcome.stderr


# ------------------------------------------------------------------------------ a source that is written


GUARDED = """
CREATE TABLE p (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO p VALUES (1, 'a'), (2, CAST(x'ff' AS TEXT)), (3, CAST(x'610062' AS TEXT));
CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER REFERENCES p);
INSERT INTO c VALUES (1, 1), (2, 9);
"""
WRITES = {
    "nothing": (["UPDATE c SET p_id = p_id", "UPDATE p SET v = v"], pgrade.SHORTFALL),
    "a row that is set aside": (["UPDATE p SET v = CAST(x'fe' AS TEXT) WHERE id = 2"], pgrade.REFUSED),
    "an orphan": (["UPDATE c SET p_id = 8 WHERE id = 2"], pgrade.REFUSED),
    "another row": (["UPDATE p SET v = 'b' WHERE id = 1"], pgrade.REFUSED),
    "a misfit more": (["INSERT INTO p VALUES (4, CAST(x'ff' AS TEXT))"], pgrade.REFUSED),
    "a misfit mended": (["UPDATE p SET v = 'x' WHERE id = 2"], pgrade.REFUSED),
}


@pytest.mark.core
@pytest.mark.parametrize("what", WRITES)
def test_source_is_written_meanwhile(what, folder, tmp_path, database):
    statements, status = WRITES[what]
    path = folder / "app.db"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = wal")
    connection.executescript(GUARDED)
    with Gate(database, "CREATE TABLE") as gate:
        process = pgrade.start(
            "upgrade", str(path), database.url, "--misfit=repair,p=quarantine", "--orphans=quarantine",
            f"--quarantine-file={tmp_path / 'aside.csv'}",
        )
        gate.wait_for_arrival(process)
        for statement in statements:
            connection.execute(statement)
        gate.open()
        outcome = pgrade.finish(process)
    connection.close()
    assert outcome.status == status, outcome
    assert os.path.exists(tmp_path / "aside.csv") == (status == pgrade.SHORTFALL)
