"""Tables of the pages in docs/."""

import os
import re

import pgrade


def read(name):
    with open(os.path.join(pgrade.PROJECT, name), encoding="utf-8") as stream:
        return stream.read()


def section(text, title):
    """What stands under a heading of the second level."""
    return re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL).group(1)


def rows(text):
    """The cells of every table row that begins with `code`, without the backquotes of the first."""
    for line in text.splitlines():
        if line.startswith("| `"):
            first, *others = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
            yield [first.strip("`"), *others]
