"""SQLite's virtual columns: virtual on PostgreSQL 18 wherever that can be, stored everywhere else."""

import pathlib
import re
import sqlite3

import pytest

import fixtures
import pgrade
from compare import compare

pytestmark = pytest.mark.core

LARGEST = 9223372036854775807


def kinds(database, table="t"):
    """By column: v for virtual, s for stored."""
    return dict(database.execute(
        "SELECT attname, attgenerated FROM pg_attribute WHERE attrelid = %s::regclass AND attgenerated <> '' ORDER BY attnum",
        (table,),
    ))


def has_virtual(database):
    return database.execute("SELECT current_setting('server_version_num')::int >= 180000") == [(True,)]


def upgraded(sql, folder, database, *options, status=pgrade.OK):
    path = fixtures.build_from_text(sql, folder / "app.db")
    outcome = pgrade.upgrade(path, database.url, *options)
    assert outcome.status == status, outcome
    result = compare(path, database.url, outcome.report, probe=True)
    assert result.equal, result
    return outcome


def notes(outcome):
    return {note["about"]: note["text"] for note in outcome.report["notes"]}


PLAIN = """
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b TEXT, r REAL, d DATETIME, m JSON,
  twice INTEGER AS (a * 2) VIRTUAL, kept INTEGER AS (a + 1) STORED, up TEXT AS (upper(b)), more INTEGER AS (twice + 1),
  third REAL AS (r / 3), day DATE AS (date(d)), one INTEGER NOT NULL AS (coalesce(a, 0)) CHECK (one < 1000));
INSERT INTO t (a, b, r, d) VALUES (1, 'x', 1.5, '2024-02-29 12:00:00'), (NULL, 'É', NULL, NULL), (-5, NULL, 1e300, '1999-12-31 23:59:59');
CREATE VIEW v AS SELECT id, twice, more FROM t;
"""


def test_virtual_stays_virtual(folder, database):
    outcome = upgraded(PLAIN, folder, database)
    kept = "v" if has_virtual(database) else "s"
    assert kinds(database) == {"twice": kept, "kept": "s", "up": kept, "more": kept, "third": kept, "day": kept, "one": kept}
    told = {column["name"]: column["virtual"] for column in outcome.report["tables"][0]["columns"]}
    assert told["twice"] == has_virtual(database) and not told["kept"] and not told["a"]
    assert ("t.twice" in notes(outcome)) != has_virtual(database)
    database.execute("INSERT INTO t (a) VALUES (7)")
    assert database.execute("SELECT twice, kept, more, one FROM t WHERE a = 7") == [(14, 8, 15, 7)]
    with pytest.raises(Exception, match="t_one_check"):
        database.execute("INSERT INTO t (a) VALUES (7000)")


FORCED = {
    "an index": ("", "CREATE INDEX i ON t (g)"),
    "an index of another column": ("", "CREATE INDEX i ON t (a) WHERE g > 2"),
    "an index on an expression": ("", "CREATE INDEX i ON t (a, g * 2)"),
    "a unique constraint": (", UNIQUE (a, g)", ""),
    "a foreign key": (", FOREIGN KEY (g) REFERENCES p (id)", "INSERT INTO p VALUES (2), (4)"),
    "a trigger that reads it": ("", "CREATE TRIGGER tr AFTER UPDATE ON t BEGIN INSERT INTO p VALUES (NEW.g + 100); END"),
    "a trigger's condition": ("", "CREATE TRIGGER tr AFTER UPDATE ON t WHEN OLD.\"G\" > 1 BEGIN DELETE FROM p; END"),
}


@pytest.mark.parametrize("what", FORCED)
def test_stored_wherever_postgres_needs_it(what, folder, database):
    constraint, statement = FORCED[what]
    outcome = upgraded(
        "CREATE TABLE p (id INTEGER PRIMARY KEY);"
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, g INTEGER AS (a * 2), free INTEGER AS (a * 3){constraint});"
        f"INSERT INTO t (a) VALUES (1), (2); {statement};",
        folder,
        database,
    )
    assert kinds(database) == {"g": "s", "free": "v" if has_virtual(database) else "s"}
    assert "computed when a row is written" in notes(outcome)["t.g"]
    assert (": PostgreSQL " in notes(outcome)["t.g"]) == has_virtual(database)


def test_types_of_ones_own(folder, database):
    """PostgreSQL takes no enum in a virtual column, nor what is computed from one."""
    outcome = upgraded(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, mood TEXT, n INTEGER, is_sad INTEGER AS (mood = 'sad'),"
        " again INTEGER AS (is_sad + 1), same TEXT AS (mood), plain INTEGER AS (n + 1));"
        "INSERT INTO t (mood, n) VALUES ('sad', 1), ('glad', 2);",
        folder,
        database,
        "--type",
        "t.mood=enum mood(sad, glad)",
        "--type",
        "t.same=enum mood(sad, glad)",
    )
    assert kinds(database) == {"is_sad": "s", "again": "s", "same": "s", "plain": "v" if has_virtual(database) else "s"}
    assert (": PostgreSQL takes its own types alone" in notes(outcome)["t.again"]) == has_virtual(database)


def forms():
    """SQLite's side of every row of docs/translation.md that SQLite itself takes in a generated column."""
    text = (pathlib.Path(__file__).parents[2] / "docs" / "translation.md").read_text()
    declared = dict(re.findall(r"^\| `(\w+)` \| ([A-Z0-9(),]+) \| [a-z]", text.split("## Literals")[0], re.M))
    columns = ", ".join(f'"{name}" {kind}' for name, kind in declared.items() if name != "app")
    for line in text.split("## Literals")[1].split("## SELECT")[0].splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)]
        for cell in cells[1:3]:
            # SQLite takes the current time in no generated column, and says so only when it computes one.
            if len(cells) > 4 and cell.startswith("`") and cell.endswith("`") and "unixepoch()" not in cell:
                yield columns, cell.strip("`").replace("\\|", "|")


def test_every_form_is_taken(folder, database):
    """Of each as a text, an integer, a double and a boolean: the server takes what the plan makes of it."""
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    made = 0
    for columns, form in forms():
        generated = ", ".join(f"g{kind} {kind} AS ({form})" for kind in ("TEXT", "INTEGER", "REAL", "BOOLEAN"))
        try:
            connection.execute(f'CREATE TABLE "t{made}" ({columns}, {generated})')
            connection.execute(f"SELECT * FROM t{made}")
            made += 1
        except sqlite3.Error:  # another column of the page, or what SQLite itself takes in a view alone
            connection.execute(f"DROP TABLE IF EXISTS t{made}")
    connection.close()
    assert made > 250
    outcome = pgrade.upgrade(path, database.url, "--accept", "all", *(
        word for place in range(made) for word in ("--type", f"t{place}.e=enum mood(new, done, 'it''s')", "--type", f"t{place}.x=bytea")))
    assert outcome.status == pgrade.SHORTFALL, outcome
    refused = [f"{one['sql']} as {one['name']}: {one['reason'][28:70]}" for one in outcome.report["not_carried"] if "does not take" in one["reason"]]
    assert not refused, "\n".join(refused)
    ((count,),) = database.execute("SELECT count(*) FROM pg_attribute WHERE attgenerated <> '' AND attrelid > 16384")
    assert count > 400


UNREADABLE = f"""
CREATE TABLE t (id INTEGER PRIMARY KEY, a BIGINT, bad BIGINT AS (abs(a) + 1), text TEXT AS (bad + 0), good BIGINT AS (a - 1));
INSERT INTO t VALUES (1, 5), (22, {LARGEST}), (3, NULL);
"""


@pytest.mark.parametrize("options", [(), ("--no-verify",)])
def test_a_virtual_column_that_cannot_be_read(options, folder, database):
    path = fixtures.build_from_text(UNREADABLE, folder / "app.db")
    outcome = pgrade.upgrade(path, database.url, *options)
    assert outcome.status == pgrade.DECISION, outcome
    left = {one["name"]: one["reason"] for one in outcome.report["not_carried"]}
    assert "bad" in left and "cannot compute it for a row" in left["bad"]
    if has_virtual(database):
        assert "for a row, where id is 22: bigint out of range" in left["bad"]
        assert "good" not in left
    outcome = pgrade.upgrade(path, database.url, "--accept", "generated column", "--type", "t.bad=numeric", "--type", "t.text=text", *options)
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert database.execute("SELECT count(t::text) FROM t") == [(3,)]


def test_virtual_columns_are_replaced(folder, database):
    upgraded(PLAIN, folder, database)
    again = pgrade.upgrade(folder / "app.db", database.url, "--replace")
    assert again.status == pgrade.OK, again


def test_the_plan_says_on_which_version(folder):
    path = fixtures.build_from_text(
        PLAIN + "CREATE INDEX i ON t (up);", folder / "app.db")
    outcome = pgrade.run("plan", str(path), "--json")
    assert "stays virtual on PostgreSQL 18 and later; before that it is computed when a row is written" in notes(outcome)["t.twice"]
    assert notes(outcome)["t.up"].endswith(": PostgreSQL takes no virtual columns in indexes and keys")
    sql = pgrade.run("plan", str(path), "--sql").stdout
    assert '"twice" bigint GENERATED ALWAYS AS ("a" * 2) STORED /* VIRTUAL on PostgreSQL 18 and later */' in sql
    assert sql.count("/* VIRTUAL") == 5 and sql.count(" STORED") == 7


def test_the_plans_sql_runs(folder, database):
    path = fixtures.build_from_text(PLAIN, folder / "app.db")
    database.execute(pgrade.run("plan", str(path), "--sql").stdout)
    assert set(kinds(database).values()) == {"s"}
