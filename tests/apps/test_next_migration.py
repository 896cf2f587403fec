"""After an upgrade the framework finds what it expects: its next migration runs, the application works.

Each application is made by its framework on SQLite, moved by pgrade, and migrated on PostgreSQL; see the
README beside this.
"""

import pytest

import pgrade
from applications import PYTHON, needs, needs_program, read_usual_forms


def moved(app, path, database, prepare, *options, slashes="//"):
    """The file made and filled by the framework, then upgraded; the application shows the same of both."""
    sqlite = f"sqlite:{slashes}{path}"
    prepare(sqlite)
    app.say(sqlite, "fill")
    shown = app.say(sqlite, "show")
    assert len(shown) >= 20
    read_usual_forms(database)
    outcome = pgrade.upgrade(path, database.url, *options)
    assert outcome.status == pgrade.OK, outcome
    assert app.say(database.url, "show") == shown


def simple_move(app, path, database, *options):
    moved(app, path, database, lambda url: app.say(url, "first"), *options)


def names_of(database, table):
    """Everything that hangs on a table, by name."""
    return {
        name
        for name, in database.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass"
            " UNION SELECT indexrelid::regclass::text FROM pg_index WHERE indrelid = %s::regclass"
            " UNION SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped",
            (table, table, table),
        )
    }


@pytest.mark.long
@needs_program
def test_django(application, tmp_path, database):
    needs([PYTHON, "-c", "import django"], "Django")
    app = application("django", [PYTHON, "program.py"])
    # Django does not tell SQLite how many digits a DecimalField has, nor that a bigint is a DurationField.
    types = ("--type", "blog_post.price=numeric(8,2)", "--type", "blog_post.reading=interval")
    simple_move(app, tmp_path / "app.db", database, *types)
    before = names_of(database, "blog_post")
    assert {"post_once", "post_views_ix", "post_views_ok", "legacy"} <= before
    app.say(database.url, "next")
    assert app.say(database.url, "use") == [22, 3, 6, 20, 3]
    app.say(database.url, "check")
    # RemoveIndex and the drop of an index for LIKE are silent where the name is not found, so the catalog is
    # asked: what is left is what a database has that had all of its migrations on PostgreSQL.
    fresh = database.cluster.create_database()
    app.say(fresh.url, "next")
    for table in ("blog_post", "blog_author", "blog_label", "blog_post_tags", "auth_user"):
        assert names_of(database, table) == names_of(fresh, table), table
    fresh.drop()
    assert database.execute("SELECT count(*) FROM django_migrations WHERE app = 'blog'") == [(2,)]


def move_on(app, tmp_path, database):
    """Moved, migrated once more, and used."""
    simple_move(app, tmp_path / "app.db", database)
    app.say(database.url, "next")
    assert app.say(database.url, "use") == [22, 3, 6]


@needs_program
@pytest.mark.long
def test_rails(application, tmp_path, database):
    needs(["ruby", "-e", "require 'active_record'; gem 'pg'; gem 'sqlite3'"], "Active Record")
    app = application("rails", ["ruby", "program.rb"])
    move_on(app, tmp_path, database)
    fresh = database.cluster.create_database()
    app.say(fresh.url, "next")
    for table in ("articles", "authors", "schema_migrations", "ar_internal_metadata"):
        assert names_of(database, table) == names_of(fresh, table), table
    fresh.drop()
    assert database.execute("SELECT count(*) FROM schema_migrations") == [(2,)]


@needs_program
def test_flask_migrate(application, tmp_path, database):
    """Alembic writes both migrations itself: the next one out of what it finds in the upgraded database."""
    needs([PYTHON, "-c", "import flask_migrate, flask_sqlalchemy"], "Flask-Migrate")
    app = application("flask_migrate", [PYTHON, "-m", "flask"])

    def prepare(url):
        app.say(url, "db", "init")
        app.say(url, "db", "migrate", "-m", "first")
        app.say(url, "db", "upgrade")

    moved(app, tmp_path / "app.db", database, prepare, slashes="///")
    assert "No changes in schema detected" in app.say(database.url, "db", "migrate")
    app.say(database.url, "db", "migrate", "-m", "next", MODELS="next")
    app.say(database.url, "db", "upgrade", MODELS="next")
    assert app.say(database.url, "use", MODELS="next") == [22, 3, 6]
    left = names_of(database, "post")
    assert "subtitle" in left
    assert not left & {"legacy", "post_slug_key", "post_editor_id_fkey", "ix_post_views"}
    rename = "op.alter_column('post', 'title', new_column_name='headline')"
    said = app.say(database.url, "db", "revision", "-m", "rename")
    fill_in(said.split("Generating ")[1].split(" ...")[0], rename)
    app.say(database.url, "db", "upgrade", MODELS="next")
    assert "headline" in names_of(database, "post")
    assert database.execute("SELECT count(*) FROM alembic_version") == [(1,)]


def fill_in(path, statement):
    """Into the empty upgrade() of a new revision."""
    with open("".join(path.split()), encoding="utf-8") as file:
        text = file.read()
    with open("".join(path.split()), "w", encoding="utf-8") as file:
        file.write(text.replace("    pass", f"    {statement}", 1))


@needs_program
@pytest.mark.long
def test_knex(application, node_path, tmp_path, database):
    move_on(application("node", ["node", "knex/program.js"], NODE_PATH=node_path), tmp_path, database)
    left = names_of(database, "posts")
    assert {"subtitle", "headline", "posts_author_id_foreign", "posts_pkey"} <= left
    gone = {"legacy", "posts_slug_unique", "posts_editor_id_foreign", "posts_views_index"}
    assert not left & (gone | {"posts_author_id_title_unique", "posts_status_check"})
    assert database.execute("SELECT count(*) FROM knex_migrations") == [(2,)]


@needs_program
@pytest.mark.long
def test_sequelize(application, node_path, tmp_path, database):
    move_on(application("node", ["node", "sequelize/program.js"], NODE_PATH=node_path), tmp_path, database)
    left = names_of(database, '"Posts"')
    assert {"subtitle", "headline", "Posts_authorId_fkey"} <= left
    assert not left & {"legacy", "Posts_slug_key", "Posts_editorId_fkey", '"Posts_views"', "posts_views"}
    assert database.execute('SELECT count(*) FROM "SequelizeMeta"') == [(2,)]
