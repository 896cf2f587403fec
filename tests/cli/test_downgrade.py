"""The way back: new rows in the application's own spelling, what cannot go back, and files that are in the way."""

import os
import sqlite3
import stat
import subprocess

import pytest

import pgrade
from same_file import differences
from small import make_small
from sqlite_rows import select
from trouble import one_document

SCHEMA = """
PRAGMA user_version = 7;
PRAGMA application_id = 42;
CREATE TABLE author (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(40) NOT NULL UNIQUE, born DATE);
CREATE TABLE post (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES author (id), at DATETIME, live BOOLEAN,
                   price DECIMAL(10, 2), data JSON);
CREATE TABLE tag (word TEXT PRIMARY KEY, weight REAL) WITHOUT ROWID;
CREATE TABLE log (line TEXT, n INTEGER);
CREATE INDEX post_at ON post (at);
CREATE VIEW live AS SELECT * FROM post WHERE live;
CREATE TRIGGER named AFTER INSERT ON author BEGIN INSERT INTO log VALUES (new.name, new.id); END;
INSERT INTO author VALUES (1, 'Ada', '1815-12-10'), (2, 'Bo', NULL), (9, 'Cy', '2001-01-01');
DELETE FROM author WHERE id = 9;
INSERT INTO post VALUES (1, 1, '2024-02-29 12:34:56.789000', 1, 19.9, '{"b":1,"a":[1,2]}'),
                        (2, 1, '2024-03-01 00:00:00.000000', 0, 5, '{"x":"ü"}'),
                        (3, 2, NULL, NULL, NULL, NULL);
INSERT INTO tag VALUES ('red', 1.5), ('blue', 2);
INSERT INTO log VALUES ('same', 1), ('same', 1), ('other', 2);
"""


@pytest.fixture
def app(folder):
    return make(folder / "app.db", SCHEMA)


@pytest.fixture
def upgraded(app, database):
    outcome = pgrade.upgrade(app, database.url, "--accept", "all")
    assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
    return app


def make(path, script):
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


def downgrade(database, target, like, *options):
    return pgrade.run("downgrade", database.url, str(target), "--like", str(like), "--json", *options)


def table_of(outcome, name):
    return next(table for table in outcome.report["tables"] if table["table"] == name)


def test_rows_that_are_the_same_keep_their_bytes_and_their_rowids(upgraded, database, tmp_path):
    outcome = downgrade(database, tmp_path / "back.db", upgraded)
    assert outcome.status == pgrade.OK, outcome
    assert differences(upgraded, tmp_path / "back.db") == []


def test_new_changed_and_removed_rows(upgraded, database, tmp_path):
    database.execute("""
        INSERT INTO author (name, born) VALUES ('Di', '1999-12-31');
        INSERT INTO post (author_id, at, live, price, data)
            VALUES (10, '2025-01-02 03:04:05.5', true, 7.25, '{"k": [1, 2], "s": "é"}');
        UPDATE post SET live = true WHERE id = 2;
        DELETE FROM post WHERE id = 3;
        INSERT INTO tag VALUES ('green', 0.1);
        UPDATE tag SET weight = 3 WHERE word = 'red';
        DELETE FROM tag WHERE word = 'blue';
        INSERT INTO log VALUES ('new', 3);
        DELETE FROM log WHERE line = 'other'""")
    outcome = downgrade(database, tmp_path / "back.db", upgraded)
    assert outcome.status == pgrade.OK, outcome
    back = tmp_path / "back.db"
    assert select(back, "SELECT * FROM author WHERE id > 2") == [(10, "Di", "1999-12-31")]
    assert select(back, "SELECT id, at, live, price, typeof(price), data FROM post ORDER BY id") == [
        (1, "2024-02-29 12:34:56.789000", 1, 19.9, "real", '{"b":1,"a":[1,2]}'),
        (2, "2024-03-01 00:00:00.000000", 1, 5, "integer", '{"x":"ü"}'),
        (4, "2025-01-02 03:04:05.500000", 1, 7.25, "real", '{"k": [1, 2], "s": "é"}'),
    ]
    assert select(back, "SELECT * FROM tag ORDER BY 1") == [("green", 0.1), ("red", 3.0)]
    assert select(back, "SELECT rowid, * FROM log ORDER BY 1")[-3:] == [
        (upgraded_rowid, line, n) for upgraded_rowid, line, n in select(back, "SELECT rowid, * FROM log")[-3:]
    ]
    assert [line for line, _ in select(back, "SELECT * FROM log")].count("same") == 2
    assert ("new", 3) in select(back, "SELECT * FROM log")
    assert select(back, "SELECT seq FROM sqlite_sequence WHERE name = 'author'") == [(10,)]
    counts = table_of(outcome, "post")
    assert [counts[key] for key in ("rows", "as_before", "changed", "new", "gone")] == [3, 1, 1, 1, 1]
    assert select(back, "PRAGMA integrity_check") == [("ok",)]


def test_values_that_change_places_under_a_unique_constraint(upgraded, database, tmp_path):
    database.execute("""
        UPDATE author SET name = '?' WHERE id = 1;
        UPDATE author SET name = 'Ada' WHERE id = 2;
        UPDATE author SET name = 'Bo' WHERE id = 1;
        INSERT INTO author (name) VALUES ('Ed')""")
    outcome = downgrade(database, tmp_path / "back.db", upgraded)
    assert outcome.status == pgrade.OK, outcome
    assert select(tmp_path / "back.db", "SELECT id, name FROM author ORDER BY id") == [
        (1, "Bo"), (2, "Ada"), (10, "Ed")]


@pytest.mark.parametrize("change", [
    "UPDATE t SET n = -n; UPDATE t SET n = -n % 150 + 1",  # each takes the next one's
    "UPDATE t SET id = id - 1000, n = CASE WHEN id % 3 = 0 THEN n + 500 ELSE n END",  # every row is new
    "UPDATE t SET id = id + 1000 WHERE id % 2 = 0; INSERT INTO t SELECT -i, 1000 + i FROM generate_series(1, 200) i",
])
@pytest.mark.parametrize("conflict", ["", " ON CONFLICT REPLACE", " ON CONFLICT IGNORE"])
def test_many_rows_that_want_values_of_others(conflict, change, folder, database, tmp_path):
    path = make(folder / "app.db", f"CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER UNIQUE{conflict});"
                "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 150)"
                "INSERT INTO t SELECT i, i FROM s")
    assert pgrade.upgrade(path, database.url).status == pgrade.OK
    database.execute(change)
    outcome = downgrade(database, tmp_path / "back.db", path)
    assert outcome.status == pgrade.OK, outcome
    assert select(tmp_path / "back.db", "SELECT * FROM t ORDER BY 1") == database.execute("SELECT * FROM t ORDER BY 1")


SPELLINGS = {
    "six digits": ("DATETIME", ["2024-01-01 00:00:00.000000", "2024-01-01 00:00:00.120000"],
                   "2025-05-05 05:05:05", "2025-05-05 05:05:05.000000"),
    "six digits or none": ("DATETIME", ["2024-01-01 00:00:00", "2024-01-01 00:00:00.120000"],
                           "2025-05-05 05:05:05", "2025-05-05 05:05:05"),
    "T and Z": ("DATETIME", ["2024-01-01T00:00:00.123Z", "2024-01-02T00:00:00.000Z"],
                "2025-05-05 05:05:05.5", "2025-05-05T05:05:05.500Z"),
    "an offset of nothing": ("DATETIME", ["2024-01-01 00:00:00.123 +00:00"],
                             "2025-05-05 05:05:05.5", "2025-05-05 05:05:05.500 +00:00"),
    "an offset": ("DATETIME", ["2024-01-01 00:00:00+05:30"],
                  "2025-05-05 00:00:00", "2025-05-05 05:30:00+05:30"),
    "more digits than usual": ("DATETIME", ["2024-01-01 00:00:00"],
                               "2025-05-05 05:05:05.000001", "2025-05-05 05:05:05.000001"),
    "milliseconds": ("DATETIME", [1709210096789, 1709210096790], "2025-05-05 05:05:05.5", 1746421505500),
    "seconds": ("DATETIME", [1709210096, 1709210097], "2025-05-05 05:05:05", 1746421505),
    "seconds with a fraction": ("DATETIME", [1709210096.5, 1709210097.25], "2025-05-05 05:05:05.5",
                                1746421505.5),
    "julian days": ("DATETIME", [2460369.5, 2460370.25], "2025-05-05 18:00:00", 2460801.25),
    "days": ("DATE", ["2024-01-01"], "2025-05-05", "2025-05-05"),
    "times": ("TIME", ["12:00:00.000000"], "01:02:03.5", "01:02:03.500000"),
    "0 and 1": ("BOOLEAN", [0, 1], True, 1),
    "t and f": ("BOOLEAN", ["t", "f", "t"], False, "f"),
    "true alone": ("BOOLEAN", ["true"], False, "false"),
    "decimals": ("DECIMAL(10,2)", [1.5, 2], 3.25, 3.25),
    "whole decimals": ("DECIMAL(10,2)", [1.5, 2], 3, 3),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_new_value_is_written_as_the_others_are(name, folder, tmp_path, database):
    declared, old, new, expected = SPELLINGS[name]
    path = make(folder / "app.db", f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {declared})")
    connection = sqlite3.connect(path)
    connection.executemany("INSERT INTO t (v) VALUES (?)", [(value,) for value in old])
    connection.commit()
    connection.close()
    assert pgrade.upgrade(path, database.url).status == pgrade.OK
    database.execute("INSERT INTO t (v) VALUES (%s)", (new,))
    outcome = downgrade(database, tmp_path / "back.db", path)
    assert outcome.status == pgrade.OK, outcome
    found = select(tmp_path / "back.db", f"SELECT v FROM t WHERE id = {len(old) + 1}")
    assert [(type(value), value) for (value,) in found] == [(type(expected), expected)]


TYPED = {
    "uuid without dashes": ("CHAR(32)", "uuid", ["0123456789abcdef0123456789abcdef"],
                            "11111111-2222-3333-4444-555555555555", "11111111222233334444555555555555"),
    "uuid with dashes": ("CHAR(36)", "uuid", ["01234567-89ab-cdef-0123-456789ABCDEF"],
                         "aaaaaaaa-2222-3333-4444-555555555555", "aaaaaaaa-2222-3333-4444-555555555555"),
    "uuid in bytes": ("BLOB", "uuid", [b"0123456789abcdef"],
                      "11111111-2222-3333-4444-555555555555", bytes.fromhex("11111111222233334444555555555555")),
    "jsonb without spaces": ("TEXT", "jsonb", ['{"b":1,"a":2}'], '{"z": [1, 2], "a": "b c"}',
                             '{"a":"b c","z":[1,2]}'),
    "jsonb in ASCII": ("TEXT", "jsonb", ['{"b": "\\u00fc"}'], '{"z": "\u00e9\U0001f600"}',
                       '{"z": "\\u00e9\\ud83d\\ude00"}'),
    "a long numeric in a text": ("TEXT", "numeric", ["1.50"], "12345678901234567890.12345678901234567890",
                                 "12345678901234567890.12345678901234567890"),
    "a network": ("TEXT", "inet", ["10.0.0.1"], "10.0.0.0/8", "10.0.0.0/8"),
    "a host": ("TEXT", "inet", ["10.0.0.1"], "::1", "::1"),
    "a card": ("TEXT", "macaddr", ["AA-BB-CC-00-11-22"], "aa:bb:cc:00:11:33", "AA-BB-CC-00-11-33"),
    "a span as microseconds": ("BIGINT", "interval", [1000000], "1 day 00:00:01", 86401000000),
    "a day that is not whole": ("BIGINT", "interval", [1000000], "-1 day +26:00:00", 7200000000),
    "a span in words": ("TEXT", "interval", ["P3DT4H"], "-1 mons +2 days 00:00:00.5", "P-1M2DT0.500000S"),
    "a time as Rails has it": ("TIME", "time", ["2000-01-01 12:00:00"], "01:02:03", "2000-01-01 01:02:03"),
    "an array in JSON": ("TEXT", "integer[]", ["[1, 2]"], [3, None, -4], "[3, null, -4]"),
    "an array as a literal": ("TEXT", "text[]", ['{a,"b c"}'], ["x", 'y"z', None], '{"x","y\\"z",NULL}'),
    "an array of arrays": ("TEXT", "numeric[]", ["[[1.5]]"], "{{1.50,2},{3,4}}", "[[1.5, 2], [3, 4]]"),
    "a small float": ("REAL", "real", [0.5], 0.1, 0.1),
    "bits": ("TEXT", "bit varying", ["101"], "0011", "0011"),
    "bytes in a text": ("TEXT", "bytea", ["abc"], b"\x00\xff", b"\x00\xff"),
}


@pytest.mark.parametrize("name", TYPED)
def test_types_that_were_asked_for(name, folder, tmp_path, database):
    declared, kind, old, new, expected = TYPED[name]
    path = make(folder / "app.db", f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {declared})")
    connection = sqlite3.connect(path)
    connection.executemany("INSERT INTO t (v) VALUES (?)", [(value,) for value in old])
    connection.commit()
    connection.close()
    units = ["--unit", "t.v=us"] if declared == "BIGINT" else []
    outcome = pgrade.upgrade(path, database.url, "--type", f"t.v={kind}", *units)
    assert outcome.status == pgrade.OK, outcome
    database.execute("INSERT INTO t (v) VALUES (%s)", (new,))
    outcome = downgrade(database, tmp_path / "back.db", path, *units)
    assert outcome.status == pgrade.OK, outcome
    connection = sqlite3.connect(tmp_path / "back.db")
    connection.text_factory = lambda raw: raw.decode() if raw.isascii() and b"\0" not in raw else raw
    assert connection.execute("SELECT v FROM t WHERE id = 2").fetchall() == [(expected,)]
    assert connection.execute("SELECT v FROM t WHERE id = 1").fetchall() == [(old[0],)]
    connection.close()


def test_what_sqlite_cannot_hold_is_named_and_no_file_is_made(upgraded, database, tmp_path):
    database.execute("""
        UPDATE post SET at = 'infinity' WHERE id = 1;
        UPDATE post SET at = '0044-03-15 BC' WHERE id = 2;
        UPDATE tag SET weight = 'NaN' WHERE word = 'red'""")
    outcome = downgrade(database, tmp_path / "back.db", upgraded)
    assert outcome.status == pgrade.DECISION, outcome
    assert os.listdir(tmp_path) == ["source"]
    found = {(misfit["table"], misfit["column"], misfit["row"]) for misfit in outcome.report["misfits"]}
    assert found == {("post", "at", "1"), ("post", "at", "2"), ("tag", "weight", "red")}
    assert outcome.report["misfit_count"] == 3
    hidden = downgrade(database, tmp_path / "back.db", upgraded, "--hide-values")
    assert "red" not in hidden.stdout + hidden.stderr


def test_a_table_and_a_column_that_the_file_has_not(upgraded, database, tmp_path):
    database.execute("CREATE TABLE extra (id int); ALTER TABLE post ADD COLUMN more text")
    outcome = downgrade(database, tmp_path / "back.db", upgraded)
    assert outcome.status == pgrade.DECISION, outcome
    named = {(each["class"], each["table"], each["name"]) for each in outcome.report["not_carried"]}
    assert named == {("table", None, "extra"), ("column", "post", "more")}
    assert not (tmp_path / "back.db").exists()
    outcome = downgrade(database, tmp_path / "back.db", upgraded, "--accept", "table", "--accept", "post.more")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert differences(upgraded, tmp_path / "back.db") == []


def test_a_table_and_a_column_that_postgresql_has_not(upgraded, database, tmp_path):
    database.execute("DROP TABLE log; ALTER TABLE tag DROP COLUMN weight")
    outcome = downgrade(database, tmp_path / "back.db", upgraded)
    assert outcome.status == pgrade.OK, outcome
    assert {note["about"] for note in outcome.report["notes"]} == {"log", "tag.weight"}
    assert select(tmp_path / "back.db", "SELECT count(*) FROM log") == [(6,)]


def test_rows_without_a_parent(upgraded, database, tmp_path):
    database.execute("ALTER TABLE post DROP CONSTRAINT post_author_id_fkey; UPDATE post SET author_id = 77")
    outcome = downgrade(database, tmp_path / "back.db", upgraded)
    assert outcome.status == pgrade.DECISION, outcome
    assert [each["class"] for each in outcome.report["not_carried"]] == ["foreign key"]
    outcome = downgrade(database, tmp_path / "back.db", upgraded, "--accept", "foreign key")
    assert outcome.status == pgrade.SHORTFALL, outcome


def test_values_that_were_made_null_are_named(folder, tmp_path, database):
    path = make(folder / "app.db", "CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME);"
                                   "INSERT INTO t VALUES (1, '2024-01-01 00:00:00'), (2, 'soon')")
    outcome = pgrade.upgrade(path, database.url, "--type", "t.at=timestamp", "--misfit", "null")
    assert outcome.status == pgrade.SHORTFALL, outcome
    outcome = downgrade(database, tmp_path / "back.db", path)
    assert outcome.status == pgrade.OK, outcome
    assert [note["about"] for note in outcome.report["notes"]] == ["t"]
    assert select(tmp_path / "back.db", "SELECT * FROM t") == [(1, "2024-01-01 00:00:00"), (2, None)]


def test_full_text_indexes_find_what_is_new(folder, tmp_path, database):
    path = make(folder / "app.db", """
        CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT);
        CREATE VIRTUAL TABLE search USING fts5 (body, content='note', content_rowid='id');
        CREATE VIRTUAL TABLE own USING fts5 (body);
        CREATE TRIGGER noted AFTER INSERT ON note BEGIN
            INSERT INTO search (rowid, body) VALUES (new.id, new.body); END;
        INSERT INTO note VALUES (1, 'first words');
        INSERT INTO own VALUES ('first words');""")
    assert pgrade.upgrade(path, database.url, "--accept", "all").status == pgrade.SHORTFALL
    same = downgrade(database, tmp_path / "same.db", path)
    assert same.status == pgrade.OK and same.report["notes"] == [], same
    database.execute("INSERT INTO note VALUES (2, 'second thoughts'); INSERT INTO own VALUES (2, 'second thoughts')")
    outcome = downgrade(database, tmp_path / "back.db", path)
    assert outcome.status == pgrade.OK, outcome
    assert [note["about"] for note in outcome.report["notes"]] == ["search"]
    for table in ("search", "own"):
        sql = f"SELECT rowid FROM {table} WHERE {table} MATCH "
        assert select(tmp_path / "back.db", sql + "'thoughts'") == [(2,)]
        assert select(tmp_path / "back.db", sql + "'words'") == [(1,)]


# ---- files ----

def test_a_file_that_is_there_stays(upgraded, database, tmp_path):
    there = make_small(tmp_path / "there.db")
    before = there.read_bytes()
    outcome = downgrade(database, there, upgraded)
    assert outcome.status == pgrade.REFUSED and "--replace" in outcome.stderr, outcome
    assert there.read_bytes() == before
    outcome = downgrade(database, there, upgraded, "--replace")
    assert outcome.status == pgrade.OK, outcome
    assert differences(upgraded, there) == []
    assert sorted(os.listdir(tmp_path)) == ["source", "there.db"]


def test_the_old_file_is_replaced_by_its_own_successor(upgraded, database):
    os.chmod(upgraded, 0o640)
    database.execute("INSERT INTO log VALUES ('new', 9)")
    outcome = downgrade(database, upgraded, upgraded, "--replace")
    assert outcome.status == pgrade.OK, outcome
    assert select(upgraded, "SELECT count(*) FROM log") == [(7,)]
    assert stat.S_IMODE(os.stat(upgraded).st_mode) == 0o640
    assert os.listdir(upgraded.parent) == ["app.db"]


def test_a_file_that_a_program_has_open_is_not_taken_from_it(upgraded, database, tmp_path):
    there = make_small(tmp_path / "there.db")
    before = there.read_bytes()
    with open(there, "rb") as opened:
        program = subprocess.Popen(["sleep", "60"], stdin=opened)
    with program:
        outcome = downgrade(database, there, upgraded, "--replace")
        program.kill()
    assert outcome.status == pgrade.REFUSED, outcome
    assert f"is open in the process {program.pid} (sleep)" in outcome.stderr, outcome
    assert there.read_bytes() == before and sorted(os.listdir(tmp_path)) == ["source", "there.db"]


def test_two_runs_for_one_place(upgraded, database, tmp_path):
    command = ["downgrade", database.url, str(tmp_path / "back.db"), "--like", str(upgraded)]
    first, second = (pgrade.start(*command) for _ in range(2))
    statuses = sorted(pgrade.finish(each).status for each in (first, second))
    assert statuses == [pgrade.OK, pgrade.REFUSED]
    assert differences(upgraded, tmp_path / "back.db") == []
    assert sorted(os.listdir(tmp_path)) == ["back.db", "source"]


def test_a_link_stays_one(upgraded, database, tmp_path):
    (tmp_path / "link.db").symlink_to(upgraded)
    outcome = downgrade(database, tmp_path / "link.db", upgraded, "--replace")
    assert outcome.status == pgrade.OK, outcome
    assert (tmp_path / "link.db").is_symlink() and not upgraded.is_symlink()


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_a_log_beside_the_place_is_refused(suffix, upgraded, database, tmp_path):
    (tmp_path / f"back.db{suffix}").write_bytes(b"of another file")
    outcome = downgrade(database, tmp_path / "back.db", upgraded)
    assert outcome.status == pgrade.REFUSED and suffix in outcome.stderr, outcome
    assert not (tmp_path / "back.db").exists()


def test_wal_mode_stays(folder, database, tmp_path):
    path = make_small(folder / "app.db", mode="wal")
    assert pgrade.upgrade(path, database.url).status == pgrade.OK
    outcome = downgrade(database, tmp_path / "back.db", path)
    assert outcome.status == pgrade.OK, outcome
    assert sorted(os.listdir(tmp_path)) == ["back.db", "source"]
    assert os.listdir(folder) == ["app.db"]
    assert differences(path, tmp_path / "back.db") == []


def test_a_folder_that_is_not_there(upgraded, database, tmp_path):
    outcome = downgrade(database, tmp_path / "nowhere" / "back.db", upgraded)
    assert outcome.status == pgrade.FAILED and "nowhere" in outcome.stderr, outcome


# ---- words ----

def test_source_and_target_in_the_wrong_order(app, database):
    outcome = pgrade.run("downgrade", str(app), database.url, "--like", str(app))
    assert outcome.status == pgrade.USAGE and "must be a PostgreSQL database" in outcome.stderr, outcome


def test_another_database(app, database, tmp_path):
    database.execute("CREATE TABLE other (id int)")
    outcome = downgrade(database, tmp_path / "back.db", app)
    assert outcome.status == pgrade.REFUSED and "none of the old file's tables" in outcome.stderr, outcome


def test_the_password_is_never_told(upgraded, scram_cluster, tmp_path):
    database = scram_cluster.create_database()
    assert pgrade.upgrade(upgraded, database.url, "--accept", "all").status in (pgrade.OK, pgrade.SHORTFALL)
    outcome = downgrade(database, tmp_path / "back.db", upgraded, "--trace-sql")
    database.drop()
    assert outcome.status == pgrade.OK, outcome
    assert one_document(outcome)["source"].count("***") == 1
    assert scram_cluster.password not in outcome.stdout + outcome.stderr
