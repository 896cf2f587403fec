"""A hundred random databases, the same ones each time, and the small ones that once went wrong."""

import concurrent.futures

import pytest

import mended
import pgrade
import policies
from case import Statement, build, text_of
from compare import compare
from differential import report, try_seed
from judge import judge
from make import make
from minimise import minimise
from policies import Way

SEEDS = range(1, 101)
GROUP = 10
QUICK = 30  # of them in the ordinary run

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
    "a generated column that reads the word for a number": "CREATE TABLE t (a AS (CAST(typeof(1.0) AS INTEGER)) STORED, b)",
    "a generated column that joins numbers": "CREATE TABLE t (a INT AS (CAST(1 || 2 AS INTEGER)), b INT AS (1 || 2 LIKE c), c INT)",
    "a generated column that chooses a constant": """
        CREATE TABLE t (a STRING, b TEXT AS (coalesce(' 5 ', '2020-01-01', a) GLOB '[a-c]*') STORED)""",
    "defaults that are longer or larger than their columns": """
        CREATE TABLE t (a VARCHAR(7) DEFAULT (hex(randomblob(4))), b DECIMAL(5,0) DEFAULT (strftime('%s', 'now')),
            c VARCHAR(3 , 4) DEFAULT (json_object('a', 1)))""",
    "a CHECK that compares texts with a blob": """
        CREATE TABLE t (a TIMESTAMP, b TIME CHECK (CAST((b > a) AS NUMERIC)));
        INSERT INTO t VALUES (CAST(x'eda080' AS TEXT), x'7b7d')""",
    "a zero that a generated column has without its sign": """
        CREATE TABLE t (a, b float4 AS (a)); INSERT INTO t (a) VALUES (-0.0)""",
    "a view of numbers with zeros behind the point": """
        CREATE TABLE t (a NUMERIC(38,10)); INSERT INTO t VALUES (0.1), (0); CREATE VIEW v AS SELECT a FROM t""",
    "an index whose name is cut to that of another": f"""
        CREATE TABLE {'ü' * 32} (a BYTEA); CREATE INDEX {'l' * 64} ON {'ü' * 32} (a DESC);
        CREATE INDEX {'l' * 63} ON {'ü' * 32} ("key_1", a)""",
    "rows that differ in the spelling of truth": """
        CREATE TABLE t (a BOOLEAN, b YEAR, UNIQUE (b, a)); INSERT INTO t VALUES ('t', 'Abc '), (0, 'Abc ')""",
    "a CHECK of truth that is kept as text": """
        CREATE TABLE t (a BOOL CHECK (1 % a)); INSERT INTO t VALUES ('on'), ('f'), (0)""",
    "a foreign key beside an index that names a column twice": """
        CREATE TABLE t (a, b, FOREIGN KEY (b, a) REFERENCES t (a, b)); CREATE UNIQUE INDEX i ON t (b, b)""",
    "a generated column that asks for a constant LIKE a column": """
        CREATE TABLE t (a TEXT, b INT AS (FALSE NOT LIKE a), c INT AS ('A' LIKE a) STORED);
        INSERT INTO t (a) VALUES ('a'), ('0')""",
    "an index of the same columns as one that is not carried": """
        CREATE TABLE t (a INT, b [bracket] COLLATE NOCASE); CREATE INDEX i ON t (b COLLATE NOCASE) WHERE b IS NOT 5;
        CREATE INDEX j ON t (b) WHERE b IS NOT 5 AND coalesce(a, b, 1.0)""",
    "an index without case on a column with a quote in its name": """
        CREATE TABLE t ("double""quote" HSTORE COLLATE NOCASE); CREATE INDEX i ON t ("double""quote")""",
    "a new row that ON CONFLICT IGNORE leaves out beside a row of another table": """
        CREATE TABLE s (a INT); INSERT INTO s VALUES (NULL);
        CREATE TABLE t (id INTEGER PRIMARY KEY, b AS (julianday(~a)) NOT NULL ON CONFLICT IGNORE, a TIME)""",
    "a key that only just fits": """
        CREATE TABLE t (a BLOB PRIMARY KEY); CREATE INDEX i ON t (quote(a), a); INSERT INTO t VALUES (zeroblob(90000))""",
    "a row without a parent in a table with a long name": f"""
        CREATE TABLE p (id TINYINT(1) PRIMARY KEY NOT NULL); CREATE TABLE {'n' * 80} (a DATE REFERENCES p);
        INSERT INTO {'n' * 80} VALUES ('2024-01-01 00:00:00')""",
    "a new row that ON CONFLICT IGNORE leaves out": """
        CREATE TABLE p (id INTEGER PRIMARY KEY DESC, x); INSERT INTO p (x) VALUES (1);
        CREATE TABLE c (y GUID NOT NULL ON CONFLICT IGNORE, FOREIGN KEY (y) REFERENCES p)""",
}  # fmt: skip

# What was found of what the policies for misfits make.
FOUND_BY_POLICY = {
    "a value that became NULL in a row that was set aside": """
        CREATE TABLE p (k PRIMARY KEY); CREATE TABLE t (a BOOLEAN, b UUID, FOREIGN KEY (b) REFERENCES p);
        INSERT INTO t VALUES (-1, '550e8400-e29b-41d4-a716-446655440000'), (2, NULL), (1, NULL)""",
    "rows that nothing but their values tells apart": """
        CREATE TABLE t (k TEXT PRIMARY KEY, a CHAR(3), b REAL) WITHOUT ROWID; CREATE INDEX i ON t (b);
        INSERT INTO t VALUES ('x', 'abcd', 2), ('y', 'abcde', 1), (CAST(x'ff' AS TEXT), 'abcd', 3), ('z', '', 0.5)""",
    "a row whose rowid hides behind a column": """
        CREATE TABLE t (rowid INTEGER, "oid" DATE); INSERT INTO t VALUES (7, '2024-01-01'), (1, 'zebra'), ('x', ' ')""",
    "repairs": """
        CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b DECIMAL(9,2), c DATE, d JSON, e FLOAT, f VARCHAR(5));
        INSERT INTO t VALUES (1, CAST(x'610062' AS TEXT), '1,234.50', '0000-00-00', '"x\\u0000y"', '1''234.5', 'much too long'),
            (2, CAST(x'636166e9' AS TEXT), ' ', ' 2024-01-01', '', '1,234', NULL), (3, CAST(x'c3a9ff' AS TEXT), 'NaN', '', ' ', '', '')""",
    "children of a row that was set aside": """
        CREATE TABLE p (id INTEGER PRIMARY KEY, d DATE); CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p (id));
        INSERT INTO p VALUES (1, 'never'), (2, '2024-01-01'); INSERT INTO c VALUES (1, 1), (2, 2), (3, NULL)""",
}  # fmt: skip
WAYS = [
    Way(policy=policy, at_once=True, orphans=orphans, encoding=encoding)
    for policy, encoding in (("quarantine", None), ("null", None), ("repair", None), ("repair", "latin1"))
    for orphans in ("not-valid", "quarantine")
]

# What is done to a report, or to a target, that was in order: each has to be found.
LIES = {
    "a misfit is not told": lambda report, _: report["misfits"].pop(),
    "a value is told that fits": lambda report, _: report["misfits"].append(
        dict(report["misfits"][0], column="id", rowid=1)
    ),
    "a change is not counted": lambda report, _: report["changes"].pop(0),
    "the proof is of other rows": lambda report, _: report["proof"][0].update(loaded_rows=2),
    "another value became NULL": lambda _, database: database.execute("UPDATE t SET b = NULL WHERE id = 3"),
    "a value did not become NULL": lambda _, database: database.execute("UPDATE t SET a = 'ab' WHERE id = 1"),
    "a row is gone": lambda _, database: database.execute("DELETE FROM t WHERE id = 3"),
    "a row was set aside and is not": lambda _, database: database.execute(
        "CREATE SCHEMA IF NOT EXISTS pgrade_record; CREATE TABLE pgrade_record.quarantine AS SELECT '' AS run_id, 1 AS id, '' AS source,"
        " 't' AS source_table, '' AS target_schema, '' AS target_table, 9 AS source_rowid, '' AS column_name,"
        " '' AS reason, '{}'::json AS \"row\""
    ),
}

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
@pytest.mark.parametrize("what", FOUND_BY_POLICY)
def test_found_by_policy(what, tmp_path, cluster):
    parts = [Statement(sql) for sql in FOUND_BY_POLICY[what].split(";") if sql.strip()]
    for number, way in enumerate(WAYS):
        database = cluster.create_database()
        verdict = judge(parts, tmp_path / f"{number}.db", database, way)
        assert verdict.kind == "equal" and verdict.by == way.policy, (way, verdict)
        database.drop()


@needs_program
@pytest.mark.core
@pytest.mark.parametrize("lie", LIES)
def test_judge_finds_a_lie_about_misfits(lie, tmp_path, database):
    parts = [Statement(sql) for sql in FOUND_BY_POLICY["repairs"].split(";") if sql.strip()]
    assert build(parts, tmp_path / "case.db") == parts
    outcome = policies.upgrade(tmp_path / "case.db", database.url, Way(policy="null", orphans="quarantine"), 60)
    told = outcome.report
    assert told["published"], outcome
    LIES[lie](told, database)
    csv = policies.csv_of(tmp_path / "case.db")
    problems, _ = mended.mend(tmp_path / "case.db", database.url, told, tmp_path / "copy.db", csv, None)
    problems += compare(tmp_path / "copy.db", database.url, told).problems
    assert problems


@needs_program
@pytest.mark.parametrize(
    "first", [pytest.param(first, marks=pytest.mark.long if first > QUICK else ()) for first in SEEDS[::GROUP]])
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
