"""The cluster that the other tests stand on."""

import os
import select
import signal
import subprocess
import sys
import tempfile
import textwrap
import time

import psycopg2
import pytest

from cluster import PASSWORD, Cluster, ClusterError, find_bindir


def test_databases_are_separate(cluster):
    first, second = cluster.create_database(), cluster.create_database()
    first.execute("CREATE TABLE t (id integer)")
    assert first.execute("SELECT count(*) FROM t") == [(0,)]
    with pytest.raises(psycopg2.errors.UndefinedTable):
        second.execute("SELECT count(*) FROM t")
    first.drop()
    second.drop()


def test_database_is_dropped_under_a_connection(cluster):
    database = cluster.create_database("in use")
    held = database.connect()
    database.drop()
    held.close()
    with pytest.raises(psycopg2.OperationalError, match="does not exist"):
        database.connect()


def test_socket_and_tcp_reach_the_same_server(database):
    database.execute("CREATE TABLE t (id integer)")
    connection = psycopg2.connect(database.socket_url)
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('t') IS NOT NULL, inet_server_addr() IS NULL")
        assert cursor.fetchone() == (True, True)
    connection.close()


def test_password_is_needed_and_enough(scram_cluster):
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(scram_cluster.url(password="wrong"))
    database = scram_cluster.create_database()
    assert database.execute("SELECT current_user") == [(scram_cluster.user,)]
    assert PASSWORD not in database.url
    database.drop()


def test_settings_of_the_server_are_hostile(cluster):
    connection = psycopg2.connect(cluster.url())
    with connection, connection.cursor() as cursor:
        cursor.execute("SHOW timezone")
        assert cursor.fetchone() == ("Asia/Kathmandu",)
    connection.close()


def test_nothing_is_left():
    cluster = Cluster()
    cluster.start()
    directory, server = cluster.directory, cluster.server
    cluster.stop()
    assert not os.path.exists(directory)
    assert server.returncode == 0
    cluster.stop()


def test_failed_start_leaves_nothing():
    with tempfile.TemporaryDirectory() as bindir:
        os.chmod(bindir, 0o755)
        with open(os.path.join(bindir, "initdb"), "w", encoding="utf-8") as stream:
            stream.write("#!/bin/sh\necho out of luck\nexit 1\n")
        os.chmod(stream.name, 0o755)
        cluster = Cluster(bindir=bindir)
        with pytest.raises(ClusterError, match="out of luck"):
            cluster.start()
    assert cluster.directory is None


def test_server_ends_with_a_killed_test_run():
    program = textwrap.dedent(
        """
        import sys, time
        sys.path.insert(0, sys.argv[1])
        from cluster import Cluster
        cluster = Cluster()
        cluster.start()
        print(cluster.server.pid, cluster.directory, flush=True)
        time.sleep(600)
    """
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, os.path.dirname(__file__)],
        text=True,
        stdout=subprocess.PIPE,
        env=dict(os.environ, PGRADE_PG_BINDIR=find_bindir()),
    )
    pid, directory = child.stdout.readline().split()
    watch = os.pidfd_open(int(pid))
    child.send_signal(signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert select.select([watch], [], [], 30)[0], "the server outlived its test run"
    os.close(watch)
    deadline = time.monotonic() + 30
    while os.path.exists(directory) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not os.path.exists(directory)
