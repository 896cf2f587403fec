"""A program on a terminal: types, waits for what appears, sends Ctrl-C.  Never sleeps."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import pgrade

TIMEOUT_SECONDS = 30
# What an editor of lines sends to place the cursor and to colour.
ESCAPES = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07]*\x07")


class Terminal:
    def __init__(self, *arguments, columns=200, **environment):
        self.seen = b""
        self.read_to = 0
        self.status = None
        self.process, self.end = pty.fork()
        if self.process == 0:
            os.chdir(pgrade.a_folder())
            os.execve(pgrade.program(), ["pgrade", *arguments],
                      pgrade.clean_environment(dict(environment, TERM="xterm", LC_ALL="C.UTF-8")))
        fcntl.ioctl(self.end, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.status is None:
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.end)

    def _read(self, deadline):
        """False: nothing comes any more."""
        if not select.select([self.end], [], [], max(0, deadline - time.monotonic()))[0]:
            raise AssertionError(f"nothing came; so far: {self.text()}")
        try:
            part = os.read(self.end, 65536)
        except OSError:
            return False
        self.seen += part
        return bool(part)

    def text(self):
        return ESCAPES.sub(b"", self.seen).decode("utf-8", "replace").replace("\r", "")

    def expect(self, what):
        """Waits until it appears behind what was expected before; gives the text up to its end."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            found = re.compile(what).search(self.text(), self.read_to)
            if found:
                part = self.text()[self.read_to:found.end()]
                self.read_to = found.end()
                return part
            assert self._read(deadline), f"ended without {what!r}: {self.text()}"

    def type(self, text):
        os.write(self.end, text.encode())

    def line(self, text):
        self.type(text + "\r")

    def close(self):
        """Waits for the end of the program; gives its exit status."""
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while self._read(deadline):
            pass
        self.status = os.waitstatus_to_exitcode(os.waitpid(self.process, 0)[1])
        return self.status
