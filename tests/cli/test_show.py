"""`pgrade show`: the same layout for both engines."""

import re
import sqlite3
import urllib.parse

import psycopg2
import pytest

import fixtures
import pgrade

pytestmark = pytest.mark.core

SCHEMA = """
CREATE TABLE people (id integer PRIMARY KEY, name varchar(20) NOT NULL DEFAULT 'x', CONSTRAINT named CHECK (id > 0));
CREATE TABLE "名前" (id integer, owner integer REFERENCES people ON DELETE CASCADE, PRIMARY KEY (id, owner));
CREATE INDEX low ON people (name) WHERE id > 1;
CREATE VIEW names AS SELECT name FROM people;
INSERT INTO people (id) VALUES (1), (2), (3);
"""


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    if request.param == "sqlite":
        return str(fixtures.build_from_text(SCHEMA, tmp_path / "app.db"))
    database = request.getfixturevalue("database")
    database.execute(SCHEMA)
    return database.url


def ok(*words, **keywords):
    outcome = pgrade.run("show", *words, **keywords)
    assert outcome.status == pgrade.OK, outcome
    return outcome.stdout


def test_tables(place):
    shown = ok(place)
    assert re.search(r"^people +table +3 +\S+ k?B?", shown, re.MULTILINE), shown
    assert re.search(r"^names +view *$", shown, re.MULTILINE), shown
    assert re.search(r"^名前   +table +0 ", shown, re.MULTILINE), shown
    assert "3 objects, 3 rows" in shown


def test_one_table(place):
    shown = ok(place, "people")
    for part in (r"^people: table, 3 rows, .* of indexes", r"  id +(integer) +primary key", r"  name +\S.* not null +'x'",
                 r"  low: \(name\) where ", r"  named: ", r"^Referred to by\n  \"?名前\"? \(owner\) on delete cascade$"):
        assert re.search(part, shown, re.MULTILINE | re.IGNORECASE), (part, shown)
    shown = ok(place, "名前")
    assert "primary key 1" in shown and re.search(r"^Refers\n  \(owner\) to people.* on delete cascade", shown, re.MULTILINE)


def test_nothing_named_and_nothing_there(tmp_path):
    outcome = pgrade.run("show", directory=str(tmp_path))
    assert outcome.status == pgrade.USAGE and "no local instance runs here" in outcome.stderr, outcome
    assert "null" not in outcome.stderr and "pgrade show app.db" in outcome.stderr


def test_nothing_named_is_the_local_instance(tmp_path):
    here = {"directory": str(tmp_path)}
    try:
        started = pgrade.run("local", "start", **here)
        assert started.status == pgrade.OK, started
        assert re.search(r"^postgres +pgrade +UTF8 ", ok(**here), re.MULTILINE)
    finally:
        pgrade.run("local", "destroy", "--yes", **here)


def test_a_name_that_is_none(place):
    outcome = pgrade.run("show", place, "peple")
    assert outcome.status == pgrade.FAILED and "people" in outcome.stderr
    assert ok(place, "PEOPLE").startswith("people: ")
    assert ok(place, '"people"').startswith("people: ")


@pytest.mark.parametrize("columns", ["80", "120"])
def test_it_fits_the_terminal(place, columns, tmp_path):
    long = "a_very_long_name_of_a_table_that_somebody_made_for_reasons"
    pgrade.run("sql", place, f'CREATE TABLE {long} (a_column_with_a_rather_long_name_too timestamp DEFAULT CURRENT_TIMESTAMP, '
                             f"b varchar(50) DEFAULT '{'d' * 100}')")
    for words in ((), (long,), ("people",)):
        for line in ok(place, *words, COLUMNS=columns).split("\n"):
            assert len(line) <= int(columns), line
    assert long in ok(place) and (columns == "80" or long in ok(place, COLUMNS=columns))
    folded = ok(place, long, COLUMNS=columns)
    lines = [line[2:] for line in folded.partition("Columns\n")[2].split("\n\n")[0].split("\n")[2:]]
    ends = [m.end() for m in re.finditer("-+", folded.partition("Columns\n")[2].split("\n")[1][2:])]
    cells = ["".join(line[start:end].strip() for line in lines) for start, end in zip([0, *(end + 2 for end in ends)], ends)]
    assert cells[0] == "a_column_with_a_rather_long_name_toob" and "'" + "d" * 100 + "'" in cells[3]


def test_nothing_is_written(tmp_path):
    path = tmp_path / "app.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode = wal")
    connection.execute("CREATE TABLE t (i)")
    connection.close()
    before = path.read_bytes(), sorted(tmp_path.iterdir())
    ok(str(path))
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == before


def test_a_role_that_may_do_little(cluster, database):
    database.execute(SCHEMA)
    database.execute("CREATE ROLE looker LOGIN")
    database.execute("ALTER TABLE people ENABLE ROW LEVEL SECURITY")
    closed = cluster.create_database()
    closed.execute(f"REVOKE CONNECT ON DATABASE {closed.name} FROM public")
    url = cluster.url(database.name, "looker")
    try:
        assert re.search(rf"^{closed.name} .* no access +\d+$", ok(url, "--databases"), re.MULTILINE)
        assert "people" in ok(url) and "id" in ok(url, "people")
    finally:
        closed.drop()
        database.execute("DROP ROLE looker")


def test_estimates_are_marked(database):
    database.execute("CREATE TABLE large AS SELECT i, repeat('x', 100) AS t FROM generate_series(1, 100000) i")
    database.execute("ANALYZE large")
    shown = ok(database.url)
    assert re.search(r"^large +table +~\S+", shown, re.MULTILINE) and "~ is an estimate" in shown
    assert re.search(r"^large +table +100,000", ok(database.url, "--exact"), re.MULTILINE)


def test_many_tables_take_few_statements(database):
    """A server that is far away takes its time for each."""
    database.execute("DO $$ BEGIN FOR i IN 1..450 LOOP EXECUTE format('CREATE TABLE t%s (id serial PRIMARY KEY)', i); "
                     "END LOOP; END $$; INSERT INTO t7 VALUES (1); CREATE ROLE few LOGIN; "
                     "GRANT SELECT ON ALL TABLES IN SCHEMA public TO few; REVOKE SELECT ON t9 FROM few")
    url = database.cluster.url(database.name, "few")
    shown = ok(url)
    assert re.search(r"^t7 +table +1 ", shown, re.MULTILINE) and re.search(r"^t450 +table +0 ", shown, re.MULTILINE)
    traced = statements(url)
    assert sum("count(*)" in line for line in traced) == 3 and len(traced) < 15, traced
    assert len(statements(url, "t7")) < 25
    check = [line for line in traced_by("check", url, "--only", "sequences")]
    assert 5 < len(check) < 60, check
    database.execute("DROP OWNED BY few; DROP ROLE few")


def statements(*words):
    return traced_by("show", *words)


def traced_by(*words):
    return [line for line in pgrade.run(*words, "--trace-sql").stderr.splitlines() if "SELECT" in line]


def test_a_server_without_a_database_lists_databases(database, cluster):
    url = f"postgresql://{cluster.user}@127.0.0.1:{cluster.port}/"
    cluster_has = pgrade.run("show", url)
    assert cluster_has.status in (pgrade.OK, pgrade.UNREACHABLE)
    assert database.name in ok(DATABASE_URL=database.url)


def test_spellings_are_read_by_those_who_are_meant(scram_cluster):
    database = scram_cluster.create_database()
    spelled = {one["key"]: one["text"]
               for one in pgrade.run("show", "--url", "--password", database.url, "--json").report["spellings"]}
    for key in ("url", "keywords"):
        psycopg2.connect(spelled[key]).close()
    settings = {}
    exec(spelled["django"], settings)
    django = settings["DATABASES"]["default"]
    psycopg2.connect(dbname=django["NAME"], user=django["USER"], password=django["PASSWORD"], host=django["HOST"],
                     port=django["PORT"]).close()
    jdbc = urllib.parse.urlsplit(spelled["jdbc"].removeprefix("jdbc:"))
    asked = dict(urllib.parse.parse_qsl(jdbc.query))
    psycopg2.connect(host=jdbc.hostname, port=jdbc.port, dbname=jdbc.path[1:], **asked).close()
    sqlalchemy = pytest.importorskip("sqlalchemy")
    sqlalchemy.create_engine(spelled["sqlalchemy"]).connect().close()


def test_the_password_is_hidden_unless_asked(scram_cluster):
    url = scram_cluster.url("postgres")
    hidden = ok("--url", url)
    assert "p@ss" not in hidden and "p%40ss" not in hidden and "PASSWORD" in hidden
    assert "p%40ss" in ok("--url", url, "--password")
    assert pgrade.run("show", url, "--password").status == pgrade.USAGE
