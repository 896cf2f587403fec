"""The manual says what the program says: every option of `pgrade COMMAND --help` has its paragraph in the
page of that command, no page has another one, and mandoc finds nothing to complain about."""

import os
import re
import subprocess

import pytest

import pgrade

MAN = os.path.join(pgrade.PROJECT, "man")
PAGES = ["pgrade", "pgrade-plan", "pgrade-upgrade", "pgrade-verify", "pgrade-downgrade", "pgrade-provision", "pgrade-check", "pgrade-show", "pgrade-sql", "pgrade-backup",
         "pgrade-restore", "pgrade-reset", "pgrade-move", "pgrade-local", "pgrade-env", "pgrade-seed"]
HELP_OPTION = re.compile(r"^  (?:-(\w),|   ) --([\w-]+)(?: (\S+))?  ", re.MULTILINE)
PAGE_OPTION = re.compile(r"^(?:\*-(\w)\*, )?\*--([\w-]+)\*(?: _(\S+)_)?$", re.MULTILINE)

needs_program = pytest.mark.skipif(not pgrade.available(),
                                   reason=f"there is no {pgrade.program()}: build it or set PGRADE")


def source_of(page):
    """As man/meson.build puts it together."""
    text = ""
    for name in (page + ".1.scd", "common.scd"):
        with open(os.path.join(MAN, name), encoding="utf-8") as stream:
            text += stream.read()
    return text


def filtered(command, text):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def section(page, name):
    return re.search(rf"^# {name}\n(.*?)(?=^# |\Z)", source_of(page), re.MULTILINE | re.DOTALL).group(1)


def page_options(page):
    text = source_of(page)
    return set(PAGE_OPTION.findall(section(page, "OPTIONS") if "\n# OPTIONS\n" in text else "")
               + PAGE_OPTION.findall(section(page, "OPTIONS OF EVERY COMMAND")))


def help_of(*words):
    outcome = pgrade.run(*words, "--help")
    assert outcome.status == pgrade.OK, outcome
    return outcome.stdout


def commands():
    """The first words behind `pgrade` in the list of commands, with what stands behind them."""
    found = re.findall(r"^  ([a-z]+(?: [a-z]+)?)((?: \[?[A-Z]+.*?)?)  +[A-Z]", help_of(), re.MULTILINE)
    assert ("plan", " [SOURCE [TARGET]]") in found
    return [(name, arguments.strip()) for name, arguments in found]


def verbs_of(page):
    group = page.partition("-")[2]
    return [name for name, _ in commands() if name.split()[0] == group]


@needs_program
@pytest.mark.parametrize("page", PAGES[1:])
def test_every_option_of_the_help_is_in_its_page_and_no_other(page):
    options = set()
    for verb in verbs_of(page):
        options |= set(HELP_OPTION.findall(help_of(*verb.split())))
    assert ("h", "help", "") in options
    assert page_options(page) == options


@needs_program
def test_every_command_has_its_page_and_its_place_in_the_first_page():
    overview = section("pgrade", "COMMANDS")
    for name, arguments in commands():
        page = "pgrade-" + name.split()[0]
        assert page in PAGES, f"{name} has no page"
        assert f"*{name}*" in overview
        synopsis = section(page, "SYNOPSIS").replace("_", "").replace("*", "")
        assert " ".join(["pgrade", name, arguments]).strip() + " [options]" in synopsis


@needs_program
def test_exit_statuses_are_those_of_the_help():
    told = set(re.findall(r"\b(\d) [a-z]", help_of().partition("exit status: ")[2]))
    listed = set(re.findall(r"^[|\[]+ +(\d)$", section("pgrade", "EXIT STATUS"), re.MULTILINE))
    assert listed == told == set("0123456")


@pytest.mark.parametrize("page", PAGES)
def test_mandoc_is_content(page, tmp_path):
    path = tmp_path / (page + ".1")
    path.write_text(filtered(["awk", "-f", os.path.join(MAN, "tidy.awk")], filtered(["scdoc"], source_of(page))),
                    encoding="utf-8")
    checked = subprocess.run(["mandoc", "-Tlint", "-W", "warning", str(path)], capture_output=True, text=True,
                             check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


@pytest.mark.parametrize("page", PAGES)
def test_the_build_makes_every_page(page):
    with open(os.path.join(MAN, "meson.build"), encoding="utf-8") as stream:
        assert f"'{page}'" in stream.read()
