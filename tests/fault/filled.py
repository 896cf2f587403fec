"""Fills to be disturbed: tables of an application, ways to fill them, and how they were before and after."""

import csv
import dataclasses
import os
import shutil
import sqlite3

import pgrade
from catalog_text import whole_text
from cuts import undisturbed
from dump import schema_dump
from one_connection import OneConnection
from test_fill_kill import COMMENTS, SEQUENCES, TARGET

ROWS = 30
LONG_TITLES = 2

EARLIER = """
ALTER TABLE author DISABLE TRIGGER always; ALTER TABLE post DISABLE TRIGGER plain;
INSERT INTO author (name, chief) VALUES ('Zoe', 1), ('Yan', 1);
INSERT INTO post (title, author_id) SELECT 'earlier ' || i, 1 + i % 2 FROM generate_series(1, 5) i;
ALTER TABLE author ENABLE ALWAYS TRIGGER always; ALTER TABLE post ENABLE TRIGGER plain;
"""
CONTENT = "SELECT 'author', author::text FROM author UNION ALL SELECT 'post', post::text FROM post ORDER BY 1, 2"
SET_ASIDE = "SELECT count(*) FROM pgrade_record.quarantine"


@dataclasses.dataclass(frozen=True)
class Case:
    options: tuple = ()
    earlier: str = ""
    long_titles: int = 0
    status: int = pgrade.OK
    rows: int = ROWS


CASES = {
    "plain": Case(),
    "replace": Case(("--replace",), EARLIER),
    "quarantine": Case(("--misfit", "quarantine"), "", LONG_TITLES, pgrade.SHORTFALL),
}


class Filling:
    """One case: gives the database to fill, again and again, and says what became of it."""

    def __init__(self, cluster, case, source, folder):
        self.cluster = cluster
        self.case = case
        self.source = source
        self.folder = folder
        self.template = cluster.create_database()
        self.template.execute(TARGET)
        if case.earlier:
            self.template.execute(case.earlier)
        self.now = None
        self.empty_folder()
        self.before = self.state(self.database())
        self.messages = undisturbed(self.now, self.start).messages
        self.after = self.state(self.now)
        assert self.after != self.before
        self.assert_file_is_whole()
        self.renew()

    def database(self):
        if self.now is None:
            self.now = self.cluster.create_database(options=f"TEMPLATE {self.template.name}")
        return self.now

    def renew(self):
        self.now.drop()
        self.now = None
        self.empty_folder()

    def drop(self):
        if self.now:
            self.renew()
        self.template.drop()

    def words(self, url):
        words = ["upgrade", str(self.source), url, "--mode", "fill", *self.case.options]
        return words + (["--quarantine-file", self.file] if self.case.long_titles else [])

    def start(self, url):
        return pgrade.start(*self.words(url))

    @property
    def file(self):
        return os.path.join(self.folder, "aside.csv")

    def empty_folder(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.mkdir(self.folder)

    def assert_file_is_whole(self):
        """Where it has its name already."""
        if os.path.exists(self.file):
            with open(self.file, newline="", encoding="utf-8") as stream:
                assert len(list(csv.DictReader(stream))) == self.case.long_titles

    def state(self, database):
        with OneConnection(database) as looking:
            return (
                whole_text(looking),
                schema_dump(database),
                looking.execute(COMMENTS),
                looking.execute(SEQUENCES),
                looking.execute(CONTENT),
            )

    def assert_next_run_succeeds(self, done):
        if done:
            self.renew()
        self.empty_folder()
        outcome = pgrade.run(*self.words(self.database().url))
        assert outcome.status == self.case.status and self.is_done(), outcome
        return outcome

    def is_done(self):
        """All or nothing: fails when it is neither."""
        state = self.state(self.now)
        done = state == self.after
        assert done or state == self.before, [now for now, then in zip(state, self.before) if now != then]
        if done and self.case.long_titles:
            assert self.now.execute(SET_ASIDE) == [(LONG_TITLES,)]
        return done


def make_source(path, case):
    """The application's rows; some titles longer than the target takes, where the case sets them aside."""
    connection = sqlite3.connect(path)
    connection.executescript(f"""
        CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
        CREATE TABLE post (id INTEGER PRIMARY KEY, author_id INTEGER NOT NULL REFERENCES author (id), title TEXT);
        INSERT INTO author VALUES (1, 'Ada'), (2, 'Bo');
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {case.rows})
        INSERT INTO post SELECT i, 1 + i % 2, 'title ' || i FROM n;
        UPDATE post SET title = replace(hex(zeroblob(40)), '0', 'x') WHERE id <= {case.long_titles};
    """)
    connection.close()
    return path
