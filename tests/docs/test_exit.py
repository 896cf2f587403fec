"""docs/exit.md lists every code and status that the program has."""

import re

import page_tables


def test_every_code_has_its_line_and_its_status():
    statuses = dict(re.findall(r"^ *(PGRADE_\w+) =\s+(\d)", page_tables.read("include/pgrade.h").partition("enum pgrade_kind")[0], re.MULTILINE))
    codes = dict(re.findall(r"\bX\((ERR_\w+), (PGRADE_\w+),", page_tables.read("src/base/err.h")))
    assert len(statuses) == 7 and codes.pop("ERR_NONE") == "PGRADE_DONE"
    documented = {code: status for code, status, _ in page_tables.rows(page_tables.read("docs/exit.md"))}
    assert documented == {code: statuses[name] for code, name in codes.items()}
    assert re.findall(r"^\| (\d) \|", page_tables.read("docs/exit.md"), re.MULTILINE) == sorted(statuses.values())
