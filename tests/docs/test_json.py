"""docs/json.md and the documents of --json say the same: each field that is printed is documented with its type,
each field and type that is documented is printed by some run."""

import contextlib
import os
import sqlite3
import shutil
import tempfile

import pytest

import fixtures
import page_tables
import pgrade
import test_verification
from boundaries import Boundary
from cluster import Cluster, Database
from stopped import end

pytestmark = pytest.mark.skipif(not pgrade.available(),
                                reason=f"there is no {pgrade.program()}: build it or set PGRADE")

SHARED = "plan and upgrade"
ODD = """
CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'x', at DATETIME, untyped,
                     twice INTEGER AS (id * 2) VIRTUAL);
INSERT INTO parent (id, at) VALUES (1, 1714000000), (2, 1714000001);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent, flag BOOLEAN CHECK (random()));
INSERT INTO child VALUES (1, 99, 1);
CREATE TABLE pair (a TEXT COLLATE NOCASE, b BOOLEAN, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE setting (name TEXT PRIMARY KEY, value JSON UNIQUE);
CREATE VIEW names AS SELECT name FROM parent;
CREATE VIEW today AS SELECT date('now') AS day;
CREATE VIEW chances AS SELECT changes() AS chance;
CREATE INDEX of_names ON parent (name COLLATE "rtrim", lower(name));
"""
MISFITS = "INSERT INTO child VALUES (2, 1, 7); INSERT INTO pair VALUES ('a', 9);"
REPAIRABLE = """
CREATE TABLE t (id INTEGER PRIMARY KEY, n TEXT, d DECIMAL(6, 2), e DECIMAL(6, 2));
INSERT INTO t VALUES (1, CAST(x'610062' AS TEXT), 'zebra', NULL), (2, 'x', NULL, 'zebra');
"""
POLICIES = ("--misfit", "repair,t.d=null,t.e=quarantine")
ALEMBIC = "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, PRIMARY KEY (version_num));"
# Documented, and too large for a test, or of a SQLite without dbstat.
NEVER_SEEN = {("misfits[].column", "null"), ("left", "text"), ("table.indexes[].bytes", "null")}


def type_of(value):
    names = {dict: "object", list: "list", str: "text", bool: "boolean", int: "integer", float: "number",
             type(None): "null"}
    return names[type(value)]


def fields(node, path=""):
    """(path, type) of everything in a document."""
    if path:
        yield path, type_of(node)
    if isinstance(node, dict):
        for name, value in node.items():
            yield from fields(value, f"{path}.{name}" if path else name)
    elif isinstance(node, list):
        for value in node:
            # The elements that are objects need no line of their own.
            yield from (found for found in fields(value, path + "[]") if found != (path + "[]", "object"))


def documented(*sections):
    page = page_tables.read("docs/json.md")
    return {(field, one) for title in sections for field, types, _ in page_tables.rows(page_tables.section(page, title))
            for one in types.split(" or ")}


def check(documents, *sections):
    printed = {found for document in documents for found in fields(document)}
    expected = documented(*sections) - NEVER_SEEN
    assert printed == expected, f"not documented: {printed - expected}; not printed: {expected - printed}"


def report(*words, status=pgrade.OK):
    outcome = pgrade.run(*words, "--json")
    assert outcome.status == status, outcome
    assert outcome.report, outcome
    return outcome.report


@pytest.fixture
def odd(tmp_path):
    return str(fixtures.build_from_text(ODD, tmp_path / "odd.db"))


@pytest.fixture
def misfits(tmp_path):
    return str(fixtures.build_from_text(ODD + MISFITS, tmp_path / "misfits.db"))


@pytest.fixture
def repairable(tmp_path):
    return str(fixtures.build_from_text(REPAIRABLE, tmp_path / "repairable.db"))


@pytest.fixture
def alembic(tmp_path):
    return str(fixtures.build_from_text(ALEMBIC, tmp_path / "alembic.db"))


@pytest.fixture
def odd_in_use(odd):
    """By an application that has it open: so it is read from a copy."""
    with contextlib.closing(sqlite3.connect(odd)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        yield odd


def test_plan(odd_in_use, misfits, repairable, alembic, database):
    database.execute("CREATE TABLE alembic_version (version_num varchar(30) NOT NULL)")
    documents = [report("plan", odd_in_use), report("plan", misfits), report("plan", misfits, "--hide-values"),
                 report("plan", alembic, "--in-place"), report("plan", repairable, *POLICIES), report("plan", alembic, database.url),
                 report("plan", odd_in_use, database.url)]
    check(documents, SHARED, "plan")
    assert [document["mode"] for document in documents[-2:]] == ["fill", None]


def differing(folder, database):
    """Upgrades whose own verification fails, in values and in a row too many."""
    source = str(fixtures.build_from_text(test_verification.SOURCE, folder / "differing.db"))
    damage = """IF NEW.id = 1000 AND pg_catalog.pg_trigger_depth() = 1 THEN
                    UPDATE pgrade_load.t SET n = NULL WHERE id = 250; UPDATE pgrade_load.t SET n = 1 WHERE id = 1000;
                    NEW.id := 3000; INSERT INTO pgrade_load.t SELECT NEW.*;
                END IF;"""
    with test_verification.spoiled(database, damage, moment="AFTER"):
        return [report("upgrade", source, database.url, "--schema", "differing", *options, status=pgrade.FAILED)
                for options in ([], ["--hide-values"])]


def test_upgrade(odd_in_use, misfits, repairable, alembic, database, tmp_path):
    target = database.url
    documents = [
        report("upgrade", misfits, target, "--accept", "all", status=pgrade.DECISION),
        report("upgrade", misfits, target, "--accept", "all", "--hide-values", status=pgrade.DECISION),
        report("upgrade", odd_in_use, target, "--accept", "all", "--orphans", "not-valid", status=pgrade.SHORTFALL),
        report("upgrade", alembic, target, "--schema", "other", "--in-place"),
        report("upgrade", repairable, target, "--schema", "third", *POLICIES,
               "--quarantine-file", os.path.join(os.path.dirname(repairable), "aside.csv"), status=pgrade.SHORTFALL),
        report("upgrade", alembic, target + "_that_is_not_there", status=pgrade.UNREACHABLE),
    ]
    database.execute("CREATE SCHEMA made; CREATE TABLE made.alembic_version (version_num varchar(30) NOT NULL)")
    documents.append(report("upgrade", alembic, target, "--schema", "made"))
    documents.append(resumed(alembic, database))
    documents += differing(tmp_path, database)
    again = report("upgrade", alembic, target, "--schema", "other", "--in-place", "--resume")
    check([*documents, again], SHARED, "upgrade")
    assert [document["published"] for document in documents[:-2]] == [False, False, True, True, True, False, True, True]
    assert [document["mode"] for document in documents[-5:-3]] == [None, "fill"]
    assert documents[2]["contradictions"][0]["shown"]


def test_verify(odd, repairable, database):
    aside = os.path.join(os.path.dirname(repairable), "aside.csv")
    report("upgrade", odd, database.url, "--accept", "all", "--orphans", "not-valid", status=pgrade.SHORTFALL)
    report("upgrade", repairable, database.url, "--schema", "third", *POLICIES, "--quarantine-file", aside,
           status=pgrade.SHORTFALL)
    database.execute("UPDATE parent SET name = 'y'; DELETE FROM child; DROP TABLE pair;"
                     " ALTER TABLE parent DROP COLUMN untyped")
    documents = [report("verify", odd, database.url, status=pgrade.SHORTFALL),
                 report("verify", odd, database.url, "--hide-values", status=pgrade.SHORTFALL),
                 report("verify", repairable, database.url, "--schema", "third", status=pgrade.SHORTFALL)]
    check(documents, "verify")


def test_downgrade(odd, misfits, database, tmp_path):
    target, back = database.url, str(tmp_path / "back.db")
    report("upgrade", odd, target, "--accept", "all", "--orphans", "not-valid", status=pgrade.SHORTFALL)
    documents = [report("downgrade", target, back, "--like", odd)]
    documents.append(report("downgrade", target, back + "3", status=pgrade.DECISION))
    database.execute("CREATE TABLE more (id int); ALTER TABLE parent ADD COLUMN more int; ALTER TABLE child DROP flag;"
                     "UPDATE parent SET at = 'infinity' WHERE id = 1")
    for options, status in ((), pgrade.DECISION), (("--accept", "all"), pgrade.DECISION), \
                           (("--accept", "all", "--hide-values"), pgrade.DECISION):
        documents.append(report("downgrade", target, back + "2", "--like", odd, *options, status=status))
    check(documents, "downgrade")


def resumed(source, database):
    with Boundary(database, "SET SCHEMA") as boundary:
        process = pgrade.start("upgrade", source, boundary.url, "--schema", "fourth")
        boundary.wait_for_arrival(process)
        end(process)
    return report("upgrade", source, database.url, "--schema", "fourth", "--resume")


def test_abandon(repairable, database):
    nothing = report("upgrade", "--abandon", database.url)
    with Boundary(database, "SET SCHEMA") as boundary:
        process = pgrade.start("upgrade", repairable, boundary.url, *POLICIES)
        boundary.wait_for_arrival(process)
        end(process)
    documents = [nothing, report("upgrade", "--abandon", database.url)]
    database.execute("CREATE SCHEMA pgrade_load")
    documents.append(report("upgrade", "--abandon", database.url, status=pgrade.REFUSED))
    check(documents, "upgrade --abandon", "error")


@pytest.fixture
def place():
    """A path that the server's user can enter, unlike those of pytest."""
    directory = tempfile.mkdtemp(prefix="pgr-", dir="/tmp")
    os.chmod(directory, 0o755)
    path = os.path.join(directory, "instance")
    yield path
    pgrade.run("local", "destroy", "--dir", path, "--yes")
    shutil.rmtree(directory, ignore_errors=True)


def test_local(place):
    documents = [report("local", verb, "--dir", place) for verb in ("status", "start", "status", "stop")]
    assert [document["state"] for document in documents] == ["absent", "running", "running", "stopped"]
    check(documents, "local")


def test_env(tmp_path):
    def of(verb, *words):
        return report("env", verb, *words, "--file", str(tmp_path / ".env"))

    check([of("set", "A=1")], "env set")
    check([of("get", "A")], "env get")
    check([of("unset", "A")], "env unset")
    (tmp_path / ".env").write_text("A=postgresql://a:b@c/d\nB='x'\nrubbish\n", encoding="utf-8")
    check([of("list"), of("list", "--show-values")], "env list")


def test_seed(database, tmp_path):
    database.execute("CREATE TABLE people (id serial PRIMARY KEY)")
    (tmp_path / "people.csv").write_text("id\n7\n", encoding="utf-8")
    (tmp_path / "x.sql").write_text("DELETE FROM people WHERE id = 8", encoding="utf-8")
    database.execute("CREATE TABLE users (username text, remember_token text, email text, password text)")
    database.execute("CREATE TABLE accounts (login text, password text)")
    (tmp_path / "notes").write_text("x", encoding="utf-8")
    (tmp_path / "notes").chmod(0o600)
    laravel = ["--admin", "a:a@b", "--admin-table", "users", "--password-file", str(tmp_path / "notes")]
    flask = ["--admin", "a", "--admin-table", "accounts", "--admin-generate"]
    check([report("seed", database.url, "--dry-run", *laravel), report("seed", database.url, *flask),
           report("seed", database.url, str(tmp_path)), report("seed", database.url, str(tmp_path), "--fresh")], "seed")


LOOKED_AT = """
CREATE TABLE people (id integer PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'x', twice integer,
                     CONSTRAINT positive CHECK (id > 0), CHECK (name <> ''));
CREATE TABLE pets (id integer, owner integer REFERENCES people ON DELETE CASCADE, PRIMARY KEY (id, owner));
CREATE INDEX low ON people (name) WHERE id > 1;
CREATE VIEW names AS SELECT name FROM people;
"""
SQLITE_ONLY = """
CREATE TABLE computed (a integer, b integer AS (a * 2), CHECK (a > 0));
CREATE TRIGGER t AFTER INSERT ON people BEGIN SELECT 1; END;
"""
POSTGRES_ONLY = """
COMMENT ON TABLE people IS 'who';
CREATE SCHEMA other;
CREATE TABLE other.thing (i integer GENERATED ALWAYS AS IDENTITY, j integer GENERATED ALWAYS AS (1) STORED);
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION f();
"""


@pytest.fixture
def looked_at(tmp_path, database):
    database.execute(LOOKED_AT + POSTGRES_ONLY)
    return str(fixtures.build_from_text(LOOKED_AT + SQLITE_ONLY, tmp_path / "looked.db")), database.url


def test_show(looked_at, scram_cluster):
    file, url = looked_at
    nobody = "postgresql://pgrade_test@127.0.0.1/x?sslpassword=s"
    check([report("show", place, "--databases") for place in looked_at]
          + [without_connect(scram_cluster)], "show: databases")
    check([report("show", place) for place in looked_at], "show URL: tables")
    check([report("show", file, "people"), report("show", file, "pets"), report("show", file, "computed"), report("show", file, "names"),
           report("show", url, "people"), report("show", url, "pets"), report("show", url, "other.thing")],
          "show URL TABLE")
    check([report("show", "--url", place) for place in (file, nobody)], "show --url")


def without_connect(cluster):
    """A database that the user may not connect to, seen by one who is no superuser."""
    database = cluster.create_database()
    database.execute("CREATE ROLE plain LOGIN PASSWORD 'plain'")
    closed = cluster.create_database()
    closed.execute(f"REVOKE CONNECT ON DATABASE {closed.name} FROM public")
    return report("show", cluster.url(database.name, "plain", "plain"), "--databases")


def test_check(looked_at, database):
    _, url = looked_at
    database.execute("CREATE TABLE behind (id serial PRIMARY KEY); INSERT INTO behind VALUES (1);"
                     "CREATE TABLE child (p int); INSERT INTO child VALUES (5);"
                     "ALTER TABLE child ADD FOREIGN KEY (p) REFERENCES behind NOT VALID")
    check([report("check", url, "--fix", "--yes", status=pgrade.SHORTFALL),
           report("check", "postgresql://u@h:port/d", status=pgrade.UNREACHABLE),
           report("check", url, "--production", status=pgrade.SHORTFALL)], "check")
    check([report("check", "--list"), report("check", "--explain", "url")], "check --list")
    check([report("check", url, "--wait")], "check --wait")


def test_sql(looked_at):
    file, url = looked_at
    check([report("sql", file, "SELECT id, 1.5, 'x', NULL FROM people; DELETE FROM people; INSERT INTO people (id) "
                               "VALUES (1); SELECT id, 1.5, 'x', NULL FROM people"),
           report("sql", url, "SELECT true, NULL; SELECT 1/0", status=pgrade.FAILED)], "sql")


def of_a_bundle(cluster, folder):
    """What is said of one, and of its restore with a setting of a role that is not there."""
    alone = cluster.create_database("kept_in_a_bundle")
    alone.execute("ALTER DATABASE kept_in_a_bundle SET work_mem TO '5MB'")
    names = alone.execute("SELECT string_agg(datname, ',') FROM pg_database WHERE datname NOT IN ('kept_in_a_bundle', 'postgres')")
    made = report("backup", "--all", cluster.url(), str(folder), "--exclude", names[0][0])
    alone.drop()
    path = os.path.join(made["path"], "manifest.json")
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text.replace('"role": null', '"role": "nobody here"'))
    restored = report("restore", made["path"], cluster.url(), status=pgrade.SHORTFALL)
    assert "work_mem of role nobody here" in restored["databases"][0]["refused"][0]
    alone.drop()
    return made, restored


def test_backup_and_restore(looked_at, cluster, tmp_path):
    file, url = looked_at
    kept, back, other = tmp_path / "kept", cluster.create_database().url, cluster.create_database().url
    (kept / ".left-20260101T000000Z.partial").mkdir(parents=True)
    made = [report("backup", place, str(kept)) for place in looked_at]
    bundle, restored = of_a_bundle(cluster, tmp_path / "bundles")
    check(made + [bundle, report("backup", file, str(kept), "--keep", "1")], "backup")
    made[0] = report("backup", file, str(kept))
    (kept / "half").mkdir()
    (kept / "half" / "manifest.json").write_text("{")
    (kept / ".again-20260101T000000Z.partial").mkdir()
    check([report("backup", "--list", str(kept), status=pgrade.SHORTFALL)], "backup --list")
    wrong = shutil.copytree(made[1]["path"], tmp_path / "wrong")
    manifest = (wrong / "manifest.json").read_text()
    assert '"rows": 0' in manifest
    (wrong / "manifest.json").write_text(manifest.replace('"rows": 0', '"rows": 7'))
    check([restored, report("restore", made[0]["path"], str(tmp_path / "back.db")), report("restore", made[1]["path"], back),
           report("restore", str(wrong), other, status=pgrade.FAILED)], "restore")


def test_reset(database, cluster, looked_at, tmp_path):
    database.execute("CREATE TABLE t (id int); CREATE SCHEMA own; ALTER DEFAULT PRIVILEGES IN SCHEMA own GRANT SELECT ON TABLES TO pg_monitor")
    words = ("reset", "--confirm", database.name, database.url)
    with Boundary(database, "RENAME TO") as boundary:
        process = pgrade.start("reset", "--confirm", database.name, boundary.url)
        boundary.wait_for_arrival(process)
        end(process)
    file = shutil.copy(looked_at[0], tmp_path / "reset.db")
    check([report(*words, status=pgrade.SHORTFALL), report(*words, "--in-place"),
           report("reset", str(file), "--confirm", "reset.db", f"--backup={tmp_path}/kept")], "reset")


def test_provision(cluster, tmp_path):
    words = ("provision", "json_shop", "--server", cluster.url())
    documents = [report(*words, "--env-file", str(tmp_path / "env")), report(*words),
                 report(*words, "--env-file", str(tmp_path / "other"), status=pgrade.REFUSED), report(*words, "--rotate")]
    check(documents, "provision")
    check([report(*words, "--drop", "--confirm", "json_shop", "--keep-role"), report(*words, "--drop", "--confirm", "json_shop")],
          "provision --drop")


def test_move(cluster, tmp_path):
    """To a server that lacks a role, beside one that may not be read; written meanwhile by a pg_restore of its own."""
    with Cluster() as old, Cluster() as new:
        for name in ("app", "closed"):
            old.create_database(name).execute("CREATE TABLE t (id int)")
        old.execute("CREATE ROLE app")
        old.execute("ALTER ROLE app IN DATABASE app SET work_mem TO '5MB'")
        Database(old, "app").execute("ALTER TABLE t OWNER TO app")
        (tmp_path / ".env").write_text(f"DATABASE_URL={old.url('app')}\n")
        (tmp_path / ".env").chmod(0o600)
        old.execute("ALTER DATABASE closed ALLOW_CONNECTIONS false")
        spy = tmp_path / "programs"
        spy.mkdir()
        (spy / "pg_restore").write_text(f"#!/bin/sh\n[ \"$1\" = --version ] || psql -q '{old.url('app')}' -c 'INSERT INTO t VALUES (1)'\n"
                                        "exec /usr/lib/postgresql/15/bin/pg_restore \"$@\"\n")
        (spy / "pg_restore").chmod(0o755)
        asked = report("move", old.url("app"), new.url(), "--to", str(tmp_path), "--no-env-file", status=pgrade.DECISION)
        words = ("move", old.url("app"), new.url(), "--to", str(tmp_path), "--exclude", "closed", "--env-file", str(tmp_path / ".env"), "--json")
        written = pgrade.run(*words, PGRADE_PG_BINDIR=str(spy))
        assert written.status == pgrade.REFUSED, written
        check([asked, written.report, report(*words[:-1], "--snapshot", status=pgrade.SHORTFALL)], "move")


def test_error(tmp_path):
    documents = [report("plan", str(tmp_path / "none.db"), status=pgrade.UNREACHABLE),
                 report("local", "url", "--dir", str(tmp_path / "none"), status=pgrade.REFUSED)]
    check(documents, "error")
    assert [document["status"] for document in documents] == [pgrade.UNREACHABLE, pgrade.REFUSED]


@pytest.mark.parametrize("words", [("local", "url"), ("local", "destroy", "--yes")])
def test_what_prints_no_document(words, place, alembic):
    if words[0] == "local":
        report("local", "start", "--dir", place)
        words += ("--dir", place)
    else:
        words += (alembic,)
    outcome = pgrade.run(*words, "--json")
    assert outcome.status == pgrade.OK and outcome.report == {}
