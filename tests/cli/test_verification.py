"""The verification is not blind: data that change on their way are found, and nothing is published.

Triggers on the tables of the load schema stand for every mistake that a loader, a network or a server can
make: COPY fires them, so what is stored is not what was sent.
"""

import contextlib

import pytest

import fixtures
import pgrade
from catalog_text import table_names, whole_text
from trouble import assert_clean, one_document

SOURCE = """
CREATE TABLE t (
    id INTEGER PRIMARY KEY, word TEXT, n INTEGER, ratio DOUBLE PRECISION, price DECIMAL(8, 2), flag BOOLEAN,
    at DATETIME, day DATE, raw BLOB, doc JSON);
WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500)
INSERT INTO t SELECT i, 'word ' || i, i * 3, i / 7.0, i + 0.25, i % 2,
    datetime(1700000000 + i, 'unixepoch'), date('2024-01-01', '+' || i || ' days'), CAST('raw ' || i AS BLOB),
    '{"n": ' || i || '}' FROM c;
INSERT INTO t (id) VALUES (1000);
CREATE TABLE untouched (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO untouched VALUES (1, 'a');
"""
SETUP = """
CREATE SCHEMA test_gate;
CREATE FUNCTION test_gate.spoil() RETURNS trigger LANGUAGE plpgsql AS $spoil$
BEGIN
    {body}
    RETURN NEW;
END $spoil$;
CREATE FUNCTION test_gate.watch() RETURNS event_trigger LANGUAGE plpgsql AS $watch$
BEGIN
    IF EXISTS (SELECT FROM pg_catalog.pg_event_trigger_ddl_commands()
               WHERE object_identity = 'pgrade_load.t' AND object_type = 'table') THEN
        CREATE TRIGGER spoil {moment} INSERT ON pgrade_load.t FOR EACH ROW EXECUTE FUNCTION test_gate.spoil();
    END IF;
END $watch$;
CREATE EVENT TRIGGER spoil ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION test_gate.watch();
"""
# What is done to the row with that id, and the column that has to be named.
DAMAGES = {
    "a text": ("NEW.word := 'Word 250'", "word"),
    "a space more": ("NEW.word := NEW.word || ' '", "word"),
    "another form of a character": ("NEW.word := 'ẃord'", "word"),
    "an empty text": ("NEW.word := ''", "word"),
    "a NULL": ("NEW.word := NULL", "word"),
    "an integer": ("NEW.n := NEW.n + 1", "n"),
    "the last bit of a double": ("NEW.ratio := NEW.ratio + 1e-14", "ratio"),
    "a cent": ("NEW.price := NEW.price - 0.01", "price"),
    "a truth": ("NEW.flag := NOT NEW.flag", "flag"),
    "a microsecond": ("NEW.at := NEW.at + interval '1 microsecond'", "at"),
    "an hour": ("NEW.at := NEW.at + interval '1 hour'", "at"),
    "a day": ("NEW.day := NEW.day + 1", "day"),
    "a byte": ("NEW.raw := NEW.raw || '\\x00'::bytea", "raw"),
    "a number in a document": ("""NEW.doc := '{{"n": 251}}'""", "doc"),
    "the key": ("NEW.id := 2000", "id"),
}
ELSEWHERE = {
    "a value for a NULL": ("IF NEW.id = 1000 THEN NEW.n := 0; END IF;", "n"),
    "values swapped between rows": (
        "IF NEW.id IN (1, 2) THEN NEW.word := 'word ' || (3 - NEW.id); END IF;",
        "swapped",
    ),
    "whole rows but their keys swapped": (
        "IF NEW.id IN (1, 3) THEN NEW.word := 'word ' || (4 - NEW.id); NEW.n := (4 - NEW.id) * 3;" " END IF;",
        "swapped",
    ),
    "every row": ("NEW.n := 0;", "n"),
}


@contextlib.contextmanager
def spoiled(database, body, moment="BEFORE"):
    connection = database.connect()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(SETUP.format(body=body, moment=moment))
        yield
        cursor.execute("SET client_min_messages = error")
        cursor.execute("DROP EVENT TRIGGER spoil; DROP SCHEMA test_gate CASCADE")
    connection.close()


@pytest.fixture
def source(folder, untouched):
    path = fixtures.build_from_text(SOURCE, folder / "app.db")
    untouched()
    return path


def assert_found(source, database, body, named, moment="BEFORE"):
    with spoiled(database, body, moment):
        plain = pgrade.run("upgrade", str(source), database.url)
        outcome = pgrade.run("upgrade", str(source), database.url, "--json")
    document = one_document(outcome)
    assert outcome.status == pgrade.FAILED, "6 would say that something was published"
    assert document["error"]["code"] == "ERR_DIFFERENT", outcome
    assert document["error"]["message"] == "t: what arrived is not what was sent"
    assert not document["published"] and not document["verified"]
    proof = {line["table"]: line for line in document["proof"]}
    assert not proof["t"]["equal"] and proof["t"]["source_digest"] != proof["t"]["target_digest"]
    assert plain.status == outcome.status and "nothing was published" in plain.stderr
    assert_clean(plain)
    told = next(line for line in plain.stdout.splitlines() if line.startswith("t differs:"))
    assert named in told, plain
    assert "untouched differs" not in plain.stdout
    assert sorted(whole_text(database)) == ["public"] and table_names(database) == []
    return told, plain, document


@pytest.mark.core
@pytest.mark.parametrize("what", DAMAGES)
def test_damage_of_one_value_is_found(what, source, database):
    change, column = DAMAGES[what]
    told, plain, document = assert_found(
        source,
        database,
        f"IF NEW.id = 250 THEN {change}; END IF;".replace("{{", "{").replace("}}", "}"),
        f" column {column};",
    )
    assert told.count(" column ") == 1, told
    assert f"\n  t.{column}, id = 250: source " in plain.stdout, "the row, and both values"
    one, = document["differences"]
    assert (one["kind"], one["table"], one["column"], one["key"]) == ("value", "t", column, [{"column": "id", "value": "250"}])
    assert one["source"] != one["target"]


MISFITS = "UPDATE t SET n = 'many' WHERE id = 7; UPDATE t SET n = '1,024' WHERE id = 8; UPDATE t SET n = 'none' WHERE id = 1000"


@pytest.mark.core
@pytest.mark.parametrize("policy, became", [("null", None), ("repair,t.n=null", None), ("quarantine", "set aside")])
def test_damage_beside_values_that_were_changed(policy, became, folder, database, tmp_path):
    """What --misfit made of values is no difference, and damage to that is one."""
    source = fixtures.build_from_text(SOURCE + MISFITS, folder / "app.db")
    options = ["--misfit", policy, "--quarantine-file", str(tmp_path / "aside.csv"), "--type", "t.n=bigint"]
    with spoiled(database, "IF NEW.id = 250 THEN NEW.word := 'other'; ELSIF NEW.id = 7 THEN NEW.n := 5; END IF;"):
        outcome = pgrade.run("upgrade", str(source), database.url, *options, "--json")
    document = one_document(outcome)
    assert document["error"]["code"] == "ERR_DIFFERENT" and not document["published"], outcome
    found = sorted((one["key"][0]["value"], one["column"], one["source"], one["target"]) for one in document["differences"])
    assert found == [("250", "word", "word 250", "other")] + ([("7", "n", None, "5")] if became is None else [])


@pytest.mark.parametrize("what", ELSEWHERE)
def test_other_damage_is_found(what, source, database):
    body, named = ELSEWHERE[what]
    assert_found(source, database, body, named if " " in named or named == "swapped" else f" column {named};")


@pytest.mark.core
def test_row_too_many_is_found(source, database):
    """It is made on the server, so COPY does not count it."""
    body = """
        IF NEW.id = 250 AND pg_catalog.pg_trigger_depth() = 1 THEN
            NEW.id := 3000;
            INSERT INTO pgrade_load.t SELECT NEW.*;
        END IF;"""
    assert_found(source, database, body, "501 rows in the source, 502 in the target", moment="AFTER")


@pytest.mark.core
def test_row_that_the_server_drops_is_found(source, database):
    with spoiled(database, "IF NEW.id = 250 THEN RETURN NULL; END IF;"):
        outcome = pgrade.run("upgrade", str(source), database.url)
    assert outcome.status == pgrade.FAILED, outcome
    assert "t: 501 rows were sent and the server took 500" in outcome.stderr
    assert table_names(database) == []


def test_dropped_row_is_found_without_verification_too(source, database):
    with spoiled(database, "IF NEW.id = 250 THEN RETURN NULL; END IF;"):
        outcome = pgrade.run("upgrade", str(source), database.url, "--no-verify")
    assert outcome.status == pgrade.FAILED, outcome


def test_without_verification_nothing_is_proven_and_that_is_said(source, database):
    with spoiled(database, "IF NEW.id = 250 THEN NEW.n := 0; END IF;"):
        outcome = pgrade.run("upgrade", str(source), database.url, "--no-verify", "--json")
        document = one_document(outcome)
        assert outcome.status == pgrade.OK and document["published"] and not document["verified"], outcome
        assert not any(line["verified"] for line in document["proof"])
        database.execute("DROP TABLE t, untouched")
        plain = pgrade.run("upgrade", str(source), database.url, "--no-verify")
    assert "not verified" in plain.stdout and "every value equal" not in plain.stdout


def test_sound_data_are_equal(source, database):
    """The trigger alone is no difference."""
    with spoiled(database, "NULL;"):
        outcome = pgrade.run("upgrade", str(source), database.url, "--json")
    document = one_document(outcome)
    assert outcome.status == pgrade.OK and document["verified"], outcome
    for line in document["proof"]:
        assert line["equal"] and line["source_digest"] == line["target_digest"] != "0" * 32
        assert line["source_rows"] == line["loaded_rows"] + line["quarantined_rows"] + line["excluded_rows"]
