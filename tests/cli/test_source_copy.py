"""A file in rollback mode that is in use is read from a copy: where that lies, what it needs, and that nothing stays of it."""

import contextlib
import os
import shutil
import signal
import sqlite3
import stat
import subprocess

import pytest

import pgrade
from compare import compare
from gate import Gate, poll
from small import make_small
from trouble import Trouble, assert_clean, assert_trouble


@pytest.fixture
def work(tmp_path):
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@contextlib.contextmanager
def in_use(path):
    """By an application that has it open, and does nothing meanwhile."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        yield


def deleted_files(process, folder):
    """(link in /proc) of files below the folder that the process has open and that have no name any more."""
    links = f"/proc/{process.pid}/fd"
    return [
        f"{links}/{name}"
        for name in os.listdir(links)
        if os.readlink(f"{links}/{name}").startswith(str(folder))
        and os.readlink(f"{links}/{name}").endswith("(deleted)")
    ]


@pytest.mark.parametrize("how", ["--work-dir", "TMPDIR"])
def test_copy_lies_where_it_was_asked_for_and_has_no_name(how, small, untouched, database, work):
    untouched()
    options = ["--work-dir", str(work)] if how == "--work-dir" else []
    environment = {"TMPDIR": str(work)} if how == "TMPDIR" else {"TMPDIR": "/nowhere"}
    with in_use(small), Gate(database, "CREATE TABLE") as gate:
        process = pgrade.start("upgrade", str(small), database.url, "--json", *options, **environment)
        gate.wait_for_arrival(process)
        assert os.listdir(work) == [], "so a killed run leaves nothing there"
        copies = deleted_files(process, work)
        assert copies and all(stat.S_IMODE(os.stat(copy).st_mode) == 0o600 for copy in copies)
        gate.open()
        outcome = pgrade.finish(process)
    assert outcome.status == pgrade.OK, outcome
    snapshot, size = outcome.report["snapshot"], os.path.getsize(small)
    assert snapshot["copied_to"] == str(work) and snapshot["copied_bytes"] == size
    assert f"the source is read from a copy ({(size + 999) // 1000} kB in {work}); writers waited " in outcome.stderr
    assert compare(small, database.url, outcome.report, probe=True).equal


def test_writer_is_not_shut_out(small, database):
    """Its patience is none at all: one that is refused once fails."""
    with in_use(small), Gate(database, "CREATE TABLE") as gate:
        process = pgrade.start("upgrade", str(small), database.url)
        gate.wait_for_arrival(process)
        connection = sqlite3.connect(small, timeout=0, isolation_level=None)
        connection.execute("INSERT INTO post VALUES (4, 1, 'at once')")
        connection.close()
        gate.open()
        outcome = pgrade.finish(process)
    assert outcome.status == pgrade.REFUSED and "changed: post;" in outcome.stderr, outcome


def test_file_that_becomes_one_with_a_wal_meanwhile(small, database):
    with Gate(database, "CREATE TABLE") as gate:
        process = pgrade.start("upgrade", str(small), database.url)
        gate.wait_for_arrival(process)
        connection = sqlite3.connect(small, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO post VALUES (4, 1, 'at once')")
        gate.open()
        outcome = pgrade.finish(process)
        connection.close()
    assert outcome.status == pgrade.REFUSED and "changed: post;" in outcome.stderr, outcome


def test_missing_work_directory(small, untouched):
    untouched()
    told = Trouble(1, "cannot make a copy of the source in /no/where", "No such file", "--work-dir", "ERR_IO")
    with in_use(small):
        assert_trouble(told, "plan", str(small), "--work-dir", "/no/where")


def test_work_directory_that_may_not_be_written(open_folder, stranger):
    path = make_small(os.path.join(open_folder, "app.db"))
    told = Trouble(1, "cannot make a copy of the source in /usr", "Permission denied", "--in-place", "ERR_IO")
    with in_use(path):
        assert_trouble(told, "plan", path, "--work-dir", "/usr", account=stranger)


def in_a_mount(commands, *arguments):
    """Runs the program where more is mounted, which nobody else sees and nothing is left of."""
    script = " && ".join([*commands, 'exec "$@"'])
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", pgrade.program(), *arguments],
        capture_output=True,
        text=True,
        env=pgrade.clean_environment({}),
        check=False,
    )
    return pgrade.Outcome(done.returncode, done.stdout, done.stderr)


def may_mount():
    return shutil.which("unshare") and subprocess.run(["unshare", "--mount", "true"], check=False).returncode == 0


needs_mounts = pytest.mark.skipif(not may_mount(), reason="needs a user who may mount")


@needs_mounts
def test_no_room_for_a_copy(folder, untouched, work):
    path = make_small(folder / "app.db")
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO post VALUES (9, 1, hex(zeroblob(300000)))")
    connection.commit()
    connection.close()
    untouched()
    mount = f"mount -t tmpfs -o size=256k none {work}"
    with in_use(path):
        outcome = in_a_mount([mount], "plan", str(path), "--work-dir", str(work))
    assert outcome.status == 1, outcome
    assert_clean(outcome)
    assert f"no room for a copy of the source in {work}" in outcome.stderr
    assert f"it needs {os.path.getsize(path) // 1000 + 1} kB, and 263 kB are free" in outcome.stderr, outcome
    assert "--in-place" in outcome.stderr
    with in_use(path):
        outcome = in_a_mount([mount], "plan", str(path), "--work-dir", str(work), "--in-place")
    assert outcome.status == pgrade.OK, outcome


@needs_mounts
@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_read_only_media(mode, folder, untouched, database):
    """A file in WAL mode without its -wal can be read only where nobody can write: that is to be said."""
    path = make_small(folder / "app.db", mode)
    untouched()
    mount = f"mount --bind -o ro {folder} {folder} && mount -o remount,ro,bind {folder}"
    outcome = in_a_mount([mount], "upgrade", str(path), database.url, "--json")
    if mode == "delete":
        assert outcome.status == pgrade.OK, outcome
        assert compare(path, database.url, outcome.report, probe=True).equal
    else:
        assert outcome.status == pgrade.UNREACHABLE and "?immutable=1" in outcome.stderr, outcome
        outcome = in_a_mount([mount], "upgrade", f"sqlite:///{path}?immutable=1", database.url, "--json")
        assert outcome.status == pgrade.OK, outcome


def share_of(work):
    """A file system that can share blocks between files, where this machine has one."""
    return shutil.which("mkfs.xfs") and f"truncate -s 400M {work}/fs && mkfs.xfs -q -m reflink=1 {work}/fs"


@pytest.mark.long
@needs_mounts
def test_blocks_are_shared_where_they_can_be(folder, work, tmp_path):
    path = make_small(folder / "app.db")
    made = share_of(work)
    if not made:
        pytest.skip("needs mkfs.xfs")
    mount = [made, f"mkdir -p {work}/mnt", f"mount -o loop {work}/fs {work}/mnt", f"cp {path} {work}/mnt/app.db"]
    mount.append(f"exec 9<>{work}/mnt/app.db")
    outcome = in_a_mount(mount, "plan", f"{work}/mnt/app.db", "--work-dir", f"{work}/mnt", "--json")
    assert outcome.status == pgrade.OK, outcome
    assert outcome.report["snapshot"]["copied_bytes"] == os.path.getsize(path)


def catches(process, number):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        (mask,) = [line.split()[1] for line in status if line.startswith("SigCgt")]
    return int(mask, 16) >> (number - 1) & 1 == 1


def test_stopped_while_it_waits_for_a_writer(small, untouched):
    """Ctrl-C ends the wait for the lock, and nothing of the copy stays."""
    untouched()
    holder = sqlite3.connect(small, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    process = pgrade.start("upgrade", str(small), "postgresql://nobody@127.0.0.1:1/none")
    try:
        poll(lambda: any(str(small) == os.readlink(f"/proc/{process.pid}/fd/{fd}")
                         for fd in os.listdir(f"/proc/{process.pid}/fd")), process)  # fmt: skip
        poll(lambda: catches(process, signal.SIGTERM), process)
        process.terminate()
        outcome = pgrade.finish(process, timeout=60)
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    assert outcome.status in (1, 5) and "Sanitizer" not in outcome.stderr, outcome
