"""A disk that is full while a backup is written: no backup, nothing left, and the reason."""

import os
import sqlite3

import pytest

import pgrade
from small_disk import SmallDisk

SQL = "CREATE TABLE t (id integer, noise text)"


@pytest.fixture(params=["sqlite", "postgres"])
def source(request, tmp_path, cluster):
    """Some megabytes that do not compress."""
    if request.param == "sqlite":
        with sqlite3.connect(tmp_path / "app.db") as connection:
            connection.execute(SQL)
            connection.executemany("INSERT INTO t VALUES (?, ?)", ((i, os.urandom(2000).hex()) for i in range(1000)))
        connection.close()
        yield str(tmp_path / "app.db")
        return
    if cluster.version() > 15:
        pytest.skip("there is no pg_dump of this version")
    database = cluster.create_database()
    database.execute(SQL)
    database.execute("INSERT INTO t SELECT i, md5(i::text) || md5((-i)::text) FROM generate_series(1, 60000) i")
    yield database.url
    database.drop()


def test_backup_disk_full(source):
    with SmallDisk(1024 * 1024) as disk:
        outcome = pgrade.run("backup", source, os.path.join(disk.folder, "kept"), "--json")
        assert outcome.status == pgrade.FAILED, outcome
        assert "No space left" in outcome.stderr or "full" in outcome.stderr, outcome
        assert os.listdir(os.path.join(disk.folder, "kept")) == [".lock"]
