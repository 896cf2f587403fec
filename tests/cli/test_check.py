"""`pgrade check`: each trouble is made on a real server, named, the advice followed, and gone."""

import os
import re
import subprocess

import psycopg2
import pytest

import pgrade
from cluster import free_port
from doctor import QUIET, finding, follow, is_gone, limited, look, psycopg2_run, result_of
from pooler import Pooler

pytestmark = pytest.mark.core


# ------------------------------------------------------------------------------------------ the server --

def test_read_only(database):
    database.execute(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    found = finding("writable", database.url)
    assert "read-only" in found["what"]
    follow(database, found["mend"])
    is_gone("writable", database.url)


@pytest.mark.parametrize("setting, value, check", [("default_transaction_read_only", "on", "writable"), ("TimeZone", "Japan", "timezone"),
                                                   ("search_path", "nothing", "create"), ("search_path", "nothing", "relations")])
def test_settings_at_every_place(database, worker, setting, value, check):
    """What mends is said for the place that has it: another one would change nothing."""
    database.execute("CREATE TABLE t (a int); GRANT CREATE ON SCHEMA public TO worker; ALTER ROLE worker SET TimeZone = 'UTC'")
    where = f"worker IN DATABASE {database.name}"
    found = finding(check, worker + f"?options=-c%20{setting}%3D{value}")
    assert found["mend"].startswith("take ") and "out of the options of the URL" in found["mend"]
    is_gone(check, worker)
    for place in f"ROLE {where}", "ROLE worker", f"DATABASE {database.name}":
        database.execute(f"ALTER ROLE worker RESET {setting}; ALTER {place} SET {setting} = '{value}'")
        follow(database, finding(check, worker)["mend"])
        is_gone(check, worker)
        database.execute(f"ALTER {place} RESET {setting}")
    database.execute("ALTER ROLE worker RESET ALL")


def test_encoding(cluster):
    latin = cluster.create_database(options="TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'")
    found = finding("encoding", latin.url)
    assert "LATIN1" in found["what"] and "TEMPLATE template0 ENCODING 'UTF8'" in found["mend"]
    latin.drop()
    utf8 = cluster.create_database(options="TEMPLATE template0 ENCODING 'UTF8'")
    is_gone("encoding", utf8.url)
    utf8.drop()


def test_collation_version(cluster):
    try:
        made = cluster.create_database(options="TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'")
    except psycopg2.Error as error:
        assert "ICU" in str(error) or "locale" in str(error)
        pytest.skip("this server knows no ICU")
    cluster.execute(f"UPDATE pg_database SET datcollversion = '1' WHERE datname = '{made.name}'")
    found = finding("collation", made.url)
    assert "version 1" in found["what"]
    for statement in found["mend"].split("; "):
        psycopg2_run(made.url, statement)
    is_gone("collation", made.url)
    made.drop()


def test_time_zone(database):
    database.execute("CREATE ROLE zoned LOGIN")
    url = database.cluster.url(database.name, "zoned")
    found = finding("timezone", url)
    assert "Asia/Kathmandu" in found["what"]
    database.execute(found["mend"])
    is_gone("timezone", url)
    database.execute("DROP ROLE zoned")


def test_few_connections_left(database):
    with limited(database, 2) as url:
        assert "2 of 2" in finding("connections", url)["what"]
        database.execute("ALTER ROLE few CONNECTION LIMIT 20")
        is_gone("connections", url)


def test_a_pooler_in_transaction_mode(database):
    with Pooler(database.cluster) as pooler:
        found = finding("pooler", pooler.url(database.name))
        assert "transaction mode" in found["what"] and "the server itself" in found["mend"]
        whole = look(pooler.url(database.name), *QUIET)
        assert {one["check"] for one in whole.report["results"] if one["state"] != "ok"} == {"pooler", "pool-settings"}, whole
    is_gone("pooler", database.url)


# -------------------------------------------------------------------------------------------- the role --

@pytest.fixture
def worker(database):
    database.execute("CREATE ROLE worker LOGIN")
    yield database.cluster.url(database.name, "worker")
    database.execute("DROP OWNED BY worker; DROP ROLE worker")


def test_nothing_may_be_created(database, worker):
    database.execute("REVOKE CREATE ON SCHEMA public FROM public")
    found = finding("create", worker)
    assert "permission denied for schema public" in found["what"]
    follow(database, found["mend"])
    is_gone("create", worker)


def test_no_tables(database):
    found = finding("relations", database.url)
    assert "does not exist" in found["what"] and "flask db upgrade" in found["mend"]
    database.execute("CREATE SCHEMA hidden; CREATE TABLE hidden.t ()")
    found = finding("relations", database.url)
    assert "hidden" in found["what"] and "search_path" in found["what"]
    follow(database, found["mend"])
    is_gone("relations", database.url)
    database.execute(f"ALTER ROLE {database.cluster.user} RESET search_path")


def test_a_table_of_somebody_else(database, worker):
    database.execute("CREATE TABLE theirs (id serial PRIMARY KEY); GRANT SELECT ON theirs TO worker")
    found = finding("privileges", worker)
    assert "may not INSERT" in found["what"] and "permission denied for table theirs" in found["what"]
    follow(database, found["mend"])
    is_gone("privileges", worker)
    follow(database, finding("sequence-privileges", worker)["mend"])
    is_gone("sequence-privileges", worker)


# ---------------------------------------------------------------------------------------- the command --

def test_the_owner_without_superuser(cluster):
    cluster.execute("CREATE ROLE plain_owner LOGIN")
    made = cluster.create_database(options="OWNER plain_owner")
    url = cluster.url(made.name, "plain_owner")
    psycopg2_run(url, "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
    other = psycopg2.connect(made.url)
    outcome = look(url, *QUIET)
    states = {one["check"]: one["state"] for one in outcome.report["results"]}
    assert states.pop("long-transactions") == "skipped" and states.pop("disk-space") == "skipped" and set(states.values()) == {"ok"}, outcome
    other.close()
    made.drop()
    cluster.execute("DROP ROLE plain_owner")


def test_only_and_skip(database):
    outcome = look(database.url, "--only", "version,connection", "--skip", "host")
    names = [one["check"] for one in outcome.report["results"]]
    assert names == ["url", "provider", "port", "protocol", "tls", "ready", "slots", "login", "database", "version"]
    wrong = pgrade.run("check", database.url, "--only", "versoin")
    assert wrong.status == pgrade.USAGE and "versoin" in wrong.stderr
    refused = look(f"postgresql://u@127.0.0.1:{free_port()}/d", "--only", "version")
    assert [one["check"] for one in refused.report["results"]] == ["port", "version"]


def test_list_and_explain():
    listed = pgrade.run("check", "--list", "--json").report["checks"]
    shown = pgrade.run("check", "--list").stdout
    assert {one["group"] for one in listed} == set(re.findall(r"^(\S+) \(", shown, re.MULTILINE))
    for one in listed:
        assert f"  {one['name']} " in shown
    for one in listed[::9]:
        page = pgrade.run("check", "--explain", one["name"])
        assert page.status == pgrade.OK and one["why"] in page.stdout and one["mend"] in page.stdout
    assert pgrade.run("check", "--explain", "none").status == pgrade.USAGE


@pytest.mark.parametrize("columns", [80, 120])
def test_it_fits_the_terminal(database, columns):
    """Statements alone stay whole, to be copied; what is said beside them goes below, as a remark."""
    name = "a_table_that_somebody_gave_a_name_of_some_length"
    database.execute(f"CREATE TABLE {name} (a int)")
    shown = pgrade.run("check", database.url + "?connect_timeout=10", COLUMNS=str(columns)).stdout
    assert "PostgreSQL" in shown and re.search(r"PRIMARY KEY\n {17}-- or a key of its own columns\n", shown)
    for line in shown.split("\n"):
        assert len(line) <= columns or line.lstrip().startswith(("mend: ALTER", "mend: SELECT")), line
        assert line == line.rstrip()
    refused = pgrade.run("check", f"postgresql://u@127.0.0.1:{free_port()}/d", COLUMNS=str(columns)).stdout
    assert "mend: start the server" in refused and all(len(line) <= columns for line in refused.split("\n")), refused


def test_the_variable(database):
    outcome = pgrade.run("check", "--only", "url", DATABASE_URL=database.url.replace("postgresql:", "postgres:"))
    assert outcome.status == pgrade.SHORTFALL and "SQLAlchemy" in outcome.stdout, outcome


# ---------------------------------------------------------------------------------------- the service --

def test_the_file_names_another_database(scram_cluster, tmp_path):
    url = scram_cluster.url()
    path = tmp_path / "it's an env"
    path.write_text(f"DATABASE_URL={scram_cluster.url('other', password='stale')}\n")
    path.chmod(0o600)
    words = (url, "--env-file", str(path))
    outcome = look(*words, "--only", "env-file")
    assert "(password, database)" in finding("env-file", *words)["what"]
    assert "stale" not in outcome.stdout + outcome.stderr
    path.write_text(f"DATABASE_URL='{url}'\n")
    is_gone("env-file", *words)
    path.chmod(0o644)
    subprocess.run(finding("env-file", *words)["mend"], shell=True, check=True)
    is_gone("env-file", *words)


def test_without_a_file_it_is_skipped(database):
    assert result_of(look(database.url, "--only", "env-file"), "env-file")["state"] == "skipped"


@pytest.mark.parametrize("given, says", [({"DATABASE_URL": "postgresql://app@elsewhere/app"}, "(host, "),
                                         ({}, "neither DATABASE_URL"), (None, None)])
def test_the_process_was_started_with_another(database, given, says):
    environment = {"DATABASE_URL": database.url} if given is None else given
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          env={"PATH": os.environ["PATH"], **environment}) as process:
        words = (database.url, "--process", str(process.pid))
        if given is None:
            is_gone("process", *words)
        else:
            assert says in finding("process", *words)["what"]
        process.stdin.close()


def test_it_is_compared_where_the_server_cannot_be_reached():
    outcome = look(f"postgresql://u@127.0.0.1:{free_port()}/d", "--process", str(os.getpid()))
    assert result_of(outcome, "process")["note"] != "an earlier step failed"
