"""`pgrade check` of what comes and goes: servers that start and stop, lines that are cut, disks, providers."""

import datetime
import os
import select
import shutil
import signal
import sqlite3
import subprocess
import tempfile

import psycopg2
import pytest

import pgrade
from cluster import Cluster, free_port
from idle_cut import CutsWhatIsIdle
from pooler import Pooler
from doctor import finding, follow, is_gone, look, result_of, set_rules, stops_at, until
from test_tls import certificates, tls_settings  # noqa: F401

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts file systems")


def reason(url):
    try:
        psycopg2.connect(url).close()
        return ""
    except psycopg2.OperationalError as error:
        return str(error)


def put(cluster, name, text=""):
    path = os.path.join(cluster.directory, "data", name)
    with open(path, "a", encoding="utf-8") as stream:
        stream.write(text)
    if cluster.account:
        os.chown(path, cluster.account.pw_uid, cluster.account.pw_gid)


# ----------------------------------------------------------------------------- servers that are not ready --

@pytest.mark.core
def test_starting_up():
    """It replays WAL that it asks an archive for, and the archive takes its time."""
    with Cluster() as cluster:
        cluster.halt(signal.SIGINT)
        gate = os.path.join(cluster.directory, "gate")
        os.mkfifo(gate)
        os.chmod(gate, 0o666)
        put(cluster, "recovery.signal")
        put(cluster, "postgresql.conf", f"restore_command = 'test -p {gate} && cat {gate}; false'\n")
        cluster.go_on(wait=False)
        until(lambda: "starting up" in reason(cluster.url()))
        found = stops_at("ready", cluster.url())
        assert "starting up" in found["what"] and "check --wait" in found["mend"]
        waiting = pgrade.start("check", cluster.url(), "--wait=60")
        descriptor = os.open(gate, os.O_WRONLY)
        os.unlink(gate)
        os.close(descriptor)
        out, err = waiting.communicate(timeout=60)
        assert waiting.returncode == pgrade.OK, (out, err)
        is_gone("ready", cluster.url())


@pytest.mark.core
def test_in_recovery_after_a_crash():
    """The server waits for a process of its own that does not end before it recovers."""
    with Cluster() as cluster:
        held = psycopg2.connect(cluster.url())
        with held.cursor() as cursor:
            cursor.execute("SELECT pid FROM pg_stat_activity WHERE backend_type = 'walwriter'")
            (walwriter,) = cursor.fetchone()
        os.kill(walwriter, signal.SIGSTOP)
        os.kill(held.info.backend_pid, signal.SIGKILL)
        until(lambda: "recovery mode" in reason(cluster.url()))
        found = stops_at("ready", cluster.url())
        assert "in recovery mode" in found["what"] and "check --wait" in found["mend"]
        os.kill(walwriter, signal.SIGCONT)
        assert pgrade.run("check", cluster.url(), "--wait=60").status == pgrade.OK
        is_gone("ready", cluster.url())
        held.close()


def test_a_standby_that_lets_nobody_in():
    with Cluster(settings={"hot_standby": "off"}) as cluster:
        cluster.halt(signal.SIGINT)
        put(cluster, "standby.signal")
        cluster.go_on(wait=False)
        until(lambda: "not accepting connections" in reason(cluster.url()))
        assert "hot_standby = on" in stops_at("ready", cluster.url())["mend"]
        cluster.halt(signal.SIGINT)
        cluster.settings["hot_standby"] = "on"
        cluster.go_on()
        is_gone("ready", cluster.url())


def test_a_server_that_listens_on_its_socket_alone():
    with Cluster() as cluster:
        port = cluster.port
        cluster.halt(signal.SIGINT)
        cluster.settings["listen_addresses"] = ""
        cluster.go_on(wait=False)
        until(lambda: not reason(cluster.socket_url()))
        usual = f"/tmp/.s.PGSQL.{port}"
        os.symlink(os.path.join(cluster.directory, f".s.PGSQL.{port}"), usual)
        try:
            found = stops_at("port", cluster.url())
            assert "refused" in found["what"] and "postgresql:///DATABASE?host=/tmp" in found["mend"]
            is_gone("port", f"postgresql://{cluster.user}@:{port}/postgres?host=/tmp")
        finally:
            os.unlink(usual)


def test_the_users_of_the_system_are_others():
    with Cluster() as cluster:
        path = os.path.join(cluster.directory, "data", "pg_hba.conf")
        cluster.execute("ALTER ROLE pgrade_test PASSWORD 'word'")
        cluster.password = "word"
        set_rules(cluster, path, f"local all all peer\nhost all {cluster.user} samehost scram-sha-256\n")
        found = stops_at("login", cluster.socket_url())
        assert "Peer authentication failed" in found["what"] and "over TCP" in found["mend"]
        (url,) = [word for word in found["mend"].split() if word.startswith("postgresql://")]
        is_gone("login", url.replace("PASSWORD", "word"))


def test_a_pooler_that_wants_tls(database, certificates, tmp_path):  # noqa: F811
    with tempfile.TemporaryDirectory(prefix="pgr-", dir="/tmp") as folder:
        for name in ("server.crt", "server.key"):
            shutil.copy(os.path.join(certificates, name), folder)
            os.chmod(os.path.join(folder, name), 0o644)
        os.chmod(folder, 0o755)
        secure = {"client_tls_sslmode": "allow", "client_tls_key_file": os.path.join(folder, "server.key"),
                  "client_tls_cert_file": os.path.join(folder, "server.crt")}
        with Pooler(database.cluster, **secure) as pooler:
            pooler.set("client_tls_sslmode", "require")
            url = pooler.url(database.name)
            until(lambda: "SSL required" in reason(url + "?sslmode=disable"))
            found = stops_at("tls", url + "?sslmode=disable")
            assert "SSL required" in found["what"] and "sslmode=require" in found["mend"]
            is_gone("tls", url + "?sslmode=require")


# ------------------------------------------------------------------------------ what ends after some time --

@pytest.mark.core
def test_an_idle_connection_is_cut_on_the_way(database):
    with CutsWhatIsIdle(database.cluster.port, 0.9) as proxy:
        url = database.url.replace(f":{database.cluster.port}/", f":{proxy.open_port}/")
        found = finding("idle", url, "--idle", "1")
        assert "could not receive data from server" in found["what"] and "pool_pre_ping" in found["mend"]
        proxy.seconds = 60
        is_gone("idle", url, "--idle", "1")
    assert "idle" not in [one["check"] for one in look(database.url).report["results"]]


def test_a_pool_that_tests_its_connections(database):
    """What is advised against a cut on the way, in an application's own words."""
    pool = pytest.importorskip("sqlalchemy")
    with CutsWhatIsIdle(database.cluster.port, 0.2) as proxy:
        url = database.url.replace(f":{database.cluster.port}/", f":{proxy.open_port}/")
        assert "pool_pre_ping=True" in finding("idle", url, "--idle", "1")["mend"]
        for options in {}, {"pool_pre_ping": True}:
            engine = pool.create_engine(url, **options)
            with engine.connect() as connection:
                connection.execute(pool.text("SELECT 1"))
                descriptor = connection.connection.connection.fileno()
            assert select.select([descriptor], [], [], 30)[0]  # it has been cut
            if options:
                with engine.connect() as connection:
                    assert connection.execute(pool.text("SELECT 1")).scalar() == 1
            else:
                with pytest.raises(pool.exc.OperationalError), engine.connect() as connection:
                    connection.execute(pool.text("SELECT 1"))
            engine.dispose()


@pytest.mark.core
@pytest.mark.parametrize("setting, says", [("statement_timeout", "canceling statement due to statement timeout"),
                                           ("idle_session_timeout", "could not receive data from server")])
def test_settings_that_end_what_takes_long(database, setting, says):
    database.execute("CREATE ROLE hurried LOGIN")
    database.execute(f"ALTER ROLE hurried SET {setting} = '20s'")
    url = database.cluster.url(database.name, "hurried")
    found = finding("timeouts", url)
    assert f"{setting} = 20s" in found["what"] and says in found["what"]
    follow(database, found["mend"])
    is_gone("timeouts", url)
    database.execute("DROP ROLE hurried")


def test_a_limit_that_ends_everything(database):
    """The checks themselves are made all the same."""
    database.execute("CREATE TABLE t AS SELECT i FROM generate_series(1, 9000) AS i")
    database.execute("CREATE ROLE breathless LOGIN; GRANT SELECT ON t TO breathless")
    database.execute("ALTER ROLE breathless SET statement_timeout = '1ms'")
    url = database.cluster.url(database.name, "breathless")
    outcome = look(url, "--only", "timeouts,disk-writes,keyless")
    assert "due to statement timeout" in result_of(outcome, "timeouts")["findings"][0]["what"]
    assert result_of(outcome, "keyless")["state"] == "advice", outcome
    database.execute("ALTER ROLE breathless RESET statement_timeout")
    is_gone("timeouts", url)
    database.execute("REVOKE ALL ON t FROM breathless; DROP ROLE breathless")


def test_a_session_that_the_server_ends_when_idle(database):
    database.execute("CREATE ROLE lazy LOGIN")
    database.execute("ALTER ROLE lazy SET idle_session_timeout = '500ms'")
    url = database.cluster.url(database.name, "lazy")
    assert "idle-session timeout" in finding("idle", url, "--idle", "1")["what"]
    follow(database, finding("timeouts", url)["mend"])
    is_gone("idle", url, "--idle", "1")
    database.execute("DROP ROLE lazy")


@pytest.mark.core
def test_sessions_of_another_encoding(database):
    database.execute("CREATE ROLE latin LOGIN")
    database.execute("ALTER ROLE latin SET client_encoding = 'LATIN1'")
    url = database.cluster.url(database.name, "latin")
    found = finding("client-encoding", url)
    assert "LATIN1" in found["what"]
    follow(database, found["mend"])
    is_gone("client-encoding", url)
    database.execute("DROP ROLE latin")


@needs_root
@pytest.mark.core
def test_the_disk_is_full():
    place = tempfile.mkdtemp(prefix="pgr-", dir="/tmp")
    os.chmod(place, 0o755)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m,mode=777", "tmpfs", place], check=True)
    try:
        with Cluster(place=place, settings={"max_wal_size": "32MB", "min_wal_size": "32MB"}) as cluster:
            cluster.execute("CREATE ROLE plain LOGIN")
            plain = cluster.url("postgres", "plain")
            is_gone("disk-writes", plain)
            is_gone("disk-space", cluster.url())
            assert result_of(look(plain, "--only", "disk-space"), "disk-space")["state"] == "skipped"
            filler = os.path.join(place, "filler")
            left = os.statvfs(place).f_bavail * os.statvfs(place).f_frsize
            with open(filler, "wb") as stream:
                os.posix_fallocate(stream.fileno(), 0, left - 500_000)
            for url in (plain, cluster.url()):
                found = finding("disk-writes", url)
                assert "No space left on device" in found["what"] and "free space" in found["mend"]
            assert "MB are free" in finding("disk-space", cluster.url())["what"]
            os.unlink(filler)
            is_gone("disk-writes", plain)
            is_gone("disk-space", cluster.url())
    finally:
        subprocess.run(["umount", place], check=True)
        os.rmdir(place)


# --------------------------------------------------------------------------------------------- providers --

RENDER = "dpg-abc123-a.oregon-postgres.render.com"


def at(database, host, **parameters):
    """The test's server under a provider's name."""
    query = "&".join(f"{name}={value}" for name, value in dict(parameters, hostaddr="127.0.0.1").items())
    return database.url.replace("@127.0.0.1:", f"@{host}:") + "?" + query


def test_an_address_for_outside_without_encryption(database, certificates):  # noqa: F811
    with Cluster(settings=tls_settings(certificates, "server")) as cluster:
        secure = cluster.create_database()
        found = finding("tls", at(secure, RENDER, sslmode="disable"))
        assert "Render's address for the outside is used without encryption" in found["what"]
        is_gone("tls", at(secure, RENDER, sslmode="require"))


def test_the_address_for_outside_is_used_inside(database):
    found = finding("provider", at(database, RENDER), RENDER="true")
    assert "address for the outside" in found["what"] and "Internal Database URL" in found["mend"]
    assert "region oregon" in result_of(is_gone("provider", at(database, RENDER)), "provider")["note"]
    is_gone("provider", at(database, "dpg-abc123-a"), RENDER="true")


@pytest.mark.parametrize("host, says", [("dpg-abc123-a", "External Database URL"), ("x.railway.internal", "PUBLIC_URL"),
                                        ("db.flycast", "fly proxy"), ("db.default.svc.cluster.local", "port-forward"),
                                        ("private-db-do.db.ondigitalocean.com", "Public network"), ("db", "docker ps")])
def test_a_name_that_is_known_inside_only(host, says):
    assert says in stops_at("host", f"postgresql://u@{host}/d")["mend"]
    is_gone("host", "postgresql://u@127.0.0.1/d")


def day(days):
    return str(datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days))


@pytest.mark.parametrize("days, says", [(-3, "3 days ago"), (2, "2 days are left")])
def test_a_server_that_ends(database, days, says):
    assert says in finding("expiry", database.url, "--expires", day(days))["what"]
    is_gone("expiry", database.url, "--expires", day(200))


def test_a_server_that_has_ended():
    """It cannot be reached any more, and that is told all the same."""
    outcome = look(f"postgresql://u@127.0.0.1:{free_port()}/d", "--expires", day(-3))
    assert outcome.status == pgrade.UNREACHABLE and "3 days ago" in result_of(outcome, "expiry")["findings"][0]["what"]


@pytest.mark.parametrize("wrong", ["2026-02-29", "tomorrow", "2026-13-01", "2026-1-1"])
def test_a_day_that_is_none(wrong):
    assert pgrade.run("check", "x.db", "--expires", wrong).status == pgrade.USAGE


def test_a_free_instance_ends(database):
    """The server tells when it was made, to its plain users too."""
    database.execute("CREATE ROLE renter LOGIN")
    url = at(database, RENDER).replace(database.cluster.user, "renter")
    found = finding("expiry", url)
    assert f"deletes it 30 days after it was made, on {day(30)}" in found["what"]
    is_gone("expiry", url, "--expires", day(300))
    database.execute("DROP ROLE renter")
    paused = at(database, "aws-0.pooler.supabase.com")
    assert "paused after a week" in result_of(look(paused, "--only", "expiry"), "expiry")["note"]


# --------------------------------------------------------------------------- SQLite where files are wiped --

def test_a_file_that_the_first_deploy_makes(tmp_path):
    outcome = look(str(tmp_path / "app.db"), "--only", "kept", RENDER="true")
    found = result_of(outcome, "kept")["findings"][0]
    assert "at Render" in found["what"] and "pgrade upgrade FILE URL" in found["mend"]


@pytest.mark.parametrize("variable", ["RENDER", "DYNO"])
def test_a_file_that_each_deploy_wipes(database, tmp_path, variable):
    """Moved as it is said, its place is asked for no more."""
    path = str(tmp_path / "app.db")
    sqlite3.connect(path).executescript("CREATE TABLE t (a INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)").connection.close()
    found = result_of(look(path, "--only", "kept", **{variable: "1"}), "kept")["findings"][0]  # more in memory or a container
    assert f"{variable} is set" in found["what"]
    words = found["mend"].partition(" moves it")[0].replace("FILE", path).replace("URL", database.url).split()
    moved = pgrade.run(*words[1:], "--yes")
    assert moved.status == pgrade.OK, moved
    assert database.execute("SELECT a FROM t") == [(1,)]
    assert "kept" not in [one["check"] for one in look(database.url, **{variable: "1"}).report["results"]]


@needs_root
def test_a_file_in_a_container(tmp_path):
    for name in ("lower", "upper", "work", "root"):
        (tmp_path / name).mkdir()
    options = f"lowerdir={tmp_path}/lower,upperdir={tmp_path}/upper,workdir={tmp_path}/work"
    done = subprocess.run(["mount", "-t", "overlay", "-o", options, "overlay", str(tmp_path / "root")], check=False,
                          capture_output=True)
    if done.returncode != 0:
        pytest.skip("this machine mounts no overlay here")
    try:
        path = str(tmp_path / "root" / "app.db")
        sqlite3.connect(path).execute("CREATE TABLE t (a)").connection.close()
        found = finding("kept", path)
        assert "container's own layer" in found["what"] and "a volume that is kept" in found["mend"]
        elsewhere = result_of(look(shutil.copy(path, tmp_path), "--only", "kept"), "kept")
        assert "own layer" not in str(elsewhere["findings"]), elsewhere
    finally:
        subprocess.run(["umount", str(tmp_path / "root")], check=True)
