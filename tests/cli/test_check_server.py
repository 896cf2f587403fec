"""`pgrade check` of the server's settings, its clock, its age, its cache; and of pgbouncer's settings."""

import os
import shutil
import signal
import subprocess

import psycopg2
import pytest

from cluster import Cluster, short_directory
from pooler import Pooler
from doctor import QUIET, finding, follow, is_gone, look, result_of, until

USELESS = {"ignore_startup_parameters": "extra_float_digits"}
GOOD = dict(USELESS, stats_users="pgrade_test", pool_mode="session")


@pytest.mark.parametrize("settings, says, mend", [
    ({"pool_mode": "transaction"}, "prepared statements do not hold", {"pool_mode": "session"}),
    ({"pool_mode": "statement"}, "pool_mode is statement", {"pool_mode": "session"}),
    ({"ignore_startup_parameters": "options"}, "extra_float_digits", USELESS),
    ({"default_pool_size": "500", "max_client_conn": "1000"}, "has 60 connections in all", {"default_pool_size": "10"}),
    ({"max_client_conn": "2"}, "no more than the pool has", {"max_client_conn": "100"}),
    ({"client_idle_timeout": "30"}, "idle for 30 s are cut off", {"client_idle_timeout": "0"}),
    ({"query_timeout": "20"}, "longer than 20 s", {"query_timeout": "0"}),
])
def test_settings_of_pgbouncer(database, settings, says, mend):
    with Pooler(database.cluster, **dict(GOOD, **settings)) as pooler:
        url = pooler.url(database.name)
        found = finding("pool-settings", url)
        assert says in found["what"] and next(iter(mend)) in found["mend"] + "pool_mode ignore_startup_parameters"
        for name, value in mend.items():
            pooler.set(name, value)
        until(lambda: result_of(look(url, "--only", "pool-settings"), "pool-settings")["state"] == "ok")


@pytest.mark.core
def test_a_console_that_is_closed(database):
    with Pooler(database.cluster) as pooler:
        closed = result_of(look(pooler.url(database.name), "--only", "pool-settings"), "pool-settings")
        assert closed["state"] == "skipped" and "stats_users = pgrade_test" in closed["note"]
    assert "none" in result_of(is_gone("pool-settings", database.url), "pool-settings")["note"]


def test_a_clock_that_is_wrong(tmp_path, monkeypatch):
    """The server's clock alone: a library in front of the system's adds two minutes."""
    place = short_directory()
    os.chmod(place, 0o755)
    source = tmp_path / "late.c"
    source.write_text("#define _GNU_SOURCE\n#include <dlfcn.h>\n#include <sys/time.h>\n"
                      "int gettimeofday(struct timeval *restrict t, void *restrict z)\n{\n"
                      "    int (*real)(struct timeval *, void *) = (int (*)(struct timeval *, void *))dlsym(RTLD_NEXT, \"gettimeofday\");\n"
                      "    int done = real(t, z);\n    t->tv_sec += 120;\n    return done;\n}\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-w", "-o", f"{place}/late.so", str(source), "-ldl"], check=True)
    try:
        with Cluster() as cluster:
            cluster.halt(signal.SIGINT)
            monkeypatch.setenv("LD_PRELOAD", f"{place}/late.so")
            cluster.go_on()
            monkeypatch.delenv("LD_PRELOAD")
            found = finding("clock", cluster.url())
            assert "ahead of this machine's" in found["what"] and "timedatectl" in found["mend"]
            cluster.halt(signal.SIGINT)
            cluster.go_on()
            is_gone("clock", cluster.url())
    finally:
        shutil.rmtree(place)


@pytest.mark.core
def test_numbers_of_transactions_that_run_out():
    """The catalog is told that the database was last looked after a milliard and more of transactions ago."""
    with Cluster(settings={"autovacuum": "off"}) as cluster:
        cluster.execute("CREATE DATABASE old")
        url = cluster.url("old")
        cluster.execute("UPDATE pg_database SET datfrozenxid = ((txid_current() + 4294967296 - 1500000000) % 4294967296)::text::xid "
                        "WHERE datname = 'old'")
        found = finding("wraparound", url)
        assert "1500" in found["what"] and "refuses writes" in found["what"]
        connection = psycopg2.connect(url)
        connection.autocommit = True
        connection.cursor().execute(found["mend"].partition("   --")[0])
        connection.close()
        is_gone("wraparound", url)


@pytest.mark.long
def test_a_cache_that_is_too_small():
    with Cluster(settings={"shared_buffers": "1MB"}) as cluster:
        made = cluster.create_database()
        made.execute("CREATE TABLE t AS SELECT i, repeat('x', 900) AS t FROM generate_series(1, 60000) AS i")
        for _ in range(14):
            made.execute("SELECT count(*) FROM t")
        until(lambda: made.execute("SELECT blks_read + blks_hit > 100000 FROM pg_stat_database WHERE datname = current_database()")
              == [(True,)])
        found = finding("cache", made.url, "--settle", "0")
        assert "shared_buffers" in found["mend"]
        cluster.halt(signal.SIGINT)
        cluster.settings["shared_buffers"] = "400MB"  # more than four times the table, else a scan keeps out of the cache
        cluster.go_on()
        made.execute("SELECT pg_stat_reset()")
        for _ in range(40):
            made.execute("SELECT count(*) FROM t")
        until(lambda: made.execute("SELECT blks_read + blks_hit > 100000 FROM pg_stat_database WHERE datname = current_database()")
              == [(True,)])
        is_gone("cache", made.url, "--settle", "0")


def test_an_extension_that_stayed_behind(database):
    rows = database.execute("SELECT name, version FROM pg_available_extension_versions AS v WHERE name = 'pg_stat_statements' AND "
                            "EXISTS (SELECT FROM pg_available_extensions AS a WHERE a.name = v.name AND a.default_version <> v.version) "
                            "ORDER BY version DESC LIMIT 1")
    if not rows:
        pytest.skip("this server comes without extensions")
    database.execute(f"CREATE EXTENSION {rows[0][0]} VERSION '{rows[0][1]}'")
    found = finding("extensions", database.url)
    assert f"is at version {rows[0][1]}" in found["what"]
    follow(database, found["mend"])
    is_gone("extensions", database.url)


def test_a_collation_by_name_that_has_changed(database):
    try:
        database.execute("CREATE COLLATION german (provider = icu, locale = 'de')")
    except psycopg2.Error:
        pytest.skip("this server knows no ICU")
    database.execute("CREATE TABLE t (a text COLLATE german); CREATE INDEX sorted ON t (a)")
    database.execute("UPDATE pg_collation SET collversion = '1' WHERE collname = 'german'")
    found = finding("named-collations", database.url)
    assert "german" in found["what"] and "public.sorted" in found["what"]
    for statement in found["mend"].split("; "):
        follow(database, statement)
    is_gone("named-collations", database.url)


@pytest.mark.core
def test_statistics_of_indexes_that_nobody_may_drop(database):
    """Everything there is, as the owner without superuser: no check is lost to a mistake of its own."""
    database.execute("CREATE ROLE humble LOGIN")
    database.execute(f"ALTER DATABASE {database.name} OWNER TO humble")
    outcome = look(database.cluster.url(database.name, "humble"), *QUIET, "--settle", "0", "--idle", "1")
    odd = [one for one in outcome.report["results"] if "cannot be asked" in (one["note"] or "")]
    assert odd == [], outcome
    database.execute(f"ALTER DATABASE {database.name} OWNER TO {database.cluster.user}; DROP ROLE humble")
