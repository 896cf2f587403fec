"""Numbers, as docs/values.md reads them."""

import decimal
import math
import re
import struct
from decimal import Decimal

from forms import Misfit, Text, match, shortest, words


# PostgreSQL's numeric has up to 131,072 digits before the point.
DIGITS_BEFORE, DIGITS_AFTER = 131072, 16383
decimal.getcontext().prec = 200000
INTEGER_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
INTEGER = re.compile(r"[+-]?[0-9]+")
DECIMAL = re.compile(r"[+-]?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


def to_integer(value, kind, *_):
    if isinstance(value, float):
        if not value.is_integer():
            raise Misfit("not integral")
        value = int(value)
    elif not isinstance(value, int):
        text = value.decode("latin-1") if isinstance(value, bytes) and not isinstance(value, Text) else words(value)
        value = int(match(INTEGER, text)[0])
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
    if math.isinf(narrow) and not math.isinf(value):
        raise Misfit("out of the range of a float")
    if narrow != value and not is_short(value):
        raise Misfit("not the same number as a float")
    return repr(narrow)


def is_short(value):
    """Written in six digits, which every float keeps that is not too small for its full precision."""
    return isinstance(value, float) and abs(value) >= 2.0**-126 and float(f"{value:.6g}") == value


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
        # The rest is the noise of binary fractions, as long as fifteen digits reach that far.
        if decimals(number) > scale and 14 - number.adjusted() >= scale:
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
