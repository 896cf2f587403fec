"""SQLite's binary JSON as text: what its json() makes of the BLOBs that jsonb() writes.

Format: SQLite documentation, "The SQLite JSONB Format".  Each element is a header, with the type in the low
four bits and the size in the high four or in the bytes behind, and a payload.
"""

import json
import re

WORDS = {0: "null", 1: "true", 2: "false"}
INTEGER, INTEGER5, FLOAT, FLOAT5, TEXT, TEXT_ESCAPED, TEXT5, TEXT_RAW, ARRAY, OBJECT = range(3, 13)
ESCAPES5 = {
    "\\'": "'",
    "\\v": "\\u000b",
    "\\0": "\\u0000",
    "\\\n": "",
    "\\\r\n": "",
    "\\\r": "",
    "\\\u2028": "",
    "\\\u2029": "",
}
ESCAPE5 = re.compile(r'\\x([0-9a-fA-F]{2})|(\\\r\n|\\.|")', re.DOTALL)


class NotJson(ValueError):
    """The bytes are no binary JSON."""


def json_of(blob):
    text, end = element(blob, 0)
    if end != len(blob):
        raise NotJson("more bytes behind the value")
    return text


def element(blob, start):
    """The text of the element there, and where the next one begins."""
    if start >= len(blob):
        raise NotJson("the bytes end early")
    kind, size = blob[start] & 15, blob[start] >> 4
    start += 1
    if size > 11:
        width = 1 << (size - 12)
        size = int.from_bytes(blob[start : start + width], "big")
        start += width
    end = start + size
    if end > len(blob):
        raise NotJson("the bytes end early")
    if kind in (ARRAY, OBJECT):
        return container(blob, start, end, kind), end
    return scalar(kind, blob[start:end].decode("utf-8")), end


def container(blob, start, end, kind):
    parts = []
    while start < end:
        text, start = element(blob, start)
        parts.append(text)
    if start != end or kind == OBJECT and len(parts) % 2:
        raise NotJson("a container that does not come out even")
    if kind == ARRAY:
        return "[" + ",".join(parts) + "]"
    return "{" + ",".join(f"{key}:{value}" for key, value in zip(parts[::2], parts[1::2])) + "}"


def scalar(kind, text):
    if kind in WORDS:
        return WORDS[kind]
    if kind in (INTEGER, FLOAT):
        return text
    if kind == INTEGER5:
        sign = "-" if text.startswith("-") else ""
        return sign + str(int(text.lstrip("+-"), 16))
    if kind == FLOAT5:
        return re.sub(r"\.(?=[eE]|$)", ".0", re.sub(r"^(-?)\.", r"\g<1>0.", text.lstrip("+")))
    if kind in (TEXT, TEXT_ESCAPED):
        return f'"{text}"'
    if kind == TEXT5:
        return '"' + ESCAPE5.sub(plain_escape, text) + '"'
    if kind == TEXT_RAW:
        return json.dumps(text, ensure_ascii=False)
    raise NotJson(f"no element is of type {kind}")


def plain_escape(found):
    if found[1]:
        return f"\\u00{found[1]}"
    return '\\"' if found[2] == '"' else ESCAPES5.get(found[2], found[2])
