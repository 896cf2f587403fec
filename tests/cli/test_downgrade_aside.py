"""Rows that an upgrade set aside: the way back names them, and how they come into the file after all."""

import csv
import sqlite3

import pytest

import pgrade


@pytest.fixture
def upgraded(folder, tmp_path, database):
    path = folder / "app.db"
    connection = sqlite3.connect(path)
    connection.executescript("""
        CREATE TABLE parent (id INTEGER PRIMARY KEY, at DATETIME);
        CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent (id));
        INSERT INTO parent VALUES (1, '2024-01-01 00:00:00'), (2, 'soon'), (3, 'later');
        INSERT INTO child VALUES (1, 1), (2, 77);""")
    connection.close()
    outcome = pgrade.upgrade(path, database.url, "--type", "parent.at=timestamp", "--misfit", "quarantine",
                             "--orphans", "quarantine", "--quarantine-file", str(tmp_path / "aside.csv"))
    assert outcome.status == pgrade.SHORTFALL, outcome
    return path


def notes(outcome):
    return {note["about"]: note["text"] for note in outcome.report["notes"]}


@pytest.mark.parametrize("alone", [False, True])
def test_they_are_counted_and_come_back(alone, upgraded, tmp_path, database):
    options = ["--accept", "all"] if alone else ["--like", str(upgraded)]
    outcome = pgrade.run("downgrade", database.url, str(tmp_path / "back.db"), "--json", *options)
    assert outcome.status == pgrade.OK, outcome
    assert set(notes(outcome)) == {"parent", "child"}
    assert notes(outcome)["parent"].startswith("2 rows ") and notes(outcome)["child"].startswith("1 row ")
    assert "pgrade_record.quarantine" in notes(outcome)["child"] and "--retry-quarantine" in notes(outcome)["child"]
    give_back(tmp_path)
    retried = pgrade.run("upgrade", "--retry-quarantine", str(tmp_path / "aside.csv"), database.url)
    assert retried.status == pgrade.OK, retried
    outcome = pgrade.run("downgrade", database.url, str(tmp_path / "whole.db"), "--json", *options)
    assert outcome.status == pgrade.OK and notes(outcome) == {}, outcome
    connection = sqlite3.connect(tmp_path / "whole.db")
    assert connection.execute("SELECT count(*) FROM parent").fetchone() == (3,)
    assert connection.execute("SELECT * FROM child").fetchall() == [(1, 1), (2, 1)]
    connection.close()


def give_back(tmp_path):
    """Corrects the rows, as a person would."""
    with open(tmp_path / "aside.csv", newline="", encoding="utf-8") as stream:
        lines = list(csv.reader(stream))
    place = lines[0].index("row")
    for line in lines[1:]:
        for wrong, right in (('"soon"', '"2024-02-02 00:00:00"'), ('"later"', '"2024-02-02 00:00:00"'), ("77", "1")):
            line[place] = line[place].replace(wrong, right)
    with open(tmp_path / "aside.csv", "w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(lines)


def test_a_role_that_may_not_look(upgraded, tmp_path, database):
    database.execute("""
        DROP ROLE IF EXISTS onlooker;
        CREATE ROLE onlooker LOGIN; GRANT USAGE ON SCHEMA public TO onlooker;
        GRANT SELECT ON ALL TABLES IN SCHEMA public TO onlooker; REVOKE ALL ON SCHEMA pgrade_record FROM PUBLIC""")
    url = database.url.replace("pgrade_test@", "onlooker@")
    outcome = pgrade.run("downgrade", url, str(tmp_path / "back.db"), "--json", "--like", str(upgraded))
    database.execute("DROP OWNED BY onlooker; DROP ROLE onlooker")
    assert outcome.status == pgrade.OK, outcome
    assert set(notes(outcome)) == {"pgrade_record.quarantine"}
