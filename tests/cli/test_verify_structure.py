"""`verify` compares keys, indexes, defaults, sequences and views beside the rows."""

import pytest

import fixtures
import pgrade
from test_verify import remarks, verify

SOURCE = """
CREATE TABLE author (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, born DATE DEFAULT '2000-01-01');
CREATE TABLE book (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES author (id) ON DELETE CASCADE,
                   title VARCHAR(60), price DECIMAL(8, 2) CHECK (price >= 0), code TEXT COLLATE NOCASE,
                   UNIQUE (author_id, title));
CREATE INDEX book_price ON book (price);
CREATE INDEX book_half ON book (length(title)) WHERE price > 10;
CREATE UNIQUE INDEX book_code ON book (code);
CREATE VIEW cheap AS SELECT id, title FROM book WHERE price < 5;
CREATE TRIGGER odd AFTER INSERT ON book BEGIN UPDATE author SET name = name WHERE id = -changes(); END;
INSERT INTO author (name) VALUES ('Ada'), ('Bo');
INSERT INTO book VALUES (1, 1, 'One', 4.5, 'a'), (2, 2, 'Two', 12, 'b'), (7, 1, 'Three', NULL, NULL);
"""
DAMAGES = {
    "ALTER TABLE author ALTER name DROP NOT NULL": ["NOT NULL author.name: the target has none"],
    "ALTER TABLE book DROP CONSTRAINT {book_pkey}": ["primary key book.id: the target has none"],
    "ALTER TABLE author DROP CONSTRAINT {author_name}": ["unique key author.name: the target has none"],
    "DROP INDEX book_code": ["unique key book.code: the target has none"],
    "DROP INDEX book_price": ["index book.price: the target has none"],
    "DROP INDEX book_half": ["index book.*: the target has none"],
    "ALTER TABLE book DROP CONSTRAINT {book_fkey}": [
        "foreign key book.author_id -> author (id): the target has none"],
    "ALTER TABLE book DROP CONSTRAINT {book_fkey}; ALTER TABLE book ADD FOREIGN KEY (author_id) REFERENCES author": [
        "foreign key book.author_id -> author (id): is another one on the target"],
    "ALTER TABLE book DROP CONSTRAINT {book_check}": ["CHECK book.number 1: the target has none"],
    "ALTER TABLE author ALTER born DROP DEFAULT": ["default author.born: the target has none"],
    "ALTER TABLE book ALTER id DROP IDENTITY": ["default book.id: the target has none"],
    "SELECT setval(pg_get_serial_sequence('book', 'id'), 3)": [
        "sequence book.id: the target gives 4 next, and 7 is there already"],
    "DROP VIEW cheap": ["view cheap: the target has none"],
}
NAMES = {"book_pkey": ("book", "p"), "author_name": ("author", "u"), "book_fkey": ("book", "f"), "book_check": ("book", "c")}


@pytest.fixture
def loaded(folder, database):
    path = fixtures.build_from_text(SOURCE, folder / "app.db")
    outcome = pgrade.run("upgrade", str(path), database.url, "--accept", "trigger")
    assert outcome.status == pgrade.SHORTFALL, outcome
    return path, database


def damage(database, sql):
    names = {key: '"%s"' % database.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = %s", (table, kind))[0][0]
        for key, (table, kind) in NAMES.items()}
    database.execute(sql.format(**names))


@pytest.mark.core
@pytest.mark.parametrize("sql", DAMAGES)
def test_what_is_missing_is_named(loaded, sql):
    source, database = loaded
    damage(database, sql)
    document = verify(source, database.url)
    assert remarks(document) == DAMAGES[sql]
    assert document["differences"] == [] and all(table["equal"] for table in document["tables"])


@pytest.mark.core
def test_nothing_is_missing(loaded):
    source, database = loaded
    document = verify(source, database.url, status=pgrade.OK)
    assert [one["what"] for one in document["remarks"]] == ["trigger"] and "not compared" in document["remarks"][0]["text"]
    database.execute("ALTER TABLE book ALTER title SET NOT NULL; CREATE INDEX more ON book (title)")
    assert "NOT NULL book.title: only the target has it" in remarks(verify(source, database.url, status=pgrade.OK), False)
    verify(database.url, source)


def test_two_keys_of_the_same_columns(folder, database):
    """Migrations leave such behind; each has its own actions."""
    path = str(fixtures.build_from_text("""
        CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER, CONSTRAINT old FOREIGN KEY (p) REFERENCES parent (id),
                            CONSTRAINT new FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE);""", folder / "app.db"))
    assert pgrade.run("upgrade", path, database.url).status == pgrade.OK
    verify(path, database.url, status=pgrade.OK)
    verify(database.url, path, status=pgrade.OK)
    database.execute("ALTER TABLE child DROP CONSTRAINT new")
    assert remarks(verify(path, database.url)) == ["foreign key child.p -> parent (id): is another one on the target"]


def test_a_default_without_a_form_on_postgresql(folder, database):
    """What PostgreSQL has in its place is compared with nothing, whichever side is the source."""
    path = str(fixtures.build_from_text("CREATE TABLE stamp (id INTEGER PRIMARY KEY, at DATETIME DEFAULT 0, n INTEGER);", folder / "app.db"))
    database.execute("CREATE TABLE stamp (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, at timestamp DEFAULT '1970-01-01', n bigint DEFAULT 5)")
    assert remarks(verify(path, database.url, status=pgrade.OK)) == []
    assert remarks(verify(database.url, path)) == ["default stamp.n: the target has none"]


def test_two_servers(loaded, cluster):
    source, database = loaded
    other = cluster.create_database()
    assert pgrade.run("upgrade", str(source), other.url, "--accept", "trigger").status == pgrade.SHORTFALL
    assert verify(database.url, other.url, status=pgrade.OK)["remarks"] == []
    other.execute("""ALTER TABLE author ALTER born SET DEFAULT '2001-01-01'; DROP INDEX book_half;
                     CREATE OR REPLACE VIEW cheap AS SELECT id, title FROM book WHERE price < 6;
                     SELECT setval(pg_get_serial_sequence('book', 'id'), 1)""")
    assert remarks(verify(database.url, other.url)) == [
        "view cheap: is another one on the target", "default author.born: is another one on the target",
        "index book.book_half: the target has none", "sequence book.id: the target gives 2 next, and 7 is there already"]
    other.drop()


# Where a sequence stands, and the number that is named where 7 is there already.
POSITIONS = {"setval('book_id_seq', 8, false)": None, "setval('book_id_seq', 7)": None, "setval('book_id_seq', 2147483647)": None,
             "setval('book_id_seq', 7, false)": 7, "setval('book_id_seq', 6)": 7}
READER = "the reader"


@pytest.fixture
def read(folder, database):
    """(source, database), where a role may read the table and, so far, no sequence."""
    source = fixtures.build_from_text(
        "CREATE TABLE book (id INTEGER PRIMARY KEY, title TEXT); INSERT INTO book VALUES (7, 'x')", folder / "app.db")
    database.execute(f"""CREATE TABLE book (id serial PRIMARY KEY, title text); INSERT INTO book VALUES (7, 'x');
                         CREATE ROLE "{READER}" LOGIN; GRANT SELECT ON book TO "{READER}" """)
    yield source, database
    database.execute(f'DROP OWNED BY "{READER}" CASCADE; DROP ROLE "{READER}"')


@pytest.mark.core
@pytest.mark.parametrize("right", [None, "SELECT", "USAGE"])
@pytest.mark.parametrize("position", POSITIONS)
def test_where_a_sequence_stands(position, right, read):
    """One that is to begin somewhere has given no number yet, and that is known to those only who may read it."""
    source, database = read
    database.execute(f"SELECT {position}")
    if right is not None:
        database.execute(f'GRANT {right} ON SEQUENCE book_id_seq TO "{READER}"')
    known = right == "SELECT" or right == "USAGE" and "false" not in position
    expected = []
    if known and POSITIONS[position] is not None:
        expected = [f"sequence book.id: the target gives {POSITIONS[position]} next, and 7 is there already"]
    url = database.cluster.url(database.name, user=READER)
    assert remarks(verify(source, url, status=pgrade.SHORTFALL if expected else pgrade.OK)) == expected


def test_two_files(tmp_path):
    first, second = (fixtures.build_from_text(SOURCE, tmp_path / name) for name in ("a.db", "b.db"))
    assert verify(first, second, status=pgrade.OK)["remarks"] == []
    fixtures.build_from_text("""DROP INDEX book_price; DROP VIEW cheap; CREATE VIEW cheap AS SELECT 1;
                                ALTER TABLE author ADD COLUMN more""", second)
    assert remarks(verify(first, second)) == [
        "table author: another statement makes it on the target", "index book_price: the target has none",
        "view cheap: another statement makes it on the target"]


TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN grade AS integer DEFAULT 3 CHECK (VALUE > 0);
CREATE TABLE t (id integer PRIMARY KEY, word text COLLATE "C", feels mood, mark grade);
"""


def test_the_types_of_two_servers(cluster):
    two = [cluster.create_database(), cluster.create_database()]
    for one in two:
        one.execute(TYPES)
    assert pgrade.run("verify", two[0].url, two[1].url).status == pgrade.OK
    two[1].execute("""ALTER TABLE t ALTER word TYPE text COLLATE "default"; ALTER TYPE mood ADD VALUE 'so' BEFORE 'happy'""")
    two[1].execute("ALTER DOMAIN grade DROP CONSTRAINT grade_check")
    found = remarks(verify(two[0].url, two[1].url), True)
    for one in two:
        one.drop()
    assert found == [f"{what}: is another one on the target" for what in ("collation t.word", "domain t.mark", "enum t.feels")]


def test_what_a_type_does_for_its_columns(folder, database):
    """A domain's NOT NULL and default, and the labels of an enum, which are a CHECK in the file."""
    path = fixtures.build_from_text("""CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT NOT NULL DEFAULT 'a',
                                       feels TEXT CHECK (feels IN ('sad', 'happy')))""", folder / "app.db")
    database.execute("""CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN letter AS text NOT NULL DEFAULT 'a';
                        CREATE TABLE t (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, word letter, feels mood)""")
    assert remarks(verify(str(path), database.url, status=pgrade.OK), True) == []


def test_the_numbers_of_two_files(tmp_path):
    numbered = "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO t VALUES ({}); DELETE FROM t WHERE id > 5"
    paths = [fixtures.build_from_text(numbered.format(last), tmp_path / f"{last}.db") for last in (9, 7)]
    assert remarks(verify(*map(str, paths)), True) == ["sequence t.id: the target gives 8 next, and the source has given 9 already"]
    assert remarks(verify(*map(str, reversed(paths)), status=pgrade.OK), True) == []
