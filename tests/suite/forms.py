"""What the rules for values are written with: SQLite's TEXT, the types of PostgreSQL, and refusal."""

import dataclasses
import math
import re


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


def shortest(value):
    """The shortest decimal of 15, 16 or 17 digits that reads back as the same double."""
    if math.isinf(value):
        return "Inf" if value > 0 else "-Inf"
    return next(text for text in (f"{value:.{digits}g}" for digits in (15, 16, 17)) if float(text) == value)


def written(value):
    """As SQLite writes a REAL: digits without a point get one."""
    text = shortest(value)
    if math.isinf(value):
        return text
    digits, exponent, power = text.partition("e")
    return digits + ("" if "." in digits else ".0") + exponent + power


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
