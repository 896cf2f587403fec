"""The way back of what SQLite has only in part: it comes along as far as it can, and the rest is named."""

import sqlite3

import pytest

import pgrade
from sqlite_rows import select

SCHEMA = """
CREATE EXTENSION citext;
CREATE DOMAIN word AS text DEFAULT 'none' CHECK (VALUE <> '');
CREATE DOMAIN strict AS word DEFAULT 'tight' NOT NULL;
CREATE TABLE city (
    id int PRIMARY KEY, name text NOT NULL, w word, s strict, own word DEFAULT 'own', at timestamptz, ci citext,
    sorted text COLLATE "POSIX", CONSTRAINT later UNIQUE (name) DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE capital (state text) INHERITS (city);
CREATE INDEX city_cover ON city (name) INCLUDE (w, own);
CREATE UNIQUE INDEX city_like ON city (name text_pattern_ops);
CREATE UNIQUE INDEX city_exact ON city (ci text_ops);
CREATE INDEX city_sorted ON city (name COLLATE "ucs_basic");
CREATE VIEW many AS SELECT name, count(*) FROM city GROUP BY name;
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER watch BEFORE INSERT ON city FOR EACH ROW EXECUTE FUNCTION f();
INSERT INTO city (id, name, at, ci) VALUES (1, 'Ulm', '2024-02-29 12:00+02', 'a'), (2, 'Jena', NULL, 'A');
INSERT INTO capital (id, name, state) VALUES (3, 'Rome', 'IT'), (1, 'Bern', 'CH');
"""


def test_what_comes_along_in_part_is_named(database, tmp_path):
    database.execute(SCHEMA)
    made = tmp_path / "app.db"
    outcome = pgrade.run("downgrade", database.url, str(made), "--json", "--accept", "all")
    assert outcome.status == pgrade.SHORTFALL, outcome
    named = {(each["class"], each["table"], each["name"]): each["definition"] for each in outcome.report["not_carried"]}
    assert set(named) == {
        ("check", "word", "word_check"), ("index", "city", "city_exact"), ("partition", None, "capital"),
        ("trigger", "city", "watch"), ("view", None, "many")}
    assert "count(*)" in named["view", None, "many"] and "EXECUTE FUNCTION" in named["trigger", "city", "watch"]
    noted = {note["about"]: note["text"] for note in outcome.report["notes"]}
    assert set(noted) == {"f", "city.city_cover", "city.city_like", "city.city_sorted", "city.later", ""}
    assert "(w, own)" in noted["city.city_cover"] and "text_pattern_ops" in noted["city.city_like"]
    assert "2 timestamptz columns are written in UTC" in noted[""]
    # A parent has its own rows alone, and a domain's default is the column's.
    assert select(made, "SELECT id, name, w, s, own, at FROM city") == [
        (1, "Ulm", "none", "tight", "own", "2024-02-29 10:00:00"), (2, "Jena", "none", "tight", "own", None)]
    assert select(made, "SELECT id, state FROM capital") == [(3, "IT"), (1, "CH")]
    assert [row[4] for row in select(made, "PRAGMA table_info(city)")[2:5]] == ["'none'", "'tight'", "'own'"]
    assert [row[3] for row in select(made, "PRAGMA table_info(city)")[2:5]] == [0, 1, 0]
    assert {row[0] for row in select(made, "SELECT name FROM sqlite_master WHERE type = 'index' AND sql <> ''")} == {
        "city_cover", "city_like", "city_sorted"}
    assert select(made, "PRAGMA integrity_check") == [("ok",)]


def test_a_definition_is_shown_on_one_line(database, tmp_path):
    database.execute("CREATE TABLE t (id int PRIMARY KEY, n int); CREATE VIEW v AS SELECT sum(n) AS s FROM t")
    outcome = pgrade.run("downgrade", database.url, str(tmp_path / "app.db"))
    assert outcome.status == pgrade.DECISION, outcome
    lines = (outcome.stdout + outcome.stderr).splitlines()
    assert [line for line in lines if line.startswith("    SELECT sum(") and line.endswith(" AS s FROM t;")], outcome


def test_views_and_triggers_that_came_later(folder, database, tmp_path):
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.executescript("""
        CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);
        CREATE VIEW old AS SELECT n FROM t;
        CREATE TRIGGER counted AFTER INSERT ON t BEGIN UPDATE t SET n = 1 WHERE id = new.id; END;""")
    connection.close()
    assert pgrade.upgrade(path, database.url).status in (pgrade.OK, pgrade.SHORTFALL)
    command = ["downgrade", database.url, str(tmp_path / "back.db"), "--like", str(path), "--json", "--replace"]
    outcome = pgrade.run(*command)
    assert outcome.status == pgrade.OK and outcome.report["notes"] == [], outcome
    database.execute("""
        CREATE VIEW fresh AS SELECT max(n) AS top FROM t;
        CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
        CREATE TRIGGER since BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g()""")
    outcome = pgrade.run(*command)
    assert outcome.status == pgrade.OK, outcome
    noted = {note["about"]: note["text"] for note in outcome.report["notes"]}
    assert set(noted) == {"fresh", "since"}
    assert "max(" in noted["fresh"] and "BEFORE UPDATE" in noted["since"]
    assert select(tmp_path / "back.db", "SELECT name FROM sqlite_master WHERE type <> 'table' ORDER BY 1") == [
        ("counted",), ("old",)]


@pytest.mark.parametrize("table, noted", [("_prisma_migrations", False), ("django_migrations", True)])
def test_how_moments_are_written_is_said_where_no_offset_is(table, noted, database, tmp_path):
    if table == "_prisma_migrations":
        database.execute("CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL,"
                         " finished_at timestamptz, migration_name varchar(255) NOT NULL, logs text, rolled_back_at"
                         " timestamptz, started_at timestamptz NOT NULL DEFAULT now(), applied_steps_count int NOT NULL)")
    else:
        database.execute("CREATE TABLE django_migrations (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,"
                         " app varchar(255) NOT NULL, name varchar(255) NOT NULL, applied timestamptz NOT NULL)")
    database.execute("CREATE TABLE t (id int PRIMARY KEY, at timestamptz);"
                     "INSERT INTO t VALUES (1, '2024-02-29 12:00:00.5+02')")
    outcome = pgrade.run("downgrade", database.url, str(tmp_path / "app.db"), "--json", "--accept", "all")
    assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
    assert select(tmp_path / "app.db", "SELECT at FROM t") == [
        ("2024-02-29 10:00:00.500000" if noted else "2024-02-29T10:00:00.500+00:00",)]
    assert any("without an offset" in note["text"] for note in outcome.report["notes"]) == noted


HAND_MADE = r"""
CREATE TYPE mood AS ENUM ('a', 'it''s "b"', E'new\nline');
CREATE TYPE pair AS (x int, y text);
CREATE TABLE "odd ""table""; --" (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, m mood, ms mood[], far int[], j json, r int4range, p pair, ps pair[],
    b bytea, tiny double precision, n numeric, wide numeric(1000, 500), rounded numeric(5, 0), tz timestamptz,
    took interval, net inet, bits varbit, c "char", padded char(5), cash money, words tsvector, at point, lsn pg_lsn, o oid,
    "we""ird col" text, "select" int, " " int);
INSERT INTO "odd ""table""; --" (m, ms, far, j, r, p, ps, b, tiny, n, wide, rounded, tz, took, net, bits, c, padded, cash, words,
    at, lsn, o, "we""ird col", "select", " ")
VALUES (E'new\nline', '{a,NULL}', '[2:3]={1,2}', '{"a":1,"a":2}', '[1,5)', '(1,"a,b")', '{"(1,x)"}', '\x00ff', 1e-310, 'NaN',
    1e400::numeric / 3, 12345, '2024-01-01 00:00:00.000001+05:30', '1 year 2 mons -3 days 04:05:06.7', '::1/64', B'', 'x',
    'ab', 12.5, 'a fat cat', '(1,2)', '0/16B3748', 4294967295, E'a\\b', 1, 2);
CREATE TABLE parted (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE parted_rest PARTITION OF parted DEFAULT;
INSERT INTO parted VALUES (1, '2024-05-05'), (2, '2023-01-01');
CREATE TABLE empty (id int);
CREATE TABLE places (rowid int, oid int, _rowid_ int);
INSERT INTO places VALUES (5, 6, 7), (5, 6, 7);
CREATE TABLE tree (id text PRIMARY KEY, above text REFERENCES tree (id));
INSERT INTO tree VALUES ('', '');
"""


def test_a_database_that_was_made_by_hand(database, tmp_path):
    database.execute(HAND_MADE)
    made = tmp_path / "a b;'\"%?#\u00e9.db"
    outcome = pgrade.run("downgrade", database.url, str(made), "--json", "--accept", "all")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert {(each["class"], each["name"]) for each in outcome.report["not_carried"]} == {
        ("partition", "parted_1"), ("partition", "parted_rest")}
    assert all(table["equal"] for table in outcome.report["tables"])
    row = dict(zip(*names_and_row(made)))
    assert [row[name] for name in ("m", "ms", "far", "j", "r", "p", "ps", "b", "tiny", "n", "tz")] == [
        "new\nline", '["a", null]', "[2:3]={1,2}", '{"a":1,"a":2}', "[1,5)", '(1,"a,b")', '{"(1,x)"}', b"\0\xff",
        1e-310, "NaN", "2023-12-31 18:30:00.000001"]
    assert row["wide"] == database.execute('SELECT wide::text FROM "odd ""table""; --"')[0][0]
    assert [row[name] for name in ("rounded", "took", "net", "bits", "c", "padded", "lsn", "o", 'we"ird col', " ")] == [
        12345, "P14M-3DT14706.700000S", "::1/64", "", "x", "ab", "0/16B3748", 4294967295, "a\\b", 2]
    assert select(made, "SELECT * FROM parted ORDER BY 1") == [(1, "2024-05-05"), (2, "2023-01-01")]
    assert select(made, "SELECT * FROM places") == [(5, 6, 7)] * 2 and select(made, "SELECT * FROM empty") == []
    assert select(made, "SELECT * FROM tree") == [("", "")]


def names_and_row(path):
    connection = sqlite3.connect(path)
    try:
        cursor = connection.execute('SELECT * FROM "odd ""table""; --"')
        return [column[0] for column in cursor.description], cursor.fetchone()
    finally:
        connection.close()


def test_a_negative_zero_is_named(database, tmp_path):
    database.execute("CREATE TABLE t (id int PRIMARY KEY, d double precision); INSERT INTO t VALUES (1, 0), (2, '-0')")
    outcome = pgrade.run("downgrade", database.url, str(tmp_path / "app.db"), "--json")
    assert outcome.status == pgrade.DECISION, outcome
    assert [(misfit["column"], misfit["row"]) for misfit in outcome.report["misfits"]] == [("d", "2")]
