"""Evaluates each expression in SQLite and its translation in PostgreSQL, over the same rows.

The columns are those of tests/unit/schema/translate_scope.h, told by the program translate_lines.
"""

import datetime
import decimal
import json
import os
import re
import sqlite3
import subprocess
import uuid

import psycopg2
import pytest

import pgrade
from translate_cases import EXPRESSIONS, OPTIONAL
from translate_random import Maker
from translate_refusals import REFUSALS
from translate_rows import VALUES
from translate_written import DEFAULTS, DRAWS, NOW_DEFAULTS, READ_DEFAULTS, STORED

DEFAULT_PROGRAM = os.path.join(pgrade.PROJECT, "build", "tests", "unit", "schema", "translate_lines")
PROGRAM = os.environ.get("PGRADE_TRANSLATE_LINES", DEFAULT_PROGRAM)
LABELS = ("new", "done", "it's")
ROWS = 60
SEED = int(os.environ.get("PGRADE_SEED", "1"))
RANDOM_EXPRESSIONS = int(os.environ.get("PGRADE_RANDOM_EXPRESSIONS", "2000"))

pytestmark = pytest.mark.skipif(not os.access(PROGRAM, os.X_OK), reason="translate_lines is not built")

def translate(lines, *options):
    done = subprocess.run([PROGRAM, *options], input="".join(f"{want}\t{sql}\n" for want, sql in lines),
                          capture_output=True, text=True, encoding="utf-8", check=True)
    answers = [line.split("\t") for line in done.stdout.split("\n")[:-1]]
    assert len(answers) == len(lines)
    return answers


def sql_of(answer, expression):
    assert answer[0] == "ok", f"{expression}: {answer[1:]}"
    return answer[1]


def columns():
    done = subprocess.run([PROGRAM, "--columns"], capture_output=True, text=True, check=True)
    return [line.split("\t") for line in done.stdout.splitlines()]


def sample_rows():
    rows = [{name: values[n % len(values)] for name, values in VALUES.items()} for n in range(ROWS)]
    # Every text is seen beside every short number, too.
    for n, row in enumerate(rows):
        row["i"] = VALUES["i"][(n + n // 11) % len(VALUES["i"])]
    return rows


def sqlite_with_rows(rows):
    """The application's own collation exists, as it would there."""
    source = sqlite3.connect(":memory:")
    source.create_collation("unaccent", lambda a, b: (a > b) - (a < b))
    definitions = ", ".join(f'"{name}" {declared} COLLATE {collation}' for name, declared, collation, _ in columns())
    source.execute(f"CREATE TABLE sample (id INTEGER PRIMARY KEY, {definitions})")
    for n, row in enumerate(rows):
        names = ", ".join(f'"{name}"' for name in row)
        source.execute(f"INSERT INTO sample (id, {names}) VALUES ({', '.join('?' * (len(row) + 1))})", [n, *row.values()])
    return source


def to_postgres(value, type_name):
    if value is not None and type_name == "boolean":
        return bool(value)
    if value is not None and type_name == "timestamp with time zone":
        return value + "+00"
    if isinstance(value, int) and type_name.startswith("timestamp"):
        return datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=value)
    return str(value) if value is not None and type_name == "text" else value


def fill_postgres(connection, rows, form=None):
    """`form`: the type of the column k, where it is one that compares without case."""
    types = {name: type_name for name, _, _, type_name in columns()}
    with connection.cursor() as cursor:
        if form is not None:
            cursor.execute(WITHOUT_CASE[form][0])
            types["k"] = WITHOUT_CASE[form][1]
        cursor.execute("SET extra_float_digits = 1")
        cursor.execute("CREATE TYPE mood AS ENUM %s", (LABELS,))
        definitions = ", ".join(f'"{name}" {type_name}' for name, type_name in types.items())
        cursor.execute(f"CREATE TABLE sample (id integer PRIMARY KEY, {definitions})")
        for n, row in enumerate(rows):
            names = ", ".join(f'"{name}"' for name in row)
            values = [to_postgres(value, types[name]) for name, value in row.items()]
            cursor.execute(f"INSERT INTO sample (id, {names}) VALUES (%s{', %s' * len(row)})", [n, *values])
    connection.commit()


# By the option of translate_lines: what is made for the column k, and its type.
WITHOUT_CASE = {
    "--citext": ("CREATE EXTENSION citext", "citext"),
    "--icu": ("CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
              "text COLLATE nocase"),
}


def plain(value):
    """PostgreSQL's value as SQLite would hand it over."""
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, decimal.Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, memoryview):
        return bytes(value)
    if isinstance(value, datetime.datetime):
        if value.tzinfo is not None:
            value = value.astimezone(datetime.timezone.utc)
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, (datetime.date, datetime.time, uuid.UUID)):
        return str(value)
    return value


def same(ours, theirs):
    # A REAL literal is a numeric in PostgreSQL: its shortest decimal.
    ours = float(ours) if isinstance(ours, decimal.Decimal) and isinstance(theirs, float) else plain(ours)
    if isinstance(ours, (int, float)) != isinstance(theirs, (int, float)):
        return False
    return ours == theirs


@pytest.fixture(scope="module")
def source():
    with sqlite_with_rows(sample_rows()) as connection:
        yield connection


def target_database(cluster, options="", form=None):
    database = cluster.create_database(options=options)
    fill_postgres(connection := database.connect(), sample_rows(), form)
    return database, connection


@pytest.fixture(scope="module")
def target(cluster):
    database, connection = target_database(cluster)
    yield connection
    connection.close()
    database.drop()


@pytest.fixture(scope="module")
def foreign_target(cluster):
    """A database that sorts text as English does; skipped where this server has no ICU."""
    try:
        database, connection = target_database(
            cluster, "TEMPLATE template0 ENCODING 'UTF8' LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C'")
    except psycopg2.Error as error:
        pytest.skip(str(error))
    yield connection
    connection.close()
    database.drop()


@pytest.fixture(scope="module", params=sorted(WITHOUT_CASE))
def caseless_target(request, cluster):
    """The option, and a database where the column k compares without case by itself."""
    database, connection = target_database(cluster, form=request.param)
    yield request.param, connection
    connection.close()
    database.drop()


def expressions():
    return [line for line in EXPRESSIONS.split("\n") if line]


def rows_of(connection, sql):
    with connection.cursor() as cursor:
        try:
            cursor.execute(sql)
            return [row[0] for row in cursor.fetchall()]
        finally:
            connection.rollback()


def differences(source, target, pairs, forgive=lambda theirs, ours: False):
    """What each (SQLite, PostgreSQL) pair of expressions gives for each row, where it is not the same."""
    found = []
    for theirs, ours in pairs:
        expected = [row[0] for row in source.execute(f"SELECT {theirs} FROM sample ORDER BY id")]
        try:
            got = rows_of(target, f"SELECT {ours} FROM sample ORDER BY id")
        except psycopg2.Error as error:
            found.append(f"{theirs}  =>  {ours}: {error}")
            continue
        unlike = [(n, want, plain(value)) for n, (want, value) in enumerate(zip(expected, got))
                  if not same(value, want) and not forgive(want, value)]
        if unlike:
            found.append(f"{theirs}  =>  {ours}: (row, SQLite, PostgreSQL) {unlike[:3]}")
    return found


def check_values(source, target, *options):
    listed = expressions() + [one for one in OPTIONAL if sqlite_knows(source, one)]
    answers = translate([("value", one) for one in listed], *options)
    assert differences(source, target, [(one, sql_of(answer, one)) for one, answer in zip(listed, answers)]) == []


def sqlite_knows(source, expression):
    try:
        source.execute(f"SELECT {expression} FROM sample").fetchall()
        return True
    except sqlite3.Error:
        return False


def test_every_value_is_the_same(source, target):
    check_values(source, target)


def test_every_value_is_the_same_where_text_sorts_otherwise(source, foreign_target):
    check_values(source, foreign_target, "--collate-c")


def test_every_value_is_the_same_where_a_column_has_no_case(source, caseless_target):
    option, target = caseless_target
    check_values(source, target, option)


def test_the_form_of_a_column_without_case_is_needed(source, caseless_target):
    """Without it the comparison would differ: so the test above can fail."""
    option, target = caseless_target
    pairs = [("k = 'abc' COLLATE BINARY", translate([("value", "k = 'abc' COLLATE BINARY")], *words)[0][1])
             for words in ([], [option])]
    assert len(differences(source, target, pairs)) == 1


def test_collate_c_is_needed_there(source, foreign_target):
    """Without it the comparison would differ: so the test above can fail."""
    answer = translate([("value", "t > 'Z'")])[0]
    assert differences(source, foreign_target, [("t > 'Z'", answer[1])]) != []


def test_every_condition_is_the_same(source, target):
    listed = [(one, answer[1]) for one, answer in zip(expressions(), translate([("condition", one) for one in expressions()]))
              if answer[0] == "ok"]
    assert len(listed) > 200
    pairs = [(f"CASE WHEN {one} THEN 1 WHEN NOT ({one}) THEN 0 END", f"CASE WHEN {sql} THEN 1 WHEN NOT ({sql}) THEN 0 END")
             for one, sql in listed]
    assert differences(source, target, pairs) == []


def spelled_alike(theirs, ours):
    """A char(n), and a number among texts, arrive as texts; what SQLite makes of them is asked deeper inside."""
    return isinstance(ours, str) and ours.rstrip() == str(theirs)


def out_of_range(target, sql):
    """SQLite goes on with a REAL where PostgreSQL stops: docs/translation.md."""
    try:
        rows_of(target, f"SELECT {sql} FROM sample")
        return False
    except (psycopg2.errors.NumericValueOutOfRange, psycopg2.errors.DatetimeFieldOverflow):
        return True


def random_differences(source, target, seed, count, *options):
    listed = Maker(seed).expressions(count)
    answers = translate([("value", one) for one in listed], *options)
    pairs = [(one, answer[1]) for one, answer in zip(listed, answers) if answer[0] == "ok" and sqlite_knows(source, one)]
    assert len(pairs) > count // 5
    return [text for one, sql in pairs if not out_of_range(target, sql)
            for text in differences(source, target, [(one, sql)], spelled_alike)]


def test_random_expressions_are_the_same(source, target):
    assert random_differences(source, target, SEED, RANDOM_EXPRESSIONS) == []


def test_random_expressions_are_the_same_where_a_column_has_no_case(source, caseless_target):
    option, target = caseless_target
    assert random_differences(source, target, SEED + 2, RANDOM_EXPRESSIONS, option) == []


def test_random_expressions_are_the_same_where_text_sorts_otherwise(source, foreign_target):
    assert random_differences(source, foreign_target, SEED + 1, RANDOM_EXPRESSIONS, "--collate-c") == []


def is_current(sql):
    return "CURRENT_TIMESTAMP" in sql


def test_only_the_current_time_is_not_immutable(target):
    """Indexes and generated columns take immutable expressions only."""
    refused = []
    answers = translate([("immutable", one) for one in expressions()])
    for one, answer in zip(expressions(), answers):
        if answer[0] == "no" and ("too long for an index" in answer[2] or "not immutable" in answer[2]):
            continue
        try:
            # The type of a bare literal is open to an index.
            with target.cursor() as cursor:
                cursor.execute(f"CREATE INDEX ON sample ((coalesce({answer[1]}, NULL)))")
        except psycopg2.Error as error:
            refused += [] if is_current(answer[1]) else [f"{one}: {error}"]
        finally:
            target.rollback()
    assert refused == []


def test_forms_for_indexes_have_the_same_values(source, target):
    """Dates are written otherwise there, since to_char() is not immutable."""
    listed = [one for one in expressions() if "(" in one]
    answers = translate([("immutable", one) for one in listed])
    pairs = [(one, answer[1]) for one, answer in zip(listed, answers) if answer[0] == "ok" and "CURRENT" not in answer[1]]
    assert len(pairs) > 300
    assert differences(source, target, pairs) == []


# What SQLite keeps in a column of these affinities, where PostgreSQL's type can hold it; None: an error.
STORED_JSON = [
    ("t", ["x", "", "5", "1", "0", None, "it's \"q\" ä 日本"],
     ['"x"', '""', "5", "true", "false", "null", '"it\'s \\"q\\" \\u00e4 日本"'], ["1.5", "[1]", '{"b": 2}']),
    ("b", [5, 1, 0, None, 9007199254740993, 7], ["5", "true", "false", "null", "9007199254740993", '"7"'], ["1.5", '"x"', "[]"]),
    ("r", [5.0, 0.1, None, -1e300], ["5", "0.1", "null", "-1e300"], ['"x"', "[]"]),
    ("f", [1, 0, 1, None], ["true", "false", "1", "null"], ["2", "[]"]),
]


@pytest.mark.parametrize("column, expected, values, errors", STORED_JSON)
def test_values_out_of_json_are_stored_as_in_sqlite(target, column, expected, values, errors):
    declared, type_name = {name: (one, kind) for name, one, _, kind in columns()}[column]
    sql = translate([("stored:" + column, "m ->> 'a'")])[0][1]
    source = sqlite3.connect(":memory:")
    source.execute(f"CREATE TABLE g (m TEXT, made {declared} AS (m ->> 'a'))")
    source.executemany("INSERT INTO g VALUES (?)", [(f'{{"a": {value}}}',) for value in values])
    assert [row[0] for row in source.execute("SELECT made FROM g")] == expected
    with target.cursor() as cursor:
        try:
            cursor.execute(f"CREATE TABLE g (m jsonb, made {type_name} GENERATED ALWAYS AS ({sql}) STORED)")
            cursor.executemany("INSERT INTO g VALUES (%s)", [(f'{{"a": {value}}}',) for value in values])
            cursor.execute("SELECT made FROM g")
            assert [plain(row[0]) for row in cursor.fetchall()] == expected
            for value in errors:
                cursor.execute("SAVEPOINT one")
                with pytest.raises(psycopg2.DataError):
                    cursor.execute("INSERT INTO g VALUES (%s)", (f'{{"a": {value}}}',))
                cursor.execute("ROLLBACK TO one")
        finally:
            target.rollback()


@pytest.mark.parametrize("text", ["2020-02-31", "12:30", "2459000.5", "now", "2020-01-01T10:00:00+02:00", "2020-01-01 24:00:00"])
def test_texts_that_sqlite_reads_as_other_times_are_errors(target, text):
    """In a text column; what neither reads as a time is NULL in both."""
    sql = translate([("value", "date(s)")])[0][1]
    with target.cursor() as cursor, pytest.raises(psycopg2.errors.DatetimeFieldOverflow):
        try:
            cursor.execute(f"SELECT {sql} FROM (SELECT %s::text AS s) AS one", (text,))
        finally:
            target.rollback()


EDGES = ["'+1 second'", "'+1 day'", "'+2 day', '-5 day'", "'+1 month'", "'+1 month', '-2 month'", "'+1 year', 'start of year'", "'weekday 3'",
         "'+1 day', 'start of month'", "'+1 day', '-1 month'", "'start of year', '-1 day', '+2 day'", "'-1 month'", "'-1 day', '+1 month'", "'+9998 years'",
         "'+9999 years', '-9999 years'", "'-2 years', '+1 year'"]


@pytest.mark.parametrize("want", ["value", "immutable"])
@pytest.mark.parametrize("modifiers", EDGES)
def test_no_time_lies_beyond_the_last_year(target, modifiers, want):
    """SQLite gives NULL after 9999; before the year 1 it goes on, and docs/translation.md says that we do not."""
    made = [f"{function}({column}, {modifiers})" for function in ("datetime", "date", "unixepoch") for column in ("s", "d", "y")]
    source = sqlite3.connect(":memory:")
    wrong = []
    for expression, answer in zip(made, translate([(want, one) for one in made])):
        if answer[0] == "no" and "too long for an index" in answer[2]:
            continue
        for day in ("9999-12-31", "9999-12-29", "9999-11-30", "9990-01-01", "0001-01-01", "0001-01-31", "0001-02-28", "2020-02-29"):
            for text in (day, day + " 23:59:59"):
                theirs = source.execute(f"SELECT {expression} FROM (SELECT ? AS s, ? AS d, ? AS y)", (text, text, day)).fetchone()[0]
                if isinstance(theirs, str) and theirs < "0001" or isinstance(theirs, int) and theirs < -62135596800:
                    theirs = None
                with target.cursor() as cursor:
                    cursor.execute(f"SELECT {sql_of(answer, expression)} FROM (SELECT %s AS s, %s::timestamp AS d, %s::date AS y) AS one",
                                   (text, text, day))
                    ours = cursor.fetchone()[0]
                if ours != theirs:
                    wrong.append((expression, text, ours, theirs))
    target.rollback()
    assert not wrong, wrong


def test_what_is_not_exact_is_refused():
    answers = translate([(want, one) for want, one, _ in REFUSALS])
    wrong = [(want, one, answer) for (want, one, part), answer in zip(REFUSALS, answers)
             if answer[0] != "no" or part not in answer[1] or not answer[2]]
    assert wrong == []


def sqlite_default(declared, expression):
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE TABLE one (id INTEGER PRIMARY KEY, value {declared} DEFAULT {expression})")
    connection.execute("INSERT INTO one (id) VALUES (1)")
    return connection.execute("SELECT value FROM one").fetchone()[0]


def postgres_default(connection, type_name, sql):
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"CREATE TABLE one (id integer, value {type_name} DEFAULT {sql})")
            cursor.execute("INSERT INTO one (id) VALUES (1) RETURNING value")
            return cursor.fetchone()[0]
        finally:
            connection.rollback()


def both_defaults(target, cases):
    known = {name: (declared, type_name) for name, declared, _, type_name in columns()}
    answers = translate([("default:" + case[0], case[1].strip()) for case in cases])
    for case, answer in zip(cases, answers):
        declared, type_name = known[case[0]]
        yield (case, answer, sqlite_default(declared, case[1]),
               postgres_default(target, type_name, sql_of(answer, case)))


def test_every_default_is_the_same(target):
    wrong = []
    for case, answer, theirs, ours in both_defaults(target, DEFAULTS):
        if case[0] == "m":
            ours, theirs = (0, 0) if ours == json.loads(theirs) else (ours, theirs)
        # docs/values.md: char(n) compares without the spaces at its end, a text column takes a blob's bytes.
        if case[0] == "c":
            ours = ours.rstrip(" ")
        if isinstance(theirs, bytes) and isinstance(ours, str):
            theirs = theirs.decode()
        if not same(ours, theirs):
            wrong.append((case, answer, theirs, ours))
    assert wrong == []


def test_null_default_is_plain():
    assert translate([("default:d", "NULL"), ("default:f", "(NULL)")]) == [["ok", "NULL"], ["ok", "NULL"]]


def test_texts_are_read_as_the_type(target):
    answers = translate([("default:" + name, sql) for name, sql, _ in READ_DEFAULTS])
    types = {name: type_name for name, _, _, type_name in columns()}
    for (name, sql, expected), answer in zip(READ_DEFAULTS, answers):
        ours = postgres_default(target, types[name], sql_of(answer, sql))
        assert (bytes(ours) if isinstance(ours, memoryview) else ours) == expected, (name, sql, answer)


def drawn(connection, type_name, sql, count):
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"CREATE TABLE one (id integer, value {type_name} DEFAULT {sql})")
            cursor.execute("INSERT INTO one (id) SELECT generate_series(1, %s) RETURNING value", (count,))
            return [value.hex() if isinstance(value, memoryview) else str(plain(value)) for value, in cursor.fetchall()]
        finally:
            connection.rollback()


def test_random_values_have_the_same_shape_and_all_digits_vary(target):
    """SQLite's own values match the patterns too, so they are no looser than they must be."""
    known = {name: (declared, type_name) for name, declared, _, type_name in columns()}
    answers = translate([("default:" + name, sql) for name, sql, _ in DRAWS])
    for (name, sql, pattern), answer in zip(DRAWS, answers):
        declared, type_name = known[name]
        theirs = sqlite_default(declared, sql)
        theirs = theirs.hex() if isinstance(theirs, bytes) else str(theirs)
        assert name == "g" or re.fullmatch(pattern, theirs), (sql, theirs)
        ours = drawn(target, type_name, sql_of(answer, sql), 200)
        assert all(re.fullmatch(pattern, value) for value in ours), (sql, answer, ours[:3])
        # Each place that may vary does: no digit of the source of random bits is fixed.
        fixed = [at for at in range(len(theirs)) if len({value[at:at + 1] for value in ours}) == 1]
        assert len(fixed) <= len(re.sub(r"\[[^]]*\](\{[0-9,]*\})?", "", pattern)), (sql, answer, fixed)


def test_random_integers_have_every_bit(target):
    """Over all 64 bits: the double of PostgreSQL's random() would leave the lower ones at zero."""
    values = [int(one) for one in drawn(target, "bigint", translate([("default:b", "(random())")])[0][1], 400)]
    for bit in range(64):
        assert 100 < sum(value >> bit & 1 for value in values) < 300, bit


FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y at %H:%M", "%j/%Y",
           "%Y-%m-%dT%H:%M:%S.%fZ")


def moment(value):
    """Any form of a moment, in seconds."""
    value = plain(value) if not isinstance(value, str) else value
    if isinstance(value, float):
        return (value - 2440587.5) * 86400
    if isinstance(value, int) or value.isdigit():
        return int(value)
    if value.count(":") == 2 and "." in value and "T" not in value:
        value = value.split(".")[0]
    for form in FORMATS:
        try:
            return datetime.datetime.strptime(value, form).replace(tzinfo=datetime.timezone.utc).timestamp()
        except ValueError:
            continue
    raise AssertionError(f"no moment: {value}")


def test_current_time_is_the_same(target):
    day = 86400
    for case, answer, theirs, ours in both_defaults(target, NOW_DEFAULTS):
        apart = abs(moment(ours) - moment(theirs)) % day
        # Minutes may turn between the two, and so may the day.
        assert min(apart, day - apart) <= 60, (case, answer, theirs, ours)
        if isinstance(ours, str):
            assert len(ours) == len(theirs), (case, answer, theirs, ours)


def test_generated_columns_are_the_same(source, target):
    types = {name: type_name for name, _, _, type_name in columns()}
    declared = {name: one for name, one, _, _ in columns()}
    answers = translate([("stored:" + name, sql) for name, sql in STORED])
    definitions = ", ".join(f'"{name}" {one}' for name, one in declared.items())
    for (name, sql), answer in zip(STORED, answers):
        source.execute(f"CREATE TEMP TABLE g ({definitions}, made {declared[name]} AS ({sql}))")
        names = ", ".join(f'"{one}"' for one in declared)
        # What the column itself holds in both: numbers that numeric(10,2) or integer cannot are left out.
        condition = "coalesce(i, 0) BETWEEN -1000000 AND 1000000"
        source.execute(f"INSERT INTO g SELECT {names} FROM sample WHERE {condition} ORDER BY id")
        theirs = [row[0] for row in source.execute("SELECT made FROM g ORDER BY rowid")]
        source.execute("DROP TABLE g")
        with target.cursor() as cursor:
            try:
                cursor.execute(f"CREATE TABLE g (LIKE sample, made {types[name]} "
                               f"GENERATED ALWAYS AS ({sql_of(answer, sql)}) STORED)")
                cursor.execute(f"INSERT INTO g (id, {names}) SELECT id, {names} FROM sample WHERE {condition}")
                cursor.execute("SELECT made FROM g ORDER BY id")
                ours = [row[0] for row in cursor.fetchall()]
            finally:
                target.rollback()
        unlike = [(a, b) for a, b in zip(ours, theirs) if not same(a, b)]
        assert unlike == [] and len(ours) == len(theirs), (name, sql, answer)
