"""upgrade --retry-quarantine: rows that need each other come back together, in whatever order they stand."""

import csv
import json

import pytest

import fixtures
import pgrade
from trouble import one_document

CIRCLES = """
CREATE TABLE a (id INTEGER PRIMARY KEY, b_id INTEGER NOT NULL CONSTRAINT to_b REFERENCES b, price DECIMAL(6, 2));
CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER NOT NULL CONSTRAINT to_a REFERENCES a, note TEXT);
INSERT INTO a VALUES (1, 1, 'x'), (2, 2, 'y'), (3, 4, 'z'), (4, 3, 0.5), (5, 5, 1.5);
INSERT INTO b VALUES (1, 1, 'p'), (2, 2, 'q'), (3, 3, 'r'), (4, 4, 's'), (5, 5, 't');
CREATE TABLE worker (id INTEGER PRIMARY KEY, head INTEGER NOT NULL REFERENCES worker, "ctid." DECIMAL(6, 2) UNIQUE);
INSERT INTO worker VALUES (1, 2, 'x'), (2, 1, 3), (3, 3, 'y'), (4, 1, 4), (5, 5, 5);
"""
FAMILIES = """
CREATE TABLE parent (id INTEGER PRIMARY KEY, price DECIMAL(6, 2));
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER NOT NULL REFERENCES parent);
CREATE TABLE toy (id INTEGER PRIMARY KEY, child_id INTEGER NOT NULL REFERENCES child);
INSERT INTO parent VALUES (1, 'x'), (2, 2);
INSERT INTO child VALUES (1, 1), (2, 2), (3, 1);
INSERT INTO toy VALUES (1, 1), (2, 2), (3, 3);
"""


def set_aside(text, folder, tmp_path, database):
    source = fixtures.build_from_text(text, folder / "app.db")
    path = tmp_path / "aside.csv"
    outcome = pgrade.run(
        "upgrade", str(source), database.url, "--misfit=quarantine", "--orphans=quarantine", f"--quarantine-file={path}"
    )
    assert outcome.status == pgrade.SHORTFALL, outcome
    return path


@pytest.fixture
def circles(folder, tmp_path, database):
    return set_aside(CIRCLES, folder, tmp_path, database)


def rewrite(path, change=lambda table, row: None, order=lambda lines: lines):
    """Prices that are none become 7 and more; `change` may do the rest."""
    with open(path, newline="", encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    for place, line in enumerate(lines):
        row = json.loads(line["row"])
        for name, value in row.items():
            if value in ("x", "y", "z"):
                row[name] = 7 + place
        change(line["source_table"], row)
        line["row"] = json.dumps(row)
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(lines[0]))
        writer.writeheader()
        writer.writerows(order(lines))


def retry(path, database, status=pgrade.OK):
    outcome = pgrade.run("upgrade", "--retry-quarantine", str(path), database.url, "--json")
    assert outcome.status == status and "Sanitizer" not in outcome.stderr, outcome
    return one_document(outcome)


@pytest.mark.core
@pytest.mark.parametrize("order", [list, lambda lines: lines[::-1]], ids=["as it is", "turned round"])
def test_rows_that_refer_to_each_other(order, circles, database):
    """Neither can be the first, no column may be NULL, no key is deferrable, and the role owns the tables."""
    assert database.execute("SELECT (SELECT count(*) FROM a), (SELECT count(*) FROM worker)") == [(1, 1)]
    rewrite(circles, order=order)
    assert retry(circles, database)["loaded_rows"] == 12
    assert database.execute("SELECT array_agg(b_id ORDER BY id) FROM a") == [([1, 2, 4, 3, 5],)]
    assert database.execute("SELECT array_agg(a_id ORDER BY id) FROM b") == [([1, 2, 3, 4, 5],)]
    assert database.execute("SELECT array_agg(head ORDER BY id) FROM worker") == [([2, 1, 3, 1, 5],)]
    assert database.execute("SELECT count(*) FROM pgrade_record.quarantine") == [(0,)]


def test_rows_without_a_parent_are_named_and_no_others(circles, database):
    """One of a circle of four lacks its parent, so the three that lead to it do; the other circles are sound."""

    def spoil(table, row):
        if table == "b" and row["id"] == 4:
            row["a_id"] = 77

    rewrite(circles, spoil)
    document = retry(circles, database, pgrade.DECISION)
    aside = database.execute("SELECT id, source_table, \"row\" ->> 'id' FROM pgrade_record.quarantine")
    rows = {number: (table, int(row)) for number, table, row in aside}
    told = {rows[one["id"]]: one["reason"] for one in document["refused"]}
    assert set(told) == {("b", 4), ("a", 3), ("b", 3), ("a", 4)}, document
    assert "(a_id)=(77)" in told["b", 4] and "(b_id)=(4)" in told["a", 3]
    assert database.execute("SELECT count(*) FROM a") == [(1,)]


def test_what_keeps_a_circle_out_is_told(circles, database):
    """The rows of the circle are equal where they must be unique: seen only when both are there."""

    def spoil(table, row):
        if table == "worker" and row["id"] in (1, 2):
            row["ctid."] = 44

    rewrite(circles, spoil)
    document = retry(circles, database, pgrade.DECISION)
    told = {one["reason"] for one in document["refused"] if one["table"] == "worker"}
    assert any("already exists" in reason for reason in told), document
    assert database.execute("SELECT count(*) FROM pgrade_record.quarantine") == [(12,)]


def test_families_come_back_whole(folder, tmp_path, database):
    """Set aside because the parent was, and given back with it, whoever stands first in the file."""
    path = set_aside(FAMILIES, folder, tmp_path, database)
    assert database.execute("SELECT (SELECT count(*) FROM child), (SELECT count(*) FROM toy)") == [(1, 1)]
    rewrite(path, order=lambda lines: lines[::-1])
    assert retry(path, database)["loaded_rows"] == 5
    assert database.execute("SELECT (SELECT count(*) FROM child), (SELECT count(*) FROM toy)") == [(3, 3)]


def test_a_trigger_that_wants_another_row(folder, tmp_path, database):
    """What a trigger asks for may be in the file too, behind the row that it guards."""
    path = set_aside(FAMILIES, folder, tmp_path, database)
    database.execute(
        "ALTER TABLE child DROP CONSTRAINT child_parent_id_fkey; "
        "CREATE FUNCTION ask() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN "
        "IF NOT EXISTS (SELECT FROM public.child c WHERE c.parent_id = NEW.id) THEN RAISE 'nobody there'; END IF; "
        "RETURN NEW; END$$; "
        "CREATE TRIGGER ask BEFORE INSERT ON parent FOR EACH ROW EXECUTE FUNCTION ask()"
    )
    rewrite(path)
    assert retry(path, database)["loaded_rows"] == 5


def test_values_of_a_circle_are_compared(circles, database):
    """A trigger that changes what arrives is no way around the comparison."""
    database.execute(
        "CREATE FUNCTION change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN NEW.note := 'other'; RETURN NEW; END$$; "
        "CREATE TRIGGER change BEFORE INSERT ON b FOR EACH ROW WHEN (NEW.id = 2) EXECUTE FUNCTION change()"
    )
    rewrite(circles)
    document = retry(circles, database, pgrade.DECISION)
    assert any("what arrived is not what was sent" in one["reason"] for one in document["refused"]), document
    assert database.execute("SELECT count(*) FROM a") == [(1,)]
