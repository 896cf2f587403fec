"""What PostgreSQL has no room for: columns, key columns, rows wider than a page."""

import random
import sqlite3

import psycopg2
import pytest

import fixtures
import pgrade
from catalog_text import table_names
from trouble import one_document


def columns(count, kind, name="c"):
    return ", ".join(f"{name}{i} {kind}" for i in range(count))


def upgraded(path, database, *options):
    outcome = pgrade.run("upgrade", str(path), database.url, *options, "--json")
    assert "Sanitizer" not in outcome.stderr, outcome
    return one_document(outcome)


@pytest.mark.core
def test_table_of_too_many_columns_is_named(folder, untouched, database):
    path = fixtures.build_from_text(
        f"CREATE TABLE much (id INTEGER PRIMARY KEY, {columns(1600, 'INT')});"
        "INSERT INTO much (id) VALUES (1);"
        "CREATE TABLE child (id INTEGER PRIMARY KEY, much_id INTEGER CONSTRAINT of_much REFERENCES much);"
        f"CREATE TABLE most ({columns(1600, 'INT')}); INSERT INTO most (c1599) VALUES (7)",
        folder / "app.db",
    )
    untouched()
    document = upgraded(path, database)
    assert document["status"] == pgrade.DECISION
    lost = {(one["class"], one["name"]): one["reason"] for one in document["not_carried"]}
    assert set(lost) == {("table", "much"), ("foreign key", "of_much")}
    assert "1601 columns" in lost[("table", "much")]
    document = upgraded(path, database, "--accept", "all")
    assert document["status"] == pgrade.SHORTFALL
    assert table_names(database) == ["child", "most"]
    assert database.execute("SELECT c1599 FROM most") == [(7,)]


@pytest.mark.core
def test_keys_of_too_many_columns_are_named(folder, database):
    names = ", ".join(f"c{i}" for i in range(33))
    path = fixtures.build_from_text(
        f"CREATE TABLE p ({columns(33, 'INT NOT NULL')}, v TEXT, PRIMARY KEY ({names}));"
        f"CREATE TABLE u ({columns(33, 'INT')}, CONSTRAINT every UNIQUE ({names}),"
        f" CONSTRAINT to_p FOREIGN KEY ({names}) REFERENCES p);"
        f"CREATE TABLE i ({columns(33, 'INT')}); CREATE INDEX wide ON i ({names});"
        f"CREATE INDEX narrow ON i ({names.rpartition(', ')[0]});",
        folder / "app.db",
    )
    document = upgraded(path, database)
    assert document["status"] == pgrade.DECISION
    assert {(one["class"], one["table"], one["name"]) for one in document["not_carried"]} == {
        ("primary key", "p", None),
        ("unique constraint", "u", "every"),
        ("foreign key", "u", "to_p"),
        ("index", "i", "wide"),
    }
    document = upgraded(path, database, "--accept", "all")
    assert document["status"] == pgrade.SHORTFALL
    assert database.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'") == [("narrow",)]


@pytest.mark.core
@pytest.mark.parametrize("options", [[], ["--misfit", "null"], ["--misfit", "repair"], ["--misfit", "widen"]])
def test_rows_wider_than_a_page_are_misfits(options, folder, untouched, database):
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {columns(1500, 'TEXT')})")
    marks = ", ".join("?" * 1501)
    connection.execute(f"INSERT INTO t VALUES ({marks})", [1] + ["abc"] * 1500)
    connection.execute(f"INSERT INTO t VALUES ({marks})", [2] + ["abcdefgh" * 5] * 1500)
    connection.execute(f"INSERT INTO t VALUES ({marks})", [3] + ["abcdefgh"] * 1500)
    connection.execute(f"INSERT INTO t VALUES ({marks})", [4] + [None] * 1500)
    connection.commit()
    connection.close()
    untouched()
    document = upgraded(path, database, *options)
    assert document["status"] == pgrade.DECISION and document["misfit_count"] == 2
    assert [(one["column"], one["rowid"]) for one in document["misfits"]] == [(None, 2), (None, 3)]
    assert all("wider than a page" in one["reason"] for one in document["misfits"])
    assert table_names(database) == []


KINDS = {
    "INTEGER": ("bigint", lambda r: r.randrange(-(2**40), 2**40)),
    "SMALLINT": ("smallint", lambda r: r.randrange(1000)),
    "BOOLEAN": ("boolean", lambda r: r.randrange(2)),
    "REAL": ("double precision", lambda r: r.random()),
    "DATETIME": ("timestamp", lambda r: "2024-01-01 00:00:00"),
    "UUID": ("uuid", lambda r: "%032x" % r.getrandbits(128)),
    "NUMERIC": ("numeric", lambda r: r.randrange(10 ** r.randrange(1, 16))),
    "TEXT": ("text", lambda r: "".join(r.choices("abcdefghijklmnop", k=r.randrange(60)))),
    "BLOB": ("bytea", lambda r: r.randbytes(r.randrange(50))),
}


@pytest.mark.core
@pytest.mark.parametrize("seed", range(6))
def test_width_is_what_the_server_says(seed, folder, database):
    """Rows around the limit: each that the server takes is carried, each that it refuses is named."""
    choose = random.Random(seed)
    kinds = [choose.choice(list(KINDS)) for _ in range(choose.randrange(500, 800))]
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    names = [f"c{i}" for i in range(len(kinds))]
    connection.execute(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, {', '.join(map(' '.join, zip(names, kinds)))})"
    )
    database.execute(
        "CREATE SCHEMA probe; CREATE TABLE probe.t"
        f" (id bigint, {', '.join(f'{name} {KINDS[kind][0]}' for name, kind in zip(names, kinds))})"
    )
    refused = set()
    for rowid in range(1, 41):
        filled = choose.uniform(0.3, 1)
        row = [KINDS[kind][1](choose) if choose.random() < filled else None for kind in kinds]
        connection.execute(f"INSERT INTO t VALUES ({', '.join('?' * (len(row) + 1))})", [rowid] + row)
        if not takes(database, kinds, row):
            refused.add(rowid)
    connection.commit()
    connection.close()
    document = upgraded(path, database, *(word for name, kind in zip(names, kinds)
                                          for word in ("--type", f"t.{name}={KINDS[kind][0]}")))
    named = {one["rowid"] for one in document["misfits"]}
    assert refused <= named if refused else document["status"] == pgrade.OK
    # What no one but the server can know is how far a text is compressed: a few rows more may be named.
    assert len(named - refused) <= 8


def takes(database, kinds, row):
    values = [None if value is None else bool(value) if kind == "BOOLEAN" else value
              for kind, value in zip(kinds, row)]
    try:
        database.execute(f"INSERT INTO probe.t VALUES (1, {', '.join(['%s'] * len(values))})", values)
        return True
    except psycopg2.errors.ProgramLimitExceeded:
        return False
