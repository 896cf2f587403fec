"""`plan` in its three forms. It writes nothing and needs no server; what it prints is what upgrade does."""

import sqlite3

import pytest

import fixtures
import pgrade
from catalog_text import catalog_text
from trouble import assert_clean, one_document

FIXTURES = [name for name in fixtures.NAMES if name not in ("misfits", "not_carried")] + ["blog"]


@pytest.fixture(params=FIXTURES)
def source(request, folder, untouched):
    path = fixtures.build(request.param, folder / f"{request.param}.db")
    untouched()
    return path


def plan(source, *options):
    outcome = pgrade.run("plan", str(source), *options)
    assert outcome.status == pgrade.OK, outcome
    assert_clean(outcome)
    return outcome


@pytest.mark.core
def test_sql_makes_what_upgrade_makes(source, cluster, database):
    """Run as it is in an empty database, it gives the same catalog."""
    sql = plan(source, "--sql").stdout
    outcome = pgrade.run("upgrade", str(source), database.url, "--accept", "all")
    assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
    by_hand = cluster.create_database()
    if int(by_hand.execute("SHOW server_version_num", ())[0][0]) >= 180000:  # as its comment says
        sql = sql.replace("STORED /* VIRTUAL on PostgreSQL 18 and later */", "VIRTUAL")
    connection = by_hand.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()
    assert catalog_text(by_hand) == catalog_text(database)
    by_hand.drop()


def test_sql_for_another_schema(source, cluster):
    sql = plan(source, "--sql", "--schema", "My App").stdout
    database = cluster.create_database()
    database.execute('CREATE SCHEMA "My App"')
    before = catalog_text(database)
    connection = database.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()
    assert catalog_text(database) == before, "all of it belongs into the other schema"
    assert catalog_text(database, '"My App"')
    database.drop()


def test_sql_with_lines_that_are_not_carried(folder, database):
    """A check without a name is named by its text, which has the lines of the source."""
    path = fixtures.build_from_text("CREATE TABLE t (a TEXT, b TEXT, CHECK (a\nGLOB\nb))", folder / "app.db")
    sql = plan(path, "--sql").stdout
    assert "-- not carried: check" in sql
    connection = database.connect()
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
    connection.close()


def test_one_form_at_a_time(source):
    outcome = pgrade.run("plan", str(source), "--sql", "--json")
    assert outcome.status == pgrade.USAGE, outcome
    assert "--sql prints SQL and --json prints JSON" in outcome.stdout + outcome.stderr


def test_text_names_every_table_and_column(source):
    text = plan(source).stdout
    connection = sqlite3.connect(source)
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    )
    for (table,) in tables.fetchall():
        assert f"\n{table}" in text, table
        for row in connection.execute("SELECT name FROM pragma_table_xinfo(?)", (table,)):
            assert row[0][:40].lower() in text.lower(), (table, row[0])
    connection.close()
    for heading in ("Source      ", "Made by     ", "Tables      ", "Estimates"):
        assert heading in text


def test_document_names_every_table_and_column(source):
    document = one_document(plan(source, "--json"))
    connection = sqlite3.connect(source)
    for table in document["tables"]:
        columns = [
            row[0] for row in connection.execute("SELECT name FROM pragma_table_xinfo(?)", (table["source"],))
        ]
        assert [column["source"] for column in table["columns"]] == columns
        assert all(column["type"] and column["reason"] for column in table["columns"])
    count = connection.execute(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchone()[0]
    assert len(document["tables"]) == count
    connection.close()


def expect_stored(tables, version):
    """A plan knows no server: columns that it calls virtual are so on PostgreSQL 18 and later."""
    for table in tables:
        for column in table["columns"]:
            column["virtual"] = column["virtual"] and int(version.split(".")[0]) >= 18


def beside_when(notes):
    """The same for what is told of them."""
    return [note for note in notes if "computed when a row is written" not in note["text"]]


@pytest.mark.core
def test_plan_says_what_upgrade_does(source, database):
    """The document of plan is part of the document of upgrade, word for word."""
    planned = one_document(plan(source, "--json"))
    outcome = pgrade.run("upgrade", str(source), database.url, "--accept", "all", "--json")
    done = one_document(outcome)
    for name in (
        "source",
        "framework",
        "source_bytes",
        "tables",
        "objects",
        "notes",
        "misfits",
        "misfit_count",
    ):
        if name == "tables":
            expect_stored(planned[name], database.execute("SHOW server_version", ())[0][0])
        if name == "notes":
            planned[name], done[name] = beside_when(planned[name]), beside_when(done[name])
        assert planned[name] == done[name], name
    assert [one["name"] for one in planned["not_carried"]] == [one["name"] for one in done["not_carried"]]


def test_quiet_plan_is_still_a_plan(small):
    assert plan(small, "--quiet").stdout == plan(small).stdout


def test_no_color_behind_a_pipe(small):
    assert "\x1b" not in plan(small).stdout


def test_trace_shows_the_statements(small):
    outcome = plan(small, "--trace-sql")
    assert "sqlite: SELECT" in outcome.stderr and outcome.stdout == plan(small).stdout


def test_options_of_the_plan(small):
    document = one_document(plan(small, "--json", "--type", "post.title=text", "--integers", "declared"))
    types = {
        column["name"]: (column["type"], column["reason"])
        for table in document["tables"]
        if table["name"] == "post"
        for column in table["columns"]
    }
    assert types["title"] == ("text", "as --type asked")
    assert types["id"][0] == types["author_id"][0] == "integer"


def test_plan_needs_no_target(small, tmp_path):
    """Not even one that is configured is looked at."""
    outcome = pgrade.run(
        "plan", str(small), directory=tmp_path, DATABASE_URL="postgresql://nobody@127.0.0.1:1/x"
    )
    assert outcome.status == pgrade.OK and "127.0.0.1" not in outcome.stdout + outcome.stderr, outcome


REPEATED = """
CREATE TABLE t (a INT CONSTRAINT pk PRIMARY KEY CONSTRAINT un UNIQUE, b TEXT CONSTRAINT first UNIQUE, UNIQUE (b));
CREATE TABLE folded (a TEXT PRIMARY KEY, UNIQUE (a COLLATE NOCASE));
"""


def test_constraint_on_the_columns_of_another_is_named(folder, database):
    """SQLite makes one index of both, and so does the plan; of two collations it makes two."""
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.executescript(REPEATED)
    connection.close()
    outcome = pgrade.run("upgrade", str(path), database.url, "--json")
    assert outcome.status == pgrade.OK, outcome
    notes = {note["about"]: note["text"] for note in outcome.report["notes"]}
    assert notes["t.un"].startswith("is unique once: the primary key pk is on the same columns")
    assert notes["t.b"].startswith("is unique once: a unique constraint first is on the same columns")
    made = "SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass ORDER BY 1"
    assert database.execute(made, ("t",)) == [("first",), ("pk",)]
    assert len(database.execute(made, ("folded",))) == 2
