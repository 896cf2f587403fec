"""docs/dependencies.md names no package that scripts/setup does not know."""

import re

import page_tables


def test_setup_knows_every_package():
    page = page_tables.read("docs/dependencies.md")
    cells = re.findall(r"^\|[^|]*\|([^|]*)\|", page, re.MULTILINE)
    packages = {name for cell in cells for name in re.findall(r"`([\w.+-]+)`", cell)}
    assert {"libpq-dev", "libxxhash-dev", "python3-pytest"} <= packages
    lists = re.findall(r'^(?:build|test|demo)="([^"]*)"', page_tables.read("scripts/setup"), re.MULTILINE)
    known = {word.partition("=")[0] for words in lists for word in words.split()}
    assert packages <= known, packages - known


def test_every_library_of_the_build_is_named():
    page = page_tables.read("docs/dependencies.md")
    found = set(re.findall(r"dependency\('lib(\w+)'|dependency\('([\w-]+)'", page_tables.read("meson.build")))
    names = {first or second for first, second in found}
    assert {"pq", "xxhash", "md", "json-c", "sqlite3", "cmocka", "threads", "edit", "crypto", "crypt"} == names, names
    for name in names:
        assert name in page.lower()
