"""What the way back must not pass over in silence: keys of another spelling, rows that the old schema would not take,
columns that SQLite computes and PostgreSQL no longer does."""

import sqlite3

import pytest

import pgrade
from same_file import differences
from trouble import one_document


def make(path, script):
    connection = sqlite3.connect(path)
    connection.executescript(script)
    connection.close()
    return path


def select(path, sql):
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


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
