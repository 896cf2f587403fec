"""Where a framework made the file keys are serial: the server names their sequences, and pgrade foresees how."""

import sqlite3

import pgrade

KEYS = [
    ("ü" * 40, "id"),
    ("t" * 63, "c" * 63),
    ("a" + "日" * 25, "ñ" * 30),
    ("select", "Order"),
    ('x.y"z', "with space"),
    # The same name for both sequences: the second is an identity column, whose sequence can be named.
    ("a_b", "c"),
    ("a", "b_c"),
]
LEDGER = (
    "CREATE TABLE knex_migrations (id integer not null primary key autoincrement, name varchar(255), "
    "batch integer, migration_time datetime)"
)


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def test_odd_names_have_sequences_that_go_on(tmp_path, database):
    path = tmp_path / "app.db"
    connection = sqlite3.connect(path)
    connection.execute(LEDGER)
    for table, key in KEYS:
        connection.execute(
            f"CREATE TABLE {quoted(table)} ({quoted(key)} integer not null primary key autoincrement, v int)"
        )
        connection.executemany(f"INSERT INTO {quoted(table)} (v) VALUES (?)", [(1,), (2,)])
    connection.commit()
    connection.close()
    for options in ((), ("--replace",), ("--schema", "other")):
        outcome = pgrade.upgrade(path, database.url, *options)
        assert outcome.status == pgrade.OK, outcome
    for schema in ("public", "other"):
        for table, key in KEYS:
            place = f"{schema}.{quoted(table)}"
            assert database.execute(f"INSERT INTO {place} (v) VALUES (3) RETURNING {quoted(key)}") == [(3,)]
            owned = database.execute("SELECT pg_get_serial_sequence(%s, %s)", (place, key))
            assert owned[0][0].startswith(schema + "."), owned
    kinds = "SELECT is_identity, count(*) FROM information_schema.columns WHERE is_identity = 'YES'"
    assert database.execute(kinds + " GROUP BY 1") == [("YES", 2)]
