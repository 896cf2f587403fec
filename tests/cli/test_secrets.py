"""Passwords stand nowhere but where they were put, and files that hold one are for their owner alone."""

import glob
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import threading
import urllib.parse

import pytest

import fixtures
import pgrade
from cluster import PASSWORD, Cluster, find_bindir
from gate import Gate, poll
from small import make_small
from trouble import SECRETS, Trouble, assert_clean, assert_trouble

# As it is, in a URL, in SQL and in a shell.
SPELLINGS = {*SECRETS, PASSWORD.replace("'", "''"), urllib.parse.quote_plus(PASSWORD), PASSWORD[2:-2]}


def assert_no_secret(what, text):
    for secret in SPELLINGS:
        assert secret not in text, f"{what} tells the password: {text[max(0, text.index(secret) - 200):][:400]}"


@pytest.fixture(scope="module")
def talking_cluster():
    """A server that asks for a password and writes every statement to its log."""
    settings = {"log_statement": "all", "log_min_duration_statement": "0", "log_connections": "on"}
    with Cluster(auth="scram-sha-256", settings=settings) as running:
        yield running


@pytest.fixture
def database(talking_cluster):
    fresh = talking_cluster.create_database()
    yield fresh
    fresh.drop()


class CommandLines(threading.Thread):
    """Every command line that can be seen on this machine while it watches, of whatever process."""

    def __init__(self):
        super().__init__()
        self.seen, self.done = set(), threading.Event()

    def run(self):
        own = str(os.getpid())
        while not self.done.is_set():
            for path in glob.glob("/proc/[0-9]*/cmdline"):
                if path.split("/")[2] != own:
                    try:
                        self.seen.add(pathlib.Path(path).read_bytes().decode(errors="replace"))
                    except OSError:
                        pass

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        self.join()


def recording_programs(folder, record):
    """initdb, pg_ctl and postgres that write down how they were called, and then are the real ones."""
    (folder / "bin").mkdir()
    for name in ("initdb", "pg_ctl", "postgres"):
        real = os.path.join(find_bindir(), name)
        if os.path.exists(real):
            wrapper = folder / "bin" / name
            wrapper.write_text(
                f'#!/bin/sh\n{{ echo {name}; printf "%s\\n" "$@"; env; }} >> {record}\nexec {real} "$@"\n'
            )
            wrapper.chmod(0o755)
    return folder / "bin"


def written_by(folder):
    return "".join(path.read_bytes().decode(errors="replace") for path in folder.rglob("*") if path.is_file())


def dump(database):
    program = os.path.join(find_bindir(), "pg_dump")
    if not os.path.exists(program):
        program = shutil.which("pg_dump")
    done = subprocess.run([program, database.url, "--create"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("options", [["--json"], ["--trace-sql"], ["--workers", "3", "--replace"]])
def test_password_of_the_target_stands_nowhere(options, small, database, tmp_path):
    folder = tmp_path / "written"
    folder.mkdir()
    files = ["--not-carried", str(folder / "left.sql"), "--quarantine-file", str(folder / "aside.csv")]
    with Gate(database, "CREATE TABLE") as gate:
        process = pgrade.start("upgrade", str(small), database.url, *options, *files)
        gate.wait_for_arrival(process)
        with open(f"/proc/{process.pid}/cmdline", "rb") as stream:
            assert_no_secret("its own command line", stream.read().decode())
        activity = gate.execute("SELECT application_name, query FROM pg_stat_activity")
        assert_no_secret("pg_stat_activity", repr(activity))
        gate.open()
        outcome = pgrade.finish(process)
    assert outcome.status == pgrade.OK, outcome
    assert_no_secret("the output", outcome.stdout + outcome.stderr)
    assert_no_secret("what it wrote", written_by(folder))
    assert_no_secret("the target", dump(database))
    assert_no_secret("the server's log", database.cluster.log())


MISFITS = """
CREATE TABLE t (id INTEGER PRIMARY KEY, d DATE, word TEXT, v VARCHAR(4), n INTEGER CHECK (n > 0));
INSERT INTO t VALUES (1, '2024-01-01', 'Losung', 'a', 1), (2, 'Losung', 'b', 'b', 2), (3, '2024-01-03', 'c', 'Losungen', 3);
CREATE VIEW seen AS SELECT id, word FROM t;
"""
ASIDE = ["--misfit", "t.d=null", "--misfit", "t.v=quarantine"]


def test_pages_hold_no_password_and_no_hidden_value(folder, database, tmp_path):
    """Of an upgrade that stops, of one that sets rows aside, of a comparison that finds differences."""
    source, path = str(fixtures.build_from_text(MISFITS, folder / "app.db")), tmp_path / "page.html"
    for words, status in ([], pgrade.DECISION), (ASIDE, pgrade.SHORTFALL):
        outcome = pgrade.run("upgrade", source, database.url, "--hide-values", "--report", str(path), *words)
        assert outcome.status == status, outcome
        assert_no_secret("the page", path.read_text())
        assert "Losung" not in path.read_text() + outcome.stdout + outcome.stderr, "a hidden value is told"
    outcome = pgrade.run("verify", source, database.url, "--hide-values", "--report", str(path))
    assert outcome.status == pgrade.SHORTFALL and "row" in path.read_text(), outcome
    assert_no_secret("the page", path.read_text())
    assert "Losung" not in path.read_text() + outcome.stdout + outcome.stderr, "a hidden value is told"


def test_the_journal_holds_no_password_and_no_value(folder, database):
    """As an interrupted run leaves it, with rows and values in it that did not fit."""
    source = str(fixtures.build_from_text(MISFITS, folder / "app.db"))
    with Gate(database, "USING INDEX") as gate:
        process = pgrade.start("upgrade", source, database.url, *ASIDE)
        gate.wait_for_arrival(process)
        process.kill()
        process.communicate()
        journal = repr(database.execute("SELECT j::text FROM pgrade_load.pgrade_journal j"))
        assert "loaded" in journal or "table" in journal, journal
        assert_no_secret("the journal", journal)
        assert "Losung" not in journal, journal
        gate.open()


def test_saved_plans_and_settings_hold_no_password(small, database, tmp_path):
    (tmp_path / ".env").write_text(f"DATABASE_URL={database.url}\n")
    (tmp_path / ".env").chmod(0o600)
    plan, settings = str(tmp_path / "plan.json"), f"--write-config={tmp_path / 'written.ini'}"
    outcome = pgrade.run("plan", str(small), "--out", plan, settings, directory=tmp_path)
    assert outcome.status == pgrade.OK, outcome
    (tmp_path / ".env").unlink()
    assert_no_secret("what it wrote", written_by(tmp_path) + outcome.stdout + outcome.stderr)


FAILURES = {
    "wrong password": lambda url: url.replace("@127", "x@127"),
    "no such database": lambda url: url.rsplit("/", 1)[0] + "/nowhere",
    "no such host": lambda url: url.replace("127.0.0.1", "nowhere.invalid"),
    "unknown parameter": lambda url: url + "?sslmode=maybe",
    "broken escape": lambda url: url.replace("%", "%%", 1),
    "wrong scheme": lambda url: url.replace("postgresql", "mysql"),
}


@pytest.mark.parametrize("what", FAILURES)
def test_errors_hold_no_password(what, small, database):
    for words in (["--json"], ["--trace-sql"]):
        outcome = pgrade.run("upgrade", str(small), FAILURES[what](database.url), *words)
        assert outcome.status in (pgrade.USAGE, pgrade.UNREACHABLE), outcome
        assert_no_secret("the output", outcome.stdout + outcome.stderr)


def test_local_instance_hands_its_password_to_nobody(small, tmp_path):
    folder = pathlib.Path("/tmp") / f"pgr-secret-{os.getpid()}"
    folder.mkdir(mode=0o755)
    record = folder / "calls"
    record.touch()
    record.chmod(0o666)
    try:
        programs = recording_programs(folder, record)
        environment = {"PATH": f"{programs}:{os.environ['PATH']}", "PGRADE_PG_BINDIR": str(programs)}
        with CommandLines() as lines:
            started = pgrade.run("local", "start", "--dir", str(folder / "it"), **environment)
            url = pgrade.run("local", "url", "--dir", str(folder / "it"), **environment).stdout.strip()
            upgraded = pgrade.run("upgrade", str(small), "--trace-sql", DATABASE_URL=url, **environment)
        assert started.status == upgraded.status == pgrade.OK, (started, upgraded)
        password = re.match(r"postgresql://[^:]*:([^@]*)@", url)[1]
        assert len(password) >= 20 and record.stat().st_size > 0
        for what, text in {"a child's command line or environment": record.read_text(), "ps": "\n".join(lines.seen),
                           "the output": started.stdout + started.stderr + upgraded.stdout + upgraded.stderr}.items():  # fmt: skip
            assert password not in text, f"{what} tells the password"
    finally:
        pgrade.run("local", "destroy", "--dir", str(folder / "it"), "--yes")
        shutil.rmtree(folder)


def test_command_line_is_blanked(small):
    """Whatever spelling a password comes in; what it may not hide is the rest."""
    words = ["postgresql://me:p@ss:w/rd@127.0.0.1:1/x?sslpassword=geheim1&application_name=seen",
             "host=127.0.0.1 port=1 user=seen password='ge heim2'"]  # fmt: skip
    for word in words:
        holder = make_small(f"{small}.held")
        lock = subprocess.Popen(["python3", "-c", HOLD, str(holder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            lock.stdout.readline()
            process = pgrade.start("upgrade", str(holder), word)
            link = f"/proc/{process.pid}/cmdline"
            poll(lambda: "*" in pathlib.Path(link).read_text(), process)
            text = pathlib.Path(link).read_text()
        finally:
            lock.communicate(b"")
            pgrade.finish(process)
            os.unlink(holder)
        assert "seen" in text and not re.search(r"p@ss|w/rd|geheim|heim2", text), text


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


def other_builds():
    """The sanitizers' build forbids dumps by itself."""
    release = os.path.join(pgrade.PROJECT, "build", "release", "src", "cli", "pgrade")
    return [path for path in (pgrade.program(), release) if os.path.exists(path)]


def heed_sigquit():
    """A shell lets what it runs behind ignore it."""
    signal.signal(signal.SIGQUIT, signal.SIG_DFL)


@pytest.mark.parametrize("program", other_builds(), ids=lambda path: path.split("/")[-4])
def test_no_core_is_dumped(program, small):
    """Even where the system would make one."""
    lock = subprocess.Popen(["python3", "-c", HOLD, str(small)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    lock.stdout.readline()
    try:
        process = subprocess.Popen(["sh", "-c", 'ulimit -c unlimited; exec "$@"', "sh", program, "upgrade", str(small),
                                    "postgresql://me:geheim@127.0.0.1:1/x"], stderr=subprocess.DEVNULL,
                                   cwd=os.path.dirname(small), preexec_fn=heed_sigquit)  # fmt: skip
        poll(lambda: "*" in pathlib.Path(f"/proc/{process.pid}/cmdline").read_text(), process)
        process.send_signal(signal.SIGQUIT)
        _, status = os.waitpid(process.pid, 0)
        process.returncode = status
    finally:
        lock.communicate(b"")
    assert os.WIFSIGNALED(status) and not os.WCOREDUMP(status)
    assert not list(pathlib.Path(os.path.dirname(small)).glob("core*"))


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o602])
def test_env_file_that_others_may_read(mode, small, database, tmp_path):
    file = tmp_path / ".env"
    file.write_text(f"DATABASE_URL={database.url}\n")
    file.chmod(mode)
    told = Trouble(4, ".env holds a password", f"its mode is {mode:04o}", "chmod 600 '.env'", "ERR_REFUSED")
    assert_trouble(told, "upgrade", str(small), directory=tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == mode, "it is the user's to change"
    file.chmod(0o600)
    assert pgrade.run("upgrade", str(small), directory=tmp_path).status == pgrade.OK


def test_env_file_without_a_password_is_for_all(small, cluster, tmp_path):
    """The usual mode of a file; and what is in it but not used does not matter."""
    database = cluster.create_database()
    (tmp_path / ".env").write_text(f"DATABASE_URL={database.url}\nSECRET_KEY=geheim\n")
    (tmp_path / ".env").chmod(0o644)
    outcome = pgrade.run("upgrade", str(small), directory=tmp_path)
    assert outcome.status == pgrade.OK, outcome
    database.drop()


def test_env_file_is_nothing_to_a_run_that_names_its_target(small, database, tmp_path):
    (tmp_path / ".env").write_text("DATABASE_URL=postgresql://me:geheim@127.0.0.1:1/x\n")
    outcome = pgrade.run("upgrade", str(small), database.url, directory=tmp_path)
    assert outcome.status == pgrade.OK, outcome


def test_password_file_that_others_may_read(small, database, tmp_path):
    """libpq passes it over; the error says why there is no password."""
    file = tmp_path / "it's passwords"
    file.write_text("*:*:*:*:" + PASSWORD.replace("\\", "\\\\").replace(":", "\\:") + "\n")
    file.chmod(0o644)
    url = re.sub(":[^:@]*@", "@", database.url)
    outcome = pgrade.run("upgrade", str(small), url, PGPASSFILE=str(file))
    assert outcome.status == pgrade.UNREACHABLE, outcome
    assert f"{file} was passed over, since others may read it: chmod 600 " in outcome.stderr
    assert_clean(outcome)
    file.chmod(0o600)
    outcome = pgrade.run("upgrade", str(small), url, PGPASSFILE=str(file))
    assert outcome.status == pgrade.OK, outcome


def test_password_file_of_the_local_instance(small):
    folder = f"/tmp/pgr-wide-{os.getpid()}"
    try:
        assert pgrade.run("local", "start", "--dir", folder).status == pgrade.OK
        (file,) = [path for path in pathlib.Path(folder).iterdir() if "password" in path.name]
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        file.chmod(0o644)
        told = Trouble(4, f"{file} holds a password", "its mode is 0644", f"chmod 600 '{file}'", "ERR_REFUSED")
        assert_trouble(told, "local", "url", "--dir", folder)
        file.chmod(0o600)
    finally:
        pgrade.run("local", "destroy", "--dir", folder, "--yes")


VALUES = """
CREATE TABLE t (id INTEGER PRIMARY KEY, number INTEGER, day DATE, code VARCHAR(4), state TEXT);
INSERT INTO t VALUES (1, 'geheim1', 'geheim2', 'geheim3', 'geheim4'), (2, 4711174, '2024-01-01', 'a', 'geheim4');
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES t (id), tag TEXT UNIQUE);
INSERT INTO child VALUES (1, 4711175, 'geheim5');
CREATE TABLE computed (id INTEGER PRIMARY KEY, words TEXT, half TEXT AS (substr(words, 1, 7)) STORED);
INSERT INTO computed (id, words) VALUES (1, 'geheim6');
CREATE VIEW numbers AS SELECT CAST(state AS INTEGER) AS n, state || 'x' AS s FROM t;
CREATE VIEW broken AS SELECT json_extract(state, '$.a') AS j FROM t;
CREATE VIEW halves AS SELECT id, 1 / (length(words) - 7) AS half FROM computed;
"""
ANSWERS = {
    "stop": [],
    "repair": ["--misfit", "repair", "--accept", "all", "--orphans", "not-valid"],
    "quarantine": ["--misfit", "quarantine", "--accept", "all", "--orphans", "quarantine"],
    "null": ["--misfit", "null", "--accept", "all", "--orphans", "not-valid"],
    "widen": ["--misfit", "widen", "--accept", "all", "--orphans", "not-valid"],
    "one by one": ["--accept", "all", "--type", "t.state=integer", "--type", "t.code=uuid"],
}


@pytest.mark.parametrize(
    "answer", [answer if answer in ("stop", "quarantine") else pytest.param(answer, marks=pytest.mark.long) for answer in ANSWERS]
)
@pytest.mark.parametrize("words", [["plan"], ["plan", "--sql"], ["plan", "--json"], ["upgrade"], ["upgrade", "--json"],
                                   ["upgrade", "--trace-sql"]], ids=" ".join)  # fmt: skip
def test_values_are_hidden(words, answer, folder, database):
    """Rows' values, and whatever a server or SQLite says of them."""
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.executescript(VALUES)
    connection.close()
    command, *options = words
    target = [database.url] if command == "upgrade" else []
    answers = [word for word in ANSWERS[answer]]
    if command == "plan":
        while "--orphans" in answers:
            place = answers.index("--orphans")
            del answers[place : place + 2]
    outcome = pgrade.run(command, str(path), *target, *options, *answers, "--hide-values")
    found = sorted(set(re.findall(r"geheim\d|471117\d", outcome.stdout + outcome.stderr)))
    assert found == [], outcome
    assert outcome.status in (pgrade.OK, pgrade.DECISION, pgrade.SHORTFALL), outcome
