"""`pgrade check --production`: an application that is ready to work, and then one thing after the other that is not."""

import contextlib
import os
import re
import subprocess

import psycopg2
import pytest

import pgrade
from cluster import Cluster, free_port
from doctor import finding, is_gone, look, psycopg2_run, result_of
from test_check_application import ALEMBIC, PYTHON, Application, needs_packages
from test_check_unit import SHOWN

pytestmark = needs_packages
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root puts a server into a service")

QUIET = ("--skip", "cache,unused-indexes,slowest,disk-space,version,provider,env-file"  # no matter of the application's
         + ("" if os.geteuid() == 0 else ",server-enabled"))


class Works(Application):
    """A service with its unit, virtual environment, migrations and backups, on a server of its own."""

    def __init__(self, folder, cluster):
        super().__init__(folder)
        self.cluster = cluster
        cluster.execute("CREATE ROLE app LOGIN; ALTER ROLE app SET TimeZone = 'UTC'; GRANT pg_monitor, pg_read_server_files TO app")
        self.database = cluster.create_database("app", "OWNER app")
        self.url = cluster.url("app", "app")
        self.database.execute("GRANT EXECUTE ON FUNCTION pg_current_logfile(text), pg_stat_file(text), "
                              "pg_read_binary_file(text, bigint, bigint) TO app")
        psycopg2_run(self.url, "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)")
        psycopg2_run(self.url, "INSERT INTO alembic_version VALUES ('aaa')")
        os.chmod(folder, 0o755)
        subprocess.run([PYTHON, "-m", "venv", "--without-pip", str(folder / ".venv")], check=True)
        self.install("psycopg2")
        self.write("requirements.txt", "psycopg2\n")
        self.write("app.py", 'import os\nURL = os.environ["DATABASE_URL"]\n')
        self.write("migrations/versions/a.py", ALEMBIC.format("aaa", "None"))
        self.write("env", f"DATABASE_URL={self.url}\n")
        (folder / "env").chmod(0o600)
        self.write("app.service", "[Service]\nUser={1}\nWorkingDirectory={0}\nEnvironmentFile={0}/env\n"
                                  "ExecStart={0}/.venv/bin/python app.py\n".format(folder, "root" if os.geteuid() == 0 else os.environ["USER"]))
        self.analyse()

    def analyse(self):
        psycopg2_run(self.url, "ANALYZE alembic_version")

    def systemd(self, pid, active="active", journal=""):
        """Programs that print what systemd's do: no test may need a machine that was booted by it."""
        shown = SHOWN.format(active=active, enabled="enabled", reload="no", result="success", pid=pid)
        self.write("bin/systemctl", f"#!/bin/sh\nif test \"$1\" != is-enabled; then cat <<'E'\n{shown}E\n"
                                    "else case $3 in postgresql.service|own.service) echo enabled;; postgresql@15-main.service) echo enabled-runtime;;\n"
                                    "*) echo disabled;; esac; fi\n")
        self.write("bin/journalctl", f"#!/bin/sh\nprintf '{journal}'\n")
        for name in ("systemctl", "journalctl"):
            (self.folder / "bin" / name).chmod(0o755)

    @contextlib.contextmanager
    def service(self, *names):
        """The server is a process of that service, as the kernel tells everybody: it reads another file there."""
        path = self.folder / f"cgroup of {names[-1]}"
        path.write_text("0::/system.slice" + "".join(f"/{name}" for name in names) + "\n")
        place = f"/proc/{self.cluster.server.pid}/cgroup"
        subprocess.run(["mount", "--bind", str(path), place], check=True)
        try:
            yield
        finally:
            subprocess.run(["umount", place], check=True)

    @property
    def words(self):
        return (self.url, "--production", "--unit", str(self.folder / "app.service"), "--backups", str(self.folder / "backups"), *QUIET)

    def environment(self):
        return {"PATH": f"{self.folder}/bin:{os.environ['PATH']}", "DATABASE_URL": self.url}

    def items(self, *words, **more):
        outcome = look(*(words or self.words), **dict(self.environment(), **more))
        return {one["item"]: one["state"] for one in outcome.report["checklist"]}, outcome


@pytest.fixture(scope="module")
def works(tmp_path_factory):
    settings = {"logging_collector": "on", "log_line_prefix": "%m [%p] ", "log_timezone": "Asia/Tokyo"}
    with Cluster(settings=settings, hostile=False) as cluster:
        made = Works(tmp_path_factory.mktemp("works"), cluster)
        done = pgrade.run("backup", made.url, str(made.folder / "backups"))
        if done.status != pgrade.OK:
            pytest.skip("this server comes without pg_dump")
        with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, env={"DATABASE_URL": made.url}) as service:
            made.pid = service.pid
            made.systemd(service.pid)
            with made.service("system-postgresql.slice", "postgresql@15-main.service") if os.geteuid() == 0 else contextlib.nullcontext():
                yield made
            service.stdin.close()


@pytest.fixture(autouse=True)
def restored(request):
    """What a test has changed, whether it passed or not."""
    yield
    if "works" in request.fixturenames:
        works = request.getfixturevalue("works")
        for path in "config.py", "migrations/versions/b.py":
            (works.folder / path).unlink(missing_ok=True)
        works.systemd(works.pid)
        works.database.execute("GRANT EXECUTE ON FUNCTION pg_current_logfile(text) TO app")


def test_all_is_in_order(works):
    states, outcome = works.items()
    assert [one for one in outcome.report["results"] if one["state"] != "ok"] == []
    assert set(states.values()) == {"ok"} and outcome.status == pgrade.OK, outcome
    shown = pgrade.run("check", *works.words, **works.environment())
    assert shown.stdout.count("[x] ") == len(states) + 1 and f"{len(states)} of {len(states)} are in order" in shown.stdout, shown


def one_wrong(works, item, state, **more):
    states, outcome = works.items(**more)
    assert states.pop(item) == state, outcome
    assert set(states.values()) == {"ok"}, outcome
    assert outcome.status == pgrade.SHORTFALL


def test_a_password_in_the_code(works):
    works.write("config.py", "URL = 'postgresql://app:word@db/app'\n")
    one_wrong(works, "the URL comes from the environment", "advice")


def test_a_migration_is_not_applied(works):
    works.write("migrations/versions/b.py", ALEMBIC.format("bbb", "'aaa'"))
    one_wrong(works, "migrations are applied", "problem")


def test_service_and_shell_do_not_agree(works):
    one_wrong(works, "the service runs, and agrees with the shell", "advice", DATABASE_URL=works.url + "_old")


def test_the_service_has_written_errors(works):
    works.systemd(works.pid, journal="one\\ntwo\\n")
    one_wrong(works, "the logs are clean since the last start", "advice")


def test_the_service_does_not_run(works):
    works.systemd(works.pid, active="failed")
    one_wrong(works, "the service runs, and agrees with the shell", "problem")


@needs_root
def test_the_server_does_not_start_with_the_machine(works):
    """Its own service is asked, whatever another one of that name says."""
    assert "postgresql@15-main.service" in result_of(look(*works.words, **works.environment()), "server-enabled")["note"]
    with works.service("system-postgresql.slice", "postgresql@16-other.service"):
        one_wrong(works, "the server runs, and starts with its machine", "problem")
    with works.service("late.service"):
        found = finding("server-enabled", works.url, **works.environment())
        assert "late.service is disabled" in found["what"] and found["mend"] == "sudo systemctl enable late.service"
    with works.service("own.service"):
        is_gone("server-enabled", works.url, **works.environment())
    with works.service("session-3.scope"):
        outcome = look(works.url, "--only", "server-enabled", **works.environment())
        assert "in no service of systemd" in result_of(outcome, "server-enabled")["note"], outcome


def test_no_recent_backup(works):
    words = [*works.words]
    words[words.index("--backups") + 1] = str(works.folder)
    states, outcome = works.items(*words)
    assert states["backups are recent, and their files whole"] == "problem"
    assert "no backup of this database" in result_of(outcome, "backups")["findings"][0]["what"]


def test_a_backup_that_is_damaged(works):
    (dump,) = (works.folder / "backups").glob("*/dump")
    whole = dump.read_bytes()
    dump.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    states, outcome = works.items()
    assert states["backups are recent, and their files whole"] == "problem" and "is damaged" in outcome.stdout
    dump.write_bytes(whole)
    is_gone("backups", works.url, "--backups", str(works.folder / "backups"))


def test_a_backup_in_a_bundle(works, tmp_path):
    """And one of a database of the same name on another server, which need not be this one."""
    made = pgrade.run("backup", "--all", works.url, str(tmp_path), "--json")
    assert made.report["databases"], made
    is_gone("backups", works.url, "--backups", str(tmp_path))
    manifest = os.path.join(made.report["path"], "manifest.json")
    with open(manifest, encoding="utf-8") as stream:
        text = stream.read()
    with open(manifest, "w", encoding="utf-8") as stream:
        stream.write(re.sub(r'("source": "postgresql://[^"@]*@)[^"/]*', r"\1db.example.org", text, count=1))
    outcome = look(works.url, "--only", "backups", "--backups", str(tmp_path))
    assert result_of(outcome, "backups")["state"] == "skipped" and "db.example.org" in outcome.stdout, outcome


def test_an_old_backup(works):
    (manifest,) = (works.folder / "backups").glob("*/manifest.json")
    text = manifest.read_text()
    manifest.write_text(re.sub(r'("began(?:_us)?": )"?[^",]+"?', lambda found: found[1] + ("1700000000000000" if "_us" in found[1] else
                                                                                        '"2023-11-14T22:13:20Z"'), text))
    found = finding("backups", works.url, "--backups", str(works.folder / "backups"))
    assert "days old" in found["what"]
    manifest.write_text(text)


def test_a_role_that_may_do_everything(works):
    states, outcome = works.items(works.cluster.url("app"), *works.words[1:])
    assert states["a database and a role of its own"] == "advice"
    assert "superuser" in str(result_of(outcome, "dedicated")["findings"])
    psycopg2_run(works.cluster.url(), "CREATE DATABASE another OWNER app")
    assert "another" in finding("dedicated", works.url)["what"]
    psycopg2_run(works.cluster.url(), "DROP DATABASE another")
    is_gone("dedicated", works.url)


def test_what_may_not_be_read_is_skipped(works):
    works.database.execute("REVOKE EXECUTE ON FUNCTION pg_current_logfile(text) FROM app")
    states, outcome = works.items()
    assert states["the logs are clean since the last start"] == "skipped"
    assert "may not look" in result_of(outcome, "logs")["note"] and outcome.status == pgrade.OK
    without = works.items(PATH="/nowhere")[0]
    assert without["the service runs, and agrees with the shell"] == "skipped"


def test_the_server_has_written_errors(works):
    """The last of the tests with this server: what is in its log stays there."""
    with pytest.raises(psycopg2.errors.UndefinedTable):
        psycopg2_run(works.url, "SELECT * FROM nowhere")
    one_wrong(works, "the logs are clean since the last start", "advice")


@pytest.mark.parametrize("columns", [80, 120])
def test_nothing_is_there(tmp_path, columns):
    """A list for somebody who has nothing yet: it fits the terminal, and says what was not looked at."""
    shown = pgrade.run("check", f"postgresql://u@127.0.0.1:{free_port()}/d", "--production", directory=str(tmp_path), COLUMNS=str(columns))
    assert shown.status == pgrade.UNREACHABLE and "[ ] the server runs" in shown.stdout and "[-] " in shown.stdout, shown
    assert "not looked at: an earlier step failed" in shown.stdout
    for line in shown.stdout.split("\n"):
        assert len(line) <= columns or line.lstrip().startswith("mend: pgrade"), line




