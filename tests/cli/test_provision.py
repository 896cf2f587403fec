"""`pgrade provision`: a role and a database that an application can use at once, made by who may make them and no more,
with a password that nobody else sees; and taken away again."""

import os
import shutil
import stat
import subprocess
import tempfile

import psycopg2
import pytest

import cluster as clusters
import pgrade
from boundaries import Boundary
from cluster import Cluster, quote_name
from pooler import Pooler
from stopped import end
from terminal import Terminal

NO_LOCALE = """#define _GNU_SOURCE
#include <dlfcn.h>
#include <locale.h>
#include <string.h>
char *setlocale(int category, const char *name)
{
    char *(*next)(int, const char *) = dlsym(RTLD_NEXT, "setlocale");
    return name != NULL && strcmp(name, "C.UTF-8") == 0 ? NULL : next(category, name);
}
"""
MARK = "made by pgrade provision"


@pytest.fixture(scope="module")
def server():
    """Writes every statement into its log, and trusts the system's users on its socket."""
    rules = ("local all all peer", "host closed_to_all closed_role 127.0.0.1/32 reject")
    with Cluster(auth="scram-sha-256", settings={"log_statement": "all"}, rules=rules) as running:
        running.execute("CREATE ROLE postgres SUPERUSER LOGIN")
        running.execute("CREATE ROLE boss CREATEROLE CREATEDB LOGIN PASSWORD 'boss'")
        yield running


@pytest.fixture
def made(server):
    """Names whose database and role are gone afterwards."""
    names = []
    yield lambda *more: names.extend(more) or names[-1]
    for name in reversed(names):
        server.drop_database(name)
        if ask(server, "SELECT count(*) FROM pg_roles WHERE rolname = %s", name) != [(0,)]:
            server.execute(f"DROP OWNED BY {quote_name(name)}")
            server.execute(f"DROP ROLE {quote_name(name)}")


def ask(server, sql, *parameters, database="postgres"):
    return clusters.Database(server, database).execute(sql, parameters)


def provision(server, name, *options, status=pgrade.OK, url=None, **keywords):
    outcome = pgrade.run("provision", name, "--server", url or server.url(), "--json", *options, **keywords)
    assert outcome.status == status, outcome
    return outcome.report


def states(report):
    return {step["what"]: step["state"] for step in report["steps"]}


def use(url, sql="CREATE TABLE t (id int)"):
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(sql)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


@pytest.mark.core
@pytest.mark.parametrize("who", ["superuser", "boss"])
def test_an_application_can_begin(server, made, who):
    name = made("shop")
    admin = server.url() if who == "superuser" else server.url(user="boss", password="boss")
    report = provision(server, name, "--connection-limit", "7", url=admin)
    assert set(states(report).values()) == {"made", "as_it_should_be"} and states(report)["login"] == "as_it_should_be"
    assert report["password"] == "generated" and report["url_redacted"] == report["url"].replace(
        psycopg2.extensions.parse_dsn(report["url"])["password"], "***")
    use(report["url"])
    assert use(report["url"], "SELECT current_database()::text, current_user::text, current_setting('timezone'),"
                              " current_setting('default_transaction_isolation'), current_setting('client_encoding')") \
        == [("shop", "shop", "UTC", "read committed", "UTF8")]
    assert ask(server, "SELECT rolconnlimit, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'shop'") \
        == [(7, False, False, False)]
    assert ask(server, "SELECT pg_get_userbyid(datdba)::text, pg_encoding_to_char(encoding)::text, datcollate::text"
                       " FROM pg_database WHERE datname = 'shop'") == [("shop", "UTF8", "C.UTF-8")]
    assert ask(server, "SELECT pg_get_userbyid(nspowner)::text FROM pg_namespace WHERE nspname = 'public'",
               database="shop") == [("shop",)]


@pytest.mark.core
def test_nobody_reads_the_password(server, made, tmp_path):
    """Not in the log of a server that writes every statement, nor in what is printed beside the URL."""
    name, secret = made("quiet"), tmp_path / "secret"
    secret.write_text("a'very\\secret \u00fcword\n")
    secret.chmod(0o600)
    generated = provision(server, name)
    given = pgrade.run("provision", name, "--server", server.url(), "--password-file", str(secret), "--trace-sql")
    assert given.status == pgrade.OK, given
    use(given.stdout.strip())
    log = server.log()
    assert "ALTER ROLE \"quiet\" PASSWORD 'SCRAM-SHA-256$" in log
    for password in (psycopg2.extensions.parse_dsn(generated["url"])["password"], "secret \u00fcword"):
        assert password not in log and password not in given.stderr and password not in str(generated["statements"])
    assert "SCRAM-SHA-256$" not in given.stderr and "SCRAM-SHA-256$" not in str(generated["statements"])
    assert "ALTER ROLE \"quiet\" PASSWORD '***'" in generated["statements"]


def test_other_roles_are_kept_out(server, made):
    provision(server, made("mine"))
    other = provision(server, made("yours"))
    with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
        psycopg2.connect(other["url"].rsplit("/", 1)[0] + "/mine")


@pytest.mark.parametrize("name", ["Odd Name", 'quote"d', "it's; DROP TABLE x --", "na\u00efve\U0001f40d", "select", "a" * 63])
def test_odd_names(server, made, name):
    report = provision(server, made(name))
    assert use(report["url"], "SELECT current_database()::text, current_user::text") == [(name, name)]
    assert set(states(provision(server, name)).values()) <= {"as_it_should_be", "left"}
    assert provision(server, name, "--drop", "--confirm", name)["dropped_role"]
    assert ask(server, "SELECT FROM pg_database WHERE datname = %s", name) == []


@pytest.mark.core
def test_again_mends_what_is_not_as_it_should_be(server, made):
    name = made("again")
    first = provision(server, name)
    second = provision(server, name)
    assert set(states(second).values()) == {"as_it_should_be", "left"} and second["statements"] == []
    assert second["url"] is None and second["password"] == "unknown"
    server.execute("ALTER ROLE again SET timezone TO 'Asia/Kathmandu'")
    server.execute("ALTER ROLE again RESET client_encoding")
    server.execute("ALTER ROLE again NOLOGIN")
    clusters.Database(server, name).execute("ALTER SCHEMA public OWNER TO pgrade_test")
    mended = states(provision(server, name))
    assert [mended[what] for what in ("role", "settings", "schema", "database")] == \
        ["changed", "changed", "changed", "as_it_should_be"]
    assert use(first["url"], "SELECT current_setting('timezone')") == [("UTC",)]


def test_the_env_file(server, made, tmp_path):
    name, path = made("envy"), tmp_path / ".env"
    path.write_text("SECRET_KEY=x # mine\nDB=sqlite:///app.db\n")
    path.chmod(0o600)
    options = ("--env-file", str(path), "--key", "DB")
    refused = pgrade.run("provision", name, "--server", server.url(), *options)
    assert refused.status == pgrade.REFUSED and "DB in" in refused.stderr and "app.db" in refused.stderr, refused
    assert ask(server, "SELECT FROM pg_roles WHERE rolname = %s", name) == []
    report = provision(server, name, *options, "--yes")
    assert report["url"] is None and report["env_written"]
    lines = path.read_text().splitlines()
    assert lines[0] == "SECRET_KEY=x # mine" and "sqlite:///app.db" in lines[1] and lines[1].startswith("#")
    first = lines[2].removeprefix("DB=")
    use(first)
    assert states(provision(server, name, *options))["password"] == "as_it_should_be"
    assert path.read_text().splitlines()[2] == "DB=" + first
    provision(server, name, *options, "--rotate")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(first)
    use(path.read_text().splitlines()[-1].removeprefix("DB="), "SELECT 1")
    assert first not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_text(f"DB={first}\n")
    stale = provision(server, name, *options, status=pgrade.SHORTFALL)
    assert states(stale)["password"] == "not_as_it_should_be" and path.read_text() == f"DB={first}\n"


def test_a_new_env_file_is_for_its_owner_alone(server, made, tmp_path):
    path = tmp_path / "new.env"
    provision(server, made("fresh"), "--env-file", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for options, status in ((("--env-file", str(tmp_path / "none" / "x.env")), pgrade.FAILED),
                            (("--env-file", str(path), "--key", "A B"), pgrade.USAGE)):
        assert provision(server, "never", *options, status=status)["error"]
    path.write_text("DATABASE_URL=hunter2\n")
    refused = pgrade.run("provision", "never", "--server", server.url(), "--env-file", str(path))
    assert refused.status == pgrade.REFUSED and "no URL" in refused.stderr and "hunter2" not in refused.stderr, refused
    assert ask(server, "SELECT count(*) FROM pg_roles WHERE rolname = 'never'") == [(0,)]


def test_an_env_file_that_git_would_commit(server, made, tmp_path):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    outcome = pgrade.run("provision", made("committed"), "--server", server.url(), "--env-file", str(tmp_path / ".env"))
    assert outcome.status == pgrade.OK and ".gitignore" in outcome.stderr, outcome


def test_a_password_that_is_unknown_goes_into_no_file(server, made, tmp_path):
    name = made("known")
    provision(server, name)
    report = provision(server, name, "--env-file", str(tmp_path / "env"), status=pgrade.REFUSED)
    assert "--rotate" in report["error"]["hint"] and not (tmp_path / "env").exists()


@pytest.mark.parametrize("statement", ["CREATE DATABASE", "ALTER SCHEMA", "PASSWORD 'SCRAM"])
def test_interrupted_and_run_again(server, made, statement, tmp_path):
    name, path = made("halfway"), str(tmp_path / "env")
    with Boundary(clusters.Database(server, "postgres"), statement) as boundary:
        process = pgrade.start("provision", name, "--server", boundary.url, "--env-file", path,
                               PGPASSWORD=server.password)
        boundary.wait_for_arrival(process)
        end(process)
    assert ask(server, "SELECT count(*) FROM pg_roles WHERE rolname = %s", name) == [(1,)]
    report = provision(server, name, "--env-file", path)
    assert states(report)["login"] == "as_it_should_be" and report["env_written"]
    assert ask(server, "SELECT datacl::text FROM pg_database WHERE datname = %s", name) == [("{halfway=CTc/halfway}",)]


def test_killed_between_the_file_and_the_server(server, made, tmp_path):
    """The file has a password that the server never got: the next run gives it that one."""
    name, path = made("between"), tmp_path / "env"
    provision(server, name, "--env-file", str(path))
    server.execute(f"COMMENT ON ROLE between IS '{MARK}; its password was not handed out yet'")
    server.execute("ALTER ROLE between PASSWORD NULL")
    written = path.read_text()
    report = provision(server, name, "--env-file", str(path))
    assert report["password"] == "kept" and states(report)["login"] == "as_it_should_be" and path.read_text() == written


def test_what_is_somebody_elses_is_not_taken(server, made):
    made("theirs", "landlord")
    server.execute("CREATE ROLE landlord LOGIN")
    server.execute("CREATE DATABASE theirs OWNER landlord")
    for words, why in ((("theirs",), "belongs to landlord"), (("new", "--role", "landlord"), "it owns other databases: theirs"),
                       (("new", "--role", "boss"), "may do more than an application should"),
                       (("new", "--role", "pgrade_test"), "the role that you connect as")):
        outcome = pgrade.run("provision", *words, "--server", server.url())
        assert outcome.status == pgrade.REFUSED and why in outcome.stderr and outcome.stdout == "", outcome
    assert ask(server, "SELECT count(*) FROM pg_roles WHERE rolname IN ('theirs', 'new')") == [(0,)]
    assert provision(server, "theirs", "--role", "landlord")["password"] == "unknown"
    assert states(provision(server, "theirs", "--adopt"))["database"] == "changed"
    assert ask(server, "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'theirs'") == [("theirs",)]


@pytest.mark.core
def test_who_may_not_is_told_before_anything_is_made(server, made):
    made("worker")
    server.execute("CREATE ROLE worker LOGIN CREATEROLE PASSWORD 'w'")
    report = provision(server, "never", url=server.url(user="worker", password="w"), status=pgrade.UNREACHABLE)
    assert report["error"]["code"] == "ERR_PERMISSION" and "CREATEDB" in report["error"]["hint"]
    assert ask(server, "SELECT FROM pg_roles WHERE rolname = 'never'") == []


def test_dry_run_changes_nothing(server):
    outcome = pgrade.run("provision", "dry", "--server", server.url(), "--dry-run", "--connection-limit", "3")
    assert outcome.status == pgrade.OK and 'CREATE ROLE "dry" LOGIN;' in outcome.stdout, outcome
    assert "PASSWORD '***';" in outcome.stdout and 'CREATE DATABASE "dry" OWNER "dry"' in outcome.stdout
    assert ask(server, "SELECT FROM pg_roles WHERE rolname = 'dry'") == []


@pytest.mark.skipif(os.geteuid() != 0, reason="root alone acts as another user")
def test_root_acts_as_postgres(server, made):
    """No URL at all: the server of this machine, by its socket."""
    outcome = pgrade.run("provision", made("peer"), PGHOST=server.directory, PGPORT=str(server.port))
    assert outcome.status == pgrade.OK and "as its user postgres" in outcome.stderr, outcome
    assert f"@localhost:{server.port}/peer" in outcome.stdout
    use(outcome.stdout.strip())
    dropped = pgrade.run("provision", "peer", "--drop", "--confirm", "peer",
                         "--server", f"postgresql:///postgres?host={server.directory}&port={server.port}")
    assert dropped.status == pgrade.OK, dropped


def test_a_url_that_leads_nowhere_is_said(server, made):
    """pg_hba.conf lets nobody in: all is made, and that is no reason to say that it can be used."""
    made("closed_role", "closed_to_all")
    report = provision(server, "closed_to_all", "--role", "closed_role", status=pgrade.SHORTFALL)
    assert states(report)["login"] == "not_as_it_should_be" and states(report)["database"] == "made"


def test_behind_a_pooler(cluster):
    with Pooler(cluster) as pooler:
        outcome = pgrade.run("provision", "pooled", "--server", pooler.url("postgres"))
    assert outcome.status == pgrade.REFUSED and "a pooler in transaction mode" in outcome.stderr, outcome


@pytest.fixture(scope="module")
def no_locale():
    """To be loaded before a server's own library: a system that does not know C.UTF-8."""
    folder = tempfile.mkdtemp(prefix="pgr-locale-", dir="/tmp")
    os.chmod(folder, 0o755)
    with open(os.path.join(folder, "locale.c"), "w", encoding="utf-8") as stream:
        stream.write(NO_LOCALE)
    subprocess.run(["gcc", "-shared", "-fPIC", "-o", f"{folder}/locale.so", f"{folder}/locale.c"], check=True)
    yield f"{folder}/locale.so"
    shutil.rmtree(folder)


@pytest.mark.core
def test_without_the_locale(no_locale, monkeypatch):
    """PostgreSQL's own from version 17 on, else the server's."""
    monkeypatch.setattr(clusters, "environment", lambda old=clusters.environment: dict(old(), LC_ALL="C", LD_PRELOAD=no_locale))
    with Cluster() as bare:
        report = provision(bare, "bare")
        step = next(step for step in report["steps"] if step["what"] == "database")
        assert "of PostgreSQL itself" in step["remark"] if bare.version() >= 17 else "has no C.UTF-8" in step["remark"]
        use(report["url"])
        provision(bare, "bare_2", "--locale", "xx_XX.UTF-8", status=pgrade.FAILED)


@pytest.mark.parametrize("words, why", [
    (("app.db",), "looks like a file"),
    (("app", "--server", "sqlite:///app.db"), "--server is for a PostgreSQL server"),
    (("postgresql://localhost/app",), "and not a URL"),
    (("template1",), "PostgreSQL's own name"),
    (("pg_app",), "PostgreSQL's own name"),
    (("a" * 64,), "1 to 63 bytes"),
    (("a\nb",), "control character"),
    (("app", "--key", "X"), "--env-file FILE"),
    (("app", "--drop", "--rotate"), "does not belong to it"),
    (("app", "--force"), "belongs to --drop"),
    (("app", "--connection-limit", "0"), "would let nobody in"),
])
def test_wrong_words(words, why):
    outcome = pgrade.run("provision", *words)
    assert outcome.status == pgrade.USAGE and why in outcome.stderr, outcome


@pytest.mark.parametrize("content, mode, status", [("x\n", 0o644, pgrade.REFUSED), ("\n", 0o600, pgrade.USAGE),
                                                   ("a\nb\n", 0o600, pgrade.USAGE)])
def test_password_files(tmp_path, content, mode, status):
    (tmp_path / "password").write_text(content)
    (tmp_path / "password").chmod(mode)
    assert pgrade.run("provision", "app", "--password-file", str(tmp_path / "password")).status == status


def test_drop(server, made):
    name = made("gone")
    url = provision(server, name)["url"]
    for options, why in (((), "--confirm 'gone'"), (("--yes",), "--confirm 'gone'"), (("--confirm", "Gone"), "the name is gone")):
        outcome = pgrade.run("provision", name, "--server", server.url(), "--drop", *options)
        assert outcome.status == pgrade.REFUSED and why in outcome.stderr, outcome
    connection = psycopg2.connect(url)
    assert "session" in provision(server, name, "--drop", "--confirm", name, status=pgrade.REFUSED)["error"]["message"]
    assert provision(server, name, "--drop", "--confirm", name, "--force")["dropped_database"]
    with pytest.raises(psycopg2.OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    again = provision(server, name, "--drop", "--confirm", name)
    assert not again["dropped_database"] and not again["dropped_role"]


def test_drop_keeps_what_is_not_pgrades(server, made):
    made("handmade", "shared")
    server.execute("CREATE ROLE handmade LOGIN")
    server.execute("CREATE DATABASE handmade OWNER handmade")
    assert "pgrade did not make it" in provision(server, "handmade", "--drop", "--confirm", "handmade")["kept"]
    provision(server, "shared")
    clusters.Database(server, "postgres").execute("CREATE TABLE of_shared (id int); ALTER TABLE of_shared OWNER TO shared")
    report = provision(server, "shared", "--drop", "--confirm", "shared", status=pgrade.REFUSED)
    assert "other databases: postgres" in report["error"]["message"]
    assert provision(server, "shared", "--drop", "--confirm", "shared", "--keep-role")["kept"] == "--keep-role"


def test_on_a_terminal(server, made):
    name = made("typed")
    with Terminal("provision", name, "--server", server.url()) as terminal:
        terminal.expect("shown this once")
        use(terminal.expect(r"postgresql://\S+").split()[-1])
        assert terminal.close() == pgrade.OK
    for typed, status in (("yes", pgrade.REFUSED), (name, pgrade.OK)):
        with Terminal("provision", name, "--server", server.url(), "--drop") as terminal:
            terminal.expect("type the name typed to go on: ")
            terminal.line(typed)
            assert terminal.close() == status
