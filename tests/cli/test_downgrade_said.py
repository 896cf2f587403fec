"""What the way back must not pass over in silence: keys of another spelling, rows that the old schema would not take,
columns that SQLite computes and PostgreSQL no longer does."""

import sqlite3

import pytest

import pgrade
from same_file import differences
from sqlite_rows import select
from trouble import one_document


def make(path, script):
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


@pytest.fixture
def back(folder, database, tmp_path):
    """Upgrades a file of `script`, changes PostgreSQL, and goes back."""

    def there_and_back(script, change, *options):
        old = make(folder / "app.db", script)
        outcome = pgrade.upgrade(old, database.url, "--accept", "all")
        assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
        if change:
            database.execute(change)
        new = tmp_path / "back.db"
        return old, new, pgrade.run("downgrade", database.url, str(new), "--like", str(old), "--json", *options)

    return there_and_back


KEYS = """
CREATE TABLE lesson (day DATE, at TIME, room UUID, n, PRIMARY KEY (day, at, room)) WITHOUT ROWID;
INSERT INTO lesson VALUES
    ('2024-01-01', '10:00:00', '550e8400-e29b-41d4-a716-446655440000', 1),
    ('2024-01-01', '11:00:00', '550e8400-e29b-41d4-a716-446655440000', 2),
    ('2024-01-02', '12:34', '550e8400-e29b-41d4-a716-446655440000', -1),
    ('2024-01-02', '10:00:00', '550E8400E29B41D4A716446655440001', 'x'),
    ('2024-01-03', '10:00:00', x'550e8400e29b41d4a716446655440002', 1.5),
    ('2024-01-04', '10:00:00', '550e8400-e29b-41d4-a716-446655440000', 4);
"""


def test_rows_without_rowids_whose_keys_are_spelled_otherwise(back):
    old, new, outcome = back(KEYS, None)
    assert outcome.status == pgrade.OK, outcome
    assert differences(old, new) == []


def test_rows_without_rowids_are_counted(back):
    _, new, outcome = back(KEYS, "DELETE FROM lesson WHERE day >= '2024-01-03'; UPDATE lesson SET n = 'y' WHERE n = 'x'")
    assert outcome.status == pgrade.OK, outcome
    counts = one_document(outcome)["tables"][0]
    assert [counts[key] for key in ("rows", "as_before", "changed", "new", "gone")] == [4, 3, 1, 0, 2]
    assert select(new, "SELECT at, room, n FROM lesson WHERE day = '2024-01-02' ORDER BY 1") == [
        ("10:00:00", "550E8400E29B41D4A716446655440001", "y"), ("12:34", "550e8400-e29b-41d4-a716-446655440000", -1)]


CHECKED = """
CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER CHECK (n > 0), word TEXT NOT NULL, CONSTRAINT short CHECK (length(word) < 9));
INSERT INTO item VALUES (1, 5, 'one');
"""


def test_rows_that_contradict_a_check(back):
    change = """
        ALTER TABLE item DROP CONSTRAINT item_n_check, DROP CONSTRAINT short;
        INSERT INTO item (n, word) VALUES (-1, 'two'), (-2, 'three'), (3, 'a word too long')"""
    _, new, outcome = back(CHECKED, change)
    assert outcome.status == pgrade.DECISION and not new.exists(), outcome
    named = {one["name"]: one["reason"] for one in one_document(outcome)["not_carried"]}
    assert named == {"n > 0": "2 rows contradict it; in the old file 0 did", "short": "1 row contradicts it; in the old file 0 did"}


def test_they_are_accepted_by_name(back):
    change = "ALTER TABLE item DROP CONSTRAINT item_n_check; INSERT INTO item (n, word) VALUES (-1, 'two')"
    _, new, outcome = back(CHECKED, change, "--accept", "check")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert select(new, "SELECT n FROM item ORDER BY id") == [(5,), (-1,)]


def test_null_where_the_old_file_takes_none(back):
    change = "ALTER TABLE item ALTER word DROP NOT NULL; UPDATE item SET word = NULL"
    _, new, outcome = back(CHECKED, change)
    assert outcome.status == pgrade.DECISION and not new.exists(), outcome
    assert [(one["column"], one["row"], one["reason"]) for one in one_document(outcome)["misfits"]] == [
        ("word", "1", "it is NULL, and the file's column is NOT NULL")]


def test_a_value_that_a_strict_table_does_not_take(back):
    script = "CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER) STRICT; INSERT INTO item VALUES (1, 5)"
    _, new, outcome = back(script, "ALTER TABLE item ALTER n TYPE double precision; INSERT INTO item (n) VALUES (2.5)")
    assert outcome.status == pgrade.DECISION and not new.exists(), outcome
    assert "cannot store REAL value in INTEGER column item.n" in one_document(outcome)["error"]["detail"]


COMPUTED = """
CREATE TABLE item (id INTEGER PRIMARY KEY, n INTEGER, twice INTEGER GENERATED ALWAYS AS (n * 2) VIRTUAL,
                   label TEXT GENERATED ALWAYS AS ('v' || n) STORED, odd TEXT GENERATED ALWAYS AS (hex(n)));
INSERT INTO item (id, n) VALUES (1, 3), (2, 4);
"""


def test_columns_that_both_compute(back):
    _, new, outcome = back(COMPUTED, "INSERT INTO item (n) VALUES (5)")
    assert outcome.status == pgrade.OK, outcome
    assert select(new, "SELECT twice, label, odd FROM item WHERE id > 2") == [(10, "v5", "35")]


def test_a_column_that_postgresql_no_longer_computes(back):
    change = "ALTER TABLE item ALTER label DROP EXPRESSION; UPDATE item SET label = 'mine' WHERE id = 2"
    _, new, outcome = back(COMPUTED, change)
    assert outcome.status == pgrade.DECISION and not new.exists(), outcome
    named = [(one["class"], one["table"], one["name"]) for one in one_document(outcome)["not_carried"]]
    assert named == [("generated column", "item", "label")]


@pytest.mark.parametrize("options", [(), ("--replace",)])
def test_a_link_to_nowhere_is_no_place(options, database, tmp_path):
    database.execute("CREATE TABLE t (a integer)")
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "nowhere.db")
    outcome = pgrade.run("downgrade", database.url, str(link), *options)
    assert outcome.status == pgrade.REFUSED and "is a link to a file that is not there" in outcome.stderr, outcome
    assert [path.name for path in tmp_path.iterdir()] == ["link.db"]
