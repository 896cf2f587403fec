"""Applications that wrote on PostgreSQL go back to SQLite, and show and write there as if they had never left."""

import os
import shutil
import sqlite3

import pytest

import pgrade
from applications import PYTHON, needs, needs_program, read_usual_forms
from http_session import Site
from server_process import flask
from test_todo import EXAMPLE, fill, pages


@pytest.fixture
def todo(tmp_path):
    directory = tmp_path / "todo"
    shutil.copytree(EXAMPLE, directory, ignore=shutil.ignore_patterns("instance", "__pycache__"))
    return directory


@needs_program
def test_flask_goes_back(todo, tmp_path, database):
    path = todo / "instance" / "todo.db"
    with flask("app", todo, tmp_path / "flask.log") as server:
        fill(Site(server.port))
    assert pgrade.upgrade(path, database.url).status == pgrade.OK
    with flask("app", todo, tmp_path / "flask.log", DATABASE_URL=database.url) as server:
        site = Site(server.port)
        assert site.post("/users", name="Newcomer")[0] == 200
        assert site.post("/users/6/todos", title="Ünïcödé 🎹", due="2024-02-29")[0] == 200
        assert site.post("/users/6/categories", name="garden")[0] == 200
        assert site.post("/todos/1/tick")[0] == 200
        assert site.post("/todos/7/delete")[0] == 200
        after = pages(site)
    outcome = pgrade.run("downgrade", database.url, str(path), "--like", str(path), "--replace", "--json")
    assert outcome.status == pgrade.OK, outcome
    with flask("app", todo, tmp_path / "flask.log") as server:
        site = Site(server.port)
        assert pages(site) == after
        assert site.post("/users", name="Back again")[0] == 200
        assert site.post("/users", name="Newcomer")[0] == 409
        assert site.post("/users/7/todos", title="Goes on")[0] == 200
        assert b"Goes on" in site.get("/users/7")[1]


@needs_program
def test_django_goes_back(application, tmp_path, database):
    """From tables that its own migrations made; dates, spans, decimals and booleans as Django reads them."""
    needs([PYTHON, "-c", "import django"], "Django")
    app = application("django", [PYTHON, "program.py"])
    path, back = tmp_path / "app.db", tmp_path / "back.db"
    read_usual_forms(database)
    for url in (f"sqlite://{path}", database.url):
        app.say(url, "first")
    app.say(f"sqlite://{path}", "fill")
    assert pgrade.run("upgrade", str(path), database.url).status == pgrade.OK
    database.execute("""
        UPDATE blog_post SET published = NOT published, price = price + 0.25, reading = reading + interval '2 hours',
            created = created + interval '0.5 second' WHERE id % 3 = 0;
        INSERT INTO blog_post (title, slug, body, legacy, views, reading, published, created, price, author_id)
            SELECT title || '!', slug || '-b', body, legacy, views, reading, published, created, price, author_id
            FROM blog_post WHERE id < 5""")
    shown = app.say(database.url, "show")
    outcome = pgrade.run("downgrade", database.url, str(back), "--like", str(path), "--json")
    assert outcome.status == pgrade.OK, outcome
    assert app.say(f"sqlite://{back}", "show") == shown
    assert app.say(f"sqlite://{back}", "login", "admin", "correct horse") == [True, True]
    app.say(f"sqlite://{back}", "next")
    assert app.say(f"sqlite://{back}", "use")[0] == 26
    connection = sqlite3.connect(back)
    kinds = connection.execute("SELECT DISTINCT typeof(reading) FROM blog_post WHERE reading IS NOT NULL")
    assert kinds.fetchall() == [("integer",)]
    connection.close()
