"""scripts/summarize-tests: what counts, and that nothing is skipped without a reason."""

import os
import subprocess
import sys

import pytest

import pgrade

SCRIPT = os.path.join(pgrade.PROJECT, "scripts", "summarize-tests")


def summary(folder, cases, checks=""):
    (folder / "some.xml").write_text(f"<testsuites><testsuite>{cases}</testsuite></testsuites>", encoding="utf-8")
    (folder / "checks.txt").write_text(checks, encoding="utf-8")
    done = subprocess.run([sys.executable, SCRIPT, str(folder)], capture_output=True, text=True, check=False)
    return done.stdout.splitlines()[-1], done.returncode


PASSED = '<testcase classname="a" name="b"/>'
SKIPPED = '<testcase classname="a" name="{}"><skipped message="no reason"/></testcase>'


@pytest.mark.parametrize(
    "cases, checks, expected",
    [
        (PASSED, "", ("1 passed, 0 failed, 0 skipped", 0)),
        (PASSED + SKIPPED.format("test_that_nobody_knows"), "", ("1 passed, 1 failed, 0 skipped", 1)),
        (PASSED + SKIPPED.format("test_real_databases[x]"), "", ("1 passed, 0 failed, 1 skipped", 0)),
        ('<testcase classname="a" name="b"><failure/></testcase>', "ok    c\n", ("1 passed, 1 failed, 0 skipped", 1)),
        ('<testcase classname="a" name="b"><error/></testcase>', "", ("0 passed, 1 failed, 0 skipped", 1)),
        (PASSED, "FAIL  valgrind\n", ("1 passed, 1 failed, 0 skipped", 1)),
        ("", "", ("0 passed, 0 failed, 0 skipped", 1)),
    ],
)
def test_summary(cases, checks, expected, tmp_path):
    assert summary(tmp_path, cases, checks) == expected
