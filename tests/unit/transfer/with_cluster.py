#!/usr/bin/python3
"""Runs a test program with the URL of a fresh database of a private cluster as its only argument.

$PGRADE_WATCH is a program to run it under, as valgrind: that of `meson test --wrap` watches this script alone.
Ends with the program's status; 77, which the test runner counts as skipped, where no server is installed.
"""

import os
import shlex
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "lib"))

from cluster import Cluster, ClusterError, find_bindir  # noqa: E402

SKIPPED = 77


def main():
    try:
        find_bindir()
    except ClusterError as error:
        print(f"skipped: {error}")
        return SKIPPED
    with Cluster() as cluster:
        return subprocess.run([*shlex.split(os.environ.get("PGRADE_WATCH", "")), sys.argv[1], cluster.create_database().socket_url], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
