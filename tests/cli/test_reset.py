"""`pgrade reset`: a database is empty afterwards and otherwise what it was; interrupted, it is the old one or the new
one, both whole, and the next run says what was left."""

import contextlib
import os
import re
import resource
import shlex
import signal
import sqlite3
import stat
import subprocess
import threading

import psycopg2
import pytest

import pgrade
from boundaries import Boundary
from cluster import Cluster, Database
from pooler import Pooler
from stopped import end
from terminal import Terminal

FILLED = """
CREATE TABLE author (id serial PRIMARY KEY, name text); INSERT INTO author (name) VALUES ('ada'), ('bob');
CREATE TABLE book (id int GENERATED ALWAYS AS IDENTITY, author int REFERENCES author);
CREATE TABLE parted (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE part PARTITION OF parted FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE VIEW names AS SELECT name FROM author;
CREATE MATERIALIZED VIEW counted AS SELECT count(*) FROM author;
CREATE SEQUENCE alone;
CREATE TYPE mood AS ENUM ('good'); CREATE TYPE pair AS (a int, b int); CREATE TYPE span AS RANGE (subtype = int4);
CREATE DOMAIN short AS text CHECK (length(value) < 9);
CREATE FUNCTION twice(mood) RETURNS mood LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION plain() RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE doing() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total(int) (sfunc = int4pl, stype = int);
CREATE OPERATOR <=> (leftarg = int, rightarg = int, procedure = int4eq);
CREATE COLLATION "odd one" FROM "C";
CREATE TEXT SEARCH CONFIGURATION words (COPY = simple);
CREATE STATISTICS s ON id, name FROM author;
CREATE SCHEMA "Own Schema"; CREATE TABLE "Own Schema".t (m public.mood);
CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions; CREATE TABLE extensions.mine (id int);
CREATE PUBLICATION changes FOR TABLE author;
SELECT lo_create(0);
"""
# Everything that a database is beside what is in it.
LOOKS = """
SELECT d.datdba::regrole::text, d.encoding, d.datcollate::text, d.datctype::text, d.datconnlimit, t.spcname::text,
    (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(d.datacl) a), shobj_description(d.oid, 'pg_database'),
    (SELECT string_agg(setrole::regrole::text || setconfig::text, ' ' ORDER BY setrole::regrole::text)
     FROM pg_db_role_setting WHERE setdatabase = d.oid),
    (SELECT n.nspowner::regrole::text || coalesce((SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(n.nspacl) a), '')
     FROM pg_namespace n WHERE n.nspname = 'public'),
    (SELECT string_agg(extname || extowner::regrole::text || extnamespace::regnamespace::text, ' ' ORDER BY extname)
     FROM pg_extension WHERE extname <> 'plpgsql')
FROM pg_database d JOIN pg_tablespace t ON t.oid = d.dattablespace WHERE datname = current_database()"""
OBJECTS = """
SELECT (SELECT count(*) FROM pg_class c WHERE c.relnamespace >= 16384 OR c.relnamespace = 'public'::regnamespace)
    + (SELECT count(*) FROM pg_proc p WHERE pronamespace = 'public'::regnamespace)
    + (SELECT count(*) FROM pg_type WHERE typnamespace = 'public'::regnamespace)
    + (SELECT count(*) FROM pg_operator WHERE oprnamespace = 'public'::regnamespace)
    + (SELECT count(*) FROM pg_collation WHERE collnamespace = 'public'::regnamespace)
    + (SELECT count(*) FROM pg_ts_config WHERE cfgnamespace = 'public'::regnamespace)
    + (SELECT count(*) FROM pg_statistic_ext) + (SELECT count(*) FROM pg_publication)
    + (SELECT count(*) FROM pg_largeobject_metadata)
    + (SELECT count(*) FROM pg_namespace WHERE nspname = 'Own Schema')"""
LEFT = "SELECT datname::text FROM pg_database WHERE datname LIKE 'pgrade_reset%'"


@pytest.fixture(scope="module")
def owners(cluster):
    """Two roles, one of which may make databases."""
    for name, right in (("maker", "CREATEDB"), ("holder", "NOCREATEDB")):
        cluster.execute(f"CREATE ROLE {name} LOGIN {right}")
    cluster.execute("CREATE ROLE stranger LOGIN")
    yield
    for name in ("maker", "holder", "stranger"):
        cluster.execute(f"DROP ROLE {name}")


@pytest.fixture
def app(cluster, owners):
    """A database of the role's own, and its URL."""
    made = []

    def make(owner, sql=FILLED):
        database = cluster.create_database(options=f"OWNER {owner} TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C' CONNECTION LIMIT 9")
        made.append(database)
        name = database.name
        cluster.execute(f"ALTER DATABASE {name} SET search_path TO public, \"Odd One\", '$user'")
        cluster.execute(f"ALTER DATABASE {name} SET application_name TO 'a, b'")
        cluster.execute(f"ALTER ROLE {owner} IN DATABASE {name} SET work_mem TO '8MB'")
        cluster.execute(f"COMMENT ON DATABASE {name} IS 'it''s mine'")
        cluster.execute(f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC")
        cluster.execute(f"GRANT CONNECT ON DATABASE {name} TO pg_monitor WITH GRANT OPTION")
        database.execute(f"ALTER SCHEMA public OWNER TO {owner}")
        use(cluster.url(name, user=owner), sql + "; GRANT USAGE ON SCHEMA public TO pg_monitor")
        return database, cluster.url(name, user=owner)

    yield make
    for database in made:
        database.drop()
    assert Database(cluster, "postgres").execute(LEFT) == []


def use(url, sql):
    with contextlib.closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def reset(url, name, *options, status=pgrade.OK, **environment):
    outcome = pgrade.run("reset", url, "--confirm", name, "--json", *options, **environment)
    assert outcome.status == status, outcome
    return outcome.report


@pytest.mark.core
@pytest.mark.parametrize("owner, options, way", [("maker", (), "anew"), ("holder", (), "in_place"), ("maker", ("--in-place",), "in_place")])
def test_empty_and_otherwise_what_it_was(app, owner, options, way):
    database, url = app(owner)
    before = database.execute(LOOKS)
    report = reset(url, database.name, *options)
    assert report["way"] == way and report["remains"] == [] and report["tables"] == 6
    assert database.execute(LOOKS) == before
    assert database.execute(OBJECTS) == [(0,)]
    use(url, FILLED.replace("CREATE SCHEMA extensions", "SELECT 1").replace("CREATE EXTENSION citext SCHEMA extensions", "SELECT 1"))


@pytest.mark.core
def test_rules_of_a_collation_are_kept(cluster):
    """ICU_RULES came with PostgreSQL 16."""
    if cluster.version() < 16:
        pytest.skip("this server knows no ICU_RULES")
    database = cluster.create_database(options="TEMPLATE template0 LOCALE 'C' LOCALE_PROVIDER icu ICU_LOCALE 'en' ICU_RULES '&a < g'")
    rules = "SELECT datlocprovider, (to_jsonb(d)->>'daticurules') FROM pg_database d WHERE datname = current_database()"
    before = database.execute(rules)
    assert before == [("i", "&a < g")]
    assert reset(database.url, database.name)["way"] == "anew" and database.execute(rules) == before
    database.drop()


DEFAULTS = """SELECT defaclrole::regrole::text, coalesce(nspname, ''), defaclobjtype, (SELECT string_agg(a::text, ' ' ORDER BY a::text)
    FROM unnest(defaclacl) a) FROM pg_default_acl LEFT JOIN pg_namespace n ON n.oid = defaclnamespace ORDER BY 1, 2, 3"""


@pytest.mark.core
def test_default_privileges_are_kept(app):
    """What the application makes next gets the rights that it would have got before."""
    database, url = app("maker")
    use(url, "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO stranger; ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM maker;"
             "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT INSERT, UPDATE ON TABLES TO stranger WITH GRANT OPTION;"
             "ALTER DEFAULT PRIVILEGES IN SCHEMA public, extensions GRANT USAGE ON SEQUENCES TO PUBLIC;"
             "ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; ALTER DEFAULT PRIVILEGES REVOKE USAGE ON TYPES FROM PUBLIC;"
             "ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO stranger")
    newest = database.cluster.version() >= 18
    if newest:
        use(url, "ALTER DEFAULT PRIVILEGES GRANT SELECT ON LARGE OBJECTS TO stranger")
    before = database.execute(DEFAULTS)
    assert len(before) == 7 + newest
    report = reset(url, database.name)
    assert report["way"] == "anew" and database.execute(DEFAULTS) == before
    use(url, 'CREATE SCHEMA "Own Schema"; ALTER DEFAULT PRIVILEGES IN SCHEMA "Own Schema" GRANT SELECT ON TABLES TO stranger')
    report = reset(url, database.name, status=pgrade.SHORTFALL)
    assert [line.split(" (SQLSTATE")[0] for line in report["remains"]] == [
        'default privileges of maker for tables in the schema Own Schema could not be kept: schema "Own Schema" does not exist']
    assert database.execute(DEFAULTS) == before


def test_default_privileges_of_another_role(app):
    """Only that role gives them: the database is emptied where it is, and keeps them; a superuser gives any."""
    database, url = app("maker")
    database.execute("ALTER DEFAULT PRIVILEGES FOR ROLE stranger IN SCHEMA public GRANT SELECT ON TABLES TO maker")
    before = database.execute(DEFAULTS)
    report = reset(url, database.name)
    assert report["way"] == "in_place" and "default privileges of stranger" in report["why"] and database.execute(DEFAULTS) == before
    assert reset(database.url, database.name)["way"] == "anew" and database.execute(DEFAULTS) == before


def test_a_setting_that_this_role_could_not_give_again(app, cluster):
    database, url = app("maker")
    cluster.execute(f"ALTER DATABASE {database.name} SET app.note TO 'a, b'")
    before = database.execute(LOOKS)
    report = reset(url, database.name)
    assert report["way"] == "in_place" and "app.note" in report["why"] and database.execute(LOOKS) == before
    assert reset(database.url, database.name)["way"] == "anew" and database.execute(LOOKS) == before


@pytest.mark.core
def test_by_a_superuser_and_by_another_who_may(app, cluster):
    database, url = app("holder")
    before = database.execute(LOOKS)
    assert reset(database.url, database.name)["way"] == "anew"
    assert database.execute(LOOKS) == before
    use(url, "CREATE TABLE t (id int)")
    assert reset(url, database.name, "--server", cluster.url())["way"] == "anew"
    assert database.execute(LOOKS) == before and database.execute(OBJECTS) == [(0,)]


def test_a_server_that_is_another_one(app, scram_cluster):
    database, url = app("holder")
    scram_cluster.create_database(database.name)
    report = reset(url, database.name, "--server", scram_cluster.url(), status=pgrade.USAGE)
    assert "another server" in report["error"]["message"]
    scram_cluster.drop_database(database.name)


def test_what_belongs_to_others_stays_and_is_named(app, cluster):
    database, url = app("holder")
    database.execute("CREATE TABLE foreign_one (id int); CREATE SCHEMA theirs; CREATE TABLE theirs.t (id int);"
                     "ALTER TABLE foreign_one OWNER TO stranger")
    report = reset(url, database.name, status=pgrade.SHORTFALL)
    assert sorted(report["remains"]) == ["table public.foreign_one belongs to another role, and stays",
                                         "table theirs.t belongs to another role, and stays"]
    outcome = pgrade.run("reset", url, "--confirm", database.name)
    assert "is not empty, for some of it stays: emptied in place" in outcome.stdout and outcome.status == pgrade.SHORTFALL


def test_an_extension_that_only_a_superuser_makes_is_kept(app, cluster):
    if not Database(cluster, "postgres").execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pageinspect'"):
        pytest.skip("this server has no such extension")
    database, url = app("maker")
    database.execute("CREATE EXTENSION pageinspect SCHEMA public")
    report = reset(url, database.name)
    assert report["way"] == "in_place" and "pageinspect" in report["why"]
    assert database.execute("SELECT count(*) FROM pg_extension WHERE extname = 'pageinspect'") == [(1,)]


@pytest.mark.parametrize("owner", ["maker", "holder"])
def test_others_are_disconnected_by_force_alone(app, owner):
    database, url = app(owner)
    connection = psycopg2.connect(url, application_name="my flask")
    report = reset(url, database.name, status=pgrade.REFUSED)
    assert "my flask (" + owner + ")" in report["error"]["detail"]
    assert database.execute("SELECT count(*) FROM author") == [(2,)]
    assert reset(url, database.name, "--force")["disconnected"] == 1
    with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def test_programs_that_connect_again_at_once(app):
    database, url = app("maker")
    stop = threading.Event()

    def insist():
        while not stop.is_set():
            with contextlib.suppress(psycopg2.Error), contextlib.closing(psycopg2.connect(url)) as connection:
                connection.cursor().execute("SELECT pg_sleep(60)")

    threads = [threading.Thread(target=insist) for _ in range(4)]
    for thread in threads:
        thread.start()
    try:
        reset(url, database.name, "--force")
    finally:
        stop.set()
        database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                         " AND pid <> pg_backend_pid()")
        for thread in threads:
            thread.join()
    assert database.execute(OBJECTS) == [(0,)]


@pytest.mark.parametrize("statement, rows", [
    ("pgrade reset: will be", 2), ("SET \"search_path\"", 2), ("RENAME TO", 2), ("DROP DATABASE", None)])
def test_interrupted_it_is_the_old_one_or_the_new(app, cluster, statement, rows):
    database, url = app("maker")
    before = database.execute(LOOKS)
    with Boundary(database, statement) as boundary:
        process = pgrade.start("reset", boundary.url, "--confirm", database.name)
        boundary.wait_for_arrival(process)
        end(process)
    assert database.execute(LOOKS) == before
    if rows:
        assert database.execute("SELECT count(*) FROM author") == [(rows,)]
    else:
        assert database.execute(OBJECTS) == [(0,)]
    left = [name for name, in Database(cluster, "postgres").execute(LEFT)]
    assert len(left) == 1
    again = pgrade.run("reset", database.url, "--confirm", database.name)
    assert again.status == pgrade.OK and f"an earlier reset was interrupted: it left the database {left[0]}" in again.stderr, again
    assert database.execute(LOOKS) == before and database.execute(OBJECTS) == [(0,)]


def test_interrupted_in_place_nothing_is_gone(app):
    database, url = app("holder")
    with Boundary(database, "lo_unlink") as boundary:
        process = pgrade.start("reset", boundary.url, "--confirm", database.name, "--in-place")
        boundary.wait_for_arrival(process)
        end(process)
    assert database.execute("SELECT count(*) FROM author") == [(2,)]


def test_two_at_once(app):
    database, url = app("maker")
    with Boundary(database, "SET \"search_path\"") as boundary:
        process = pgrade.start("reset", boundary.url, "--confirm", database.name)
        boundary.wait_for_arrival(process)
        report = reset(database.url, database.name, "--force", status=pgrade.REFUSED)
        assert "another pgrade reset" in report["error"]["message"]
        end(process)
    assert reset(database.url, database.name)["leftovers"]


def test_a_name_that_has_to_be_quoted(cluster, owners):
    name = "it's \"odd\" %d"
    database = cluster.create_database(name, "OWNER maker")
    use(cluster.url(name, user="maker"), "CREATE TABLE t (id int)")
    told = pgrade.run("reset", cluster.url(name, user="maker")).stderr
    assert shlex.split(re.search("try: (.*) says that", told)[1]) == ["--confirm", name], "as it is pasted into a shell"
    assert reset(cluster.url(name, user="maker"), name)["way"] == "anew"
    assert database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    database.drop()


def test_a_database_of_that_name_that_is_not_pgrades(app, cluster):
    database, url = app("maker")
    name = Database(cluster, "postgres").execute("SELECT 'pgrade_reset_' || left(md5(%s), 16) || '_old'", (database.name,))[0][0]
    cluster.create_database(name)
    report = reset(url, database.name, status=pgrade.FAILED)
    assert "already exists" in report["error"]["detail"] and "is as it was" in report["error"]["message"]
    assert database.execute("SELECT count(*) FROM author") == [(2,)]
    cluster.drop_database(name)


@pytest.fixture(scope="module")
def narrow():
    """A server with few locks."""
    with Cluster(settings={"max_connections": "8", "max_locks_per_transaction": "10", "max_worker_processes": "1",
                           "autovacuum_max_workers": "1", "max_wal_senders": "0", "wal_level": "minimal"}) as running:
        yield running


def test_more_than_the_server_has_locks_for(narrow):
    database = narrow.create_database()
    for first in range(0, 400, 20):
        database.execute("".join(f"CREATE TABLE t{i} (id int PRIMARY KEY, name text);" for i in range(first, first + 20)))
    with Boundary(database, 'DROP TABLE IF EXISTS public.t398') as boundary:
        process = pgrade.start("reset", boundary.url, "--confirm", database.name, "--in-place")
        boundary.wait_for_arrival(process)
        end(process)
    assert 0 < database.execute("SELECT count(*) FROM pg_tables WHERE tablename ~ '^t[0-9]+$'")[0][0] < 400
    outcome = pgrade.run("reset", database.url, "--confirm", database.name, "--in-place")
    assert outcome.status == pgrade.OK and "interrupted while it emptied the database" in outcome.stderr, outcome
    assert database.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]


def test_the_name_is_asked_for(app):
    database, url = app("maker")
    for options, why in (((), f"--confirm '{database.name}'"), (("--yes",), "--confirm"), (("--confirm", "test"), "the name is")):
        outcome = pgrade.run("reset", url, *options)
        assert outcome.status == pgrade.REFUSED and why in outcome.stderr, outcome
    for typed, status in (("y", pgrade.REFUSED), (database.name, pgrade.OK)):
        with Terminal("reset", DATABASE_URL=url) as terminal:
            assert "from DATABASE_URL" in terminal.expect(f"type the name {database.name} to go on: ")
            terminal.line(typed)
            assert terminal.close() == status
    assert database.execute(OBJECTS) == [(0,)]


def test_a_backup_first(app, cluster, tmp_path):
    if cluster.version() > 15:
        pytest.skip("there is no pg_dump of this version")
    database, url = app("maker", "CREATE TABLE author (id int); INSERT INTO author VALUES (1)")
    (tmp_path / "file").write_text("")
    report = reset(url, database.name, f"--backup={tmp_path}/file/x", status=pgrade.FAILED)
    assert "nothing was changed" in report["error"]["message"] and database.execute("SELECT count(*) FROM author") == [(1,)]
    kept = reset(url, database.name, f"--backup={tmp_path}/kept")["backup"]
    assert pgrade.run("restore", kept, url).status == pgrade.OK
    assert database.execute("SELECT count(*) FROM author") == [(1,)]


def test_refused(cluster):
    assert "PostgreSQL's own" in reset(cluster.url(), "postgres", status=pgrade.REFUSED)["error"]["message"]
    assert "PostgreSQL's own" in reset(cluster.url("template1"), "template1", status=pgrade.REFUSED)["error"]["message"]
    reset(cluster.url("not_there"), "not_there", status=pgrade.UNREACHABLE)
    with Pooler(cluster) as pooler:
        database = cluster.create_database()
        assert "a pooler in transaction mode" in reset(pooler.url(database.name), database.name, status=pgrade.REFUSED)["error"]["message"]
        database.drop()


def make_file(path, mode="delete"):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"PRAGMA page_size = 8192; PRAGMA encoding = 'UTF-16le'; PRAGMA auto_vacuum = 1;"
                                 f"PRAGMA journal_mode = {mode}; PRAGMA application_id = 77;"
                                 "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO t VALUES (1, 'ada');")
    return str(path)


def kind_of(path):
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in
                ("page_size", "encoding", "auto_vacuum", "journal_mode", "application_id", "integrity_check")]


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_file(tmp_path, mode):
    path = make_file(tmp_path / "app.db", mode)
    os.chmod(path, 0o640)
    os.symlink(path, tmp_path / "link.db")
    before = kind_of(path)
    report = reset(str(tmp_path / "link.db"), "link.db", f"--backup={tmp_path}/kept")
    assert report["way"] == "file" and report["tables"] == 1 and os.path.isdir(report["backup"])
    assert kind_of(path) == before and stat.S_IMODE(os.stat(path).st_mode) == 0o640
    assert os.path.islink(tmp_path / "link.db")
    assert sorted(os.listdir(tmp_path)) == ["app.db", "kept", "link.db"]
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_a_file_in_use(tmp_path, mode):
    path = make_file(tmp_path / "app.db", mode)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT count(*) FROM t").fetchall()
        report = reset(path, "app.db", status=pgrade.REFUSED)
        assert "is in use" in report["error"]["message"]
        assert connection.execute("SELECT count(*) FROM t").fetchall() == [(1,)]
    assert kind_of(path)[3] == mode


def test_a_file_whose_reset_was_killed(tmp_path):
    path = tmp_path / "app.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE t (c)")
    before = path.read_bytes()
    dead = subprocess.run([pgrade.program(), "reset", str(path), "--confirm", "app.db"], capture_output=True, check=False,
                          env=pgrade.clean_environment({}), preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (900, 900)))
    assert dead.returncode == -signal.SIGXFSZ and len(list(tmp_path.iterdir())) > 1, "killed while it made the new file"
    assert path.read_bytes() == before
    assert pgrade.run("reset", str(path), "--confirm", "app.db").status == pgrade.OK
    assert [entry.name for entry in tmp_path.iterdir()] == ["app.db"]


def test_no_file_to_reset(tmp_path):
    reset(str(tmp_path / "none.db"), "none.db", status=pgrade.UNREACHABLE)
    (tmp_path / "text.db").write_text("no database at all, but a text of more than a hundred characters " * 3)
    reset(str(tmp_path / "text.db"), "text.db", status=pgrade.UNREACHABLE)
    path = make_file(tmp_path / "app.db")
    reset(path, "app.db", "--in-place", status=pgrade.USAGE)
    reset(path, "app", status=pgrade.REFUSED)
    assert sorted(os.listdir(tmp_path)) == ["app.db", "text.db"]
