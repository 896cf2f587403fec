#!/usr/bin/python3
"""Makes the databases of bench/README.md: the same bytes of content each time.

    generate.py narrow|blog FILE [ROWS]

narrow: ROWS (10,000,000) rows of four numbers.  blog: ROWS (32,000) users, eight posts and sixteen comments
for each, with texts of 1 to 2 KB.  Numbers come from a multiplicative hash of the row's number, texts are cut out of
one long text of made-up words, so that SQLite itself does the work.
"""

import os
import random
import sqlite3
import sys

WORDS = "the of and database post flask user café naïve row column index value is a to in that Straße 日本 it's".split()

NARROW = """
CREATE TABLE narrow(id INTEGER PRIMARY KEY, a INTEGER, b INTEGER, x REAL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
INSERT INTO narrow SELECT i, i * 2654435761 % 1000000,
  CASE WHEN i % 50 THEN i * 2246822519 % 2000000000 - 1000000000 END, i * 3266489917 % 100000 / 100.0 FROM n;
"""

BLOG = """
CREATE TABLE users(id INTEGER NOT NULL, email VARCHAR(250) NOT NULL, username VARCHAR(80) NOT NULL, bio TEXT,
  is_admin BOOLEAN NOT NULL, created_at DATETIME NOT NULL, PRIMARY KEY(id), UNIQUE(email));
CREATE TABLE blog_posts(id INTEGER NOT NULL, author_id INTEGER NOT NULL, title VARCHAR(250) NOT NULL, date DATETIME NOT NULL,
  body TEXT NOT NULL, published BOOLEAN, views INTEGER DEFAULT 0, rating FLOAT, PRIMARY KEY(id), UNIQUE(title),
  FOREIGN KEY(author_id) REFERENCES users(id));
CREATE TABLE comments(id INTEGER NOT NULL, post_id INTEGER NOT NULL, author_id INTEGER NOT NULL, parent_id INTEGER,
  text TEXT NOT NULL, created_at DATETIME NOT NULL, approved BOOLEAN NOT NULL, PRIMARY KEY(id),
  FOREIGN KEY(post_id) REFERENCES blog_posts(id) ON DELETE CASCADE, FOREIGN KEY(author_id) REFERENCES users(id),
  FOREIGN KEY(parent_id) REFERENCES comments(id));
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows})
INSERT INTO users SELECT i, 'user' || i || '@example.com', 'user_' || i, substr(words, 1 + i * 7919 % 90000, 50 + i % 200),
  i % 100 = 0, strftime('%Y-%m-%d %H:%M:%f000', 1400000000 + i * 7919 % 300000000, 'unixepoch') FROM n, vocabulary;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows} * 8)
INSERT INTO blog_posts SELECT i, 1 + i * 7919 % {rows}, substr(words, 1 + i * 104729 % 90000, 20 + i % 60) || i,
  strftime('%Y-%m-%d %H:%M:%f000', 1400000000 + i * 7919 % 300000000, 'unixepoch'),
  substr(words, 1 + i * 15485863 % 90000, 1000 + i * 31 % 1000), i % 2, i * 7919 % 100000, i % 500 / 100.0
  FROM n, vocabulary;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows} * 16)
INSERT INTO comments SELECT i, 1 + i * 7919 % ({rows} * 8), 1 + i * 104729 % {rows}, CASE WHEN i % 2 THEN NULL ELSE i / 2 END,
  substr(words, 1 + i * 15485863 % 90000, 20 + i % 200),
  strftime('%Y-%m-%d %H:%M:%f000', 1400000000 + i * 7919 % 300000000, 'unixepoch'), i % 2 FROM n, vocabulary;
CREATE UNIQUE INDEX ix_users_username ON users(username);
CREATE INDEX ix_posts_author ON blog_posts(author_id);
CREATE INDEX ix_posts_date ON blog_posts(date);
CREATE INDEX ix_comments_post ON comments(post_id);
CREATE INDEX ix_comments_author ON comments(author_id);
"""

SHAPES = {"narrow": (NARROW, 10_000_000), "blog": (BLOG, 32_000)}


def main():
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in SHAPES:
        sys.exit(__doc__)
    script, rows = SHAPES[sys.argv[1]]
    rows = int(sys.argv[3]) if len(sys.argv) == 4 else rows
    if os.path.exists(sys.argv[2]):
        sys.exit(f"{sys.argv[2]} exists")
    connection = sqlite3.connect(sys.argv[2], isolation_level=None)
    connection.executescript("PRAGMA journal_mode = off; PRAGMA synchronous = off;")
    words = " ".join(random.Random(1).choices(WORDS, k=25_000))
    connection.execute("CREATE TEMP TABLE vocabulary(words)")
    connection.execute("INSERT INTO vocabulary VALUES (?)", (words,))
    connection.executescript("BEGIN;" + script.format(rows=rows) + "COMMIT;")
    connection.close()


main()
