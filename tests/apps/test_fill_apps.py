"""Tables made on PostgreSQL by the framework's own migrations, then filled: the application reads what it
wrote, and goes on from there."""

import pytest

import pgrade
from applications import PYTHON, needs, needs_program, read_usual_forms
from catalog_text import whole_text


def filled(app, path, database, words, *options, show=(("show",),), slashes="//"):
    """Both databases migrated by the framework, the file filled by it; it reads the same from both."""
    sqlite = f"sqlite:{slashes}{path}"
    read_usual_forms(database)
    for url in (sqlite, database.url):
        for word in words:
            app.say(url, *word)
    app.say(sqlite, "fill")
    shown = [app.say(sqlite, *word) for word in show]
    assert len(shown[0]) >= 20
    assert app.say(database.url, *show[0]) != shown[0], "nothing is there before"
    made = whole_text(database)
    outcome = pgrade.run("upgrade", str(path), database.url, *options)
    assert outcome.status == pgrade.OK, outcome
    assert "the target has the application's own tables" in outcome.stderr
    assert whole_text(database) == made, "the framework's schema is what it was"
    assert [app.say(database.url, *word) for word in show] == shown


def goes_on(app, database, expected, migrate=("next",), **environment):
    """The next migration, then new rows, whose ids nobody may have yet."""
    app.say(database.url, *migrate, **environment)
    assert app.say(database.url, "use", **environment) == expected


@needs_program
def test_django(application, tmp_path, database):
    """Its seeds (content types, permissions) are in both, with other numbers; the source's count."""
    needs([PYTHON, "-c", "import django"], "Django")
    app = application("django", [PYTHON, "program.py"])
    shown = (("show",), ("accounts",))
    filled(app, tmp_path / "app.db", database, [("first",)], show=shown)
    assert app.say(database.url, "login", "admin", "correct horse") == [True, True]
    assert app.say(database.url, "login", "zoë", "battery staple") == [True, False], "by a group"
    assert app.say(database.url, "login", "admin", "wrong") is None
    goes_on(app, database, [22, 3, 6, 20, 3])
    app.say(database.url, "check")
    assert database.execute("SELECT count(*) FROM django_migrations WHERE app = 'blog'") == [(2,)]


@pytest.mark.long
@needs_program
def test_flask_migrate(application, tmp_path, database):
    needs([PYTHON, "-c", "import flask_migrate, flask_sqlalchemy"], "Flask-Migrate")
    app = application("flask_migrate", [PYTHON, "-m", "flask"])
    path = tmp_path / "app.db"
    app.say(f"sqlite:///{path}", "db", "init")
    app.say(f"sqlite:///{path}", "db", "migrate", "-m", "first")
    filled(app, path, database, [("db", "upgrade")], slashes="///")
    assert "No changes in schema detected" in app.say(database.url, "db", "migrate")
    app.say(database.url, "db", "migrate", "-m", "next", MODELS="next")
    goes_on(app, database, [22, 3, 6], ("db", "upgrade"), MODELS="next")
    assert database.execute("SELECT count(*) FROM alembic_version") == [(1,)]


@needs_program
@pytest.mark.long
def test_rails(application, tmp_path, database):
    needs(["ruby", "-e", "require 'active_record'; gem 'pg'; gem 'sqlite3'"], "Active Record")
    app = application("rails", ["ruby", "program.rb"])
    filled(app, tmp_path / "app.db", database, [("first",)])
    goes_on(app, database, [22, 3, 6])
    assert database.execute("SELECT count(*) FROM schema_migrations") == [(2,)]


@needs_program
@pytest.mark.long
def test_knex(application, node_path, tmp_path, database):
    app = application("node", ["node", "knex/program.js"], NODE_PATH=node_path)
    filled(app, tmp_path / "app.db", database, [("first",)])
    goes_on(app, database, [22, 3, 6])
    assert database.execute("SELECT count(*) FROM knex_migrations") == [(2,)]


@needs_program
@pytest.mark.long
def test_sequelize(application, node_path, tmp_path, database):
    app = application("node", ["node", "sequelize/program.js"], NODE_PATH=node_path)
    filled(app, tmp_path / "app.db", database, [("first",)])
    goes_on(app, database, [22, 3, 6])
    assert database.execute('SELECT count(*) FROM "SequelizeMeta"') == [(2,)]
