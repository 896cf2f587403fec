"""`pgrade seed`: rows from files, in one transaction, twice with the same result; on both engines."""

import decimal
import json
import shutil
import sqlite3

import psycopg2
import pytest

import fixtures
import pgrade
from pooler import Pooler

SCHEMA = {
    "sqlite": """
CREATE TABLE teams (id INTEGER PRIMARY KEY, name VARCHAR(40) UNIQUE NOT NULL);
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, email VARCHAR(80) NOT NULL UNIQUE, age INTEGER, active BOOLEAN,
                    balance NUMERIC(10, 2), data JSON, photo BLOB, team_id INTEGER REFERENCES teams, note TEXT);
CREATE TABLE notes (user_id INTEGER REFERENCES users, body TEXT);
CREATE TABLE log (what TEXT);
CREATE VIEW everyone AS SELECT email FROM users;
""",
    "postgres": """
CREATE TABLE teams (id serial PRIMARY KEY, name varchar(40) UNIQUE NOT NULL);
CREATE TABLE users (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(80) NOT NULL UNIQUE, age integer,
                    active boolean, balance numeric(10, 2), data json, photo bytea, team_id integer REFERENCES teams, note text);
CREATE TABLE notes (user_id integer REFERENCES users, body text);
CREATE TABLE log (what text);
CREATE VIEW everyone AS SELECT email FROM users;
""",
}
USERS = ('id,email,age,active,balance,data,photo,team_id,note\r\n'
         '1,ada@example.org,36,true,1.50,"{""a"": 1}",\\x00ff,1,\r\n'
         '2,bo@example.org,,f,,,,,""\r\n'
         '7,"c,d@example.org",1,yes,3,"[1, 2]",,2,"two\nlines ""q"""\r\n')
TEAMS = '[{"id": 1, "name": "red"},\n {"name": "blue", "id": 2}]'


class Place:
    def __init__(self, kind, where, folder):
        self.kind, self.where, self.folder = kind, where, folder

    def seed(self, *words, status=pgrade.OK, **keywords):
        outcome = pgrade.run("seed", self.where, *words, directory=self.folder, **keywords)
        assert outcome.status == status, outcome
        return outcome

    def rows(self, sql):
        connection = sqlite3.connect(self.where) if self.kind == "sqlite" else psycopg2.connect(self.where)
        with connection:
            cursor = connection.cursor()
            cursor.execute(sql)
            found = [tuple(bytes(cell) if isinstance(cell, memoryview) else cell for cell in row)
                     for row in (cursor.fetchall() if cursor.description else [])]
        connection.close()
        return found

    def without_files(self):
        shutil.rmtree(self.folder / "db", ignore_errors=True)
        return self

    def put(self, **files):
        (self.folder / "db" / "seeds").mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            stem, _, ending = name.rpartition("_")
            (self.folder / "db" / "seeds" / f"{stem}.{ending}").write_bytes(text.encode())


def make_place(request, kind, folder):
    """With a database of PostgreSQL only where one is needed: making and dropping it costs more than most tests."""
    if kind == "sqlite":
        return Place("sqlite", str(fixtures.build_from_text(SCHEMA["sqlite"], folder / "app.db")), folder)
    database = request.getfixturevalue("cluster").create_database()
    request.addfinalizer(database.drop)
    database.execute(SCHEMA["postgres"])
    return Place("postgres", database.url, folder)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    return make_place(request, request.param, tmp_path)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def untouched(request, tmp_path_factory):
    """For runs that change nothing, one after the other; each puts its own files there."""
    return make_place(request, request.param, tmp_path_factory.mktemp("untouched"))


def counts(outcome):
    return {one["file"].split("/")[-1]: (one["inserted"], one["updated"], one["unchanged"]) for one in outcome.report["files"]}


@pytest.mark.core
def test_twice_is_once(place):
    place.put(**{"010_teams_json": TEAMS, "020_users_csv": USERS, "README_md": "x",
                 "030_log_sql": "BEGIN;\n-- a remark\nDELETE FROM log; INSERT INTO log VALUES ('a;b');\nCOMMIT;\n"})
    first = place.seed("--json")
    assert counts(first) == {"010_teams.json": (2, 0, 0), "020_users.csv": (3, 0, 0), "030_log.sql": (0, 0, 0)}
    assert [one["statements"] for one in first.report["files"]] == [0, 0, 2] and first.report["passed_over"] == ["db/seeds/README.md"]
    state = place.rows("SELECT * FROM users ORDER BY id")
    assert [row[:3] for row in state] == [(1, "ada@example.org", 36), (2, "bo@example.org", None), (7, "c,d@example.org", 1)]
    assert [row[3] for row in state] == [1, 0, 1] and [row[6] for row in state] == [b"\0\xff", None, None]
    assert [row[8] for row in state] == [None, "", 'two\nlines "q"'] and float(state[0][4]) == 1.5
    again = place.seed("--json")
    assert counts(again) == {"010_teams.json": (0, 0, 2), "020_users.csv": (0, 0, 3), "030_log.sql": (0, 0, 0)}
    assert place.rows("SELECT * FROM users ORDER BY id") == state
    place.rows("INSERT INTO users (email) VALUES ('new')")
    assert place.rows("SELECT id FROM users WHERE email = 'new'") == [(8,)], "numbers go on behind the rows"
    assert [one["column"] for one in first.report["sequences"]] == ([] if place.kind == "sqlite" else ["teams.id", "users.id"])
    assert again.report["sequences"] == []


def test_rows_that_changed_are_updated(place):
    place.put(users_csv="email,note\na,Old\nb,x\n")
    place.seed()
    place.put(users_csv="email,note\na,old\nb,x\nc,\n")
    outcome = place.seed("--json")
    assert counts(outcome) == {"users.csv": (1, 1, 1)} and outcome.report["files"][0]["key"] == "email"
    assert place.rows("SELECT email, note FROM users ORDER BY email") == [("a", "old"), ("b", "x"), ("c", None)]
    assert place.seed("--dry-run").stdout.endswith("nothing was changed: --dry-run\n")


def test_dry_run_changes_nothing(place):
    place.put(users_csv="email\na\n", log_sql="INSERT INTO log VALUES ('x')")
    outcome = place.seed("--dry-run", "--fresh", "--json")
    assert counts(outcome)["users.csv"] == (1, 0, 0) and outcome.report["dry_run"]
    assert place.rows("SELECT * FROM users") == [] == place.rows("SELECT * FROM log")


@pytest.mark.parametrize("name,text,says,why", [
    ("users_csv", "email,age\na,1\nb,twelve\n", "users.csv:3: column age: the value is none of ", "'twelve'"),
    ("users_csv", "email,active\na,perhaps\n", "users.csv:2: column active: ", "'perhaps'"),
    ("users_json", '[{"email": "a"},\n\n {"email": "b", "age": "x"}]', "users.json:3: column age: ", "'x'"),
    ("users_csv", "email,team_id\na,1\nb,99\n", "users.csv:2: ", ""),
    ("users_csv", "id,email\n1,\n", "users.csv:2: ", "email"),
    ("users_csv", "id,email\n,x\n", "users.csv:2: column id: a row without its key", ""),
    ("users_csv", "email,agee\na,1\n", "users.csv:2: users has no column agee", ""),
    ("users_csv", "email,age\na\n", "users.csv:2: the row has 1 field, and the heading 2", ""),
    ("users_csv", 'email\n"a\n', "users.csv:2: the quote that opens here is never closed", ""),
    ("users_csv", 'email\na"b\n', "users.csv:2: a field with quotes", ""),
    ("users_csv", "email;age\na;1\n", "users.csv:1: the heading has no commas", ""),
    ("users_csv", "email,email\na,b\n", "users.csv:1: the heading names a column twice", ""),
    ("users_csv", "", "users.csv:1: the heading", ""),
    ("users_json", '{"email": "a"}', "users.json:1: the file does not begin with [", ""),
    ("users_json", '[{"email": "a"},\n {"email" "b"}]', "users.json:2: the object that begins here is no JSON", ""),
    ("users_json", '[{"email": "a"}\n', "users.json:2: neither , nor ]", ""),
    ("users_json", '[{"email": "a", "balance": 123456789012345678901234}]', "users.json:1: the number of balance has too many", ""),
    ("users_json", '[{"email": "a"},\n {"email": "b", "data": {"x": [{"y": 123456789012345678901234}]}}]', "users.json:2: the number of data has too many", ""),
    ("users_json", '[{"email": "a", "data": [-123456789012345678901234]}]', "users.json:1: the number of data has too many", ""),
    ("users_json", '[{"email": "a"},\n{"email": "b"},\n{"email": "a", "age": 2}]', "users.json:3: the row has the same email as that of line 1", "one of them would be lost"),
    ("users_csv", "id,email,age\n1,a,1\n2,b,2\n1,c,3\n", "users.csv:4: the row has the same id as that of line 2", ""),
    ("users_csv", "email,age\na,9223372036854775808\n", "users.csv:2: column age: the value is none of ", "9223372036854775808"),
    ("nothing_csv", "a\n1\n", "there is no table nothing", ""),
    ("log_sql", "INSERT INTO log\nVALUES ('a');\nINSERT INTO\n nowhere VALUES (1);", "log.sql:", "nowhere"),
])
def test_mistakes_are_placed_and_nothing_stays(untouched, name, text, says, why):
    place = untouched.without_files()
    place.put(**{"000_log_sql": "INSERT INTO log VALUES ('before')", name: text})
    outcome = place.seed(status=pgrade.FAILED)
    assert says in outcome.stderr and why in outcome.stderr, outcome
    assert "nothing was changed" in outcome.stderr
    assert place.rows("SELECT * FROM log") == place.rows("SELECT * FROM users") == []


def test_values_are_hidden_on_request(place):
    place.put(users_csv="email,age\na,s3cret\n")
    outcome = place.seed("--hide-values", "--json", status=pgrade.FAILED)
    assert "s3cret" not in outcome.stderr + outcome.stdout and "column age" in outcome.stderr
    if place.kind == "postgres":
        place.put(users_sql="\nINSERT INTO users (age) VALUES ('s3cret')", users_csv="email\na\n")
        outcome = place.seed("--hide-values", status=pgrade.FAILED)
        assert "s3cret" not in outcome.stderr and "users.sql:2: a value is none of its type" in outcome.stderr


def test_rows_without_a_key_are_refused(place):
    place.put(log_csv="what\na\n")
    outcome = place.seed(status=pgrade.REFUSED)
    assert "try: make a unique key, or --fresh" in outcome.stderr
    assert counts(place.seed("--fresh", "--json")) == counts(place.seed("--fresh", "--json")) == {"log.csv": (1, 0, 0)}
    assert place.rows("SELECT * FROM log") == [("a",)]
    (place.folder / "db" / "seeds" / "log.csv").unlink()
    place.put(users_csv="age,note\n1,x\n")
    assert "keys of the table: (id), (email)" in place.seed(status=pgrade.REFUSED).stderr
    place.put(users_csv="id,email\n1,a\n")
    assert "is no key of users" in place.seed("--key", "users=age", status=pgrade.REFUSED).stderr
    outcome = place.seed("--key", "users=email", "--json")
    assert outcome.report["files"][0]["key"] == "email"
    place.put(users_csv="id,email\n2,a\n")
    assert "--key users=" in place.seed(status=pgrade.FAILED).stderr
    place.seed("--key", "nonsense", status=pgrade.USAGE)
    assert "no CSV or JSON file is of a table user" in place.seed("--key", "user=email", status=pgrade.USAGE).stderr


@pytest.mark.core
def test_fresh_empties_the_tables_of_the_files(place):
    place.put(**{"1_teams_json": TEAMS, "2_users_csv": "id,email,team_id\n1,a,1\n"})
    place.seed()
    place.rows("INSERT INTO teams (id, name) VALUES (50, 'gone')")
    outcome = place.seed("--fresh", "--json")
    assert {one["table"]: one["rows"] for one in outcome.report["emptied"]} == {"teams": 3, "users": 1}
    assert place.rows("SELECT id FROM teams ORDER BY id") == [(1,), (2,)]
    place.rows("INSERT INTO notes VALUES (1, 'n')")
    outcome = place.seed("--fresh", status=pgrade.REFUSED)
    assert "users cannot be emptied" in outcome.stderr and "notes" in outcome.stderr
    place.put(**{"3_notes_sql": "INSERT INTO notes VALUES (1, 'seeded')"})
    assert len(place.seed("--fresh", "--json").report["emptied"]) == 3
    assert place.rows("SELECT body FROM notes") == [("seeded",)]


def test_tables_that_refer_to_each_other_in_a_circle(place):
    key = "INTEGER" if place.kind == "sqlite" else "integer"
    place.rows(f"CREATE TABLE a (id {key} PRIMARY KEY, b_id {key})")
    place.rows(f"CREATE TABLE b (id {key} PRIMARY KEY, a_id {key} REFERENCES a ON DELETE RESTRICT)")
    if place.kind == "postgres":
        place.rows("ALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b")
    place.put(**{"1_a_csv": "id\n1\n", "2_b_csv": "id,a_id\n1,1\n", "3_more_sql": "UPDATE a SET b_id = 1"})
    place.seed()
    place.seed("--fresh")
    assert place.rows("SELECT * FROM a, b") == [(1, 1, 1, 1)]


@pytest.mark.parametrize("text,says", [
    ("INSERT INTO log VALUES ('a'); COMMIT; INSERT INTO log VALUES ('b');", "log.sql:1: all seed files are one transaction"),
    ("INSERT INTO log VALUES ('a');\nROLLBACK;", "log.sql:2: all seed files are one transaction"),
    ("\\set x 1\n", "log.sql:1: this is no SQL, but a command of psql"),
    ("-- dump\nCOPY log FROM stdin;\na\n\\.\n", "log.sql:2: COPY from the client"),
])
def test_what_is_no_part_of_a_transaction_is_refused_beforehand(untouched, text, says):
    place = untouched.without_files()
    place.put(**{"000_log_sql": "INSERT INTO log VALUES ('before')", "log_sql": text})
    assert says in place.seed(status=pgrade.REFUSED).stderr
    assert place.rows("SELECT * FROM log") == []


def test_a_dump_and_what_comes_behind_it(place):
    """As sqlite3's .dump and pg_dump --inserts begin."""
    head = ("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n" if place.kind == "sqlite" else
            "SET statement_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\nSET datestyle = 'German';\n")
    name = "teams" if place.kind == "sqlite" else "public.teams"
    place.put(**{"1_dump_sql": f"{head}INSERT INTO {name} (id, name) VALUES (5, 'e');\n" + ("COMMIT;\n" if place.kind == "sqlite" else ""),
                 "2_teams_csv": "id,name\n6,f\n"})
    place.seed("--fresh")
    assert place.rows("SELECT id FROM teams ORDER BY id") == [(5,), (6,)]
    place.rows("INSERT INTO teams (name) VALUES ('g')")
    assert place.rows("SELECT max(id) FROM teams") == [(7,)]


def test_savepoints_may_stay(place):
    place.put(log_sql="SAVEPOINT s; INSERT INTO log VALUES ('a'); ROLLBACK TO s; INSERT INTO log VALUES ('b');")
    place.seed()
    assert place.rows("SELECT * FROM log") == [("b",)]


def test_files_and_tables_are_found_or_named(place):
    assert "there is no db/seeds" in place.seed(status=pgrade.USAGE).stderr
    (place.folder / "empty").mkdir()
    assert "holds no seed files" in place.seed("empty", status=pgrade.USAGE).stderr
    (place.folder / "x.txt").write_text("x")
    assert "is no seed file" in place.seed("x.txt", status=pgrade.USAGE).stderr
    (place.folder / "010-Users.CSV").write_text("\ufeffEmail\nb\n\n")
    (place.folder / "everyone.csv").write_text("email\nb\n")
    assert counts(place.seed("010-Users.CSV", "--json")) == {"010-Users.CSV": (1, 0, 0)}
    assert "everyone is no table, but a view" in place.seed("everyone.csv", status=pgrade.REFUSED).stderr
    (place.folder / "users.csv").write_bytes(b"email\n\xe9\n")
    assert "users.csv:2: this is no UTF-8" in place.seed("users.csv", status=pgrade.FAILED).stderr


def test_types_of_postgresql_from_json(database, tmp_path):
    database.execute("CREATE SCHEMA app; CREATE TABLE app.\"Odd Name\" (\"Key\" uuid PRIMARY KEY, tags text[], at timestamptz, "
                     "doc jsonb, n numeric, twice integer GENERATED ALWAYS AS (1) STORED)")
    row = {"Key": "0a0a0a0a-0000-4000-8000-000000000001", "tags": ["a b", 'q"', None, "\\"], "at": "2026-01-01T00:00:00Z",
           "doc": {"x": [1.50, True]}, "n": 12.340}
    path = tmp_path / "app.Odd Name.json"
    path.write_text(json.dumps([row]))
    place = Place("postgres", database.url, tmp_path)
    assert counts(place.seed(str(path), "--json")) == {path.name: (1, 0, 0)}
    assert counts(place.seed(str(path), "--json")) == {path.name: (0, 0, 1)}
    assert place.rows('SELECT tags, doc, n FROM app."Odd Name"') == [(row["tags"], row["doc"], decimal.Decimal("12.34"))]
    path.write_text(json.dumps([dict(row, twice=1)]))
    assert "twice is computed" in place.seed(str(path), status=pgrade.FAILED).stderr


def test_a_nul_in_an_array_is_refused_and_not_cut(database, tmp_path):
    database.execute("CREATE TABLE t (id integer PRIMARY KEY, a text[])")
    (tmp_path / "t.json").write_text('[{"id": 1, "a": ["a\\u0000b"]}]')
    assert "t.json:1: column a" in Place("postgres", database.url, tmp_path).seed("t.json", status=pgrade.FAILED).stderr


def test_times_are_read_alike_on_every_server(database, tmp_path):
    database.execute("CREATE TABLE t (id integer PRIMARY KEY, at timestamptz, day date)")
    place = Place("postgres", database.url, tmp_path)
    place.put(**{"1_t_csv": "id,at,day\n1,2026-01-02 00:00:00,2026-01-02\n", "2_more_sql": "INSERT INTO t VALUES (2, '2026-01-02 00:00:00') ON CONFLICT DO NOTHING"})
    place.seed()
    assert place.rows("SELECT extract(epoch FROM at)::bigint FROM t") == [(1767312000,), (1767312000,)]
    place.put(**{"1_t_csv": "id,day\n1,01/02/2026\n"})
    assert "1_t.csv:2: column day: the value is none of date" in place.seed(status=pgrade.FAILED).stderr


def test_sequences_of_any_name_and_of_nobody_go_on_behind_the_rows(database, tmp_path):
    database.execute("""CREATE SEQUENCE "it's"; CREATE TABLE "o'brien; --" (id serial PRIMARY KEY,
                        n bigint DEFAULT nextval('"it''s"'), code text DEFAULT 'c' || nextval('"it''s"'))""")
    place = Place("postgres", database.url, tmp_path)
    (tmp_path / "o'brien; --.csv").write_text("id,n\n7,70\n")
    place.seed("o'brien; --.csv")
    place.rows("""INSERT INTO "o'brien; --" (code) VALUES ('x')""")
    assert place.rows("""SELECT id, n FROM "o'brien; --" ORDER BY 1""") == [(7, 70), (8, 71)]


def test_a_role_that_may_not_set_the_sequence(database, tmp_path):
    database.execute("CREATE TABLE t (id serial PRIMARY KEY); DROP ROLE IF EXISTS seeder; CREATE ROLE seeder LOGIN; GRANT SELECT, INSERT ON t TO seeder")
    place = Place("postgres", database.cluster.url(database.name, user="seeder"), tmp_path)
    place.put(t_csv="id\n1\n")
    assert "try: GRANT SELECT, UPDATE ON SEQUENCE t_id_seq" in place.seed(status=pgrade.UNREACHABLE).stderr
    assert database.execute("SELECT * FROM t") == []
    database.execute("GRANT SELECT, UPDATE ON SEQUENCE t_id_seq TO seeder")
    place.seed()
    assert database.execute("SELECT id, nextval('t_id_seq') FROM t") == [(1, 2)]
    database.execute("DROP OWNED BY seeder; DROP ROLE seeder")


def test_text_that_is_too_long_for_postgresql(database, tmp_path):
    database.execute(SCHEMA["postgres"])
    place = Place("postgres", database.url, tmp_path)
    place.put(teams_csv="id,name\n1,\u00e9" + "x" * 39 + "\n2," + "y" * 41 + "\n")
    assert "teams.csv:3: column name: the value is none of character varying(40)" in place.seed(status=pgrade.FAILED).stderr


def test_behind_a_pooler(cluster, database, tmp_path):
    database.execute(SCHEMA["postgres"])
    with Pooler(cluster) as pooler:
        place = Place("postgres", pooler.url(database.name), tmp_path)
        place.put(**{"1_teams_json": TEAMS, "2_users_csv": USERS})
        place.seed("--fresh")
        assert counts(place.seed("--json")) == {"1_teams.json": (0, 0, 2), "2_users.csv": (0, 0, 3)}
