"""A private PostgreSQL cluster for tests.

One cluster serves a whole session, each test takes a fresh database of it.  The server belongs to this
process: it ends with it, however this process ends, and its directory goes with it.  Even a SIGKILL leaves
nothing: the kernel tells the server, and a shell that waits on a pipe removes the directory.

    with Cluster() as cluster:
        database = cluster.create_database()
        with database.connect() as connection: ...

PGRADE_PG_BINDIR names the server programs of another version; only initdb and postgres are used, since some
distributions of PostgreSQL ship nothing else.
"""

import ctypes
import glob
import itertools
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse

import psycopg2

PASSWORD = "p@ss:w/rd %7#?&="
START_SECONDS = 60
STOP_SECONDS = 30
SOCKET_PATH_LIMIT = 107
PR_SET_PDEATHSIG = 1

# What a result must not depend on is set to something that nobody expects.
HOSTILE_SETTINGS = {
    "timezone": "Asia/Kathmandu",
    "datestyle": "SQL, DMY",
    "intervalstyle": "sql_standard",
    "bytea_output": "escape",
    "extra_float_digits": "0",
}
FAST_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "max_locks_per_transaction": "256",
    "logging_collector": "off",
}


# Waits until its input ends, which is when the process that made the cluster does, and then for the server.
REAPER = """
cat >/dev/null
server=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
while [ -n "$server" ] && kill -0 "$server" 2>/dev/null; do sleep 0.1; done
rm -rf -- "$1"
"""


class ClusterError(Exception):
    """The server could not be made or started; the text ends with the server's own words."""


class Database:
    """One database of a cluster."""

    def __init__(self, cluster, name):
        self.cluster = cluster
        self.name = name

    @property
    def url(self):
        """Over TCP: what an application on another machine would use."""
        return self.cluster.url(self.name)

    @property
    def socket_url(self):
        return self.cluster.socket_url(self.name)

    def connect(self, **options):
        return psycopg2.connect(self.url, **options)

    def execute(self, sql, parameters=None):
        """Runs one statement in a transaction of its own; gives its rows, if it has any."""
        connection = self.connect()
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def drop(self):
        self.cluster.drop_database(self.name)


class Cluster:
    def __init__(self, auth="trust", hostile=True, bindir=None, settings=None, rules=(), place=None):
        """`settings` are the server's; `rules` are lines put before those that initdb wrote to pg_hba.conf;
        `place` is the folder to lie in, with a short path."""
        self.auth = auth
        self.settings = FAST_SETTINGS | (HOSTILE_SETTINGS if hostile else {}) | (settings or {})
        self.rules = rules
        self.place = place
        self.bindir = bindir or find_bindir()
        self.user = "pgrade_test"
        self.password = PASSWORD if auth != "trust" else None
        self.account = server_account()
        self.directory = None
        self.port = None
        self.server = None
        self.reaper = None
        self._version = None
        self._numbers = itertools.count(1)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self):
        self.directory = tempfile.mkdtemp(prefix="pgr-", dir=self.place) if self.place else short_directory()
        self.reaper = subprocess.Popen(
            ["sh", "-c", REAPER, "reaper", self.directory], stdin=subprocess.PIPE, start_new_session=True
        )
        try:
            self._initialise()
            self._add_rules()
            self._launch()
        except BaseException:
            self.stop()
            raise

    def stop(self):
        """Ends the server, politely and then less so, and removes everything; may be called twice."""
        if self.server is not None:
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                self.server.send_signal(number)
                try:
                    self.server.wait(STOP_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    continue
            self.server = None
        if self.reaper is not None:
            self.reaper.stdin.close()
            self.reaper.wait()
            self.reaper = self.directory = None

    def halt(self, number):
        """Ends the server alone: SIGINT is its `fast`, SIGQUIT its `immediate`.  go_on() starts it again."""
        if self.server.poll() is None:
            self.server.send_signal(number)
        self.server.wait(STOP_SECONDS)
        self.server = None

    def go_on(self, wait=True):
        """On the same port."""
        if not self._launch_on_port(wait):
            raise ClusterError("the server does not start again\n" + self.log())

    def url(self, database="postgres", user=None, password=None):
        password = password or self.password
        secret = ":" + urllib.parse.quote(password, safe="") if password else ""
        return (
            f"postgresql://{user or self.user}{secret}@127.0.0.1:{self.port}/{urllib.parse.quote(database)}"
        )

    def socket_url(self, database="postgres"):
        options = {"host": self.directory, "port": self.port, "user": self.user}
        if self.password:
            options["password"] = self.password
        query = urllib.parse.urlencode(options, quote_via=urllib.parse.quote)
        return f"postgresql:///{urllib.parse.quote(database)}?{query}"

    def create_database(self, name=None, options=""):
        """`options` is the rest of CREATE DATABASE, as in "TEMPLATE template0 ENCODING 'LATIN1'"."""
        name = name or f"test_{next(self._numbers)}"
        # Copying files costs a third of writing each block to the log too; before 15 it is the only way.
        copy = "STRATEGY file_copy" if self.version() >= 15 else ""
        self.execute(f"CREATE DATABASE {quote_name(name)} {options} {copy}")
        return Database(self, name)

    def drop_database(self, name):
        self.execute(f"DROP DATABASE IF EXISTS {quote_name(name)} WITH (FORCE)")

    def version(self):
        """The major one."""
        if self._version is None:
            connection = psycopg2.connect(self.url())
            self._version = connection.server_version // 10000
            connection.close()
        return self._version

    def log(self):
        with open(os.path.join(self.directory, "log"), encoding="utf-8", errors="replace") as stream:
            return stream.read()

    def execute(self, sql):
        """Outside of a transaction, in the database postgres."""
        connection = psycopg2.connect(self.url())
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql)
        finally:
            connection.close()

    def _initialise(self):
        if self.account:
            os.chown(self.directory, self.account.pw_uid, self.account.pw_gid)
        command = [os.path.join(self.bindir, "initdb"), "-D", self._data(), "-U", self.user, "-E", "UTF8"]
        command += ["--auth", self.auth, "--no-sync", "--no-instructions"]
        if self.password:
            command += ["--pwfile", self._password_file()]
        failures = []
        for locale in ("C.UTF-8", "C"):
            done = self._run(command + ["--locale", locale])
            if done.returncode == 0:
                return
            failures.append(done.stdout)
            shutil.rmtree(self._data(), ignore_errors=True)
        raise ClusterError("initdb failed\n" + "\n".join(failures))

    def _add_rules(self):
        path = os.path.join(self._data(), "pg_hba.conf")
        with open(path, encoding="utf-8") as stream:
            written = stream.read()
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("".join(rule + "\n" for rule in self.rules) + written)

    def _launch(self):
        """Another process may take the port between the probe and the server's bind: then once more."""
        for _ in range(5):
            self.port = free_port()
            if self._launch_on_port():
                return
        raise ClusterError("the server does not start\n" + self.log())

    def _launch_on_port(self, wait=True):
        settings = dict({"listen_addresses": "127.0.0.1"}, **self.settings)
        settings["port"] = self.port
        settings["unix_socket_directories"] = self.directory
        command = [os.path.join(self.bindir, "postgres"), "-D", self._data()]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with open(os.path.join(self.directory, "log"), "wb") as log:
            self.server = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.directory,
                env=environment(),
                preexec_fn=end_with_parent,
                **self._as_account(),
            )
        return not wait or self._wait_until_ready()

    def _wait_until_ready(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.server.poll() is not None:
                self.server = None
                return False
            try:
                psycopg2.connect(self.url()).close()
                return True
            except psycopg2.OperationalError:
                time.sleep(0.02)
        raise ClusterError(f"the server is not ready after {START_SECONDS} s\n" + self.log())

    def _data(self):
        return os.path.join(self.directory, "data")

    def _password_file(self):
        path = os.path.join(self.directory, "password")
        with open(path, "w", encoding="utf-8", opener=private_opener) as stream:
            stream.write(self.password + "\n")
        if self.account:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)
        return path

    def _run(self, command):
        return subprocess.run(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.directory,
            env=environment(),
            check=False,
            **self._as_account(),
        )

    def _as_account(self):
        if not self.account:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}


def find_bindir():
    chosen = os.environ.get("PGRADE_PG_BINDIR")
    if chosen:
        return chosen
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), key=version_of_path)
    if found:
        return os.path.dirname(found[-1])
    on_path = shutil.which("postgres")
    if on_path:
        return os.path.dirname(os.path.realpath(on_path))
    raise ClusterError("no PostgreSQL server programs found: set PGRADE_PG_BINDIR")


def version_of_path(path):
    return [int(number) for number in re.findall(r"\d+", path)]


def server_account():
    """PostgreSQL refuses to run as root: then the account that Debian's package makes is used."""
    return pwd.getpwnam("postgres") if os.geteuid() == 0 else None


def short_directory():
    """A socket's path has little room, and a build's temporary folder may lie deep."""
    directory = tempfile.mkdtemp(prefix="pgr-")
    if len(os.path.join(directory, ".s.PGSQL.65535.lock")) > SOCKET_PATH_LIMIT:
        os.rmdir(directory)
        directory = tempfile.mkdtemp(prefix="pgr-", dir="/tmp")
    return directory


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment():
    """Nothing of the caller's PG* variables reaches the server."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return dict(kept, LC_ALL="C.UTF-8")


def end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def private_opener(path, flags):
    return os.open(path, flags, 0o600)


def quote_name(name):
    return '"' + name.replace('"', '""') + '"'
