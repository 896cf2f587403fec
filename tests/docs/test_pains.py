"""docs/pains.md names tests: each of them is there."""

import os
import re

import pgrade
from page_tables import read

NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_is_named_exists():
    found = NAMED.findall(read("docs/pains.md"))
    assert len(found) > 70
    missing = [f"{path}::{name}" for path, name in found if not is_there(path, name)]
    assert missing == []


def is_there(path, name):
    whole = os.path.join(pgrade.PROJECT, path)
    return os.path.exists(whole) and re.search(rf"^def {name}\(", read(path), re.MULTILINE)


def test_every_answer_is_held_by_a_test():
    lines = [line for line in read("docs/pains.md").splitlines() if line.startswith("| ") and "---" not in line]
    assert [line for line in lines if "::" not in line and not line.startswith("| what went wrong")] == []


def test_every_test_of_the_folder_is_named():
    """But those that look after the folder itself."""
    page = read("docs/pains.md")
    folder = os.path.join(pgrade.PROJECT, "tests", "pains")
    tests = [
        f"tests/pains/{file}::{name}"
        for file in sorted(os.listdir(folder)) if file.startswith("test_")
        for name in re.findall(r"^def (test_\w+)\(", read(f"tests/pains/{file}"), re.MULTILINE)
    ]  # fmt: skip
    assert [name for name in tests if name not in page] == ["tests/pains/test_pains_values.py::test_the_tests_of_this_file_see_sqlite_as_it_is"]
