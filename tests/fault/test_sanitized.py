"""Upgrades with many workers and fills and verifications by the build that $PGRADE names: for ThreadSanitizer and valgrind.

Both end with a status of their own when they find anything; so does nothing else.
"""

import pytest

import fixtures
import pgrade
from compare import compare


@pytest.mark.core
@pytest.mark.parametrize("name", ["blog", "features", "values"])
def test_upgrade_with_many_workers(name, tmp_path, database):
    path = fixtures.build(name, tmp_path / "app.db")
    options = ["--workers", "8", "--accept", "all", "--misfit", "quarantine", "--quarantine-file", str(tmp_path / "aside.csv")]
    outcome = pgrade.run("upgrade", str(path), database.url, "--json", "--orphans", "not-valid", *options, timeout=1200)
    assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
    assert outcome.report["verified"] and "Sanitizer" not in outcome.stderr and "ERROR SUMMARY" not in outcome.stderr
    if outcome.status == pgrade.OK:
        assert compare(path, database.url, outcome.report, probe=True).equal
    verified = pgrade.run("verify", str(path), database.url, "--misfit", "quarantine", timeout=1200)
    assert "Sanitizer" not in verified.stderr and verified.status in (pgrade.OK, pgrade.SHORTFALL), verified
