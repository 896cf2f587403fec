"""What stops an upgrade until somebody decides: misfits, rows without a parent, objects not carried."""

import re
import sqlite3

import pytest

import fixtures
import pgrade
from catalog_text import table_names, whole_text
from compare import compare
from trouble import Trouble, assert_clean, assert_told, one_document

NUMBERS = """
CREATE TABLE item (id INTEGER PRIMARY KEY, price DECIMAL(6, 2), made DATE, note VARCHAR(10), code TEXT);
INSERT INTO item VALUES (1, 1.5, '2024-01-01', 'ok', 'a'),
                        (20, 'zebra-secret', '2024-01-02', 'ok', 'b'),
                        (-3, 12345.67, '0000-00-00', 'much too long', CAST(x'c328' AS TEXT));
CREATE TABLE sound (id INTEGER PRIMARY KEY, n INTEGER);
INSERT INTO sound VALUES (1, 1);
"""
ORPHANS = """
CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER CONSTRAINT of_parent REFERENCES parent (id));
CREATE TABLE other (id INTEGER PRIMARY KEY, parent_id INTEGER CONSTRAINT other_parent REFERENCES parent (id));
INSERT INTO parent VALUES (1, 'a');
INSERT INTO child VALUES (1, 1), (2, 77001), (3, 77002), (4, 77001), (5, NULL);
INSERT INTO other VALUES (1, 1);
"""
CHECKED = """
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER CONSTRAINT positive CHECK (n > 0));
INSERT INTO t VALUES (1, 5);
PRAGMA ignore_check_constraints = ON;
INSERT INTO t VALUES (2, -88001);
"""
TRIGGERS = """
CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);
CREATE TRIGGER t_changed AFTER UPDATE ON t BEGIN UPDATE t SET n = 1; END;
CREATE TRIGGER t_added AFTER INSERT ON t BEGIN UPDATE t SET n = 1; END;
CREATE VIRTUAL TABLE words USING fts5 (word, content='');
"""


def build(sql, path):
    return fixtures.build_from_text(sql, path)


@pytest.fixture
def misfits(folder):
    return build(NUMBERS, folder / "app.db")


@pytest.fixture
def orphans(folder):
    return build(ORPHANS, folder / "app.db")


def decision(says, hint, why=""):
    return Trouble(3, says, why, hint, "ERR_DECISION")


def assert_nothing_there(database):
    assert sorted(whole_text(database)) == ["public"] and table_names(database) == []


# ------------------------------------------------------------------------------------------------- misfits


@pytest.mark.core
def test_misfits_are_listed(misfits, untouched, database):
    untouched()
    outcome = pgrade.run("upgrade", str(misfits), database.url)
    assert_told(outcome, decision("5 values do not fit the planned type", "--misfit widen", "named above"))
    for line in (
        "item.price, rowid 20: 'zebra-secret'",
        "item.price, rowid -3: 12345.67",
        "item.made, rowid -3: '0000-00-00'",
        "item.note, rowid -3: 'much too long'",
        "item.code, rowid -3: x'c328'",
    ):
        assert line in outcome.stdout, outcome
    assert "sound" not in outcome.stdout
    assert_nothing_there(database)


def test_misfits_in_the_document(misfits, database):
    document = one_document(pgrade.run("upgrade", str(misfits), database.url, "--json"))
    found = {(one["table"], one["column"], one["rowid"], one["value"]) for one in document["misfits"]}
    assert found == {
        ("item", "price", 20, "'zebra-secret'"),
        ("item", "price", -3, "12345.67"),
        ("item", "made", -3, "'0000-00-00'"),
        ("item", "note", -3, "'much too long'"),
        ("item", "code", -3, "x'c328'"),
    }
    assert all(one["reason"] for one in document["misfits"]) and document["misfit_count"] == 5
    assert document["error"]["code"] == "ERR_DECISION" and not document["published"]


def types_of_the_fixture():
    """The type that the comment behind each table of the fixture names, as an option."""
    comments = re.findall(r"^CREATE TABLE (as_\w+) .*; -- (.*)$", fixtures.text_of("misfits"), re.MULTILINE)
    assert len(comments) > 10
    return [word for table, kind in comments for word in ("--type", f"{table}.v={kind}")]


@pytest.mark.core
def test_every_misfit_of_every_type_is_listed(folder, database):
    """Each row of the fixture but one does not fit."""
    path = fixtures.build("misfits", folder / "misfits.db")
    connection = sqlite3.connect(path)
    tables = [name for name, in connection.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'as_%'")]
    wanted = {(name, rowid) for name in tables for rowid, in connection.execute(f"SELECT rowid FROM {name}")}
    wanted |= {("null_in_key", 1), ("null_in_key", 2)}
    connection.close()
    for command in (["plan", str(path)], ["upgrade", str(path), database.url]):
        document = one_document(pgrade.run(*command, *types_of_the_fixture(), "--json"))
        found = [(one["table"], one["rowid"]) for one in document["misfits"]]
        assert sorted(found) == sorted(wanted)
        assert document["misfit_count"] == len(wanted)
    assert_nothing_there(database)


def test_plan_knows_the_misfits_beforehand(misfits, untouched):
    untouched()
    outcome = pgrade.run("plan", str(misfits))
    assert outcome.status == pgrade.OK, outcome
    assert "Values that do not fit: 5" in outcome.stdout and "'zebra-secret'" in outcome.stdout


@pytest.mark.parametrize("options", [[], ["--json"], ["--trace-sql"]])
@pytest.mark.parametrize("command", ["plan", "upgrade"])
def test_values_are_hidden(command, options, misfits, database):
    target = [database.url] if command == "upgrade" else []
    outcome = pgrade.run(command, str(misfits), *target, "--hide-values", *options)
    told = outcome.stdout + outcome.stderr
    assert "price" in told and "-3" in told
    for value in ("zebra", "0000-00-00", "too long", "12345.67", "c328"):
        assert value not in told, outcome


def test_first_misfits_are_shown_and_the_rest_counted(folder, database):
    path = build(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n BIGINT);"
        "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 1000)"
        "INSERT INTO t SELECT i, CASE WHEN i % 2 THEN i ELSE 'no ' || i END FROM c",
        folder / "app.db",
    )
    outcome = pgrade.run("upgrade", str(path), database.url, "--type", "t.n=bigint")
    assert outcome.status == pgrade.DECISION, outcome
    assert "Values that do not fit: 500" in outcome.stdout
    assert outcome.stdout.count("t.n, rowid") == 20 and "480 more; --json lists them" in outcome.stdout
    document = one_document(pgrade.run("upgrade", str(path), database.url, "--type", "t.n=bigint", "--json"))
    assert sorted(one["rowid"] for one in document["misfits"]) == list(range(2, 1001, 2))


@pytest.mark.core
def test_widening(misfits, untouched, database):
    untouched()
    outcome = pgrade.run("upgrade", str(misfits), database.url, "--misfit", "widen", "--json")
    assert outcome.status == pgrade.OK, outcome
    result = compare(misfits, database.url, outcome.report, probe=True)
    assert result.equal, result
    assert database.execute("SELECT price, made, note FROM item WHERE id = -3") == [
        ("12345.67", "0000-00-00", "much too long")
    ]
    assert not one_document(outcome)["misfits"]


def test_widening_is_told(misfits, database):
    outcome = pgrade.run("upgrade", str(misfits), database.url, "--misfit=widen")
    assert outcome.status == pgrade.OK, outcome
    assert "Widened, as --misfit widen allowed" in outcome.stdout
    assert "item.made: text, widened from date, which does not hold all values" in outcome.stdout


def test_widening_of_all_misfits(folder, database):
    """Whatever can be widened is; NULLs in a key become a unique constraint."""
    path = fixtures.build("misfits", folder / "misfits.db")
    connection = sqlite3.connect(path)
    # No type holds both a number and bytes that are no text.
    connection.executescript("DELETE FROM as_timestamp WHERE v = x'00'; DELETE FROM as_json WHERE v = x'ff'")
    connection.close()
    outcome = pgrade.run("upgrade", str(path), database.url, "--misfit", "widen", "--json")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert [one["name"] for one in one_document(outcome)["not_carried"]] == ["null_in_key_pkey"]
    result = compare(path, database.url, outcome.report, probe=True)
    assert result.equal, result


@pytest.mark.parametrize(
    "rules, left",
    [
        (["item.price=widen"], {"made", "note", "code"}),
        (["item.price=widen,item.made=widen"], {"note", "code"}),
        (["widen", "item.price=stop"], {"price"}),
        (["item=widen", "stop", "item.code=stop"], {"code"}),
        (["sound=widen"], {"price", "made", "note", "code"}),
    ],
)
def test_rules_for_some_columns(rules, left, misfits, database):
    """The most exact rule wins, in whatever order they come."""
    words = [word for rule in rules for word in ("--misfit", rule)]
    outcome = pgrade.run("upgrade", str(misfits), database.url, *words, "--json")
    assert outcome.status == pgrade.DECISION, outcome
    found = {one["column"] for one in one_document(outcome)["misfits"]}
    assert found >= left, outcome
    assert_nothing_there(database)


def test_widening_of_some(folder, database):
    """The columns that can be widened are, and only those that cannot are left and named."""
    path = build(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER, mixed BLOB);"
        "INSERT INTO t VALUES (1, 'word', x'ff'), (2, 2, x'00'), (3, 3, 7)",
        folder / "app.db",
    )
    plain = pgrade.run("upgrade", str(path), database.url, "--misfit", "widen", "--type", "t.mixed=bytea")
    told = decision("1 value does not fit", "--type TABLE.COLUMN=TYPE", "cannot be widened: t.mixed (no type holds")
    assert_told(plain, told)
    assert "t.mixed, rowid 3" in plain.stdout and "t.n, rowid" not in plain.stdout, plain
    assert_nothing_there(database)


def test_another_type_is_an_answer_too(misfits, database):
    types = ["item.price=text", "item.made=text", "item.note=text", "item.code=bytea"]
    words = [word for one in types for word in ("--type", one)]
    outcome = pgrade.run("upgrade", str(misfits), database.url, *words, "--json")
    assert outcome.status == pgrade.OK, outcome
    assert compare(misfits, database.url, outcome.report).equal


def test_value_beyond_the_sample_is_planned_for(folder, database):
    """A column without a type is looked at from both ends; what stands in the middle changes the plan."""
    path = build(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n);"
        "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 9000)"
        "INSERT INTO t SELECT i, i FROM c; UPDATE t SET n = 'word' WHERE id = 4500",
        folder / "app.db",
    )
    outcome = pgrade.run("upgrade", str(path), database.url, "--json")
    assert outcome.status == pgrade.OK, outcome
    result = compare(path, database.url, outcome.report)
    assert result.equal, result


# ------------------------------------------------------------------------------------------------- orphans


@pytest.mark.core
def test_orphans_are_named(orphans, untouched, database):
    untouched()
    outcome = pgrade.run("upgrade", str(orphans), database.url)
    assert_told(outcome, decision("3 rows contradict 1 constraint", "--orphans not-valid", "foreign keys"))
    assert "of_parent of child: 3 rows without a parent" in outcome.stdout
    assert "77001" in outcome.stdout and "77002" in outcome.stdout
    assert "other_parent" not in outcome.stdout
    assert_nothing_there(database)


def test_orphans_in_the_document(orphans, database):
    document = one_document(pgrade.run("upgrade", str(orphans), database.url, "--json"))
    found = document["contradictions"]
    assert [(one["class"], one["table"], one["name"], one["rows"]) for one in found] == [
        ("foreign key", "child", "of_parent", 3)
    ]
    assert any("77002" in row for row in found[0]["shown"])


@pytest.mark.core
def test_orphans_are_carried_and_the_key_is_not_valid(orphans, untouched, database):
    untouched()
    outcome = pgrade.run("upgrade", str(orphans), database.url, "--orphans", "not-valid", "--json")
    assert outcome.status == pgrade.SHORTFALL, outcome
    document = one_document(outcome)
    assert document["published"] and document["error"] is None
    assert database.execute(
        "SELECT conname, convalidated FROM pg_constraint WHERE contype = 'f' ORDER BY 1"
    ) == [
        ("of_parent", False),
        ("other_parent", True),
    ]
    assert database.execute("SELECT count(*) FROM child") == [(5,)]
    with pytest.raises(Exception, match="of_parent"):
        database.execute("INSERT INTO child VALUES (9, 99)")


NOCASE = """
CREATE TABLE tag (name TEXT COLLATE NOCASE PRIMARY KEY, n INTEGER);
INSERT INTO tag VALUES ('News', 1), ('sport', 2);
CREATE TABLE post (id INTEGER PRIMARY KEY, tag TEXT CONSTRAINT of_tag REFERENCES tag (name), n INTEGER);
INSERT INTO post VALUES (1, 'news', 0), (2, 'NEWS', 0), (3, 'News', 0), (4, NULL, 0);
"""


@pytest.mark.core
def test_children_that_differ_in_case_only(folder, database):
    """No orphans: SQLite compares with the parent's collation. Told as what they are, with what mends them."""
    path = build(NOCASE, folder / "app.db")
    assert sqlite3.connect(path).execute("PRAGMA foreign_key_check").fetchall() == []
    outcome = pgrade.run("upgrade", str(path), database.url)
    assert_told(outcome, decision("2 rows contradict 1 constraint", "", "by its collation in SQLite"))
    assert "foreign key of_tag of post: 2 rows without an equal parent" in outcome.stdout
    assert "(tag) = (news): 1 row, with a parent by its collation" in outcome.stdout
    assert "2 of them differ from the parent only in what its collation NOCASE passes over" in outcome.stdout
    connection = sqlite3.connect(path)
    mend = next(line for line in outcome.stdout.splitlines() if line.startswith("    UPDATE "))
    assert connection.execute(mend).rowcount == 3
    connection.commit()
    connection.close()
    outcome = pgrade.run("upgrade", str(path), database.url)
    assert outcome.status == pgrade.OK, outcome
    assert "compares exactly; in SQLite it finds its parent by the parent's collation NOCASE" in outcome.stdout
    assert database.execute("SELECT tag FROM post ORDER BY id") == [("News",), ("News",), ("News",), (None,)]


def test_children_that_differ_in_case_and_orphans(folder, database):
    path = build(NOCASE + "INSERT INTO post VALUES (5, 'nowhere', 0);", folder / "app.db")
    outcome = pgrade.run("upgrade", str(path), database.url, "--json")
    (found,) = one_document(outcome)["contradictions"]
    assert (found["rows"], found["collated_rows"]) == (3, 2)
    assert sorted(found["shown"]) == [
        "(tag) = (NEWS): 1 row, with a parent by its collation",
        "(tag) = (news): 1 row, with a parent by its collation",
        "(tag) = (nowhere): 1 row",
    ]
    outcome = pgrade.run("upgrade", str(path), database.url, "--orphans", "not-valid")
    assert outcome.status == pgrade.SHORTFALL, outcome


def test_orphans_policy_without_orphans(small, database):
    outcome = pgrade.run("upgrade", str(small), database.url, "--orphans", "not-valid")
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT bool_and(convalidated) FROM pg_constraint") == [(True,)]


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_rows_of_orphans_are_hidden(options, orphans, database):
    outcome = pgrade.run("upgrade", str(orphans), database.url, "--hide-values", *options)
    assert outcome.status == pgrade.DECISION, outcome
    assert "of_parent" in outcome.stdout and "7700" not in outcome.stdout + outcome.stderr


def test_rows_that_contradict_a_check(folder, untouched, database):
    path = build(CHECKED, folder / "app.db")
    untouched()
    outcome = pgrade.run("upgrade", str(path), database.url, "--orphans", "not-valid")
    assert_told(outcome, decision("1 row contradicts 1 constraint", "mend these rows in the source", "pass over checks"))
    assert "orphans" not in outcome.stderr and "foreign key" not in outcome.stderr
    assert "check positive of t: 1 row contradicts it" in outcome.stdout and "-88001" in outcome.stdout
    assert_nothing_there(database)
    hidden = pgrade.run("upgrade", str(path), database.url, "--hide-values")
    assert "88001" not in hidden.stdout + hidden.stderr


def test_a_whole_row_is_shown_whatever_its_columns_are_called(folder, database):
    path = build(CHECKED.replace("(id ", "(t "), folder / "app.db")
    outcome = pgrade.run("upgrade", str(path), database.url)
    assert outcome.status == pgrade.DECISION and "(2,-88001)" in outcome.stdout, outcome


# --------------------------------------------------------------------------------------------- not carried


@pytest.fixture
def triggers(folder):
    return build(TRIGGERS, folder / "app.db")


@pytest.mark.core
def test_objects_that_cannot_be_carried_are_named(triggers, untouched, database):
    untouched()
    outcome = pgrade.run("upgrade", str(triggers), database.url)
    assert_told(outcome, decision("3 objects of the source cannot be carried", "--accept all", "named above"))
    for name in ("trigger t.t_changed: ", "trigger t.t_added: ", "virtual table words: "):
        assert name in outcome.stdout, outcome
    assert_nothing_there(database)


@pytest.mark.parametrize(
    "options",
    [
        ["--accept", "all"],
        ["--accept=ALL"],
        ["--accept", "trigger,virtual table"],
        ["--accept", "trigger", "--accept", "words"],
        ["--accept", "t_changed, T.T_ADDED ,words"],
    ],
)
def test_accepted(options, triggers, database):
    outcome = pgrade.run("upgrade", str(triggers), database.url, *options, "--json")
    assert outcome.status == pgrade.SHORTFALL, outcome
    document = one_document(outcome)
    assert document["published"] and all(one["accepted"] for one in document["not_carried"])
    assert {one["name"] for one in document["not_carried"]} == {"t_changed", "t_added", "words"}
    assert table_names(database) == ["t"]


@pytest.mark.parametrize(
    "accepted, left",
    [
        ("trigger", {"words"}),
        ("t_added", {"t_changed", "words"}),
        ("view", {"t_changed", "t_added", "words"}),
    ],
)
def test_accepted_in_part(accepted, left, triggers, database):
    outcome = pgrade.run("upgrade", str(triggers), database.url, "--accept", accepted, "--json")
    assert outcome.status == pgrade.DECISION, outcome
    found = one_document(outcome)["not_carried"]
    assert {one["name"] for one in found if not one["accepted"]} == left
    assert_nothing_there(database)


def test_every_object_of_the_fixture_is_named(folder, database):
    path = fixtures.build("not_carried", folder / "app.db")
    document = one_document(pgrade.run("upgrade", str(path), database.url, "--json"))
    assert document["status"] == pgrade.DECISION
    assert all(
        one["reason"] and one["class"] and (one["name"] or one["table"]) for one in document["not_carried"]
    )
    named = {one["name"] for one in document["not_carried"]}
    assert {"article_changed", "article_search"} <= named
    outcome = pgrade.run("upgrade", str(path), database.url, "--accept", "all", "--json")
    assert outcome.status == pgrade.SHORTFALL, outcome
    result = compare(path, database.url, outcome.report)
    assert result.equal, result


def test_all_decisions_together(folder, database):
    """One answer at a time; nothing is published before the last one."""
    path = build(
        ORPHANS + "CREATE TABLE n (id INTEGER PRIMARY KEY, v BIGINT); INSERT INTO n VALUES (1, 'x');"
        "CREATE TRIGGER late AFTER DELETE ON n BEGIN SELECT 1; END;",
        folder / "app.db",
    )
    options = []
    for answer in ([], ["--accept", "all"], ["--misfit", "widen"]):
        options += answer
        outcome = pgrade.run("upgrade", str(path), database.url, "--type", "n.v=bigint", *options)
        assert outcome.status == pgrade.DECISION, outcome
        assert_clean(outcome)
        assert_nothing_there(database)
    outcome = pgrade.run(
        "upgrade", str(path), database.url, "--type", "n.v=bigint", *options, "--orphans", "not-valid"
    )
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert table_names(database) == ["child", "n", "other", "parent"]


# --------------------------------------------------------------------- values that are equal on the target


EQUALS = {
    "moments": "CREATE TABLE t (id INTEGER PRIMARY KEY, v DATETIME UNIQUE); "
    "INSERT INTO t VALUES (1, '2024-01-01 00:00:00'), (2, '2024-01-01T00:00:00');",
    "UUIDs": "CREATE TABLE t (id INTEGER PRIMARY KEY, v UUID UNIQUE); "
    "INSERT INTO t VALUES (1, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'),"
    " (2, 'A0EEBC999C0B4EF8BB6D6BB9BD380A11');",
    "numbers": "CREATE TABLE t (id INTEGER PRIMARY KEY, v NUMERIC UNIQUE); "
    "INSERT INTO t VALUES (1, 'NaN'), (2, 'nan');",
    "blobs and texts": "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE); "
    "INSERT INTO t VALUES (1, 'abc'), (2, x'616263');",
}


@pytest.mark.parametrize("what", EQUALS)
def test_values_that_become_equal(what, folder, untouched, database):
    """They differ for SQLite and are one value of the planned type, so the constraint cannot come."""
    path = build(EQUALS[what], folder / "app.db")
    untouched()
    outcome = pgrade.run("upgrade", str(path), database.url)
    assert_told(outcome, decision("t: rows that SQLite holds apart are equal", "--type", "is duplicated"))
    hidden = pgrade.run("upgrade", str(path), database.url, "--hide-values")
    assert hidden.status == pgrade.DECISION and "Key (v)" not in hidden.stderr, hidden
    assert_nothing_there(database)
