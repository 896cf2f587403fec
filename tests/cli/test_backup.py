"""`pgrade backup` and `pgrade restore`: what comes back is what was kept, and nothing half-done is taken for whole."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess

import psycopg2
import pytest

import fixtures
import pgrade
from cluster import find_bindir
from pooler import Pooler

SCHEMA = """
CREATE TABLE people (id integer PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'x');
CREATE TABLE pets (id integer PRIMARY KEY, owner integer REFERENCES people);
CREATE INDEX by_owner ON pets (owner);
CREATE VIEW names AS SELECT name FROM people;
INSERT INTO people VALUES (1, 'ada'), (2, 'bob'), (3, 'cyd');
INSERT INTO pets VALUES (1, 1), (2, 1);
"""
CLIENT = "/usr/lib/postgresql/15/bin"


def has_client(cluster):
    return cluster.version() <= 15 or os.access(os.path.join(find_bindir(), "pg_dump"), os.X_OK)


@pytest.fixture
def filled(database, cluster):
    if not has_client(cluster):
        pytest.skip("there is no pg_dump of this version")
    database.execute(SCHEMA)
    return database


@pytest.fixture
def app(tmp_path):
    return str(fixtures.build_from_text(SCHEMA, tmp_path / "app.db"))


@pytest.fixture
def empty(cluster):
    fresh = cluster.create_database()
    yield fresh
    fresh.drop()


def backup(source, folder, *options, status=pgrade.OK, **environment):
    outcome = pgrade.run("backup", source, str(folder), "--json", *options, **environment)
    assert outcome.status == status, outcome
    return outcome.report if status == pgrade.OK else outcome


def restore(path, target, *options, status=pgrade.OK, **environment):
    outcome = pgrade.run("restore", str(path), target, "--json", *options, **environment)
    assert outcome.status == status, outcome
    return outcome


def test_postgres_comes_back(filled, empty, tmp_path):
    made = backup(filled.url, tmp_path / "kept")
    assert [(one["name"], one["rows"]) for one in made["tables"]] == [("people", 3), ("pets", 2)]
    assert all(one["sum"] for one in made["tables"])
    assert sorted(os.listdir(made["path"])) == ["dump", "manifest.json"]
    assert os.stat(made["path"]).st_mode & 0o777 == 0o700
    manifest = json.load(open(os.path.join(made["path"], "manifest.json"), encoding="utf-8"))
    assert manifest["server"] == made["server"] and manifest["files"][0]["bytes"] == made["bytes"]
    found = restore(made["path"], empty.url).report
    assert found["compared"] and found["tables"] == made["tables"] and found["differences"] == []
    assert empty.execute("SELECT count(*) FROM names") == [(3,)]
    verified = pgrade.run("verify", filled.url, empty.url)
    assert verified.status == pgrade.OK, verified


def test_rows_are_of_the_snapshot_of_the_dump(filled, empty, tmp_path):
    """Somebody inserts while the dump is made: the manifest and the dump agree all the same."""
    filled.execute("CREATE TABLE log (id int); INSERT INTO log SELECT generate_series(1, 200000)")
    connection = psycopg2.connect(filled.url)
    connection.autocommit = True
    running = pgrade.start("backup", filled.url, str(tmp_path / "kept"), "--json")
    with connection.cursor() as cursor:
        while running.poll() is None:
            cursor.execute("INSERT INTO log SELECT 1 FROM generate_series(1, 100)")
            cursor.execute("INSERT INTO people SELECT max(id) + 1 FROM people")
    connection.close()
    made = pgrade.finish(running)
    assert made.status == pgrade.OK, made
    assert restore(made.report["path"], empty.url).report["tables"] == made.report["tables"]


def test_by_several_connections(filled, empty, tmp_path):
    made = backup(filled.url, tmp_path / "kept", "--jobs", "2")
    assert made["format"] == "directory" and os.path.exists(os.path.join(made["path"], "dump", "toc.dat"))
    assert restore(made["path"], empty.url).report["tables"] == made["tables"]


def test_no_password_in_arguments_nor_in_the_backup(scram_cluster, tmp_path, monkeypatch):
    """A pg_dump that writes down its arguments stands in the way of the real one."""
    if not has_client(scram_cluster):
        pytest.skip("there is no pg_dump of this version")
    database = scram_cluster.create_database()
    database.execute(SCHEMA)
    folder = tmp_path / "programs"
    folder.mkdir()
    spy = folder / "pg_dump"
    spy.write_text(f'#!/bin/sh\n[ "$1" = --version ] || cat /proc/$$/cmdline >>{tmp_path}/seen\nexec {CLIENT}/pg_dump "$@"\n')
    spy.chmod(0o755)
    made = backup(database.url, tmp_path / "kept", PGRADE_PG_BINDIR=str(folder))
    seen = (tmp_path / "seen").read_text()
    assert "--dbname=" in seen
    for text in (seen, open(os.path.join(made["path"], "manifest.json"), encoding="utf-8").read(), json.dumps(made)):
        assert scram_cluster.password not in text and "p%40ss" not in text
    database.drop()


def test_a_target_that_is_not_empty(filled, tmp_path):
    made = backup(filled.url, tmp_path / "kept")
    refused = restore(made["path"], filled.url, status=pgrade.REFUSED)
    assert "not empty" in refused.stderr and "--clean" in refused.stderr
    filled.execute("DELETE FROM pets; UPDATE people SET name = 'eve'; CREATE TABLE other (id int)")
    assert restore(made["path"], filled.url, "--clean", status=pgrade.REFUSED).report["error"]["code"] == "ERR_REFUSED"
    assert filled.execute("SELECT count(*) FROM pets") == [(0,)]
    restore(made["path"], filled.url, "--clean", "--yes")
    assert filled.execute("SELECT count(*) FROM pets") == [(2,)]
    assert filled.execute("SELECT count(*) FROM other") == [(0,)]


def test_a_failed_restore_leaves_the_target_as_it_was(filled, empty, tmp_path):
    filled.execute("CREATE SCHEMA apart; CREATE TABLE apart.last (id int)")
    made = backup(filled.url, tmp_path / "kept")
    empty.execute("CREATE SCHEMA apart")
    failed = restore(made["path"], empty.url, status=pgrade.FAILED)
    assert "already exists" in failed.stderr and "as it was" in failed.stderr
    assert empty.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [(0,)]


def test_owner(filled, empty, tmp_path):
    empty.execute("CREATE ROLE keeper")
    try:
        empty.execute("GRANT CREATE ON SCHEMA public TO keeper")
        restore(backup(filled.url, tmp_path / "kept")["path"], empty.url, "--owner", "keeper")
        assert empty.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'") == [("keeper",)]
    finally:
        empty.execute("DROP OWNED BY keeper; DROP ROLE keeper")


@pytest.mark.parametrize("damage", ["byte", "missing", "manifest"])
def test_a_damaged_backup_is_not_restored(damage, filled, empty, tmp_path):
    made = backup(filled.url, tmp_path / "kept")
    dump = os.path.join(made["path"], "dump")
    if damage == "missing":
        os.remove(dump)
    elif damage == "manifest":
        with open(os.path.join(made["path"], "manifest.json"), "r+", encoding="utf-8") as stream:
            stream.truncate(40)
    else:
        with open(dump, "r+b") as stream:
            stream.seek(-1, os.SEEK_END)
            last = stream.read(1)
            stream.seek(-1, os.SEEK_END)
            stream.write(bytes([last[0] ^ 1]))
    restore(made["path"], empty.url, status=pgrade.FAILED)
    assert empty.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [(0,)]


def stopping_dump(folder):
    """A pg_dump that tells that it was begun and waits to be ended."""
    folder.mkdir()
    program = folder / "pg_dump"
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && exec {CLIENT}/pg_dump --version\n'
                       f"for word; do case $word in --file=*) echo half >${{word#--file=}};; esac; done\n"
                       f"echo $$ >{folder}/new && mv {folder}/new {folder}/begun\nexec tail -f /dev/null\n")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_backup_is_none(number, filled, tmp_path):
    program = stopping_dump(tmp_path / "programs")
    kept = tmp_path / "kept"
    running = pgrade.start("backup", filled.url, str(kept), "--json", PGRADE_PG_BINDIR=str(program.parent))
    while not (program.parent / "begun").exists():
        assert running.poll() is None
    second = backup(filled.url, kept)
    assert second["leftovers"] == [], "one that is being made was taken for an interrupted one"
    running.send_signal(number)
    ended = pgrade.finish(running) if number == signal.SIGTERM else running.wait()
    left = [name for name in os.listdir(kept) if name.endswith(".partial")]
    if number == signal.SIGTERM:
        assert ended.status == pgrade.FAILED and ended.report["error"]["code"] == "ERR_CANCELED", ended
        assert left == []
    else:
        os.kill(int((program.parent / "begun").read_text()), signal.SIGKILL)
        assert len(left) == 1
        outcome = pgrade.run("backup", filled.url, str(kept), "--json")
        assert outcome.report["leftovers"] == left and "was interrupted" in outcome.stderr, outcome
        assert [name for name in os.listdir(kept) if name.endswith(".partial")] == []


def old_server_program(tmp_path):
    folder = tmp_path / "old"
    folder.mkdir()
    for name in "pg_dump", "pg_restore":
        (folder / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) 11.2'\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.core
def test_a_server_newer_than_every_client_is_said_before_anything_is_begun(cluster, database, tmp_path):
    if has_client(cluster):
        pytest.skip("there is a pg_dump of this version")
    outcome = backup(database.url, tmp_path / "kept", status=pgrade.FAILED)
    assert "the server is PostgreSQL" in outcome.stderr and "pg_dump" in outcome.stderr, outcome
    assert [name for name in os.listdir(tmp_path / "kept") if not name.startswith(".")] == []


def test_an_old_client_is_passed_over(filled, tmp_path):
    made = backup(filled.url, tmp_path / "kept", PGRADE_PG_BINDIR=str(old_server_program(tmp_path)))
    assert not made["program"].startswith("11")


def plain_dump(database, path, *options):
    subprocess.run([os.path.join(CLIENT, "pg_dump"), "--no-owner", f"--file={path}", *options, f"--dbname={database.url}"],
                   check=True)
    return str(path)


@pytest.mark.parametrize("options", [["-Fc"], ["-Fd"], ["-Ft"], ["-Fp"]])
def test_dumps_of_pg_dump(options, filled, empty, tmp_path):
    found = restore(plain_dump(filled, tmp_path / "dump", *options), empty.url).report
    assert found["kind"] == ("sql" if options == ["-Fp"] else "archive") and not found["compared"]
    assert [(one["name"], one["rows"]) for one in found["tables"]] == [("people", 3), ("pets", 2)]


def test_sql_that_fails_is_rolled_back(empty, tmp_path):
    (tmp_path / "dump.sql").write_text("CREATE TABLE first (id int);\nCREATE TABLE first (id int);\n")
    failed = restore(tmp_path / "dump.sql", empty.url, status=pgrade.FAILED)
    assert "already exists" in failed.stderr
    assert empty.execute("SELECT to_regclass('first')") == [(None,)]


@pytest.mark.parametrize("content", ["", "SQLite format 3\0 and more", "\0\1\2", "-- PostgreSQL database cluster dump\n"])
def test_what_is_no_backup(content, empty, tmp_path):
    (tmp_path / "thing").write_text(content)
    outcome = pgrade.run("restore", str(tmp_path / "thing"), empty.url)
    assert outcome.status in (pgrade.FAILED, pgrade.USAGE, pgrade.REFUSED) and "thing" in outcome.stderr, outcome
    outcome = pgrade.run("restore", str(tmp_path), empty.url)
    assert outcome.status == pgrade.FAILED and "is no backup" in outcome.stderr, outcome


def rows_of(path):
    with sqlite3.connect(path) as connection:
        return list(connection.iterdump())


@pytest.mark.core
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_sqlite_comes_back(mode, app, tmp_path):
    with sqlite3.connect(app) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.close()
    made = backup(app, tmp_path / "kept")
    assert sorted(os.listdir(made["path"])) == ["app.db", "manifest.json"]
    assert [(one["name"], one["rows"]) for one in made["tables"]] == [("people", 3), ("pets", 2)]
    target = str(tmp_path / "back.db")
    found = restore(made["path"], target).report
    assert found["compared"] and rows_of(target) == rows_of(app)
    restore(made["path"], target, status=pgrade.REFUSED)
    assert pgrade.run("verify", app, target).status == pgrade.OK


@pytest.mark.core
def test_sqlite_over_a_file_in_use(app, tmp_path):
    made = backup(app, tmp_path / "kept")
    user = sqlite3.connect(app, isolation_level=None)
    user.execute("DELETE FROM pets")
    user.execute("BEGIN IMMEDIATE")
    locked = restore(made["path"], app, "--clean", "--yes", status=pgrade.UNREACHABLE)
    assert "nothing was restored" in locked.stderr, locked
    user.execute("COMMIT")
    assert user.execute("SELECT count(*) FROM pets").fetchall() == [(0,)]
    restore(made["path"], app, "--clean", "--yes")
    assert user.execute("SELECT count(*) FROM pets").fetchall() == [(2,)]
    user.close()


@pytest.mark.core
def test_a_journal_without_its_database(app, tmp_path):
    made = backup(app, tmp_path / "kept")
    (tmp_path / "new.db-wal").write_text("left")
    assert "without its database" in restore(made["path"], str(tmp_path / "new.db"), status=pgrade.REFUSED).stderr


def test_one_engine_into_the_other(app, empty, tmp_path):
    outcome = restore(backup(app, tmp_path / "kept")["path"], empty.url, status=pgrade.USAGE)
    assert "upgrade" in outcome.stderr


def age(path, days):
    """Makes a backup older than it is."""
    name = os.path.join(path, "manifest.json")
    with open(name, encoding="utf-8") as stream:
        manifest = json.load(stream)
    manifest["began_us"] -= days * 24 * 60 * 60 * 1000000
    with open(name, "w", encoding="utf-8") as stream:
        json.dump(manifest, stream)


def listed(folder, status=pgrade.OK):
    outcome = pgrade.run("backup", "--list", str(folder), "--json")
    assert outcome.status == status, outcome
    return outcome.report


@pytest.mark.core
def test_list_checks_every_file(app, tmp_path):
    kept = tmp_path / "kept"
    first, second = backup(app, kept)["path"], backup(app, kept)["path"]
    assert [one["whole"] for one in listed(kept)["backups"]] == [True, True]
    with open(os.path.join(first, "app.db"), "r+b") as stream:
        stream.seek(100)
        stream.write(b"\xff")
    found = listed(kept, status=pgrade.SHORTFALL)["backups"]
    assert [(one["name"], one["whole"]) for one in found] == [(os.path.basename(first), False), (os.path.basename(second), True)]
    text = pgrade.run("backup", "--list", str(kept))
    assert text.status == pgrade.SHORTFALL and "DAMAGED" in text.stdout and "is not what was written" in text.stdout
    assert pgrade.run("backup", "--list", str(tmp_path / "none")).status == pgrade.FAILED
    (tmp_path / "empty").mkdir()
    assert "no backup" in pgrade.run("backup", "--list", str(tmp_path / "empty")).stdout


@pytest.mark.core
def test_rotation_removes_only_what_it_may(app, tmp_path):
    kept = tmp_path / "kept"
    other = str(fixtures.build_from_text(SCHEMA, tmp_path / "other.db"))
    stays = [backup(other, kept)["path"], backup(app, kept)["path"]]
    for path in stays:
        age(path, 100)
    os.truncate(os.path.join(stays[1], "manifest.json"), 30)
    (kept / "mine").mkdir()
    (kept / "mine" / "app.db").write_text("not pgrade's")
    (kept / "app.db-20200101T000000Z").mkdir()
    old = [backup(app, kept)["path"] for _ in range(4)]
    for days, path in zip((40, 9, 2, 1), old):
        age(path, days)
    made = backup(app, kept, "--keep", "daily=2,monthly=2")
    left = {"mine", "app.db-20200101T000000Z", *map(os.path.basename, [*stays, made["path"], old[3]])}
    assert left <= set(os.listdir(kept)) and os.path.basename(old[1]) in made["removed"]
    last = backup(app, kept, "--keep", "1")
    assert os.path.basename(made["path"]) in last["removed"]
    assert {name for name in os.listdir(kept) if not name.startswith(".")} == {
        "mine", "app.db-20200101T000000Z", *map(os.path.basename, [*stays, last["path"]])}


@pytest.mark.core
@pytest.mark.parametrize("words", [("--timer",), ("--list", "--verify"), ("x", "--to", "y"), ("--keep", "0"), ("--keep", "hourly=2"), ("--list", "--keep", "3"), ("--jobs", "0")])
def test_wrong_usage(words, app, tmp_path):
    assert pgrade.run("backup", app, *words, directory=tmp_path).status == pgrade.USAGE
    assert os.listdir(tmp_path) == ["app.db"]


def scratch_databases(database):
    return database.execute("SELECT datname FROM pg_database WHERE datname LIKE 'pgrade\\_scratch\\_%'")


def test_verify_restores_and_throws_away(filled, tmp_path):
    left = filled.cluster.create_database("pgrade_scratch_1000000000_7")
    outcome = pgrade.run("backup", filled.url, str(tmp_path / "kept"), "--verify", "--json")
    assert outcome.status == pgrade.OK and outcome.report["verified"], outcome
    assert left.name in outcome.stderr and scratch_databases(filled) == []


def test_verify_names_what_does_not_come_back(filled, tmp_path):
    """A CHECK whose function finds its table by the search_path: pg_dump keeps it, and no restore can compute it."""
    filled.execute("CREATE FUNCTION free() RETURNS bool LANGUAGE sql STABLE AS 'SELECT count(*) < 9 FROM pets'")
    filled.execute("CREATE TABLE odd (id int, CHECK (free())); INSERT INTO odd VALUES (1)")
    kept = tmp_path / "kept"
    first = backup(filled.url, kept)
    outcome = pgrade.run("backup", filled.url, str(kept), "--verify", "--keep", "1")
    assert outcome.status == pgrade.FAILED and "its proof failed" in outcome.stderr, outcome
    assert scratch_databases(filled) == [] and os.path.exists(first["path"])


def test_verify_where_text_sorts_by_icu(filled, tmp_path):
    """A CHECK that holds in the order of ICU, and not in that of bytes."""
    if filled.cluster.version() < 15:
        pytest.skip("a database of this version is not of ICU")
    words = filled.cluster.create_database(options="TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en'")
    words.execute("CREATE TABLE t (word text CHECK (word < 'B')); INSERT INTO t VALUES ('a')")
    outcome = pgrade.run("backup", words.url, str(tmp_path / "kept"), "--verify", "--json")
    words.drop()
    assert outcome.status == pgrade.OK and outcome.report["verified"], outcome


def test_verify_without_createdb(scram_cluster, tmp_path):
    if not has_client(scram_cluster):
        pytest.skip("there is no pg_dump of this version")
    database = scram_cluster.create_database()
    database.execute("CREATE ROLE humble LOGIN PASSWORD 'humble'")
    database.execute("GRANT CREATE ON SCHEMA public TO humble")
    try:
        url = scram_cluster.url(database.name, "humble", "humble")
        outcome = pgrade.run("backup", url, str(tmp_path / "kept"), "--verify", "--json")
        assert outcome.status == pgrade.UNREACHABLE and "CREATEDB" in outcome.stderr, outcome
        assert [one["whole"] for one in listed(tmp_path / "kept")["backups"]] == [True]
    finally:
        database.execute("DROP OWNED BY humble; DROP ROLE humble")
        database.drop()


@pytest.mark.core
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_verify_of_a_file_leaves_nothing(mode, app, tmp_path):
    with sqlite3.connect(app) as connection:
        connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.close()
    made = backup(app, tmp_path / "kept", "--verify")
    assert made["verified"] and sorted(os.listdir(tmp_path / "kept")) == [".lock", os.path.basename(made["path"])]


@pytest.mark.core
def test_timer_runs_and_holds_no_password(app, tmp_path):
    """The line of cron is run by sh, with a file for the environment that lies elsewhere."""
    kept = tmp_path / "my backups"
    outcome = pgrade.run("backup", "--timer", "--to", str(kept), "--keep", "daily=7, weekly=4", "--verify",
                         DATABASE_URL="postgresql://app:secret@db/app")
    assert outcome.status == pgrade.OK and "secret" not in outcome.stdout, outcome
    (tmp_path / "backup.env").write_text(f"DATABASE_URL='sqlite:///{app}?x=1&y=2'\n")
    line = outcome.stdout.splitlines()[-1].replace("/etc/pgrade/backup.env", str(tmp_path / "backup.env"))
    started = [one for one in outcome.stdout.splitlines() if one.startswith("ExecStart=")]
    assert line.startswith("0 2 * * * ") and line.endswith(started[0].removeprefix("ExecStart="))
    done = subprocess.run(["sh", "-c", line.removeprefix("0 2 * * * ")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    assert len(listed(kept)["backups"]) == 1
    assert pgrade.run("backup", "--timer", "--to", "/tmp/100%").status == pgrade.USAGE
    every = pgrade.run("backup", "--timer", "--all", "--exclude", "logs,my cache", "--jobs", "2").stdout
    assert "--all --exclude logs --exclude 'my cache' --jobs 2\n" in every, every


def test_behind_a_pooler_in_transaction_mode(filled, empty, cluster, tmp_path):
    """It is refused before it can set anything that the application's next session has."""
    made = backup(filled.url, tmp_path / "kept")
    with Pooler(cluster) as pooler:
        application = psycopg2.connect(pooler.url(filled.name))
        for outcome in (backup(pooler.url(filled.name), tmp_path / "more", status=pgrade.REFUSED),
                        restore(made["path"], pooler.url(empty.name), status=pgrade.REFUSED)):
            assert "pooler" in outcome.stderr and "the server itself" in outcome.stderr, outcome
        for _ in range(4):
            with application, application.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM people")
                assert cursor.fetchone() == (3,)
        application.close()


def test_an_interrupted_restore_changes_nothing(filled, empty, tmp_path):
    """It waits in a CHECK, for a lock that the test holds, until the signal comes."""
    filled.execute("CREATE FUNCTION slow(i int) RETURNS bool LANGUAGE plpgsql AS"
                   " $$BEGIN PERFORM pg_advisory_xact_lock_shared(77); RETURN true; END$$")
    filled.execute("CREATE TABLE waits (i int CHECK (public.slow(i))); INSERT INTO waits VALUES (1)")
    made = backup(filled.url, tmp_path / "kept")
    holder, watch = psycopg2.connect(empty.url), psycopg2.connect(empty.url)
    watch.autocommit = True
    with holder.cursor() as lock, watch.cursor() as cursor:
        lock.execute("SELECT pg_advisory_lock(77)")
        running = pgrade.start("restore", made["path"], empty.url, "--json")
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        cursor.execute(waiting)
        while cursor.fetchone() == (0,):
            assert running.poll() is None
            cursor.execute(waiting)
        running.send_signal(signal.SIGTERM)
        ended = pgrade.finish(running)
        assert ended.status == pgrade.FAILED and ended.report["error"]["code"] == "ERR_CANCELED", ended
        lock.execute("SELECT pg_advisory_unlock(77)")
    holder.close()
    watch.close()
    assert restore(made["path"], empty.url).report["tables"] == made["tables"]
