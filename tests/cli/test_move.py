"""`pgrade move OLD NEW`: every database of a server arrives on another, verified; interrupted, it goes on; nothing is lost on the way."""

import json
import os
import signal
import subprocess

import psycopg2
import pytest

import pgrade
from cluster import Cluster
from pooler import Pooler
from test_backup import CLIENT, has_client

SCHEMA = """
CREATE TABLE people (id serial PRIMARY KEY, name text UNIQUE);
INSERT INTO people (name) SELECT 'person ' || i FROM generate_series(1, {}) i;
CREATE SCHEMA "Other one"; CREATE TABLE "Other one".pets (id int REFERENCES public.people, at timestamptz DEFAULT now());
INSERT INTO "Other one".pets SELECT id FROM people;
CREATE VIEW names AS SELECT name FROM people;
"""
NAMES = ("a", "b", "c")


def execute(url, sql, fetch=False):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if fetch else None
    finally:
        connection.close()


@pytest.fixture(scope="module")
def old():
    """Databases of one role, each with its own number of rows."""
    with Cluster(auth="scram-sha-256") as running:
        if not has_client(running):
            pytest.skip("there is no pg_dump of this version")
        running.execute("CREATE ROLE app LOGIN PASSWORD 'app secret'")
        for number, name in enumerate(NAMES):
            running.execute(f"CREATE DATABASE {name} OWNER app")
            execute(running.url(name, "app", "app secret"), SCHEMA.format(number + 3))
        running.execute("ALTER DATABASE b SET work_mem TO '7MB'")
        running.execute("COMMENT ON DATABASE b IS 'the second'")
        yield running


@pytest.fixture(scope="module")
def second():
    with Cluster(auth="scram-sha-256") as running:
        running.execute("CREATE ROLE tenant LOGIN CREATEDB PASSWORD 'other: secret'")
        running.execute("CREATE ROLE humble LOGIN PASSWORD 'humble'")
        yield running


@pytest.fixture
def new(second):
    """A server that has nothing."""
    yield second
    for (name,) in execute(second.url(), "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'", True):
        second.drop_database(name)


@pytest.fixture
def urls(old, new):
    return old.url("a", "app", "app secret"), new.url("postgres", "tenant", "other: secret")


def move(urls, folder, *options, status=pgrade.OK, **environment):
    outcome = pgrade.run("move", *urls, "--json", *options, directory=folder, **environment)
    assert outcome.status == status, outcome
    assert "secret" not in outcome.stdout + outcome.stderr
    return outcome


def count(cluster, name, table="people"):
    return execute(cluster.url(name), f"SELECT count(*) FROM {table}", True)[0][0]


def assert_moved(old, new, names=NAMES):
    for name in names:
        verified = pgrade.run("verify", old.url(name), new.url(name))
        assert verified.status == pgrade.OK, verified
        assert count(new, name, '"Other one".pets') == count(old, name, '"Other one".pets')
        assert execute(new.url(name), "SELECT nextval('people_id_seq')", True)[0][0] == count(old, name) + 1


def folders(place):
    return sorted(name for name in os.listdir(place / "backups") if name != ".lock")


def test_everything_arrives(old, new, urls, tmp_path):
    env = tmp_path / ".env"
    env.write_text(f"# mine\nDATABASE_URL={urls[0].replace('postgresql://', 'postgresql+asyncpg://')}\nSECRET=x y\nJOBS='{old.url('b', 'app', 'app secret')}?sslmode=prefer'\n"
                   "ELSEWHERE=postgresql://app@db.example.org/a\n")
    env.chmod(0o600)
    found = move(urls, tmp_path).report
    assert found["done"] and not found["resumed"] and found["error"] is None
    assert [(one["name"], one["target"], one["step"], one["owner"]) for one in found["databases"]] == [(name, name, "verified", "tenant") for name in NAMES]
    assert_moved(old, new)
    assert execute(new.url(), "SELECT setconfig, shobj_description(d.oid, 'pg_database'), pg_get_userbyid(datdba) FROM pg_database d JOIN pg_db_role_setting ON setdatabase = d.oid WHERE datname = 'b'", True) == [(["work_mem=7MB"], "the second", "tenant")]
    assert found["env_keys"] == ["DATABASE_URL", "JOBS"]
    lines = env.read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert values["DATABASE_URL"].strip("'") == new.url("a", "tenant", "other: secret").replace("postgresql://", "postgresql+asyncpg://")
    assert values["JOBS"].strip("'") == new.url("b", "tenant", "other: secret") and values["SECRET"] == "x y"
    assert any(line.startswith("#") and "DATABASE_URL=" in line for line in lines) and env.stat().st_mode & 0o777 == 0o600
    kept = pgrade.run("backup", "--list", str(tmp_path / "backups"), "--json").report
    assert [(one["whole"], one["databases"]) for one in kept["backups"]] == [(True, 3)] and kept["partial"] == []
    for name in ("manifest.json", "move.json"):
        with open(os.path.join(found["path"], name), encoding="utf-8") as stream:
            assert "secret" not in stream.read()
    again = move(urls, tmp_path, status=pgrade.REFUSED)
    assert "not empty" in again.stderr and len(again.report["remarks"]) == 3, again


def test_dry_run_writes_nothing(old, new, urls, tmp_path):
    before = execute(new.url(), "SELECT datname FROM pg_database", True)
    outcome = pgrade.run("move", *urls, "--dry-run", directory=tmp_path)
    assert outcome.status == pgrade.OK and os.listdir(tmp_path) == [], outcome
    assert execute(new.url(), "SELECT datname FROM pg_database", True) == before
    assert all(f"\n{name} " in outcome.stdout for name in NAMES) and "not moved: postgres, it holds nothing" in outcome.stdout
    new.execute("CREATE DATABASE c")
    execute(new.url("c"), "CREATE TABLE t ()")
    stopped = pgrade.run("move", *urls, "--dry-run", directory=tmp_path)
    assert stopped.status == pgrade.REFUSED and "stops: database c on NEW is not empty: it has t" in stopped.stdout, stopped


def program_in(folder, name, body):
    """A pg_dump or pg_restore that does something before the real one, which `exec_real` is; the other one is the real one."""
    folder.mkdir(exist_ok=True)
    for other in ("pg_dump", "pg_restore"):
        if not (folder / other).exists():
            os.symlink(f"{CLIENT}/{other}", folder / other)
    (folder / name).unlink()
    (folder / name).write_text(f"#!/bin/sh\ncase \"$*\" in --version|--list*) exec {CLIENT}/{name} \"$@\";; esac\n"
                               f"exec_real() {{ exec {CLIENT}/{name} \"$@\"; }}\ncd {folder}\n{body}\nexec_real \"$@\"\n")
    (folder / name).chmod(0o755)
    return {"PGRADE_PG_BINDIR": str(folder)}


WAIT_AT = 'case "$*" in *"dbname=\'{}\'"*) echo $$ >new; mv new begun; exec tail -f /dev/null;; esac'


def start_and_wait(urls, folder, tmp_path, environment, *options):
    """Runs until the program in the folder waits."""
    running = subprocess.Popen([pgrade.program(), "move", *urls, "--json", *options], cwd=tmp_path, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=pgrade.clean_environment(environment))
    while not (folder / "begun").exists():
        assert running.poll() is None, running.communicate()
    return running


@pytest.mark.parametrize(
    "program, jobs",
    [pytest.param("pg_dump", (), marks=pytest.mark.long), ("pg_restore", ()),
     pytest.param("pg_restore", ("--jobs", "2"), marks=pytest.mark.long)])
def test_killed_and_gone_on(program, jobs, old, new, urls, tmp_path):
    """Nothing half-done counts, and what is done is not done again; also where the server made a database behind the kill."""
    folder = tmp_path / "programs"
    running = start_and_wait(urls, folder, tmp_path, program_in(folder, program, WAIT_AT.format("c")), *jobs)
    locked = pgrade.run("move", *urls, directory=tmp_path)
    assert locked.status == pgrade.REFUSED and "just now" in locked.stderr, locked
    running.kill()
    running.communicate()
    left, = folders(tmp_path)
    assert left.endswith(".moving")
    kept = pgrade.run("backup", "--list", str(tmp_path / "backups"), "--json").report
    assert kept["backups"] == [] and kept["partial"] == [left]
    journal = json.loads((tmp_path / "backups" / left / "move.json").read_text())
    steps = [one["step"] for one in journal["databases"]]
    assert steps == (["dumped"] * 2 + ["listed"] if program == "pg_dump" else ["restored"] * 2 + ["made"])
    if program == "pg_restore" and not jobs:
        journal["databases"][2]["step"] = "making"
        (tmp_path / "backups" / left / "move.json").write_text(json.dumps(journal))
    first = tmp_path / "backups" / left / "databases" / "a" / "dump"
    before = first.stat().st_mtime_ns
    outcome = move(urls, tmp_path, *jobs)
    found = outcome.report
    assert found["resumed"] and found["done"] and ("c on NEW was left half restored" in outcome.stderr) == bool(jobs), outcome
    assert os.stat(os.path.join(found["path"], "databases", "a", "dump")).st_mtime_ns == before
    assert execute(new.url("c"), "SELECT to_regnamespace('pgrade_restoring')", True) == [(None,)]
    assert_moved(old, new)


def test_new_is_in_use_already(old, new, urls, tmp_path):
    """Where somebody writes on NEW before an interrupted move went on, nothing of it is dropped."""
    folder = tmp_path / "programs"
    running = start_and_wait(urls, folder, tmp_path, program_in(folder, "pg_restore", WAIT_AT.format("b")))
    running.kill()
    running.communicate()
    execute(new.url("a"), "INSERT INTO people (name) VALUES ('on new')")
    execute(new.url("b", "tenant", "other: secret"), "CREATE TABLE mine (id int)")
    execute(old.url("a"), "INSERT INTO people (name) VALUES ('late')")
    try:
        refused = move(urls, tmp_path, status=pgrade.REFUSED)
        assert "somebody writes in a on NEW" in refused.stderr and "4 rows instead of 3" in refused.stderr, refused
        execute(old.url("a"), "DELETE FROM people WHERE name = 'late'")
        refused = move(urls, tmp_path, status=pgrade.REFUSED)
        assert "somebody writes in b on NEW" in refused.stderr and "it has mine" in refused.stderr, refused
        assert count(new, "a") == 4 and count(new, "b", "mine") == 0
    finally:
        execute(old.url("a"), "DELETE FROM people WHERE name = 'late'; SELECT setval('people_id_seq', 3)")


def test_old_was_written_in_between(old, new, urls, tmp_path):
    """... an interruption: the database is dumped again, which is said."""
    folder = tmp_path / "programs"
    running = start_and_wait(urls, folder, tmp_path, program_in(folder, "pg_restore", WAIT_AT.format("b")))
    running.kill()
    running.communicate()
    execute(old.url("a"), "INSERT INTO people (name) VALUES ('late')")
    try:
        outcome = move(urls, tmp_path)
        assert "a was written on OLD since it was dumped (people: 4 rows instead of 3)" in outcome.stderr, outcome
        assert_moved(old, new)
    finally:
        execute(old.url("a"), "DELETE FROM people WHERE name = 'late'; SELECT setval('people_id_seq', 3)")


@pytest.mark.long
def test_old_is_written_meanwhile(old, new, urls, tmp_path):
    """The env file is not touched; the same again moves what was written too."""
    env = tmp_path / ".env"
    env.write_text(f"DATABASE_URL={urls[0]}\n")
    env.chmod(0o600)
    program = program_in(tmp_path / "programs", "pg_restore", f"""case "$*" in *"dbname='b'"*)
        [ -e once ] || {{ touch once; {CLIENT}/psql -q "{old.socket_url('b')}" -c "INSERT INTO people (name) VALUES ('late')"; }};; esac""")
    try:
        outcome = move(urls, tmp_path, status=pgrade.REFUSED, **program)
        assert outcome.report["error"]["code"] == "ERR_SOURCE_CHANGED" and "people: 5 rows instead of 4" in outcome.stderr, outcome
        assert outcome.report["databases"][1]["written"] and env.read_text() == f"DATABASE_URL={urls[0]}\n"
        execute(old.url("c", "app", "app secret"), "CREATE SCHEMA late CREATE TABLE t (id int)")
        outcome = move(urls, tmp_path)
        assert outcome.report["done"] and outcome.report["env_keys"] == ["DATABASE_URL"] and count(new, "b") == 5
        assert "c was written on OLD since it was dumped (3 tables instead of 2)" in outcome.stderr and count(new, "c", "late.t") == 0
        assert_moved(old, new)
    finally:
        execute(old.url("b"), "DELETE FROM people WHERE name = 'late'; SELECT setval('people_id_seq', 4)")
        execute(old.url("c"), "DROP SCHEMA IF EXISTS late CASCADE")


def test_a_setting_that_new_does_not_take(old, new, urls, tmp_path):
    """It is named, and the exit status says that something is missing: also when another run ends what this one began."""
    old.execute("ALTER DATABASE b SET log_statement TO 'all'")
    program = program_in(tmp_path / "programs", "pg_restore", f"""case "$*" in *"dbname='b'"*)
        {CLIENT}/psql -q "{old.socket_url('b')}" -c "INSERT INTO people (name) VALUES ('late')";; esac""")
    try:
        stopped = move(urls, tmp_path, "--exclude", "a,c", status=pgrade.REFUSED, **program).report
        assert stopped["error"]["code"] == "ERR_SOURCE_CHANGED" and len(stopped["databases"][0]["refused"]) == 1
        found = move(urls, tmp_path, "--exclude", "a,c", "--snapshot", status=pgrade.SHORTFALL).report
        assert found["done"] and found["resumed"] and found["status"] == pgrade.SHORTFALL
        assert found["databases"][0]["refused"] == stopped["databases"][0]["refused"]
        assert "the setting log_statement: permission denied" in found["databases"][0]["refused"][0]
    finally:
        old.execute("ALTER DATABASE b RESET log_statement")
        execute(old.url("b"), "DELETE FROM people WHERE name = 'late'; SELECT setval('people_id_seq', 4)")


def read_only(cluster):
    return execute(cluster.url(), "SELECT datname, setconfig FROM pg_db_role_setting JOIN pg_database d ON d.oid = setdatabase WHERE 'default_transaction_read_only=on' = ANY (setconfig)", True)


def thaw(cluster):
    for name in NAMES:
        cluster.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")


def test_read_only_old(old, new, urls, tmp_path):
    writer = psycopg2.connect(urls[0])
    try:
        found = move(urls, tmp_path, "--read-only-old").report
        assert found["done"] and found["read_only"] and len(read_only(old)) == 3
        with pytest.raises(psycopg2.Error):
            writer.cursor().execute("SELECT 1")
        with pytest.raises(psycopg2.errors.ReadOnlySqlTransaction):
            execute(urls[0], "INSERT INTO people (name) VALUES ('late')")
        assert read_only(new) == [], "what is of the move was carried"
        execute(new.url("a"), "INSERT INTO people (name) VALUES ('first')")
    finally:
        writer.close()
        thaw(old)


@pytest.mark.parametrize(
    "how", ["fails", "SIGTERM", pytest.param("SIGKILL", marks=pytest.mark.long)])
def test_read_only_old_is_undone(how, old, new, urls, tmp_path):
    folder = tmp_path / "programs"
    try:
        if how == "fails":
            program = program_in(folder, "pg_restore", 'echo "$*" >>seen; echo no more >&2; exit 1')
            outcome = move(urls, tmp_path, "--read-only-old", status=pgrade.FAILED, **program)
            assert "takes writes again" in outcome.stderr, outcome
            assert "--dbname=" in (folder / "seen").read_text() and "secret" not in (folder / "seen").read_text()
        else:
            running = start_and_wait(urls, folder, tmp_path, program_in(folder, "pg_dump", WAIT_AT.format("c")), "--read-only-old")
            running.send_signal(getattr(signal, how))
            running.communicate()
        if how == "SIGKILL":
            assert len(read_only(old)) == 3
            ended = move(urls, tmp_path, "--abandon").report
            assert not ended["done"] and folders(tmp_path) == []
        assert read_only(old) == []
    finally:
        thaw(old)


@pytest.mark.long
def test_where_no_database_may_be_made(old, new, tmp_path):
    new.execute("CREATE DATABASE given OWNER humble")
    old_url, url = old.url("c", "app", "app secret"), new.url("given", "humble", "humble")
    refused = move((old_url, url), tmp_path, status=pgrade.REFUSED)
    stops = [one["text"] for one in refused.report["remarks"] if one["stops"]]
    assert len(stops) == 2 and all("may not create databases" in text for text in stops), refused
    assert os.listdir(tmp_path) == []
    found = move((old_url, url), tmp_path, "--exclude", "a,b").report
    assert [(one["name"], one["target"], one["exists"]) for one in found["databases"]] == [("c", "given", True)]
    assert count(new, "given") == 5


def test_an_idle_connection_that_is_lost_and_a_table_of_an_extension(old, new, tmp_path):
    """The server ends what nobody uses, as routers forget it; and a table of an extension is the extension's."""
    execute(old.url("a"), "CREATE EXTENSION pg_trgm; CREATE TABLE theirs (id int); INSERT INTO theirs VALUES (1); ALTER EXTENSION pg_trgm ADD TABLE theirs")
    program = program_in(tmp_path / "programs", "pg_dump", f"""{CLIENT}/psql -qAt "{new.socket_url()}" -c "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgrade move'" >/dev/null""")
    try:
        found = move((old.url("a"), new.url()), tmp_path, "--exclude", "b,c", **program).report
        assert found["done"] and execute(new.url("a"), "SELECT to_regclass('theirs')", True) == [(None,)]
    finally:
        execute(old.url("a"), "DROP EXTENSION pg_trgm CASCADE")


def test_a_journal_that_others_may_write_is_not_gone_on_with(old, new, urls, tmp_path):
    """What lies beside it would be restored as this user."""
    folder = tmp_path / "backups" / ".all-x-20260301T020000Z.moving"
    folder.mkdir(parents=True, mode=0o700)
    seen = move(urls, tmp_path, "--dry-run").report
    journal = {"pgrade_move": 1, "old": seen["old"]["url"], "new": seen["new"]["url"], "began_us": 1, "done": False, "read_only": [], "databases": []}
    (folder / "move.json").write_text(json.dumps(journal))
    assert move(urls, tmp_path, "--dry-run").report["resumed"]
    folder.chmod(0o770)
    assert not move(urls, tmp_path, "--dry-run").report["resumed"]


def test_the_same_server(old, tmp_path):
    refused = move((old.url("a"), old.socket_url("postgres")), tmp_path, status=pgrade.REFUSED)
    assert "are the same server" in refused.report["remarks"][0]["text"]
    missing = pgrade.run("move", old.url("a"), old.url("not there"), directory=tmp_path)
    assert missing.status == pgrade.UNREACHABLE and "move makes the others" in missing.stderr, missing


def test_names_and_owners(old, new, tmp_path):
    new.execute("CREATE ROLE keeper")
    try:
        found = move((old.url("a"), new.url()), tmp_path, "--exclude", "c", "--rename", "a=alpha", "--owner", "app=keeper", "--jobs", "2").report
        assert [(one["target"], one["owner"]) for one in found["databases"]] == [("alpha", "keeper"), ("b", "keeper")]
        assert execute(new.url("alpha"), "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname IN ('public', 'Other one')", True) == [("keeper",)]
        wrong = move((old.url("a"), new.url()), tmp_path, "--rename", "b=x,c=x", "--owner", "nobody", status=pgrade.REFUSED)
        texts = " ".join(one["text"] for one in wrong.report["remarks"])
        assert "b and c would both become x" in texts and "no role nobody" in texts
    finally:
        new.drop_database("alpha")
        new.drop_database("b")
        new.execute("DROP ROLE keeper")


@pytest.mark.long
def test_a_database_that_may_not_be_read(old, new, urls, tmp_path):
    execute(old.url("c"), "CREATE TABLE hidden (id int)")
    old.execute("CREATE DATABASE foreign_one")
    old.execute("REVOKE CONNECT ON DATABASE foreign_one FROM public")
    try:
        asked = move(urls, tmp_path, status=pgrade.DECISION)
        texts = [one["text"] for one in asked.report["remarks"] if one["accept"] == "left-out"]
        assert len(texts) == 2 and "may not connect" in texts[0] and "public.hidden" in texts[1], texts
        found = move(urls, tmp_path, "--accept", "left-out", status=pgrade.SHORTFALL).report
        assert [one["name"] for one in found["databases"]] == ["a", "b"]
        assert {one["name"] for one in found["left_out"]} == {"c", "foreign_one", "postgres"}
    finally:
        execute(old.url("c"), "DROP TABLE hidden")
        old.drop_database("foreign_one")


def other_version(major):
    done = subprocess.run([os.path.join(pgrade.PROJECT, "scripts", "postgres-npm"), str(major)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"PostgreSQL {major} could not be fetched")
    return done.stdout.strip()


@pytest.mark.long
def test_from_an_older_server_and_not_back(new, tmp_path):
    """What an older server lacks is said before anything is begun."""
    with Cluster(bindir=other_version(14)) as older:
        older.create_database("shop").execute(SCHEMA.format(4))
        found = move((older.url("shop"), new.url()), tmp_path).report
        assert found["done"] and found["old"]["server"].startswith("14")
        verified = pgrade.run("verify", older.url("shop"), new.url("shop"))
        assert verified.status == pgrade.OK, verified
        older.drop_database("shop")
        execute(new.url("shop"), "CREATE EXTENSION pg_walinspect")
        new.create_database("words", "TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en'").execute(SCHEMA.format(1))
        asked = move((new.url("shop"), older.url()), tmp_path, status=pgrade.DECISION)
        texts = [one["text"] for one in asked.report["remarks"] if one["stops"]]
        assert all(any(part in text for text in texts) for part in ("older than OLD", "pg_walinspect", "cannot make words: its collation is one of ICU")), asked
        assert len(folders(tmp_path)) == 1


@pytest.mark.long
def test_clients_older_than_the_new_server(old, tmp_path):
    with Cluster(bindir=other_version(17)) as newer:
        outcome = pgrade.run("move", old.url("a"), newer.url(), directory=tmp_path)
    assert outcome.status == pgrade.FAILED and "NEW 17" in outcome.stderr and "pg_restore" in outcome.stderr, outcome
    assert os.listdir(tmp_path) == []


@pytest.mark.core
def test_a_server_newer_than_every_client(cluster, database, tmp_path):
    """One that came without them, said before anything is begun."""
    if has_client(cluster):
        pytest.skip("there is a pg_dump of this version")
    with Cluster() as second:
        outcome = pgrade.run("move", database.url, second.url(), directory=tmp_path)
    assert outcome.status == pgrade.FAILED and "OLD is PostgreSQL" in outcome.stderr and "pg_dump" in outcome.stderr, outcome
    assert os.listdir(tmp_path) == []


def test_behind_a_pooler_in_transaction_mode(new, tmp_path):
    with Cluster() as plain, Pooler(plain) as pooler:
        plain.create_database("shop").execute(SCHEMA.format(1))
        outcome = pgrade.run("move", pooler.url("shop"), new.url(), directory=tmp_path)
        assert outcome.status == pgrade.REFUSED and "the server itself" in outcome.stderr, outcome
        outcome = pgrade.run("move", new.url(), pooler.url("postgres"), directory=tmp_path)
        assert outcome.status == pgrade.REFUSED and "the server itself" in outcome.stderr, outcome
    assert os.listdir(tmp_path) == []


@pytest.mark.core
def test_wrong_usage(cluster, tmp_path):
    url = cluster.url()
    for words in ((url,), (url, str(tmp_path / "app.db")), (url, url, "--accept", "what"), (url, url, "--rename", "x"), (url, url, "--abandon", "--dry-run")):
        assert pgrade.run("move", *words, directory=tmp_path).status == pgrade.USAGE, words
    assert os.listdir(tmp_path) == []
