"""The todo example on a server that expires: five databases are moved, and it goes on where its env file now says."""

import os
import shlex

import pytest

import pgrade
from cluster import Cluster, find_bindir
from http_session import Site
from test_todo import application, fill, pages, run_on  # noqa: F401  (two of them are fixtures)

OTHERS = {
    "sessions": "CREATE TABLE session (token bytea PRIMARY KEY, data jsonb); INSERT INTO session SELECT sha256(i::text::bytea), jsonb_build_object('n', i) FROM generate_series(1, 500) i",
    "Ärger & Co": "CREATE SCHEMA inner_one; CREATE TABLE inner_one.t (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz, x numeric(12, 3)[]); INSERT INTO inner_one.t (at, x) SELECT 'epoch'::timestamptz + i * interval '1 h', ARRAY[i, NULL, i / 7.0] FROM generate_series(1, 200) i; CREATE MATERIALIZED VIEW sums AS SELECT sum(id) FROM inner_one.t",
    "parts": "CREATE TABLE log (day date, n int) PARTITION BY RANGE (day); CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM ('2026-01-01') TO ('2026-02-01'); INSERT INTO log VALUES ('2026-01-05', 1); CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE person (m mood); INSERT INTO person VALUES ('ok'); SELECT lo_from_bytea(0, 'large')",
    "empty": "SELECT 1",
}
needs_client = pytest.mark.skipif(not os.access(os.path.join(find_bindir(), "pg_dump"), os.X_OK), reason="there is no pg_dump of this version")


def value_in(env):
    """As a shell reads it."""
    line = [line for line in env.read_text().splitlines() if not line.startswith("#")][-1]
    return shlex.split(line, comments=True)[-1].removeprefix("DATABASE_URL=")


@needs_client
@pytest.mark.skipif(not pgrade.available(), reason=f"there is no {pgrade.program()}: build it or set PGRADE")
def test_five_databases_and_the_application(run_on, tmp_path):  # noqa: F811
    with Cluster(auth="scram-sha-256") as old, Cluster(auth="scram-sha-256") as new:
        for name, sql in OTHERS.items():
            old.create_database(name).execute(sql)
        url = old.create_database("todo").url
        with run_on(url) as server:
            fill(Site(server.port))
            before = pages(Site(server.port))
        env = tmp_path / "app.env"
        env.write_text(f"export DATABASE_URL='{url.replace('postgresql://', 'postgres://')}' # the application's\n")
        env.chmod(0o600)
        moved = pgrade.run("move", url, new.url(), "--env-file", str(env), "--to", str(tmp_path / "kept"), "--json")
        assert moved.status == pgrade.OK, moved
        assert {one["name"]: one["step"] for one in moved.report["databases"]} == dict.fromkeys([*OTHERS, "todo"], "verified")
        old.halt(2)
        with run_on(value_in(env)) as server:
            site = Site(server.port)
            assert pages(site) == before and all(status == 200 for status, _ in before.values())
            assert site.post("/users", name="Newcomer")[0] == 200
            assert site.post("/users/6/todos", title="First of the new ones")[0] == 200
            assert b"First of the new ones" in site.get("/users/6")[1]
