"""`pgrade backup --all` and `pgrade restore` of a bundle: every database of an instance comes back as it was, or is named."""

import json
import os
import shutil
import signal

import psycopg2
import pytest

import pgrade
from cluster import Cluster
from gate import poll
from pooler import Pooler
from test_backup import CLIENT, age, has_client, stopping_dump
from test_move import other_version
from terminal import Terminal

SCHEMA = "CREATE TABLE t (id serial PRIMARY KEY, v text); INSERT INTO t (v) SELECT 'row ' || i FROM generate_series(1, {}) i"


@pytest.fixture(scope="module")
def instance():
    """A server with databases of all kinds, which no test here changes for another."""
    with Cluster(auth="scram-sha-256") as running:
        if not has_client(running):
            pytest.skip("there is no pg_dump of this version")
        for name, rows, options in (("app", 3, ""), ("Odd name/..", 4, ""), ("odd name/..", 5, ""),
                                    ("latin", 6, "TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")):
            running.create_database(name, options).execute(SCHEMA.format(rows))
        running.execute("ALTER DATABASE app SET statement_timeout TO '77s'")
        running.execute("""ALTER DATABASE app SET search_path TO "$user", public, "a, ""b" """)
        running.execute("ALTER DATABASE app SET my.secret TO 'it''s \\ hidden'")
        running.execute("COMMENT ON DATABASE app IS 'shop''s own'")
        running.execute("ALTER DATABASE app CONNECTION LIMIT 40")
        running.execute("CREATE DATABASE closed ALLOW_CONNECTIONS false")
        running.execute("CREATE DATABASE shape IS_TEMPLATE true")
        running.execute("CREATE ROLE reader LOGIN PASSWORD 'reader'")
        running.execute("CREATE ROLE maker LOGIN PASSWORD 'maker' CREATEDB")
        yield running


@pytest.fixture(scope="module")
def bundle(instance, tmp_path_factory):
    return backup_all(instance.url(), tmp_path_factory.mktemp("kept"), status=pgrade.SHORTFALL)


@pytest.fixture(scope="module")
def second():
    with Cluster() as running:
        yield running


@pytest.fixture
def other(second):
    """Another server, which has nothing."""
    yield second
    for name, in rows_of(second.url(), "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"):
        second.drop_database(name)


def backup_all(url, folder, *options, status=pgrade.OK, **environment):
    outcome = pgrade.run("backup", "--all", url, str(folder), "--json", *options, **environment)
    assert outcome.status == status, outcome
    return outcome.report


def restore(path, url, *options, status=pgrade.OK, **environment):
    outcome = pgrade.run("restore", path, url, "--json", *options, **environment)
    assert outcome.status == status, outcome
    return outcome


def test_every_database_is_in_it_or_named(instance, bundle):
    assert bundle["format"] == "bundle" and os.path.basename(bundle["path"]).startswith("all-127.0.0.1-")
    assert {one["name"]: one["rows"] for one in bundle["databases"]} == {"app": 3, "Odd name/..": 4, "odd name/..": 5, "latin": 6}
    assert {one["name"]: one["asked"] for one in bundle["left_out"]} == {"closed": False, "postgres": True}
    assert len({one["folder"].lower() for one in bundle["databases"]}) == 4
    manifest = json.load(open(os.path.join(bundle["path"], "manifest.json"), encoding="utf-8"))
    assert {"reader", "maker", instance.user} <= set(manifest["roles"])
    assert all(file["name"].startswith("databases/") for file in manifest["files"]) and len(manifest["files"]) == 8
    for folder, _, files in os.walk(bundle["path"]):
        assert os.stat(folder).st_mode & 0o777 == 0o700
        for name in files:
            with open(os.path.join(folder, name), "rb") as stream:
                content = stream.read()
            assert b"p%40ss" not in content and instance.password.encode() not in content, name


def test_the_whole_comes_back_elsewhere(instance, bundle, other):
    found = restore(bundle["path"], other.url()).report
    assert found["kind"] == "bundle" and found["compared"] and found["rows"] == bundle["rows"]
    assert all(one["made"] and one["refused"] == [] for one in found["databases"])
    facts = "SELECT datname, pg_encoding_to_char(encoding), datcollate, datctype, datconnlimit, shobj_description(oid, 'pg_database'), setconfig FROM pg_database LEFT JOIN pg_db_role_setting ON setdatabase = oid WHERE datname IN ('app', 'latin', 'Odd name/..') ORDER BY 1"
    assert rows_of(other.url(), facts) == rows_of(instance.url(), facts)
    for one in bundle["databases"]:
        verified = pgrade.run("verify", instance.url(one["name"]), other.url(one["name"]))
        assert verified.status == pgrade.OK, verified
    again = restore(bundle["path"], other.url()).report
    assert all(one["earlier"] and not one["made"] for one in again["databases"]) and again["rows"] == bundle["rows"]
    changed_rows = rows_of(other.url("app"), "UPDATE t SET v = 'mine' WHERE id = 1 RETURNING v")
    refused = restore(bundle["path"], other.url(), status=pgrade.REFUSED)
    assert "database app: it is not empty, and not what the bundle has" in refused.stderr and "other values" in refused.stderr, refused
    assert rows_of(other.url("app"), "SELECT v FROM t WHERE id = 1") == changed_rows


def rows_of(url, sql):
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
        found = cursor.fetchall()
    connection.close()
    return found


def test_a_bare_database_gets_its_settings(instance, other, tmp_path):
    """What a restore that was killed before that leaves; one that somebody has set up keeps what it has."""
    made = backup_all(instance.url(), tmp_path, "--exclude", "latin,closed,Odd name/..,odd name/..")
    facts = "SELECT datconnlimit, shobj_description(oid, 'pg_database'), setconfig FROM pg_database LEFT JOIN pg_db_role_setting ON setdatabase = oid WHERE datname = 'app'"
    other.create_database("app")
    assert restore(made["path"], other.url()).report["databases"][0]["made"] is False
    assert rows_of(other.url(), facts) == rows_of(instance.url(), facts)
    other.execute("ALTER DATABASE app RESET ALL")
    restore(made["path"], other.url(), "--clean", "--yes")
    assert rows_of(other.url(), facts) == [(40, "shop's own", None)]


def test_one_database_of_it(bundle, cluster, database):
    found = restore(bundle["path"], database.url, "--database", "app").report
    assert found["kind"] == "backup" and found["rows"] == 3
    assert database.execute("INSERT INTO t (v) VALUES ('next') RETURNING id") == [(4,)]
    wrong = restore(bundle["path"], database.url, "--database", "nope", status=pgrade.USAGE)
    assert "it has: Odd name/.., app, latin" in wrong.stderr, wrong
    folder = next(one["folder"] for one in bundle["databases"] if one["name"] == "latin")
    one = cluster.create_database("one_alone")
    assert restore(os.path.join(bundle["path"], folder), one.url).report["rows"] == 6
    one.drop()


def test_without_the_right_to_create(bundle, other):
    other.execute("CREATE ROLE humble LOGIN; ")
    refused = restore(bundle["path"], other.url(user="humble"), status=pgrade.UNREACHABLE)
    assert "Odd name/.., app, latin, odd name/.." in refused.stderr and "--database" in refused.stderr, refused


def test_several_connections(bundle, instance, database, tmp_path):
    made = backup_all(instance.url(), tmp_path, "--jobs", "2", "--exclude", "latin,closed")
    assert {"name": "latin", "why": "excluded", "asked": True} in made["left_out"]
    path = os.path.join(made["path"], next(one["folder"] for one in made["databases"] if one["name"] == "app"))
    database.execute("CREATE SCHEMA pgrade_restoring")
    refused = restore(path, database.url, "--jobs", "2", status=pgrade.REFUSED)
    assert "interrupted" in refused.stderr and "not whole" in refused.stderr, refused
    database.execute("DROP SCHEMA pgrade_restoring")
    assert restore(path, database.url, "--jobs", "2").report["rows"] == 3
    assert database.execute("SELECT to_regnamespace('pgrade_restoring')") == [(None,)]


def test_a_role_that_may_not_read_everything(instance, tmp_path):
    """What is readable is kept, and the exit status says that it is not all."""
    made = backup_all(instance.url(user="reader", password="reader"), tmp_path, status=pgrade.UNREACHABLE)
    assert "no database" in made["error"]["message"] and os.listdir(tmp_path) == [".lock"]
    app = instance.url("app")
    connection = psycopg2.connect(app)
    with connection, connection.cursor() as cursor:
        cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader; GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO reader")
    connection.close()
    made = backup_all(instance.url(user="reader", password="reader"), tmp_path, status=pgrade.SHORTFALL)
    assert [one["name"] for one in made["databases"]] == ["app"]
    assert any("permission denied for table t" in one["why"] for one in made["left_out"]), made["left_out"]


def test_list_keep_and_damage(instance, tmp_path):
    url, options = instance.url(), ("--exclude", "latin,closed,Odd name/..,odd name/..")
    single = pgrade.run("backup", instance.url("app"), str(tmp_path), "--json").report
    first = backup_all(url, tmp_path, *options)
    age(first["path"], 3)
    age(single["path"], 3)
    second = backup_all(url, tmp_path, *options, "--keep", "1", "--verify")
    assert second["removed"] == [os.path.basename(first["path"])] and second["verified"]
    listed = pgrade.run("backup", "--list", str(tmp_path), "--json")
    assert [(one["database"], one["databases"], one["whole"]) for one in listed.report["backups"]] == [("app", 0, True), ("*", 1, True)]
    with open(os.path.join(second["path"], "databases", "app", "manifest.json"), "a", encoding="utf-8") as stream:
        stream.write(" ")
    listed = pgrade.run("backup", "--list", str(tmp_path), "--json")
    assert listed.status == pgrade.SHORTFALL and not listed.report["backups"][1]["whole"], listed
    assert restore(second["path"], url, status=pgrade.FAILED).report["error"]["code"] == "ERR_DIFFERENT"


def test_killed_in_the_second_database(instance, tmp_path):
    program = stopping_dump(tmp_path / "programs")
    text = program.read_text().replace("for word;", f"[ -e {tmp_path}/once ] || {{ touch {tmp_path}/once; exec {CLIENT}/pg_dump \"$@\"; }}\nfor word;")
    program.write_text(text)
    running = pgrade.start("backup", "--all", instance.url(), str(tmp_path / "kept"), "--json", PGRADE_PG_BINDIR=str(program.parent))
    while not (program.parent / "begun").exists():
        assert running.poll() is None
    child = int((program.parent / "begun").read_text())
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert pgrade.run("backup", "--list", str(tmp_path / "kept"), "--json").report["backups"] == []
    outcome = pgrade.run("backup", "--all", instance.url(), str(tmp_path / "kept"), "--exclude", "closed")
    assert outcome.status == pgrade.OK and "was interrupted" in outcome.stderr, outcome
    assert not os.path.exists(f"/proc/{child}") or "Z" in open(f"/proc/{child}/stat", encoding="utf-8").read().split(")")[1][:3]


def test_behind_a_pooler_in_transaction_mode(bundle, other, tmp_path):
    with Pooler(other) as pooler:
        url = pooler.url("postgres")
        refused = backup_all(url, tmp_path / "kept", status=pgrade.REFUSED)
        assert "pooler" in refused["error"]["message"] and not (tmp_path / "kept").exists()
        assert "pooler" in restore(bundle["path"], url, status=pgrade.REFUSED).stderr
    assert rows_of(other.url(), "SELECT count(*) FROM pg_database WHERE datname = 'app'") == [(0,)]


@pytest.mark.core
def test_said_before_anything_is_begun(cluster, database, tmp_path):
    assert pgrade.run("backup", "--all", str(tmp_path / "app.db"), str(tmp_path / "kept")).status == pgrade.USAGE
    assert pgrade.run("backup", database.url, "--exclude", "app", directory=tmp_path).status == pgrade.USAGE
    if not has_client(cluster):
        outcome = pgrade.run("backup", "--all", database.url, str(tmp_path / "kept"))
        assert outcome.status == pgrade.FAILED and "the server is PostgreSQL" in outcome.stderr, outcome
    assert os.listdir(tmp_path) == []


def test_the_list_fits_a_terminal(bundle):
    """... and has names that can be copied."""
    name = os.path.basename(bundle["path"])
    for columns in (80, 120):
        with Terminal("backup", "--list", os.path.dirname(bundle["path"]), columns=columns) as terminal:
            assert terminal.close() == pgrade.OK
        line = next(line for line in terminal.text().splitlines() if line.startswith(name))
        assert line.endswith("whole, 4 databases") and all(len(line) <= columns for line in terminal.text().splitlines()), terminal.text()


def is_running(process):
    try:
        with open(f"/proc/{process}/stat", encoding="utf-8") as stream:
            return stream.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def kill_where_it_begins(running, folder):
    """Its child, which has written its number there, ends with it."""
    poll(lambda: (folder / "begun").exists(), running)
    child = (folder / "begun").read_text().strip()
    running.send_signal(signal.SIGKILL)
    running.communicate()
    poll(lambda: not is_running(child))


@pytest.mark.parametrize("jobs", [(), ("--jobs", "2")])
def test_a_killed_restore_is_not_taken_for_whole(jobs, bundle, database, tmp_path):
    """Its pg_restore ends with it: of one transaction nothing is left, of several connections a mark."""
    program = tmp_path / "pg_restore"
    program.write_text(f"#!/bin/sh\ncase \"$*\" in --version|--list*) exec {CLIENT}/pg_restore \"$@\";; esac\n"
                       f"echo $$ >{tmp_path}/new; mv {tmp_path}/new {tmp_path}/begun; exec tail -f /dev/null\n")
    program.chmod(0o755)
    words = ("restore", bundle["path"], database.url, "--database", "app", "--json", *jobs)
    running = pgrade.start(*words, PGRADE_PG_BINDIR=str(tmp_path))
    kill_where_it_begins(running, tmp_path)
    again = pgrade.run(*words)
    if jobs:
        assert again.status == pgrade.REFUSED and "interrupted" in again.stderr, again
        again = pgrade.run(*words[:-2], "--clean", "--yes")
    assert again.status == pgrade.OK and again.report["rows"] == 3, again
    assert database.execute("SELECT to_regnamespace('pgrade_restoring')") == [(None,)]


@pytest.mark.parametrize("jobs, there", [((), False), (("--jobs", "2"), False), pytest.param(("--jobs", "2"), True, marks=pytest.mark.long)])
def test_a_killed_restore_of_a_bundle_goes_on(jobs, there, instance, bundle, other, tmp_path):
    """What it has restored counts, as far as it is what the bundle has; what was begun is restored again."""
    half = f"{CLIENT}/pg_restore --section=pre-data \"$@\" </dev/stdin;" if jobs else ""
    program = tmp_path / "pg_restore"
    program.write_text(f"#!/bin/sh\ncase \"$*\" in --version|--list*) ;; *\"dbname='app'\"*)\n{half}\n"
                       f"echo $$ >{tmp_path}/new; mv {tmp_path}/new {tmp_path}/begun; exec tail -f /dev/null;; esac\nexec {CLIENT}/pg_restore \"$@\"\n")
    program.chmod(0o755)
    if there:
        other.create_database("app").execute("CREATE SCHEMA kept")
    running = pgrade.start("restore", bundle["path"], other.url(), *jobs, PGRADE_PG_BINDIR=str(tmp_path))
    kill_where_it_begins(running, tmp_path)
    assert bool(rows_of(other.url("app"), "SELECT to_regclass('t')")[0][0]) == bool(jobs)
    outcome = restore(bundle["path"], other.url(), *jobs)
    assert ("app was left half restored" in outcome.stderr) == bool(jobs), outcome
    assert [(one["name"], one["earlier"]) for one in outcome.report["databases"]] == [("Odd name/..", True), ("app", False), ("latin", False), ("odd name/..", False)]
    for one in bundle["databases"]:
        verified = pgrade.run("verify", instance.url(one["name"]), other.url(one["name"]))
        assert verified.status == pgrade.OK, verified
    facts = "SELECT datconnlimit, shobj_description(oid, 'pg_database'), setconfig FROM pg_database JOIN pg_db_role_setting ON setdatabase = oid WHERE datname = 'app'"
    assert rows_of(other.url(), facts) == rows_of(instance.url(), facts)
    assert rows_of(other.url("app"), "SELECT to_regnamespace('pgrade_restoring'), to_regnamespace('kept')") == [(None, "kept" if there else None)]


HOSTILE = "x\"; CREATE ROLE evil; --' \\"


@pytest.mark.parametrize("key, value", [("folder", "../../other"), ("folder", "databases/none"), ("name", "a\0b"), ("encoding", HOSTILE),
                                        ("collate", HOSTILE), ("provider", "icu"), (None, [])])
def test_a_manifest_of_somebody_else_is_refused(key, value, bundle, other, tmp_path):
    changed(bundle, tmp_path / "bundle", key, value)
    restore(str(tmp_path / "bundle"), other.url(), status=pgrade.FAILED)
    assert rows_of(other.url(), "SELECT datname FROM pg_database WHERE NOT datistemplate") == [("postgres",)]


@pytest.mark.parametrize("key, value", [("name", HOSTILE), ("comment", HOSTILE), ("connection_limit", 1 << 40),
                                        ("settings", [{"role": None, "text": text} for text in (f"work_mem={HOSTILE}", f"search_path={HOSTILE}, public", f"{HOSTILE}=1")]),
                                        ("settings", [{"role": HOSTILE, "text": "work_mem=5MB"}])])
def test_nothing_of_a_manifest_is_run(key, value, bundle, other, tmp_path):
    changed(bundle, tmp_path / "bundle", key, value)
    found = restore(str(tmp_path / "bundle"), other.url(), status=pgrade.OK if value == HOSTILE else pgrade.SHORTFALL).report
    assert bool(found["databases"][0]["refused"]) == (found["status"] == pgrade.SHORTFALL)
    assert rows_of(other.url(), "SELECT count(*) FROM pg_roles WHERE rolname = 'evil'") == [(0,)]


def as_if_newer(folder, major):
    """pg_restore of Debian, which says that it is of that version: it can restore there what it knows."""
    folder.mkdir()
    program = folder / "pg_restore"
    program.write_text(f"#!/bin/sh\n[ \"$*\" = --version ] && exec echo 'pg_restore (PostgreSQL) {major}.0'\nexec {CLIENT}/pg_restore \"$@\"\n")
    program.chmod(0o755)
    return {"PGRADE_PG_BINDIR": str(folder)}


@pytest.mark.long
def test_rules_of_a_collation(bundle, other, tmp_path):
    """They came with PostgreSQL 16; an older server is told to have none before anything is restored."""
    changed(bundle, tmp_path / "bundle", "provider", "i")
    manifest = json.loads((tmp_path / "bundle" / "manifest.json").read_text())
    manifest["databases"][0].update(encoding="UTF8", locale="en", icu_rules="&a < g")
    (tmp_path / "bundle" / "manifest.json").write_text(json.dumps(manifest))
    refused = restore(str(tmp_path / "bundle"), other.url(), status=pgrade.REFUSED)
    assert "cannot make latin: its collation has rules" in refused.stderr and "nothing was restored" in refused.stderr, refused
    with Cluster(bindir=other_version(18)) as newer:
        found = restore(str(tmp_path / "bundle"), newer.url(), **as_if_newer(tmp_path / "bin", 18)).report
        assert found["rows"] == 6
        facts = "SELECT datlocprovider, datlocale, daticurules FROM pg_database WHERE datname = 'latin'"
        assert rows_of(newer.url(), facts) == [("i", "en", "&a < g")]


def changed(bundle, path, key, value):
    """A copy with one database, of which one thing is another."""
    shutil.copytree(bundle["path"], path)
    with open(path / "manifest.json", encoding="utf-8") as stream:
        manifest = json.load(stream)
    manifest["databases"] = [one for one in manifest["databases"] if one["name"] == "latin"] if key else value
    if key:
        manifest["databases"][0][key] = value
    with open(path / "manifest.json", "w", encoding="utf-8") as stream:
        json.dump(manifest, stream)
