"""plan --out and upgrade --plan: what was decided is done, on the source for which it was decided."""

import json

import pytest

import fixtures
import pgrade
from catalog_text import table_names, whole_text
from trouble import assert_clean, one_document

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
SOURCE = """
CREATE TABLE Event (Id INTEGER PRIMARY KEY, At DATETIME, "Kind" VARCHAR(10), guess, Price DECIMAL(8,2), flag BOOLEAN);
CREATE INDEX event_kind ON Event ("Kind");
CREATE TABLE secret (id INTEGER PRIMARY KEY, t TEXT);
INSERT INTO Event VALUES (1, 1700000000123, 'a', 5, 1.5, 1), (2, NULL, 'it''s', 6, 2.25, 0);
INSERT INTO secret VALUES (1, 'geheim');
"""
OPTIONS = ["--names=snake", "--exclude=secret", "--type", "Event.Kind=enum kinds('a','it''s')", "--where=event=id > 0"]


@pytest.fixture
def source(folder):
    return fixtures.build_from_text(SOURCE, folder / "app.db")


@pytest.fixture
def saved(source, tmp_path):
    outcome = pgrade.run("plan", str(source), "--out", "plan.json", *OPTIONS, directory=tmp_path)
    assert outcome.status == pgrade.OK, outcome
    assert "the plan is saved: pgrade upgrade --plan plan.json SOURCE TARGET" in outcome.stderr
    return tmp_path / "plan.json"


def change(source, sql):
    fixtures.build_from_text(sql, source)


def columns(document):
    return {
        (table["name"], one["name"]): (one["type"], one["reason"], one["unit"])
        for table in document["tables"]
        for one in table["columns"]
    }


@pytest.mark.core
def test_what_was_decided_is_done(source, saved, untouched, database):
    untouched()
    planned = one_document(pgrade.run("plan", str(source), "--json", *OPTIONS))
    outcome = pgrade.run("upgrade", "--plan", str(saved), str(source), database.url, "--json")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert_clean(outcome)
    document = one_document(outcome)
    assert columns(document) == columns(planned)
    assert columns(document)["event", "at"][2] == "milliseconds"
    assert document["objects"] == planned["objects"] and document["notes"] == planned["notes"]
    assert document["not_carried"] == planned["not_carried"]
    assert table_names(database) == ["event"]
    assert database.execute("SELECT kind::text FROM event ORDER BY id") == [("a",), ("it's",)]


@pytest.mark.core
def test_new_values_do_not_change_what_was_decided(source, saved, database):
    """Without the plan the column would be text now; with it that is a misfit."""
    change(source, "INSERT INTO Event VALUES (3, NULL, 'a', 'word', 1, 1)")
    outcome = pgrade.run("upgrade", "--plan", str(saved), str(source), database.url, "--json")
    assert outcome.status == pgrade.DECISION, outcome
    assert [(one["column"], one["value"]) for one in one_document(outcome)["misfits"]] == [("guess", "'word'")]


CHANGES = {
    "CREATE TABLE other (id INTEGER)": "new: table other",
    "DROP INDEX event_kind": "gone: index event_kind",
    "ALTER TABLE Event ADD COLUMN more TEXT": "changed: table Event",
    "CREATE VIEW v AS SELECT 1": "new: view v",
    "CREATE TRIGGER g AFTER INSERT ON Event BEGIN SELECT 1; END": "new: trigger g",
}


@pytest.mark.parametrize("sql", CHANGES)
def test_another_schema_is_refused(sql, source, saved):
    change(source, sql)
    outcome = pgrade.run("upgrade", "--plan", str(saved), str(source), NOWHERE)
    assert outcome.status == pgrade.REFUSED, outcome
    assert "is not the one that the saved plan was made for" in outcome.stderr
    assert CHANGES[sql] in outcome.stderr and "pgrade plan SOURCE --out" in outcome.stderr


@pytest.mark.parametrize("option", ["--names=lower", "--type=event.id=text", "--exclude=event", "--accept=all"])
def test_options_that_would_decide_otherwise(option, source, saved):
    outcome = pgrade.run("upgrade", "--plan", str(saved), str(source), NOWHERE, option)
    assert outcome.status == pgrade.USAGE, outcome
    assert "cannot stand beside --plan" in outcome.stderr


def test_settings_file_beside_a_plan(source, saved, database):
    """What the plan decides is passed over there; how it is done is not."""
    (saved.parent / "pgrade.ini").write_text(
        "[upgrade]\nnames = preserve\nworkers = 1\nsnapshot = yes\n[type]\nEvent.Id = text\n"
    )
    outcome = pgrade.run(
        "upgrade", "--plan", "plan.json", str(source), database.url, "--json", directory=saved.parent
    )
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert table_names(database) == ["event"]
    assert columns(one_document(outcome))["event", "id"][0] == "bigint"


def test_existing_file_is_not_overwritten(source, saved):
    before = saved.read_text()
    for words, status in ((["--names=lower"], pgrade.REFUSED), (["--names=lower", "--force"], pgrade.OK)):
        outcome = pgrade.run("plan", str(source), "--out", str(saved), *words)
        assert outcome.status == status, outcome
        assert (saved.read_text() == before) == (status == pgrade.REFUSED)


def test_no_value_is_in_the_file(saved):
    assert "geheim" not in saved.read_text() and "1700000000123" not in saved.read_text()


BROKEN = {
    "": "it is no JSON",
    "{": "it is no JSON",
    "{} x": "it is no JSON",
    "[]": "it is no saved plan",
    "{}": "it is no saved plan",
    '{"pgrade_plan": 1, "decisions": []}': "it does not say for which source it is",
    '{"pgrade_plan": 2, "decisions": [], "source": []}': "another version of pgrade",
    '{"pgrade_plan": 1, "source": [{}], "decisions": []}': "an object of its source is incomplete",
    '{"pgrade_plan": 1, "source": [], "decisions": [{"option": "replace"}]}': "its decision replace is none",
    '{"pgrade_plan": 1, "source": [], "decisions": [{"option": "type"}]}': "its decision type is none",
    '{"pgrade_plan": 1, "source": [], "decisions": [7]}': "its decision  is none",
}


@pytest.mark.parametrize("text", BROKEN)
def test_file_that_is_no_plan(text, small, tmp_path):
    (tmp_path / "plan.json").write_text(text)
    outcome = pgrade.run("upgrade", "--plan", "plan.json", str(small), NOWHERE, directory=tmp_path)
    assert outcome.status == pgrade.USAGE, outcome
    assert_clean(outcome)
    assert BROKEN[text] in outcome.stderr and "plan.json" in outcome.stderr


DOUBLED = [
    ('"pgrade_plan": 1,', '"pgrade_plan": 1,\n "pgrade_plan": 1,', '"pgrade_plan" stands twice', 3, 2),
    ('"kind": "table"', '"kind": "table", "kind": "view"', '"kind" stands twice', 6, 6),
    ('"kind": "table"', '"k\\u0069nd": "table", "kind": "table"', '"kind" stands twice', 6, 6),
    ('"option": "names",', '"option": "names",\n"value": "lower",', '"value" stands twice', None, None),
    ('"version"', '"new": [[{"a": {}, "b": {"c": 1, "d": [], "c": 2}}]], "version"', '"c" stands twice', 3, 3),
]


@pytest.mark.parametrize("old, new, says, line, first", DOUBLED, ids=range(len(DOUBLED)))
def test_key_that_stands_twice(old, new, says, line, first, source, saved):
    """Readers differ in which of the two they take, so neither is."""
    text = saved.read_text()
    assert old in text
    saved.write_text(text.replace(old, new, 1))
    error = one_document(pgrade.run("upgrade", "--plan", str(saved), str(source), NOWHERE, "--json"))["error"]
    assert error["code"] == "ERR_USAGE" and says in error["message"] and error["hint"], error
    if line is not None:
        assert error["message"].startswith(f"{saved}:{line}: ") and f"line {first}" in error["detail"], error


def test_keys_that_stand_once_in_each_object(source, saved):
    text = saved.read_text()
    new = '"new": [{"a": "a", "b": {"a": ",", "\\"a": ["a", "a"]}}, {"a": {}}, "}", "{"], "version"'
    saved.write_text(text.replace('"version"', new, 1))
    outcome = pgrade.run("upgrade", "--plan", str(saved), str(source), NOWHERE)
    assert outcome.status == pgrade.UNREACHABLE, outcome


def test_decision_that_means_nothing_is_told_with_its_file(source, saved):
    document = json.loads(saved.read_text())
    document["decisions"].append({"option": "names", "value": "upper"})
    saved.write_text(json.dumps(document))
    outcome = pgrade.run("upgrade", "--plan", str(saved), str(source), NOWHERE)
    assert outcome.status == pgrade.USAGE and "plan.json: --names upper" in outcome.stderr, outcome


@pytest.mark.parametrize("name", ["names", "values", "features", "sequences", "misfits"])
def test_plan_of_a_fixture_can_be_saved(name, folder, tmp_path, cluster):
    """Every type that a plan chooses is one that the file can say; the databases are the same."""
    path = fixtures.build(name, folder / "app.db")
    outcome = pgrade.run("plan", str(path), "--out", str(tmp_path / "p.json"), "--accept=all", "--misfit=widen")
    assert outcome.status == pgrade.OK, outcome
    texts = []
    for words in (["--accept=all", "--misfit=widen"], ["--plan", str(tmp_path / "p.json")]):
        database = cluster.create_database()
        outcome = pgrade.run("upgrade", str(path), database.url, "--json", "--orphans=not-valid", *words)
        assert outcome.status in (pgrade.OK, pgrade.SHORTFALL, pgrade.DECISION), outcome
        texts.append(whole_text(database))
        database.drop()
    assert texts[0] == texts[1]
