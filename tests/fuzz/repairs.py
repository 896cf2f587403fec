"""What `--misfit repair` makes of a value: the table "Repairs" of docs/values.md, sharing nothing with the program."""

import re

from forms import Misfit, Text, utf8
from numerals import DECIMAL, INTEGER_BITS

WHITE = b" \t\n\v\f\r"
TEXTS = ("text", "character varying", "character")
MOMENTS = ("date", "timestamp without time zone", "timestamp with time zone")
DOUBLES = ("double precision", "real")
NUMBERS = (*INTEGER_BITS, *DOUBLES, "numeric")
ZERO_DATE = re.compile(rb"0000-00-00[0:. TZ+]*")
# By the separator: what stands behind the groups may begin with the other of comma and point, or with either.
GROUPED = (
    re.compile(r"(?P<whole>[+-]?[1-9]\d{0,2}(?:,\d{3})+)(?:\.(?P<rest>\d+))?", re.ASCII),
    re.compile(r"(?P<whole>[+-]?[1-9]\d{0,2}(?:\.\d{3})+)(?:,(?P<rest>\d+))?", re.ASCII),
    re.compile(r"(?P<whole>[+-]?[1-9]\d{0,2}(?:(?P<mark>[ '_])\d{3})(?:(?P=mark)\d{3})*)(?:[.,](?P<rest>\d+))?", re.ASCII),
)


def repaired(value, kind, encoding=None):
    """The value that is meant, as SQLite would hold it; Misfit where nobody can say."""
    if not isinstance(value, Text) or kind.name in ("bytea", "enum"):
        raise Misfit("no text that could be repaired")
    if kind.name in TEXTS:
        return Text(text_of(value, encoding).replace("\0", "").encode())
    bare = Text(value.strip(WHITE))
    if not bare or kind.name in MOMENTS and ZERO_DATE.fullmatch(bare):
        return None
    if kind.name in ("json", "jsonb"):
        return Text(re.sub(rb"\\u0000|\0|(\\.)", lambda found: found[1] or b"", value, flags=re.DOTALL))
    if kind.name in NUMBERS:
        bare = Text(ungrouped(bare.decode("utf-8", "replace")).encode())
    if kind.name in DOUBLES and DECIMAL.fullmatch(bare.decode("utf-8", "replace")):
        return float(bare)
    return bare


def text_of(value, encoding):
    try:
        return utf8(value)
    except Misfit:
        if encoding is None or is_mixed(value):
            raise
    try:
        return value.decode(encoding)
    except UnicodeDecodeError as error:
        raise Misfit(str(error)) from None


def is_mixed(value):
    """Whether some of its bytes are a character of UTF-8 beyond ASCII."""
    return any(ord(letter) >= 0x80 for letter in value.decode("utf-8", "ignore"))


def ungrouped(text):
    for pattern in GROUPED:
        found = pattern.fullmatch(text)
        if found and not is_ambiguous(text, found):
            return re.sub(r"[^\d+-]", "", found["whole"]) + (f".{found['rest']}" if found["rest"] else "")
    return text


def is_ambiguous(text, found):
    """One comma or point before three digits may group, or begin the decimals."""
    marks = re.sub(r"[^.,]", "", text)
    return len(marks) == 1 and re.search(r"[.,]\d{3}$", text) and (not found["rest"] or marks == ",")
