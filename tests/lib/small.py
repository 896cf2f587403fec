"""A source of two tables and five rows."""

import sqlite3

SMALL = """
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE post (id INTEGER PRIMARY KEY, author_id INTEGER REFERENCES author (id), title VARCHAR(40));
CREATE INDEX post_author ON post (author_id);
INSERT INTO author VALUES (1, 'Ada'), (2, 'Bo');
INSERT INTO post VALUES (1, 1, 'One'), (2, 1, 'Two'), (3, 2, NULL);
"""


def make_small(path, mode="delete"):
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.executescript(SMALL)
    connection.close()
    return path
