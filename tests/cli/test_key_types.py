"""--type and foreign keys: what PostgreSQL could not compare is refused before anything is loaded."""

import itertools

import psycopg2
import pytest

import fixtures
import pgrade
from trouble import Trouble, assert_trouble

FAMILIES = (
    ("smallint", "integer", "bigint", "real", "double precision", "numeric(9,2)"),
    ("text", "varchar(20)", "char(4)", "bytea"),
    ("date", "timestamp", "timestamptz", "time", "timetz"),
    ("inet", "cidr", "macaddr"),
    ("boolean", "bigint", "text", "uuid", "jsonb", "date"),
)
PAIRS = sorted({pair for family in FAMILIES for pair in itertools.product(family, repeat=2)})


@pytest.fixture
def pair(folder):
    """No rows: types alone decide."""
    sql = "CREATE TABLE parent (k TEXT PRIMARY KEY); CREATE TABLE child (p TEXT REFERENCES parent (k))"
    return fixtures.build_from_text(sql, folder / "pair.db")


def is_possible(connection, child, parent):
    with connection.cursor() as cursor:
        cursor.execute(f"BEGIN; CREATE TABLE parent (k {parent} PRIMARY KEY)")
        try:
            cursor.execute(f"CREATE TABLE child (p {child} REFERENCES parent (k))")
        except psycopg2.errors.DatatypeMismatch:
            return False
        finally:
            cursor.execute("ROLLBACK")
    return True


def test_the_plan_knows_what_the_server_can_compare(pair, database):
    connection = database.connect()
    connection.autocommit = True
    mistakes = []
    for child, parent in PAIRS:
        outcome = pgrade.run("plan", str(pair), "--type", f"child.p={child}", "--type", f"parent.k={parent}")
        wanted = pgrade.OK if is_possible(connection, child, parent) else pgrade.USAGE
        if outcome.status != wanted:
            mistakes.append((child, parent, wanted, outcome.status))
    connection.close()
    assert mistakes == []


@pytest.mark.core
@pytest.mark.parametrize("command", ["plan", "upgrade"])
def test_impossible_key_is_refused(command, small, database):
    told = Trouble(
        2,
        "--type: post.author_id is to be text, and author.id, which it references, bigint",
        "no foreign key between these types",
        "--type author.id=TYPE",
        "ERR_USAGE",
    )
    words = [command, str(small)] + ([database.url] if command == "upgrade" else [])
    assert_trouble(told, *words, "--type", "post.author_id=text")


def test_child_follows_its_parent(small, database):
    outcome = pgrade.run("upgrade", str(small), database.url, "--type", "author.id=text", "--accept", "author.id")
    assert outcome.status == pgrade.SHORTFALL, outcome  # a key of text gives no numbers by itself
    types = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass AND attname = %s"
    assert database.execute(types, ("post", "author_id")) == [("text",)]
    assert database.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated") == [(1,)]


def test_column_with_parents_of_two_types(folder, database):
    """No --type is to blame: one of the keys is named as not carried."""
    sql = (
        "CREATE TABLE a (k TEXT PRIMARY KEY); CREATE TABLE b (k INTEGER PRIMARY KEY);"
        "CREATE TABLE child (x REFERENCES a (k) REFERENCES b (k))"
    )
    path = fixtures.build_from_text(sql, folder / "two.db")
    outcome = pgrade.run("upgrade", str(path), database.url, "--json")
    assert outcome.status == pgrade.DECISION, outcome
    (left,) = outcome.report["not_carried"]
    assert left["class"] == "foreign key" and "PostgreSQL makes no foreign key" in left["reason"]
    assert pgrade.run("upgrade", str(path), database.url, "--accept", "all").status == pgrade.SHORTFALL
