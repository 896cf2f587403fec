"""Names that were lost, changed or mistaken, elsewhere: docs/pains.md has the stories."""

import pytest

import fixtures
import pgrade

RESERVED = "user order interval references table group select default check window".split()
ODD = ['a"b', "with space", "dash-ed", "größe", "back`tick", "per%cent", "semi;colon", "名前", "quote's", "new\nline"]


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def test_names_in_quotes_keep_their_case(carry):
    done = carry('CREATE TABLE "Users" ("UserName" TEXT, Plain TEXT); CREATE INDEX "ByName" ON "Users" ("UserName"); INSERT INTO "Users" VALUES (\'a\', \'b\')')
    assert done.rows('SELECT "UserName", plain FROM "Users"') == [("a", "b")]
    assert done.column("SELECT indexname FROM pg_indexes WHERE tablename = 'Users'") == ["ByName"]


def test_reserved_words(carry):
    tables = "".join(
        f"CREATE TABLE {quoted(name)} ({quoted(name)} INTEGER PRIMARY KEY, {quoted('function')} TEXT UNIQUE);"
        f"INSERT INTO {quoted(name)} VALUES (3, 'x');" for name in RESERVED
    )  # fmt: skip
    done = carry(tables)
    for name in RESERVED:
        assert done.rows(f'INSERT INTO {quoted(name)} ("function") VALUES (\'y\') RETURNING {quoted(name)}') == [(4,)]


@pytest.mark.parametrize("name", ODD)
def test_odd_characters(name, carry):
    done = carry(
        f"CREATE TABLE {quoted(name)} (id INTEGER PRIMARY KEY, {quoted(name)} TEXT); INSERT INTO {quoted(name)} VALUES (1, 'v');"
        f"CREATE INDEX {quoted('i' + name)} ON {quoted(name)} ({quoted(name)});"
        f"CREATE TABLE child (p INTEGER REFERENCES {quoted(name)} (id)); INSERT INTO child VALUES (1)"
    )
    per = quoted(name).replace("%", "%%")
    assert done.database.execute(f"SELECT {per} FROM {per} WHERE id = %s", (1,)) == [("v",)]


def test_names_equal_when_folded(carry):
    """SQLite knows é and É apart, and so does PostgreSQL; what would be one name there becomes two, and is told."""
    done = carry('CREATE TABLE t (é TEXT, É TEXT, "Aa" TEXT); CREATE TABLE "T2" (x); CREATE TABLE t2x (x); INSERT INTO t VALUES (1, 2, 3)')
    assert done.rows('SELECT "é", "É", "Aa" FROM t') == [("1", "2", "3")]


def test_columns_equal_after_63_bytes(carry):
    long = "x" * 63
    sql = f"CREATE TABLE t ({long}a TEXT, {long}b TEXT); INSERT INTO t VALUES ('a', 'b')"
    done = carry(sql, status=pgrade.DECISION)
    assert "--rename" in done.outcome.stderr and done.report["error"]["code"] == "ERR_DECISION"
    assert carry(sql, "--rename", f"t.{long}b=other").rows("SELECT other FROM t") == [("b",)]


def test_tables_equal_after_63_bytes(carry):
    long = "x" * 63
    sql = f"CREATE TABLE {long}1 (i INTEGER); CREATE TABLE {long}2 (i INTEGER); INSERT INTO {long}2 VALUES (7)"
    assert "--rename" in carry(sql, status=pgrade.DECISION).outcome.stderr
    assert carry(sql, "--rename", f"{long}2=other").column("SELECT i FROM other") == [7]


def test_names_of_indexes_stay(carry):
    done = carry(
        "CREATE TABLE a (x INTEGER); CREATE TABLE b (x INTEGER); CREATE INDEX ix_a_x ON a (x); CREATE INDEX ix_b_x ON b (x);"
        "CREATE TABLE c (k INTEGER CONSTRAINT uq_k UNIQUE, p INTEGER CONSTRAINT fk_p REFERENCES c (k), CONSTRAINT ck_k CHECK (k > 0))"
    )
    assert {"ix_a_x", "ix_b_x"} <= set(done.column("SELECT indexname FROM pg_indexes"))
    assert {"uq_k", "fk_p", "ck_k"} <= set(done.column("SELECT conname FROM pg_constraint"))


def test_index_named_like_a_table(carry):
    """One name space in SQLite too, but PostgreSQL's holds the indexes of keys as well: what had to change is told."""
    done = carry("CREATE TABLE t (id TEXT PRIMARY KEY, v TEXT); CREATE TABLE t_pkey (x TEXT); INSERT INTO t_pkey VALUES ('kept')")
    assert done.rows("SELECT x FROM t_pkey") == [("kept",)]
    assert done.rows("SELECT count(*) FROM pg_constraint WHERE contype = 'p' AND connamespace = 'public'::regnamespace") == [(1,)]


def test_ledgers_of_frameworks_come_along(carry):
    done = carry("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)); INSERT INTO alembic_version VALUES ('ae10')")
    assert done.rows("SELECT version_num FROM alembic_version") == [("ae10",)]


def test_second_run_drops_nothing(tmp_path, database):
    import fixtures

    path = fixtures.build_from_text("CREATE TABLE t (x); INSERT INTO t VALUES (1)", tmp_path / "a.db")
    database.execute("CREATE TABLE mine (x int); INSERT INTO mine VALUES (7)")
    assert pgrade.upgrade(path, database.url).status == pgrade.REFUSED
    assert pgrade.upgrade(path, database.url, "--replace").status == pgrade.REFUSED
    assert database.execute("SELECT x FROM mine") == [(7,)]


def test_virtual_tables_and_their_storage(carry):
    done = carry("CREATE VIRTUAL TABLE f USING fts5 (word); INSERT INTO f VALUES ('hello'), ('again')", "--accept", "all")
    tables = done.column("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    assert tables == ["f"] and done.column("SELECT word FROM f ORDER BY word") == ["again", "hello"]


def test_module_that_is_not_there(tmp_path, database):
    sql = (
        "CREATE TABLE t (x TEXT); INSERT INTO t VALUES ('kept'); PRAGMA writable_schema = ON;"
        "INSERT INTO sqlite_schema VALUES ('table', 'idx', 'idx', 0, 'CREATE VIRTUAL TABLE idx USING VirtualSpatialIndex()')"
    )
    path = fixtures.build_from_text(sql, tmp_path / "spatial.db")
    outcome = pgrade.upgrade(path, database.url, "--accept", "all")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert [one["name"] for one in outcome.report["not_carried"]] == ["idx"]
    assert database.execute("SELECT x FROM t") == [("kept",)]


def test_views_with_common_table_expressions(carry):
    done = carry(
        "CREATE TABLE t (n INTEGER); INSERT INTO t VALUES (1), (2), (30);"
        "CREATE VIEW big AS WITH b AS (SELECT n FROM t WHERE n > 1) SELECT n FROM b;"
        "CREATE VIEW odd AS SELECT no_such_function(n) FROM t",
        "--accept", "view", status=6,
    )  # fmt: skip
    assert sorted(done.column("SELECT n FROM big")) == [2, 30] and done.left == {("view", "odd")}
