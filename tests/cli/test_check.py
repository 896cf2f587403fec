"""`pgrade check`: each trouble is made on a real server, named, the advice followed, and gone."""

import os
import re
import signal
import socket
import subprocess
import threading
import time

import psycopg2
import pytest

import pgrade
from cluster import Cluster, free_port
from pooler import Pooler

pytestmark = pytest.mark.core

QUIET = ("--skip", "timezone,cache,unused-indexes,slowest,relations,version,service")


def look(*words, **environment):
    """The findings by check, once the document is there."""
    outcome = pgrade.run("check", *words, "--json", **environment)
    assert outcome.report.get("results"), outcome
    assert outcome.report["status"] == outcome.status, outcome
    return outcome


def result_of(outcome, check):
    return next(one for one in outcome.report["results"] if one["check"] == check)


def finding(check, *words, **environment):
    """The only finding of the check, which is looked at alone."""
    outcome = look(*words, "--only", check, **environment)
    found = result_of(outcome, check)["findings"]
    assert len(found) == 1, outcome
    assert found[0]["why"] and found[0]["mend"]
    return found[0]


def stops_at(check, url, **environment):
    """The step at which it stops: it is a problem, all before are not, and all behind are skipped."""
    outcome = look(url, **environment)
    assert outcome.status == pgrade.UNREACHABLE and outcome.report["stopped"], outcome
    results = outcome.report["results"]
    place = [one["check"] for one in results].index(check)
    assert {one["state"] for one in results[:place]} <= {"ok", "advice", "skipped"}, outcome
    assert results[place]["state"] == "problem", outcome
    assert {(one["state"], one["note"]) for one in results[place + 1:]
            if one["group"] not in ("service", "application") and one["check"] not in ("provider", "kept", "expiry")} == {("skipped", "an earlier step failed")}
    return results[place]["findings"][0]


def is_gone(check, *words, **environment):
    outcome = look(*words, "--only", check, **environment)
    assert result_of(outcome, check)["state"] == "ok", outcome
    return outcome


# ------------------------------------------------------------------------------------------ connecting --

def test_a_good_database_has_nothing(database):
    database.execute("CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)")
    outcome = look(database.url, *QUIET[:1], "timezone,cache,unused-indexes,slowest,version,service")
    assert outcome.status == pgrade.OK, outcome
    assert {one["state"] for one in outcome.report["results"]} == {"ok"}, outcome


def test_the_short_scheme(database):
    short = database.url.replace("postgresql://", "postgres://")
    assert "SQLAlchemy" in finding("url", short)["what"]
    is_gone("url", database.url)


def test_a_raw_password(scram_cluster):
    url = scram_cluster.url().replace("p%40ss%3Aw%2Frd%20%257%23%3F%26%3D", scram_cluster.password)
    assert scram_cluster.password in url
    outcome = look(url, "--only", "url,login")
    assert "characters" in result_of(outcome, "url")["findings"][0]["what"]
    assert scram_cluster.password not in outcome.stdout + outcome.stderr
    is_gone("url", scram_cluster.url())


@pytest.mark.parametrize("url", ["postgresql://u@h:port/d", "postgresql://u@h/d?sslmod=require"])
def test_no_url(url):
    stops_at("url", url)


def test_the_scheme_is_missing():
    outcome = look("app:secret@db.example.org/app")
    assert "postgresql://" in result_of(outcome, "url")["findings"][0]["mend"], outcome
    assert "secret" not in outcome.stdout + outcome.stderr
    assert "scheme" in stops_at("open", "localhost/app")["what"]


def test_an_unknown_host():
    assert "unknown" in stops_at("host", "postgresql://u@no-such-host.invalid/d")["what"]
    assert "Render" in stops_at("host", "postgresql://u@dpg-abc123-a/d")["mend"]


def test_refused():
    assert "refused" in stops_at("port", f"postgresql://u@127.0.0.1:{free_port()}/d")["what"]


def test_a_socket_that_is_not_there_while_tcp_answers(database):
    found = stops_at("port", f"postgresql:///{database.name}?host=/nowhere&port={database.cluster.port}")
    assert "no socket" in found["what"] and f"127.0.0.1:{database.cluster.port}" in found["mend"]


def test_no_answer():
    """A listener whose queue is full drops what comes, as a firewall does."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        found = stops_at("port", f"postgresql://u@dpg-a1-a.oregon-postgres.render.com:{full.getsockname()[1]}/d?hostaddr=127.0.0.1")
        for one in waiting:
            one.close()
    assert "firewall" in found["what"] and "access list" in found["mend"] and "region" in found["mend"] and "oregon" in found["mend"]


def test_another_server():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()

        def answer():
            connection, _ = other.accept()
            connection.recv(8)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.close()

        thread = threading.Thread(target=answer)
        thread.start()
        found = stops_at("protocol", f"postgresql://u@127.0.0.1:{other.getsockname()[1]}/d")
        thread.join()
    assert "no PostgreSQL" in found["what"]


def test_tls_where_there_is_none(database):
    assert "SSL" in stops_at("tls", database.url + "?sslmode=require")["what"]
    is_gone("tls", database.url)


def test_a_wrong_password(scram_cluster):
    url = scram_cluster.url(password="wrong")
    assert "password authentication failed" in stops_at("login", url)["what"]
    is_gone("login", scram_cluster.url())


def test_an_unknown_role(database):
    url = database.cluster.url(database.name, "nobody_knows")
    assert 'role "nobody_knows" does not exist' in stops_at("login", url)["what"]
    database.execute("CREATE ROLE nobody_knows LOGIN")
    is_gone("login", url)
    database.execute("DROP ROLE nobody_knows")


def test_no_entry_in_pg_hba():
    with Cluster() as cluster:
        cluster.execute("CREATE ROLE stranger LOGIN")
        url = cluster.url("postgres", "stranger")
        path = os.path.join(cluster.directory, "data", "pg_hba.conf")
        with open(path, encoding="utf-8") as stream:
            before = stream.read()
        for rule, says in ("host all stranger all reject\n" + before, "pg_hba.conf rejects connection"), \
                          (f"host all {cluster.user} all trust\n", "no pg_hba.conf entry"):
            set_rules(cluster, path, rule)
            found = stops_at("login", url)
            assert says in found["what"] and "pg_hba.conf" in found["mend"]
        set_rules(cluster, path, before)
        is_gone("login", url)


def until(condition):
    """Asks the server again and again, for half a minute at most."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end


def can_connect(url):
    try:
        psycopg2.connect(url).close()
        return True
    except psycopg2.OperationalError:
        return False


def set_rules(cluster, path, text):
    """Until the server has read them."""
    with open(path, "w", encoding="utf-8") as stream:
        stream.write(text)
    (before,) = cluster_value(cluster, "SELECT pg_conf_load_time()")
    cluster.execute("SELECT pg_reload_conf()")
    until(lambda: cluster_value(cluster, "SELECT pg_conf_load_time()") != (before,))


def cluster_value(cluster, sql):
    connection = psycopg2.connect(cluster.url())
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    connection.close()
    return row


def test_a_database_that_is_not_there(cluster):
    url = cluster.url("not_made_yet")
    assert "does not exist" in stops_at("database", url)["what"]
    made = cluster.create_database("not_made_yet")
    is_gone("database", url)
    made.drop()


def test_a_role_that_may_not_connect(database):
    database.execute(f"REVOKE CONNECT ON DATABASE {database.name} FROM public; CREATE ROLE outsider LOGIN")
    url = database.cluster.url(database.name, "outsider")
    assert "permission denied for database" in stops_at("database", url)["what"]
    database.execute(f"GRANT CONNECT ON DATABASE {database.name} TO outsider")
    is_gone("database", url)
    database.execute(f"REVOKE ALL ON DATABASE {database.name} FROM outsider; DROP ROLE outsider")


def test_no_slot_is_free(database):
    database.execute("CREATE ROLE one LOGIN CONNECTION LIMIT 1")
    url = database.cluster.url(database.name, "one")
    holder = psycopg2.connect(url)
    assert "too many connections" in stops_at("slots", url)["what"]
    holder.close()
    database.execute("ALTER ROLE one CONNECTION LIMIT 10")
    is_gone("slots", url)
    database.execute("DROP ROLE one")


def test_the_last_slots_are_reserved():
    with Cluster(settings={"max_connections": "4", "superuser_reserved_connections": "2", "max_wal_senders": "0"}) as cluster:
        cluster.execute("CREATE ROLE plain LOGIN")
        url = cluster.url("postgres", "plain")
        until(lambda: can_connect(url))
        holders = [psycopg2.connect(url) for _ in range(2)]
        assert "reserved" in stops_at("slots", url)["what"]
        most = [psycopg2.connect(cluster.url()) for _ in range(2)]
        assert "too many clients already" in stops_at("slots", url)["what"]
        for one in most:
            one.close()
        for one in holders:
            one.close()
        until(lambda: can_connect(url))
        is_gone("slots", url)


def test_a_standby():
    with Cluster() as cluster:
        cluster.halt(signal.SIGINT)
        sign = os.path.join(cluster.directory, "data", "standby.signal")
        with open(sign, "w", encoding="utf-8"):
            pass
        if cluster.account:
            os.chown(sign, cluster.account.pw_uid, cluster.account.pw_gid)
        cluster.go_on()
        assert "standby" in finding("writable", cluster.url())["what"]
        cluster.execute("SELECT pg_promote()")
        is_gone("writable", cluster.url())


def test_starting_up_and_waiting():
    """A server that holds everybody back as while it starts: stopped, and started again while somebody waits."""
    with Cluster() as cluster:
        url = cluster.url()
        cluster.halt(signal.SIGINT)
        late = pgrade.run("check", url, "--wait=1")
        assert late.status == pgrade.UNREACHABLE and "not ready within 1 s" in late.stderr, late
        waiting = pgrade.start("check", url, "--wait=60")
        cluster.go_on()
        out, err = waiting.communicate(timeout=60)
        assert waiting.returncode == pgrade.OK and "answers, after" in out, (out, err)


def test_waiting_does_not_mend_a_password(scram_cluster):
    outcome = pgrade.run("check", scram_cluster.url(password="wrong"), "--wait=600")
    assert outcome.status == pgrade.UNREACHABLE and "password" in outcome.stderr, outcome


def test_shutting_down():
    """A smart shutdown goes on for as long as somebody is connected."""
    with Cluster() as cluster:
        held = psycopg2.connect(cluster.url())
        os.kill(cluster.server.pid, signal.SIGTERM)
        until(lambda: not can_connect(cluster.url()))
        assert "shutting down" in stops_at("ready", cluster.url())["what"]
        held.close()


# ------------------------------------------------------------------------------------------ the server --

def test_read_only(database):
    database.execute(f"ALTER DATABASE {database.name} SET default_transaction_read_only = on")
    found = finding("writable", database.url)
    assert "read-only" in found["what"]
    database.cluster.execute(found["mend"])
    is_gone("writable", database.url)


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


def psycopg2_run(url, statement):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


def test_time_zone(database):
    database.execute("CREATE ROLE zoned LOGIN")
    url = database.cluster.url(database.name, "zoned")
    found = finding("timezone", url)
    assert "Asia/Kathmandu" in found["what"]
    database.execute(found["mend"])
    is_gone("timezone", url)
    database.execute("DROP ROLE zoned")


def test_few_connections_left(database):
    database.execute("CREATE ROLE few LOGIN CONNECTION LIMIT 2")
    url = database.cluster.url(database.name, "few")
    holder = psycopg2.connect(url)
    assert "2 of 2" in finding("connections", url)["what"]
    holder.close()
    database.execute("ALTER ROLE few CONNECTION LIMIT 20")
    is_gone("connections", url)
    database.execute("DROP ROLE few")


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


def follow(database, mend):
    psycopg2_run(database.url, mend.partition("   --")[0])


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
    shown = pgrade.run("check", database.url, COLUMNS=str(columns)).stdout
    assert "PostgreSQL" in shown
    for line in shown.split("\n"):
        assert len(line) <= columns or line.lstrip().startswith("mend:"), line


def test_the_variable(database):
    outcome = pgrade.run("check", "--only", "url", DATABASE_URL=database.url.replace("postgresql:", "postgres:"))
    assert outcome.status == pgrade.SHORTFALL and "SQLAlchemy" in outcome.stdout, outcome


# ---------------------------------------------------------------------------------------- the service --

def test_the_file_names_another_database(scram_cluster, tmp_path):
    url = scram_cluster.url()
    path = tmp_path / "env"
    path.write_text(f"DATABASE_URL={scram_cluster.url('other', password='stale')}\n")
    path.chmod(0o600)
    words = (url, "--env-file", str(path))
    outcome = look(*words, "--only", "env-file")
    assert "(password, database)" in finding("env-file", *words)["what"]
    assert "stale" not in outcome.stdout + outcome.stderr
    path.write_text(f"DATABASE_URL='{url}'\n")
    is_gone("env-file", *words)
    path.chmod(0o644)
    assert finding("env-file", *words)["mend"] == f"chmod 600 '{path}'"


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
