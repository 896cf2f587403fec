"""pgbouncer in transaction mode in front of a cluster: each transaction gets whatever connection is free."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg2

from cluster import end_with_parent, free_port

START_SECONDS = 30


class Pooler:
    def __init__(self, cluster, **settings):
        """`settings` are pgbouncer's own."""
        self.cluster = cluster
        self.settings = settings

    def url(self, database):
        return f"postgresql://{self.cluster.user}@127.0.0.1:{self.port}/{database}"

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix="pgr-pooler-", dir="/tmp")
        self.port = free_port()
        with open(os.path.join(self.directory, "users"), "w", encoding="utf-8") as stream:
            stream.write(f'"{self.cluster.user}" ""\n')
        settings = os.path.join(self.directory, "pgbouncer.ini")
        with open(settings, "w", encoding="utf-8") as stream:
            stream.write(f"[databases]\n* = host=127.0.0.1 port={self.cluster.port}\n[pgbouncer]\n"
                         f"listen_addr = 127.0.0.1\nlisten_port = {self.port}\nunix_socket_dir =\n"
                         f"auth_type = trust\nauth_file = {self.directory}/users\npool_mode = transaction\n"
                         "default_pool_size = 2\nserver_round_robin = 1\n"
                         + "".join(f"{name} = {value}\n" for name, value in self.settings.items()))
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        for path in (self.directory, settings, os.path.join(self.directory, "users")):
            if account:
                os.chown(path, account.pw_uid, account.pw_gid)
        program = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
        who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        self.process = subprocess.Popen([program, "-q", settings], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                        preexec_fn=end_with_parent, **who)
        self._wait()
        return self

    def set(self, name, value):
        """Written into its settings, which it reads again."""
        path = os.path.join(self.directory, "pgbouncer.ini")
        with open(path, "a", encoding="utf-8") as stream:
            stream.write(f"{name} = {value}\n")
        self.process.send_signal(signal.SIGHUP)

    def _wait(self):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg2.connect(self.url("postgres")).close()
                return
            except psycopg2.OperationalError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    self.__exit__()
                    raise

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)
