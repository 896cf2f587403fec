"""The fixtures are what they say."""

import hashlib
import sqlite3

import pytest

import fixtures


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("name", fixtures.NAMES + ["blog"])
def test_is_sound_and_the_same_each_time(name, tmp_path):
    first, second = fixtures.build(name, tmp_path / "one"), fixtures.build(name, tmp_path / "two")
    assert digest(first) == digest(second)
    connection = sqlite3.connect(first)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    if name != "not_carried":
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_blog_is_a_blog_of_some_years(tmp_path):
    connection = sqlite3.connect(fixtures.build("blog", tmp_path / "blog.db"))
    counts = {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("users", "posts", "comments", "tags", "post_tags", "published_posts")
    }
    assert counts == {
        "users": 40,
        "posts": 320,
        "comments": 1600,
        "tags": 20,
        "post_tags": 478,
        "published_posts": 285,
    }
    assert connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'users'").fetchone() == (43,)
    connection.close()


def test_empty_holds_tables_and_no_row(tmp_path):
    connection = sqlite3.connect(fixtures.build("empty", tmp_path / "empty.db"))
    tables = [name for name, in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert len(tables) == 4
    assert all(connection.execute(f"SELECT count(*) FROM {name}").fetchone() == (0,) for name in tables)
    connection.close()
