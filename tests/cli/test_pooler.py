"""Behind a pooler in transaction mode settings stay in sessions that others get: so nothing is begun there."""

import psycopg2
import pytest

import pgrade
from pooler import Pooler


@pytest.mark.parametrize("mode", ["fresh", "fill"])
def test_upgrade_is_refused_and_the_application_goes_on(mode, small, cluster, database):
    if mode == "fill":
        database.execute("CREATE TABLE post (id integer PRIMARY KEY); CREATE TABLE kept (id integer)")
    else:
        database.execute("CREATE TABLE kept (id integer)")
    with Pooler(cluster) as pooler:
        for command in ("upgrade", "plan"):
            outcome = pgrade.run(command, str(small), pooler.url(database.name))
            assert outcome.status == pgrade.REFUSED, outcome
            assert "a pooler in transaction mode" in outcome.stderr and "the server itself" in outcome.stderr
        for _ in range(4):  # each session of the pool
            connection = psycopg2.connect(pooler.url(database.name))
            with connection, connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM kept")
                assert cursor.fetchall() == [(0,)]
            connection.close()
