"""Whole databases, upgraded and compared value by value: those of the project, and real ones where they are.

The real ones lie in $PGRADE_TESTDATA/data, or in shared/data beside the project. Each is copied, since a
test must not be what changes it; the copy has to be the same afterwards to the byte.
"""

import glob
import hashlib
import os
import shutil
import time

import pytest

import fixtures
import pgrade
from compare import compare

FOLDER = os.path.join(
    os.environ.get("PGRADE_TESTDATA", os.path.join(os.path.dirname(pgrade.PROJECT), "shared")), "data"
)
FILES = sorted(
    os.path.relpath(path, FOLDER)
    for path in glob.glob(os.path.join(FOLDER, "*", "*"))
    if not path.endswith(("-wal", "-shm"))
)

# Made to be refused, wholly or in part: these may end with a question, whatever the answer is.
TORTURE = ("cases/t02", "cases/t03", "cases/t04", "cases/t05", "cases/t08", "cases/t10", "pains/")
# What is promised and not kept yet; a test that passes all the same has to leave this list.
NOT_YET = {}
NAMED = {
    "not_carried": ("class", "name", "reason"),
    "misfits": ("table", "reason"),
    "contradictions": ("class", "table", "name"),
}

needs_program = pytest.mark.skipif(
    not pgrade.available(), reason=f"there is no {pgrade.program()}: build it or set PGRADE"
)


def cases(names):
    return [
        pytest.param(
            name, marks=pytest.mark.xfail(strict=True, reason=NOT_YET[name]) if name in NOT_YET else ()
        )
        for name in names
    ]


@needs_program
@pytest.mark.skipif(not FILES, reason=f"there are no databases in {FOLDER}: set PGRADE_TESTDATA")
@pytest.mark.parametrize("name", cases(FILES or ["none"]))
def test_real_database(name, tmp_path, database, table_line):
    source = copy_with_wal(os.path.join(FOLDER, name), tmp_path / "source")
    upgrade_and_compare(name, source, database, table_line, torture=name.startswith(TORTURE))


@needs_program
@pytest.mark.parametrize("name", cases(fixtures.NAMES + ["blog"]))
def test_own_database(name, tmp_path, database, table_line):
    source = fixtures.build(name, tmp_path / f"{name}.db")
    outcome = upgrade_and_compare(name, source, database, table_line, torture=name == "misfits")
    if name not in ("not_carried", "misfits"):
        assert outcome.status == pgrade.OK, outcome


def upgrade_and_compare(name, source, database, table_line, torture=False):
    before = digests(source)
    started = time.monotonic()
    outcome, statuses = pgrade.upgrade_with_answers(source, database.url, assert_shortfalls_are_named)
    seconds = time.monotonic() - started
    assert digests(source) == before, "the source was changed"
    assert len(statuses) > 1 or outcome.status != pgrade.SHORTFALL, f"nothing was accepted\n{outcome}"
    published = outcome.status in (pgrade.OK, pgrade.SHORTFALL)
    assert published or torture and outcome.status == pgrade.DECISION, outcome
    counts = ["", "", "", "", ""]
    if published:
        result = compare(source, database.url, outcome.report, probe=True)
        counts = [result.tables, result.rows, result.cells, len(result.problems), result.not_carried]
    table_line([name, "-".join(map(str, statuses)), f"{seconds:.2f}", *counts])
    assert not published or result.equal, result
    return outcome


def assert_shortfalls_are_named(outcome):
    report = outcome.report
    clash = pgrade.rename(report, 0)
    assert clash or any(pgrade.unanswered(report, key) for key in NAMED), f"stopped, and no reason is given\n{outcome}"
    for key, fields in NAMED.items():
        for entry in report[key]:
            assert all(entry.get(field) for field in fields if (key, field) != ("not_carried", "name")), entry
            assert key != "not_carried" or entry.get("name") or entry.get("table"), entry
    assert report["misfit_count"] >= len(report["misfits"])


def copy_with_wal(path, directory):
    directory.mkdir()
    copy = directory / os.path.basename(path)
    for suffix in ("", "-wal"):
        if os.path.exists(path + suffix):
            shutil.copyfile(path + suffix, f"{copy}{suffix}")
    return copy


def digests(path):
    found = {}
    for suffix in ("", "-wal"):
        if os.path.exists(f"{path}{suffix}"):
            with open(f"{path}{suffix}", "rb") as stream:
                found[suffix] = hashlib.sha256(stream.read()).hexdigest()
    return found
