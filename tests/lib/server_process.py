"""A web application as a real process, from its start until it answers, to its end."""

import os
import signal
import socket
import subprocess
import sys
import time

from cluster import end_with_parent, free_port

START_SECONDS = 60
STOP_SECONDS = 20


class ServerProcess:
    """`command` holds "{port}" where the port goes; output is kept in `log` for the message of a failure."""

    def __init__(self, command, directory, log, **environment):
        self.port = free_port()
        self.log = log
        self.command = [part.format(port=self.port) for part in command]
        self.directory = directory
        self.environment = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", **environment)

    def __enter__(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=self.directory,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )
        try:
            self._wait_for_port()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_):
        self._end()

    def _wait_for_port(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"{self.command} does not listen on port {self.port}:\n{self._output()}")

    def _end(self):
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self.process.poll() is None:
                os.killpg(self.process.pid, number)
                try:
                    self.process.wait(STOP_SECONDS)
                except subprocess.TimeoutExpired:
                    continue

    def _output(self):
        with open(self.log, encoding="utf-8", errors="replace") as stream:
            return stream.read()


def flask(application, directory, log, **environment):
    """`flask run`, with the interpreter that runs the tests."""
    command = [sys.executable, "-m", "flask", "--app", application, "run", "--port", "{port}", "--no-reload"]
    return ServerProcess(command, directory, log, **environment)
