"""Reads PostgreSQL's values in the forms of values.py, and writes them back for a probing INSERT.

Each type is read through an expression that depends on no setting of the server or the session.
"""

import ipaddress
from decimal import Decimal

from json_forms import json_tree

SESSION = (
    "SET timezone = 'UTC'",
    "SET datestyle = 'ISO, YMD'",
    "SET extra_float_digits = 3",
    "SET bytea_output = 'hex'",
    "SET client_encoding = 'UTF8'",
    "SET search_path = pg_catalog",
)
MICROSECONDS = "(extract(epoch FROM {})::numeric * 1000000)::bigint"

# How a value is selected, where its own text would depend on something.
SELECT = {
    "numeric": "{}::text",
    "real": "{}::double precision",
    "date": "({} - date '1970-01-01')",
    "timestamp without time zone": MICROSECONDS,
    "timestamp with time zone": MICROSECONDS,
    "time without time zone": MICROSECONDS,
    "time with time zone": MICROSECONDS.format("{0}::time") + " || '/' || extract(timezone FROM {0})",
    "uuid": "{}::text",
    "json": "{}::text",
    "jsonb": "{}::text",
    "enum": "{}::text",
    "inet": "{}::text",
    "cidr": "{}::text",
    "macaddr": "{}::text",
}


def time_with_zone(text):
    time, offset = text.split("/")
    return int(time), int(Decimal(offset))


READ = {
    "double precision": repr,
    "real": repr,
    "numeric": lambda text: "NaN" if text == "NaN" else Decimal(text),
    "character": lambda text: text.rstrip(" "),
    "bytea": bytes,
    "time with time zone": time_with_zone,
    "uuid": lambda text: text.replace("-", ""),
    "jsonb": lambda text: json_tree(text, limit_numbers=True),
    "inet": lambda text: str(ipaddress.ip_interface(text)),
    "cidr": lambda text: str(ipaddress.ip_network(text)),
}

# How a value of values.py is written, with %s where it goes.
WRITE = {
    "date": "date '1970-01-01' + %s::integer",
    "timestamp without time zone": "timestamp '1970-01-01' + %s::bigint * interval '1 microsecond'",
    "timestamp with time zone": "timestamptz '1970-01-01 00:00Z' + %s::bigint * interval '1 microsecond'",
    "time without time zone": "time '00:00' + %s::bigint * interval '1 microsecond'",
}


def select_expression(kind, column):
    return SELECT.get(kind.name, "{}").format(column)


def read(kind, raw):
    if raw is None:
        return None
    return READ.get(kind.name, lambda value: value)(raw)


def write_expression(kind, formatted):
    """`formatted` is the type as PostgreSQL writes it, quoted where it needs to be."""
    return WRITE.get(kind.name, f"(%s)::{formatted}")


def write_value(kind, value, text):
    """`text` is how JSON is spelled, since a tree of tuples is none."""
    if value is None or isinstance(value, (bool, int, bytes)):
        return value
    if kind.name in ("jsonb", "json"):
        return text
    return clock_text(*value) if kind.name == "time with time zone" else str(value)


def clock_text(microseconds, offset):
    seconds, fraction = divmod(microseconds, 1000000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:06}"
    return f"{clock}{'-' if offset < 0 else '+'}{abs(offset) // 3600:02}:{abs(offset) // 60 % 60:02}"
