"""Rows into tables that the application's own migrations have made: nothing of these changes, and all or
nothing arrives."""

import contextlib
import sqlite3

import psycopg2
import pytest

import fixtures
import pgrade
from catalog_text import whole_text
from trouble import assert_clean

SOURCE = """
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, name VARCHAR(40) NOT NULL, chief_id INTEGER
    REFERENCES users (id), active BOOLEAN NOT NULL, born DATE, joined DATETIME, extra TEXT, mood TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER NOT NULL REFERENCES users (id), title TEXT,
    first_comment INTEGER REFERENCES comments (id));
CREATE TABLE comments (id INTEGER PRIMARY KEY, post_id INTEGER NOT NULL REFERENCES posts (id), body TEXT);
INSERT INTO users VALUES (3, 'Ada', 5, 1, '1990-02-28', '2024-05-06 07:08:09.25', '{"a": [1]}', 'glad'),
    (5, 'Eve', NULL, 0, NULL, NULL, NULL, 'sad');
UPDATE sqlite_sequence SET seq = 40 WHERE name = 'users';
INSERT INTO posts VALUES (1, 5, 'a', 2), (2, 3, 'b', NULL);
INSERT INTO comments VALUES (1, 1, 'x'), (2, 1, 'y');
"""

# Whatever an application's migrations may leave: another order of columns, cyclic keys, comments, triggers in
# each state, views that lean on a primary key, a domain, an enum, a free-standing sequence.
TARGET = """
CREATE TYPE mood AS ENUM ('sad', 'glad');
CREATE DOMAIN title AS varchar(80) CHECK (VALUE <> '');
CREATE SEQUENCE numbers;
CREATE TABLE "users" (mood mood, extra jsonb, id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "name" varchar(40) NOT NULL, chief_id integer, active boolean NOT NULL DEFAULT true, born date,
    joined timestamptz, made timestamptz NOT NULL DEFAULT now(), upper_name text GENERATED ALWAYS AS
    (upper(name)) STORED);
CREATE TABLE posts (id bigint PRIMARY KEY DEFAULT nextval('numbers'), author integer NOT NULL, title title,
    first_comment bigint);
CREATE TABLE comments (id bigserial PRIMARY KEY, post_id bigint NOT NULL, body text);
CREATE TABLE untouched (id serial PRIMARY KEY, note text);
INSERT INTO untouched (note) VALUES ('stays');
ALTER TABLE users ADD CONSTRAINT chief FOREIGN KEY (chief_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE posts ADD CONSTRAINT author FOREIGN KEY (author) REFERENCES users (id) ON DELETE CASCADE,
    ADD CONSTRAINT first FOREIGN KEY (first_comment) REFERENCES comments (id) NOT VALID;
ALTER TABLE comments ADD CONSTRAINT post FOREIGN KEY (post_id) REFERENCES posts (id);
COMMENT ON CONSTRAINT author ON posts IS 'who wrote it';
COMMENT ON COLUMN posts.title IS 'it''s short';
CREATE INDEX posts_title ON posts (title) WHERE title IS NOT NULL;
CREATE VIEW posts_of AS SELECT p.*, count(c.id) FROM posts p LEFT JOIN comments c ON c.post_id = p.id GROUP BY p.id;
CREATE FUNCTION shout() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    RAISE EXCEPTION 'a trigger of the application ran'; END$$;
CREATE TRIGGER plain BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION shout();
CREATE TRIGGER always AFTER INSERT ON posts FOR EACH ROW EXECUTE FUNCTION shout();
CREATE TRIGGER off BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION shout();
CREATE TRIGGER emptied BEFORE TRUNCATE ON comments EXECUTE FUNCTION shout();
ALTER TABLE posts ENABLE ALWAYS TRIGGER always;
ALTER TABLE posts DISABLE TRIGGER off;
"""


@pytest.fixture
def source(folder):
    return fixtures.build_from_text(SOURCE, folder / "app.db")


@pytest.fixture
def application(database):
    database.execute(TARGET)
    return database


def state(database):
    """The whole schema and, of each table, its rows: what has to be as it was."""
    rows = {
        name: sorted(map(str, database.execute(f"SELECT * FROM {name}", ())))
        for name in ("users", "posts", "comments", "untouched")
    }
    comments = database.execute("SELECT objoid::regclass::text, description FROM pg_description"
                                " WHERE classoid = 'pg_class'::regclass AND objoid > 16384"
                                " UNION SELECT conname, obj_description(oid) FROM pg_constraint WHERE oid > 16384"
                                " ORDER BY 1, 2", ())
    return whole_text(database), comments, rows


def fill(source, database, *options, status=pgrade.OK):
    outcome = pgrade.run("upgrade", str(source), database.url, *options)
    assert_clean(outcome)
    assert outcome.status == status, outcome
    return outcome


@pytest.mark.core
def test_rows_arrive_and_the_schema_is_what_it_was(source, untouched, application):
    untouched()
    before = state(application)
    outcome = fill(source, application)
    after = state(application)
    assert after[:2] == before[:2], "the schema is what it was"
    assert after[2]["untouched"] == before[2]["untouched"]
    assert application.execute("SELECT id, name, chief_id, active, born::text, extra::text, mood::text, upper_name,"
                               " (joined AT TIME ZONE 'UTC')::text FROM users ORDER BY id", ()) == [
        (3, "Ada", 5, True, "1990-02-28", '{"a": [1]}', "glad", "ADA", "2024-05-06 07:08:09.25"),
        (5, "Eve", None, False, None, None, "sad", "EVE", None),
    ]
    assert application.execute("SELECT id, author, title, first_comment FROM posts ORDER BY id", ()) == [
        (1, 5, "a", 2), (2, 3, "b", None)]
    assert "upper_name: the source has no such column" in outcome.stderr


def test_new_rows_get_new_numbers(source, application):
    fill(source, application)
    application.execute("ALTER TABLE users DISABLE TRIGGER plain; ALTER TABLE posts DISABLE TRIGGER always")
    assert application.execute("INSERT INTO users (name) VALUES ('Zoe') RETURNING id", ()) == [(41,)]
    assert application.execute("INSERT INTO posts (author) VALUES (3) RETURNING id", ()) == [(3,)]
    assert application.execute("INSERT INTO comments (post_id) VALUES (1) RETURNING id", ()) == [(3,)]


def test_a_default_that_makes_texts_of_a_sequence(folder, database):
    """Its values are no numbers; the sequence of another column, of a domain over numbers, still goes on."""
    source = fixtures.build_from_text("CREATE TABLE orders (id INTEGER PRIMARY KEY, code TEXT);"
                                      " INSERT INTO orders VALUES (7, 'A-5');", folder / "orders.db")
    database.execute("CREATE SEQUENCE codes; CREATE SEQUENCE ids; CREATE DOMAIN number AS bigint;"
                     " CREATE TABLE orders (id number PRIMARY KEY DEFAULT nextval('ids'),"
                     " code text DEFAULT 'A-' || nextval('codes'))")
    outcome = fill(source, database)
    assert "orders.code: its default makes no numbers of the sequence" in outcome.stderr
    assert database.execute("INSERT INTO orders DEFAULT VALUES RETURNING id, code", ()) == [(8, "A-1")]


def test_what_else_the_source_has_is_named(folder, database):
    source = fixtures.build_from_text(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT UNIQUE CHECK (v <> ''), w TEXT REFERENCES t (v));"
        " CREATE INDEX of_w ON t (w); CREATE INDEX odd ON t (printf('%q', v)); CREATE VIEW counted AS SELECT count(*) AS n FROM t;"
        " CREATE TRIGGER gone AFTER DELETE ON t BEGIN DELETE FROM t WHERE w = old.v; END;", folder / "t.db")
    database.execute("CREATE TABLE t (id bigint PRIMARY KEY, v text, w text)")
    outcome = fill(source, database)
    for text in (outcome.stdout, outcome.stderr):
        line = next(line for line in text.splitlines() if "besides its tables the source has" in line)
        for name in ("index of_w", "index odd", "view counted", "trigger gone"):
            assert name in line
        for words in ("UNIQUE (v)", "CHECK (v <> '')", "FOREIGN KEY (w) REFERENCES t (v)"):
            assert any(words in line and "the source alone has it" in line for line in text.splitlines())


def test_rows_that_are_set_aside_are_kept_and_come_back(folder, database):
    source = fixtures.build_from_text("CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER);"
                                      " CREATE TABLE u (id INTEGER PRIMARY KEY, n INTEGER);"
                                      " INSERT INTO t VALUES (1, 'one'), (2, 2); INSERT INTO u VALUES (1, 'uno');",
                                      folder / "t.db")
    database.execute("CREATE TABLE t (id bigint PRIMARY KEY, n integer); CREATE TABLE u (id bigint PRIMARY KEY, n integer)")
    aside = folder / "aside.csv"
    fill(source, database, "--include", "u", "--misfit", "quarantine", "--quarantine-file",
         str(folder / "u.csv"), status=pgrade.SHORTFALL)
    fill(source, database, "--include", "t", "--misfit", "quarantine", "--quarantine-file", str(aside),
         status=pgrade.SHORTFALL)
    assert database.execute("SELECT target_table, \"row\"->>'n' FROM pgrade_record.quarantine ORDER BY 1", ()) == [
        ("t", "one"), ("u", "uno")]
    aside.write_text(aside.read_text().replace('""one""', "7"))
    outcome = pgrade.run("upgrade", database.url, "--retry-quarantine", str(aside))
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT id, n FROM t ORDER BY id", ()) == [(1, 7), (2, 2)]


def test_rows_that_make_way_are_said(folder, database):
    source = fixtures.build_from_text("CREATE TABLE django_site (id INTEGER PRIMARY KEY, domain TEXT);",
                                      folder / "site.db")
    database.execute("CREATE TABLE django_site (id bigint PRIMARY KEY, domain text);"
                     " INSERT INTO django_site VALUES (9, 'example.com')")
    outcome = fill(source, database)
    assert "django_site: 1 row that migrations left there makes way for the source's" in outcome.stderr
    assert database.execute("SELECT count(*) FROM django_site", ()) == [(0,)]


def test_rows_that_are_there_already(source, application):
    application.execute("ALTER TABLE users DISABLE TRIGGER plain")
    application.execute("INSERT INTO users (name) VALUES ('Old')")
    application.execute("ALTER TABLE users ENABLE TRIGGER plain")
    before = state(application)
    outcome = fill(source, application, status=pgrade.REFUSED)
    assert "1 table of the target holds rows already" in outcome.stderr and "users (1)" in outcome.stderr
    assert "--replace" in outcome.stderr
    assert state(application) == before
    fill(source, application, "--replace")
    assert application.execute("SELECT count(*), min(id) FROM users", ()) == [(2, 3)]
    assert application.execute("SELECT note FROM untouched", ()) == [("stays",)]


def test_indexes_of_a_large_table(folder, database):
    """They are built anew behind the rows: the same ones, with all that was said of them."""
    source = fixtures.build_from_text(
        "CREATE TABLE big (id INTEGER PRIMARY KEY, word TEXT, n INTEGER); WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL"
        " SELECT i + 1 FROM k WHERE i < 6000) INSERT INTO big SELECT i, 'w' || i, i % 7 FROM k", folder / "app.db")
    database.execute(
        "CREATE TABLE big (id serial PRIMARY KEY, word text UNIQUE, n integer);"
        " CREATE INDEX by_n ON big (n DESC NULLS LAST) INCLUDE (word) WITH (fillfactor = 70) WHERE n > 0;"
        " CREATE INDEX by_lower ON big (lower(word) text_pattern_ops); COMMENT ON INDEX by_n IS 'it''s fast';"
        " CREATE INDEX by_both ON big (n, word); CLUSTER big USING by_both;"
        " CREATE INDEX by_sum ON big ((n + 1)); ALTER INDEX by_sum ALTER COLUMN 1 SET STATISTICS 500")
    description = "SELECT obj_description('by_n'::regclass)"
    before = whole_text(database), database.execute(description, ())
    fill(source, database)
    assert (whole_text(database), database.execute(description, ())) == before
    assert database.execute("SELECT count(*) FROM pg_index WHERE indrelid = 'big'::regclass AND indisvalid", ()) == [(6,)]
    assert database.execute("SELECT count(*) FROM big WHERE n > 5", ()) == [(857,)]


UNIQUES = """
CREATE TABLE big (id serial CONSTRAINT own_name PRIMARY KEY, word text CONSTRAINT late UNIQUE DEFERRABLE INITIALLY DEFERRED,
                  n integer REFERENCES big);
COMMENT ON CONSTRAINT own_name ON big IS 'it''s the key'; COMMENT ON INDEX own_name IS 'its index';
ALTER TABLE big ADD CONSTRAINT one_null UNIQUE NULLS NOT DISTINCT (word, n) INCLUDE (id) WITH (fillfactor = 60);
CREATE UNIQUE INDEX by_sound ON big (lower(word) COLLATE "C" text_pattern_ops) WHERE id > 5;
CREATE TABLE side (a integer UNIQUE, b integer, PRIMARY KEY (a, b)); ALTER TABLE side REPLICA IDENTITY USING INDEX side_pkey;
CREATE TABLE other (id integer PRIMARY KEY, side integer REFERENCES side (a));
CREATE TABLE leant (id integer PRIMARY KEY, w text); CREATE VIEW grouped AS SELECT id, w FROM leant GROUP BY id;
"""


@pytest.mark.core
def test_keys_of_large_tables(folder, database):
    """They are made anew behind the rows where nothing leans on them that stays, and are afterwards what they were."""
    rows = "WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 6000) INSERT INTO"
    source = fixtures.build_from_text(
        "CREATE TABLE big (id INTEGER PRIMARY KEY, word TEXT, n INTEGER); CREATE TABLE side (a INT, b INT);"
        f"CREATE TABLE leant (id INTEGER PRIMARY KEY, w TEXT); {rows} big SELECT i, 'w' || i, 1 FROM k;"
        f"{rows} side SELECT i, -i FROM k; {rows} leant SELECT i, 'x' FROM k", folder / "app.db")
    newer = database.execute("SELECT current_setting('server_version_num')::int >= 150000", ()) == [(True,)]
    database.execute(UNIQUES if newer else UNIQUES.replace("NULLS NOT DISTINCT", ""))
    comments = "SELECT obj_description(oid, 'pg_constraint') FROM pg_constraint WHERE conname = 'own_name'"
    before = whole_text(database), database.execute(comments, ())
    statements = fill(source, database, "--trace-sql").stderr
    for name in ("own_name", "late", "one_null"):
        assert f"DROP CONSTRAINT {name};" in statements
    for name in ("side_pkey", "side_a_key", "leant_pkey"):
        assert f"DROP CONSTRAINT {name}" not in statements
    assert "DROP INDEX public.by_sound;" in statements
    assert (whole_text(database), database.execute(comments, ())) == before
    assert database.execute("SELECT obj_description('own_name'::regclass)", ()) == [("its index",)]
    assert database.execute("SELECT bool_and(indisvalid AND indisready), count(*) FROM pg_index"
                            " WHERE indrelid IN ('big'::regclass, 'side'::regclass)", ()) == [(True, 6)]
    with pytest.raises(psycopg2.errors.UniqueViolation):
        database.execute("INSERT INTO big VALUES (1)")


def test_rows_that_a_key_of_a_large_table_refuses(folder, database):
    source = fixtures.build_from_text(
        "CREATE TABLE big (id INTEGER PRIMARY KEY, word TEXT); WITH RECURSIVE k(i) AS (SELECT 1 UNION ALL"
        " SELECT i + 1 FROM k WHERE i < 6000) INSERT INTO big SELECT i, 'w' || (i / 2 * 2) FROM k WHERE i <> 3", folder / "app.db")
    database.execute("CREATE TABLE big (id integer PRIMARY KEY, word text UNIQUE)")
    before = whole_text(database)
    outcome = fill(source, database, status=pgrade.DECISION)
    assert "unique constraint big_word_key of big: 5996 rows" in outcome.stdout, outcome
    assert whole_text(database) == before and database.execute("SELECT count(*) FROM big", ()) == [(0,)]


def test_values_of_a_column_that_the_target_computes(folder, database):
    source = fixtures.build_from_text("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'mine')",
                                      folder / "app.db")
    database.execute("CREATE TABLE t (id smallserial PRIMARY KEY, v text GENERATED ALWAYS AS ('other') STORED)")
    outcome = fill(source, database, status=pgrade.DECISION)
    assert "v" in outcome.stdout and "--accept" in outcome.stderr, outcome
    assert database.execute("SELECT count(*) FROM t", ()) == [(0,)]
    fill(source, database, "--accept", "generated column", status=pgrade.SHORTFALL)
    assert database.execute("SELECT id, v FROM t", ()) == [(1, "other")]


def test_a_unique_that_is_checked_late(source, application):
    application.execute("ALTER TABLE comments ADD CONSTRAINT bodies UNIQUE (body) DEFERRABLE INITIALLY DEFERRED")
    fill(source, application)
    with contextlib.closing(sqlite3.connect(source)) as connection:
        connection.executescript("UPDATE comments SET body = 'same'")
    before = state(application)
    outcome = fill(source, application, "--replace", status=pgrade.DECISION)
    assert "unique constraint bodies of comments: 2 rows" in outcome.stdout
    assert state(application) == before


def test_rows_of_the_ledger_are_replaced(folder, database):
    """Migrations leave them on both sides; django_content_type is what Django itself writes as well."""
    django = ("CREATE TABLE django_migrations (id integer PRIMARY KEY, app varchar(255), name varchar(255), applied {0});"
              "CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label varchar(100), model varchar(100));"
              "INSERT INTO django_migrations VALUES (1, 'blog', '0001', '{1}');"
              "INSERT INTO django_content_type VALUES ({2}, 'blog', 'post');")
    source = fixtures.build_from_text(django.format("datetime", "2024-01-01 00:00:00", 9), folder / "app.db")
    database.execute(django.format("timestamptz", "2026-02-02 00:00:00+00", 1))
    fill(source, database)
    assert database.execute("SELECT id FROM django_content_type", ()) == [(9,)]
    assert database.execute("SELECT (applied AT TIME ZONE 'UTC')::text FROM django_migrations", ()) == [
        ("2024-01-01 00:00:00",)]


def test_ledgers_at_different_versions(folder, database):
    alembic = ("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc"
               " PRIMARY KEY (version_num)); INSERT INTO alembic_version VALUES ('{0}');"
               "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);")
    source = fixtures.build_from_text(alembic.format("0a1b") + "INSERT INTO notes VALUES (1, 'x')", folder / "app.db")
    database.execute(alembic.format("77ff"))
    outcome = fill(source, database, status=pgrade.REFUSED)
    assert "different versions" in outcome.stderr and "0a1b" in outcome.stderr and "77ff" in outcome.stderr
    assert database.execute("SELECT count(*) FROM notes", ()) == [(0,)]
    fill(source, database, "--exclude", "alembic_version", status=pgrade.SHORTFALL)
    assert database.execute("SELECT version_num FROM alembic_version", ()) == [("77ff",)]
    assert database.execute("SELECT body FROM notes", ()) == [("x",)]


@pytest.mark.parametrize(
    "change, words",
    [
        ("ALTER TABLE posts DROP COLUMN title CASCADE", "posts.title: the target's table has no such column"),
        ("ALTER TABLE posts ADD COLUMN slug text NOT NULL", "posts.slug: is NOT NULL without a default"),
        ("ALTER TABLE users ALTER COLUMN extra TYPE tsvector USING NULL", "is of type tsvector there"),
        ("DROP TABLE comments CASCADE", "comments: the target has no such table"),
        ("DROP TABLE comments CASCADE; CREATE VIEW comments AS SELECT 1 AS id, 2 AS post_id, '' AS body",
         "comments: is a view there"),
    ],
)
def test_what_has_no_place_stops_before_anything_is_written(source, application, change, words):
    application.execute(change)
    before = whole_text(application)
    outcome = fill(source, application, status=pgrade.REFUSED)
    assert words in outcome.stderr and "nothing was written" in outcome.stderr, outcome
    assert whole_text(application) == before
    assert application.execute("SELECT count(*) FROM users", ()) == [(0,)]


@pytest.mark.parametrize(
    "spoil, status, words",
    [
        ("UPDATE users SET born = '1990-02-30'", pgrade.DECISION, "users.born, rowid 3"),
        ("UPDATE users SET mood = 'angry'", pgrade.DECISION, "users.mood, rowid 3"),
        ("UPDATE users SET name = 'A name of more than forty characters, which is long'", pgrade.DECISION, "users.name"),
        ("UPDATE comments SET post_id = 99", pgrade.DECISION, "foreign key"),
        ("UPDATE posts SET title = ''", pgrade.DECISION, "check"),
    ],
)
def test_what_does_not_fit_leaves_the_target_as_it_was(source, application, spoil, status, words):
    with contextlib.closing(sqlite3.connect(source)) as connection:
        connection.executescript(spoil)
    before = state(application)
    outcome = fill(source, application, status=status)
    assert words in outcome.stdout + outcome.stderr, outcome
    assert state(application) == before


def test_fresh_beside_the_applications_tables_is_refused(source, application):
    before = state(application)
    fill(source, application, "--mode", "fresh", status=pgrade.REFUSED)
    assert state(application) == before


def test_fill_where_there_is_nothing_to_fill(source, database):
    outcome = fill(source, database, "--mode", "fill", status=pgrade.REFUSED)
    assert "none of the source's tables" in outcome.stderr


@pytest.mark.parametrize("options", [
    ("--orphans", "not-valid"), ("--misfit", "widen"), ("--owner", ""), ("--nocase", "citext"),
    ("--nocase", "users.name=icu"), ("--fts", "tsvector")])
def test_what_only_pgrades_own_tables_have(source, application, options):
    before = state(application)
    fill(source, application, *(word or application.cluster.user for word in options), status=pgrade.USAGE)
    assert state(application) == before


def test_unknown_mode(source, database):
    outcome = fill(source, database, "--mode", "merge", status=pgrade.USAGE)
    assert "--mode merge: it is auto, fresh or fill" in outcome.stderr


def test_an_owner_of_tables_alone_is_enough(source, application):
    """No right to create anything, neither in the database nor in the schema."""
    application.execute(f"CREATE ROLE app LOGIN; REVOKE CREATE ON DATABASE {application.name} FROM PUBLIC;"
                        " REVOKE CREATE ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO app")
    for table in ("users", "posts", "comments"):
        application.execute(f"ALTER TABLE {table} OWNER TO app")
    application.execute("ALTER SEQUENCE numbers OWNER TO app")
    before = whole_text(application)
    outcome = pgrade.run("upgrade", str(source), application.cluster.url(application.name, user="app"))
    assert outcome.status == pgrade.OK, outcome
    assert whole_text(application) == before
    application.execute("DROP OWNED BY app CASCADE; DROP ROLE app")


def test_a_table_of_another_owner(source, application):
    application.execute("CREATE ROLE app LOGIN; ALTER TABLE users OWNER TO app; ALTER TABLE comments OWNER TO app")
    outcome = pgrade.run("upgrade", str(source), application.cluster.url(application.name, user="app"))
    assert outcome.status == pgrade.REFUSED, outcome
    assert "posts: belongs to another role there" in outcome.stderr
    application.execute("DROP OWNED BY app CASCADE; DROP ROLE app")
