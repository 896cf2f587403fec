"""--replace: a rehearsal is repeated. It swaps what pgrade published, and touches nothing else."""


import pytest

import fixtures
import pgrade
from catalog_text import catalog_text, table_names, whole_text
from compare import compare
from gate import Gate
from small import make_small
from trouble import Trouble, assert_trouble, one_document

pytestmark = pytest.mark.core


@pytest.fixture
def published(small, database):
    outcome = pgrade.run("upgrade", str(small), database.url)
    assert outcome.status == pgrade.OK, outcome
    return database


def change(path, sql):
    fixtures.build_from_text(sql, path)


def rows_of(database):
    return database.execute("SELECT relname, oid FROM pg_class WHERE relnamespace = 'public'::regnamespace")


def test_swaps_for_the_new_data(small, published):
    before = dict(rows_of(published))
    published.execute("INSERT INTO author (name) VALUES ('made on the target')")
    change(small, "INSERT INTO author VALUES (3, 'Cy'); UPDATE post SET title = 'new' WHERE id = 1")
    outcome = pgrade.run("upgrade", str(small), published.url, "--replace", "--discard-changes", "--json")
    assert outcome.status == pgrade.OK, outcome
    proof = {line["table"]: line["loaded_rows"] for line in one_document(outcome)["proof"]}
    assert proof == {"author": 3, "post": 3}
    assert published.execute("SELECT name FROM author ORDER BY id") == [("Ada",), ("Bo",), ("Cy",)]
    assert compare(small, published.url, outcome.report, probe=True).equal
    after = dict(rows_of(published))
    assert set(after) == set(before) and not set(after.values()) & set(before.values())
    assert published.execute("SELECT count(*) FROM pgrade_record.published") == [(2,)]


def test_swaps_for_another_schema(small, published, folder):
    """A table less, a table more, other keys: what was published goes as a whole."""
    change(
        small,
        "DROP TABLE post; CREATE TABLE note (id INTEGER PRIMARY KEY, v TEXT UNIQUE); "
        "ALTER TABLE author RENAME TO writer",
    )
    assert pgrade.run("upgrade", str(small), published.url, "--replace").status == pgrade.OK
    assert table_names(published) == ["note", "writer"]
    assert (
        pgrade.run("upgrade", str(make_small(folder / "again.db")), published.url, "--replace").status
        == pgrade.OK
    )
    assert table_names(published) == ["author", "post"]
    assert published.execute("SELECT name FROM pgrade_record.published ORDER BY 1") == [("author",), ("post",)]


def test_without_anything_published_it_is_an_upgrade(small, database):
    assert pgrade.run("upgrade", str(small), database.url, "--replace").status == pgrade.OK
    assert table_names(database) == ["author", "post"]


FOREIGN = {
    "a table": "CREATE TABLE guest (id integer)",
    "a view": "CREATE VIEW glance AS SELECT 1 AS one",
    "a table of a name that was published": "DROP TABLE post; CREATE TABLE post (id integer)",
}


@pytest.mark.parametrize("what", FOREIGN)
def test_refused_where_something_foreign_stands(what, small, published):
    published.execute(FOREIGN[what])
    before = whole_text(published)
    told = Trouble(4, "not empty: 1 object", "", "--schema NAME", "ERR_REFUSED")
    assert_trouble(told, "upgrade", str(small), published.url, "--replace")
    assert whole_text(published) == before


DEPENDANTS = {
    "view": "CREATE VIEW elsewhere.names AS SELECT name FROM public.author",
    "foreign key": "CREATE TABLE elsewhere.fan (author_id bigint REFERENCES public.author (id))",
    "materialized view": "CREATE MATERIALIZED VIEW elsewhere.names AS SELECT name FROM public.author",
    "default": "CREATE TABLE elsewhere.t (a bigint DEFAULT nextval('public.author_id_seq'))",
}


@pytest.mark.parametrize("what", DEPENDANTS)
def test_refused_where_something_foreign_depends_on_it(what, small, published):
    published.execute("CREATE SCHEMA elsewhere")
    published.execute(DEPENDANTS[what])
    before = whole_text(published)
    change(small, "INSERT INTO author VALUES (3, 'Cy')")
    told = Trouble(4, "depend", "elsewhere", "drop", "ERR_REFUSED")
    outcome = assert_trouble(told, "upgrade", str(small), published.url, "--replace")
    assert "DROP TABLE" not in outcome.stderr.splitlines()[0]
    traced = pgrade.run("upgrade", str(small), published.url, "--replace", "--trace-sql")
    assert "pg_depend" in traced.stderr and "CREATE SCHEMA" not in traced.stderr, "known before the load"
    assert whole_text(published) == before
    assert published.execute("SELECT count(*) FROM author") == [(2,)]


def test_dependants_are_named(small, published):
    """Each once, by its own name, whatever it depends on: a table, its key, its type, its sequence."""
    for what in DEPENDANTS.values():
        published.execute("CREATE SCHEMA IF NOT EXISTS elsewhere")
        published.execute(what.replace("names", "more") if "MATERIALIZED" in what else what)
    published.execute("CREATE FUNCTION elsewhere.f(public.author) RETURNS text LANGUAGE sql AS 'SELECT NULL'")
    outcome = pgrade.run("upgrade", str(small), published.url, "--replace")
    assert outcome.stderr.splitlines()[1] == (
        "  why: 5 objects: constraint fan_author_id_fkey on table elsewhere.fan, "
        "default value for column a of table elsewhere.t, function elsewhere.f(public.author), "
        "materialized view elsewhere.more, view elsewhere.names"
    )


def test_what_hangs_on_the_tables_alone_is_no_obstacle(small, published):
    """It goes with them, as DROP TABLE takes it, when the user lets it: an index, a policy, a grant."""
    for sql in (
        "CREATE INDEX mine ON post (title)",
        "CREATE POLICY mine ON post USING (true)",
        "CREATE FUNCTION pg_temp.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "ALTER TABLE post ADD CONSTRAINT mine CHECK (id > 0)",
        "GRANT SELECT ON post TO PUBLIC",
        "CREATE PUBLICATION mine FOR TABLE post",
        "CREATE STATISTICS public.mine ON id, title FROM post",
    ):
        published.execute(sql)
    outcome = pgrade.run("upgrade", str(small), published.url, "--replace", "--discard-changes")
    assert outcome.status == pgrade.OK, outcome


CHANGES = {
    "ALTER TABLE post ADD COLUMN extra text": "post: new: column extra text",
    "ALTER TABLE post DROP COLUMN title": "gone: column title",
    "ALTER TABLE post ALTER COLUMN title SET DEFAULT 'x'": "new: column title character varying(40) DEFAULT 'x'",
    "ALTER TABLE post ALTER COLUMN author_id SET NOT NULL": "new: column author_id bigint NOT NULL",
    "CREATE INDEX mine ON post (title)": "new: index CREATE INDEX mine ON public.post",
    "DROP INDEX post_title": "gone: index CREATE INDEX post_title",
    "ALTER TABLE post ADD CONSTRAINT mine CHECK (id > 0)": "new: constraint mine CHECK ((id > 0))",
    "ALTER TABLE post DROP CONSTRAINT post_author_id_fkey": "gone: constraint post_author_id_fkey",
    "CREATE POLICY mine ON post USING (true)": "new: policy mine",
    "ALTER TABLE post ENABLE ROW LEVEL SECURITY": "with row level security",
    "CREATE RULE mine AS ON DELETE TO post DO INSTEAD NOTHING": "new: rule CREATE RULE mine",
    "CREATE TRIGGER mine BEFORE UPDATE ON post FOR EACH ROW "
    "EXECUTE FUNCTION suppress_redundant_updates_trigger()": "new: trigger CREATE TRIGGER mine",
    "ALTER TABLE post RENAME TO note": "; name note",
    "INSERT INTO author (name) VALUES ('order 77')": "table author: 1 row more",
    "DELETE FROM post": "table post: 3 rows fewer",
    "UPDATE author SET name = 'precious' WHERE id = 1": "table author: 1 row written",
    "DELETE FROM post; INSERT INTO post (title) VALUES ('a'), ('b'), ('c')": "table post: 3 rows written",
}


@pytest.mark.parametrize("sql", CHANGES)
def test_refused_where_the_tables_were_changed_since(sql, small, database):
    """What an application did to the tables is not lost without a word."""
    change(small, "CREATE INDEX post_title ON post (title)")
    assert pgrade.run("upgrade", str(small), database.url).status == pgrade.OK
    database.execute(sql)
    before = whole_text(database)
    told = Trouble(4, "was changed since: 1 object", CHANGES[sql], "--discard-changes", "ERR_REFUSED")
    assert_trouble(told, "upgrade", str(small), database.url, "--replace")
    assert whole_text(database) == before
    again = pgrade.run("upgrade", str(small), database.url, "--replace", "--discard-changes")
    assert again.status == pgrade.OK, again
    assert pgrade.run("upgrade", str(small), database.url, "--replace").status == pgrade.OK


def test_refused_where_a_row_is_written_during_the_run(small, published):
    with Gate(published, "CREATE SCHEMA") as gate:
        process = pgrade.start("upgrade", str(small), published.url, "--replace")
        gate.wait_for_arrival(process)
        published.execute("INSERT INTO author (name) VALUES ('late')")
        gate.open()
        outcome = pgrade.finish(process)
    assert outcome.status == pgrade.REFUSED and "table author: 1 row more" in outcome.stderr, outcome
    assert published.execute("SELECT count(*) FROM author") == [(3,)]


@pytest.mark.parametrize("first", ["", "SAVEPOINT within;"], ids=["plain", "savepoint"])
def test_refused_where_an_older_transaction_wrote(first, small, database):
    """It had its number before the tables were published, and wrote them afterwards."""
    database.execute("CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.log (line text)")
    older = database.connect()
    with older.cursor() as cursor:
        cursor.execute("INSERT INTO elsewhere.log VALUES ('began')")
        assert pgrade.run("upgrade", str(small), database.url).status == pgrade.OK
        assert pgrade.run("upgrade", str(small), database.url, "--replace").status == pgrade.OK
        cursor.execute(first + "UPDATE author SET name = 'precious' WHERE id = 1")
    older.commit()
    outcome = pgrade.run("upgrade", str(small), database.url, "--replace")
    assert outcome.status == pgrade.REFUSED and "table author: 1 row written" in outcome.stderr, outcome
    assert ("precious",) in database.execute("SELECT name FROM author")
    older.close()


def test_vacuum_and_reading_are_no_changes(small, published):
    connection = published.connect()
    connection.autocommit = True
    connection.cursor().execute("VACUUM FULL FREEZE ANALYZE")
    connection.close()
    published.execute("SELECT * FROM author FOR UPDATE")
    assert pgrade.run("upgrade", str(small), published.url, "--replace").status == pgrade.OK


def test_of_an_older_record_the_rows_alone_are_compared(small, published):
    published.execute("ALTER TABLE pgrade_record.published DROP COLUMN rows, DROP COLUMN parts")
    published.execute("INSERT INTO author (name) VALUES ('order 77')")
    outcome = pgrade.run("upgrade", str(small), published.url, "--replace")
    assert outcome.status == pgrade.REFUSED and "table author: 1 row written" in outcome.stderr, outcome
    options = ("--replace", "--discard-changes")
    assert pgrade.run("upgrade", str(small), published.url, *options).status == pgrade.OK
    recorded = published.execute("SELECT name, rows FROM pgrade_record.published ORDER BY 1")
    assert recorded == [("author", 2), ("post", 3)]


def test_foreign_schemas_and_roles_are_kept(small, published):
    published.execute(
        "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.author (id integer); "
        "CREATE FUNCTION elsewhere.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'"
    )
    before = catalog_text(published, "elsewhere")
    assert pgrade.run("upgrade", str(small), published.url, "--replace").status == pgrade.OK
    assert catalog_text(published, "elsewhere") == before


def test_failure_keeps_what_was_published(small, published):
    change(small, "INSERT INTO post VALUES (9, 99, 'orphan')")
    before = whole_text(published)
    oids = rows_of(published)
    outcome = pgrade.run("upgrade", str(small), published.url, "--replace")
    assert outcome.status == pgrade.DECISION, outcome
    assert whole_text(published) == before and rows_of(published) == oids


def test_of_one_schema_leaves_the_other(small, published):
    assert pgrade.run("upgrade", str(small), published.url, "--schema", "second").status == pgrade.OK
    first = rows_of(published)
    assert (
        pgrade.run("upgrade", str(small), published.url, "--schema", "second", "--replace").status
        == pgrade.OK
    )
    assert rows_of(published) == first
    assert published.execute("SELECT schema, count(*) FROM pgrade_record.published GROUP BY 1 ORDER BY 1") == [
        ("public", 2),
        ("second", 2),
    ]


ENUM = """
CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, PRIMARY KEY (version_num));
CREATE TABLE task (id INTEGER NOT NULL, state VARCHAR(4), PRIMARY KEY (id),
                   CONSTRAINT task_state CHECK (state IN ('open', 'done')));
INSERT INTO task VALUES (1, 'open');
"""


def test_types_are_swapped_too(folder, database):
    change(folder / "kinds.db", ENUM)
    types = "SELECT oid FROM pg_type WHERE typname = 'task_state' AND typtype = 'e'"
    found = []
    for options in ([], ["--replace"], ["--replace"]):
        outcome = pgrade.run("upgrade", str(folder / "kinds.db"), database.url, *options)
        assert outcome.status == pgrade.OK, outcome
        found += database.execute(types)
    assert len(set(found)) == 3, "one enum at a time, a new one each time"
    assert table_names(database) == ["alembic_version", "task"]


def test_readers_see_the_old_or_the_new_and_nothing_between(small, published):
    """An application that reads meanwhile finds its tables at any moment until the swap, and after it."""
    change(small, "INSERT INTO author VALUES (3, 'Cy')")
    with Gate(published, "SET SCHEMA") as gate:
        process = pgrade.start("upgrade", str(small), published.url, "--replace")
        gate.wait_for_arrival(process)
        before = published.execute("SELECT relname FROM pg_class WHERE oid = 'public.author'::regclass")
        gate.open()
        assert pgrade.finish(process).status == pgrade.OK
    assert before == [("author",)]
    assert published.execute("SELECT count(*) FROM author") == [(3,)]
