"""Every type that the columns of an application may have: what arrives, and which values are named as misfits.

Of each type a table: values of SQLite with what PostgreSQL itself reads for them, and values that do not fit.
docs/values.md is what this page of types follows.
"""

import re

import pytest

import fixtures
import pgrade

# The type: [(a value as SQLite's literal, the same as an expression of PostgreSQL)], [misfits as literals].
TYPES = {
    "boolean": ([("1", "true"), ("0", "false"), ("'t'", "true")], ["2", "'maybe'"]),
    "smallint": ([("-32768", "-32768"), ("'7'", "7"), ("2.0", "2")], ["32768", "1.5"]),
    "integer": ([("2147483647", "2147483647"), ("x'3137'", "17")], ["2147483648", "x'11'"]),
    "bigint": ([("-9223372036854775807", "-9223372036854775807")], ["9223372036854775808", "'1e3'"]),
    "real": ([("0.1", "0.1"), ("1.5", "1.5"), ("16777216", "16777216")], ["0.123456789", "16777217", "1e39"]),
    "double precision": ([("0.1", "0.1"), ("9e999", "'Infinity'")], ["9007199254740993", "'1'"]),
    "numeric": ([("'1.50'", "1.50"), ("0.1", "0.1"), ("'NaN'", "'NaN'")], ["'1,5'"]),
    "numeric(5,2)": ([("999.99", "999.99"), ("'1.500'", "1.5")], ["1000", "'1.005'"]),
    "numeric(5,-2)": ([("1200", "1200"), ("9999900", "9999900")], ["1250", "10000000", "0.5"]),
    "numeric(2,4)": ([("0.0012", "0.0012"), ("0", "0")], ["0.01", "0.00001", "1"]),
    "text": ([("'é'", "'é'"), ("1.0", "'1.0'"), ("x'c3a9'", "'é'")], ["x'ff'", "cast(x'6100' AS TEXT)"]),
    "varchar(3)": ([("'äöü'", "'äöü'"), ("'a '", "'a '")], ["'äöüß'"]),
    "char(3)": ([("'ab'", "'ab '"), ("''", "'   '")], ["'abcd'", "'a '"]),
    "bytea": ([("x'00ff'", "'\\x00ff'"), ("'a'", "'\\x61'")], ["1"]),
    "date": ([("'2024-02-29'", "'2024-02-29'"), ("'2024-02-29 00:00:00'", "'2024-02-29'")],
             ["'2023-02-29'", "'2024-02-29 00:01'"]),
    "time": ([("'23:59:59.999999'", "'23:59:59.999999'")], ["'24:00'", "'12:00+01'"]),
    "time(3)": ([("'12:00:00.123'", "'12:00:00.123'")], ["'12:00:00.1234'"]),
    "timetz": ([("'12:00+05:30'", "'12:00+05:30'"), ("'12:00'", "'12:00+00'")], ["'12'"]),
    "timestamp": ([("'2024-05-06T07:08:09.000001'", "'2024-05-06 07:08:09.000001'")], ["'2024-05-06 25:00'"]),
    "timestamp(3)": ([("'2024-05-06 07:08:09.789000'", "'2024-05-06 07:08:09.789'")], ["'2024-05-06 07:08:09.7891'"]),
    "timestamptz": ([("'2024-05-06 07:08:09+02:00'", "'2024-05-06 05:08:09+00'")], ["'yesterday'"]),
    "timestamptz(0)": ([("'2024-05-06 07:08:09Z'", "'2024-05-06 07:08:09+00'")], ["'2024-05-06 07:08:09.5Z'"]),
    "interval": ([("'P1Y2M3DT4H'", "'1 year 2 mons 3 days 04:00'"), ("'-1 days +00:00:01'", "'-1 days +00:00:01'"),
                  ("'1970-01-04 04:00:05'", "'3 days 04:00:05'")], ["'soon'", "'1 day ago'"]),
    "interval(3)": ([("'00:00:00.123'", "'00:00:00.123'")], ["'00:00:00.1234'"]),
    "interval day to hour": ([("'1 day 04:00'", "'1 day 04:00'")], ["'1 day 04:01'"]),
    "interval year to month": ([("'P1Y2M'", "'1 year 2 mons'")], ["'P1D'"]),
    "uuid": ([("'00112233445566778899AABBCCDDEEFF'", "'00112233-4455-6677-8899-aabbccddeeff'"),
              ("x'00112233445566778899aabbccddeeff'", "'00112233-4455-6677-8899-aabbccddeeff'")], ["'0'", "x'00'"]),
    "json": ([("' {\"a\": 1} '", "' {\"a\": 1} '")], ["'{'"]),
    "jsonb": ([("'{\"b\": 1.0, \"a\": [null]}'", "'{\"a\": [null], \"b\": 1.0}'"), ("1.5", "'1.5'")], ["'nope'"]),
    "inet": ([("'10.0.0.1/8'", "'10.0.0.1/8'"), ("'::1'", "'::1'")], ["'10.0.0'", "'10.0.0.1/33'"]),
    "cidr": ([("'10.0.0.0/8'", "'10.0.0.0/8'")], ["'10.0.0.1/8'"]),
    "macaddr": ([("'08-00-2b-01-02-03'", "'08:00:2b:01:02:03'")], ["'08002b010203'"]),
    "macaddr8": ([("'08:00:2b:01:02:03:04:05'", "'08:00:2b:01:02:03:04:05'")], ["'08:00:2b:01:02:03'"]),
    "oid": ([("4294967295", "4294967295"), ("'7'", "7")], ["-1", "4294967296"]),
    '"char"': ([("'x'", "'x'"), ("''", "''")], ["'xy'", "'é'"]),
    "name": ([("'é'", "'é'"), (f"'{'n' * 63}'", f"'{'n' * 63}'")], [f"'{'n' * 64}'"]),
    "bit(3)": ([("'101'", "'101'"), ("101", "'101'")], ["'10'", "5"]),
    "varbit(9)": ([("'101010101'", "'101010101'"), ("''", "''")], ["'1010101010'", "1"]),
    "mood": ([("'glad'", "'glad'"), ("'it''s'", "'it''s'")], ["'Glad'", "0"]),
    "of_moods": ([("'[\"glad\",null]'", "'{glad,NULL}'")], ["'[\"Glad\"]'"]),
    "tag": ([("'a'", "'a'")], ["'abcd'", "'a\"' || x'ff'"]),
    "deep": ([("7", "7")], ["40000"]),
    "integer[]": ([("'[1,2,3]'", "'{1,2,3}'"), ("'{1,NULL}'", "'{1,NULL}'"), ("'[]'", "'{}'"), ("'null'", "NULL"),
                   ("'[0:1]={5,6}'", "'[0:1]={5,6}'"), ("'[[1,2],[3,4]]'", "'{{1,2},{3,4}}'")],
                  ["'1,2'", "'[1,\"x\"]'", "'[[1],[2,3]]'", "'[2147483648]'", "5", "'[1.5]'", "x'5b5d'"]),
    "text[]": ([("'[\"a\\\"b\",\"\\\\\",\"{,}\",null,\"null\",\"ü\",\"\"]'",
                 "ARRAY['a\"b', '\\', '{,}', NULL, 'null', 'ü', '']"), ("'{a b,\"c,d\",\"\\\"\"}'", "ARRAY['a b','c,d','\"']")],
               ["'[\"\\u0000\"]'", "'{a,}'"]),
    "varchar(2)[]": ([("'[\"ab\"]'", "'{ab}'")], ["'[\"abc\"]'"]),
    "char(2)[]": ([("'[\"a\"]'", "ARRAY['a ']")], ["'[\"a \"]'"]),
    "boolean[]": ([("'[true,false,null,1]'", "'{t,f,NULL,t}'"), ("'{t,f}'", "'{t,f}'")], ["'[2]'"]),
    "smallint[]": ([("'[1,-2]'", "'{1,-2}'")], ["'[32768]'"]),
    "bigint[]": ([("'[9223372036854775807]'", "'{9223372036854775807}'")], ["'[9223372036854775808]'"]),
    "real[]": ([("'[0.1,1e10]'", "'{0.1,1e10}'"), ("'{NaN,-Infinity}'", "'{NaN,-Infinity}'")], ["'[0.1234567891]'"]),
    "double precision[]": ([("'[0.1,1e300,5e-324]'", "'{0.1,1e300,5e-324}'")], ["'[1e400]'", "'[0.123456789012345678]'"]),
    "numeric[]": ([("'[1.50,12345678901234567890]'", "'{1.50,12345678901234567890}'")], ["'[\"one\"]'"]),
    "numeric(4,1)[]": ([("'[1.5]'", "'{1.5}'")], ["'[1.55]'"]),
    "bytea[]": ([("'{\"\\\\x00ff\"}'", "ARRAY['\\x00ff'::bytea]")], ["'[\"ab\"]'"]),
    "date[]": ([("'[\"2024-02-29\"]'", "'{2024-02-29}'")], ["'[\"2023-02-29\"]'"]),
    "time[]": ([("'[\"12:00\"]'", "'{12:00}'")], ["'[\"25:00\"]'"]),
    "timestamp(3)[]": ([("'[\"2024-02-29T12:00:00.5Z\"]'", "'{2024-02-29 12:00:00.5}'")], ["'[\"2024-02-29 12:00:00.0001\"]'"]),
    "timestamptz[]": ([("'{\"2024-02-29 12:00:00+02\"}'", "'{2024-02-29 10:00:00+00}'")], ["'[5]'"]),
    "interval[]": ([("'[\"1 day 02:00:00\",\"PT5S\"]'", "'{1 day 02:00:00,00:00:05}'")], ["'[\"x\"]'"]),
    "uuid[]": ([("'[\"00112233445566778899AABBCCDDEEFF\"]'", "'{00112233-4455-6677-8899-aabbccddeeff}'")], ["'[\"\"]'"]),
    "json[]": ([("'[{\"a\": 1},[2],\"x\",null]'", "ARRAY['{\"a\": 1}'::json,'[2]','\"x\"',NULL]")], ["'{oops}'"]),
    "jsonb[]": ([("'[{\"b\":1.0,\"a\":2}]'", "ARRAY['{\"a\":2,\"b\":1.0}'::jsonb]")], ["'[1'"]),
    "inet[]": ([("'[\"10.0.0.1\"]'", "'{10.0.0.1}'")], ["'[\"10\"]'"]),
    "mood[]": ([("'[\"glad\",\"it''s\"]'", "ARRAY['glad','it''s']::mood[]")], ["'[\"Glad\"]'"]),
    "tag[]": ([("'[\"a\",\"b\"]'", "'{a,b}'")], ["'[\"abcd\"]'"]),
}

DOMAINS = """
CREATE TYPE mood AS ENUM ('sad', 'glad', 'it''s');
CREATE DOMAIN of_moods AS mood[];
CREATE DOMAIN tag AS varchar(3);
CREATE DOMAIN shallow AS smallint NOT NULL;
CREATE DOMAIN deep AS shallow;
"""


def tables():
    return [(f"t{number}", name, *values) for number, (name, values) in enumerate(TYPES.items())]


def make_source(path, choose):
    lines = []
    for table, _, good, wrong in tables():
        lines.append(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, v);")
        values = choose([value for value, _ in good], wrong)
        # `v` has no affinity: the values are as they are written.
        lines += [f"INSERT INTO {table} VALUES ({number}, {value});" for number, value in enumerate(values, 1)]
    return fixtures.build_from_text("\n".join(lines), path)


def make_target(database):
    database.execute(DOMAINS + "".join(f"CREATE TABLE {table} (id integer PRIMARY KEY, v {name});"
                                       for table, name, _, _ in tables()))


@pytest.mark.core
def test_what_fits_arrives_as_postgresql_reads_it(folder, database):
    source = make_source(folder / "t.db", lambda good, wrong: good)
    make_target(database)
    outcome = pgrade.run("upgrade", str(source), database.url)
    assert outcome.status == pgrade.OK, str(outcome)
    assert_values_equal(source, database, len(TYPES))
    for table, name, good, _ in tables():
        wanted = ", ".join(f"({number}, ({value})::{name})" for number, (_, value) in enumerate(good, 1))
        # As text, as no equality tells 1.5 from 1.50, and json has none.
        different = database.execute(
            f"SELECT w.id, w.v::text, {table}.v::text FROM (VALUES {wanted}) w (id, v) FULL JOIN {table} USING (id)"
            f" WHERE w.v::text COLLATE \"C\" IS DISTINCT FROM {table}.v::text", ())
        assert [row for row in different if not numeric_alike(name, row)] == [], name


def assert_values_equal(source, database, count):
    """Keys without a default differ here, the values of no table do."""
    outcome = pgrade.run("verify", str(source), database.url)
    assert len(re.findall(r" equal [0-9a-f]{16}$", outcome.stdout, re.MULTILINE)) == count, str(outcome)


def numeric_alike(name, row):
    """A limited numeric shows all its decimals, as the column does; one without shows those that were written."""
    return name.startswith("numeric") and float(row[1]) == float(row[2])


@pytest.mark.core
def test_every_value_that_does_not_fit_is_named_and_nothing_arrives(folder, database):
    source = make_source(folder / "t.db", lambda good, wrong: good[:1] + wrong)
    make_target(database)
    outcome = pgrade.run("upgrade", str(source), database.url)
    assert outcome.status == pgrade.DECISION, outcome
    named = set(re.findall(r"(t\d+)\.v, rowid (\d+):", outcome.stdout))
    wanted = {(table, str(number)) for table, _, _, wrong in tables() for number in range(2, 2 + len(wrong))}
    assert named == wanted
    for table, _, _, _ in tables():
        assert database.execute(f"SELECT count(*) FROM {table}", ()) == [(0,)]


def test_policies_for_arrays(folder, database):
    source = fixtures.build_from_text(
        "CREATE TABLE n (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE q (id INTEGER PRIMARY KEY, v TEXT);"
        " CREATE TABLE r (id INTEGER PRIMARY KEY, v TEXT);"
        " INSERT INTO n VALUES (1, '[1,x]'), (2, '[1]'); INSERT INTO q VALUES (1, '[[1],[]]'), (2, '{2}');"
        " INSERT INTO r VALUES (1, ' '), (2, '[3]'), (3, '');", folder / "t.db")
    database.execute("CREATE TABLE n (id int PRIMARY KEY, v int[]); CREATE TABLE q (id int PRIMARY KEY, v int[]);"
                     " CREATE TABLE r (id int PRIMARY KEY, v int[])")
    outcome = pgrade.run("upgrade", str(source), database.url, "--misfit", "n=null", "--misfit", "q=quarantine",
                         "--misfit", "r=repair", "--quarantine-file", str(folder / "aside.csv"))
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert database.execute("SELECT * FROM n ORDER BY id", ()) == [(1, None), (2, [1])]
    assert database.execute("SELECT * FROM q ORDER BY id", ()) == [(2, [2])]
    assert database.execute("SELECT * FROM r ORDER BY id", ()) == [(1, None), (2, [3]), (3, None)]


@pytest.mark.core
def test_arrays_in_tables_that_pgrade_makes(folder, database):
    source = fixtures.build_from_text(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT, w TEXT, x TEXT);"
        " INSERT INTO t VALUES (1, '[1,null]', '{a,\"b c\"}', 'null'), (2, NULL, '[]', '[[1.5]]');", folder / "t.db")
    outcome = pgrade.run("upgrade", str(source), database.url, "--yes", "--type", "t.v=integer[]", "--type",
                         "t.w=text[]", "--type", "t.x=numeric(4,2)[]")
    assert outcome.status == pgrade.OK, str(outcome)
    assert database.execute("SELECT v, w, x::text FROM t ORDER BY id", ()) == [
        ([1, None], ["a", "b c"], None), (None, [], "{{1.50}}")]
    assert database.execute("SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 't'::regclass"
                            " AND attnum > 1 ORDER BY attnum", ()) == [("integer[]",), ("text[]",), ("numeric(4,2)[]",)]


@pytest.mark.parametrize("name", ["point", "int4range", "tsvector", "money", "xml", "oidvector", "int4range[]"])
def test_types_without_a_rule_are_refused_by_name(name, folder, database):
    source = fixtures.build_from_text("CREATE TABLE t (id INTEGER PRIMARY KEY, v);", folder / "t.db")
    database.execute(f"CREATE TABLE t (id integer PRIMARY KEY, v {name})")
    outcome = pgrade.run("upgrade", str(source), database.url)
    assert outcome.status == pgrade.REFUSED, outcome
    assert f"t.v: is of type {name} there, which pgrade does not load" in outcome.stderr


DOMAINS_WITH_CHECKS = """
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE DOMAIN small_positive AS positive NOT NULL CHECK (VALUE < 100);
CREATE DOMAIN pair AS integer[] CHECK (array_length(VALUE, 1) = 2);
CREATE DOMAIN given AS text[] NOT NULL;
CREATE TABLE a (id integer PRIMARY KEY, v small_positive);
CREATE TABLE b (id integer PRIMARY KEY, v pair);
CREATE TABLE c (id integer PRIMARY KEY, v given);
CREATE TABLE d (id integer PRIMARY KEY, v positive[]);
"""


def domains_source(path, *rows):
    return fixtures.build_from_text("".join(
        f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO {name} VALUES {values};"
        for name, values in zip("abcd", rows)), path)


@pytest.mark.core
def test_domains_over_domains_and_arrays(folder, database):
    source = domains_source(folder / "t.db", "(1, '7')", "(1, '[1,2]'), (2, 'null')", "(1, '[]')", "(1, '{3,NULL}')")
    database.execute(DOMAINS_WITH_CHECKS)
    outcome = pgrade.run("upgrade", str(source), database.url)
    assert outcome.status == pgrade.OK, str(outcome)
    assert database.execute("SELECT a.v, b.v, c.v::text, d.v::text FROM a, b, c, d WHERE b.id = 1", ()) == [
        (7, [1, 2], "{}", "{3,NULL}")]
    assert_values_equal(source, database, 4)


def test_what_checks_of_domains_refuse_is_listed(folder, database):
    source = domains_source(folder / "t.db", "(1, '0'), (2, '100'), (3, '5')", "(1, '[1]'), (2, '{1,2}'), (3, '[]')",
                            "(1, 'null'), (2, '[]')", "(1, '[1]')")
    database.execute(DOMAINS_WITH_CHECKS)
    outcome = pgrade.run("upgrade", str(source), database.url)
    assert outcome.status == pgrade.DECISION, str(outcome)
    assert "c.v, rowid 1" in outcome.stdout, "NULL of a domain that is NOT NULL is a misfit"
    outcome = pgrade.run("upgrade", str(source), database.url, "--exclude", "c")
    assert outcome.status == pgrade.DECISION, str(outcome)
    said = outcome.stdout + outcome.stderr
    for row in ("(1,0)", "(2,100)", "(1,{1})"):
        assert row in said, said
    assert database.execute("SELECT count(*) FROM a", ()) == [(0,)]
