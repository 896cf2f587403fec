"""JSON, as docs/values.md reads it: the text for json, a tree of tuples for jsonb."""

import json
import re
import sys

from binary_json import NotJson, json_of
from forms import Misfit, Text, utf8, written
from numerals import DIGITS_AFTER, decimal_of

JSON_DEPTH = 1000
SURROGATE = re.compile("[\ud800-\udfff]")
sys.setrecursionlimit(20000)


def json_text(value, declared):
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return written(value)
    if not isinstance(value, Text) and declared.upper() == "JSONB":
        return text_of_binary_json(value)
    return utf8(value)


def text_of_binary_json(value):
    try:
        return json_of(value)
    except (NotJson, UnicodeDecodeError) as error:
        raise Misfit(f"no binary JSON: {error}") from None


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
        return json_number(digits) if limit_numbers else 0

    if depth(text) > JSON_DEPTH:
        raise Misfit(f"deeper than {JSON_DEPTH}")
    try:
        return frozen(json.loads(text, parse_int=number, parse_float=number, parse_constant=refuse))
    except ValueError as error:
        raise Misfit(str(error)) from None


def json_number(digits):
    """Here zeros at the end count, since PostgreSQL keeps them."""
    number = decimal_of(digits)
    if -number.as_tuple().exponent > DIGITS_AFTER:
        raise Misfit("beyond the range of numeric")
    return number


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
