"""A text where a number is wanted: every text by itself, in every place, as SQLite reads it."""

import contextlib
import math
import sqlite3

import pytest

import pgrade

pytestmark = pytest.mark.skipif(not pgrade.available(), reason=f"there is no {pgrade.program()}: build it or set PGRADE")

TEXTS = [
    "", " ", "0", "-0", "+0", "5", "-5", "+5", " 5", "5 ", "\t5\n", "\v5", "\f5\r", "\v\v-7.5 ", "v5", "t5", "n5", "f5", "r5",
    "\\v5", "\\5", "x", "5x", "1x5", "x5", "- 5", "--5", "+-5", ".5", "-.5", "5.", "5.x", ".", "-", "+", "e5", ".e5", "1e", "1e+",
    "1e3", "1E3", "1e+3", "1e-3", "1.5e2x", "1e3.5", "1ee3", "0x10", "0X1F", "010", "1_000", "1,5", "1.2.3", "5 6", "\u00a05",
    "\u0665", "５", "Infinity", "-Infinity", "inf", "NaN", "nan", "true", "1e308", "1e309", "-1e309", "1e400", "-1e400", "1e99999",
    "-1e999999999", "1e0000000003", "1e-400", "-1e-400", "1e-999999", "0e999999", "x1e400", "1e400x", " 1e400 ", "0.1", "1234.5678",
    "9007199254740991", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "99999999999999999999",
    "1" + "0" * 120, "1" + "0" * 400, "-1" + "0" * 400 + "x", "0." + "0" * 120 + "1", "0.99999999999999999999", "5.00000000000000000001", "9007199254740992.5", "0" * 150 + "7", None,
]

TABLES = """
CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT, whole INTEGER AS (CAST(b AS INTEGER)) STORED, CHECK (CAST(b AS INTEGER) IS NOT 13));
CREATE INDEX t_whole ON t (CAST(b AS INTEGER));
CREATE TABLE n (id INTEGER PRIMARY KEY, i INTEGER, r REAL);
INSERT INTO n (i, r) VALUES (0, 0), (5, 5), (-5, -5), (7, 7), (1000, 1000), (1, 0.1), (9007199254740991, 1e308), (NULL, -0.5),
    (9223372036854775807, 150.0);
"""

VIEWS = {
    "casts": "SELECT id, CAST(b AS INTEGER) FROM t",
    "sums": "SELECT id, b + 1 FROM t",
    "differences": "SELECT id, 10 - b FROM t",
    "products": "SELECT id, b * 0.5 FROM t",
    "totals": "SELECT id, sum(b), total(b), avg(b) FROM t GROUP BY id",
    "groups": "SELECT CAST(b AS INTEGER), count(*) FROM t GROUP BY 1",
    "where_cast": "SELECT id FROM t WHERE CAST(b AS INTEGER) > 4",
    "where_sum": "SELECT id FROM t WHERE b + 0 > 4",
    "case_of": "SELECT id, CASE WHEN b + 0 = 5 THEN 'five' WHEN CAST(b AS INTEGER) = 0 THEN 'none' ELSE 'other' END FROM t",
    "joined": "SELECT t.id, n.id AS n FROM t JOIN n ON n.i = t.b",
    "joined_reals": "SELECT t.id, n.id AS n FROM t JOIN n ON t.b = n.r",
    "sorted": "SELECT id FROM t ORDER BY CAST(b AS INTEGER), id LIMIT 30",
}


@pytest.fixture(scope="module")
def both(cluster, tmp_path_factory):
    """The rows come after the upgrade: what reads them must hold for all, not for those that were proven."""
    path = str(tmp_path_factory.mktemp("numbers") / "numbers.db")
    with contextlib.closing(sqlite3.connect(path)) as source, source:
        source.executescript(TABLES)
        for name, sql in VIEWS.items():
            source.execute(f"CREATE VIEW {name} AS {sql}")
    database = cluster.create_database()
    outcome = pgrade.run("upgrade", path, database.url, "--json")
    assert outcome.report and not outcome.report["not_carried"], outcome
    source = sqlite3.connect(path)
    connection = database.connect()
    with connection.cursor() as cursor:
        for row in enumerate(TEXTS):
            source.execute("INSERT INTO t (id, b) VALUES (?, ?)", row)
            cursor.execute("INSERT INTO t (id, b) VALUES (%s, %s)", row)
    yield source, connection
    connection.close()
    source.close()
    database.drop()


def same(ours, theirs):
    if isinstance(ours, (int, float)) and isinstance(theirs, (int, float)):
        return ours == theirs or math.isclose(ours, theirs, rel_tol=1e-15)
    return ours is None and theirs is None or ours == theirs


def rows(connection, sql):
    cursor = connection.cursor()
    cursor.execute(sql)
    return sorted(cursor.fetchall(), key=lambda row: [(value is not None, value) for value in row])


@pytest.mark.parametrize("name", VIEWS)
def test_views(both, name):
    source, connection = both
    theirs = rows(source, f"SELECT * FROM {name}")
    ours = rows(connection, f"SELECT * FROM {name}")
    assert len(ours) == len(theirs), (ours, theirs)
    differences = [(TEXTS[left[0]] if left[0] in range(len(TEXTS)) else None, left, right) for left, right in zip(ours, theirs)
                   if not all(map(same, left, right))]
    assert not differences, differences


def test_generated_column_and_index(both):
    source, connection = both
    assert rows(connection, "SELECT id, whole FROM t") == rows(source, "SELECT id, whole FROM t")
    found = "SELECT id FROM t WHERE CAST(b AS INTEGER) = 5"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_expr(indexprs, indrelid) FROM pg_index WHERE indexrelid = 't_whole'::regclass")
        expression = cursor.fetchone()[0]
        cursor.execute("SET enable_seqscan = off")
    assert rows(connection, f"SELECT id FROM t WHERE {expression} = 5") == rows(source, found)


@pytest.mark.parametrize("text, error", [("13", True), ("\v13", True), ("v13", False), ("13.9", True), ("t13", False)])
def test_check(both, text, error):
    source, connection = both
    with connection.cursor() as cursor:
        cursor.execute("SAVEPOINT one")
        try:
            cursor.execute("INSERT INTO t (id, b) VALUES (1000, %s)", (text,))
            ours = False
        except Exception:
            ours = True
        cursor.execute("ROLLBACK TO one")
    source.execute("SAVEPOINT one")
    try:
        source.execute("INSERT INTO t (id, b) VALUES (1000, ?)", (text,))
        theirs = False
    except sqlite3.IntegrityError:
        theirs = True
    source.execute("ROLLBACK TO one")
    assert (ours, theirs) == (error, error)
