"""What `upgrade` made is compared with what was planned before anything is published.

An event trigger stands for whatever can come between: a statement that was skipped, one that was another when it
reached the server, somebody who helps while the tables are made.
"""

import contextlib

import pytest

import fixtures
import pgrade
from trouble import one_document

SOURCE = """
CREATE TABLE author (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, born DATE DEFAULT '2000-01-01',
                     word TEXT DEFAULT 'it''s', n INTEGER DEFAULT (1 + 1), at DATETIME DEFAULT CURRENT_TIMESTAMP,
                     price DECIMAL(8, 2) DEFAULT 0.50, note VARCHAR(20) DEFAULT 'x', flag BOOLEAN NOT NULL DEFAULT 1,
                     twice INTEGER GENERATED ALWAYS AS (id * 2) STORED, CONSTRAINT "odd name" CHECK (n IN (1, 2, 3)));
CREATE TABLE "Odd ""one" (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES author (id) ON DELETE CASCADE,
                   title VARCHAR(60), price DECIMAL(8, 2) CHECK (price >= 0 AND title LIKE 'O%'), code TEXT COLLATE NOCASE,
                   "a b" TEXT, UNIQUE (author_id, title));
CREATE TABLE other (a TEXT, b TEXT, c REAL, PRIMARY KEY (b, a));
CREATE TABLE child (a TEXT, b TEXT, FOREIGN KEY (b, a) REFERENCES other (b, a) DEFERRABLE INITIALLY DEFERRED);
CREATE INDEX one_price ON "Odd ""one" (price, title DESC);
CREATE INDEX one_half ON "Odd ""one" (length(title), "a b") WHERE price > 10;
CREATE UNIQUE INDEX one_code ON "Odd ""one" (code);
CREATE INDEX other_c ON other (c);
CREATE VIEW cheap AS SELECT id, title FROM "Odd ""one" WHERE price < 5;
CREATE VIEW final AS SELECT 1 AS one;
INSERT INTO author (name) VALUES ('Ada'), ('Bo');
INSERT INTO "Odd ""one" VALUES (1, 1, 'One', 4.5, 'a', 'x'), (2, 2, 'Oo', 12, 'b', 'y'), (7, 1, 'O3', NULL, NULL, NULL);
INSERT INTO other VALUES ('a', 'b', 1.5);
INSERT INTO child VALUES ('a', 'b');
UPDATE sqlite_sequence SET seq = 40 WHERE name = 'author';
"""
SETUP = """
CREATE SCHEMA test_gate;
CREATE FUNCTION test_gate.watch() RETURNS event_trigger LANGUAGE plpgsql AS $watch$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_event_trigger_ddl_commands() WHERE object_identity = 'pgrade_load.final') THEN
        SET LOCAL search_path = pgrade_load;
        {damage};
    END IF;
END $watch$;
CREATE EVENT TRIGGER spoil ON ddl_command_end WHEN TAG IN ('CREATE VIEW') EXECUTE FUNCTION test_gate.watch();
"""
# What is done while the last view is made, and what has to be named then: once what there should be is gone, once it
# is another one.
GONE = {
    "ALTER TABLE author ALTER flag DROP NOT NULL": "NOT NULL author.flag: the target has none",
    'ALTER TABLE "Odd ""one" DROP CONSTRAINT "Odd ""one_pkey"': 'primary key Odd "one.Odd "one_pkey: the target has none',
    "ALTER TABLE author DROP CONSTRAINT author_name_key": "unique key author.author_name_key: the target has none",
    "DROP INDEX one_code": 'index Odd "one.one_code: the target has none',
    "DROP INDEX one_price": 'index Odd "one.one_price: the target has none',
    "DROP INDEX one_half": 'index Odd "one.one_half: the target has none',
    "ALTER TABLE child DROP CONSTRAINT child_b_a_fkey": "foreign key child.child_b_a_fkey: the target has none",
    'ALTER TABLE author DROP CONSTRAINT "odd name"': "CHECK author.odd name: the target has none",
    "ALTER TABLE author ALTER born DROP DEFAULT": "default author.born: the target has none",
    "ALTER TABLE author ALTER id DROP IDENTITY": "identity author.id: the target has none",
    "ALTER TABLE author ALTER twice DROP EXPRESSION": "generated column author.twice: the target has none",
    "DROP VIEW cheap": "view cheap: the target has none",
}
ANOTHER = {
    "ALTER TABLE author ALTER born SET DEFAULT '2000-01-02'": "default author.born: is another one on the target",
    "ALTER TABLE author ALTER word SET DEFAULT 'its'": "default author.word: is another one on the target",
    "ALTER TABLE author ALTER n SET DEFAULT 1 + 2": "default author.n: is another one on the target",
    "ALTER TABLE author ALTER price SET DEFAULT 0.51": "default author.price: is another one on the target",
    "ALTER TABLE author ALTER flag SET DEFAULT false": "default author.flag: is another one on the target",
    "DROP VIEW cheap; ALTER TABLE \"Odd \"\"one\" ALTER title TYPE varchar(61)": 'type Odd "one.title: is another one on the target',
    'ALTER TABLE author RENAME note TO remark': "column author.note: the target has none",
    "ALTER TABLE author DROP CONSTRAINT \"odd name\", ADD CONSTRAINT \"odd name\" CHECK (n IN (1, 2, 4))":
        "CHECK author.odd name: is another one on the target",
    "DROP INDEX one_price; CREATE INDEX one_price ON \"Odd \"\"one\" (price, title)": 'index Odd "one.one_price: is another one on the target',
    "DROP INDEX one_half; CREATE INDEX one_half ON \"Odd \"\"one\" (length(title), \"a b\") WHERE price > 11":
        'index Odd "one.one_half: is another one on the target',
    "DROP INDEX one_code; CREATE UNIQUE INDEX one_code ON \"Odd \"\"one\" (code)": 'index Odd "one.one_code: is another one on the target',
    "DROP INDEX other_c; CREATE INDEX other_c ON other USING hash (c)": "index other.other_c: is another one on the target",
    "ALTER TABLE child ALTER CONSTRAINT child_b_a_fkey NOT DEFERRABLE": "foreign key child.child_b_a_fkey: is another one on the target",
    "ALTER TABLE author ALTER id SET GENERATED ALWAYS": "identity author.id: is another one on the target",
    "PERFORM setval('\"Odd \"\"one_id_seq\"', 3)": 'sequence Odd "one.id: the target gives 4 next, and 7 is there already',
    "PERFORM setval('author_id_seq', 30)": "sequence author.id: the target gives 31 next, and the source has given 40 already",
    "ALTER TABLE other ALTER c SET NOT NULL": "NOT NULL other.c: only the target has it",
    "ALTER TABLE other ADD CHECK (c > 0)": "CHECK other.other_c_check: only the target has it",
    "ALTER TABLE child DISABLE TRIGGER ALL": "foreign key child.child_b_a_fkey: is another one on the target",
    "CREATE RULE keep_all AS ON DELETE TO other DO INSTEAD NOTHING": "rule other.keep_all: only the target has it",
    "ALTER TABLE child ADD UNIQUE (a)": "unique key child.child_a_key: only the target has it",
}


@contextlib.contextmanager
def spoiled(database, damage):
    database.execute(SETUP.format(damage=damage))
    try:
        yield
    finally:
        database.execute("DROP EVENT TRIGGER spoil; DROP SCHEMA test_gate CASCADE")


def lines(structure, differing=True):
    return {"{} {}{}: {}".format(one["what"], one["table"] + "." if one["table"] and one["name"] else one["table"] or "", one["name"] or "",
                                 one["text"]) for one in structure["remarks"] if one["differs"] == differing}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return str(fixtures.build_from_text(SOURCE, tmp_path_factory.mktemp("structure") / "app.db"))


@pytest.mark.core
@pytest.mark.parametrize("damages", [GONE, ANOTHER], ids=["gone", "another"])
def test_what_is_not_as_planned_is_named(source, database, damages):
    with spoiled(database, ";\n".join(damages)):
        outcome = pgrade.run("upgrade", source, database.url, "--json")
    document = one_document(outcome)
    assert outcome.status == pgrade.FAILED and not document["published"], outcome
    found = lines(document["structure"])
    assert found >= set(damages.values()), set(damages.values()) - found
    assert "beside the rows are not what was planned" in document["error"]["message"]
    assert database.execute("SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE nspname IN ('public', 'pgrade_load')") == []


@pytest.mark.core
def test_all_is_as_planned(source, database):
    """What is more than planned and harms nobody is worth a word."""
    with spoiled(database, "CREATE INDEX more ON other (a); ALTER TABLE child ENABLE ROW LEVEL SECURITY"):
        outcome = pgrade.run("upgrade", source, database.url, "--json")
    document = one_document(outcome)
    assert outcome.status == pgrade.OK, outcome
    structure = document["structure"]
    assert structure["compared"] and lines(structure) == set()
    assert lines(structure, False) == {"index other.more: only the target has it", "row security child: only the target has it"}
    counts = {one["what"]: one["count"] for one in structure["counts"]}
    assert counts["table"] == 4 and counts["CHECK"] == 2 and counts["view"] == 2


def test_it_is_printed(source, database):
    with spoiled(database, "DROP INDEX one_price"):
        outcome = pgrade.run("upgrade", source, database.url)
    assert outcome.status == pgrade.FAILED and "1 thing beside the rows is not what was planned" in outcome.stderr
    assert 'Not as planned\n  index Odd "one.one_price: the target has none' in outcome.stdout
    outcome = pgrade.run("upgrade", source, database.url)
    assert outcome.status == pgrade.OK and "As planned, by the server's catalog: 4 tables" in outcome.stdout


def test_a_database_that_quotes_all_names(source, database):
    """The server then writes "text" for the type text: it is the same one."""
    database.execute(f'ALTER DATABASE "{database.name}" SET quote_all_identifiers = on')
    outcome = pgrade.run("upgrade", source, database.url, "--json")
    assert outcome.status == pgrade.OK and lines(one_document(outcome)["structure"]) == set(), outcome
    assert pgrade.run("verify", source, database.url).status == pgrade.OK
