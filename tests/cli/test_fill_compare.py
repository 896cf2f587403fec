"""What source and target differ in is told before anything is written, and without writing by `plan SOURCE TARGET`."""

import pytest

import fixtures
import pgrade
from catalog_text import whole_text
from test_fill import fill

SOURCE = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, nick TEXT COLLATE NOCASE UNIQUE, age INTEGER CHECK (age >= 0),
    flag BOOLEAN CHECK (flag IN (0, 1)), boss INTEGER REFERENCES users (id) ON DELETE CASCADE, CHECK (length(email) > age));
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), slug TEXT, lang TEXT, old TEXT);
CREATE UNIQUE INDEX posts_slug ON posts (lang, slug);
CREATE UNIQUE INDEX posts_part ON posts (slug) WHERE lang IS NULL;
CREATE INDEX posts_old ON posts (old);
CREATE TABLE gone (id INTEGER PRIMARY KEY);
INSERT INTO users VALUES (1, 'abc@example', 'Ada', 3, 1, NULL);
INSERT INTO posts VALUES (1, 1, 'x', 'en', NULL);
"""
SAME = """
CREATE TABLE users (id bigserial PRIMARY KEY, email varchar(80) NOT NULL, nick text, age integer, flag boolean, boss bigint,
    CONSTRAINT named_otherwise UNIQUE (email), CONSTRAINT grown CHECK (0 <= age), CHECK (char_length(email) > age));
CREATE UNIQUE INDEX ON users (lower(nick));
ALTER TABLE users ADD CONSTRAINT to_boss FOREIGN KEY (boss) REFERENCES users ON DELETE CASCADE;
CREATE TABLE posts (id bigserial PRIMARY KEY, user_id bigint, slug text, lang text, old text);
ALTER TABLE posts ADD CONSTRAINT to_user FOREIGN KEY (user_id) REFERENCES users (id), ADD UNIQUE (slug, lang);
CREATE UNIQUE INDEX ON posts (slug) WHERE lang IS NULL;
CREATE TABLE gone (id bigserial PRIMARY KEY);
"""
CONSTRAINTS = ("not null", "unique", "check", "exclusion", "foreign key")


@pytest.fixture
def source(folder):
    return fixtures.build_from_text(SOURCE, folder / "app.db")


def compare(source, database, *options, url=None):
    """Of `plan`: (kind, about, text, whether it stops); which writes nothing."""
    before = whole_text(database)
    outcome = pgrade.run("plan", str(source), url or database.url, "--json", *options)
    assert outcome.status == pgrade.OK, outcome
    assert whole_text(database) == before
    report = outcome.report
    return report, [(one["kind"], one["about"], one["text"], one["stops"]) for one in report["comparison"]]


def constraints(found):
    return [(kind, about, text.split(": ")[0], text.split(": ")[1].split(";")[0]) for kind, about, text, _ in found if kind in CONSTRAINTS]


@pytest.mark.core
def test_constraints_are_the_same_by_what_they_mean(source, database):
    """Whatever their names are, and however each side writes them."""
    database.execute(SAME)
    report, found = compare(source, database)
    assert report["mode"] == "fill" and report["refusal"] is None
    assert constraints(found) == []


@pytest.mark.core
@pytest.mark.parametrize("change, expected", [
    ("ALTER TABLE users DROP CONSTRAINT named_otherwise", [("unique", "users", "UNIQUE (email)", "the source alone has it")]),
    ("ALTER TABLE users DROP CONSTRAINT grown", [("check", "users", "CHECK (age >= 0)", "the source alone has it")]),
    ("ALTER TABLE posts DROP CONSTRAINT to_user",
     [("foreign key", "posts", "FOREIGN KEY (user_id) REFERENCES users (id)", "the source alone has it")]),
    ("ALTER TABLE users ALTER email DROP NOT NULL", [("not null", "users.email", "NOT NULL", "the source alone has it")]),
    ("ALTER TABLE users ALTER age SET NOT NULL", [("not null", "users.age", "NOT NULL", "the target alone has it")]),
    ("ALTER TABLE posts ADD CONSTRAINT one UNIQUE (old)", [("unique", "posts", "UNIQUE (old) (one)", "the target alone has it")]),
    ("CREATE UNIQUE INDEX one ON posts (old) WHERE old > 'a'",
     [("unique", "posts", "UNIQUE (old) WHERE (old > 'a'::text) (one)", "the target alone has it")]),
    ("ALTER TABLE posts ADD CONSTRAINT full_one CHECK (old <> '')",
     [("check", "posts", "CHECK ((old <> ''::text)) (full_one)", "the target alone has it")]),
    ("ALTER TABLE posts ADD CONSTRAINT apart EXCLUDE (old WITH =)",
     [("exclusion", "posts", "EXCLUDE USING btree (old WITH =) (apart)", "the target alone has it")]),
    ("ALTER TABLE gone ADD CONSTRAINT further FOREIGN KEY (id) REFERENCES posts",
     [("foreign key", "gone", "FOREIGN KEY (id) REFERENCES public.posts(id) (further)", "the target alone has it")]),
    ("ALTER TABLE posts DROP CONSTRAINT to_user, ADD FOREIGN KEY (user_id) REFERENCES users ON DELETE SET NULL DEFERRABLE",
     [("foreign key", "posts", "FOREIGN KEY (user_id) REFERENCES users (id)",
       "without actions in the source, ON DELETE SET NULL DEFERRABLE in the target, which counts")]),
])
def test_a_constraint_that_one_side_has(source, database, change, expected):
    """A line each; none stops by itself."""
    database.execute(SAME + change)
    report, found = compare(source, database)
    assert constraints(found) == expected
    assert not any(stops for *_, stops in found)
    outcome = fill(source, database)
    assert [line for line in outcome.stderr.splitlines() if line.startswith(f"{expected[0][1]}: {expected[0][2]}")]


@pytest.mark.core
def test_everything_else(source, database):
    database.execute(
        SAME + "ALTER TABLE posts DROP COLUMN old, ADD COLUMN made timestamptz NOT NULL, ADD COLUMN more text;"
        " ALTER TABLE users ALTER flag TYPE boolean, ALTER age TYPE smallint; DROP TABLE gone; CREATE TABLE beside (id int);"
        " INSERT INTO users (id, email) VALUES (7, 'old@example'); ALTER TABLE posts DROP COLUMN lang;"
        " ALTER TABLE posts ADD COLUMN lang text GENERATED ALWAYS AS (upper(slug)) STORED;"
        " CREATE VIEW seen AS SELECT email FROM users; CREATE MATERIALIZED VIEW \"Copy\" AS SELECT * FROM seen;"
        " CREATE MATERIALIZED VIEW other AS SELECT * FROM beside")
    report, found = compare(source, database)
    assert {(kind, about, stops) for kind, about, _, stops in found if kind not in CONSTRAINTS} == {
        ("table", "gone", False), ("table", "beside", False), ("rows", "users", True), ("column", "posts.old", True),
        ("column", "posts.made", True), ("column", "posts.more", False), ("generated column", "posts.lang", False),
        ("type", "users.age", False), ("type", "users.email", False),
        ("materialized view", 'public."Copy"', False), ("not compared", "besides its tables the source has", False)}
    assert ("rows", "users", "1 row is there already; --replace deletes what is there", True) in found
    assert any('REFRESH MATERIALIZED VIEW public."Copy";' in text for _, _, text, _ in found)
    assert report["refusal"]["code"] == "ERR_REFUSED"
    plain = pgrade.run("plan", str(source), database.url)
    assert "fill: it has the application's own tables" in plain.stdout
    assert "    posts.old: the target's table has no such column (stops upgrade)" in plain.stdout.splitlines()
    assert "upgrade would refuse it: the source does not fit the target's tables: 2 differences" in plain.stdout


def test_what_does_not_fit_its_tables_is_known_beforehand(source, database):
    database.execute(SAME + "ALTER TABLE users ALTER email TYPE varchar(5)")
    report, _ = compare(source, database)
    assert [(misfit["table"], misfit["column"]) for misfit in report["misfits"]] == [("users", "email")]


@pytest.mark.core
def test_a_role_that_may_only_read(source, database):
    """On its own transactions that write nothing, with pgrade's lock taken by nobody."""
    database.execute(SAME + "CREATE ROLE reader LOGIN; GRANT SELECT ON users, posts TO reader;"
                     " ALTER ROLE reader SET default_transaction_read_only = on; INSERT INTO users (email) VALUES ('a@example')")
    try:
        report, found = compare(source, database, url=database.cluster.url(database.name, user="reader"))
        # Its own transactions are read-only, so that nothing else is asked.
        assert "cannot be written" in report["refusal"]["message"]
        database.execute("ALTER ROLE reader RESET default_transaction_read_only")
        report, found = compare(source, database, url=database.cluster.url(database.name, user="reader"))
        assert report["mode"] == "fill"
        assert ("obstacle", "users") in {(kind, about) for kind, about, _, stops in found if stops}
    finally:
        database.execute("DROP OWNED BY reader; DROP ROLE reader")


def test_another_pgrade_at_work_is_no_obstacle(source, database):
    database.execute(SAME)
    with database.connect() as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(123580466324581)")
        report, _ = compare(source, database)
    assert report["mode"] == "fill" and report["refusal"] is None


@pytest.mark.parametrize("made, mode, refusal", [
    ("", "fresh", None),
    ("CREATE TABLE other (id int)", None, "the target is not empty"),
    ("CREATE VIEW users AS SELECT 1 AS id", "fill", "does not fit the target's tables"),
])
def test_the_mode_that_upgrade_would_take(source, database, made, mode, refusal):
    if made:
        database.execute(made)
    report, _ = compare(source, database)
    assert report["mode"] == mode
    assert (report["refusal"] is None) if refusal is None else refusal in report["refusal"]["message"]
    plain = pgrade.run("plan", str(source), database.url)
    assert (mode or "upgrade would refuse it") in plain.stdout
    fill(source, database, status=pgrade.OK if refusal is None else pgrade.REFUSED)


def test_some_of_the_tables(source, database):
    """In between: the rest is named, and nothing is written."""
    database.execute("CREATE TABLE users (id bigint PRIMARY KEY, email text, nick text, age int, flag boolean, boss bigint);"
                     " CREATE TABLE further (id int)")
    outcome = fill(source, database, status=pgrade.REFUSED)
    lines = outcome.stderr.splitlines()
    assert "warning: posts: the target has no such table" in lines
    assert "gone: the target has no such table; it has no rows" in lines
    assert "further: the source has no such table: it stays as it is" in lines
    assert database.execute("SELECT count(*) FROM users", ()) == [(0,)]
    fill(source, database, "--exclude", "posts", status=pgrade.SHORTFALL)
    assert database.execute("SELECT count(*) FROM users", ()) == [(1,)]
