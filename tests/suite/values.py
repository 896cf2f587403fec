"""What a value of SQLite has to be on PostgreSQL: docs/values.md in Python, sharing nothing with the program.

expected(value, type, unit, declared) gives the one value that the PostgreSQL column must hold, in a form that
can be compared and hashed; it raises Misfit where the page says that the value does not fit.

Times are microseconds since 1970 in UTC, dates are days since then, floats their shortest text (which tells
the bits, and -0.0 from 0.0), numerics a Decimal, JSON a tree of tuples for jsonb and the text for json.
"""

import ipaddress
import re

from forms import Misfit, Text, match, utf8, words, written
from json_forms import to_json, to_jsonb
from moments import to_date, to_time, to_time_with_zone, to_timestamp
from numerals import to_double, to_integer, to_numeric, to_real

TRUTH = {word: True for word in ("t", "true", "y", "yes", "on", "1")}
TRUTH.update({word: False for word in ("f", "false", "n", "no", "off", "0")})
UUID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
MACADDR = re.compile(r"[0-9a-f]{2}(([:-])[0-9a-f]{2})(\2[0-9a-f]{2}){4}", re.IGNORECASE)


def expected(value, kind, unit=None, declared=""):
    if value is None:
        return None
    convert = CONVERTERS.get(kind.name)
    if convert is None:
        raise Misfit(f"docs/values.md knows no type {kind.name}")
    return convert(value, kind, unit, declared)


def to_boolean(value, *_):
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    truth = TRUTH.get(words(value).lower())
    if truth is None:
        raise Misfit("no truth value")
    return truth


def to_text(value, kind, *_):
    if isinstance(value, float):
        text = written(value)
    else:
        text = str(value) if isinstance(value, int) else utf8(value)
    if "\0" in text:
        raise Misfit("holds NUL")
    if kind.length is not None and len(text) > kind.length:
        raise Misfit(f"more than {kind.length} characters")
    return text


def to_character(value, kind, *_):
    text = to_text(value, kind)
    if text.endswith(" "):
        raise Misfit("ends in a space")
    return text


def to_enum(value, kind, *_):
    label = words(value)
    if label not in kind.labels:
        raise Misfit("not one of the labels")
    return label


def to_bytea(value, *_):
    if isinstance(value, (int, float)):
        raise Misfit("a number")
    return bytes(value)


def to_uuid(value, *_):
    if isinstance(value, Text):
        return match(UUID, utf8(value))[0].replace("-", "").lower()
    if isinstance(value, bytes) and len(value) == 16:
        return value.hex()
    if isinstance(value, int) and value == 0:
        return "0" * 32
    raise Misfit("no UUID")


def to_inet(value, *_):
    text = words(value)
    match(re.compile(r"[0-9a-f.:]+(/(0|[1-9]\d{0,2}))?", re.IGNORECASE | re.ASCII), text)
    try:
        return str(ipaddress.ip_interface(text))
    except ValueError as error:
        raise Misfit(str(error)) from None


def to_cidr(value, *_):
    address = to_inet(value)
    try:
        return str(ipaddress.ip_network(address))
    except ValueError as error:
        raise Misfit(str(error)) from None


def to_macaddr(value, *_):
    return match(MACADDR, words(value))[0].lower().replace("-", ":")


CONVERTERS = {
    "boolean": to_boolean,
    "smallint": to_integer,
    "integer": to_integer,
    "bigint": to_integer,
    "double precision": to_double,
    "real": to_real,
    "numeric": to_numeric,
    "text": to_text,
    "character varying": to_text,
    "character": to_character,
    "enum": to_enum,
    "bytea": to_bytea,
    "date": to_date,
    "time without time zone": to_time,
    "time with time zone": to_time_with_zone,
    "timestamp without time zone": to_timestamp,
    "timestamp with time zone": to_timestamp,
    "uuid": to_uuid,
    "json": to_json,
    "jsonb": to_jsonb,
    "inet": to_inet,
    "cidr": to_cidr,
    "macaddr": to_macaddr,
}
