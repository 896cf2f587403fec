"""A hundred random databases, the same ones each time, and the small ones that once went wrong."""

import concurrent.futures

import pytest

import pgrade
from case import Statement, build, text_of
from differential import report, try_seed
from judge import judge
from make import make
from minimise import minimise

SEEDS = range(1, 101)
GROUP = 10

# What was found, by name: the smallest database that showed it.
FOUND = {
    "an index on a constant": "CREATE TABLE t (x); CREATE UNIQUE INDEX i ON t (((NULL & x)) COLLATE nocase)",
    "an index on a literal": "CREATE TABLE t (x); CREATE INDEX i ON t ((likely('new')) COLLATE nocase, x)",
    "a key that would write a generated column": """
        CREATE TABLE p (id INTEGER PRIMARY KEY);
        CREATE TABLE c (a, b TEXT REFERENCES p (id) ON DELETE SET NULL GENERATED ALWAYS AS (a) STORED)""",
    "a child that would take the numbers of its parent away": """
        CREATE TABLE t (id INTEGER PRIMARY KEY, data JSON REFERENCES t); INSERT INTO t (data) VALUES ('{}')""",
    "a generated column that is not carried, and NOT NULL": """
        CREATE TABLE t (x, y NOT NULL GENERATED ALWAYS AS (typeof(x)) STORED); INSERT INTO t (x) VALUES ('a')""",
    "a CHECK that overflows": """
        CREATE TABLE t (b INT8 CHECK (-b)); INSERT INTO t VALUES (-9223372036854775808)""",
    "an index that overflows": """
        CREATE TABLE t (b INT8); CREATE INDEX i ON t (-b); INSERT INTO t VALUES (-9223372036854775808)""",
    "generated columns that PostgreSQL computes otherwise": """
        CREATE TABLE t (a, b date AS (' 5 '), c AS (typeof(a))); INSERT INTO t (a) VALUES (-2.25), ('')""",
    "columns equal after 63 bytes": 'CREATE TABLE t ("%s" JSON, %sx BOOL, b JSON)' % ("l" * 63, "l" * 64),
    "a view with a long name": f"CREATE TABLE t (a); CREATE VIEW {'n' * 200} AS SELECT a FROM t",
    "an index on a column of json by another spelling": "CREATE TABLE t (j JSON); CREATE INDEX i ON t (likely(j))",
    "a table named TABLE": 'CREATE TABLE "TABLE" (id VARCHAR(255))',
    "a generated text of constants": """
        CREATE TABLE t (a TEXT GENERATED ALWAYS AS (upper('x')) STORED, b TEXT AS (lower('A') || c), c TEXT);
        INSERT INTO t (c) VALUES ('t')""",
    "a foreign key to columns that are unique in another order": """
        CREATE TABLE t (a COLLATE RTRIM, b UUID, UNIQUE (b, a), FOREIGN KEY (a, b) REFERENCES t (a, b))""",
    "a foreign key that names a column twice": """
        CREATE TABLE t (a, b, UNIQUE (a, b)); CREATE TABLE c (x, y, FOREIGN KEY (x, y) REFERENCES t (a, a))""",
    "a foreign key to a unique index without case": """
        CREATE TABLE t (a COLLATE NOCASE); CREATE UNIQUE INDEX i ON t (a); CREATE TABLE c (x REFERENCES t (a))""",
    "an index on FALSE": "CREATE TABLE t (a, b); CREATE UNIQUE INDEX i ON t (a, b, (FALSE)); CREATE INDEX j ON t (true)",
    "a child of two parents whose types differ": """
        CREATE TABLE p (a DEC(4,1), k DATE, PRIMARY KEY (a, k)); CREATE TABLE q (d DATE, c DATE, PRIMARY KEY (d, c));
        CREATE TABLE c (w ANY, r ANY, FOREIGN KEY (w, r) REFERENCES p, FOREIGN KEY (r, w) REFERENCES q);
        INSERT INTO c (r) VALUES ('abc')""",
    "a parent that is widened away from its child": """
        CREATE TABLE p (a FLOAT PRIMARY KEY); CREATE TABLE q (b BLOB PRIMARY KEY);
        CREATE TABLE c (x CHAR(36) REFERENCES p REFERENCES q); INSERT INTO p VALUES ('1_000')""",
    "a generated text of a number": "CREATE TABLE t (a, b TEXT AS (ifnull(upper(0), 1)))",
    "a generated column that compares an empty list": "CREATE TABLE t (a UUID, b BIT AS ((a IN ()) LIKE 'a%'))",
    "a row without a parent in a table with a long name": f"""
        CREATE TABLE p (id TINYINT(1) PRIMARY KEY NOT NULL); CREATE TABLE {'n' * 80} (a DATE REFERENCES p);
        INSERT INTO {'n' * 80} VALUES ('2024-01-01 00:00:00')""",
    "a new row that ON CONFLICT IGNORE leaves out": """
        CREATE TABLE p (id INTEGER PRIMARY KEY DESC, x); INSERT INTO p (x) VALUES (1);
        CREATE TABLE c (y GUID NOT NULL ON CONFLICT IGNORE, FOREIGN KEY (y) REFERENCES p)""",
}  # fmt: skip

needs_program = pytest.mark.skipif(
    not pgrade.available(), reason=f"there is no {pgrade.program()}: build it or set PGRADE"
)


@needs_program
@pytest.mark.core
@pytest.mark.parametrize("what", FOUND)
def test_found_once(what, tmp_path, database):
    parts = [Statement(sql) for sql in FOUND[what].split(";") if sql.strip()]
    assert build(parts, tmp_path / "all.db") == parts
    verdict = judge(parts, tmp_path / "case.db", database)
    assert not verdict.is_finding, verdict


@needs_program
@pytest.mark.parametrize("first", SEEDS[::GROUP])
def test_random_databases(first, cluster):
    seeds = range(first, first + GROUP)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for seed, (verdict, sql) in zip(seeds, pool.map(lambda seed: try_seed(seed, cluster), seeds)):
            assert not verdict.is_finding, report(seed, verdict, sql)


def test_seeds_are_fixed():
    assert text_of(make(7)) == text_of(make(7)) != text_of(make(8))


def test_minimiser_keeps_what_fails():
    parts = make(3)
    wanted = next(part for part in parts if part.sql().startswith("CREATE TABLE"))
    small = minimise(parts, lambda some: any(part.sql().startswith(wanted.sql()[:20]) for part in some))
    assert len(small) == 1 and len(small[0].sql()) < len(wanted.sql())
