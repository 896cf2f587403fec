"""Two SQLite files, compared to the last byte of every cell: class, bytes, rowid, schema and settings."""

import sqlite3

SETTINGS = ("page_size", "encoding", "user_version", "application_id", "auto_vacuum", "journal_mode")


def open_file(path):
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    # A view in words that this SQLite does not know would otherwise hide every table.
    connection.execute("PRAGMA writable_schema = ON")
    connection.text_factory = bytes
    return connection


def quote(name):
    return '"' + name.replace('"', '""') + '"'


def settings(connection):
    return [connection.execute(f"PRAGMA {name}").fetchone() for name in SETTINGS]


def objects(connection):
    return sorted(
        connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall(),
        key=lambda row: [str(cell) for cell in row],
    )


def tables(connection):
    return [
        name.decode()
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]


def columns(connection, table):
    return [
        row[1].decode()
        for row in connection.execute(f"PRAGMA table_xinfo({quote(table)})")
        if row[6] != 1
    ]


def rows(connection, table):
    """Each cell with its class; the rowid first, where the table has one.  None: it is virtual, and of a module that
    is not here."""
    try:
        names = columns(connection, table)
    except sqlite3.Error:
        assert is_virtual(connection, table), f"{table} cannot be read"
        return None
    # SQLite gives 2,000 columns at most.
    form = "typeof({0}), {0}" if len(names) < 1000 else "quote({0})"
    cells = [form.format(quote(name)) for name in names]
    for rowid in ("rowid, ", "_rowid_, ", ""):
        if rowid[:-2] in [name.lower() for name in names]:
            continue
        try:
            sql = f"SELECT {rowid}{', '.join(cells)} FROM {quote(table)}"
            # repr() tells 0.0 from -0.0 and keeps every digit.
            return sorted(repr(row) for row in connection.execute(sql))
        except sqlite3.Error:
            continue
    assert is_virtual(connection, table), f"{table} cannot be read"
    return None


def is_virtual(connection, table):
    sql = "SELECT count(*) FROM sqlite_master WHERE name = ? AND sql LIKE 'CREATE VIRTUAL%'"
    return connection.execute(sql, (table,)).fetchone() == (1,)


def differences(old, new):
    """What differs, in words; [] when nothing does."""
    left, right = open_file(old), open_file(new)
    try:
        found = []
        if settings(left) != settings(right):
            found.append(f"settings: {settings(left)}, {settings(right)}")
        if objects(left) != objects(right):
            found.append(f"schema: {set(objects(left)) ^ set(objects(right))}")
        for table in tables(left):
            before, after = rows(left, table), rows(right, table)
            if before != after:
                lost = [row for row in before or () if row not in set(after or ())]
                come = [row for row in after or () if row not in set(before or ())]
                found.append(f"{table}: -{lost[:3]} +{come[:3]} ({len(before or ())}, {len(after or ())})")
        return found
    finally:
        left.close()
        right.close()
