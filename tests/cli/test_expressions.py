"""Objects made of expressions, upgraded: the same rows are taken and refused, and the same values come out."""

import sqlite3

import psycopg2
import pytest

import pgrade

pytestmark = pytest.mark.core

TABLE = """
CREATE TABLE item (
    id INTEGER PRIMARY KEY, name TEXT, amount INT DEFAULT (abs(-5)), kind TEXT DEFAULT 'new' CHECK (kind LIKE 'n%' OR kind GLOB '[A-Z]*'),
    folded TEXT AS (lower(trim(name))) STORED,
    shown TEXT AS (folded || ' (' || double || ')'),
    double INT AS (amount * 2) VIRTUAL,
    year TEXT AS (strftime('%Y', made)),
    made DATETIME DEFAULT CURRENT_TIMESTAMP,
    token TEXT DEFAULT (lower(hex(randomblob(16)))),
    data JSON CHECK (json_array_length(data, '$.tags') < 3 OR data ->> 'free' = 1),
    nick TEXT AS (data ->> '$.nick'), age INT AS (json_extract(data, '$.age')),
    code TEXT AS (printf('%05d-%s', amount, substr(name, -2)))
);
CREATE UNIQUE INDEX item_name ON item (trim(name) COLLATE NOCASE);
CREATE UNIQUE INDEX item_kind ON item (kind, double) WHERE amount > 100;
CREATE INDEX item_day ON item (date(made, 'start of month') DESC);
CREATE INDEX item_nick ON item (json_extract(data, '$.nick'), data ->> 'age' DESC);
CREATE VIEW days AS SELECT date(made) AS day, count(*) AS n FROM item GROUP BY date(made) HAVING date(made) < '9999' ORDER BY date(made) DESC;
CREATE VIEW months AS SELECT DISTINCT strftime('%Y-%m', day) AS month FROM (SELECT date(made) AS day, made FROM item)
    WHERE day <= date('now', '+1 day') AND day < date(made, '+1 month') ORDER BY month;
CREATE VIEW first AS SELECT min(datetime(made, '+1 month')) AS next, max(date(made)) = date('2020-01-31') AS is_last FROM item WHERE made < '2021-01-01';
CREATE VIEW free AS SELECT printf('%03d', age) AS number, substr(name, -1) AS end FROM item WHERE data ->> 'free' = 1 ORDER BY hex(name);
"""

ROWS = [
    {"name": "Anna", "amount": 3}, {"name": " anna ", "amount": 4}, {"name": "ANNA", "amount": 5},
    {"name": "Änna", "amount": None}, {"name": "änna", "amount": 6}, {"name": None, "amount": 7}, {"name": "", "amount": -8},
    {"name": "b", "amount": 200, "kind": "Nx"}, {"name": "c", "amount": 200, "kind": "Nx"}, {"name": "d", "amount": 200, "kind": "ny"},
    {"name": "e", "amount": 1, "kind": "old"}, {"name": "f", "amount": 1, "kind": "NEW"}, {"name": "g", "amount": 1, "kind": None},
    {"name": "it's 日本", "amount": 123456, "made": "2020-01-31 10:20:30"}, {"name": "h", "amount": 2, "made": None},
    {"name": "i", "data": '{"nick": "Ä \\"x\\"", "age": 7, "tags": ["a", "b"]}'}, {"name": "j", "data": '{"nick": 5, "age": "8"}'},
    {"name": "k", "data": '{"tags": [1, 2, 3]}'}, {"name": "l", "data": '{"tags": [1, 2, 3], "free": true, "nick": null}'},
]
VIEWS = ("days", "months", "first", "free")
COMPUTED = "name, amount, kind, folded, shown, double, year, nick, age, code"


@pytest.fixture
def item(folder):
    path = folder / "item.db"
    with sqlite3.connect(path) as connection:
        connection.executescript(TABLE)
        connection.execute("INSERT INTO item (name, made) VALUES ('First', '2019-12-31 23:59:59')")
    return path


def insert_all(run, marker, error):
    taken = []
    for row in ROWS:
        names = ", ".join(row)
        try:
            run(f"INSERT INTO item ({names}) VALUES ({', '.join([marker] * len(row))})", tuple(row.values()))
            taken.append(True)
        except error:
            taken.append(False)
    return taken


def test_a_default_that_may_not_fit_is_not_carried(folder, database):
    """SQLite has no limits to what a column holds, and a DEFAULT beyond PostgreSQL's would stop every new row."""
    defaults = {
        "SMALLINT": ("random()", "abs(-70000)", "70000 + 1", "-(300 * 300)"),
        "DECIMAL(5,0)": ("strftime('%s', 'now')", "random()", "99999 + 1"),
        "DECIMAL(8,3)": ("CASE WHEN random() > 0 THEN 1 ELSE 100000 + 1 END",),
        "VARCHAR(7)": (
            "hex(randomblob(4))", "json_object('a', 'b')", "'abcd' || 'efgh'", "printf('%08d', 3)", "random()",
            "strftime('%Y-%m-%d %H', 'now')", "upper('abcdefgh')", "substr(hex(randomblob(8)), 1, 8)",
        ),
    }  # fmt: skip
    fitting = {
        "SMALLINT": ("abs(-5)", "random() % 100"),
        "DECIMAL(12,2)": ("strftime('%s', 'now')",),
        "VARCHAR(8)": ("hex(randomblob(4))", "'abcd' || 'efgh'", "substr(hex(randomblob(8)), 1, 8)", "abs(-5)"),
    }
    wrong = [(declared, sql) for declared, list_of in defaults.items() for sql in list_of]
    right = [(declared, sql) for declared, list_of in fitting.items() for sql in list_of]
    columns = [f"w{n} {declared} DEFAULT ({sql})" for n, (declared, sql) in enumerate(wrong)]
    columns += [f"r{n} {declared} DEFAULT ({sql})" for n, (declared, sql) in enumerate(right)]
    path = folder / "defaults.db"
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE t ({', '.join(columns)})")
    outcome = pgrade.upgrade(path, database.url, "--accept", "default")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert [one["name"] for one in outcome.report["not_carried"]] == [f"w{n}" for n in range(len(wrong))]
    ((row,),) = database.execute("INSERT INTO t DEFAULT VALUES RETURNING row_to_json(t)")
    assert [name for name, value in row.items() if value is not None] == [f"r{n}" for n in range(len(right))]


def test_a_check_that_compares_bytes_among_which_are_texts_is_not_carried(folder, database):
    """Every text comes before every blob in SQLite; as bytes they are compared one by one."""
    path = folder / "bytes.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (a TIMESTAMP, b TIME, CHECK (b > a), CHECK (length(a) > 0))")
        connection.execute("INSERT INTO t VALUES (CAST(x'eda080' AS TEXT), x'7b7d')")
    outcome = pgrade.upgrade(path, database.url, "--accept", "check", "--misfit", "widen")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert [one["class"] for one in outcome.report["not_carried"]] == ["check", "check"]
    ((a, b),) = database.execute("SELECT a, b FROM t")
    assert (bytes(a), bytes(b)) == (b"\xed\xa0\x80", b"{}")


def test_a_unique_index_on_values_out_of_json_is_not_carried(folder):
    """1 and true are one value to SQLite, and two to jsonb."""
    path = folder / "unique.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE t (data JSON)")
        connection.execute("CREATE UNIQUE INDEX one ON t (data ->> 'a')")
    outcome = pgrade.run("plan", "--json", str(path))
    assert [(one["class"], one["name"]) for one in outcome.report["not_carried"]] == [("index", "one")]


def test_rows_are_taken_refused_and_computed_alike(item, database):
    outcome = pgrade.run("upgrade", "--json", str(item), database.url)
    assert outcome.status == pgrade.OK, outcome
    assert outcome.report["not_carried"] == []
    source = sqlite3.connect(item, isolation_level=None)
    target = database.connect()
    target.autocommit = True
    with target.cursor() as cursor:
        ours = insert_all(cursor.execute, "%s", psycopg2.IntegrityError)
        theirs = insert_all(source.execute, "?", sqlite3.IntegrityError)
        assert ours == theirs
        assert theirs.count(False) >= 4
        cursor.execute(f"SELECT {COMPUTED} FROM item ORDER BY id")
        assert cursor.fetchall() == source.execute(f"SELECT {COMPUTED} FROM item ORDER BY id").fetchall()
        for view in VIEWS:
            cursor.execute(f"SELECT * FROM {view}")
            assert cursor.fetchall() == source.execute(f"SELECT * FROM {view}").fetchall(), view
        cursor.execute("SELECT count(DISTINCT token), min(length(token)) FROM item WHERE token <> ''")
        assert cursor.fetchone() == (theirs.count(True) + 1, 32)
    source.close()
    target.close()
