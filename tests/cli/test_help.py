"""--help and --version: enough to use each command, on stdout, and fit for a terminal."""

import re

import pytest

import pgrade
from trouble import assert_clean

COMMANDS = ["plan", "upgrade", "verify", "provision", "reset", "local start", "local stop", "local status", "local url", "local destroy"]
COMMON = ["--json", "--quiet", "--yes", "--no-color", "--hide-values", "--trace-sql", "--help"]


def shown(*words, **keywords):
    outcome = pgrade.run(*words, **keywords)
    assert outcome.status == pgrade.OK and outcome.stderr == "", outcome
    assert_clean(outcome)
    assert all(len(line) <= 110 for line in outcome.stdout.splitlines()), outcome
    assert not re.search(r"%[sdlz]|\(null\)|\t|\x1b", outcome.stdout), outcome
    return outcome.stdout


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help(word):
    text = shown(word)
    assert len(text.splitlines()) <= 40, "it has to fit on one screen"
    assert sorted(
        command for command in COMMANDS if re.search(rf"^  {command} ", text, re.MULTILINE)
    ) == sorted(COMMANDS)
    assert re.findall(r"\b([0-6]) (?=done|failed|wrong|a decision|refused|a database)", text) == list(
        "0123456"
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(command):
    text = shown(*command.split(), "--help")
    assert text.startswith(f"usage: pgrade {command}")
    assert all(re.search(rf"^  ... {option}\b", text, re.MULTILINE) for option in COMMON), text
    assert text == shown(*command.split(), "-h") == shown(*command.split(), "some", "-h", "words")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_that_is_shown_is_known(command, tmp_path):
    """Each is refused for want of a value or taken, and never unknown."""
    options = re.findall(r"^  ... (--[a-z-]+)( [A-Z]\S*)?", shown(*command.split(), "--help"), re.MULTILINE)
    assert len(options) >= len(COMMON)
    for option, argument in options:
        words = [option, "x"] if argument else [option]
        outcome = pgrade.run(*command.split(), *words, "--unknown", directory=tmp_path)
        assert outcome.status == pgrade.USAGE
        assert "unknown option --unknown" in outcome.stderr, outcome


@pytest.mark.parametrize("word", ["--help", "-h"])
def test_help_of_a_command_without_its_verb(word):
    text = shown("local", word)
    assert text.startswith("usage: pgrade local VERB")
    assert re.findall(r"^  (local [a-z]+) ", text, re.MULTILINE) == COMMANDS[5:]


@pytest.mark.parametrize("words", [[], ["local"]] + [command.split() for command in COMMANDS], ids=" ".join)
def test_help_fits_the_terminal(words, monkeypatch):
    whole = shown(*words, "--help")
    monkeypatch.setenv("COLUMNS", "80")
    text = shown(*words, "--help")
    assert all(len(line) <= 80 for line in text.splitlines()), text
    assert text.split() == whole.split(), "nothing is lost"
    assert not re.search(r" $", text, re.MULTILINE), "and no space stands at the end of a line"


def test_help_needs_no_source(tmp_path):
    shown("upgrade", "--help", directory=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_help_names_the_options_of_the_command():
    text = shown("upgrade", "--help")
    for option in (
        "--schema",
        "--type",
        "--accept",
        "--misfit",
        "--orphans",
        "--replace",
        "--discard-changes",
        "--snapshot",
        "--workers",
    ):
        assert option in text
    assert "--discard-changes" not in shown("plan", "--help") and "--sql" in shown("plan", "--help")


def test_version():
    assert re.fullmatch(r"pgrade \d+\.\d+\.\d+\n", shown("--version"))


def test_result_that_cannot_be_written_is_a_failure(small):
    """A full disk behind stdout: the exit status is the truth."""
    import subprocess

    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [pgrade.program(), "plan", str(small), "--json"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == pgrade.FAILED
    assert b"pgrade: the result could not be written to stdout" in done.stderr
