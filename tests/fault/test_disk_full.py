"""The disk of the server is full: the rows' own (a tablespace), or the one of everything, its log too.  The run fails
and says so; when there is room again, the target is as it was, and the next run succeeds."""

import contextlib
import os
import shutil

import psycopg2
import pytest

import pgrade
from cluster import Cluster
from cuts import UNKNOWN
from filled import Case, Filling, make_source
from gate import poll
from made import Making
from small_disk import MEGABYTE, SmallDisk
from stopped import end
from trouble import assert_clean, error_lines

END_SECONDS = 120
KILOBYTE = 1024
# About 14 MB in PostgreSQL.
LARGER = Case(rows=100_000)
SMALL_LOG = {"min_wal_size": "32MB", "max_wal_size": "32MB"}
FULL = ("No space left on device", "the connection to the server was lost", "cannot connect")


@pytest.fixture(scope="module")
def disk():
    with SmallDisk(400 * MEGABYTE) as small:
        yield small


def job_of(mode, cluster, folder):
    source = make_source(folder / "app.db", LARGER)
    return Filling(cluster, LARGER, source, str(folder / "aside")) if mode == "fill" else Making(cluster, source)


def assert_fails_until_there_is_room(job, disk, amounts, recover=lambda: None):
    """More room each time, so that it ends later and later."""
    failures = 0
    for free in amounts:
        url = job.database().url
        disk.leave(free)
        process = job.start(url)
        try:
            outcome = pgrade.finish(process, END_SECONDS)
        finally:
            end(process)
        disk.make_room()
        assert_clean(outcome)
        done = when_it_is_back(recover, job.is_done)
        assert done == (outcome.status == pgrade.OK) or UNKNOWN in outcome.stderr, outcome
        if done:
            break
        failures += 1
        assert any(text in outcome.stderr for text in FULL), outcome
        assert error_lines(outcome) and outcome.status in (pgrade.FAILED, pgrade.UNREACHABLE), outcome
    assert failures > 2
    job.assert_next_run_succeeds(done)
    job.renew()


@pytest.mark.long
@pytest.mark.parametrize("mode", ["fresh", "fill"])
def test_room_for_rows_ends(mode, disk, tmp_path, cluster):
    place = os.path.join(disk.folder, f"space-{mode}")
    os.mkdir(place)
    if cluster.account:
        shutil.chown(place, cluster.account.pw_uid, cluster.account.pw_gid)
    with contextlib.ExitStack() as after:
        cluster.execute(f"CREATE TABLESPACE small_{mode} LOCATION '{place}'")
        after.callback(lambda: cluster.execute(f"DROP TABLESPACE small_{mode}"))
        create = cluster.create_database
        after.callback(lambda: setattr(cluster, "create_database", create))
        cluster.create_database = lambda name=None, options="": create(
            name, f"{options} TABLESPACE small_{mode}"
        )
        job = job_of(mode, cluster, tmp_path)
        after.callback(job.drop)
        amounts = [size * KILOBYTE for size in (0, 200, 1000, 4000, 8000, 11000, 64000)]
        assert_fails_until_there_is_room(job, disk, amounts)


@pytest.fixture(scope="module")
def cramped(disk):
    """A server with all that it has on that disk."""
    with Cluster(place=disk.folder, settings=SMALL_LOG) as running:
        yield running


def come_back(cluster):
    """A server that cannot write its log ends all sessions, and itself when it cannot read it again."""
    if cluster.server.poll() is not None:
        cluster.go_on()
    poll(lambda: is_ready(cluster))


def is_ready(cluster):
    try:
        cluster.version()
    except psycopg2.OperationalError:
        return False
    return True


def when_it_is_back(recover, look):
    """A server that gives up may answer once more before it begins anew, or ends."""
    seen = []

    def try_it():
        recover()
        with contextlib.suppress(psycopg2.OperationalError):
            seen.append(look())
        return bool(seen)

    poll(try_it)
    return seen[0]


@pytest.mark.parametrize("mode", ["fresh", pytest.param("fill", marks=pytest.mark.long)])
def test_room_for_everything_ends(mode, disk, cramped, tmp_path):
    job = job_of(mode, cramped, tmp_path)
    amounts = [size * KILOBYTE for size in (0, 200, 1000, 4000, 12000, 20000, 32000, 200000)]
    assert_fails_until_there_is_room(job, disk, amounts, lambda: come_back(cramped))
    job.drop()
