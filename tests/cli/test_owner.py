"""--owner: what is published belongs to another role than the one that loads."""

import pytest

import fixtures
import pgrade
from catalog_text import table_names
from trouble import Trouble, assert_clean, assert_trouble

SOURCE = """
CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT);
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id));
CREATE VIEW both_of_them AS SELECT parent.id, kind FROM parent JOIN child ON child.parent_id = parent.id;
CREATE TRIGGER child_added AFTER INSERT ON child BEGIN
    UPDATE parent SET kind = 'b' WHERE id = NEW.parent_id;
END;
INSERT INTO parent VALUES (1, 'a'), (2, 'b');
INSERT INTO child VALUES (1, 1);
"""
OWNERS = """
SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relnamespace = '{0}'::regnamespace
UNION SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE pronamespace = '{0}'::regnamespace
UNION SELECT pg_get_userbyid(typowner) FROM pg_type WHERE typnamespace = '{0}'::regnamespace
"""


@pytest.fixture
def source(folder):
    return fixtures.build_from_text(SOURCE, folder / "app.db")


@pytest.fixture
def loader(database):
    """A role that may load and, as a member, act as the application's."""
    for statement in (
        "CREATE ROLE owning",
        "CREATE ROLE loader LOGIN",
        f"GRANT CREATE ON DATABASE {database.name} TO loader",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "GRANT CREATE, USAGE ON SCHEMA public TO loader",
    ):
        database.execute(statement)
    yield database.cluster.url(database.name, user="loader")
    database.execute("DROP OWNED BY loader, owning CASCADE")
    database.execute("DROP ROLE loader, owning")


def upgrade(source, url, *options):
    outcome = pgrade.run("upgrade", str(source), url, "--owner", "owning", "--type=parent.kind=enum(a,b)", *options)
    assert outcome.status == pgrade.OK, outcome
    assert_clean(outcome)


@pytest.mark.core
def test_everything_belongs_to_the_owner(source, untouched, database, loader):
    untouched()
    database.execute("GRANT owning TO loader")
    database.execute("GRANT CREATE, USAGE ON SCHEMA public TO owning")
    database.execute("CREATE ROLE reading; GRANT USAGE ON SCHEMA public TO reading")
    database.execute(
        "SET ROLE loader; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO reading; RESET ROLE"
    )
    for options in ([], ["--replace"]):
        upgrade(source, loader, *options)
        assert database.execute(OWNERS.format("public")) == [("owning",)]
        assert table_names(database) == ["child", "parent"]
        assert database.execute("SELECT has_table_privilege('reading', 'child', 'SELECT')") == [(True,)]
    assert database.execute("SET ROLE owning; INSERT INTO parent (kind) VALUES ('a') RETURNING id") == [(3,)]
    database.execute("RESET ROLE")
    database.execute("DROP OWNED BY reading CASCADE")
    database.execute("DROP ROLE reading")


def test_new_schema_belongs_to_the_owner(source, database, loader):
    database.execute("GRANT owning TO loader")
    upgrade(source, loader, "--schema", "app")
    assert database.execute(OWNERS.format("app")) == [("owning",)]
    assert database.execute("SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = 'app'") == [
        ("owning",)
    ]
    upgrade(source, loader, "--schema", "app", "--replace")
    assert database.execute("SET ROLE owning; SELECT count(*) FROM app.both_of_them") == [(1,)]
    database.execute("RESET ROLE")


def test_what_would_stop_it_is_told_before_the_load(source, database, loader):
    words = ("upgrade", str(source), loader, "--owner")
    assert_trouble(Trouble(4, "there is no such role", None, "CREATE ROLE", "ERR_REFUSED"), *words, "nobody_here")
    told = Trouble(5, "loader may not make that role the owner", "act as", "GRANT", "ERR_PERMISSION")
    outcome = assert_trouble(told, *words, "owning")
    database.execute(outcome.stderr.split("as an administrator: ")[1].splitlines()[0])
    told = Trouble(5, "may not own tables in the schema public", "create", "GRANT CREATE", "ERR_PERMISSION")
    outcome = assert_trouble(told, *words, "owning")
    database.execute(outcome.stderr.split("as the schema's owner: ")[1].splitlines()[0])
    assert table_names(database) == []
    outcome = pgrade.run(*words, "owning")
    assert outcome.status == pgrade.OK, outcome
