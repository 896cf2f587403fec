"""`verify` between two databases of one engine."""

import pytest

import fixtures
import pgrade
from test_verify import remarks, told, verify

TABLES = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TABLE t (id integer PRIMARY KEY, word varchar(20), at timestamptz, list integer[], span int4range, m mood, x xml,
                raw bytea, n numeric(12, 3), doc jsonb, f real);
INSERT INTO t SELECT i, 'word ' || i, '2024-01-01 00:00+00'::timestamptz + i * interval '1 second', ARRAY[i, NULL, i + 1],
    int4range(i, i + 5), 'happy', '<a/>', decode(lpad(to_hex(i), 4, '0'), 'hex'), i / 8.0, jsonb_build_object('n', i), i / 3.0
    FROM generate_series(1, 50) i;
CREATE TABLE "Odd ""Name" (a text, b integer);
INSERT INTO "Odd ""Name" VALUES ('a', 1), ('a', 1), ('b', NULL);
"""
FILE = """
CREATE TABLE t (id INTEGER PRIMARY KEY, v, w TEXT COLLATE NOCASE);
INSERT INTO t VALUES (1, 1, 'a'), (2, '1', 'b'), (3, 1.0, 'c'), (4, x'31', 'd'), (5, NULL, 'e');
CREATE TABLE Keyless (a INTEGER, b TEXT);
INSERT INTO Keyless VALUES (1, 'x'), (1, 'x'), (2, 'y');
"""


@pytest.fixture
def two(cluster):
    made = [cluster.create_database(), cluster.create_database()]
    for one in made:
        one.execute(TABLES)
    yield made
    for one in made:
        one.drop()


@pytest.mark.core
def test_two_servers_that_hold_the_same(two):
    document = verify(two[0].url, two[1].url, status=pgrade.OK)
    assert [(table["source"], table["key"], table["source_rows"]) for table in document["tables"]] == [
        ('Odd "Name', [], 3), ("t", ["id"], 50)]


@pytest.mark.core
def test_two_servers_that_differ(two):
    two[1].execute("""UPDATE t SET list = ARRAY[5, 5] WHERE id = 5; UPDATE t SET at = at + interval '1 microsecond' WHERE id = 6;
                      UPDATE t SET span = int4range(1, 2) WHERE id = 7; UPDATE t SET m = 'sad' WHERE id = 8;
                      UPDATE t SET raw = NULL WHERE id = 9; DELETE FROM t WHERE id = 10; UPDATE t SET f = 1 WHERE id = 11;
                      INSERT INTO "Odd ""Name" VALUES ('b', NULL)""")
    assert sorted(told(verify(two[0].url, two[1].url))) == [
        'Odd "Name b,None: doubled extra row',
        't 10,word 10,2024-01-01 00:00:10+00,{10,NULL,11},[10,15),happy,<a/>,\\x000a,1.250,{"n": 10},3.3333333: missing row',
        "t.at 6: 2024-01-01 00:00:06+00 -> 2024-01-01 00:00:06.000001+00",
        "t.f 11: 3.6666667 -> 1",
        "t.list 5: {5,NULL,6} -> {5,5}",
        "t.m 8: happy -> sad",
        "t.raw 9: \\x0009 -> None",
        "t.span 7: [7,12) -> [1,2)",
    ]


def test_types_that_differ_between_servers_hold_the_same_values(two):
    two[1].execute("""ALTER TABLE t ALTER id TYPE bigint, ALTER word TYPE text, ALTER n TYPE text USING n::text;
                      ALTER TABLE "Odd ""Name" RENAME TO odd; CREATE SCHEMA other; ALTER TABLE t SET SCHEMA other""")
    assert "table t: the target has no such table" in remarks(verify(two[0].url, two[1].url))
    document = verify(two[0].url, two[1].url, "--schema", "other", "--source-schema", "public", "--exclude", "Odd*")
    assert document["differences"] == [] and remarks(document) == [
        "column t.id: is integer in the source, bigint on the target",
        "column t.word: is character varying(20) in the source, text on the target",
        "column t.n: is numeric(12,3) in the source, text on the target"]
    two[1].execute("CREATE TABLE other.odd AS TABLE odd")
    renamed = ("--rename", '"Odd ""Name"=odd')
    assert len(verify(two[0].url, two[1].url, "--schema", "other", "--source-schema", "public", *renamed)["tables"]) == 2


@pytest.mark.core
def test_two_files(tmp_path):
    first, second = (fixtures.build_from_text(FILE, tmp_path / name) for name in ("a.db", "b.db"))
    document = verify(first, second, status=pgrade.OK)
    assert [table["key"] for table in document["tables"]] == [["id"], []]
    fixtures.build_from_text("""UPDATE t SET v = 1 WHERE id IN (2, 3, 4); UPDATE t SET w = 'E' WHERE id = 5;
                                DELETE FROM keyless WHERE rowid = 1; INSERT INTO keyless VALUES (3, 'z')""", second)
    assert sorted(told(verify(first, second))) == [
        "Keyless 1,x: doubled missing row", "Keyless 3,z: extra row", "t.v 2: 1 -> 1", "t.v 3: 1.0 -> 1", "t.v 4: \\x31 -> 1",
        "t.w 5: e -> E"]
    plain = pgrade.run("verify", str(first), str(second)).stdout
    assert "t.v, id = 2: source '1', target 1" in plain and "t.v, id = 3: source 1.0, target 1" in plain, plain


def test_two_files_with_other_tables(tmp_path):
    first = fixtures.build_from_text(FILE, tmp_path / "a.db")
    second = fixtures.build_from_text(FILE.replace("w TEXT", "w2 TEXT") + "CREATE TABLE more (a); DROP TABLE keyless", tmp_path / "b.db")
    document = verify(first, second)
    assert remarks(document)[:2] == ["column t.w: the target's table has no such column",
                                     "table Keyless: the target has no such table"]
    assert remarks(document, False) == ["column t.w2: only the target has it", "table more: only the target has it"]
    verify(first, second, "--rename", "t.w=w2", "--exclude", "keyless", status=pgrade.OK)
    verify(first, second, "--where", "t=id > 2", "--rename", "t.w=w2", "--exclude", "keyless")
