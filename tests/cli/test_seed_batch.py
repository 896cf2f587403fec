"""`pgrade seed` of many rows: sent together, told as if each had gone by itself."""

import json

import pytest

import fixtures
import pgrade
from test_seed import Place

SCHEMA = """
CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40) {exact}, age INTEGER CHECK (age < 200), boss INTEGER);
CREATE TABLE pairs (a INTEGER, b VARCHAR(9), note TEXT, PRIMARY KEY (a, b));
CREATE TABLE words (word {nocase} PRIMARY KEY, note TEXT);
CREATE TABLE tree (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES tree);
CREATE TABLE log (what TEXT);
"""


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    if request.param == "sqlite":
        return Place("sqlite", str(fixtures.build_from_text(SCHEMA.format(nocase="TEXT COLLATE NOCASE", exact=""), tmp_path / "app.db")), tmp_path)
    database = request.getfixturevalue("database")
    database.execute("CREATE EXTENSION citext;" + SCHEMA.format(nocase="citext", exact='COLLATE "C"'))
    return Place("postgres", database.url, tmp_path)


def people(count, changed=(), extra=""):
    return "id,name,age\n" + "".join(f"{i},person {i}{' x' if i in changed else ''},{i % 90}\n" for i in range(1, count + 1)) + extra


def told(place, *words):
    return [(one["rows"], one["inserted"], one["updated"], one["unchanged"]) for one in place.seed("--json", *words).report["files"]]


@pytest.mark.core
def test_counts_are_those_of_single_rows(place):
    place.put(people_csv=people(300))
    assert told(place) == [(300, 300, 0, 0)]
    place.rows("DELETE FROM people WHERE id BETWEEN 250 AND 299")
    place.put(people_csv=people(700, changed=range(1, 41)))
    assert told(place) == [(700, 450, 40, 210)] and told(place) == [(700, 0, 0, 700)]
    assert place.rows("SELECT count(*), sum(id), sum(CASE WHEN name LIKE '% x' THEN 1 ELSE 0 END) FROM people") == [(700, 245350, 40)]
    assert told(place, "--fresh") == [(700, 700, 0, 0)]
    place.without_files().put(pairs_csv="a,b,note\n" + "".join(f"{i % 7},b{i},n\n" for i in range(300)))
    assert told(place) == [(300, 300, 0, 0)]
    place.rows("UPDATE pairs SET note = 'other' WHERE a = 3")
    assert told(place) == [(300, 0, 43, 257)]


@pytest.mark.core
def test_rows_go_together(place):
    place.put(people_csv=people(600))
    traced = place.seed("--trace-sql").stderr
    assert 1 <= traced.count("INSERT INTO") <= 4, traced.count("INSERT INTO")
    if place.kind == "postgres":
        place.rows("CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO log VALUES ($$one$$); RETURN NULL; END';"
                   "CREATE TRIGGER t AFTER INSERT ON people EXECUTE FUNCTION seen(); DELETE FROM people WHERE id < 10")
        assert told(place) == [(600, 9, 0, 591)]
        assert place.rows("SELECT count(*) FROM log") == [(600,)], "a trigger is called for each row's statement"


@pytest.mark.parametrize("line, text, why", [(402, "x1,late,5\n", "column id"), (302, "301,old,200\n", "CHECK"), (3, "1,again,5\n", "has the same id as that of line 2")])
def test_a_mistake_has_its_line(place, line, text, why):
    """... and the first one is told, whoever finds it."""
    lines = people(500).splitlines(keepends=True)
    lines[line - 1] = text
    lines[499] = "1,again,5\n"
    place.put(people_csv="".join(lines))
    refused = place.seed(status=pgrade.FAILED).stderr
    assert f"people.csv:{line}" in refused and why.lower() in refused.lower(), refused
    assert place.rows("SELECT count(*) FROM people") == [(0,)]


def test_keys_that_only_the_database_finds_equal(place):
    """Such rows were one after the other the same row."""
    place.put(words_csv="word,note\n" + "".join(f"w{i},n\n" for i in range(50)) + "W7,other\n")
    assert told(place) == [(51, 50, 1, 0)]
    assert place.rows("SELECT note FROM words WHERE word = 'w7'") == [("other",)]


def test_a_row_that_refers_to_a_later_one(place):
    """The order of rows counts, however many go together."""
    place.put(tree_csv="id,parent\n1,2\n2,\n")
    refused = place.seed(status=pgrade.FAILED).stderr
    assert "tree.csv:2" in refused and "have to come first" in refused, refused
    place.put(tree_csv="id,parent\n2,\n1,2\n")
    assert told(place) == [(2, 2, 0, 0)]


def test_members_that_come_and_go(place):
    rows = [{"id": i, "name": f"n{i}"} if i % 3 else {"id": i, "age": i % 90} for i in range(1, 301)]
    place.put(people_json=json.dumps(rows))
    assert told(place) == [(300, 300, 0, 0)] and told(place) == [(300, 0, 0, 300)]
    assert place.rows("SELECT count(name), count(age), count(*) FROM people") == [(200, 100, 300)]
