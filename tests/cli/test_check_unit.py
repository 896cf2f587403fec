"""`pgrade check --unit`: what a systemd service is started with, read from unit files; systemd need not run."""

import os
import shlex
import subprocess

import pytest

import pgrade
from cluster import free_port
from others import let_through
from doctor import finding, is_gone, look, result_of

AWAY = f"postgresql://app@127.0.0.1:{free_port()}/app"  # nobody listens: units are looked at all the same

GOOD = """# the application
[Unit]
Description=The application

[Service]
User={user}
WorkingDirectory={folder}
EnvironmentFile={folder}/env
ExecStart=/bin/cat \\
    --show-all

[Install]
WantedBy=multi-user.target
"""


@pytest.fixture
def service(tmp_path):
    """A unit in a folder of its own, in which systemd would look, and its environment."""
    return Service(tmp_path / "it's a place")


class Service:
    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        self.units = folder / "units"
        self.units.mkdir()
        self.user = "nobody" if os.geteuid() == 0 else os.environ.get("USER", "root")
        self.environment = {"SYSTEMD_UNIT_PATH": f"/nowhere:{self.units}"}
        self.write(GOOD)
        self.env(f"DATABASE_URL='{AWAY}'\n")

    def write(self, text, name="app.service"):
        path = self.units / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.format(user=self.user, folder=self.folder))
        return str(path)

    def change(self, before, after):
        assert before in GOOD
        self.write(GOOD.replace(before, after))

    def env(self, text):
        path = self.folder / "env"
        path.write_text(text)
        path.chmod(0o600)

    def finding(self, check, *words, **more):
        return finding(check, AWAY, "--unit", "app", *words, **dict(self.environment, **more))

    def is_gone(self, check, *words, **more):
        return is_gone(check, AWAY, "--unit", "app", *words, **dict(self.environment, **more))


@pytest.mark.core
def test_the_environment_is_not_loaded(service):
    """In the shell all is well, and the service has no URL."""
    service.change("EnvironmentFile={folder}/env\n", "")
    found = service.finding("unit-url", DATABASE_URL=AWAY)
    assert "is started without DATABASE_URL" in found["what"] and "systemctl edit app.service" in found["mend"]
    (service.units / "app.service.d").mkdir()
    service.write("[Service]\nEnvironmentFile={folder}/env\n", "app.service.d/override.conf")
    service.is_gone("unit-url")
    service.is_gone("shell", DATABASE_URL=AWAY)


def test_a_file_that_only_the_application_may_read(service):
    service.change("EnvironmentFile={folder}/env\n", "")
    (service.folder / ".env").write_text("DATABASE_URL=x\n")
    found = service.finding("unit-url")
    assert found["state"] == "advice" and f"EnvironmentFile={service.folder}/.env" in found["mend"]


def test_the_unit_names_another_database(service):
    service.env("DATABASE_URL=postgresql://app:secret@127.0.0.1:1/elsewhere\n")
    found = service.finding("unit-url")
    assert "(port, password, database)" in found["what"] and "secret" not in str(found)
    service.env(f"DATABASE_URL={AWAY}\n")
    service.is_gone("unit-url")


def test_the_shell_names_another_database(service):
    found = service.finding("shell", DATABASE_URL="postgresql://app:hidden@127.0.0.1/app")
    assert "this shell names another one" in found["what"] and "hidden" not in str(found)
    told = found["mend"].partition("   #")[0].replace("/path/to/env", shlex.quote(str(service.folder / "env")))
    shell = subprocess.run(["sh", "-c", told + "; printenv DATABASE_URL"], capture_output=True, text=True, check=True)
    service.is_gone("shell", DATABASE_URL=shell.stdout.strip())


def test_a_file_for_the_shell(service):
    service.env(f"export DATABASE_URL={AWAY}\n")
    found = service.finding("unit-url")
    assert "systemd passes over" in found["what"]
    subprocess.run(found["mend"], shell=True, check=True)
    service.is_gone("unit-url")


@pytest.mark.parametrize("before, after, says", [
    ("User={user}", "User=nobody-of-that-name", "217/USER"),
    ("User={user}", "", "runs as root"),
    ("WorkingDirectory={folder}", "WorkingDirectory={folder}/gone", "200/CHDIR"),
    ("/bin/cat", "/bin/none", "203/EXEC"),
    ("ExecStart=/bin/cat \\\n    --show-all\n", "", "no ExecStart"),
    ("{folder}/env", "{folder}/gone", "Failed to load environment files"),
    ("EnvironmentFile={folder}/env", "EnvironmentFile=env", "no absolute path"),
])
def test_what_keeps_it_from_starting(service, before, after, says):
    service.change(before, after)
    assert says in service.finding("unit")["what"]
    service.write(GOOD)
    service.is_gone("unit")


def test_a_file_that_others_may_read(service):
    (service.folder / "env").chmod(0o644)
    subprocess.run(service.finding("unit")["mend"], shell=True, check=True)
    service.is_gone("unit")


def test_a_python_that_does_not_see_the_environment(service):
    subprocess.run(["/usr/bin/python3", "-m", "venv", "--without-pip", str(service.folder / ".venv")], check=True)
    service.change("/bin/cat \\\n    --show-all", "/usr/bin/python3 app.py")
    found = service.finding("unit")
    assert "does not see the packages" in found["what"]
    service.change("/bin/cat \\\n    --show-all", found["mend"].removeprefix("ExecStart=").replace("...", "app.py"))
    service.is_gone("unit")


def test_the_socket_asks_who_is_there(service):
    url = "postgresql://app@/app?host=/run/postgresql"
    service.env(f"DATABASE_URL={url}\n")
    words = (url, "--unit", "app")
    found = finding("unit-url", *words, **service.environment)
    assert "Peer authentication failed" in found["what"]
    service.change("User={user}", found["mend"].partition(",")[0])
    is_gone("unit-url", *words, **service.environment)
    service.write(GOOD)
    other = "postgresql://app:word@127.0.0.1/app"
    service.env(f"DATABASE_URL={other}\n")
    is_gone("unit-url", other, "--unit", "app", **service.environment)


@pytest.mark.parametrize("text, value", [
    ('Environment="DATABASE_URL={url}" OTHER=1', None),
    ("Environment=A=1 'DATABASE_URL={url}'", None),
    ("Environment=DATABASE_URL=wrong\nEnvironment=DATABASE_URL={url}", None),
    ("Environment=DATABASE_URL={url}\nEnvironment=", "without"),
    ("Environment=DATABASE_URL=wrong\nEnvironmentFile={folder}/env", None),
    ("EnvironmentFile={folder}/en?", None),
    ("EnvironmentFile=-{folder}/none\nEnvironment=DATABASE_URL={url}", None),
    ("EnvironmentFile={folder}/env\nEnvironmentFile=", "without"),
    ("EnvironmentFile={folder}/%p-%i.%N.%%\nEnvironment=DATABASE_URL={url}", "app-two.app@two.%"),
    ("[Other]\nEnvironment=DATABASE_URL={url}", "without"),
    ("# Environment=DATABASE_URL={url}\n; Environment=DATABASE_URL={url}", "without"),
])
def test_how_systemd_reads_it(service, text, value):
    service.write("[Service]\nExecStart=/bin/cat\n" + text.replace("{url}", AWAY), "app@.service")
    words = (AWAY, "--unit", "app@two", "--only", "unit,unit-url")
    outcome = look(*words, **service.environment)
    told = str(result_of(outcome, "unit-url")) + str(result_of(outcome, "unit"))
    if value:
        assert value in told
    else:
        assert "names the same database" in told, told


def test_the_url_of_the_unit_is_the_one_to_look_at(service):
    """Unless another one is typed; what the shell has is compared with it."""
    outcome = look("--unit", "app", "--only", "unit-url,shell", DATABASE_URL="postgresql://else@127.0.0.1:1/where", **service.environment)
    assert outcome.report["database"] == AWAY and "DATABASE_URL of app.service" in outcome.stderr, outcome
    assert result_of(outcome, "unit-url")["state"] == "ok" and result_of(outcome, "shell")["state"] == "advice"


def test_drop_ins_of_several_folders(service):
    """Of two of one name the first folder's holds; they are read in the order of their names."""
    first = service.folder / "first" / "app.service.d"
    first.mkdir(parents=True)
    second = service.units / "app.service.d"
    second.mkdir()
    (first / "10-url.conf").write_text(f"[Service]\nEnvironmentFile=\nEnvironment=DATABASE_URL={AWAY}\n")
    (second / "10-url.conf").write_text("[Service]\nEnvironmentFile=\nEnvironment=DATABASE_URL=masked\n")
    (second / "05-early.conf").write_text("[Service]\nEnvironment=DATABASE_URL=early\n")
    service.is_gone("unit-url", SYSTEMD_UNIT_PATH=f"{first.parent}:{service.units}")


def not_known(service, **keywords):
    """The URL of the unit is neither there nor missing."""
    outcome = look(AWAY, "--unit", str(service.units / "app.service"), "--only", "unit-url", directory="/", **keywords)
    result = result_of(outcome, "unit-url")
    assert result["state"] == "skipped" and str(service.folder / "env") in result["note"], outcome
    return outcome


def test_a_file_that_cannot_be_understood(service):
    service.env("KEY='no end\n")
    assert "no end" not in not_known(service).stdout


def test_a_file_that_only_root_may_read(service, open_folder, stranger):
    if stranger is None:
        pytest.skip("only root can make one")
    let_through(service.folder)
    not_known(service, account=stranger)


def test_no_such_unit(service):
    outcome = look(AWAY, "--unit", "none", "--only", "unit,unit-url", **service.environment)
    assert "no unit none.service" in result_of(outcome, "unit")["findings"][0]["what"]
    assert result_of(outcome, "unit-url")["state"] == "skipped"
    path = service.write(GOOD, "by-path.service")
    is_gone("unit", AWAY, "--unit", path)


SHOWN = """LoadState=loaded
ActiveState={active}
SubState=running
Result={result}
UnitFileState={enabled}
MainPID={pid}
NeedDaemonReload={reload}
ActiveEnterTimestamp=@1764000000
"""


@pytest.mark.parametrize("active, enabled, reload, says", [("active", "enabled", "no", None), ("failed", "enabled", "no", "does not run"),
                                                         ("active", "disabled", "no", "enable app.service"),
                                                         ("active", "enabled", "yes", "daemon-reload")])
def test_what_systemd_says(service, active, enabled, reload, says):
    """systemctl is a program that prints what the real one does: no test may need a machine that was booted by it."""
    programs = service.folder / "bin"
    programs.mkdir()
    text = SHOWN.format(active=active, enabled=enabled, reload=reload, result="exit-code", pid=os.getpid())
    (programs / "systemctl").write_text(f"#!/bin/sh\ncat <<'E'\n{text}E\n")
    (programs / "systemctl").chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    if says:
        assert says in str(service.finding("service-runs", PATH=path))
    else:
        service.is_gone("service-runs", PATH=path)
        with subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, env={"DATABASE_URL": AWAY}) as process:
            (programs / "systemctl").write_text(f"#!/bin/sh\necho MainPID={process.pid}\n")
            service.is_gone("process", PATH=path)
            process.stdin.close()


def test_without_systemd_it_is_skipped(service):
    outcome = look(AWAY, "--unit", "app", "--only", "service-runs", **dict(service.environment, PATH=str(service.folder)))
    assert result_of(outcome, "service-runs")["state"] == "skipped" and result_of(outcome, "service-runs")["note"]
    assert not {"unit", "unit-url", "service-runs"} & {one["check"] for one in look(AWAY).report["results"]}
    assert pgrade.run("check", AWAY, "--unit", "app").status == pgrade.UNREACHABLE
