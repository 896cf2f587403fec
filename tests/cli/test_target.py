"""Every way in which a target can be unusable; it has to be as it was afterwards."""

import psycopg2
import pytest

import fixtures
import pgrade
from catalog_text import catalog_text, table_names, whole_text
from cluster import Database, free_port
from gate import Gate, poll
from trouble import Trouble, assert_told, assert_trouble, error_lines, one_document

PASSWORD = "wr@ng:p/ss"


@pytest.fixture(autouse=True)
def source_stays(small, untouched):
    untouched()


def roles(database, *statements):
    for statement in statements:
        database.execute(statement)


def url_of(database, user):
    return database.cluster.url(database.name, user=user)


@pytest.fixture
def plain_role(database):
    """May connect and nothing else, as everybody since PostgreSQL 15."""
    roles(database, "CREATE ROLE plain LOGIN", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    yield "plain"
    roles(database, "DROP OWNED BY plain CASCADE", "DROP ROLE plain")


@pytest.mark.core
def test_wrong_password(small, scram_cluster):
    url = scram_cluster.url(password=PASSWORD)
    told = Trouble(5, "wrong password, or no such user", "password authentication failed", "percent-encoded")
    outcome = assert_trouble(told, "upgrade", str(small), url)
    assert PASSWORD not in outcome.stderr and "wr%40ng" not in outcome.stderr


def test_no_password(small, scram_cluster, tmp_path):
    url = f"postgresql://{scram_cluster.user}@127.0.0.1:{scram_cluster.port}/postgres"
    told = Trouble(5, "asks for a password and none was given", "no password supplied", "PGPASSWORD")
    assert_trouble(told, "upgrade", str(small), url, HOME=str(tmp_path))


@pytest.mark.core
def test_password_that_no_url_holds_unescaped(small, scram_cluster):
    database = scram_cluster.create_database()
    outcome = pgrade.run("upgrade", str(small), database.url, "--trace-sql")
    assert outcome.status == pgrade.OK, outcome
    assert scram_cluster.password not in outcome.stdout + outcome.stderr
    assert database.url not in outcome.stdout + outcome.stderr
    database.drop()


def test_password_in_keywords_is_hidden(small, scram_cluster):
    words = f"host=127.0.0.1 port={scram_cluster.port} dbname=nowhere user=pgrade_test password='geheim wort'"
    told = Trouble(5, "wrong password", "", "", "ERR_PERMISSION")
    outcome = assert_trouble(told, "upgrade", str(small), words)
    assert "geheim" not in outcome.stderr


def test_no_server(small):
    told = Trouble(5, "no server is listening there", "refused", "pgrade local start", "ERR_CONNECT")
    assert_trouble(told, "upgrade", str(small), f"postgresql://me@127.0.0.1:{free_port()}/app")


def test_no_socket(small, tmp_path):
    told = Trouble(5, "no server is listening on that socket", "", "pgrade local start", "ERR_CONNECT")
    assert_trouble(told, "upgrade", str(small), f"postgresql:///app?host={tmp_path}")


def test_unknown_host(small):
    told = Trouble(5, "the host name is unknown", "", "check the host", "ERR_CONNECT")
    assert_trouble(told, "upgrade", str(small), "postgresql://me:pw@db.invalid/app")


def test_unknown_database(small, cluster):
    told = Trouble(5, "the database does not exist", 'database "none"', "createdb", "ERR_CONNECT")
    assert_trouble(told, "upgrade", str(small), cluster.url("none"))


def test_unknown_role(small, database):
    told = Trouble(5, "the user does not exist", 'role "ghost"', "CREATE ROLE", "ERR_PERMISSION")
    assert_trouble(told, "upgrade", str(small), url_of(database, "ghost"))


ROLE_TROUBLES = {
    "no login": (
        "NOLOGIN",
        Trouble(5, "may not log in", "not permitted to log in", "LOGIN", "ERR_PERMISSION"),
    ),
    "no connection left": (
        "LOGIN CONNECTION LIMIT 0",
        Trouble(5, "no connection left", "too many connections", "close other programs", "ERR_CONNECT"),
    ),
}


@pytest.mark.parametrize("name", ROLE_TROUBLES)
def test_role_that_cannot_connect(name, small, database):
    options, told = ROLE_TROUBLES[name]
    roles(database, f"CREATE ROLE limited {options}")
    try:
        assert_trouble(told, "upgrade", str(small), url_of(database, "limited"))
    finally:
        roles(database, "DROP ROLE limited")


def test_database_that_lets_nobody_in(small, database, plain_role):
    roles(database, f"REVOKE CONNECT ON DATABASE {database.name} FROM PUBLIC")
    told = Trouble(5, "may not connect to that database", "CONNECT", "GRANT CONNECT", "ERR_PERMISSION")
    assert_trouble(told, "upgrade", str(small), url_of(database, plain_role))


def test_database_without_connections(small, database):
    roles(database, "CREATE ROLE plain LOGIN", f"ALTER DATABASE {database.name} CONNECTION LIMIT 0")
    try:
        told = Trouble(5, "no connection left", "too many connections for database", "", "ERR_CONNECT")
        assert_trouble(told, "upgrade", str(small), url_of(database, "plain"))
    finally:
        roles(Database(database.cluster, "postgres"), "DROP ROLE plain")


OCCUPANTS = {
    "table": ("CREATE TABLE guest (id integer)", "table guest"),
    "view": ("CREATE VIEW glance AS SELECT 1 AS one", "view glance"),
    "materialized view": ("CREATE MATERIALIZED VIEW still AS SELECT 1 AS one", "materialized view still"),
    "enum type": ("CREATE TYPE mood AS ENUM ('ok')", "type mood"),
    "domain": ("CREATE DOMAIN positive AS integer CHECK (VALUE > 0)", "type positive"),
    "sequence": ("CREATE SEQUENCE counter", "sequence counter"),
    "function": ("CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'", "function one"),
    "foreign table": (
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"
        "CREATE FOREIGN TABLE far (id integer) SERVER s",
        "foreign table far",
    ),
    "partitioned table": ("CREATE TABLE parts (id integer) PARTITION BY RANGE (id)", "table parts"),
}


@pytest.mark.core
@pytest.mark.parametrize("kind", OCCUPANTS)
def test_target_is_not_empty(kind, small, database):
    sql, named = OCCUPANTS[kind]
    database.execute(sql)
    before = whole_text(database)
    told = Trouble(4, "not empty: 1 object in schema public", named, "--schema NAME", "ERR_REFUSED")
    assert_trouble(told, "upgrade", str(small), database.url)
    assert_trouble(told, "upgrade", str(small), database.url, "--replace")
    assert whole_text(database) == before


def test_many_objects_are_counted_and_some_named(small, database):
    for number in range(20):
        database.execute(f"CREATE TABLE t{number:02} ()")
    told = Trouble(4, "not empty: 20 objects", "table t00, table t01", "", "ERR_REFUSED")
    outcome = assert_trouble(told, "upgrade", str(small), database.url)
    assert error_lines(outcome)["why"].endswith(", ...")


def test_other_schemas_are_nobodys_business(small, database):
    database.execute("CREATE SCHEMA other; CREATE TABLE other.author (id integer)")
    before = whole_text(database)["other"]
    assert pgrade.run("upgrade", str(small), database.url).status == pgrade.OK
    assert whole_text(database)["other"] == before


def test_another_schema(small, database):
    database.execute("CREATE TABLE guest (id integer)")
    before = whole_text(database)["public"]
    outcome = pgrade.run("upgrade", str(small), database.url, "--schema", "My App")
    assert outcome.status == pgrade.OK, outcome
    assert table_names(database, '"My App"') == ["author", "post"]
    assert catalog_text(database) == before


@pytest.mark.core
def test_second_run_is_refused(small, database):
    assert pgrade.run("upgrade", str(small), database.url).status == pgrade.OK
    before = whole_text(database)
    told = Trouble(4, "published already", "are those of that run", "--replace does it again", "ERR_REFUSED")
    assert_trouble(told, "upgrade", str(small), database.url)
    told = Trouble(4, "not empty: 2 objects", "table author, table post", "--replace swaps", "ERR_REFUSED")
    assert_trouble(told, "upgrade", str(small), database.url, "--no-verify")
    assert whole_text(database) == before


def test_may_not_create_a_schema(small, database, plain_role):
    told = Trouble(5, "plain may not create a schema", "schema of their own", "GRANT CREATE ON DATABASE")
    assert_trouble(told, "upgrade", str(small), url_of(database, plain_role))


@pytest.mark.core
def test_may_not_create_in_public(small, database, plain_role):
    """What PostgreSQL 15 made the default; the statement of the hint mends it."""
    roles(database, f"GRANT CREATE ON DATABASE {database.name} TO plain")
    told = Trouble(
        5, "plain may not create tables in the schema public", "15", "GRANT CREATE, USAGE ON SCHEMA"
    )
    outcome = assert_trouble(told, "upgrade", str(small), url_of(database, plain_role))
    database.execute(outcome.stderr.split("as the schema's owner: ")[1].splitlines()[0])
    outcome = pgrade.run("upgrade", str(small), url_of(database, plain_role))
    assert outcome.status == pgrade.OK, outcome
    assert database.execute(
        "SELECT DISTINCT tableowner::text FROM pg_tables WHERE schemaname = 'public'"
    ) == [("plain",)]


RECORDS = {
    "schema of somebody else": ("CREATE SCHEMA pgrade_record", "GRANT USAGE, CREATE ON SCHEMA pgrade_record"),
    "record of somebody else": (
        "CREATE SCHEMA pgrade_record; CREATE TABLE pgrade_record.published (class text NOT NULL, schema text NOT NULL,"
        " name text NOT NULL, oid oid NOT NULL, source text NOT NULL,"
        " published_at timestamptz NOT NULL DEFAULT now())",
        "GRANT SELECT, INSERT, DELETE ON pgrade_record.published",
    ),
}


@pytest.mark.core
@pytest.mark.parametrize("what", RECORDS)
def test_record_that_may_not_be_written(what, small, database, plain_role):
    """Known before anything is loaded; the statements of the hint mend it."""
    sql, hint = RECORDS[what]
    database.execute(sql)
    roles(database, f"GRANT CREATE ON DATABASE {database.name} TO plain", "GRANT CREATE ON SCHEMA public TO plain")
    told = Trouble(5, "plain may not write the record", "belongs to", hint, "ERR_PERMISSION")
    outcome = assert_trouble(told, "upgrade", str(small), url_of(database, plain_role), "--trace-sql")
    assert "CREATE SCHEMA" not in outcome.stderr.replace("CREATE SCHEMA IF", "")
    database.execute(outcome.stderr.split("as its owner: ")[1].splitlines()[0])
    for options in ([], ["--replace"]):
        outcome = pgrade.run("upgrade", str(small), url_of(database, plain_role), *options)
        assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT count(*) FROM pgrade_record.published") == [(2,)]


SHAPES = {
    "a column less": "CREATE TABLE pgrade_record.published (class text, schema text, name text, oid oid, source text)",
    "a column of another type": "CREATE TABLE pgrade_record.published (class text, schema text, name text, oid text,"
    " source text, published_at timestamptz)",
    "a column that must be given": "CREATE TABLE pgrade_record.published (class text, schema text, name text, oid oid,"
    " source text, published_at timestamptz, more integer NOT NULL)",
    "a view": "CREATE VIEW pgrade_record.published AS SELECT 'x'::text AS class",
}


@pytest.mark.parametrize("what", SHAPES)
def test_record_of_another_shape(what, small, database):
    database.execute(f"CREATE SCHEMA pgrade_record; {SHAPES[what]}")
    before = whole_text(database)
    told = Trouble(4, "is not the table that pgrade makes", "--replace", "ALTER TABLE pgrade_record.published RENAME")
    assert_trouble(told, "upgrade", str(small), database.url)
    assert whole_text(database) == before


def test_wrong_encoding(small, cluster):
    database = cluster.create_database(options="TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
    told = Trouble(4, "has the encoding LATIN1", "UTF-8", "createdb --encoding UTF8", "ERR_REFUSED")
    assert_trouble(told, "upgrade", str(small), database.url)
    database.drop()


def test_read_only_database(small, database):
    database.execute(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    told = Trouble(4, f"{database.name} cannot be written", "read-only", "primary server", "ERR_REFUSED")
    assert_trouble(told, "upgrade", str(small), database.url)


@pytest.mark.core
def test_two_at_once(small, database):
    with Gate(database, "CREATE TABLE") as gate:
        first = pgrade.start("upgrade", str(small), database.url)
        gate.wait_for_arrival(first)
        told = Trouble(4, "another pgrade is working", None, "pg_stat_activity", "ERR_REFUSED")
        assert_trouble(told, "upgrade", str(small), database.url)
        gate.open()
        outcome = pgrade.finish(first)
        assert outcome.status == pgrade.OK, outcome
    assert table_names(database) == ["author", "post"]


def test_two_at_once_in_two_databases(small, cluster, database):
    other = cluster.create_database()
    with Gate(database, "CREATE TABLE") as gate:
        first = pgrade.start("upgrade", str(small), database.url)
        gate.wait_for_arrival(first)
        assert pgrade.run("upgrade", str(small), other.url).status == pgrade.OK
        gate.open()
        assert pgrade.finish(first).status == pgrade.OK
    other.drop()


def test_server_dies_half_way(small, database):
    """Its sessions are ended: the connection is lost, and the target is as it was."""
    with Gate(database, "COPY") as gate:
        process = pgrade.start("upgrade", str(small), database.url, "--json")
        gate.wait_for_arrival(process)
        gate.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgrade'"
        )
        outcome = pgrade.finish(process)
    document = one_document(outcome)
    assert outcome.status == pgrade.UNREACHABLE, outcome
    assert document["error"]["message"].endswith("the connection to the server was lost")
    assert not document["published"] and table_names(database) == []
    outcome = pgrade.run("upgrade", str(small), database.url)
    assert outcome.status == pgrade.OK, outcome
    assert "going on with the run of" in outcome.stderr


def test_settings_of_the_role_do_not_matter(small, database):
    """Somebody's ALTER ROLE SET must not change what arrives, nor end the run."""
    settings = {
        "search_path": "'nowhere'",
        "statement_timeout": "1",
        "lock_timeout": "1",
        "client_encoding": "'LATIN1'",
        "standard_conforming_strings": "off",
        "default_transaction_isolation": "'serializable'",
        "timezone": "'America/St_Johns'",
        "row_security": "off",
        "synchronous_commit": "off",
        "default_tablespace": "''",
    }
    # In one text: what was set would hold for the next one.
    database.execute(
        "; ".join(f"ALTER DATABASE {database.name} SET {name} = {value}" for name, value in settings.items())
    )
    outcome = pgrade.run("upgrade", str(small), database.url)
    assert outcome.status == pgrade.OK, outcome


def test_limits_of_sessions_do_not_end_a_long_run(small, database):
    """One connection waits while the others load, and each COPY is one transaction."""
    quiet = """
        SELECT clock_timestamp() - max(state_change) > '1.5 seconds' FROM pg_stat_activity
        WHERE application_name = 'pgrade' AND datname = current_database()"""
    with Gate(database, "COPY") as gate:
        version = int(gate.execute("SHOW server_version_num")[0][0])
        for name, since in {"idle_session_timeout": 140000, "transaction_timeout": 170000}.items():
            if version >= since:
                gate.execute(f"ALTER DATABASE {database.name} SET {name} = '1s'")
        process = pgrade.start("upgrade", str(small), database.url)
        gate.wait_for_arrival(process)
        poll(lambda: gate.execute(quiet) == [(True,)], process)
        gate.open()
        outcome = pgrade.finish(process)
    assert outcome.status == pgrade.OK, outcome


def test_idle_sessions_of_the_application_do_not_disturb(small, database):
    connection = psycopg2.connect(database.url)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert pgrade.run("upgrade", str(small), database.url).status == pgrade.OK
    connection.close()


def test_reserved_connections(small, cluster):
    """All connections but those kept for superusers are taken."""
    database = cluster.create_database()
    database.execute("CREATE ROLE plain LOGIN")
    limit = int(database.execute("SHOW max_connections")[0][0])
    reserved = int(database.execute("SHOW superuser_reserved_connections")[0][0])
    taken = [database.connect() for _ in range(limit - reserved)]
    try:
        told = Trouble(5, "no connection left", "", "close other programs", "ERR_CONNECT")
        assert_trouble(told, "upgrade", str(small), url_of(database, "plain"))
    finally:
        for connection in taken:
            connection.close()
        database.execute("DROP ROLE plain")
        database.drop()


def test_object_made_during_the_run(small, database):
    """What stands in the way at publishing is told like everything else, not as a statement of ours."""
    with Gate(database, "SET SCHEMA") as gate:
        process = pgrade.start("upgrade", str(small), database.url)
        gate.wait_for_arrival(process)
        database.execute("CREATE TABLE author (id integer)")
        gate.open()
        outcome = pgrade.finish(process)
    told = Trouble(4, "somebody made an object in schema public", "author", "drop or rename that object")
    assert_told(outcome, told)
    assert "BEGIN" not in outcome.stderr and "SET SCHEMA" not in outcome.stderr, outcome
    assert table_names(database) == ["author"]


def test_columns_are_surveyed_once_whatever_the_collation(tmp_path, cluster):
    """The plan depends on the collation a little, and is made again; what the values say does not."""
    path = fixtures.build_from_text("CREATE TABLE t (n NUMERIC); INSERT INTO t VALUES (1), (2.5)", tmp_path / "app.db")
    locale = "LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
    database = cluster.create_database(options=f"TEMPLATE template0 ENCODING 'UTF8' {locale}")
    outcome = pgrade.run("upgrade", str(path), database.url, "--trace-sql")
    assert outcome.status == pgrade.OK, outcome
    readings = [line for line in outcome.stderr.splitlines() if 'SELECT "n" FROM' in line]
    assert len(readings) == 1, readings


def test_collation_of_icu_is_named(small, cluster):
    locale = "LOCALE 'C.UTF-8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US'"
    database = cluster.create_database(options=f"TEMPLATE template0 ENCODING 'UTF8' {locale}")
    outcome = pgrade.run("upgrade", str(small), database.url)
    database.drop()
    assert outcome.status == pgrade.OK, outcome
    assert "ordered by the database's collation (en-US of ICU), not by bytes" in outcome.stdout


def test_a_role_of_that_name_keeps_its_tables_in_public(small, database):
    """ "$user" comes first in search_path: a schema called like the role would take what migrations make later."""
    roles(database, "CREATE ROLE pgrade LOGIN", f"GRANT ALL ON DATABASE {database.name} TO pgrade", "GRANT ALL ON SCHEMA public TO pgrade")
    try:
        assert pgrade.run("upgrade", str(small), url_of(database, "pgrade")).status == pgrade.OK
        made = pgrade.run("sql", url_of(database, "pgrade"), "CREATE TABLE later (n int)")
        assert made.status == pgrade.OK, made
        assert database.execute("SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'later'") == [("public",)]
    finally:
        roles(database, "DROP OWNED BY pgrade CASCADE", "DROP ROLE pgrade")
