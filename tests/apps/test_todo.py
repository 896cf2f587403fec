"""The todo example, moved: the same code shows the same pages on PostgreSQL and goes on from there."""

import os
import shutil

import pytest

import pgrade
from http_session import Site
from server_process import flask

EXAMPLE = os.path.join(pgrade.PROJECT, "examples", "todo")
NAMES = ["Zoë", "ada", "Émile", "Ада", "李雷"]
CATEGORIES = {"Home": "#2b6cb0", "Ärger": "#c0392b", "work": "#2f855a"}
TODOS = [
    {"title": "Buy oat milk", "due": "2024-02-29", "category_id": 1},
    {"title": "Ring the piano tuner", "notes": "line one\nline two", "category_id": 3},
    {"title": 'It\'s "quoted" \\ & <b>bold</b>', "due": "1999-12-31"},
    {"title": "Ünïcödé 🎹 " + "x" * 180, "notes": "tab\there; 100 %; 'single'"},
    {"title": "No day, no notes"},
]


@pytest.fixture
def application(tmp_path):
    """A copy, since the application keeps its SQLite file beside its code."""
    directory = tmp_path / "todo"
    shutil.copytree(EXAMPLE, directory, ignore=shutil.ignore_patterns("instance", "__pycache__"))
    return directory


@pytest.fixture
def run_on(application, tmp_path):
    def run(url=None):
        environment = {"DATABASE_URL": url} if url else {}
        return flask("app", application, tmp_path / "flask.log", **environment)

    return run


def fill(site):
    for name in NAMES:
        assert site.post("/users", name=name)[0] == 200
    for name, colour in CATEGORIES.items():
        assert site.post("/users/1/categories", name=name, colour=colour)[0] == 200
    for user in (1, 3, 5):
        for todo in TODOS:
            assert site.post(f"/users/{user}/todos", **todo)[0] == 200
    for todo in (2, 6, 15):
        assert site.post(f"/todos/{todo}/tick")[0] == 200
    assert site.post("/todos/10/delete")[0] == 200


def pages(site):
    paths = ["/"] + [f"/users/{number}" for number in range(1, len(NAMES) + 1)]
    return {path: site.get(path) for path in paths}


def test_every_form_answers(run_on):
    """The application itself, before anything is moved."""
    with run_on() as server:
        site = Site(server.port)
        fill(site)
        assert "Ünïcödé 🎹" in site.get("/users/1")[1].decode()
        assert site.post("/users", name="Zoë")[0] == 409
        assert site.post("/users", name=" ")[0] == 400
        assert site.post("/users/1/todos", title="Buy oat milk")[0] == 409
        assert site.post("/users/1/todos", title="x" * 201)[0] == 400
        assert site.post("/users/1/todos", title="y", due="soon")[0] == 400
        assert site.post("/users/1/todos", title="y", category_id=99)[0] == 404
        assert site.post("/users/1/categories", name="work")[0] == 409
        assert site.get("/users/99")[0] == 404
        assert site.post("/todos/10/tick")[0] == 404


def test_starts_on_postgres_by_itself(run_on, scram_cluster):
    """Both spellings of the scheme, and a password with every awkward character."""
    database = scram_cluster.create_database()
    with run_on(database.url.replace("postgresql://", "postgres://")) as server:
        fill(Site(server.port))
    with run_on(database.url) as server:
        assert "李雷" in Site(server.port).get("/")[1].decode()
    database.drop()


@pytest.mark.skipif(not pgrade.available(), reason=f"there is no {pgrade.program()}: build it or set PGRADE")
def test_moves_to_postgres(run_on, application, scram_cluster):
    with run_on() as server:
        fill(Site(server.port))
        before = pages(Site(server.port))
    assert all(status == 200 for status, _ in before.values())

    database = scram_cluster.create_database()
    moved = pgrade.upgrade(application / "instance" / "todo.db", database.url)
    assert moved.status == pgrade.OK, moved

    with run_on(database.url) as server:
        site = Site(server.port)
        assert pages(site) == before
        assert site.post("/users", name="Newcomer")[0] == 200
        assert site.post("/users/6/todos", title="First of the new ones")[0] == 200
        assert site.post("/users/6/categories", name="garden")[0] == 200
        assert site.post("/users", name="Zoë")[0] == 409
        assert site.post("/todos/1/tick")[0] == 200
        after = pages(site)
    assert after != before

    with run_on(database.url) as server:
        site = Site(server.port)
        assert pages(site) == after
        assert b"First of the new ones" in site.get("/users/6")[1]
    assert database.execute("SELECT max(id) FROM todo") == [(16,)]
    database.drop()
