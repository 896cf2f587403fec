#!/usr/bin/python3
"""Makes the sample blog: the SQLite database of an invented blog, the same bytes every time.

    make_blog.py FILE [--posts N]

Nobody in it exists.  It holds what a blog of some years holds: people, posts, comments, tags, texts in
several scripts, booleans, dates, money, a picture, a view; every value fits its declared type.
"""

import argparse
import datetime
import json
import os
import random
import sqlite3

SCHEMA = """
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name VARCHAR(80) NOT NULL,
    email VARCHAR(120) NOT NULL UNIQUE,
    is_admin BOOLEAN NOT NULL DEFAULT 0,
    joined_at DATETIME NOT NULL,
    born DATE,
    settings JSON NOT NULL DEFAULT '{}',
    avatar BLOB
);
CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    slug VARCHAR(100) NOT NULL,
    title VARCHAR(200) NOT NULL,
    body TEXT NOT NULL,
    published BOOLEAN NOT NULL DEFAULT 0,
    published_at DATETIME,
    views INTEGER NOT NULL DEFAULT 0 CHECK (views >= 0),
    rating DOUBLE PRECISION,
    tips DECIMAL(10, 2) NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT posts_slug_key UNIQUE (user_id, slug)
);
CREATE TABLE tags (
    id INTEGER PRIMARY KEY,
    name VARCHAR(40) NOT NULL UNIQUE
);
CREATE TABLE post_tags (
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE RESTRICT,
    PRIMARY KEY (post_id, tag_id)
) WITHOUT ROWID;
CREATE TABLE comments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
    parent_id INTEGER REFERENCES comments (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    body TEXT NOT NULL CHECK (length(body) > 0),
    approved BOOLEAN NOT NULL DEFAULT 1,
    created_at DATETIME NOT NULL
);
"""
FINISH = """
CREATE INDEX posts_published_at ON posts (published_at DESC) WHERE published = 1;
CREATE INDEX posts_user ON posts (user_id);
CREATE INDEX post_tags_tag ON post_tags (tag_id);
CREATE INDEX comments_post ON comments (post_id, created_at);
CREATE INDEX users_email_lower ON users (lower(email));
CREATE VIEW published_posts AS
    SELECT p.id, p.title, p.published_at, u.name AS author, p.views
    FROM posts AS p JOIN users AS u ON u.id = p.user_id
    WHERE p.published = 1;
"""
START = datetime.datetime(2017, 3, 4, 8, 15)
GIVEN = [
    "Ada",
    "Bruno",
    "Çelik",
    "Dóra",
    "Edda",
    "Fenno",
    "Gül",
    "Hana",
    "Ilse",
    "Joonas",
    "Kira",
    "Łucja",
    "Mira",
    "Nuno",
    "Øyvind",
    "Pia",
    "Quirin",
    "Runa",
    "Saskia",
    "Tomek",
    "Ulla",
    "Vera",
    "Wanda",
    "Zoë",
]
FAMILY = [
    "bramble",
    "wick",
    "holm",
    "quill",
    "tarn",
    "fenn",
    "ashel",
    "moor",
    "pell",
    "dray",
    "lund",
    "corrie",
]
TAGS = [
    "bread",
    "bicycles",
    "rain",
    "tomatoes",
    "night trains",
    "maps",
    "jazz",
    "knots",
    "lichen",
    "radio",
    "ferries",
    "typewriters",
    "soup",
    "swifts",
    "balconies",
    "canals",
    "Käse",
    "café",
    "日本語",
    "вода",
]
SUBJECTS = [
    "the old ferry",
    "my sourdough",
    "a bicycle from the tip",
    "our allotment",
    "the last night train",
    "a box of maps",
    "the neighbour's radio",
    "the canal in winter",
    "a cheap typewriter",
    "the swifts under the roof",
    "Grandmother's soup",
    "the balcony tomatoes",
]
TURNS = [
    "came back to life",
    "was never finished",
    "took all of March",
    "deserves a second look",
    "cost more than it should",
    "made everybody late",
    "is better in the rain",
    "has its own opinion",
]
SENTENCES = [
    "It began with a screw that fitted nothing.",
    "Nobody had asked, and so nobody was surprised.",
    "The kettle had an opinion about it: none of us did.",
    "“Leave it,” she said — and I should have.",
    "Naïve, perhaps; but the façade held.",
    "We counted 100 % of them, twice (it's a habit).",
    "С утра шёл дождь.",
    "雨が降っていた。",
    "Es war spät, und der Käse war alle.",
    "Temperature: −4 °C, wind ≈ 3 m/s.",
    "There is a knot for that, and I had forgotten it.",
    "The receipt said €12.40; the till said nothing 🙂.",
    "One of them was upside down.\nThe other one wasn't.",
    "Tabs\tare not spaces, whatever the editor says.",
]
REMARKS = [
    "Lovely.",
    "Same here!",
    "I don't agree, but well put.",
    "How long did it take?",
    "👏👏",
    "ありがとう！",
    "It's the left one, not the right one.",
    "Schön geschrieben.",
    "Did the cat survive?",
    "+1",
]


class Writer:
    def __init__(self, posts):
        self.random = random.Random(20170304)
        self.post_count = posts
        self.user_count = max(3, posts // 8)

    def moment(self, days):
        """A time of the blog's life, to the microsecond, or to the second as some code keeps it."""
        at = START + datetime.timedelta(
            days=self.random.randrange(days), seconds=self.random.randrange(86400)
        )
        fraction = self.random.randrange(1000000) if self.random.random() < 0.7 else 0
        return at.replace(microsecond=fraction).isoformat(" ")

    def users(self):
        for number in range(1, self.user_count + 1):
            given = self.random.choice(GIVEN)
            family = "".join(self.random.sample(FAMILY, 2)).capitalize()
            born = datetime.date(1950, 1, 1) + datetime.timedelta(days=self.random.randrange(20000))
            settings = {
                "theme": self.random.choice(["light", "dark"]),
                "per_page": 10,
                "signature": f"— {given}",
            }
            yield (
                number,
                f"{given} {family}",
                f"{family}.{number}@blog.example",
                int(number == 1),
                self.moment(300),
                born.isoformat() if number % 5 else None,
                json.dumps(settings, ensure_ascii=False),
                self.random.randbytes(48) if number % 4 == 0 else None,
            )

    def posts(self):
        for number in range(1, self.post_count + 1):
            title = f"How {self.random.choice(SUBJECTS)} {self.random.choice(TURNS)}"
            slug = f"{title.lower().replace(' ', '-').replace(chr(39), '')}-{number}"
            body = "\n\n".join(
                " ".join(self.random.choices(SENTENCES, k=4)) for _ in range(self.random.randrange(1, 7))
            )
            published = number % 9 != 0
            rating = round(self.random.uniform(1, 5), 3) if number % 3 else None
            yield (
                number,
                self.random.randint(1, self.user_count),
                slug,
                title,
                body,
                int(published),
                self.moment(2500) if published else None,
                self.random.randrange(5000),
                rating,
                self.random.randrange(100000) / 100,
                self.moment(2500)[:19],
            )

    def post_tags(self):
        for post in range(1, self.post_count + 1):
            for tag in sorted(self.random.sample(range(1, len(TAGS) + 1), self.random.randrange(4))):
                yield post, tag

    def comments(self):
        for number in range(1, self.post_count * 5 + 1):
            parent = self.random.randrange(1, number) if number > 1 and self.random.random() < 0.3 else None
            author = self.random.randint(1, self.user_count) if self.random.random() < 0.9 else None
            yield (
                number,
                self.random.randint(1, self.post_count),
                author,
                parent,
                " ".join(self.random.choices(REMARKS, k=self.random.randrange(1, 4))),
                int(self.random.random() < 0.95),
                self.moment(2700),
            )


def insert(connection, table, rows):
    for row in rows:
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)


def make_blog(path, posts=320):
    if os.path.exists(path):
        os.unlink(path)
    writer = Writer(posts)
    connection = sqlite3.connect(path)
    with connection:
        connection.executescript(SCHEMA)
        insert(connection, "users", writer.users())
        insert(connection, "posts", writer.posts())
        insert(connection, "tags", enumerate(TAGS, 1))
        insert(connection, "post_tags", writer.post_tags())
        insert(connection, "comments", writer.comments())
        # Somebody was here and left: the number of the next user is not the greatest number plus one.
        connection.execute("UPDATE sqlite_sequence SET seq = seq + 3 WHERE name = 'users'")
        connection.executescript(FINISH)
    connection.close()


def main():
    parser = argparse.ArgumentParser(description="Makes the sample blog.")
    parser.add_argument("file")
    parser.add_argument("--posts", type=int, default=320)
    arguments = parser.parse_args()
    make_blog(arguments.file, arguments.posts)


if __name__ == "__main__":
    main()
