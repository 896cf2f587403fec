"""What pg_dump says of a database: its objects, or all of it in an order of its own."""

import os
import re
import shutil
import subprocess

import pgrade


def schema_dump(database):
    """None where no pg_dump is at hand that takes the server's version."""
    return dump(database, "--schema-only")


def dump(database, *options):
    program = pg_dump_for(database)
    if program is None:
        return None
    done = subprocess.run(
        [program, *options, database.url],
        capture_output=True,
        text=True,
        env=pgrade.clean_environment({}),
        check=True,
    )
    # Of another kind every time, where it is there at all.
    return re.sub(r"^\\(un)?restrict .*$", "", done.stdout, flags=re.MULTILINE)


def pg_dump_for(database):
    beside = os.path.join(database.cluster.bindir, "pg_dump")
    if os.access(beside, os.X_OK):
        return beside
    on_path = shutil.which("pg_dump")
    return on_path if on_path and version_of(on_path) >= database.cluster.version() else None


def version_of(program):
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.search(r"(\d+)", told)[1])
