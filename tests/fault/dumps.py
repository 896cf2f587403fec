"""What a database holds, as sorted lines: the definitions, the rows and where the sequences stand."""

import os
import subprocess

from catalog_text import whole_text

# The rows that were set aside, without the number and the time of the run.
SET_ASIDE = """
    SELECT source_table, target_table, source_rowid, column_name, reason, row::text FROM pgrade_record.quarantine
    ORDER BY 1, 2, 3, 4, 5, 6"""


TABLES = """
    SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace::regnamespace::text NOT IN ('pgrade_record', 'pg_catalog')
    AND relnamespace::regnamespace::text NOT LIKE 'pg_toast%' AND relnamespace::regnamespace::text <> 'information_schema'"""
SEQUENCES = "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'S'"


def own_dump(database):
    """Where the server comes without pg_dump."""
    lines = [repr((name, row)) for name, rows in whole_text(database).items() if name != "pgrade_record" for row in rows]
    for table, in database.execute(TABLES):
        lines += [f"{table}: {row}" for row, in database.execute(f"SELECT t::text FROM {table} t", ())]
    for sequence, in database.execute(SEQUENCES, ()):
        lines += [f"{sequence}: {database.execute(f'SELECT last_value, is_called FROM {sequence}', ())}"]
    return sorted(lines) + set_aside(database)


def dump(database):
    """Of all but pgrade's own schema."""
    if not os.path.exists(os.path.join(database.cluster.bindir, "pg_dump")):
        return own_dump(database)
    done = subprocess.run(
        [os.path.join(database.cluster.bindir, "pg_dump"), "--exclude-schema=pgrade_record", "-d", database.url],
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
    if database.execute("SELECT to_regclass('pgrade_record.quarantine')") == [(None,)]:
        return []
    return [repr(row) for row in database.execute(SET_ASIDE)]
