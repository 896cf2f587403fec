"""`pgrade sql` with a statement, a file, or standard input; on both engines."""

import csv
import io
import os
import subprocess

import pytest

import fixtures
import pgrade
from pooler import Pooler

pytestmark = pytest.mark.core

SCHEMA = """CREATE TABLE people (id integer PRIMARY KEY, name text);
INSERT INTO people VALUES (1, 'ada'), (2, NULL), (3, '');"""


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    if request.param == "sqlite":
        return str(fixtures.build_from_text(SCHEMA, tmp_path / "app.db"))
    database = request.getfixturevalue("database")
    database.execute(SCHEMA)
    return database.url


def ok(*words, **keywords):
    outcome = pgrade.run("sql", *words, **keywords)
    assert outcome.status == pgrade.OK, outcome
    return outcome.stdout


def failed(*words, status=pgrade.FAILED):
    outcome = pgrade.run("sql", *words)
    assert outcome.status == status, outcome
    return outcome.stderr


def count(place):
    return int(ok(place, "SELECT count(*) FROM people", "--csv").split()[1])


def script(tmp_path, text):
    path = tmp_path / "script.sql"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_aligned(place):
    assert ok(place, "SELECT id, name FROM people ORDER BY id") == (
        "id  name\n--  ----\n 1  ada\n 2  NULL\n 3  \n(3 rows)\n")
    assert ok(place, "SELECT id FROM people WHERE id > 9") == "id\n--\n(0 rows)\n"
    assert ok(place, "SELECT id, name FROM people WHERE id = 1", "-x") == "-- row 1\nid    1\nname  ada\n(1 row)\n"


def test_wide_characters_are_aligned(place):
    shown = ok(place, "SELECT '名前' AS a, 1 AS b UNION ALL SELECT 'ab', 2 ORDER BY 2")
    assert shown.split("\n")[2:4] == ["名前  1", "ab    2"]


def test_csv_is_rfc_4180(place):
    sql = "SELECT 1 AS \"a,b\", 'say \"x\"' AS c, 'two' || '\n' || 'lines' AS d, NULL AS e, '' AS f"
    text = subprocess.run([pgrade.program(), "sql", place, sql, "--csv"], capture_output=True, check=True).stdout.decode()
    assert text == '"a,b",c,d,e,f\r\n1,"say ""x""","two\nlines",,""\r\n'
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == ["1", 'say "x"', "two\nlines", "", ""]


def test_json_keeps_values_exact(place):
    outcome = pgrade.run("sql", place, "SELECT 9007199254740993 AS i, 0.1 AS r, 'x' AS t, NULL AS n", "--json")
    assert outcome.report["statements"][0]["rows"][0][0] == 9007199254740993
    assert outcome.report["statements"][0]["rows"][0][2:] == ["x", None]


def test_several_statements_stop_at_the_first_mistake(place):
    words = failed(place, "DELETE FROM people WHERE id = 1; SELEC; DELETE FROM people")
    assert "statement 2" in words and "the statement before it took effect" in words
    assert count(place) == 2


def test_a_file_names_line_and_statement(place, tmp_path):
    path = script(tmp_path, "-- first\nDELETE FROM people\n WHERE id = 1;\n\nSELECT 1,\n  nowhere;\n")
    words = failed(place, "-f", path)
    assert f"{path}:6: statement 2" in words or f"{path}:5: statement 2" in words, words
    assert count(place) == 2


def test_all_or_nothing(place, tmp_path):
    path = script(tmp_path, "DELETE FROM people; INSERT INTO people VALUES (7, 'x'), (7, 'y');")
    assert "nothing was changed" in failed(place, "-1", "-f", path)
    assert count(place) == 3
    ok(place, "-1", "-f", script(tmp_path, "DELETE FROM people; INSERT INTO people VALUES (7, 'x');"))
    assert count(place) == 1
    before = count(place)
    for end in ("COMMIT", "commit and chain", "END", "ROLLBACK", "/**/ rollback transaction", "COMMIT; SELECT 1/0", "COMMIT; SELECT nope"):
        told = failed(place, "-1", f"DELETE FROM people; {end}", status=pgrade.REFUSED)
        assert "statement 2: it would end the transaction" in told and "why: nothing was done" in told, end
    assert "script.sql:2: statement 2" in failed(place, "-1", "-f", script(tmp_path, "DELETE FROM people;\nCOMMIT"), status=pgrade.REFUSED)
    assert count(place) == before
    ok(place, "-1", "SAVEPOINT s; DELETE FROM people; ROLLBACK TO s")
    assert count(place) == before


def test_an_open_transaction_is_told(place):
    assert "rolled back" in failed(place, "BEGIN; DELETE FROM people")
    assert count(place) == 3
    ok(place, "BEGIN; DELETE FROM people; COMMIT")
    assert count(place) == 0


def test_standard_input(place):
    done = subprocess.run([pgrade.program(), "sql", place, "--csv"], input="SELECT 1 AS a;\nSELECT 2 AS b",
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "a\n1\nb\n2\n")


def test_a_statement_alone_goes_to_the_database_of_the_environment(place, tmp_path):
    assert ok("SELECT count(*) FROM people", "--csv", DATABASE_URL=place) == "count(*)\n3\n".replace(
        "count(*)", "count" if place.startswith("postgres") else "count(*)")
    outcome = pgrade.run("sql", "SELECT 1")
    assert outcome.status == pgrade.USAGE and "no database was given" in outcome.stderr, outcome
    outcome = pgrade.run("sql", "my own.db", DATABASE_URL=place)
    assert outcome.status == pgrade.UNREACHABLE and "no such file" in outcome.stderr, outcome
    fixtures.build_from_text("CREATE TABLE t (a); INSERT INTO t VALUES (7)", tmp_path / "update me")
    shown = pgrade.run("sql", "update me", directory=str(tmp_path), DATABASE_URL=place)
    assert shown.status == pgrade.OK and shown.stdout == "", "a file of that name is a file"


def test_read_only(place):
    assert "read" in failed(place, "--read-only", "DELETE FROM people")
    ok(place, "--read-only", "SELECT * FROM people")
    assert count(place) == 3


def test_wrong_usage(place, tmp_path):
    for words in ((place, "SELECT 1", "-f", "x"), (place, "SELECT 1", "--csv", "--json"),
                  (place, "SELECT 1", "--hide-values"), (place, "SELECT 1", "--timeout", "x")):
        failed(*words, status=pgrade.USAGE)
    failed(str(tmp_path / "none.db"), "SELECT 1", status=pgrade.UNREACHABLE)
    assert not os.path.exists(tmp_path / "none.db")


def test_a_file_is_made_only_when_asked(tmp_path):
    ok(str(tmp_path / "new.db"), "--create", "CREATE TABLE t (i)")
    assert ok(str(tmp_path / "new.db"), "SELECT name FROM sqlite_schema", "--csv") == "name\nt\n"


def test_sqlite_has_its_own_defaults(tmp_path):
    path = str(fixtures.build_from_text("CREATE TABLE a (i PRIMARY KEY); CREATE TABLE b (i REFERENCES a);",
                                        tmp_path / "app.db"))
    ok(path, "INSERT INTO b VALUES (1)")
    assert "FOREIGN KEY" in failed(path, "PRAGMA foreign_keys = on; INSERT INTO b VALUES (2)")


def test_a_timeout_ends_a_statement(place):
    endless = ("SELECT pg_sleep(600)" if place.startswith("postgres") else
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
    assert "timeout" in failed(place, endless, "--timeout", "1")


def test_a_failed_transaction_is_not_called_committed(database):
    words = failed(database.url, "BEGIN; SELECT 1/0")
    assert "the transaction that was open is rolled back" in words


def test_passwords_are_shown_nowhere(scram_cluster):
    database = scram_cluster.create_database()
    outcome = pgrade.run("sql", database.url.replace("%23", "%24"), "SELECT 1", "--json")
    assert outcome.status == pgrade.UNREACHABLE
    assert "p@ss" not in str(outcome) and "p%40ss" not in str(outcome)


@pytest.mark.parametrize("form", ["--csv", "--json"])
def test_memory_stays_flat(form, database):
    """A hundred times as many rows take no more."""
    def peak(rows):
        sql = f"SELECT i, repeat('x', 1000) FROM generate_series(1, {rows}) i"
        process = subprocess.Popen([pgrade.program(), "sql", database.url, sql, form], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL,
                                   env=dict(os.environ, ASAN_OPTIONS="quarantine_size_mb=1"))
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        assert status == 0
        return usage.ru_maxrss * 1024

    assert peak(50000) < peak(500) + 20_000_000


def test_behind_a_pooler(cluster, database):
    database.execute(SCHEMA)
    with Pooler(cluster) as pooler:
        url = pooler.url(database.name)
        assert ok(url, "SELECT 0.1::float8 + 0.2::float8 AS f, '2026-03-01'::date AS d", "--csv") == (
            "f,d\n0.30000000000000004,2026-03-01\n")
        for _ in range(4):
            assert "read-only" in failed(url, "--read-only", "DELETE FROM people")
        ok(url, "DELETE FROM people WHERE id = 1")
        for place, warned in (url, True), (database.url, False):
            said = pgrade.run("sql", place, "SET statement_timeout = 1000; LISTEN a; SELECT 1").stderr
            assert said.count("what SET did stays with one of its connections") == warned, said
        assert "pooler" not in pgrade.run("sql", url, "BEGIN; SET LOCAL work_mem = 64; COMMIT").stderr
        assert "people" in pgrade.run("show", url).stdout
        assert "primary key" in pgrade.run("show", url, "people").stdout
        assert database.name in pgrade.run("show", url, "--databases").stdout
