"""What a database holds, as sorted lines: the definitions, the rows and where the sequences stand."""

import os
import subprocess

# The rows that were set aside, without the number and the time of the run.
SET_ASIDE = """
    SELECT source_table, target_table, source_rowid, column_name, reason, row::text FROM pgrade.quarantine
    ORDER BY 1, 2, 3, 4, 5, 6"""


def dump(database):
    """Of all but pgrade's own schema."""
    done = subprocess.run(
        [os.path.join(database.cluster.bindir, "pg_dump"), "--exclude-schema=pgrade", "-d", database.url],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=True,
    )
    return sorted(line for line in done.stdout.splitlines() if not is_about_the_dump(line)) + set_aside(database)


def is_about_the_dump(line):
    """Its restrict key is another each time."""
    return line.startswith(("--", "\\restrict", "\\unrestrict")) or not line


def set_aside(database):
    if database.execute("SELECT to_regclass('pgrade.quarantine')") == [(None,)]:
        return []
    return [repr(row) for row in database.execute(SET_ASIDE)]
