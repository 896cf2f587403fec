"""`pgrade check`, the steps of a connection: each trouble is made, named, its advice followed, and gone."""

import os
import shlex
import signal
import socket
import sqlite3
import subprocess
import threading
import urllib.parse

import psycopg2
import pytest

import pgrade
from cluster import Cluster
from idle_cut import CutsWhatIsIdle
from doctor import QUIET, can_connect, finding, follow, is_gone, limited, look, result_of, set_rules, statement, stops_at, until
from pooler import Pooler

pytestmark = pytest.mark.core


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
    found = result_of(outcome, "url")["findings"][0]
    assert "characters" in found["what"]
    assert scram_cluster.password not in outcome.stdout + outcome.stderr
    words = shlex.split(found["mend"].partition("   #")[0].replace("URL", shlex.quote(url)))
    spellings = pgrade.run(*words[1:], "--json").report["spellings"]
    is_gone("login", next(one["text"] for one in spellings if one["key"] == "url"), "--only", "url")


@pytest.mark.parametrize("url, right", [("postgresql://u@h:port/d", "postgresql://u@h:5432/d"),
                                        ("postgresql://u@h/d?sslmod=require", "postgresql://u@h/d?sslmode=require")])
def test_no_url(url, right):
    assert stops_at("url", url)["mend"]
    is_gone("url", right)


@pytest.mark.parametrize("typed", ["app:secret@db.example.org/app", "postgresql//app:secret@db.example.org/app",
                                   "postgres:/app:secret@db.example.org/app", "'app:secret@db.example.org/app",
                                   "'postgresql://app:secret@db.example.org/app'", "psql postgres://app:secret@db.example.org/app",
                                   'DATABASE_URL="postgresql://app:secret@db.example.org/app"'])
def test_the_scheme_is_missing(typed):
    outcome = look(typed)
    found = result_of(outcome, "url")["findings"][0]
    if typed[0] != "'" or "://" in typed:
        assert found["mend"] == "give the URL alone, with its scheme: postgresql://app:***@db.example.org/app", outcome
    assert "postgresql://" in found["mend"] and "secret" not in outcome.stdout + outcome.stderr


@pytest.mark.parametrize("typed", ["localhost/app", "db/app", "db.example.org/app", "127.0.0.1:5433/app", "app@db/app", "app@db",
                                   "db:5432", "app@db:5432/app?sslmode=require", "db/My app"])
def test_an_address_that_is_taken_for_a_path(typed):
    found = stops_at("open", typed)
    assert "the scheme is missing" in found["what"]
    words = shlex.split(found["mend"])
    assert words[:2] == ["pgrade", "check"] and words[2] == "postgresql://" + typed.replace(" ", "%20")
    is_gone("url", words[2])


@pytest.mark.parametrize("typed", ["app.db", "data/app.db", "./db/app", "../db/app", "/srv/app", "~/app", "there/app", "app", "a/b/c",
                                   "db:main", "me@home.db"])
def test_a_path_that_is_no_address(tmp_path, typed):
    (tmp_path / "there").mkdir()
    outcome = look(typed, directory=str(tmp_path))
    assert "scheme" not in result_of(outcome, "open")["findings"][0]["what"], outcome


@pytest.mark.parametrize("typed", ["db:5432", "app@db", "db/app"])
def test_a_file_stays_a_file(tmp_path, typed):
    (tmp_path / "db").mkdir()
    sqlite3.connect(tmp_path / typed).execute("CREATE TABLE t (a)").connection.close()
    is_gone("open", typed, directory=str(tmp_path))


def test_an_unknown_host(database):
    wrong = f"postgresql://u@no-such-host.invalid:{database.cluster.port}/d"
    found = stops_at("host", wrong)
    assert "unknown" in found["what"] and "getent hosts" in found["mend"]
    is_gone("host", wrong.replace("no-such-host.invalid", "127.0.0.1"))



def test_a_socket_that_is_not_there_while_tcp_answers(database):
    port = database.cluster.port
    found = stops_at("port", f"postgresql:///{database.name}?host=/nowhere&port={port}")
    assert "no socket" in found["what"] and f"give the host 127.0.0.1:{port}" in found["mend"]
    is_gone("port", f"postgresql://127.0.0.1:{port}/{database.name}")


def test_no_answer(database):
    """A listener whose queue is full drops what comes, as a firewall does; then the way is open."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        url = f"postgresql://u@dpg-a1-a.oregon-postgres.render.com:{port}/d?hostaddr=127.0.0.1"
        found = stops_at("port", url)
        for one in waiting:
            one.close()
    assert "firewall" in found["what"] and "access list" in found["mend"] and "region" in found["mend"] and "oregon" in found["mend"]
    with CutsWhatIsIdle(database.cluster.port, 60, listens=port):
        is_gone("port", url)


def test_another_server(database):
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
    is_gone("protocol", database.url)


def test_tls_where_there_is_none(database):
    wrong = database.url + "?sslmode=require"
    found = stops_at("tls", wrong)
    assert "SSL" in found["what"] and "take sslmode=require out" in found["mend"]
    is_gone("tls", wrong.removesuffix("?sslmode=require"))


def test_a_wrong_password(scram_cluster):
    scram_cluster.execute("CREATE ROLE forgetful LOGIN PASSWORD 'old'")
    url = scram_cluster.url(user="forgetful", password="right")
    found = stops_at("login", url)
    assert "password authentication failed" in found["what"] and "the right user and password" in found["mend"]
    scram_cluster.execute(statement(found["mend"], "right"))
    is_gone("login", url)
    scram_cluster.execute("DROP ROLE forgetful")


def test_no_password(scram_cluster, tmp_path):
    url = scram_cluster.url().replace(f":{urllib.parse.quote(scram_cluster.password, safe='')}@", "@")
    found = stops_at("login", url)
    assert "no password supplied" in found["what"] and "PGPASSWORD" in found["mend"] and "pgpass" in found["mend"]
    is_gone("login", url, PGPASSWORD=scram_cluster.password)
    home = tmp_path / "it's home"
    home.mkdir()
    words = home / ".pgpass"
    words.write_text(f"*:*:*:*:{scram_cluster.password.replace(':', chr(92) + ':')}\n")
    words.chmod(0o644)
    subprocess.run(stops_at("login", url, HOME=str(home))["mend"].split(": ")[1], shell=True, check=True)
    is_gone("login", url, HOME=str(home))


def test_an_unknown_role(database):
    url = database.cluster.url(database.name, "nobody knows")
    found = stops_at("login", url)
    assert 'role "nobody knows" does not exist' in found["what"]
    follow(database, found["mend"])
    is_gone("login", url)
    database.execute('ALTER ROLE "nobody knows" NOLOGIN')
    follow(database, stops_at("login", url)["mend"])
    is_gone("login", url)
    database.execute('DROP ROLE "nobody knows"')


def test_no_entry_in_pg_hba(scram_cluster):
    """The line that is told, written where it is told to stand, lets the role in."""
    cluster = scram_cluster
    cluster.execute("CREATE ROLE stranger LOGIN PASSWORD 'word'")
    url = cluster.url("postgres", "stranger", "word")
    path = os.path.join(cluster.directory, "data", "pg_hba.conf")
    with open(path, encoding="utf-8") as stream:
        before = stream.read()
    others = f"host all {cluster.user} all scram-sha-256\n"
    try:
        for rules, says in ("host all stranger all reject\n" + others, "pg_hba.conf rejects connection"), \
                           (others, "no pg_hba.conf entry"):
            set_rules(cluster, path, rules)
            found = stops_at("login", url)
            assert says in found["what"] and ("above the one that rejects" in found["mend"]) == ("rejects" in says)
            line = found["mend"].partition(" the line: ")[2].partition("   #")[0]
            set_rules(cluster, path, line + "\n" + rules)
            is_gone("login", url)
    finally:
        set_rules(cluster, path, before)
        cluster.execute("DROP ROLE stranger")


def test_a_database_that_is_not_there(cluster):
    cluster.execute("CREATE ROLE newcomer LOGIN")
    url = cluster.url("not made yet", "newcomer")
    found = stops_at("database", url)
    assert "does not exist" in found["what"] and "the last slash" in found["mend"]
    cluster.execute(statement(found["mend"]))
    is_gone("database", url)
    is_gone("encoding", url)
    is_gone("create", url)
    cluster.execute('ALTER DATABASE "not made yet" ALLOW_CONNECTIONS false')
    found = stops_at("database", url)
    assert "not currently accepting" in found["what"]
    cluster.execute(statement(found["mend"]))
    is_gone("database", url)
    cluster.drop_database("not made yet")
    cluster.execute("DROP ROLE newcomer")


def test_a_role_that_may_not_connect(database):
    database.execute(f"REVOKE CONNECT ON DATABASE {database.name} FROM public; CREATE ROLE outsider LOGIN")
    url = database.cluster.url(database.name, "outsider")
    found = stops_at("database", url)
    assert "permission denied for database" in found["what"]
    follow(database, found["mend"])
    is_gone("database", url)
    database.execute(f"REVOKE ALL ON DATABASE {database.name} FROM outsider; DROP ROLE outsider")


def test_no_slot_is_free(database):
    with limited(database, 1) as url:
        found = stops_at("slots", url)
        assert "too many connections for role" in found["what"] and "smaller pools" in found["mend"]
        follow(database, found["mend"])
        is_gone("slots", url)
        database.execute(f"ALTER DATABASE {database.name} CONNECTION LIMIT 1")
        found = stops_at("slots", url)
        assert "too many connections for database" in found["what"]
        follow(database, found["mend"])
        is_gone("slots", url)


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


def test_refused_and_waiting():
    """Stopped, and started again while somebody waits."""
    with Cluster() as cluster:
        url = cluster.url()
        cluster.halt(signal.SIGINT)
        found = stops_at("port", url)
        assert "refused" in found["what"] and "start the server" in found["mend"]
        late = pgrade.run("check", url, "--wait=1")
        assert late.status == pgrade.UNREACHABLE and "not ready within 1 s" in late.stderr, late
        waiting = pgrade.start("check", url, "--wait=60")
        cluster.go_on()
        out, err = waiting.communicate(timeout=60)
        assert waiting.returncode == pgrade.OK and "answers, after" in out, (out, err)
        is_gone("port", url)


def test_waiting_does_not_mend_a_password(scram_cluster):
    outcome = pgrade.run("check", scram_cluster.url(password="wrong"), "--wait=600")
    assert outcome.status == pgrade.UNREACHABLE and "password" in outcome.stderr, outcome


def test_shutting_down():
    """A smart shutdown goes on for as long as somebody is connected."""
    with Cluster() as cluster:
        held = psycopg2.connect(cluster.url())
        os.kill(cluster.server.pid, signal.SIGTERM)
        until(lambda: not can_connect(cluster.url()))
        found = stops_at("ready", cluster.url())
        assert "shutting down" in found["what"] and "start it again" in found["mend"]
        held.close()
        cluster.halt(signal.SIGTERM)
        cluster.go_on()
        is_gone("ready", cluster.url())

def test_what_the_url_is_silent_about(database):
    """libpq takes names of its own, and no role or database is to be made because of it."""
    url = database.url
    nobody = url.replace(f"{database.cluster.user}@", "")
    found = stops_at("login", nobody, PGUSER="nobody_of_that_name")
    assert found["mend"] == f"name the user in the URL, which is silent about it: postgresql://USER@HOST/{database.name}"
    assert "take the slash at the end out" in stops_at("database", url + "/")["mend"]
    nothing = url.removesuffix(database.name)
    found = stops_at("database", nothing)
    assert found["mend"].endswith(f"postgresql://{database.cluster.user}@HOST/DATABASE")
    is_gone("database", url)


def test_what_the_url_asks_for(database):
    """Each is taken out again as it is said."""
    database.execute("CREATE ROLE other")
    with limited(database, 5, held=0) as url:
        role = url + "?options=-c%20role%3Dother"
        found = stops_at("login", role)
        assert "permission denied to set role" in found["what"]
        follow(database, found["mend"])
        is_gone("login", role)
        found = stops_at("login", url + "?target_session_attrs=standby")
        assert "take target_session_attrs=standby out" in found["mend"]
        found = stops_at("tls", url + "?sslmode=verify-full")
        assert "take sslmode=verify-full out" in found["mend"]
    database.execute("DROP ROLE other")


def test_no_way_to_an_address_of_ipv6(database):
    """Addresses for documentation (RFC 3849) are nowhere; a machine that has a way for them waits in vain."""
    found = stops_at("port", "postgresql://u@[2001:db8::1]/d")
    assert "IPv6" in found["mend"] and "no way leads" in found["what"] or "no answer within" in found["what"]
    is_gone("port", database.url)


def test_a_service_that_is_not_defined():
    outcome = look("service=nothere", "--only", "tls,login")
    assert result_of(outcome, "tls")["state"] == "skipped" and "definition of service" in str(result_of(outcome, "login"))


def test_a_pooler_that_does_not_know_the_role(database):
    with Pooler(database.cluster) as pooler, limited(database, 5, held=0) as _:
        url = pooler.url(database.name).replace(database.cluster.user, "few")
        found = stops_at("login", url)
        line = found["mend"].partition("RELOAD: ")[2].replace("PASSWORD", "")
        with open(os.path.join(pooler.directory, "users"), "a", encoding="utf-8") as stream:
            stream.write(line + "\n")
        pooler.process.send_signal(signal.SIGHUP)
        until(lambda: can_connect(url))
        is_gone("login", url)
