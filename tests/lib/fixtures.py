"""Makes SQLite files of the SQL texts in tests/data."""

import glob
import os
import sqlite3
import sys

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")
sys.path.insert(0, DATA)

from make_blog import make_blog  # noqa: E402  (the folder of the data is no package)

NAMES = sorted(os.path.basename(path)[:-4] for path in glob.glob(os.path.join(DATA, "*.sql")))


def text_of(name):
    with open(os.path.join(DATA, name + ".sql"), encoding="utf-8") as stream:
        return stream.read()


def build(name, path):
    """`name` is that of a file in tests/data without .sql, or "blog"."""
    if name == "blog":
        make_blog(str(path))
        return path
    return build_from_text(text_of(name), path)


def build_from_text(sql, path):
    """Changes the file, where there is one already."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript(sql)
    finally:
        connection.close()
    return path
