"""--nocase: what becomes of columns that SQLite compares without case, in each of the three forms."""

import json

import psycopg2
import pytest

import pgrade
from fixtures import build_from_text
from stopped import stopped_at, wait_until_no_session
from trouble import Trouble, assert_clean, assert_trouble

USERS = """
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT COLLATE NOCASE NOT NULL UNIQUE,
    nick VARCHAR(5) COLLATE NOCASE, tail TEXT COLLATE RTRIM, exact TEXT, CHECK (nick <> 'ADMIN'));
CREATE INDEX users_nick ON users (nick);
CREATE UNIQUE INDEX users_exact ON users (nick COLLATE BINARY, email);
INSERT INTO users VALUES (1, 'b@x', 'bob', 'x', 'p'), (2, 'A@x', 'Ann', 'y ', 'q'), (3, 'c@X', 'BOB', NULL, 'r');
"""
TAGS = """
CREATE TABLE tag (name TEXT COLLATE NOCASE PRIMARY KEY, code TEXT UNIQUE);
CREATE TABLE tagged (id INTEGER PRIMARY KEY, tag TEXT REFERENCES tag (name) ON UPDATE CASCADE,
    code TEXT COLLATE NOCASE REFERENCES tag (code));
INSERT INTO tag VALUES ('Red', 'k'), ('blue', 'l');
INSERT INTO tagged VALUES (1, 'red', 'k'), (2, 'RED', 'k'), (3, 'blue', 'l');
"""
VIEWS = """
CREATE VIEW bobs AS SELECT id, email, nick FROM users WHERE nick = 'bOb' ORDER BY nick, id;
CREATE VIEW nicks AS SELECT nick AS n, count(*) AS c FROM users GROUP BY nick;
CREATE VIEW exact_bobs AS SELECT id FROM users WHERE nick = 'bob' COLLATE BINARY;
CREATE VIEW pairs AS SELECT a.id AS one, b.id AS other FROM users a JOIN users b ON a.nick = b.nick AND a.id < b.id;
CREATE VIEW beyond AS SELECT id FROM users WHERE nick IN ('ÄRA', 'ANN');
CREATE VIEW everything AS SELECT nick, exact FROM users UNION ALL SELECT email, nick FROM users;
"""
TRIGGER = """
CREATE TRIGGER tagging AFTER UPDATE OF exact ON users WHEN NEW.nick = 'BOB' AND NEW.nick <> 'bob' COLLATE BINARY
BEGIN INSERT INTO tag (name, code) VALUES (NEW.exact || NEW.nick, NEW.nick); END;
"""
APART_NICKS = "INSERT INTO users VALUES (8, 'd@x', 'ära', 'z', 's'), (9, 'e@x', 'Ära', 'z', 't');"
APART = "INSERT INTO users VALUES (8, 'ä@x', 'ära', 'z', 's'), (9, 'Ä@x', 'Ära', 'z', 't');"
FORMS = ["lower", "citext", "icu"]
NATIVE = ["citext", "icu"]
EQUAL = {
    "lower": "lower({0} COLLATE \"C\") = lower(%s COLLATE \"C\")",
    "citext": "{0} = %s",
    "icu": "{0} = %s",
}


def make(folder, *parts):
    return str(build_from_text("".join(parts), folder / "app.db"))


def upgrade(source, database, *options, url=None):
    outcome = pgrade.run("upgrade", source, url or database.url, *options)
    assert outcome.status == pgrade.OK, outcome
    assert_clean(outcome)
    return outcome


def version(database):
    return int(database.execute("SHOW server_version_num")[0][0]) // 10000


def left_over(database):
    return database.execute(
        "SELECT extname FROM pg_extension WHERE extname = 'citext' UNION ALL SELECT nspname FROM pg_namespace"
        " WHERE nspname LIKE 'pgrade%%' UNION ALL SELECT collname FROM pg_collation WHERE collname = 'nocase'", ())


@pytest.mark.core
@pytest.mark.parametrize("form", FORMS)
def test_uniqueness_comparisons_and_order(form, folder, untouched, database):
    source = make(folder, USERS)
    untouched()
    upgrade(source, database, "--nocase", form)
    assert database.execute("SELECT email, nick, tail, exact FROM users ORDER BY id") == [
        ("b@x", "bob", "x", "p"), ("A@x", "Ann", "y ", "q"), ("c@X", "BOB", None, "r")]
    with pytest.raises(psycopg2.errors.UniqueViolation):
        database.execute("INSERT INTO users (email) VALUES ('B@X')")
    assert database.execute(f"SELECT id FROM users WHERE {EQUAL[form].format('email')}", ("B@X",)) == [(1,)]
    order = 'lower(email COLLATE "C")' if form == "lower" else "email"
    assert database.execute(f"SELECT id FROM users ORDER BY {order}") == [(2,), (1,), (3,)]
    with pytest.raises(psycopg2.errors.CheckViolation):
        database.execute("INSERT INTO users (email, nick) VALUES ('d@x', 'Admin')")
    assert database.execute("INSERT INTO users (email, nick) VALUES ('d@x', 'bob') RETURNING nick") == [("bob",)]
    with pytest.raises(psycopg2.errors.UniqueViolation):
        database.execute("INSERT INTO users (email, nick) VALUES ('D@x', 'Bob')")


@pytest.mark.core
@pytest.mark.parametrize("form", NATIVE)
def test_keys_are_ordinary_ones(form, folder, database):
    upgrade(make(folder, USERS, TAGS), database, "--nocase", form)
    keys = dict(database.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " AND contype <> 'n'"))
    assert keys["users_email_key"] == "UNIQUE (email)" and keys["tag_pkey"] == "PRIMARY KEY (name)"
    assert "tagged_tag_fkey" in keys and "tagged_code_fkey" in keys
    database.execute("INSERT INTO tagged (tag) VALUES ('rEd')")
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        database.execute("INSERT INTO tagged (tag) VALUES ('green')")
    with pytest.raises(psycopg2.errors.ForeignKeyViolation):
        database.execute("INSERT INTO tagged (code) VALUES ('K')")
    database.execute("UPDATE tag SET name = 'Rot' WHERE code = 'k'")
    assert database.execute("SELECT id, tag FROM tagged ORDER BY id") == [
        (1, "Rot"), (2, "Rot"), (3, "blue"), (4, "Rot")]


@pytest.mark.core
def test_like(folder, database):
    source = make(folder, USERS)
    upgrade(source, database, "--nocase", "citext")
    assert database.execute("SELECT id FROM users WHERE email LIKE 'B@%%'", ()) == [(1,)]
    upgrade(source, database, "--nocase", "icu", "--replace")
    assert database.execute("SELECT id FROM users WHERE email COLLATE \"C\" ILIKE 'B@%%'", ()) == [(1,)]
    if version(database) >= 18:
        assert database.execute("SELECT id FROM users WHERE email LIKE 'B@%%'", ()) == [(1,)]
    else:
        with pytest.raises(psycopg2.errors.FeatureNotSupported):
            database.execute("SELECT id FROM users WHERE email LIKE 'B@%%'", ())


@pytest.mark.core
@pytest.mark.parametrize("form", FORMS)
def test_views_and_triggers_compare_as_sqlite_does(form, folder, database):
    tags = TAGS.replace("1, 'red'", "1, 'Red'").replace("'RED'", "'Red'")
    upgrade(make(folder, USERS.replace(" UNIQUE,", ","), tags, VIEWS, TRIGGER, APART_NICKS), database, "--nocase", form)
    assert database.execute("SELECT id FROM bobs") == [(1,), (3,)]
    assert sorted(row[0] for row in database.execute("SELECT c FROM nicks")) == [1, 1, 1, 2]
    assert database.execute("SELECT id FROM exact_bobs") == [(1,)]
    assert database.execute("SELECT * FROM pairs") == [(1, 3)]
    assert database.execute("SELECT id FROM beyond ORDER BY id") == [(2,), (9,)]
    assert len(database.execute("SELECT * FROM everything")) == 10
    database.execute("UPDATE users SET exact = 'RED' WHERE id IN (1, 3)")
    assert database.execute("SELECT name, code FROM tag WHERE code NOT IN ('k', 'l')") == [("REDBOB", "BOB")]



@pytest.mark.core
@pytest.mark.parametrize("form", NATIVE)
def test_what_sqlite_holds_apart_is_a_decision(form, folder, untouched, database):
    source = make(folder, USERS, APART)
    untouched()
    told = Trouble(3, "users: rows that SQLite holds apart are equal", "users_email_key", "--nocase TABLE.COLUMN=lower",
                   "ERR_DECISION")
    assert_trouble(told, "upgrade", source, database.url, "--nocase", form)
    assert left_over(database) == []
    upgrade(source, database, "--nocase", form, "--nocase", "users.email=lower")
    assert database.execute("SELECT email FROM users WHERE id > 7 ORDER BY id") == [("ä@x",), ("Ä@x",)]


@pytest.mark.core
def test_the_extension_stays_where_it_is(folder, database):
    """Its schema need not be in the search path, and children without a parent are told as the key tells them."""
    database.execute("CREATE SCHEMA extensions; CREATE EXTENSION citext SCHEMA extensions")
    source = make(folder, USERS, TAGS, "INSERT INTO tagged (id, tag) VALUES (4, 'green');")
    told = Trouble(3, "1 row contradicts 1 constraint", None, "--orphans", "ERR_DECISION")
    assert_trouble(Trouble(told.status, told.says, "", told.hint, told.code), "upgrade", source, database.url,
                   "--nocase", "citext")
    assert left_over(database) == [("citext",)]
    outcome = pgrade.run("upgrade", source, database.url, "--nocase", "citext", "--orphans", "quarantine",
                         "--quarantine-file", str(folder.parent / "aside.csv"))
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert "in the schema extensions: without it in the application's search_path" in outcome.stdout.replace(
        "\n", " ").replace("  ", " ")
    assert database.execute("SELECT id, tag::text FROM tagged ORDER BY id") == [(1, "red"), (2, "RED"), (3, "blue")]
    database.execute("INSERT INTO tag VALUES ('Green', 'g')")
    back = pgrade.run("upgrade", "--retry-quarantine", str(folder.parent / "aside.csv"), database.url)
    assert back.status == pgrade.OK, back
    assert database.execute("SELECT tag::text FROM tagged WHERE id = 4") == [("green",)]


def test_a_failed_run_takes_back_what_it_made(folder, database):
    source = make(folder, USERS, TAGS, "INSERT INTO tagged (id, tag) VALUES (4, 'green');")
    for form in NATIVE:
        assert pgrade.run("upgrade", source, database.url, "--nocase", form).status == pgrade.DECISION
        assert left_over(database) == []


@pytest.mark.core
@pytest.mark.parametrize("form", NATIVE)
def test_what_a_killed_run_made_is_dropped_by_the_next(form, folder, database):
    source = make(folder, USERS)
    with stopped_at("unique indexes", database, source, "--nocase", form) as process:
        process.kill()
        process.wait()
    wait_until_no_session(database)
    assert left_over(database) != []
    upgrade(source, database)
    assert [name for name, in left_over(database)] == ["pgrade_record"]
    upgrade(source, database, "--nocase", form, "--replace")
    comment = "SELECT obj_description(oid, 'pg_extension') FROM pg_extension WHERE extname = 'citext'"
    assert [row for row in database.execute(comment) if "pgrade" in row[0]] == []


@pytest.mark.core
def test_replacing_one_form_by_another(folder, database):
    source = make(folder, USERS)
    upgrade(source, database, "--nocase", "icu")
    for form in ("icu", "citext", "citext", "lower", "icu"):
        upgrade(source, database, "--nocase", form, "--replace")
        assert (("nocase",) in left_over(database)) == (form == "icu")
    refused = Trouble(4, "cannot be replaced", "mine", "drop those", "ERR_REFUSED")
    database.execute("CREATE TABLE mine (x text COLLATE nocase)")
    database.execute("CREATE SCHEMA elsewhere; ALTER TABLE mine SET SCHEMA elsewhere")
    assert_trouble(refused, "upgrade", source, database.url, "--replace")


def test_a_collation_of_somebody_else(folder, database):
    source = make(folder, USERS)
    database.execute("CREATE COLLATION nocase (provider = icu, locale = 'en')")
    told = Trouble(4, "the target is not empty: 1 object", "collation nocase", "--schema", "ERR_REFUSED")
    assert_trouble(told, "upgrade", source, database.url, "--nocase", "icu")
    upgrade(source, database)
    assert ("nocase",) in left_over(database)


@pytest.mark.core
def test_the_collation_belongs_to_the_owner(folder, database):
    database.execute("CREATE ROLE owning_nocase; GRANT CREATE, USAGE ON SCHEMA public TO owning_nocase")
    try:
        for options in ([], ["--replace"]):
            upgrade(make(folder, USERS) if not options else str(folder / "app.db"), database, "--nocase", "icu",
                    "--owner", "owning_nocase", *options)
            assert database.execute("SELECT pg_get_userbyid(collowner) FROM pg_collation WHERE collname = 'nocase'") == [
                ("owning_nocase",)]
    finally:
        database.execute("DROP OWNED BY owning_nocase CASCADE; DROP ROLE owning_nocase")


FORBID = """
CREATE SCHEMA rules;
CREATE FUNCTION rules.forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN RAISE insufficient_privilege USING MESSAGE = 'extension "citext" is not allow-listed'; END $$;
CREATE EVENT TRIGGER forbid ON ddl_command_start WHEN TAG IN ('CREATE EXTENSION') EXECUTE FUNCTION rules.forbid();
"""
NOT_AVAILABLE = """
SET allow_system_table_mods = on;
CREATE OR REPLACE VIEW pg_catalog.pg_available_extensions AS
SELECT e.name, e.default_version, x.extversion AS installed_version, e.comment
FROM pg_available_extensions() e (name, default_version, comment)
LEFT JOIN pg_extension x ON e.name = x.extname WHERE e.name <> 'citext'
"""
NO_ICU = "DELETE FROM pg_collation WHERE collprovider = 'i'"


@pytest.mark.core
@pytest.mark.parametrize("form, lack, told", [
    ("citext", FORBID, Trouble(5, "cannot create that extension", "is not allow-listed", "CREATE EXTENSION citext")),
    ("citext", NOT_AVAILABLE, Trouble(5, "does not have that extension", "pg_available_extensions", "contrib")),
    ("icu", NO_ICU, Trouble(5, "has no collations of ICU", "pg_collation", "built with ICU")),
], ids=["forbidden", "not available", "no ICU"])
def test_what_the_server_lacks(form, lack, told, folder, untouched, database):
    source = make(folder, USERS)
    untouched()
    database.execute(lack)
    told.code = "ERR_PERMISSION"
    assert_trouble(told, "upgrade", source, database.url, "--nocase", form)
    assert left_over(database) == []
    upgrade(source, database)


@pytest.mark.core
def test_a_role_that_is_no_superuser(folder, database):
    database.execute(f"CREATE ROLE plain_nocase LOGIN; GRANT CREATE ON DATABASE {database.name} TO plain_nocase")
    database.execute("GRANT CREATE, USAGE ON SCHEMA public TO plain_nocase")
    url = database.cluster.url(database.name, user="plain_nocase")
    try:
        upgrade(make(folder, USERS, TAGS), database, "--nocase", "citext", url=url)
        assert database.execute("SELECT id FROM users WHERE email = 'B@X'") == [(1,)]
    finally:
        database.execute("DROP OWNED BY plain_nocase CASCADE")
        database.execute("DROP ROLE plain_nocase")


@pytest.mark.parametrize("words, told", [
    (["--nocase", "upper"], Trouble(2, "--nocase upper: it is lower, citext or icu", None, "--help")),
    (["--nocase", "users.email=ICU?"], Trouble(2, "--nocase users.email=ICU?", None, "--help")),
    (["--nocase", "nobody=icu"], Trouble(2, "--nocase: the source has no table nobody", None)),
    (["--nocase", "users.nothing=icu"], Trouble(2, "--nocase: the source has no column", None)),
    (["--nocase", "users.exact=icu"], Trouble(2, "users.exact is not declared COLLATE NOCASE", None)),
    (["--nocase", "tag.name=citext", "--nocase", "ref.name=lower"],
     Trouble(2, "ref.name is to be lower, and tag.name, which it references, citext", "one form", "tag.name=citext")),
])
def test_wrong_words(words, told, folder, untouched):
    source = make(folder, USERS, TAGS, "CREATE TABLE ref (name TEXT COLLATE NOCASE REFERENCES tag);")
    untouched()
    assert_trouble(told, "plan", source, *words)


def columns_of(outcome):
    return {f"{table['name']}.{column['name']}": column
            for table in outcome.report["tables"] for column in table["columns"]}


def test_the_plan_says_what_was_taken(folder):
    source = make(folder, USERS, TAGS)
    outcome = pgrade.run("plan", source, "--json", "--nocase", "citext", "--nocase", "users=icu", "--nocase",
                         "users.nick=lower")
    columns = columns_of(outcome)
    assert {name: column["nocase"] for name, column in columns.items() if column["nocase"]} == {
        "users.email": "icu", "users.nick": "lower", "tag.name": "citext", "tagged.tag": "citext",
        "tagged.code": "citext"}
    assert columns["users.email"]["type"] == "text COLLATE nocase" and columns["tag.name"]["type"] == "citext"
    assert columns["users.email"]["reason"].endswith("; NOCASE as icu")
    for name in ("users.email", "users.nick", "users.tail", "tagged.tag"):
        assert all(word in columns[name]["compares"] for word in ("=", "LIKE", "ORDER BY")), name
    assert columns["users.exact"]["compares"] is None and columns["users.exact"]["collation"] is None
    notes = {note["about"]: note["text"] for note in outcome.report["notes"] if note["about"]}
    assert "is NOCASE as icu: " in notes["users.email"] and "was RTRIM: " in notes["users.tail"]
    human = pgrade.run("plan", source, "--nocase", "citext")
    assert "NOCASE as citext" in human.stdout and "which SQLite holds apart" in human.stdout.replace("\n  ", " ")


def test_the_length_is_not_kept_by_citext(folder):
    outcome = pgrade.run("plan", make(folder, USERS), "--json", "--nocase", "citext")
    assert columns_of(outcome)["users.nick"]["type"] == "citext"
    assert any("may be longer than 5 characters" in note["text"] for note in outcome.report["notes"])


def test_settings_and_saved_plans(folder, database):
    source = make(folder, USERS, TAGS)
    settings, saved = folder.parent / "pgrade.ini", folder.parent / "plan.json"
    settings.write_text("[nocase]\n* = citext\nusers.nick = lower\n", encoding="utf-8")
    first = pgrade.run("plan", source, "--json", "--config", str(settings), "--out", str(saved))
    forms = {name: column["nocase"] for name, column in columns_of(first).items()}
    assert forms["users.email"] == "citext" and forms["users.nick"] == "lower" and forms["tagged.tag"] == "citext"
    decisions = json.loads(saved.read_text(encoding="utf-8"))["decisions"]
    assert [one["value"] for one in decisions if one["option"] == "nocase"] == [
        '"users"."email"=citext', '"users"."nick"=lower', '"tag"."name"=citext', '"tagged"."code"=citext']
    again = pgrade.run("upgrade", source, database.url, "--json", "--plan", str(saved))
    assert again.status == pgrade.OK, again
    assert columns_of(again) == columns_of(first)
    written = folder.parent / "written.ini"
    assert pgrade.run("plan", source, "--config", str(settings), f"--write-config={written}").status == pgrade.OK
    text = written.read_text(encoding="utf-8")
    assert "[nocase]" in text and "\n* = citext\n" in text and "\nusers.nick = lower\n" in text
    assert "# users.email = citext\n" in text
