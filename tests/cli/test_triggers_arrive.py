"""Triggers arrive with their tables, fire for nothing that pgrade does, and go with them."""

import pytest

import fixtures
import pgrade
from catalog_text import catalog_text
from compare import compare

SCHEMA = """
CREATE TABLE post (id INTEGER PRIMARY KEY, title TEXT, changed DATETIME);
CREATE TABLE note (id INTEGER PRIMARY KEY, post_id INTEGER REFERENCES post (id), text TEXT);
CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT);
INSERT INTO post VALUES (1, 'one', NULL), (2, 'two', NULL);
INSERT INTO note VALUES (1, 1, 'a'), (2, 2, 'b');
CREATE TRIGGER touch AFTER UPDATE ON post BEGIN UPDATE post SET changed = CURRENT_TIMESTAMP WHERE id = NEW.id; END;
CREATE TRIGGER "Wipe" AFTER DELETE ON post BEGIN DELETE FROM note WHERE post_id = OLD.id; END;
CREATE TRIGGER wipe_too AFTER DELETE ON post BEGIN DELETE FROM note WHERE post_id = OLD.id; END;
CREATE TRIGGER no_empty BEFORE INSERT ON note WHEN NEW.text = '' BEGIN SELECT RAISE(ABORT, 'no text'); END;
CREATE TRIGGER noted AFTER INSERT ON note BEGIN INSERT INTO log (what) VALUES (NEW.text); END;
"""


@pytest.fixture
def source(folder):
    return fixtures.build_from_text(SCHEMA, folder / "app.db")


@pytest.mark.core
def test_triggers_arrive(source, untouched, database):
    untouched()
    outcome = pgrade.upgrade(source, database.url, "--schema", "app")
    assert outcome.status == pgrade.OK, outcome
    assert compare(source, database.url, outcome.report, schema="app", probe=True).equal
    assert database.execute("SELECT count(*) FROM app.log") == [(0,)], "the load fired a trigger"
    assert {one["name"] for one in outcome.report["objects"] if one["class"] == "trigger"} == {
        "touch", "A_Wipe", "A_wipe_too", "no_empty", "noted",
    }
    notes = {note["about"]: note["text"] for note in outcome.report["notes"]}
    assert notes["Wipe"] == "is named A_Wipe: it fires before foreign keys are checked"
    # The functions find their tables wherever the session looks.
    database.execute("DELETE FROM app.post WHERE id = 1")
    assert database.execute("SELECT id FROM app.note") == [(2,)]
    database.execute("UPDATE app.post SET title = 'new'")
    assert database.execute("SELECT count(*) FROM app.post WHERE changed IS NOT NULL") == [(1,)]
    database.execute("INSERT INTO app.note (post_id, text) VALUES (2, 'kept')")
    assert database.execute("SELECT what FROM app.log") == [("kept",)]


@pytest.mark.core
def test_triggers_are_replaced(source, database):
    assert pgrade.upgrade(source, database.url).status == pgrade.OK
    before = catalog_text(database)
    outcome = pgrade.upgrade(source, database.url)
    assert outcome.status == pgrade.REFUSED, outcome
    outcome = pgrade.upgrade(source, database.url, "--replace")
    assert outcome.status == pgrade.OK, outcome
    assert catalog_text(database) == before
    assert database.execute("SELECT class, count(*) FROM pgrade_record.published GROUP BY 1 ORDER BY 1") == [
        ("function", 5),
        ("table", 3),
    ]


def test_plan_shows_the_function(source):
    outcome = pgrade.run("plan", str(source), "--sql")
    assert outcome.status == pgrade.OK
    assert 'CREATE FUNCTION "public"."touch_fn"() RETURNS trigger LANGUAGE plpgsql' in outcome.stdout
    assert 'NEW."changed" := ' in outcome.stdout
    assert "5 triggers" not in outcome.stdout
    assert "3 triggers" in pgrade.run("plan", str(source)).stdout
