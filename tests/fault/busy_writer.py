"""An application that writes 500 times a second, and keeps a ledger beside the database of what it committed.

    python3 busy_writer.py DATABASE LEDGER RATE PATIENCE_MS

It ends when its standard input does.  A statement that fails for want of a lock ends it with status 1.
"""

import os
import select
import sqlite3
import struct
import sys
import time

ENTRY = struct.Struct("qdd")  # number, when it began, when it was committed
ACCOUNTS = 7
KEPT = 50

SCHEMA = """
CREATE TABLE entry (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, words TEXT NOT NULL);
CREATE TABLE account (id INTEGER PRIMARY KEY, total INTEGER NOT NULL);
CREATE TABLE recent (id INTEGER PRIMARY KEY, entry_id INTEGER NOT NULL);
CREATE TABLE quiet (id INTEGER PRIMARY KEY, filling BLOB);
INSERT INTO account VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0);
"""


def transact(connection, number):
    """Touches three tables, so that half of it would be seen."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO entry VALUES (?, ?, ?)", (number, number % ACCOUNTS, f"entry {number}" * 9))
    connection.execute("UPDATE account SET total = total + ? WHERE id = ?", (number, number % ACCOUNTS))
    connection.execute("DELETE FROM recent WHERE id = ?", (number % KEPT,))
    connection.execute("INSERT INTO recent VALUES (?, ?)", (number % KEPT, number))
    connection.execute("COMMIT")


def make(path, mode, megabytes=0):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.executescript(SCHEMA)
    connection.execute(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT ?) "
        "INSERT INTO quiet SELECT i, zeroblob(100000) FROM n", (megabytes * 10,))  # fmt: skip
    connection.close()


def read_ledger(path):
    with open(path, "rb") as stream:
        content = stream.read()
    return list(ENTRY.iter_unpack(content[: len(content) // ENTRY.size * ENTRY.size]))


def committed(path):
    return os.path.getsize(path) // ENTRY.size if os.path.exists(path) else 0


def main(path, ledger, rate, patience_ms):
    connection = sqlite3.connect(path, timeout=int(patience_ms) / 1000, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")  # an fsync a commit would be slower than the rate
    start, number = time.monotonic(), 0
    with open(ledger, "ab", buffering=0) as stream:
        while not select.select([sys.stdin], [], [], max(0, start + number / int(rate) - time.monotonic()))[0]:
            number += 1
            began = time.time()
            transact(connection, number)
            stream.write(ENTRY.pack(number, began, time.time()))
    connection.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
