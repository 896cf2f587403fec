"""A downgrade whose writer makes a mistake, whose disk is full, which is interrupted, killed or cut off.

Mistakes and full disks are made by a library between the program and SQLite, so that no code of pgrade knows of them.
"""

import os
import signal
import sqlite3
import subprocess

import pytest

import pgrade
from gate import poll
from small import make_small

BETWEEN = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int asked(sqlite3_stmt *statement, const char *mistake)
{
    const char *wanted = getenv("MISTAKE");
    const char *sql = sqlite3_sql(statement);

    return wanted != NULL && strcmp(wanted, mistake) == 0 && sql != NULL &&
           (strncmp(sql, "INSERT OR FAIL INTO \"post\"", 26) == 0 || strncmp(sql, "UPDATE OR FAIL \"post\"", 21) == 0);
}

#define NEXT(name) static __typeof__(name) *next; if (next == NULL) next = dlsym(RTLD_NEXT, #name)

int sqlite3_bind_int64(sqlite3_stmt *statement, int place, sqlite3_int64 value)
{
    NEXT(sqlite3_bind_int64);
    return next(statement, place, asked(statement, "number") && place == 2 ? value + 1 : value);
}

int sqlite3_bind_double(sqlite3_stmt *statement, int place, double value)
{
    NEXT(sqlite3_bind_double);
    return next(statement, place, asked(statement, "double") ? nextafter(value, 0) : value);
}

int sqlite3_bind_text64(sqlite3_stmt *statement, int place, const char *text, sqlite3_uint64 size,
                        void (*release)(void *), unsigned char encoding)
{
    NEXT(sqlite3_bind_text64);
    if (asked(statement, "text") && size > 0)
        size--;
    if (asked(statement, "null"))
        return sqlite3_bind_null(statement, place);
    if (asked(statement, "class"))
        return sqlite3_bind_blob64(statement, place, text, size, release);
    return next(statement, place, text, size, release, encoding);
}

int sqlite3_step(sqlite3_stmt *statement)
{
    NEXT(sqlite3_step);
    return asked(statement, "row") ? SQLITE_DONE : next(statement);
}

ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t at)
{
    static int count;
    const char *last = getenv("WRITES");
    NEXT(pwrite64);

    if (last != NULL && ++count > atoi(last)) {
        errno = ENOSPC;
        return -1;
    }
    return next(file, bytes, size, at);
}
"""


@pytest.fixture(scope="module")
def between(tmp_path_factory):
    folder = tmp_path_factory.mktemp("between")
    (folder / "between.c").write_text(BETWEEN, encoding="ascii")
    library = str(folder / "between.so")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, str(folder / "between.c"), "-ldl", "-lsqlite3", "-lm"],
                   check=True)
    return {"LD_PRELOAD": library, "ASAN_OPTIONS": "verify_asan_link_order=0:detect_leaks=0"}


@pytest.fixture
def upgraded(tmp_path, database):
    (tmp_path / "source").mkdir()
    path = make_small(tmp_path / "source" / "app.db")
    connection = sqlite3.connect(path)
    connection.executescript("ALTER TABLE post ADD COLUMN price REAL; UPDATE post SET price = 0.1")
    connection.close()
    assert pgrade.upgrade(path, database.url).status == pgrade.OK
    database.execute("INSERT INTO post (author_id, title, price) SELECT 2, 'New', 1.25 FROM generate_series(1, 40)")
    (tmp_path / "made").mkdir()
    return path


def words(database, upgraded):
    made = upgraded.parent.parent / "made" / "back.db"
    return ["downgrade", database.url, str(made), "--like", str(upgraded), "--json"], made


@pytest.mark.parametrize("mistake, column", [("number", "author_id"), ("double", "price"), ("text", "title"),
                                             ("null", "title"), ("row", None)])
def test_a_mistake_of_the_writer_is_found(mistake, column, between, upgraded, database):
    command, made = words(database, upgraded)
    outcome = pgrade.run(*command, MISTAKE=mistake, **between)
    assert outcome.status == pgrade.FAILED, outcome
    assert outcome.report["error"]["code"] == "ERR_DIFFERENT", outcome
    assert [table["table"] for table in outcome.report["tables"] if not table["equal"]] == ["post"]
    assert os.listdir(made.parent) == []
    outcome = pgrade.run(*command[:-1], MISTAKE=mistake, **between)
    assert "post differs:" in outcome.stdout and (column is None or f"column {column};" in outcome.stdout), outcome
    outcome = pgrade.run(*command, MISTAKE="none", **between)
    assert outcome.status == pgrade.OK, outcome


@pytest.mark.parametrize("writes", [0, 1, 2, 3, 5, 8])
def test_the_disk_is_full(writes, between, upgraded, database):
    command, made = words(database, upgraded)
    outcome = pgrade.run(*command, WRITES=str(writes), **between)
    assert outcome.status in (pgrade.FAILED, pgrade.OK), outcome
    assert outcome.status == pgrade.FAILED or writes > 5, "so few writes make no file"
    if outcome.status == pgrade.FAILED:
        assert os.listdir(made.parent) == []
        assert outcome.report["error"]["code"] in ("ERR_IO", "ERR_SOURCE_CORRUPT"), outcome


WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE wait_event_type = 'Lock' AND application_name = 'pgrade' AND datname = current_database()"""


@pytest.fixture
def waiting(database, upgraded):
    """The program stands in the middle of the work, since somebody holds a table."""
    holder = database.connect()
    holder.cursor().execute("LOCK TABLE post IN ACCESS EXCLUSIVE MODE")
    command, made = words(database, upgraded)
    process = pgrade.start(*command)
    try:
        poll(lambda: database.execute(WAITING) != [(0,)], process)
        assert len(os.listdir(made.parent)) == 1
        yield process, made
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
        holder.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
def test_interrupted(number, waiting):
    process, made = waiting
    process.send_signal(number)
    outcome = pgrade.finish(process)
    assert outcome.status == pgrade.FAILED and outcome.report["error"]["code"] == "ERR_CANCELED", outcome
    assert os.listdir(made.parent) == []


def test_killed(waiting, database, upgraded):
    process, made = waiting
    process.kill()
    process.communicate()
    left = os.listdir(made.parent)
    assert len(left) == 1 and left[0].startswith(".back.db.pgrade-"), left
    database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
                     " AND pid <> pg_backend_pid()")
    outcome = pgrade.run(*words(database, upgraded)[0])
    assert outcome.status == pgrade.OK, outcome
    assert sorted(os.listdir(made.parent)) == sorted(left + ["back.db"])


def test_cut_off(waiting, database):
    process, made = waiting
    database.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgrade'"
                     " AND datname = current_database()")
    outcome = pgrade.finish(process)
    assert outcome.status == pgrade.UNREACHABLE, outcome
    assert os.listdir(made.parent) == []
