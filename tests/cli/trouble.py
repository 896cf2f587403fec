"""How trouble has to be told, whatever it is."""

import dataclasses
import json
import urllib.parse

import pgrade
from cluster import PASSWORD

SECRETS = (PASSWORD, urllib.parse.quote(PASSWORD, safe=""), urllib.parse.quote(PASSWORD))
PARTS = {"why": "detail", "try": "hint"}


@dataclasses.dataclass
class Trouble:
    """Parts of the three lines; None: the line is not there, "": it is, whatever it says."""

    status: int
    says: str
    why: str | None = ""
    hint: str | None = ""
    code: str | None = None


def assert_trouble(expected, *arguments, **keywords):
    """Runs it for people and with --json: both tell the same."""
    plain = pgrade.run(*arguments, **keywords)
    assert_told(plain, expected)
    assert_told_as_json(pgrade.run(*arguments, "--json", **keywords), plain, expected)
    return plain


def assert_told(outcome, expected):
    assert outcome.status == expected.status, outcome
    assert_clean(outcome)
    lines = error_lines(outcome)
    assert expected.says in lines["pgrade"], outcome
    for word, wanted in (("why", expected.why), ("try", expected.hint)):
        assert (wanted is None) == (word not in lines), outcome
        assert wanted is None or wanted in lines[word], outcome


def assert_told_as_json(outcome, plain, expected):
    assert outcome.status == expected.status, outcome
    assert_clean(outcome)
    document = one_document(outcome)
    lines = error_lines(plain)
    assert document["status"] == expected.status
    assert document["error"]["message"] == lines["pgrade"]
    assert expected.code in (None, document["error"]["code"]), outcome
    for word, name in PARTS.items():
        told = document["error"][name]
        assert word not in lines if told in (None, "") else lines[word] == told, outcome


def one_document(outcome):
    """All of stdout is one JSON object, with the truth about the exit status in it."""
    document = json.loads(outcome.stdout)
    assert isinstance(document, dict)
    assert document["status"] == outcome.status, outcome
    return document


def error_lines(outcome):
    """The lines of the error by their word; what stands before it are notices and warnings."""
    lines = outcome.stderr.splitlines()
    starts = [place for place, line in enumerate(lines) if line.startswith("pgrade: ")]
    assert len(starts) == 1, f"one error is told once\n{outcome}"
    found = {"pgrade": lines[starts[0]].removeprefix("pgrade: ")}
    for line in lines[starts[0] + 1 :]:
        word, colon, text = line.partition(": ")
        assert colon and word in ("  why", "  try") and text, f"unknown line: {line!r}\n{outcome}"
        found[word.strip()] = text
    return found


def assert_clean(outcome):
    """No secret, and nothing that a sanitizer has to say."""
    told = outcome.stdout + outcome.stderr
    assert not any(secret in told for secret in SECRETS), outcome
    assert "Sanitizer" not in told and "runtime error" not in told, outcome
