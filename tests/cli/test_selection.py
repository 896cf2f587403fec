"""--include, --exclude and --where: what the user leaves out is counted and named, and nothing else is missing."""

import pytest

import fixtures
import pgrade
from catalog_text import table_names
from trouble import assert_clean, one_document

SHOP = """
CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE purchase (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customer (id), total INTEGER, made DATE);
CREATE TABLE purchase_log (id INTEGER PRIMARY KEY, purchase_id INTEGER REFERENCES purchase (id), note TEXT);
CREATE TABLE session (id INTEGER PRIMARY KEY, data TEXT);
CREATE INDEX purchase_total ON purchase (total);
INSERT INTO customer VALUES (1, 'a'), (2, 'b'), (3, NULL);
INSERT INTO purchase VALUES (1, 1, 10, '2024-01-01'), (2, 1, 99, '2024-06-01'), (3, 2, 30, NULL), (4, 3, NULL, '2024-01-02');
INSERT INTO purchase_log VALUES (1, 1, 'x'), (2, 3, 'y');
INSERT INTO session VALUES (1, 'secret');
"""
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


@pytest.fixture
def shop(folder):
    return fixtures.build_from_text(SHOP, folder / "app.db")


def upgrade(shop, database, *options, status=pgrade.SHORTFALL):
    outcome = pgrade.run("upgrade", str(shop), database.url, "--json", *options)
    assert outcome.status == status, outcome
    assert_clean(outcome)
    return one_document(outcome)


def not_carried(document):
    return sorted((one["class"], one["table"], one["name"]) for one in document["not_carried"])


@pytest.mark.core
@pytest.mark.parametrize(
    "options, left",
    [
        (["--exclude", "session,purchase_*"], ["customer", "purchase"]),
        (["--exclude=SESSION", "--exclude=*_log"], ["customer", "purchase"]),
        (["--include", "c*,purchase"], ["customer", "purchase"]),
        (["--include=*", "--exclude=session", "--exclude=purchase?log"], ["customer", "purchase"]),
    ],
)
def test_tables_that_are_left_out(options, left, shop, untouched, database):
    untouched()
    document = upgrade(shop, database, *options)
    assert table_names(database) == left
    assert not_carried(document) == [("table", None, "purchase_log"), ("table", None, "session")]
    assert all(one["reason"].startswith("excluded by the user") for one in document["not_carried"])
    assert database.execute("SELECT count(*) FROM purchase") == [(4,)]


def test_what_hangs_on_a_table_that_is_left_out(folder, shop, database):
    fixtures.build_from_text(
        SHOP + "CREATE TRIGGER gone AFTER INSERT ON customer BEGIN SELECT 1; END;", folder / "two.db"
    )
    document = upgrade(folder / "two.db", database, "--exclude", "customer")
    assert not_carried(document) == [
        ("foreign key", "purchase", "references customer"),
        ("table", None, "customer"),
        ("trigger", "customer", "gone"),
    ]
    assert all(one["accepted"] for one in document["not_carried"])
    assert "the user excluded that table" in str(document["not_carried"])


def test_nothing_left_out_is_no_shortfall(shop, database):
    upgrade(shop, database, "--include", "*", "--where", "customer=id > 0", status=pgrade.OK)


@pytest.mark.core
def test_rows_that_are_left_out(shop, untouched, database):
    """A condition that is NULL is not true."""
    untouched()
    options = ["--where", "purchase=total < 50 -- cheap", "--where", "session=0", "--where", "purchase_log=id < 2"]
    document = upgrade(shop, database, *options)
    proof = {one["table"]: one for one in document["proof"]}
    assert [(one["source_rows"], one["loaded_rows"], one["excluded_rows"]) for one in proof.values()] == [
        (3, 3, 0),
        (4, 2, 2),
        (2, 1, 1),
        (1, 0, 1),
    ]
    assert all(one["verified"] and one["equal"] for one in proof.values())
    assert database.execute("SELECT id FROM purchase ORDER BY 1") == [(1,), (3,)]
    assert database.execute("SELECT count(*) FROM session") == [(0,)]
    assert database.execute("INSERT INTO purchase (total) VALUES (1) RETURNING id > 3") == [(True,)]


def test_rows_are_told_to_people(shop, database):
    outcome = pgrade.run("upgrade", str(shop), database.url, "--where", "session=data = ''")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert "session: 1 row excluded by the user (--where)" in outcome.stdout
    outcome = pgrade.run("plan", str(shop), "--where", "purchase=total < 50")
    assert "purchase brings only the rows that --where asked for: total < 50" in outcome.stdout


def test_orphans_of_a_condition(shop, database):
    outcome = pgrade.run("upgrade", str(shop), database.url, "--where", "purchase=id <> 3")
    assert outcome.status == pgrade.DECISION, outcome
    assert "without a parent" in outcome.stdout and table_names(database) == []
    document = upgrade(shop, database, "--where", "purchase=id <> 3", "--orphans", "not-valid")
    assert [one["rows"] for one in document["contradictions"]] == [1]


def test_values_of_rows_that_are_left_out_do_not_matter(folder, database):
    sql = "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, d); INSERT INTO t VALUES (1, 5, 1), (2, 'word', 'x');"
    path = fixtures.build_from_text(sql, folder / "app.db")
    assert "fit" in pgrade.run("plan", str(path)).stdout
    document = upgrade(path, database, "--where", "t=typeof(n) = 'integer'")
    assert document["misfit_count"] == 0
    assert [column["type"] for column in document["tables"][0]["columns"]] == ["bigint", "bigint", "bigint"]


def test_large_table_in_ranges(folder, database):
    path = fixtures.build_from_text(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, pad TEXT);"
        "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 120000)"
        "INSERT INTO t SELECT i, printf('%0300d', i) FROM c",
        folder / "app.db",
    )
    document = upgrade(path, database, "--where", "t=id % 3 = 0 OR id < 10")
    assert [(one["loaded_rows"], one["excluded_rows"]) for one in document["proof"]] == [(40006, 79994)]


@pytest.mark.parametrize(
    "option, value, says",
    [
        ("--include", "nothing*", "has no such table"),
        ("--exclude", "customer,nowhere", "has no such table"),
        ("--where", "nowhere=1", "the source has no table nowhere"),
        ("--where", "purchase", "not of the form"),
        ("--where", "purchase.id=1", "not of the form"),
        ("--where", "purchase=", "not of the form"),
        ("--where", "purchase=strange = 1", "no such column: strange"),
        ("--where", "purchase=1) OR (1", "a bracket closes"),
        ("--where", "purchase=(1", "a bracket is not closed"),
        ("--where", "purchase=1; DELETE FROM purchase", "a semicolon"),
        ("--where", "purchase='x", "a quote is not closed"),
        ("--where", "purchase=1 /* open", "it is no condition"),
        ("--where", "purchase=id = ?", "a parameter"),
        ("--where", "purchase=count(*) > 1", "aggregate"),
        ("--where", "purchase=random() > 0", "another value each time"),
    ],
)
def test_what_is_no_choice(option, value, says, shop, untouched):
    untouched()
    outcome = pgrade.run("upgrade", str(shop), NOWHERE, option, value)
    assert outcome.status == pgrade.USAGE, outcome
    assert_clean(outcome)
    assert says in outcome.stderr and "secret" not in outcome.stderr


@pytest.mark.parametrize(
    "options, says",
    [
        (["--exclude", "*"], "leave none of the 4 tables"),
        (["--include", "customer", "--exclude", "CUSTOMER"], "leave none of the 4 tables"),
        (["--where", "session=1", "--exclude", "session"], "is left out by --include or --exclude"),
        (["--where", "session=1", "--include", "customer"], "is left out by --include or --exclude"),
        (["--where", "session=1", "--where", "Session=0"], "given twice for the table Session"),
        (["--rename", "session=a", "--rename", "SESSION=b"], "renamed twice"),
        (["--rename", "session.data=a", "--rename", "session.Data=b"], "renamed twice"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "upgrade"])
def test_choices_that_contradict_each_other(command, options, says, shop):
    target = [NOWHERE] if command == "upgrade" else []
    outcome = pgrade.run(command, str(shop), *target, *options)
    assert outcome.status == pgrade.USAGE and says in outcome.stderr, outcome
    assert "check the path" not in outcome.stderr
    assert_clean(outcome)


def test_command_line_replaces_the_file(shop, tmp_path):
    (tmp_path / "pgrade.ini").write_text("[rename]\nsession = a\n[where]\nsession = 0\n")
    options = ["--rename", "session=b", "--where", "session=1"]
    outcome = pgrade.run("plan", str(shop), *options, directory=tmp_path)
    assert outcome.status == pgrade.OK, outcome
    assert "session is named b: as --rename asked" in outcome.stdout and "asked for: 1" in outcome.stdout


def test_settings_file(shop, tmp_path):
    (tmp_path / "pgrade.ini").write_text('[upgrade]\nexclude = session\n[where]\npurchase = "total" = 30 AND id > 0\n')
    outcome = pgrade.run("plan", str(shop), directory=tmp_path)
    assert outcome.status == pgrade.OK, outcome
    assert 'asked for: "total" = 30 AND id > 0' in outcome.stdout and "--exclude session" in outcome.stdout
