"""The rules of docs/values.md, by example, and the fixtures that are made of them."""

import re
import sqlite3
from decimal import Decimal

import pytest

import fixtures
from binary_json import json_of
from forms import Misfit, Text, parse_type, shortest, written
from moments import days_before, first_day
from values import expected

DAY = 86400 * 1000000
NOON = Text(b"2024-06-01 12:00:00")
NOON_VALUE = 1717243200 * 1000000

EXAMPLES = [
    ("boolean", 1, True),
    ("boolean", 0.0, False),
    ("boolean", Text(b"oN"), True),
    ("boolean", Text(b"N"), False),
    ("smallint", 32767, 32767),
    ("integer", -2147483648.0, -2147483648),
    ("bigint", Text(b"+007"), 7),
    ("double precision", 1 << 53, "9007199254740992.0"),
    ("double precision", -0.0, "-0.0"),
    ("double precision", float("inf"), "inf"),
    ("real", 0.5, "0.5"),
    ("real", 16777216, "16777216.0"),
    ("real", 0.1, "0.10000000149011612"),
    ("bigint", b"-17", -17),
    ("numeric", 0.1, Decimal("0.1")),
    ("numeric", Text(b".5e3"), 500),
    ("numeric", Text(b"nan"), "NaN"),
    ("numeric", float("-inf"), Decimal("-Infinity")),
    ("numeric", -9223372036854775808, Decimal(-9223372036854775808)),
    ("numeric(10,2)", 0.1 + 0.2, Decimal("0.3")),
    ("numeric(10,2)", Text(b"1.500"), Decimal("1.5")),
    ("numeric(20,2)", 1234567890123.4501, Decimal("1234567890123.45")),
    ("numeric(10,2)", 99999999, 99999999),
    ("numeric(4,0)", 5.0, 5),
    ("text", 5, "5"),
    ("text", 5.0, "5.0"),
    ("text", 1e28, "1.0e+28"),
    ("text", 1.5e300, "1.5e+300"),
    ("text", float("-inf"), "-Inf"),
    ("text", b"abc", "abc"),
    ("text", Text(b""), ""),
    ("text", 0.1, "0.1"),
    ("character varying(2)", Text("éé".encode()), "éé"),
    ("character(3)", Text(b" a"), " a"),
    ("bytea", Text(b"\xff"), b"\xff"),
    ("bytea", b"", b""),
    ("date", Text(b"1970-01-02"), 1),
    ("date", Text(b"2000-02-29T00:00:00.0Z"), 11016),
    ("time without time zone", Text(b"01:02"), 3720000000),
    ("time without time zone", Text(b"2000-01-01T00:00:00.000001"), 1),
    ("time with time zone", Text(b"00:00:01 -03:30"), (1000000, -12600)),
    ("timestamp without time zone", NOON, NOON_VALUE),
    ("timestamp without time zone", Text(b"2024-06-01T14:00+02"), NOON_VALUE),
    ("timestamp with time zone", Text(b"2024-06-01 08:30:00 -0330"), NOON_VALUE),
    ("timestamp(3) without time zone", Text(b"1970-01-01 00:00:00.123000"), 123000),
    ("timestamp with time zone", Text(b"0001-01-01"), days_before(1) * DAY),
    ("uuid", 0, "0" * 32),
    ("uuid", Text(b"7C9E6679-7425-40DE-944B-E07FC1F90AE7"), "7c9e6679742540de944be07fc1f90ae7"),
    ("uuid", bytes(range(16)), "000102030405060708090a0b0c0d0e0f"),
    ("json", Text(b' {"a":1} '), ' {"a":1} '),
    ("json", 1e28, "1.0e+28"),
    ("json", 2.0, "2.0"),
    ("json", 7, "7"),
    ("inet", Text(b"10.0.0.1/8"), "10.0.0.1/8"),
    ("inet", Text(b"::FFFF:1"), "::ffff:1/128"),
    ("cidr", Text(b"10.0.0.1"), "10.0.0.1/32"),
    ("macaddr", Text(b"AA-bb-00-11-22-33"), "aa:bb:00:11:22:33"),
    ("timestamp without time zone", None, None),
]

MISFITS = [
    ("boolean", 2),
    ("boolean", b"t"),
    ("boolean", Text(b"1.0")),
    ("smallint", 32768),
    ("bigint", 9.3e18),
    ("integer", 0.5),
    ("bigint", Text(b"1e3")),
    ("bigint", Text("٣".encode())),
    ("bigint", float("inf")),
    ("double precision", (1 << 53) + 1),
    ("double precision", Text(b"1")),
    ("real", 0.1234567),
    ("real", 1e300),
    ("numeric", Text(b"1.")),
    ("numeric", Text(b"0x1")),
    ("numeric", b"1"),
    ("numeric(4,2)", 100),
    ("numeric(4,2)", 1.005),
    ("numeric(4,2)", float("inf")),
    ("numeric(20,2)", 12345678901234.568),
    ("text", Text(b"\xff")),
    ("text", b"a\0"),
    ("character varying(2)", Text(b"abc")),
    ("character varying(2)", 123),
    ("character(3)", Text(b"a ")),
    ("bytea", 1),
    ("date", Text(b"2023-02-29")),
    ("date", 0),
    ("date", Text(b"2024-01-01 00:01")),
    ("time without time zone", Text(b"24:00")),
    ("time(0) without time zone", Text(b"00:00:00.5")),
    ("timestamp without time zone", 0),
    ("timestamp without time zone", Text(b"2024-06-01 12:00:00+16:00")),
    ("timestamp without time zone", Text(b"2024-06-01 12:00:00.0000001")),
    ("timestamp without time zone", Text(b"")),
    ("timestamp without time zone", Text("２024-06-01".encode())),
    ("timestamp without time zone", Text(b"2024-06-01\n")),
    ("uuid", 1),
    ("uuid", b"x"),
    ("uuid", Text(b"0" * 31)),
    ("json", Text(b"nul")),
    ("json", Text(b"[1] 2")),
    ("json", Text(b'"\\u0000"')),
    ("json", Text(b'"\\udc00"')),
    ("json", float("inf")),
    ("json", Text(b"[" * 1001 + b"]" * 1001)),
    ("jsonb", Text(b"1e131072")),
    ("jsonb", Text(b"0." + b"0" * 16384)),
    ("numeric", Text(b"1e131072")),
    ("inet", Text(b"10.0.0")),
    ("inet", Text(b"10.0.0.0/08")),
    ("cidr", Text(b"10.0.0.1/8")),
    ("macaddr", Text(b"aabb.0011.2233")),
    ("macaddr", Text(b"aa-bb:00-11:22-33")),
    ("point", Text(b"(1,2)")),
]

NUMBERS_AS_TIMES = [
    (1700000000, "seconds", 1700000000 * 1000000),
    (-1, "seconds", -1000000),
    (1700000000.25, "seconds", 1700000000250000),
    (0.5, "microseconds", 1),
    (-0.5, "microseconds", -1),
    (2.5, "microseconds", 3),
    (1647950409737, "milliseconds", 1647950409737000),
    (5, "microseconds", 5),
    (2440587.5, "julian days", 0),
    (2440588, "julian days", DAY // 2),
    (2459661.123456, "julian days", 1647961066598000),
    (721692800.5, "Core Data seconds", 1700000000500000),
    (13344473600000001, "WebKit microseconds", 1700000000000001),
    (638355968000000010, ".NET ticks", 1700000000000001),
]


@pytest.mark.parametrize("kind, value, wanted", EXAMPLES)
def test_value_arrives(kind, value, wanted):
    assert expected(value, parse_type(kind)) == wanted


@pytest.mark.parametrize("kind, value", MISFITS)
def test_value_does_not_fit(kind, value):
    with pytest.raises(Misfit):
        expected(value, parse_type(kind))


@pytest.mark.parametrize("number, unit, wanted", NUMBERS_AS_TIMES)
def test_number_is_a_time(number, unit, wanted):
    assert expected(number, parse_type("timestamp without time zone"), unit) == wanted


def test_days_at_the_ends_of_the_calendar():
    assert first_day() == -2440588
    assert days_before(1970) == 0
    assert days_before(2000) == 10957


def test_range_of_timestamps_ends_before_294277():
    kind = parse_type("timestamp without time zone")
    last = days_before(294277) * DAY - 1
    assert expected(last, kind, "microseconds") == last
    with pytest.raises(Misfit):
        expected(last + 1, kind, "microseconds")


def test_jsonb_is_compared_by_value():
    kind = parse_type("jsonb")
    one = expected(Text(b'{"a": 1, "b": [1.50, true], "a": 2e1}'), kind)
    assert one == expected(Text(b'{"b":[1.5,true],"a":20}'), kind)
    assert one != expected(Text(b'{"b":[1.5,1],"a":20}'), kind)
    assert expected(Text(b"0"), kind) != expected(Text(b"false"), kind)


@pytest.mark.parametrize(
    "blob, text",
    [
        ("00", "null"),
        ("01", "true"),
        ("02", "false"),
        ("13" "37", "7"),
        ("35" "312e35", "1.5"),
        ("0b", "[]"),
        ("0c", "{}"),
        ("3b" "1331" "00", "[1,null]"),
        ("4c" "1761" "1331", '{"a":1}'),
        ("28" "5c6e", '"\\n"'),
        ("2a" "220a", '"\\"\\n"'),
        ("29" "5c27", '"\'"'),
        ("49" "5c783431", '"\\u0041"'),
        ("44" "30783141", "26"),
        ("54" "2d30783141", "-26"),
        ("26" "2e35", "0.5"),
        ("36" "2d2e35", "-0.5"),
        ("26" "352e", "5.0"),
        ("c703" "616263", '"abc"'),
        ("d70003" "616263", '"abc"'),
        ("e700000003" "616263", '"abc"'),
        ("f70000000000000003" "616263", '"abc"'),
    ],
)
def test_binary_json_is_read(blob, text):
    assert json_of(bytes.fromhex(blob)) == text
    assert expected(bytes.fromhex(blob), parse_type("json"), None, "JSONB") == text


@pytest.mark.parametrize("blob", ["", "0d", "1331" "00", "17", "2c" "1761", "1c" "17", "c7", "17ff"])
def test_other_bytes_are_no_binary_json(blob):
    with pytest.raises(Misfit):
        expected(bytes.fromhex(blob), parse_type("json"), None, "JSONB")


def test_bytes_in_a_json_column_are_text():
    assert expected(b"{}", parse_type("json"), None, "JSON") == "{}"


def test_enum_knows_its_labels():
    kind = parse_type("public.mood", ["sad", "ok"])
    assert expected(Text(b"ok"), kind) == "ok"
    with pytest.raises(Misfit):
        expected(Text(b"OK"), kind)


def test_shortest_text_reads_back():
    for number in (0.1, 1 / 3, 1e22, 1e23, 5e-324, 2.2250738585072014e-308, 123456789.123456789, -0.0):
        assert float(shortest(number)) == number
    assert shortest(0.30000000000000004) == "0.30000000000000004"
    assert [written(number) for number in (-0.0, 1e-5, 1.5e28, 0.1)] == ["-0.0", "1.0e-05", "1.5e+28", "0.1"]


def values_of(name):
    """Each value of a fixture with the type and unit that the comment of its table names."""
    comments = dict(re.findall(r"^CREATE TABLE (as_\w+) .*; -- (.*)$", fixtures.text_of(name), re.MULTILINE))
    connection = sqlite3.connect(":memory:")
    connection.executescript(fixtures.text_of(name))
    connection.text_factory = Text
    for table, comment in comments.items():
        kind, _, unit = comment.partition(", ")
        for (value,) in connection.execute(f"SELECT v FROM {table}"):
            yield table, value, parse_type(kind), unit or None
    connection.close()


def test_values_fixture_fits():
    converted = [expected(value, kind, unit) for _, value, kind, unit in values_of("values")]
    assert len(converted) > 180


def test_misfits_fixture_does_not_fit():
    found = list(values_of("misfits"))
    assert len(found) > 85
    for table, value, kind, unit in found:
        with pytest.raises(Misfit):
            expected(value, kind, unit)
            print(f"{table}: {value!r} fits")
