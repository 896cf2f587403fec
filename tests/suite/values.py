"""What a value of SQLite has to be on PostgreSQL: docs/values.md in Python, sharing nothing with the program.

expected(value, type, unit, declared) gives the one value that the PostgreSQL column must hold, in a form that
can be compared and hashed; it raises Misfit where the page says that the value does not fit.

Times are microseconds since 1970 in UTC, dates are days since then, floats their shortest text (which tells
the bits, and -0.0 from 0.0), numerics a Decimal, JSON a tree of tuples for jsonb and the text for json.
"""

import dataclasses
import datetime
import decimal
import functools
import ipaddress
import json
import math
import re
import struct
import sys
from decimal import Decimal
from fractions import Fraction

# PostgreSQL's numeric has up to 131,072 digits before the point; JSON may be a thousand levels deep.
DIGITS_BEFORE, DIGITS_AFTER, JSON_DEPTH = 131072, 16383, 1000
decimal.getcontext().prec = 200000
sys.setrecursionlimit(20000)

EPOCH = datetime.date(1970, 1, 1)
DAY = 86400 * 1000000
INTEGER_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
TRUTH = {word: True for word in ("t", "true", "y", "yes", "on", "1")}
TRUTH.update({word: False for word in ("f", "false", "n", "no", "off", "0")})

DATE_TEXT = r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"
TIME_TEXT = r"(?P<hour>\d\d):(?P<minute>\d\d)(:(?P<second>\d\d)(\.(?P<fraction>\d+))?)?"
ZONE_TEXT = r"( ?(?P<zone>[Zz]|(?P<sign>[+-])(?P<zone_hour>\d\d)(:?(?P<zone_minute>\d\d))?))?"
MOMENT = re.compile(f"{DATE_TEXT}([ T]{TIME_TEXT})?{ZONE_TEXT}", re.ASCII)
TIME = re.compile(f"(2000-01-01[ T])?{TIME_TEXT}", re.ASCII)
TIME_WITH_ZONE = re.compile(f"(2000-01-01[ T])?{TIME_TEXT}{ZONE_TEXT}", re.ASCII)
INTEGER = re.compile(r"[+-]?[0-9]+")
DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
UUID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
MACADDR = re.compile(r"[0-9a-f]{2}([:-][0-9a-f]{2}){5}", re.IGNORECASE)
SURROGATE = re.compile("[\ud800-\udfff]")


class Misfit(Exception):
    """The type cannot hold this value exactly; the text says why."""


class Text(bytes):
    """TEXT as stored: SQLite does not check that it is UTF-8."""


@dataclasses.dataclass(frozen=True)
class Type:
    """A PostgreSQL type; absent modifiers are None."""
    name: str
    length: int = None
    precision: int = None
    scale: int = None
    labels: tuple = ()


def parse_type(formatted, labels=()):
    """Reads what PostgreSQL's format_type() writes."""
    if labels:
        return Type("enum", labels=tuple(labels))
    found = re.fullmatch(r"([a-z ]+?)(?:\((\d+)(?:,(-?\d+))?\))?( with(?:out)? time zone)?", formatted)
    if not found:
        return Type(formatted)
    name = found[1] + (found[4] or "")
    number = found[2] and int(found[2])
    if name in ("character", "character varying"):
        return Type(name, length=number)
    return Type(name, precision=number, scale=found[3] and int(found[3]))


def expected(value, kind, unit=None, declared=""):
    if value is None:
        return None
    convert = CONVERTERS.get(kind.name)
    if convert is None:
        raise Misfit(f"docs/values.md knows no type {kind.name}")
    return convert(value, kind, unit, declared)


def shortest(value):
    """The shortest decimal of 15, 16 or 17 digits that reads back as the same double."""
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return next(text for text in (f"{value:.{digits}g}" for digits in (15, 16, 17)) if float(text) == value)


def with_point(text):
    """5 is 5.0, and 1e+28 is 1.0e+28, when they stand for an integral number."""
    mantissa, exponent, power = text.partition("e")
    integral = "." not in mantissa and float(text) == math.floor(float(text))
    return mantissa + (".0" if integral else "") + exponent + power


def utf8(value):
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Misfit(f"not UTF-8: {error.reason} at byte {error.start}") from None


def words(value):
    """The characters of a TEXT; nothing else is read as a word."""
    if not isinstance(value, Text):
        raise Misfit(f"{type(value).__name__} where only text fits")
    return utf8(value)


def match(pattern, text):
    found = pattern.fullmatch(text)
    if not found:
        raise Misfit(f"{text!r} is not of that form")
    return found


def to_boolean(value, *_):
    if isinstance(value, (int, float)) and value in (0, 1):
        return bool(value)
    truth = TRUTH.get(words(value).lower())
    if truth is None:
        raise Misfit("no truth value")
    return truth


def to_integer(value, kind, *_):
    if isinstance(value, float):
        if not value.is_integer():
            raise Misfit("not integral")
        value = int(value)
    elif not isinstance(value, int):
        value = int(match(INTEGER, words(value))[0])
    limit = 1 << INTEGER_BITS[kind.name]
    if not -limit <= value < limit:
        raise Misfit("out of range")
    return value


def to_double(value, *_):
    if isinstance(value, int) and int(float(value)) == value:
        return repr(float(value))
    if isinstance(value, float):
        return repr(value)
    raise Misfit("not the same number as a double")


def to_real(value, *_):
    if not isinstance(value, (int, float)):
        raise Misfit("not a number")
    try:
        narrow = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        raise Misfit("out of the range of a float") from None
    if narrow != value:
        raise Misfit("not the same number as a float")
    return repr(narrow)


def to_numeric(value, kind, *_):
    if kind.precision is not None:
        return to_limited_numeric(value, kind)
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, float):
        return Decimal(shortest(value))
    return decimal_of(words(value))


def to_limited_numeric(value, kind):
    scale = kind.scale or 0
    if isinstance(value, float):
        if math.isinf(value):
            raise Misfit("infinity")
        number = Decimal(shortest(value))
        if decimals(number) > scale:
            number = Decimal(f"{value:.15g}")
    else:
        number = Decimal(value) if isinstance(value, int) else decimal_of(words(value))
    if number == "NaN":
        return number
    if decimals(number) > scale:
        raise Misfit(f"more than {scale} decimals")
    if abs(number) >= Decimal(10) ** (kind.precision - scale):
        raise Misfit(f"more than {kind.precision - scale} digits before the point")
    return number


def decimal_of(text):
    """NaN is a word here, since a Decimal of that kind does not equal itself."""
    if text.lower() == "nan":
        return "NaN"
    try:
        number = Decimal(match(DECIMAL, text)[0])
    except decimal.InvalidOperation:
        raise Misfit("beyond every numeric") from None
    if number and (number.adjusted() >= DIGITS_BEFORE or decimals(number) > DIGITS_AFTER):
        raise Misfit("beyond the range of numeric")
    return number


def decimals(number):
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent)


def to_text(value, kind, *_):
    if isinstance(value, float):
        text = shortest(value)
        text = text if text.endswith("Inf") else with_point(text)
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


def day_of(found):
    try:
        return (datetime.date(int(found["year"]), int(found["month"]), int(found["day"])) - EPOCH).days
    except ValueError as error:
        raise Misfit(str(error)) from None


def time_of(found, precision):
    """Microseconds since midnight."""
    hour, minute, second = int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise Misfit("no time of day")
    fraction = found["fraction"] or ""
    kept = 6 if precision is None else precision
    if fraction[kept:].strip("0"):
        raise Misfit(f"more than {kept} digits of a second")
    return ((hour * 60 + minute) * 60 + second) * 1000000 + int(fraction[:6].ljust(6, "0"))


def offset_of(found):
    """Seconds east of Greenwich."""
    if not found["sign"]:
        return 0
    hours, minutes = int(found["zone_hour"]), int(found["zone_minute"] or 0)
    if hours > 15 or minutes > 59:
        raise Misfit("no offset")
    return (hours * 60 + minutes) * (-60 if found["sign"] == "-" else 60)


def moment_of_number(value, unit):
    """Exact, then rounded half away from zero: to the microsecond, julian days to the millisecond."""
    scale = {"seconds": 1000000, "milliseconds": 1000, "microseconds": 1}
    if isinstance(value, float) and math.isinf(value):
        raise Misfit("infinity")
    if unit == "julian days":
        return round_away((Fraction(value) - Fraction(4881175, 2)) * 86400000) * 1000
    if unit not in scale:
        raise Misfit("a number, and no unit is decided")
    return round_away(Fraction(value) * scale[unit])


def round_away(number):
    return int(abs(number) + Fraction(1, 2)) * (-1 if number < 0 else 1)


@functools.lru_cache(None)
def days_before(year):
    """Days from 1970 to the first of January of that year (astronomical, Gregorian)."""
    past = year - 1
    return past * 365 + past // 4 - past // 100 + past // 400 + 1 - EPOCH.toordinal()


def first_day():
    """24 November 4714 BC, which is the year -4713: 38 days before the next one begins."""
    return days_before(-4712) - 38


def to_date(value, *rest):
    unit = rest[1]
    if isinstance(value, (int, float)):
        days, rest_of_day = divmod(moment_of_number(value, unit), DAY)
    else:
        found = match(MOMENT, words(value))
        days, rest_of_day = day_of(found), time_of(found, None)
        if offset_of(found):
            raise Misfit("an offset")
    if rest_of_day:
        raise Misfit("a time of day")
    if not first_day() <= days < days_before(5874898):
        raise Misfit("out of range")
    return days


def to_timestamp(value, kind, unit, *_):
    if isinstance(value, (int, float)):
        moment = moment_of_number(value, unit)
        if kind.precision is not None and moment % 10 ** (6 - kind.precision):
            raise Misfit(f"more than {kind.precision} digits of a second")
    else:
        found = match(MOMENT, words(value))
        moment = day_of(found) * DAY + time_of(found, kind.precision) - offset_of(found) * 1000000
    if not first_day() * DAY <= moment < days_before(294277) * DAY:
        raise Misfit("out of range")
    return moment


def to_time(value, kind, *_):
    return time_of(match(TIME, words(value)), kind.precision)


def to_time_with_zone(value, kind, *_):
    found = match(TIME_WITH_ZONE, words(value))
    return time_of(found, kind.precision), offset_of(found)


def to_uuid(value, *_):
    if isinstance(value, Text):
        return match(UUID, utf8(value))[0].replace("-", "").lower()
    if isinstance(value, bytes) and len(value) == 16:
        return value.hex()
    if isinstance(value, int) and value == 0:
        return "0" * 32
    raise Misfit("no UUID")


def json_text(value, declared):
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        text = shortest(value)
        return text if "e" in text or text.endswith("Inf") else with_point(text)
    if not isinstance(value, Text) and declared.upper() == "JSONB":
        raise Misfit("SQLite's own binary form")
    return utf8(value)


def to_json(value, _, __, declared):
    text = json_text(value, declared)
    json_tree(text)
    return text


def to_jsonb(value, _, __, declared):
    return json_tree(json_text(value, declared), limit_numbers=True)


def json_tree(text, limit_numbers=False):
    """The value as tuples; numbers as numbers; of equal keys the last one."""
    def refuse(word):
        raise Misfit(f"{word} is no JSON")

    def number(digits):
        return decimal_of(digits) if limit_numbers else 0

    if depth(text) > JSON_DEPTH:
        raise Misfit(f"deeper than {JSON_DEPTH}")
    try:
        return frozen(json.loads(text, parse_int=number, parse_float=number, parse_constant=refuse))
    except ValueError as error:
        raise Misfit(str(error)) from None


def depth(text):
    deepest = level = 0
    for bracket in re.findall(r"[\[{}\]]", re.sub(r'"(?:[^"\\]|\\.)*"', "", text)):
        level += 1 if bracket in "[{" else -1
        deepest = max(deepest, level)
    return deepest


def frozen(node):
    if isinstance(node, dict):
        return "object", frozenset((frozen(key), frozen(child)) for key, child in node.items())
    if isinstance(node, list):
        return "array", tuple(frozen(child) for child in node)
    if isinstance(node, str):
        if "\0" in node:
            raise Misfit("the escape \\u0000")
        if SURROGATE.search(node):
            raise Misfit("a lone surrogate")
        return "string", node
    return type(node).__name__, node


def to_inet(value, *_):
    text = words(value)
    match(re.compile(r"[0-9a-f.:]+(/\d{1,3})?", re.IGNORECASE | re.ASCII), text)
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
    "smallint": to_integer, "integer": to_integer, "bigint": to_integer,
    "double precision": to_double, "real": to_real, "numeric": to_numeric,
    "text": to_text, "character varying": to_text, "character": to_character, "enum": to_enum,
    "bytea": to_bytea,
    "date": to_date, "time without time zone": to_time, "time with time zone": to_time_with_zone,
    "timestamp without time zone": to_timestamp, "timestamp with time zone": to_timestamp,
    "uuid": to_uuid, "json": to_json, "jsonb": to_jsonb,
    "inet": to_inet, "cidr": to_cidr, "macaddr": to_macaddr,
}
