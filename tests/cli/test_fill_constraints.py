"""Rows that constraints of the target refuse, which the source has not: all of them are named, nothing is written."""

import json

import pytest

import fixtures
import pgrade
from catalog_text import whole_text
from test_fill import fill

ROWS = """
CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE t (id INTEGER PRIMARY KEY, email TEXT, age INTEGER, parent_id INTEGER, low INTEGER, high INTEGER);
INSERT INTO parent VALUES (1, 'a');
INSERT INTO t VALUES (1, 'x', 5, 1, 1, 5), (2, 'x', -3, 1, 4, 9), (3, 'y', -4, 7, 20, 30), (4, 'Y', 9, 8, 40, 50),
    (5, NULL, 1, NULL, 60, 70), (6, NULL, 1, NULL, 80, 90);
"""
TARGET = """
CREATE TABLE parent (id bigint PRIMARY KEY, name text);
CREATE TABLE t (id bigserial PRIMARY KEY, email text, age integer, parent_id bigint, low integer, high integer);
"""


@pytest.fixture
def source(folder):
    return fixtures.build_from_text(ROWS, folder / "app.db")


@pytest.mark.core
@pytest.mark.parametrize("constraint, told", [
    ("ALTER TABLE t ADD CONSTRAINT one UNIQUE (email)", ["unique constraint one of t: 2 rows", "(x): 2 rows, id (1), (2)"]),
    ("CREATE UNIQUE INDEX folded ON t (lower(email))", ["unique constraint folded of t: 4 rows", "(x)", "(y)"]),
    ("CREATE UNIQUE INDEX part ON t (age) WHERE age > 0", ["unique constraint part of t: 2 rows", "(1): 2 rows, id (5), (6)"]),
    ("ALTER TABLE t ADD CONSTRAINT grown CHECK (age >= 0)", ["check grown of t: 2 rows contradict it", "(2,x,-3,1,4,9)"]),
    ("ALTER TABLE t ADD CONSTRAINT up FOREIGN KEY (parent_id) REFERENCES parent", ["foreign key up of t: 2 rows without a parent",
                                                                               "(parent_id) = (7): 1 row"]),
    ("ALTER TABLE t ADD CONSTRAINT up FOREIGN KEY (parent_id) REFERENCES parent NOT VALID", ["foreign key up of t: 2 rows"]),
    ("ALTER TABLE t ADD EXCLUDE USING gist (int4range(low, high) WITH &&)", ["exclusion constraint t_int4range_excl of t: 1 row",
                                                                             "(1,x,5,1,1,5) and (2,x,-3,1,4,9)"]),
    ("CREATE DOMAIN years AS integer CONSTRAINT sane CHECK (VALUE >= 0); ALTER TABLE t ALTER age TYPE years",
     ["check sane of t: 2 rows contradict it", "(3,y,-4,7,20,30)"]),
    ("ALTER TABLE t ALTER email SET NOT NULL", ["t.email, rowid 5", "t.email, rowid 6"]),
])
def test_rows_that_it_refuses_are_named(source, database, constraint, told):
    database.execute(TARGET + constraint)
    before = whole_text(database)
    outcome = fill(source, database, status=pgrade.DECISION)
    for words in told:
        assert words in outcome.stdout, outcome
    assert "nothing was written" in outcome.stderr
    assert whole_text(database) == before
    assert database.execute("SELECT (SELECT count(*) FROM t) + (SELECT count(*) FROM parent)", ()) == [(0,)]


def test_all_of_them_at_once(source, database):
    """Each is named although the server gives up at the first row; in --json too, and not with --hide-values."""
    database.execute(TARGET + "ALTER TABLE t ADD CONSTRAINT one UNIQUE (email), ADD CONSTRAINT grown CHECK (age >= 0),"
                     " ADD CONSTRAINT up FOREIGN KEY (parent_id) REFERENCES parent")
    report = fill(source, database, "--json", status=pgrade.DECISION).report
    assert [(found["class"], found["name"], found["rows"]) for found in report["contradictions"]] == [
        ("check", "grown", 2), ("unique constraint", "one", 2), ("foreign key", "up", 2)]
    assert "6 rows contradict 3 constraints of the target" in report["error"]["message"]
    hidden = fill(source, database, "--json", "--hide-values", status=pgrade.DECISION)
    assert "-3" not in json.dumps(hidden.report["contradictions"])


def test_a_role_that_may_make_no_temporary_tables(source, database):
    """The row that the server tells of is told."""
    database.execute(TARGET + "ALTER TABLE t ADD CONSTRAINT one UNIQUE (email); CREATE ROLE filler LOGIN;"
                     f" REVOKE TEMPORARY ON DATABASE {database.name} FROM PUBLIC; ALTER TABLE t OWNER TO filler;"
                     " ALTER TABLE parent OWNER TO filler")
    outcome = pgrade.run("upgrade", str(source), database.cluster.url(database.name, user="filler"))
    database.execute("DROP OWNED BY filler CASCADE; DROP ROLE filler")
    assert outcome.status == pgrade.DECISION, outcome
    assert "one" in outcome.stderr and "(email)=(x)" in outcome.stderr


@pytest.mark.core
def test_orphans_are_set_aside_with_their_children(folder, database):
    source = fixtures.build_from_text(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER);"
        " CREATE TABLE c (id INTEGER PRIMARY KEY, b_id INTEGER, twin INTEGER);"
        " INSERT INTO a VALUES (1, 'x'); INSERT INTO b VALUES (1, 1), (2, 9), (3, NULL);"
        " INSERT INTO c VALUES (1, 1, NULL), (2, 2, NULL), (3, 3, 2)", folder / "app.db")
    database.execute(
        "CREATE TABLE a (id bigserial PRIMARY KEY, v text); CREATE TABLE b (id bigserial PRIMARY KEY, a_id bigint);"
        " CREATE TABLE c (id bigserial PRIMARY KEY, b_id bigint, twin bigint); CREATE TABLE beside (id bigint PRIMARY KEY);"
        " ALTER TABLE b ADD CONSTRAINT of_a FOREIGN KEY (a_id) REFERENCES a ON DELETE CASCADE;"
        " ALTER TABLE c ADD CONSTRAINT of_b FOREIGN KEY (b_id) REFERENCES b, ADD CONSTRAINT of_c FOREIGN KEY (twin) REFERENCES c")
    before = whole_text(database)
    fill(source, database, status=pgrade.DECISION)
    aside = folder / "aside.csv"
    outcome = fill(source, database, "--orphans", "quarantine", "--quarantine-file", str(aside), status=pgrade.SHORTFALL)
    assert database.execute("SELECT array(SELECT id FROM a), array(SELECT id FROM b ORDER BY 1), array(SELECT id FROM c)",
                            ()) == [([1], [1, 3], [1])]
    assert database.execute("SELECT source_table, source_rowid, column_name, reason FROM pgrade_record.quarantine ORDER BY 1, 2",
                            ()) == [("b", 2, "a_id", "foreign key of_a: no row of a has this value"),
                                    ("c", 2, "b_id", "foreign key of_b: no row of b has this value"),
                                    ("c", 3, "twin", "foreign key of_c: no row of c has this value")]
    after = whole_text(database)
    assert {name: text for name, text in after.items() if name != "pgrade_record"} == before
    assert aside.exists(), outcome
    assert database.execute("INSERT INTO b DEFAULT VALUES RETURNING id", ()) == [(4,)]
    assert database.execute("INSERT INTO c DEFAULT VALUES RETURNING id", ()) == [(4,)]


def test_looking_for_orphans_commits_nothing(folder, database):
    """There are none, and what is refused after that takes everything back."""
    source = fixtures.build_from_text(
        "CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER);"
        " INSERT INTO a VALUES (1); INSERT INTO b VALUES (1, 1);", folder / "app.db")
    database.execute("CREATE TABLE a (id bigint PRIMARY KEY); CREATE TABLE b (id bigint PRIMARY KEY, a_id bigint REFERENCES a);"
                     " CREATE TABLE beside (a_id bigint REFERENCES a); INSERT INTO a VALUES (7); INSERT INTO beside VALUES (7)")
    before = whole_text(database)
    outcome = fill(source, database, "--replace", "--orphans", "quarantine", status=pgrade.REFUSED)
    assert "beside" in outcome.stderr
    assert database.execute("SELECT array(SELECT id FROM a), array(SELECT id FROM b)", ()) == [([7], [])]
    assert whole_text(database) == before


def test_a_parent_that_is_not_filled(folder, database):
    """Its rows are there, or they are not."""
    source = fixtures.build_from_text("CREATE TABLE b (id INTEGER PRIMARY KEY, kind INTEGER);"
                                      " INSERT INTO b VALUES (1, 1), (2, 2)", folder / "app.db")
    database.execute("CREATE TABLE kinds (id bigint PRIMARY KEY); INSERT INTO kinds VALUES (1);"
                     " CREATE TABLE b (id bigserial PRIMARY KEY, kind bigint REFERENCES kinds)")
    outcome = fill(source, database, status=pgrade.DECISION)
    assert "(kind) = (2): 1 row" in outcome.stdout
    fill(source, database, "--orphans", "quarantine", "--quarantine-file", str(folder / "aside.csv"), status=pgrade.SHORTFALL)
    assert database.execute("SELECT id FROM b", ()) == [(1,)]
