"""docs/check.md has the checks of `pgrade check --list`, in their groups and words, and no others."""

import re

import pytest

import page_tables
import pgrade

pytestmark = pytest.mark.skipif(not pgrade.available(),
                                reason=f"there is no {pgrade.program()}: build it or set PGRADE")


def test_the_page_has_the_table():
    page = page_tables.read("docs/check.md")
    checks = pgrade.run("check", "--list", "--json").report["checks"]
    groups = list(dict.fromkeys(one["group"] for one in checks))
    documented = [(group, *row) for group in groups for row in page_tables.rows(page_tables.section(page, group))]
    messages = list(page_tables.rows(page_tables.section(page, "What programs say")))
    assert len(documented) + len(messages) == sum(line.startswith("| `") for line in page.splitlines())
    assert set(re.findall(r"`([\w-]+)`", " ".join(row[-1] if "`" in row[-1] else f"`{row[-1]}`" for row in messages))) <= {
        one["name"] for one in checks}
    assert documented == [(one["group"], one["name"], one["looks"], one["why"], one["mend"],
                           "does it" if one["fixable"] else "") for one in checks]
