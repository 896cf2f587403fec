"""What extensions and providers of managed databases keep beside the application is none of its tables."""

import pytest

import fixtures
import pgrade
from catalog_text import whole_text
from test_fill import fill

SOURCE = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, tags TEXT, token CHAR(32));
INSERT INTO users VALUES (1, 'Ada@example', NULL, '123456789abcdef0123456789abcdef0');
"""
EXTENSIONS = "".join(f'CREATE EXTENSION "{name}";' for name in ("citext", "hstore", "uuid-ossp", "pg_trgm", "pg_stat_statements"))
SCHEMAS = "".join(
    f"CREATE SCHEMA {name}; CREATE TABLE {name}.users (id uuid PRIMARY KEY); INSERT INTO {name}.users VALUES (gen_random_uuid());"
    f" CREATE TABLE {name}.t (id serial PRIMARY KEY, u uuid REFERENCES {name}.users); CREATE VIEW {name}.v AS SELECT * FROM {name}.users;"
    for name in ("auth", "storage", "realtime", "cron", "_timescaledb_internal", "heroku_ext", "google_vacuum_mgmt", "rds_tools", "aiven_extras"))


@pytest.fixture
def source(folder):
    return fixtures.build_from_text(SOURCE, folder / "app.db")


@pytest.fixture
def managed(database):
    database.execute(EXTENSIONS + SCHEMAS)
    return database


@pytest.mark.core
def test_tables_are_made_beside_them(source, managed):
    report = pgrade.run("plan", str(source), managed.url, "--json").report
    assert report["mode"] == "fresh" and report["refusal"] is None
    before = {name: text for name, text in whole_text(managed).items() if name != "public"}
    outcome = pgrade.run("upgrade", str(source), managed.url)
    assert outcome.status == pgrade.OK, outcome
    after = whole_text(managed)
    assert {name: after[name] for name in before} == before


@pytest.mark.core
def test_tables_are_filled_beside_them(source, managed):
    """With columns of the extensions' types, and a key to a table of the provider's."""
    managed.execute("CREATE TABLE users (id bigserial PRIMARY KEY, email citext UNIQUE, tags text, token uuid DEFAULT"
                    " uuid_generate_v4(), account uuid REFERENCES auth.users); CREATE INDEX ON users USING gin (email gin_trgm_ops)")
    before = whole_text(managed)
    report = pgrade.run("plan", str(source), managed.url, "--json").report
    assert report["mode"] == "fill" and report["refusal"] is None
    assert [one["about"] for one in report["comparison"] if one["kind"] == "table"] == []
    fill(source, managed)
    assert whole_text(managed) == before
    assert managed.execute("SELECT id FROM users WHERE email = 'ada@EXAMPLE'", ()) == [(1,)]
    fill(source, managed, "--replace")
