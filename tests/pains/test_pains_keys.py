"""Keys, sequences and constraints that were lost, or stopped everything, elsewhere: docs/pains.md has the stories."""

import psycopg2
import pytest

import pgrade


def insert(done, table, columns="", values="DEFAULT VALUES", returning="id"):
    return done.rows(f"INSERT INTO {table} {columns} {values} RETURNING {returning}")[0][0]


def test_next_row_needs_no_number(carry):
    done = carry(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO a VALUES (7, 'x'), (99, 'y');"
        "CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, x TEXT); INSERT INTO b VALUES (5, 'x');"
    )
    assert insert(done, "a") == 100 and insert(done, "b") == 6


def test_tables_without_rows_number_theirs(carry):
    done = carry("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT, x)")
    assert insert(done, "a") == 1 and insert(done, "b") == 1


def test_numbers_under_quoted_names(carry):
    done = carry('CREATE TABLE "Users" ("Id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "Name" TEXT); INSERT INTO "Users" VALUES (41, \'x\')')
    assert insert(done, '"Users"', '("Name")', "VALUES ('y')", '"Id"') == 42


def test_deleted_numbers_are_not_given_again(carry):
    done = carry(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x); INSERT INTO t VALUES (1, 'a'), (500, 'b'); DELETE FROM t WHERE id = 500"
    )
    assert insert(done, "t") == 501


def test_order_of_a_composite_key(carry):
    done = carry(
        "CREATE TABLE t (a TEXT, b INTEGER, c TEXT, PRIMARY KEY (c, a)) WITHOUT ROWID; CREATE TABLE u (k TEXT PRIMARY KEY)"
    )
    keys = dict(done.rows("SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'p' AND connamespace = 'public'::regnamespace"))
    assert keys == {"t": "PRIMARY KEY (c, a)", "u": "PRIMARY KEY (k)"}


def test_nulls_in_a_primary_key(carry):
    sql = "CREATE TABLE t (k TEXT PRIMARY KEY, n); INSERT INTO t VALUES ('a', 1), (NULL, 2), (NULL, 3)"
    assert carry(sql, status=pgrade.DECISION).misfits == {("t", "k", 2), ("t", "k", 3)}
    done = carry(sql, "--misfit", "widen", status=pgrade.SHORTFALL)
    assert done.column("SELECT count(*) FROM t WHERE k IS NULL") == [2]
    assert {kind for kind, _ in done.left} == {"primary key"}


def test_not_null_stays(carry):
    done = carry("CREATE TABLE t (a TEXT NOT NULL, b INTEGER NOT NULL DEFAULT 1, c BLOB); INSERT INTO t VALUES ('', 0, NULL)")
    found = done.rows("SELECT attname, attnotnull FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0")
    assert dict(found) == {"a": True, "b": True, "c": False}


def foreign_keys(done):
    return done.column("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f' AND convalidated ORDER BY 1")


def test_foreign_key_that_names_no_column(carry):
    done = carry("CREATE TABLE q (id INTEGER PRIMARY KEY); CREATE TABLE p (q INTEGER REFERENCES q); INSERT INTO q VALUES (1); INSERT INTO p VALUES (1)")
    assert foreign_keys(done) == ["FOREIGN KEY (q) REFERENCES q(id)"]


def test_foreign_keys_in_camel_case(carry):
    done = carry(
        'CREATE TABLE "Request" ("requestId" INTEGER PRIMARY KEY); CREATE TABLE "Step" ("requestId" INTEGER REFERENCES "Request" ("requestId") ON DELETE CASCADE)'
    )
    assert foreign_keys(done) == ['FOREIGN KEY ("requestId") REFERENCES "Request"("requestId") ON DELETE CASCADE']


def test_circles_of_foreign_keys(tmp_path, database):
    """As a role that owns the database and is no superuser."""
    import fixtures

    path = fixtures.build_from_text(
        "CREATE TABLE a (id INTEGER PRIMARY KEY, b INTEGER REFERENCES b (id)); CREATE TABLE b (id INTEGER PRIMARY KEY, a INTEGER REFERENCES a (id));"
        "CREATE TABLE tree (id INTEGER PRIMARY KEY, up INTEGER REFERENCES tree (id));"
        "INSERT INTO a VALUES (1, 2); INSERT INTO b VALUES (2, 1); INSERT INTO tree VALUES (1, 3), (2, NULL), (3, 2)",
        tmp_path / "circle.db",
    )
    database.execute("DO $$ BEGIN CREATE ROLE circle_owner LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$")
    database.execute(f'ALTER DATABASE "{database.name}" OWNER TO circle_owner')
    outcome = pgrade.upgrade(path, database.cluster.url(database.name, user="circle_owner"))
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND convalidated") == [(3,)]


def test_rows_without_a_parent_are_named(carry):
    sql = "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p INTEGER REFERENCES p); INSERT INTO c VALUES (7), (NULL)"
    (found,) = carry(sql, status=pgrade.DECISION).report["contradictions"]
    assert (found["table"], found["rows"]) == ("c", 1) and "7" in found["shown"][0]
    done = carry(sql, "--orphans", "not-valid", status=pgrade.SHORTFALL)
    assert done.rows("SELECT convalidated, (SELECT count(*) FROM c) FROM pg_constraint WHERE contype = 'f'") == [(False, 2)]


def test_child_has_the_type_of_its_parent(carry):
    done = carry("CREATE TABLE p (id BIGINT PRIMARY KEY); CREATE TABLE c (p NUMERIC REFERENCES p (id), q REFERENCES p (id)); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1, 1)")
    assert done.types("c") == {"p": "bigint", "q": "bigint"} and len(foreign_keys(done)) == 2


def test_partial_unique_index_stays_partial(carry):
    done = carry(
        "CREATE TABLE t (a TEXT, gone BOOLEAN NOT NULL); CREATE UNIQUE INDEX one ON t (a) WHERE gone = 0;"
        "INSERT INTO t VALUES ('x', 0), ('x', 1), ('x', 1)"
    )
    done.rows("INSERT INTO t VALUES ('x', true) RETURNING 1")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        done.rows("INSERT INTO t VALUES ('x', false) RETURNING 1")


def test_indexes_on_expressions(carry):
    sql = "CREATE TABLE t (email TEXT, j TEXT); CREATE UNIQUE INDEX e ON t (lower(email)); CREATE INDEX k ON t (json_extract(j, '$.a')); INSERT INTO t VALUES ('A@b', '{}')"
    done = carry(sql, "--accept", "all")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        done.rows("INSERT INTO t VALUES ('a@B', '{}') RETURNING 1")
    indexes = set(done.column("SELECT indexname FROM pg_indexes WHERE tablename = 't'"))
    assert indexes == {"e", "k"}


def test_uniqueness_without_case(carry):
    done = carry("CREATE TABLE t (login TEXT COLLATE NOCASE UNIQUE); INSERT INTO t VALUES ('Ann'), ('ÄRGER'), ('ärger')")
    with pytest.raises(psycopg2.errors.UniqueViolation):
        done.rows("INSERT INTO t VALUES ('ANN') RETURNING 1")


def test_keys_longer_than_an_index_takes(carry):
    """Random letters: PostgreSQL compresses what it can, and its limit counts what is left."""
    sql = (
        "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT); CREATE INDEX by_s ON t (s);"
        "INSERT INTO t (s) VALUES (hex(randomblob(9000)))"
    )
    done = carry(sql, status=pgrade.DECISION)
    assert done.left == {("index", "by_s")} and not done.report["published"]
    done = carry(sql, "--accept", "index", status=pgrade.SHORTFALL)
    assert done.left == {("index", "by_s")} and done.column("SELECT length(s) FROM t") == [18000]


def test_checks_and_generated_columns(carry):
    done = carry(
        "CREATE TABLE t (a INTEGER CHECK (a > 0), b INTEGER GENERATED ALWAYS AS (a * 2) STORED, c INTEGER AS (a + 1)); INSERT INTO t (a) VALUES (4)"
    )
    assert done.rows("INSERT INTO t (a) VALUES (5) RETURNING a, b, c") == [(5, 10, 6)]
    with pytest.raises(psycopg2.errors.CheckViolation):
        done.rows("INSERT INTO t (a) VALUES (-1) RETURNING 1")


def test_deferrable_keys_stay_deferrable(carry):
    done = carry("CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p DEFERRABLE INITIALLY DEFERRED, q REFERENCES p)")
    found = done.rows("SELECT condeferrable, condeferred FROM pg_constraint WHERE contype = 'f' ORDER BY 1")
    assert found == [(False, False), (True, True)]
