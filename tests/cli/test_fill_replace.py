"""Rows that make way for the source's, and tables beside that refer to them: none of theirs goes, none is left
without the row that it refers to."""

import pytest

import fixtures
import pgrade
from catalog_text import whole_text
from test_fill import fill

TARGET = """
CREATE TABLE t (id bigserial PRIMARY KEY, v text, code text UNIQUE);
INSERT INTO t VALUES (7, 'old', 'a'), (8, 'old', 'b');
CREATE TABLE beside (id bigserial PRIMARY KEY, t_id bigint);
"""


@pytest.fixture
def source(folder):
    return fixtures.build_from_text("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, code TEXT);"
                                    " INSERT INTO t VALUES (7, 'new', 'c'), (9, 'new', 'd')", folder / "app.db")


def rows(database):
    return database.execute("SELECT id, v FROM t ORDER BY id", ()), database.execute("SELECT t_id FROM beside ORDER BY id", ())


@pytest.mark.core
@pytest.mark.parametrize("action", ["", "ON DELETE CASCADE", "ON DELETE SET NULL ON UPDATE CASCADE", "DEFERRABLE INITIALLY DEFERRED"])
@pytest.mark.parametrize("referring", ["", "(7)", "(NULL), (7)", "(NULL)"])
def test_every_row_beside_finds_its_own_again(source, database, action, referring):
    database.execute(TARGET + f"ALTER TABLE beside ADD CONSTRAINT back FOREIGN KEY (t_id) REFERENCES t {action};"
                     " COMMENT ON CONSTRAINT back ON beside IS 'to t'")
    if referring:
        database.execute(f"INSERT INTO beside (t_id) VALUES {referring}")
    before = whole_text(database), rows(database)[1]
    fill(source, database, status=pgrade.REFUSED)
    fill(source, database, "--replace")
    assert (whole_text(database), rows(database)[1]) == before
    assert rows(database)[0] == [(7, "new"), (9, "new")]
    assert database.execute("SELECT obj_description(oid) FROM pg_constraint WHERE conname = 'back'", ()) == [("to t",)]


@pytest.mark.core
@pytest.mark.parametrize("action", ["", "ON DELETE CASCADE", "ON DELETE SET NULL"])
def test_a_row_beside_that_would_dangle(source, database, action):
    database.execute(TARGET + f"ALTER TABLE beside ADD FOREIGN KEY (t_id) REFERENCES t {action};"
                     " INSERT INTO beside (t_id) VALUES (7), (8)")
    before = whole_text(database), rows(database)
    outcome = fill(source, database, "--replace", status=pgrade.REFUSED)
    assert "1 row of public.beside, which is not filled, would refer to rows that are gone" in outcome.stderr
    assert "(t_id) = (8): 1 row" in outcome.stderr and "delete its own first" in outcome.stderr
    assert (whole_text(database), rows(database)) == before
    database.execute("DELETE FROM beside WHERE t_id = 8")
    fill(source, database, "--replace")
    assert rows(database) == ([(7, "new"), (9, "new")], [(7,)])


@pytest.mark.parametrize("readable", [True, False])
def test_a_table_beside_of_another_owner(source, database, readable):
    """What to grant is said, word by word."""
    database.execute(TARGET + "ALTER TABLE beside ADD FOREIGN KEY (t_id) REFERENCES t; INSERT INTO beside (t_id) VALUES (7);"
                     " CREATE ROLE \"the app\" LOGIN; ALTER TABLE t OWNER TO \"the app\"")
    if readable:
        database.execute('GRANT SELECT ON beside TO "the app"')
    url = database.cluster.url(database.name, user="the app")
    try:
        outcome = pgrade.run("upgrade", str(source), url, "--replace")
        assert outcome.status == pgrade.REFUSED, outcome
        if readable:
            assert 'GRANT pgrade_test TO "the app"' in outcome.stderr
            database.execute("DELETE FROM beside")
        else:
            assert 'GRANT SELECT ON public.beside TO "the app"' in outcome.stderr
            database.execute('GRANT SELECT ON beside TO "the app"; DELETE FROM beside')
        outcome = pgrade.run("upgrade", str(source), url, "--replace")
        assert outcome.status == pgrade.OK, outcome
    finally:
        database.execute('DROP OWNED BY "the app" CASCADE; DROP ROLE "the app"')


def test_without_rows_to_go_nothing_beside_is_touched(source, database):
    """Not even for a moment: a reader of the table beside is not kept waiting."""
    database.execute(TARGET + "DELETE FROM t; ALTER TABLE beside ADD FOREIGN KEY (t_id) REFERENCES t")
    with database.connect() as reader, reader.cursor() as cursor:
        cursor.execute("LOCK TABLE beside IN ACCESS SHARE MODE")
        fill(source, database)
    assert rows(database)[0] == [(7, "new"), (9, "new")]
