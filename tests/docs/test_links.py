"""Every link from one page to another leads somewhere, to a heading that is there."""

import os
import re
import subprocess

import pytest

import pgrade

PAGES = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=pgrade.PROJECT,
                       capture_output=True, text=True, check=True).stdout.split()
LINK = re.compile(r"\]\(([^)\s]+)\)")


def anchors(text):
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_there_are_pages():
    assert {"README.md", "CONTRIBUTING.md", "docs/architecture.md"} <= set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    path = os.path.join(pgrade.PROJECT, page)
    with open(path, encoding="utf-8") as stream:
        text = stream.read()
    for link in LINK.findall(re.sub(r"`[^`\n]*`", "", text)):
        if "://" in link:
            continue
        name, _, anchor = link.partition("#")
        target = os.path.join(os.path.dirname(path), name) if name else path
        assert os.path.exists(target), link
        if anchor:
            with open(target, encoding="utf-8") as stream:
                assert anchor in anchors(stream.read()), link
