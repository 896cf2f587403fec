"""Holds what stands in a folder, to the byte, and says what became different."""

import hashlib
import os


class Untouched:
    """`shm_may_come`: SQLite leaves a -shm file beside a file in WAL mode when the folder may be written.

    A digest opens and closes the file, which drops every SQLite lock of this process on it: take both before
    a lock and after it.
    """

    def __init__(self, folder, shm_may_come=False):
        self.folder = str(folder)
        self.shm_may_come = shm_may_come
        self.before = self._look()

    def differences(self):
        now = self._look()
        return sorted(
            f"{name}: {self._word(name, now)}"
            for name in set(self.before) | set(now)
            if self.before.get(name) != now.get(name)
        )

    def _word(self, name, now):
        return "made" if name not in self.before else "removed" if name not in now else "changed"

    def _look(self):
        found = {}
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                if self.shm_may_come and name.endswith("-shm"):
                    continue
                with open(path, "rb") as stream:
                    found[os.path.relpath(path, self.folder)] = hashlib.sha256(stream.read()).hexdigest()
        return found
