"""A file system with little room, of which a block of ballast takes as much as is wanted."""

import contextlib
import os
import subprocess
import tempfile

import pytest

MEGABYTE = 1024 * 1024


class SmallDisk:
    def __init__(self, size):
        self.size = size
        self.folder = tempfile.mkdtemp(prefix="pgr-disk-", dir="/tmp")
        self.ballast = os.path.join(self.folder, "ballast")

    def __enter__(self):
        mounted = os.geteuid() == 0 and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={self.size},mode=755", "tmpfs", self.folder],
            capture_output=True,
            check=False,
        ).returncode
        if not mounted:
            os.rmdir(self.folder)
            pytest.skip("a small file system can be mounted by root only")
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "--lazy", self.folder], check=True)
        os.rmdir(self.folder)

    def leave(self, free):
        """So many bytes; less where there are less."""
        self.make_room()
        while (size := self.room() - free) > 0:
            with contextlib.suppress(OSError), open(self.ballast, "wb") as stream:
                os.posix_fallocate(stream.fileno(), 0, size)
                return

    def room(self):
        """The server may take some of it the next moment."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_bsize

    def make_room(self):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.ballast)
