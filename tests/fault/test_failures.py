"""The Nth allocation, read, write, flush, opening or query fails: a message, no crash, the target as it was or done.

Some of the Ns in the ordinary run; all of them (of allocations of the libraries: every so many) with `-m long`.
"""

import os
import sqlite3

import pytest

import pgrade
from catalog_text import table_names
from compare import compare
from gate import poll
from faulty import Faulty, build_shim, numbers
from small import make_small
from trouble import error_lines
from untouched import Untouched

MORE = """
CREATE VIEW titles AS SELECT title FROM post;
CREATE TABLE odd (id INTEGER PRIMARY KEY, number INTEGER);
INSERT INTO odd VALUES (1, 1), (2, 'x'), (3, 3);
"""
ANSWERS = ["--misfit", "quarantine", "--quarantine-file", "aside.csv"]
FEW = 4
ENDS = (pgrade.FAILED, pgrade.UNREACHABLE, pgrade.DECISION, pgrade.REFUSED)


@pytest.fixture(scope="session")
def shim(tmp_path_factory):
    folder = str(tmp_path_factory.mktemp("shim"))
    return {memory: build_shim(folder, memory) for memory in (False, True)}


@pytest.fixture
def work(tmp_path):
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.fixture(params=["delete", pytest.param("wal", marks=pytest.mark.long)])
def source(request, tmp_path):
    (tmp_path / "source").mkdir()
    path = make_small(tmp_path / "source" / "app.db", request.param)
    connection = sqlite3.connect(path)
    connection.executescript(MORE)
    connection.close()
    return path


@pytest.fixture(params=[False, pytest.param(True, marks=pytest.mark.long)], ids=["some", "all"])
def long(request):
    return request.param


SESSIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgrade' AND datname = current_database()"


# Where memory ends at COMMIT or behind it.
PUBLISHED = "the tables are published, with every row; only what follows that, the report, is lost"
COMMIT_UNDER_WAY = "COMMIT was under way to the server"


def empty(database):
    """As it was; a server learns by and by that its client has gone, and the next run finds its lock held till then."""
    poll(lambda: database.execute(SESSIONS) == [(0,)])
    database.execute("DROP SCHEMA IF EXISTS pgrade_record CASCADE")
    database.execute("DROP SCHEMA public CASCADE")
    database.execute("CREATE SCHEMA public")


def leave_nothing(work):
    for name in os.listdir(work):
        os.unlink(work / name)


def assert_told(outcome):
    assert outcome.status in ENDS, outcome
    assert "Sanitizer" not in outcome.stderr and "runtime error" not in outcome.stderr, outcome
    if "pgrade: error: out of memory" not in outcome.stderr:
        assert error_lines(outcome)["pgrade"], outcome


def check(outcome, database, source, work):
    """Published whole, or nothing is there, and it is said which; and the next run does as if nothing had been."""
    told_later = outcome.status == pgrade.FAILED and PUBLISHED in outcome.stderr
    if outcome.status in (pgrade.OK, pgrade.SHORTFALL) or told_later:
        assert told_later or compare(source, database.url, outcome.report).equal or "odd" in table_names(database)
        assert database.execute("SELECT count(*) FROM post") == [(3,)]
    else:
        assert table_names(database) == [] or COMMIT_UNDER_WAY in outcome.stderr, outcome
    if outcome.status not in (pgrade.OK, pgrade.SHORTFALL):
        assert_told(outcome)
    empty(database)
    leave_nothing(work)


def run_all(faulty, chosen, arguments, database, source, work):
    """The statuses, by how many ended so."""
    statuses = {}
    before = Untouched(os.path.dirname(source), shm_may_come=True)
    for number in chosen:
        outcome = faulty.run(number, *arguments)
        try:
            check(outcome, database, source, work)
        except AssertionError as error:
            raise AssertionError(f"{faulty.environment['FAULT_KIND']} {number} of {len(chosen)}: {error}") from error
        statuses[outcome.status] = statuses.get(outcome.status, 0) + 1
    assert [found for found in before.differences() if "-wal" not in found] == []
    outcome = pgrade.run(*arguments, directory=str(work))
    assert outcome.status == pgrade.SHORTFALL, "after all that it goes as ever"
    print(f"\n{faulty.environment['FAULT_KIND']}: {len(chosen)} runs, ends {dict(sorted(statuses.items()))}")
    return statuses


def arguments_for(source, database, work, *more):
    return ["upgrade", str(source), database.url, "--json", "--work-dir", str(work), *ANSWERS, *more]


@pytest.mark.parametrize("kind, step", [("malloc", 1), ("malloc-any", 37)])
def test_allocation(kind, step, long, shim, source, database, work):
    faulty = Faulty(shim, kind, work)
    arguments = arguments_for(source, database, work)
    if kind == "malloc-any":
        arguments[2] += "?gssencmode=disable"  # Kerberos' own library crashes where it has no memory
    count = faulty.count(*arguments)
    empty(database)
    leave_nothing(work)
    chosen = list(numbers(count, long, FEW))[:: step if long else 1]
    statuses = run_all(faulty, chosen, arguments, database, source, work)
    assert statuses.get(pgrade.FAILED, 0) > 0


NO_DOCUMENT = "warning: what is printed is not whole: no memory for the document of --json\n"


def test_allocation_while_trouble_is_told(long, shim, source, database, work):
    """The message of a run that is refused is whole, or it is that there is no memory."""
    (work / "aside.csv").write_text("somebody's")
    arguments = arguments_for(source, database, work)
    faulty = Faulty(shim, "malloc", work)
    whole = faulty.run(0, *arguments)
    assert whole.status == pgrade.REFUSED, whole
    with open(faulty.count_path, encoding="ascii") as stream:
        count = int(stream.read())
    for number in range(1 if long else count - 8, count + 1):
        outcome = faulty.run(number, *arguments)
        said = outcome.messages.removeprefix(NO_DOCUMENT)
        assert said == whole.messages or outcome.status == pgrade.FAILED, (number, outcome)
        assert_told(outcome)


FILES = {
    "reading the source": ("read", "app.db", "EIO", []),
    "reading the source in place": ("read", "app.db", "EIO", ["--in-place"]),
    "opening the source": ("open", "app.db", "EIO", []),
    "writing the copy": ("write", "source.db", "ENOSPC", []),
    "reading the copy": ("read", "source.db", "EIO", []),
    "opening the copy": ("open", "source.db", "EIO", []),
    "writing the rows set aside": ("write", "aside.csv", "ENOSPC", []),
    "flushing the rows set aside": ("sync", "aside.csv", "EIO", []),
    "opening the rows set aside": ("open", "aside.csv", "EIO", []),
}


@pytest.mark.parametrize("what", FILES)
def test_file(what, long, shim, source, database, work):
    kind, path, error, more = FILES[what]
    faulty = Faulty(shim, kind, work, path=path, error=error)
    arguments = arguments_for(source, database, work, *more)
    count = faulty.count(*arguments)
    empty(database)
    leave_nothing(work)
    if "copy" in what and count == 0:
        return  # a file in WAL mode is read where it is
    assert count > 0, "there is nothing that could fail"
    run_all(faulty, list(numbers(count, long, FEW)), arguments, database, source, work)


# (SQLSTATE, what the error's hint says)
CLASSES = {
    "permission": ("42501", "grant that right"),
    "disk full": ("53100", "free space on the server"),
    "out of memory": ("53200", "no memory"),
    "too many connections": ("53300", "no connection left"),
    "lock timeout": ("55P03", "pg_locks"),
    "deadlock": ("40P01", "run the same command again"),
    "serialization": ("40001", "run the same command again"),
    "read only": ("25006", "standby"),
    "canceled": ("57014", "canceled on the server"),
    "syntax": ("42601", "--trace-sql"),
    "not supported": ("0A000", "is it PostgreSQL itself"),
    "I/O": ("58030", "see its log"),
    "internal": ("XX000", "see its log"),
    "a value": ("22P02", None),
    "a constraint": ("23505", None),
    "shutdown": ("57P01", "see the server's log"),
    "crash": ("57P02", "see the server's log"),
    "starting": ("57P03", "see the server's log"),
    "session ended": ("terminate", "see the server's log"),
}
COUNTED = ("a value", "a constraint")  # which may be a row's, and so lead to a decision or a shortfall


@pytest.mark.parametrize("what", CLASSES)
def test_query(what, long, shim, tmp_path, database, work):
    """The server's own error, at any statement, and its transaction in the state that it is in then."""
    sqlstate, hint = CLASSES[what]
    (tmp_path / "source").mkdir()
    source = make_small(tmp_path / "source" / "app.db")
    faulty = Faulty(shim, "query", work, error=sqlstate)
    arguments = ["upgrade", str(source), database.url, "--json", "--work-dir", str(work)]
    count = faulty.count(*arguments)
    empty(database)
    assert count > 20
    told = 0
    for number in numbers(count, long, 3):
        outcome = faulty.run(number, *arguments)
        check(outcome, database, source, work)
        lines = error_lines(outcome) if outcome.status in ENDS else {}
        told += hint is not None and hint in lines.get("try", "")
        assert what in COUNTED or not lines or "why" in lines, outcome
    assert hint is None or told > 0, "the hint of that class is never given"
