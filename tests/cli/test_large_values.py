"""One value of 500 MB: it arrives, and the program needs a few times its size of memory, not more."""

import os
import sqlite3
import subprocess

import pytest

import pgrade

SIZE = 500 * 1000 * 1000
# Measured without sanitizers: 2.1 times the value for bytes, 2.6 times for text; with them more.
MEMORY = 5 * SIZE


def run_measured(*arguments):
    """The exit status and the most memory that the program had, in bytes."""
    process = subprocess.Popen(
        [pgrade.program(), *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        env=pgrade.clean_environment({}),
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, usage.ru_maxrss * 1024


@pytest.mark.long
@pytest.mark.parametrize("kind, made", [("BLOB", "randomblob({0})"), ("TEXT", "hex(randomblob({0} / 2))")])
def test_value_of_500_mb(kind, made, folder, database):
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, v {kind})")
    connection.execute(f"INSERT INTO t VALUES (1, {made.format(SIZE)})")
    connection.execute("INSERT INTO t VALUES (2, 'small')")
    connection.commit()
    connection.close()
    status, memory = run_measured("upgrade", str(path), database.url)
    assert status == pgrade.OK
    print(f"{kind}: {memory / SIZE:.1f} times the value")
    assert memory < MEMORY
    assert database.execute("SELECT octet_length(v) FROM t ORDER BY id") == [(SIZE,), (5,)]
