"""Values of many megabytes: they arrive, and the program needs a few times the size of one for memory, not more."""

import hashlib
import sqlite3

import pytest

import pgrade
from memory import peak_memory
from wire import Wire

SIZE = 64 * 1000 * 1000
LONG_SIZE = 500 * 1000 * 1000
MB = 1000 * 1000
VALUES = {"BLOB": "randomblob({0})", "TEXT": "hex(randomblob({0} / 2))", "DATE": "NULL"}


def build(path, size, **columns):
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    connection.execute(f"INSERT INTO t VALUES (1, {', '.join(VALUES[kind].format(size) for kind in columns.values())})")
    connection.execute(f"INSERT INTO t (id, {next(iter(columns))}) VALUES (2, 'small')")
    connection.commit()
    connection.close()
    return str(path)


# Measured without sanitizers: 519 MB for 500 MB, 83 MB for 64 MB, of bytes and of text: SQLite's own value, and some megabytes.
@pytest.mark.parametrize("size", [SIZE, pytest.param(LONG_SIZE, marks=pytest.mark.long)])
@pytest.mark.parametrize("kind", ["BLOB", "TEXT"])
def test_one_large_value(kind, size, folder, database):
    path = build(folder / "app.db", size, v=kind)
    status, memory = peak_memory("upgrade", path, database.url)
    assert status == pgrade.OK
    print(f"{kind} of {size // MB} MB: the most memory was {memory / MB:.0f} MB, {memory / size:.2f} times the value")
    assert memory < 3.5 * size, "with sanitizers, which keep what was freed for a while"
    assert database.execute("SELECT octet_length(v) FROM t ORDER BY id") == [(size,), (5,)]


def test_rows_that_stay_behind_beside_large_values(folder, database):
    """A large value leaves from where the source has it: once it is known whether its row does."""
    path = build(folder / "app.db", 2 * MB, raw="BLOB", word="TEXT", day="DATE")
    connection = sqlite3.connect(path)
    connection.executescript("""
        INSERT INTO t SELECT 3, raw, word, 'never' FROM t WHERE id = 1;
        INSERT INTO t SELECT 4, raw, replace(word, 'A', char(0)), '2024-01-01' FROM t WHERE id = 1;
        INSERT INTO t SELECT 5, word, raw, '2024-01-01' FROM t WHERE id = 1;
        INSERT INTO t SELECT 6, zeroblob(1048576), word || 'ä', NULL FROM t WHERE id = 1;
        UPDATE t SET day = '2024-01-01' WHERE id < 3;""")
    connection.commit()
    connection.close()
    outcome = pgrade.run("upgrade", path, database.url, "--misfit", "quarantine", "--json")
    assert outcome.status == pgrade.SHORTFALL and outcome.report["verified"], outcome
    rows = dict(database.execute("SELECT id, md5(raw) || md5(word) FROM t"))
    connection = sqlite3.connect(path)
    expected = {key: hashlib.md5(raw).hexdigest() + hashlib.md5(word.encode()).hexdigest()
                for key, raw, word in connection.execute("SELECT id, raw, word FROM t WHERE id IN (1, 6)")}
    assert {key: value for key, value in rows.items() if key != 2} == expected


@pytest.mark.core
def test_they_do_not_come_back(folder, database):
    """Their hashes are what the server sends."""
    path = build(folder / "app.db", 9 * MB, raw="BLOB", word="TEXT")
    with Wire(database) as wire:
        outcome = pgrade.run("upgrade", path, wire.url, "--json")
    assert outcome.status == pgrade.OK and outcome.report["verified"], outcome
    back = [message.length for message in wire.messages if message.side == "server"]
    assert max(back) < MB
