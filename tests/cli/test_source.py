"""Every way in which a source can be unusable: what is said, how it ends, and that nothing was touched."""

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap

import pytest

import pgrade
from small import SMALL, make_small
from trouble import Trouble, assert_clean, assert_trouble, one_document
from untouched import Untouched

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
PAGE = 4096


def big_file(path):
    """Some hundred pages, so that there is a middle to damage."""
    make_small(path)
    connection = sqlite3.connect(path)
    connection.executescript(
        "WITH RECURSIVE n (i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) "
        "INSERT INTO post SELECT i, 1, 'post number ' || i FROM n"
    )
    connection.close()
    assert os.path.getsize(path) > 100 * PAGE
    return path


def missing(path):
    pass


def directory(path):
    path.mkdir()


def fifo(path):
    os.mkfifo(path)


def text_file(path):
    path.write_text("Dear diary,\ntoday I looked for my database.\n", encoding="utf-8")


def sql_dump(path):
    path.write_text("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n" + SMALL, encoding="utf-8")


def few_bytes(path):
    path.write_bytes(b"\x7fELF\x02")


def encrypted(path):
    path.write_bytes(bytes((i * 167 + 13) % 256 for i in range(8 * PAGE)))


def truncated(path):
    big_file(path)
    os.truncate(path, 20 * PAGE)


def truncated_within_the_first_page(path):
    big_file(path)
    os.truncate(path, 512)


def header_only(path):
    big_file(path)
    os.truncate(path, 60)


TROUBLES = {
    missing: Trouble(5, "app.db: no such file", None, "nothing was created", "ERR_SOURCE_MISSING"),
    directory: Trouble(5, "app.db: a directory, not", None, "name the SQLite file", "ERR_SOURCE_KIND"),
    text_file: Trouble(5, "app.db: not a SQLite", 'starting with "Dear diary', "SQL dump", "ERR_SOURCE_KIND"),
    sql_dump: Trouble(5, "app.db: not a SQLite", "PRAGMA foreign_keys", "< dump.sql", "ERR_SOURCE_KIND"),
    few_bytes: Trouble(5, "app.db: not a SQLite", "only 5 bytes", "check the path", "ERR_SOURCE_KIND"),
    encrypted: Trouble(5, "app.db: not a SQLite", "encrypted (SQLCipher", "decrypted", "ERR_SOURCE_KIND"),
    truncated: Trouble(1, "app.db: the file is cut short", "it has 81920", "backup", "ERR_SOURCE_CORRUPT"),
    truncated_within_the_first_page: Trouble(1, "the file is cut short", "it has 512", "backup"),
    header_only: Trouble(5, "app.db: not a SQLite", "only 60 bytes", "check the path"),
}


@pytest.mark.parametrize("make", TROUBLES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("command", ["plan", "upgrade"])
def test_unusable_file(make, command, folder, untouched):
    make(folder / "app.db")
    untouched()
    target = [NOWHERE] if command == "upgrade" else []
    assert_trouble(TROUBLES[make], command, str(folder / "app.db"), *target)


def test_pipe_is_not_waited_for(folder):
    os.mkfifo(folder / "app.db")
    told = Trouble(5, "app.db: not a regular file", None, "name the SQLite file", "ERR_SOURCE_KIND")
    assert_trouble(told, "plan", str(folder / "app.db"), timeout=20)


def test_file_in_a_file(small, untouched):
    untouched()
    assert_trouble(Trouble(5, "app.db/app.db: no such file", None, ""), "plan", f"{small}/app.db")


@pytest.mark.core
def test_empty_file_has_no_tables(folder, untouched, database):
    """What SQLite itself makes of a new database: done, but surely not what was meant."""
    (folder / "app.db").touch()
    untouched()
    outcome = pgrade.run("upgrade", str(folder / "app.db"), database.url)
    assert outcome.status == pgrade.OK, outcome
    assert "warning: the source has no tables; if that is unexpected, check the path" in outcome.stderr
    assert tables_of(database) == []


def damage(path, page, content):
    with open(path, "r+b") as stream:
        stream.seek((page - 1) * PAGE)
        stream.write(content)


def leaf_of_post(path):
    """A page in the middle of the table's rows."""
    connection = sqlite3.connect(path)
    pages = connection.execute(
        "SELECT pageno FROM dbstat WHERE name = 'post' AND pagetype = 'leaf' ORDER BY path"
    ).fetchall()
    connection.close()
    return pages[len(pages) // 2][0]


@pytest.mark.core
def test_damaged_page(folder, untouched, database):
    path = big_file(folder / "app.db")
    damage(path, leaf_of_post(path), b"\x5a" * PAGE)
    untouched()
    told = Trouble(1, "post: ", "malformed", "restore a backup", "ERR_SOURCE_CORRUPT")
    assert_trouble(told, "upgrade", str(path), database.url)
    assert tables_of(database) == [] and schemas_of(database) == ["public"]
    assert_trouble(told, "plan", str(path))


def rowids_of_leaves(path):
    """The first and last rowid of each leaf of post, by its page, in their order."""
    connection = sqlite3.connect(path)
    pages = connection.execute(
        "SELECT pageno, ncell FROM dbstat WHERE name = 'post' AND pagetype = 'leaf' ORDER BY path"
    ).fetchall()
    ids = [row[0] for row in connection.execute("SELECT id FROM post ORDER BY id")]
    connection.close()
    leaves = []
    for page, cells in pages:
        leaves.append((page, ids[0], ids[cells - 1]))
        ids = ids[cells:]
    assert ids == []
    return leaves


@pytest.mark.core
@pytest.mark.parametrize("pages", ["first", "middle", "last", "two", "all"])
def test_damage_is_told_by_its_rows(folder, untouched, database, pages):
    path = big_file(folder / "it's an app.db")
    leaves = rowids_of_leaves(path)
    middle = len(leaves) // 2
    chosen = {"first": leaves[:1], "middle": leaves[middle : middle + 1], "last": leaves[-1:],
              "two": [leaves[10], leaves[middle]], "all": leaves}[pages]  # fmt: skip
    for page, _, _ in chosen:
        damage(path, page, b"\x5a" * PAGE)
    untouched()
    first, last = chosen[0][1], chosen[-1][2]
    which = {"first": f"rowids up to {last} cannot", "last": f"rowids from {first} on cannot",
             "all": "damaged: its rows cannot"}.get(pages, f"rowids from {first} to {last} cannot")  # fmt: skip
    command = "sqlite3 '" + str(path).replace("'", "'\\''") + "' .dump | sed "
    told = Trouble(1, which, "nothing was published", command, "ERR_SOURCE_CORRUPT")
    assert_trouble(told, "upgrade", str(path), database.url)
    assert_trouble(told, "plan", str(path))
    assert tables_of(database) == [] and schemas_of(database) == ["public"]


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="needs the program sqlite3")
def test_what_is_recovered_is_upgraded(folder, database):
    """The way on that the message shows, as it is typed."""
    path = big_file(folder / "app.db")
    (page, first, last) = rowids_of_leaves(path)[40]
    damage(path, page, b"\x5a" * PAGE)
    outcome = pgrade.run("upgrade", str(path), database.url)
    (line,) = [one for one in outcome.stderr.splitlines() if "recovered.db" in one]
    command = line[line.index("sqlite3 ") : line.index(" && ")]
    subprocess.run(command, shell=True, cwd=folder, check=True)
    outcome = pgrade.run("upgrade", str(folder / "recovered.db"), database.url)
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT count(*), count(*) FILTER (WHERE id BETWEEN %s AND %s) FROM post", (first, last)) == [
        (30000 - (last - first + 1), 0)
    ]  # fmt: skip


@pytest.mark.core
@pytest.mark.parametrize("page_of", ["t", "t_a"])
def test_rows_cut_out_of_a_page(folder, untouched, database, page_of):
    """SQLite reads such a file without an error; the table and its index tell different numbers of rows."""
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT);
        CREATE INDEX t_a ON t (a);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
            INSERT INTO t SELECT i, 'row ' || i FROM n;
        """
    )
    (page,) = connection.execute(
        "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path LIMIT 1", (page_of,)
    ).fetchone()
    connection.close()
    with open(path, "r+b") as stream:
        stream.seek((page - 1) * PAGE + 3)
        cells = int.from_bytes(stream.read(2), "big")
        stream.seek((page - 1) * PAGE + 3)
        stream.write((cells - 3).to_bytes(2, "big"))
    untouched()
    told = Trouble(1, "t: the file is damaged: its index t_a has", "integrity_check", ".recover", "ERR_SOURCE_CORRUPT")
    assert_trouble(told, "upgrade", str(path), database.url)
    assert tables_of(database) == [] and schemas_of(database) == ["public"]


@pytest.fixture
def out_of_order(folder):
    """The rows of a page in the wrong order: each can be read, and nothing counts otherwise."""
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x'), (2, 'y')")
    (page,) = connection.execute("SELECT rootpage FROM sqlite_schema").fetchone()
    connection.close()
    content = bytearray(path.read_bytes())
    at = (page - 1) * PAGE + 8  # the places of the page's rows stand behind its header
    content[at : at + 4] = content[at + 2 : at + 4] + content[at : at + 2]
    path.write_bytes(bytes(content))
    return path


@pytest.mark.core
@pytest.mark.parametrize("command", ["plan", "upgrade"])
def test_whole_file_is_looked_at_on_request(out_of_order, untouched, database, command):
    untouched()
    target = [database.url] if command == "upgrade" else []
    told = Trouble(1, "the file is damaged", "quick_check: ", "recovered.db", "ERR_SOURCE_CORRUPT")
    assert_trouble(told, command, str(out_of_order), *target, "--check-source")
    assert tables_of(database) == [] and schemas_of(database) == ["public"]
    outcome = pgrade.run(command, str(out_of_order), *target)
    assert outcome.status == pgrade.OK, "it reads the whole file, so only on request"


def test_values_against_their_declaration_are_no_damage(folder, untouched):
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        """
        CREATE TABLE t (a INTEGER CHECK (a > 0), b TEXT);
        PRAGMA ignore_check_constraints = 1;
        INSERT INTO t VALUES (-1, 'x');
        PRAGMA writable_schema = 1;
        UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a INTEGER CHECK (a > 0), b TEXT NOT NULL)';
        INSERT INTO t VALUES (1, NULL);
        """
    )
    connection.close()
    connection = sqlite3.connect(path)
    messages = " ".join(row[0] for row in connection.execute("PRAGMA quick_check"))
    connection.close()
    assert "CHECK constraint failed in t" in messages and "NULL value in t.b" in messages
    untouched()
    outcome = pgrade.run("plan", str(path), "--check-source")
    assert outcome.status == pgrade.OK and "Values that do not fit: 1" in outcome.stdout, outcome


def test_damaged_schema(folder, untouched):
    """The text of a CREATE TABLE was overwritten, the rest of the file is sound."""
    path = make_small(folder / "app.db")
    content = path.read_bytes().replace(b"CREATE TABLE author (", b"CREATE TABEL author (")
    path.write_bytes(content)
    untouched()
    outcome = pgrade.run("plan", str(path), "--json")
    assert_clean(outcome)
    left = {(entry["class"], entry["table"], entry["name"]) for entry in one_document(outcome)["not_carried"]}
    assert left == {("table", None, "author"), ("foreign key", "post", "references author")}


def test_root_page_beyond_the_file(folder, untouched):
    path = make_small(folder / "app.db")
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA writable_schema = 1")
    connection.execute("UPDATE sqlite_schema SET rootpage = 900 WHERE name = 'post'")
    connection.commit()
    connection.close()
    untouched()
    assert_trouble(Trouble(1, "app.db: the file is damaged", "", "restore a backup"), "plan", str(path))


def test_without_read_permission(open_folder, stranger):
    path = make_small(os.path.join(open_folder, "app.db"))
    os.chmod(path, 0)
    told = Trouble(5, "app.db: cannot be read", "Permission denied", "as the user who owns", "ERR_PERMISSION")
    assert_trouble(told, "plan", path, account=stranger)


def test_folder_without_permission(open_folder, stranger):
    path = make_small(os.path.join(open_folder, "app.db"))
    os.chmod(open_folder, 0)
    try:
        told = Trouble(5, "app.db: cannot be read", "Permission denied", "", "ERR_PERMISSION")
        assert_trouble(told, "plan", path, account=stranger)
    finally:
        os.chmod(open_folder, 0o755)


def test_read_only_file_in_a_read_only_folder_is_enough(open_folder, stranger):
    path = make_small(os.path.join(open_folder, "app.db"))
    before = Untouched(open_folder)
    with read_only(open_folder):
        outcome = pgrade.run("plan", path, account=stranger)
    assert outcome.status == pgrade.OK, outcome
    assert before.differences() == []


class read_only:
    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        for name in os.listdir(self.folder):
            os.chmod(os.path.join(self.folder, name), 0o444)
        os.chmod(self.folder, 0o555)

    def __exit__(self, *_):
        os.chmod(self.folder, 0o755)


def make_wal(path, keep):
    """A file in WAL mode whose -wal holds the newest row; `keep`: the files beside it that remain."""
    live = f"{path}.live"
    connection = sqlite3.connect(make_small(live, "wal"))
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("INSERT INTO author VALUES (3, 'Cy')")
    connection.commit()
    for suffix in ["", *keep]:
        shutil.copyfile(live + suffix, path + suffix)
    connection.close()
    os.unlink(live)
    return path


def test_wal_in_a_read_only_folder(open_folder, stranger):
    path = make_wal(os.path.join(open_folder, "app.db"), keep=["-wal"])
    before = Untouched(open_folder)
    with read_only(open_folder):
        told = Trouble(5, "app.db: ", "SQLite result", "together with its -wal", "ERR_PERMISSION")
        assert_trouble(told, "plan", path, account=stranger)
    assert before.differences() == []


def test_wal_mode_without_a_wal_in_a_read_only_folder(open_folder, stranger):
    path = make_wal(os.path.join(open_folder, "app.db"), keep=[])
    before = Untouched(open_folder)
    with read_only(open_folder):
        told = Trouble(5, "app.db: ", "SQLite result", "?immutable=1", "ERR_PERMISSION")
        assert_trouble(told, "plan", path, account=stranger)
        outcome = pgrade.run("plan", f"sqlite:///{path}?immutable=1", "--json", account=stranger)
        assert outcome.status == pgrade.OK, outcome
    assert before.differences() == []


def test_wal_with_its_shm_in_a_read_only_folder(open_folder, stranger):
    """SQLite reads it when both files are there: nothing has to be made."""
    path = make_wal(os.path.join(open_folder, "app.db"), keep=["-wal", "-shm"])
    before = Untouched(open_folder)
    with read_only(open_folder):
        outcome = pgrade.run("plan", path, "--json", account=stranger)
    assert outcome.status == pgrade.OK, outcome
    assert rows_estimate(outcome, "author") == 3
    assert before.differences() == []


def rows_estimate(outcome, name):
    tables = one_document(outcome)["tables"]
    return next(table["rows_estimate"] for table in tables if table["name"] == name)


@pytest.mark.core
def test_wal_is_read_and_stays(folder, untouched, database):
    path = make_wal(str(folder / "app.db"), keep=["-wal"])
    untouched(shm_may_come=True)
    outcome = pgrade.run("upgrade", path, database.url)
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT name FROM author ORDER BY id") == [("Ada",), ("Bo",), ("Cy",)]


def test_immutable_with_a_wal_is_refused(folder, untouched):
    path = make_wal(str(folder / "app.db"), keep=["-wal"])
    untouched()
    told = Trouble(4, "immutable=1 was asked for", "the newest rows", "copy both files", "ERR_REFUSED")
    assert_trouble(told, "plan", f"sqlite:///{path}?immutable=1")
    assert_trouble(told, "plan", f"file:{path}?immutable=1")


def test_immutable_of_another_journal_mode(small, untouched):
    untouched()
    outcome = pgrade.run("plan", f"file:{small}?immutable=1&mode=ro")
    assert outcome.status == pgrade.OK, outcome


def run_python(program, *arguments):
    """Another process: locks of SQLite hold between processes only."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


LOCKER = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchall()
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize(
    "mode, statements",
    [
        ("delete", ["BEGIN EXCLUSIVE"]),
        pytest.param("delete", ["PRAGMA locking_mode = EXCLUSIVE", "UPDATE author SET name = name"], marks=pytest.mark.long),
        pytest.param("wal", ["PRAGMA locking_mode = EXCLUSIVE", "BEGIN IMMEDIATE"], marks=pytest.mark.long),
    ],
    ids=["transaction", "locking mode", "locking mode, WAL"],
)
def test_locked_by_a_writer(mode, statements, folder):
    path = make_small(folder / "app.db", mode)
    holder = run_python(LOCKER, path, *statements)
    try:
        assert holder.stdout.readline() == "locked\n"
        before = Untouched(folder, shm_may_come=True)
        told = Trouble(5, "app.db: another program keeps it locked", "locked", "stop the application")
        assert_trouble(told, "plan", str(path))
        assert before.differences() == []
    finally:
        holder.communicate("")


def test_reader_and_waiting_writer_are_no_obstacle(small):
    """SHARED and RESERVED locks let others read."""
    holder = run_python(LOCKER, small, "BEGIN IMMEDIATE", "UPDATE author SET name = name")
    try:
        assert holder.stdout.readline() == "locked\n"
        assert pgrade.run("plan", str(small)).status == pgrade.OK
    finally:
        holder.communicate("")


CRASHING_WRITER = """
import os, signal, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 5")
connection.execute("BEGIN")
connection.execute("UPDATE post SET title = 'half ' || id")
assert os.path.getsize(sys.argv[1] + "-journal") > 0
os.kill(os.getpid(), signal.SIGKILL)
"""


def half_written(path):
    """A writer crashed half way through its commit, and its journal has what the file was before."""
    big_file(path)
    run_python(CRASHING_WRITER, path).communicate()
    assert os.path.getsize(f"{path}-journal") > 0
    return path


@pytest.mark.core
def test_hot_journal_is_rolled_back_in_the_copy(folder, untouched, database):
    path = half_written(folder / "app.db")
    untouched()
    outcome = pgrade.run("upgrade", str(path), database.url, "--json")
    assert outcome.status == pgrade.OK, outcome
    assert outcome.report["snapshot"]["journal_rolled_back"]
    assert database.execute("SELECT count(*), count(*) FILTER (WHERE title LIKE 'half%') FROM post") == [(30000, 0)]


def test_hot_journal_by_a_link(folder, untouched, tmp_path):
    """SQLite finds the journal beside the file itself."""
    path = half_written(folder / "app.db")
    os.symlink(path, tmp_path / "link.db")
    untouched()
    outcome = pgrade.run("plan", str(tmp_path / "link.db"), "--json")
    assert outcome.status == pgrade.OK and outcome.report["snapshot"]["journal_rolled_back"], outcome


def test_hot_journal_without_a_copy(folder, untouched):
    path = half_written(folder / "app.db")
    untouched()
    told = Trouble(5, "app.db: a program crashed while writing it", "", "start and stop the application")
    assert_trouble(told, "plan", str(path), "--in-place")


def test_hot_journal_that_may_not_be_read(open_folder, stranger):
    path = half_written(os.path.join(open_folder, "app.db"))
    os.chmod(path, 0o644)
    os.chmod(f"{path}-journal", 0)
    before = Untouched(open_folder)
    told = Trouble(5, "cannot read its journal", "Permission denied", "as the user who owns", "ERR_PERMISSION")
    assert_trouble(told, "plan", path, account=stranger)
    assert before.differences() == []


@pytest.mark.parametrize("mode", ["persist", "truncate"])
def test_journal_that_was_finished(mode, folder, untouched):
    path = make_small(folder / "app.db", mode)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute("INSERT INTO author VALUES (3, 'Cy')")
    connection.commit()
    connection.close()
    assert os.path.exists(f"{path}-journal")
    untouched()
    outcome = pgrade.run("plan", str(path), "--json")
    assert outcome.status == pgrade.OK and not outcome.report["snapshot"]["journal_rolled_back"], outcome
    assert rows_estimate(outcome, "author") == 3


@pytest.mark.parametrize(
    "name",
    [
        "my app.db",
        "100%.db",
        "%41.db",
        "it's.db",
        'say "hi".db',
        "what?.db",
        "what?immutable=1",
        "a#b.db",
        "a&b=c;d.db",
        "größe-数据-😀.db",
        "back\\slash.db",
        "line\nend.db",
        "no-utf8-\udcff.db",
        "x" * 250 + ".db",
        "-dash.db",
    ],
)
def test_any_path(name, folder, untouched):
    path = make_small(folder / "app.db")
    os.rename(path, folder / name)
    untouched()
    outcome = pgrade.run("plan", "--", name, directory=folder)
    assert outcome.status == pgrade.OK, outcome
    outcome = pgrade.run("plan", "--json", str(folder / name))
    assert outcome.status == pgrade.OK, outcome
    assert_clean(outcome)
    assert rows_estimate(outcome, "post") == 3


@pytest.mark.core
def test_path_of_everything_arrives(folder, untouched, database):
    path = make_small(folder / "app.db")
    strange = folder / 'it\'s 100% "mine"? #1 é.db'
    os.rename(path, strange)
    untouched()
    outcome = pgrade.run("upgrade", str(strange), database.url)
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT DISTINCT source FROM pgrade_record.published") == [(str(strange),)]


def test_path_that_is_no_utf8_arrives(folder, untouched, database):
    os.rename(make_small(folder / "app.db"), folder / "no-utf8-\udcff.db")
    untouched()
    outcome = pgrade.run("upgrade", "no-utf8-\udcff.db", database.url, directory=folder)
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT DISTINCT source FROM pgrade_record.published") == [("no-utf8-\\xff.db",)]


def test_link_to_a_file(small, untouched, tmp_path):
    (tmp_path / "link.db").symlink_to(small)
    untouched()
    assert pgrade.run("plan", str(tmp_path / "link.db")).status == pgrade.OK
    (tmp_path / "broken.db").symlink_to(tmp_path / "gone.db")
    told = Trouble(5, "broken.db: no such file", None, "", "ERR_SOURCE_MISSING")
    assert_trouble(told, "plan", str(tmp_path / "broken.db"))


def tables_of(database):
    return database.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")


def schemas_of(database):
    return [
        name
        for name, in database.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$' ORDER BY nspname"
        )
    ]


def test_object_of_no_known_kind_is_named(folder, untouched, database):
    """SQLite calls such a file malformed; what it holds must not vanish without a word."""
    connection = sqlite3.connect(folder / "app.db")
    connection.executescript(
        "CREATE TABLE a (x); CREATE TABLE b (x); PRAGMA writable_schema = ON;"
        "UPDATE sqlite_schema SET type = 'zebra' WHERE name = 'b'"
    )
    connection.close()
    untouched()
    outcome = pgrade.run("upgrade", str(folder / "app.db"), database.url)
    assert outcome.status == pgrade.DECISION and "table b" in outcome.stdout, outcome
