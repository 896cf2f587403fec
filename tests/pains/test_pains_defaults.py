"""Defaults that ended everything, or became something else, elsewhere: docs/pains.md has the stories."""

import datetime

import pytest


def default_of(carry, declared, default):
    done = carry(f"CREATE TABLE t (id INTEGER PRIMARY KEY, c {declared} DEFAULT {default})")
    return done.rows("INSERT INTO t (id) VALUES (1) RETURNING c")[0][0]


@pytest.mark.parametrize(
    "default",
    ["(datetime('now'))", "(datetime('now', 'localtime'))", "(STRFTIME('%Y-%m-%d %H:%M:%f', 'NOW'))", "CURRENT_TIMESTAMP",
     "current_timestamp"],
)  # fmt: skip
def test_the_current_moment(default, carry):
    done = carry(f"CREATE TABLE t (id INTEGER PRIMARY KEY, c DATETIME DEFAULT {default})", "--accept", "default",
                 status=0 if "local" not in default else 6)  # fmt: skip
    value = done.rows("INSERT INTO t (id) VALUES (1) RETURNING c")[0][0]
    if value is None:
        assert ("default", "c") in done.left
    else:
        now = datetime.datetime.now(value.tzinfo and datetime.timezone.utc) if value.tzinfo else datetime.datetime.utcnow()
        assert abs(value - now) < datetime.timedelta(minutes=10)


def test_the_current_day(carry):
    value = default_of(carry, "DATE", "current_date")
    assert abs(value - datetime.datetime.utcnow().date()) <= datetime.timedelta(days=1)


@pytest.mark.parametrize("default", ["null", "NULL", "(NULL)"])
def test_null_is_no_text(default, carry):
    assert default_of(carry, "TEXT", default) is None


@pytest.mark.parametrize(
    "declared, default, value",
    [("TEXT", '""', ""), ("TEXT", "''", ""), ("INTEGER", "'0'", 0), ("INTEGER", '"0"', 0), ("TEXT", "'it''s'", "it's"),
     ("INTEGER", "0x10", 16), ("TEXT", "'a\\b'", "a\\b"), ("INTEGER", "-5", -5), ("REAL", "1e3", 1000.0)],
)  # fmt: skip
def test_literals(declared, default, value, carry):
    assert default_of(carry, declared, default) == value


def test_bytes(carry):
    assert bytes(default_of(carry, "BLOB", "x'00ff'")) == b"\x00\xff"


def test_random_text(carry):
    assert len(default_of(carry, "TEXT", "(hex(randomblob(4)))")) == 8


def test_seconds_since_1970(carry):
    value = int(default_of(carry, "INTEGER", "(strftime('%s', 'now'))"))
    assert abs(value - datetime.datetime.now(datetime.timezone.utc).timestamp()) < 600
