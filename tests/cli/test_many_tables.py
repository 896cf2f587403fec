"""More tables than the server has room to lock at once."""

import re
import signal
import sqlite3

import pytest

import pgrade
from cluster import Cluster

TABLES = 2500
FEW_LOCKS = {"max_locks_per_transaction": "10", "max_connections": "20"}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("many") / "many.db"
    connection = sqlite3.connect(path)
    for number in range(TABLES):
        connection.execute(f"CREATE TABLE t{number} (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
        connection.execute(f"CREATE INDEX of_t{number} ON t{number} (name)")
        connection.execute(f"INSERT INTO t{number} (name) VALUES ('a')")
    connection.commit()
    connection.close()
    return str(path)


@pytest.fixture(scope="module")
def server():
    with Cluster(settings=FEW_LOCKS) as running:
        yield running


def restart(server, locks):
    server.settings["max_locks_per_transaction"] = str(locks)
    server.halt(signal.SIGINT)
    server.go_on()


@pytest.mark.long
def test_the_number_that_publishing_needs_is_named(source, server, tmp_path):
    database = server.create_database()
    command = ["upgrade", source, database.socket_url, "--work-dir", str(tmp_path)]
    refused = pgrade.run(*command)
    assert refused.status == pgrade.FAILED, refused
    assert "nothing was published" in refused.stderr
    number = re.search(r"set max_locks_per_transaction, now 10, to (\d+) ", refused.stderr.replace("\n", " "))
    assert number, refused.stderr
    assert database.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [(0,)]
    restart(server, number.group(1))
    outcome = pgrade.run(*command)
    assert outcome.status == pgrade.OK, outcome.stderr
    # Reading all of them takes no more locks than a few tables have.
    restart(server, 10)
    outcome = pgrade.run("verify", source, database.socket_url, "--json")
    assert outcome.status == pgrade.OK, outcome.stderr
    outcome = pgrade.run("downgrade", database.socket_url, str(tmp_path / "back.db"))
    assert outcome.status == pgrade.OK, outcome.stderr
