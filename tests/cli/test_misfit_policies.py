"""What --misfit makes of values that do not fit: NULL, a repair, or a row set aside; and nothing else."""

import re

import pytest

import fixtures
import pgrade
from catalog_text import table_names
from trouble import one_document

ODD = """
CREATE TABLE item (id INTEGER PRIMARY KEY, price DECIMAL(6, 2), made DATE, note VARCHAR(10) NOT NULL,
                   body TEXT, meta JSON, code TEXT NOT NULL UNIQUE);
INSERT INTO item VALUES
    (1, 1.5, '2024-01-01', 'ok', 'sound', '{}', 'a'),
    (2, 'zebra', '0000-00-00', 'ok', CAST(x'610062' AS TEXT), '"x\\u0000y"', 'b'),
    (3, '1''234.5', '2024-02-30', 'ok', CAST(x'636166e9' AS TEXT), '', 'c'),
    (4, '1,234.50', '2024-01-04', 'much too long', 'x', 'nul', 'd'),
    (5, '', '', 'ok', NULL, NULL, 'e');
CREATE TABLE sound (id INTEGER PRIMARY KEY, n INTEGER);
INSERT INTO sound VALUES (1, 1), (2, NULL);
"""


@pytest.fixture
def odd(folder):
    return fixtures.build_from_text(ODD, folder / "app.db")


def rules(*given):
    return [word for rule in given for word in ("--misfit", rule)]


def upgraded(source, database, *options, status=pgrade.SHORTFALL):
    outcome = pgrade.run("upgrade", str(source), database.url, *options, "--json")
    assert outcome.status == status, outcome
    return one_document(outcome)


def outcomes(document):
    return {(one["column"], one["rowid"]): one["outcome"] for one in document["misfits"]}


@pytest.mark.core
def test_null(odd, untouched, database):
    untouched()
    document = upgraded(odd, database, *rules("null", "item.note=widen"))
    assert document["published"] and document["verified"] and document["misfit_count"] == 0
    assert database.execute("SELECT id, price, made::text, note, body, meta::text FROM item ORDER BY id") == [
        (1, 1.5, "2024-01-01", "ok", "sound", "{}"),
        (2, None, None, "ok", None, None),
        (3, None, None, "ok", None, None),
        (4, None, "2024-01-04", "much too long", "x", None),
        (5, None, None, "ok", None, None),
    ]
    counts = {(one["column"], one["outcome"]): one["count"] for one in document["changes"]}
    assert counts == {
        ("price", "null"): 4,
        ("made", "null"): 3,
        ("body", "null"): 2,
        ("meta", "null"): 3,
    }
    assert set(outcomes(document).values()) == {"null"} and len(document["misfits"]) == 12
    assert {one["table"]: one["changed_values"] for one in document["proof"]}["item"] == 12


def test_null_is_told_to_people(odd, database):
    outcome = pgrade.run("upgrade", str(odd), database.url, *rules("null", "item.note=widen"))
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert "item.price: 4 values set to NULL" in outcome.stdout
    assert re.search(r"^item .* equal [0-9a-f]{16}, but 12 changed$", outcome.stdout, re.MULTILINE), outcome
    assert "12 values changed by --misfit, all others equal" in outcome.stdout
    assert "every value equal" not in outcome.stdout
    assert "item.price, rowid 2: 'zebra': no number" in outcome.stdout
    hidden = pgrade.run(
        "upgrade", str(odd), database.url, *rules("null", "item.note=widen"), "--hide-values", "--replace"
    )
    assert hidden.status == pgrade.SHORTFALL and "zebra" not in hidden.stdout + hidden.stderr, hidden


def test_null_where_none_may_be_is_a_misfit_still(odd, database):
    document = upgraded(odd, database, *rules("null"), status=pgrade.DECISION)
    assert [(one["column"], one["rowid"]) for one in document["misfits"] if one["outcome"] == "stops"] == [
        ("note", 4)
    ]
    assert document["misfit_count"] == 1 and table_names(database) == []


def test_null_in_a_key_is_a_misfit_still(folder, database):
    path = fixtures.build_from_text(
        "CREATE TABLE t (k TEXT PRIMARY KEY, v TEXT);"
        "INSERT INTO t VALUES (NULL, 'a'), (CAST(x'ff' AS TEXT), 'b'), ('x', 'c')",
        folder / "app.db",
    )
    document = upgraded(path, database, *rules("null"), status=pgrade.DECISION)
    assert {one["rowid"] for one in document["misfits"] if one["outcome"] == "stops"} == {1, 2}


@pytest.mark.core
def test_repair(odd, untouched, database):
    untouched()
    document = upgraded(
        odd,
        database,
        *rules("repair", "item.note=widen", "item.made=null", "item.price=null", "item.meta=null"),
        "--repair-encoding",
        "cp1252",
    )
    assert document["verified"]
    assert database.execute("SELECT id, body FROM item ORDER BY id") == [
        (1, "sound"),
        (2, "ab"),
        (3, "café"),
        (4, "x"),
        (5, None),
    ]
    assert {(one["column"], one["how"]) for one in document["changes"] if one["outcome"] == "repaired"} == {
        ("body", "NUL characters removed"),
        ("body", "read as Windows-1252"),
    }
    assert [one["became"] for one in document["misfits"] if one["rowid"] == 3 and one["column"] == "body"] == [
        "'café'"
    ]


def test_what_cannot_be_repaired_is_a_misfit_still(odd, database):
    document = upgraded(odd, database, *rules("repair"), status=pgrade.DECISION)
    stopping = {(one["column"], one["rowid"]) for one in document["misfits"] if one["outcome"] == "stops"}
    assert stopping == {("price", 2), ("made", 3), ("note", 4), ("body", 3), ("meta", 4)}
    repaired = {(one["column"], one["rowid"]): one["became"] for one in document["misfits"] if one["became"]}
    assert repaired == {
        ("price", 3): "'1234.5'",
        ("price", 4): "'1234.50'",
        ("price", 5): "NULL",
        ("made", 2): "NULL",
        ("made", 5): "NULL",
        ("body", 2): "'ab'",
        ("meta", 2): "'\"xy\"'",
        ("meta", 3): "NULL",
    }


def test_plan_shows_what_a_policy_would_do(odd, untouched):
    untouched()
    outcome = pgrade.run("plan", str(odd), *rules("null"))
    assert outcome.status == pgrade.OK, outcome
    assert "item.made: 3 values set to NULL" in outcome.stdout and "Values that do not fit: 1" in outcome.stdout


def test_value_beyond_the_sample_changes_the_plan_and_not_the_value(folder, database):
    path = fixtures.build_from_text(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, n);"
        "WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 9000)"
        "INSERT INTO t SELECT i, i FROM c; UPDATE t SET n = 'word' WHERE id = 4500",
        folder / "app.db",
    )
    document = upgraded(path, database, *rules("null"), status=pgrade.OK)
    assert document["changes"] == []
    assert database.execute("SELECT n FROM t WHERE id = 4500") == [("word",)]


@pytest.mark.parametrize(
    "word, says",
    [
        ("--misfit=drop", "--misfit drop: it is stop, widen, quarantine, null or repair"),
        ("--misfit=item.prize=null", "no column item.prize"),
        ("--misfit=itme=null", "no table itme"),
        ("--repair-encoding=koi8", "it is latin1 or cp1252"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "upgrade"])
def test_wrong_words(command, word, says, odd, database):
    target = [database.url] if command == "upgrade" else []
    outcome = pgrade.run(command, str(odd), *target, word)
    assert outcome.status == pgrade.USAGE and says in outcome.stderr, outcome
