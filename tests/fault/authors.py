"""A source of two tables, with what a run makes after it has loaded them."""

import sqlite3

SOURCE = """
CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE post (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES author (id),
                   title VARCHAR(60), CONSTRAINT titled CHECK (length(title) > 1));
CREATE INDEX post_author ON post (author_id);
CREATE INDEX post_title ON post (title);
INSERT INTO author VALUES (1, 'Ada'), (2, 'Bo');
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
INSERT INTO post SELECT i, 1 + i % 2, 'title ' || i FROM n;
"""


def make_source(path, rows=3000, mode="delete"):
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.executescript(SOURCE.format(rows=rows))
    connection.close()
    return path
