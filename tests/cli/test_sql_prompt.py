"""The prompt of `pgrade sql`, on a terminal, on both engines."""

import os
import stat

import pytest

import fixtures
import pgrade
from gate import poll
from terminal import Terminal

pytestmark = pytest.mark.core

SCHEMA = """CREATE TABLE people (id integer PRIMARY KEY, name text);
INSERT INTO people VALUES (1, 'ada'), (2, NULL);"""


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path, database):
    if request.param == "sqlite":
        return str(fixtures.build_from_text(SCHEMA, tmp_path / "app.db"))
    database.execute(SCHEMA)
    return database.url


@pytest.fixture
def home(tmp_path):
    return {"HOME": str(tmp_path), "PGRADE_HISTORY": str(tmp_path / "history")}


def prompt(place, home, *options):
    return Terminal("sql", place, *options, **home)


def leave(terminal):
    terminal.line(r"\q")
    assert terminal.close() == pgrade.OK


def test_statements_over_several_lines(place, home):
    with prompt(place, home) as terminal:
        terminal.expect("=> ")
        terminal.line("SELECT name,")
        terminal.expect("-> ")
        terminal.line("  'a;")
        terminal.expect("'> ")
        terminal.line("b' AS two FROM people ORDER BY id; SELECT 7 AS seven;")
        shown = terminal.expect(r"\(1 row\)")
        assert "ada   a;\\nb" in shown and "NULL  a;\\nb" in shown and "seven" in shown
        terminal.expect("=> ")
        leave(terminal)


def test_a_mistake_is_no_end(place, home):
    with prompt(place, home) as terminal:
        terminal.expect("=> ")
        terminal.line("SELECT * FROM nowhere;")
        terminal.expect("error: .*nowhere")
        terminal.expect("=> ")
        terminal.line("SELECT count(*) AS n FROM people;")
        terminal.expect(r"2\n\(1 row\)")
        terminal.expect("=> ")
        terminal.type("\x04")
        assert terminal.close() == pgrade.OK


def test_own_commands(place, home):
    with prompt(place, home) as terminal:
        terminal.expect("=> ")
        terminal.line(r"\dt")
        terminal.expect(r"people +table +2")
        terminal.line(r"\d people")
        terminal.expect(r"name +(text|TEXT)")
        terminal.line(r"\d nowhere")
        terminal.expect("error: there is no table nowhere")
        terminal.line(r"\l")
        terminal.expect("encoding +collation")
        terminal.line(r"\?")
        terminal.expect(r"\\q")
        terminal.line(r"\nonsense")
        terminal.expect("error: there is no command")
        terminal.line(r"\x")
        terminal.expect("a line a value")
        terminal.line("SELECT 5 AS five;")
        terminal.expect("-- row 1\nfive  5")
        terminal.line(r"\c")
        terminal.expect("connected to")
        leave(terminal)


def test_ctrl_c_ends_the_statement_and_keeps_the_prompt(place, home):
    endless = ("SELECT pg_sleep(600);" if place.startswith("postgres") else
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;")
    with prompt(place, home) as terminal:
        terminal.expect("=> ")
        terminal.line("SELECT 'begun';")
        terminal.expect("begun\n.*row")
        terminal.expect("=> ")
        terminal.line(endless)
        terminal.expect(r";\n")
        terminal.type("\x03")
        terminal.expect("error: .*(cancel|interrupt)")
        terminal.expect("=> ")
        terminal.type("half of one")
        terminal.expect("half of one")
        terminal.type("\x03")
        terminal.expect(r"\^C")
        terminal.expect("=> ")
        terminal.line("SELECT 6 * 7 AS answer;")
        terminal.expect("42")
        leave(terminal)


def test_the_history(place, home):
    with prompt(place, home) as terminal:
        terminal.expect("=> ")
        terminal.line("SELECT 'remembered' AS a;")
        terminal.expect(r"\(1 row\)")
        terminal.expect("=> ")
        terminal.line("SELECT 'the password' AS b;")
        terminal.expect(r"\(1 row\)")
        terminal.expect("=> ")
        leave(terminal)
    path = home["PGRADE_HISTORY"]
    with open(path, encoding="utf-8") as stream:
        kept = stream.read()
    assert "remembered" in kept and "the password" not in kept
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with prompt(place, home) as terminal:
        terminal.expect("=> ")
        terminal.type("\x1b[A")
        terminal.expect("remembered")
        terminal.type("\r")
        terminal.expect(r"\(1 row\)")
        leave(terminal)


def cut(cluster, database):
    """Ends all sessions of the database from outside, and waits until they are gone; new ones may be there by then."""
    admin = cluster.url("postgres")
    import psycopg2
    connection = psycopg2.connect(admin)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database.name,))
        ended = [pid for pid, _ in cursor.fetchall()]
        poll(lambda: cursor.execute("SELECT FROM pg_stat_activity WHERE pid = ANY (%s)", (ended,)) or cursor.rowcount == 0)
    connection.close()


def test_after_an_idle_cut_it_connects_again(cluster, database, home):
    database.execute("CREATE TABLE t (i integer)")
    with prompt(database.url, home) as terminal:
        terminal.expect("=> ")
        terminal.line("INSERT INTO t VALUES (1);")
        terminal.expect("INSERT: 1 row")
        terminal.expect("=> ")
        cut(cluster, database)
        terminal.line("INSERT INTO t VALUES (2);")
        terminal.expect("the server had closed the connection\nconnected again\nINSERT: 1 row")
        leave(terminal)
    assert database.execute("SELECT i FROM t ORDER BY i") == [(1,), (2,)]


def test_a_lost_transaction_is_told_and_nothing_is_run_outside_of_it(cluster, database, home):
    database.execute("CREATE TABLE t (i integer)")
    with prompt(database.url, home) as terminal:
        terminal.expect("=> ")
        terminal.line("BEGIN;")
        terminal.expect(r"=\*> ")
        terminal.line("INSERT INTO t VALUES (1);")
        terminal.expect("INSERT: 1 row")
        cut(cluster, database)
        terminal.line("INSERT INTO t VALUES (2);")
        terminal.expect("the transaction that was open is lost.*was not run")
        terminal.expect("=> ")
        leave(terminal)
    assert database.execute("SELECT i FROM t") == []


def test_a_statement_cut_while_it_runs_is_not_sent_twice(cluster, database, home):
    database.execute("CREATE TABLE t (i integer)")
    with prompt(database.url, home) as terminal:
        terminal.expect("=> ")
        terminal.line("INSERT INTO t SELECT 1 FROM pg_sleep(600);")
        poll(lambda: database.execute("SELECT 1 FROM pg_stat_activity WHERE query LIKE 'INSERT%pg_sleep%' "
                                      "AND state = 'active' AND pid <> pg_backend_pid()"))
        cut(cluster, database)
        terminal.expect("connection to the server was lost")
        terminal.expect("not sent a second time")
        terminal.expect("connected again")
        terminal.expect("=> ")
        leave(terminal)
    assert database.execute("SELECT i FROM t") == []


def test_a_failed_transaction_shows(database, home):
    with prompt(database.url, home) as terminal:
        terminal.expect("=> ")
        terminal.line("BEGIN; SELECT 1/0;")
        terminal.expect("error: division by zero")
        terminal.expect("=!> ")
        terminal.line("COMMIT;")
        terminal.expect("nothing was committed")
        terminal.expect("=> ")
        leave(terminal)


def test_a_wide_row_is_printed_a_line_a_value(place, home):
    with Terminal("sql", place, columns=60, **home) as terminal:
        terminal.expect("=> ")
        terminal.line("SELECT '%s' AS a, '%s' AS b;" % ("x" * 40, "y" * 40))
        terminal.expect("-- row 1\na  x+\nb  y+")
        leave(terminal)


def test_escapes_in_values_do_nothing_to_the_terminal(place, home):
    sql = "SELECT chr(27) || '[2J' || chr(8238) AS e;"
    with prompt(place, home) as terminal:
        terminal.expect("=> ")
        terminal.line(sql if place.startswith("postgres") else sql.replace("chr", "char"))
        terminal.expect(r"\\x1b\[2J\\u202e")
        leave(terminal)
