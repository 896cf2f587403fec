"""Values that arrived changed, or ended the whole table, elsewhere: docs/pains.md has the stories."""

import hashlib
import sqlite3
import struct
import time

import pytest

import pgrade

DOUBLES = (0.1, 1230.99, 25.0, 1e300, -1e-300, 5e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 1 / 3, 1e22, 2.32)


def test_spellings_of_booleans(carry):
    done = carry("CREATE TABLE t (b BOOLEAN); INSERT INTO t VALUES (1), (0), ('true'), ('f'), ('YES'), (NULL)")
    assert done.types("t") == {"b": "boolean"}
    assert done.column("SELECT b FROM t ORDER BY ctid") == [True, False, True, False, True, None]


def test_no_guess_at_what_is_no_boolean(carry):
    done = carry("CREATE TABLE t (b BOOLEAN); INSERT INTO t VALUES (1), (2), (''), ('f'), ('ja')", status=pgrade.DECISION)
    assert done.misfits == {("t", "b", 2), ("t", "b", 3), ("t", "b", 5)}


def test_words_in_an_integer_column(carry):
    done = carry("CREATE TABLE t (n INT); INSERT INTO t VALUES (1), ('true')", "--type", "t.n=bigint", status=pgrade.DECISION)
    assert done.misfits == {("t", "n", 2)}


def test_boolean_default_of_a_numeric_column(carry):
    done = carry("CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, done numeric DEFAULT false); INSERT INTO t (done) VALUES (1)")
    done.rows("INSERT INTO t DEFAULT VALUES RETURNING id")
    assert [bool(value) for value in done.column("SELECT done FROM t ORDER BY id")] == [True, False]


def test_large_numbers_in_int(carry):
    done = carry("CREATE TABLE t (a INT, b INTEGER); INSERT INTO t VALUES (3000592982016, 5000000000)")
    assert done.rows("SELECT a, b FROM t") == [(3000592982016, 5000000000)]


def test_small_integers_when_asked_for(carry):
    sql = "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE t (n INTEGER, p INTEGER REFERENCES p (id))"
    assert set(carry(sql, "--integers", "declared").types("t").values()) == {"integer"}


def test_numbers_beyond_64_bits(carry):
    sql = "CREATE TABLE t (n BIGINT); INSERT INTO t VALUES (1), (18446744073709551615)"
    assert carry(sql, "--type", "t.n=bigint", status=pgrade.DECISION).misfits == {("t", "n", 2)}
    done = carry(sql, "--type", "t.n=numeric")
    assert done.column("SELECT n::text FROM t ORDER BY n DESC") == ["18446744073709552000", "1"], "a REAL by its shortest text"


def test_fractions_in_an_integer_column_are_kept(carry):
    sql = "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1), (12.5), (2.32)"
    assert carry(sql, "--type", "t.n=bigint", status=pgrade.DECISION).misfits == {("t", "n", 2), ("t", "n", 3)}
    assert list(map(float, carry(sql, "--misfit", "widen").column("SELECT n FROM t ORDER BY ctid"))) == [1, 12.5, 2.32]


def test_text_in_an_integer_column_ends_at_once(carry):
    began = time.monotonic()
    done = carry("CREATE TABLE t (n INT); INSERT INTO t VALUES (1), ('lots-of-it')", "--type", "t.n=bigint", status=pgrade.DECISION)
    assert done.misfits == {("t", "n", 2)} and time.monotonic() - began < 30


def test_doubles_are_the_same_bits(carry):
    values = ", ".join(f"({number!r})" for number in DOUBLES)
    done = carry(f"CREATE TABLE t (r REAL); INSERT INTO t VALUES {values}")
    found = done.column("SELECT encode(float8send(r), 'hex') FROM t ORDER BY ctid")
    assert found == [struct.pack(">d", number).hex() for number in DOUBLES]


def test_infinities(carry):
    done = carry("CREATE TABLE t (r REAL); INSERT INTO t VALUES (9e999), (-9e999)")
    assert done.column("SELECT r FROM t ORDER BY r") == [float("-inf"), float("inf")]


def test_real_is_double_precision(carry):
    done = carry("CREATE TABLE t (a REAL, b FLOAT); INSERT INTO t VALUES (1e300, 0.1)")
    assert set(done.types("t").values()) == {"double precision"}


def test_decimals_beyond_their_declaration(carry):
    done = carry(
        "CREATE TABLE t (d DECIMAL(10, 2)); INSERT INTO t VALUES (12.34), (12.345), (1e20), ('NaN')", status=pgrade.DECISION
    )
    assert done.misfits == {("t", "d", 2), ("t", "d", 3)}


def test_empty_text_in_a_number(carry):
    sql = "CREATE TABLE t (n INTEGER, m INTEGER NOT NULL); INSERT INTO t VALUES ('', 1), (2, '')"
    types = ("--type", "t.n=bigint", "--type", "t.m=bigint")
    assert carry(sql, *types, status=pgrade.DECISION).misfits == {("t", "n", 1), ("t", "m", 2)}
    assert ("t", "m", 2) in carry(sql, *types, "--misfit", "null", status=pgrade.DECISION).misfits


def test_empty_text_becomes_null_only_when_asked(carry):
    sql = "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (''), (2)"
    done = carry(sql, "--type", "t.n=bigint", "--misfit", "t.n=null", status=pgrade.SHORTFALL)
    assert done.column("SELECT n FROM t ORDER BY n") == [2, None]


@pytest.mark.parametrize("value", ["''", "0", "'0000-00-00'", "'2023-02-29'"])
def test_dates_that_are_none(value, carry):
    done = carry(f"CREATE TABLE t (d DATE); INSERT INTO t VALUES ('2024-01-01'), ({value})", "--type", "t.d=date",
                 status=pgrade.DECISION)  # fmt: skip
    assert done.misfits == {("t", "d", 2)} and done.report["misfit_count"] == 1


@pytest.mark.parametrize(
    "number, unit",
    [("1647950409", "seconds"), ("1647950409737", "milliseconds"), ("1647950409737123", "microseconds"),
     ("2459661.0", "julian days"), ("13292424009737123", "WebKit microseconds"),
     ("637835472097371230", ".NET ticks")],
)  # fmt: skip
def test_moments_in_numbers(number, unit, carry):
    done = carry(f"CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME); INSERT INTO t (at) VALUES ({number})")
    (column,) = [one for one in done.report["tables"][0]["columns"] if one["name"] == "at"]
    assert column["unit"] == unit
    text = {"seconds": "2022-03-22 12:00:09.000", "julian days": "2022-03-22 12:00:00.000"}.get(unit, "2022-03-22 12:00:09.737")
    assert done.column("SELECT to_char(at AT TIME ZONE 'UTC' AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') FROM t") == [text]


def test_dates_written_as_numbers_are_no_years(carry):
    done = carry("CREATE TABLE t (at DATETIME); INSERT INTO t VALUES ('2018-04-06 03:49:59'), (20180406034959)",
                 "--type", "t.at=timestamp", status=pgrade.DECISION)  # fmt: skip
    assert ("t", "at", 2) in done.misfits


def test_zones_in_one_column(carry):
    """The server of the tests is in Kathmandu."""
    done = carry(
        "CREATE TABLE t (at TIMESTAMP); INSERT INTO t VALUES ('2024-01-01T12:00:00Z'), ('2024-01-01T12:00:00.123456+02:00'),"
        "('2024-01-01 12:00:00')"
    )
    texts = done.column("SELECT to_char(at AT TIME ZONE 'UTC' AT TIME ZONE 'UTC', 'HH24:MI:SS.US') FROM t ORDER BY ctid")
    assert texts == ["12:00:00.000000", "10:00:00.123456", "12:00:00.000000"]


def test_text_in_a_blob_column_is_its_bytes(carry):
    done = carry("CREATE TABLE t (k BLOB); INSERT INTO t VALUES ('-----BEGIN KEY'), (x'00ff'), ('abcd')")
    assert done.column("SELECT encode(k, 'hex') FROM t ORDER BY ctid") == [b"-----BEGIN KEY".hex(), "00ff", b"abcd".hex()]


def test_blobs_in_a_text_column(carry):
    sql = "CREATE TABLE t (s TEXT); INSERT INTO t VALUES (x'616263')"
    assert carry(sql).column("SELECT s FROM t") == ["abc"]


def test_blobs_that_are_no_text_in_a_text_column(carry):
    sql = "CREATE TABLE t (s TEXT); INSERT INTO t VALUES (x'a84c64ff')"
    assert carry(sql, status=pgrade.DECISION).misfits == {("t", "s", 1)}
    assert carry(sql, "--misfit", "widen").column("SELECT encode(s, 'hex') FROM t") == ["a84c64ff"]


def test_every_byte_of_blobs(carry):
    blobs = [b"", b"\0", bytes(range(256)), b"\\x41", b"[B@1f"]
    done = carry("CREATE TABLE t (b BLOB);" + "".join(f"INSERT INTO t VALUES (x'{blob.hex()}');" for blob in blobs))
    assert done.column("SELECT encode(sha256(b), 'hex') FROM t ORDER BY ctid") == [hashlib.sha256(blob).hexdigest() for blob in blobs]


def test_nul_in_text(carry):
    sql = "CREATE TABLE t (s TEXT); INSERT INTO t VALUES ('ok'), (CAST(x'610062' AS TEXT))"
    assert carry(sql, status=pgrade.DECISION).misfits == {("t", "s", 2)}
    done = carry(sql, "--misfit", "repair", status=pgrade.SHORTFALL)
    assert len(done.column("SELECT s FROM t")) == 2


@pytest.mark.parametrize("text", ['"\\u0000"', "", "{''a'': 1}", "NaN", '{"a": NaN}', '"\\ud800"'])
def test_json_that_postgresql_cannot_use(text, carry):
    sql = f"CREATE TABLE t (j JSON); INSERT INTO t VALUES ('{{}}'), ('{text}')"
    assert carry(sql, "--type", "t.j=jsonb", status=pgrade.DECISION).misfits == {("t", "j", 2)}
    assert carry(sql, "--misfit", "widen").types("t") == {"j": "text"}


def test_binary_json_is_decoded(carry):
    done = carry("CREATE TABLE t (j JSONB); INSERT INTO t VALUES (x'4b13311332')")
    assert done.types("t") == {"j": "jsonb"} and done.column("SELECT j FROM t") == [[1, 2]]


def test_text_that_is_no_utf8(carry):
    sql = "CREATE TABLE t (s TEXT, n INTEGER); INSERT INTO t VALUES ('a', 1), (CAST(x'636166e9' AS TEXT), 2), ('b', 3)"
    done = carry(sql, status=pgrade.DECISION)
    assert done.misfits == {("t", "s", 2)} and "x'636166e9'" in done.outcome.stdout
    done = carry(sql, "--misfit", "repair", "--repair-encoding", "latin1", status=pgrade.SHORTFALL)
    assert done.column("SELECT s FROM t ORDER BY n") == ["a", "café", "b"]


@pytest.mark.parametrize("encoding", ["UTF-16le", "UTF-16be"])
def test_files_in_utf16(encoding, carry):
    done = carry(f"PRAGMA encoding = '{encoding}'; CREATE TABLE größe (s TEXT); INSERT INTO größe VALUES ('naïve 😀')")
    assert done.column('SELECT s FROM "größe"') == ["naïve 😀"]


@pytest.mark.parametrize("encoding, high, low", [("UTF-16le", "00D84100", "00DC4100"), ("UTF-16be", "D8000041", "DC000041")])
def test_half_characters_of_utf16(encoding, high, low, carry):
    """SQLite's own conversion makes one and the same character of both."""
    done = carry(
        f"PRAGMA encoding = '{encoding}'; CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES "
        f"(1, cast(x'{high}' AS TEXT)), (2, cast(x'{low}' AS TEXT)), (3, ''), (4, '€ ß 😀 z')",
        status=pgrade.DECISION,
    )
    assert done.misfits == {("t", "a", 1), ("t", "a", 2)}


def test_texts_longer_than_declared(carry):
    sql = "CREATE TABLE t (s VARCHAR(3)); INSERT INTO t VALUES ('abc'), ('abcd'), ('äöüß')"
    assert carry(sql, "--type", "t.s=varchar(3)", status=pgrade.DECISION).misfits == {("t", "s", 2), ("t", "s", 3)}
    assert carry(sql, "--misfit", "widen").column("SELECT s FROM t ORDER BY ctid") == ["abc", "abcd", "äöüß"]


def test_three_spellings_of_uuids(carry):
    done = carry(
        "CREATE TABLE t (u UUID); INSERT INTO t VALUES ('550e8400e29b41d4a716446655440000'),"
        "('550E8400-E29B-41D4-A716-446655440000'), (x'550e8400e29b41d4a716446655440000')"
    )
    assert done.types("t") == {"u": "uuid"}
    assert done.column("SELECT DISTINCT u::text FROM t") == ["550e8400-e29b-41d4-a716-446655440000"]


ODD_TYPES = ("intege", "timestampz", "nocase", "_text", "any", "unsigned big int", "TEXT[]", "BYTE[]", "NUMERIC[]", "",
             "foo bar (1, 2)", "\"quoted\"", "FLOATING POINT", "order_", "тип")  # fmt: skip


def test_any_declared_type(carry):
    columns = ", ".join(f"c{place} {declared}" for place, declared in enumerate(ODD_TYPES))
    done = carry(f"CREATE TABLE t ({columns}); INSERT INTO t VALUES ({', '.join('7' for _ in ODD_TYPES)})")
    (row,) = done.rows("SELECT * FROM t")
    assert [str(cell) for cell in row] == ["7"] * len(ODD_TYPES)


def test_the_tests_of_this_file_see_sqlite_as_it_is():
    """What is taken for granted above: SQLite keeps what a column was not declared for."""
    kept = sqlite3.connect(":memory:").execute("SELECT typeof(CAST(x'6100' AS TEXT)), 9e999 > 1e308").fetchone()
    assert kept == ("text", 1)
