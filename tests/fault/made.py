"""Fresh upgrades to be disturbed, and how the target was before and after."""

import csv
import os
import shutil
import tempfile

import pgrade
from catalog_text import whole_text
from cuts import PUBLISHED, undisturbed
from dumps import dump
from filled import CONTENT
from one_connection import OneConnection

LOAD_SCHEMA = "pgrade_load"


class Making:
    """Each run finds what the one before left, until somebody wants a new database."""

    def __init__(self, cluster, source, options=()):
        self.cluster = cluster
        self.source = source
        self.options = options
        self.folder = tempfile.mkdtemp(prefix="pgrade-made-")
        self.now = None
        self.before = whole_text(self.database())
        self.messages = undisturbed(self.now, self.start).messages
        self.after = self.state()
        self.dump = dump(self.now)
        self.files = self.rows_of_files()
        self.renew()

    def database(self):
        if self.now is None:
            self.now = self.cluster.create_database()
        return self.now

    def renew(self):
        self.now.drop()
        self.now = None
        shutil.rmtree(self.folder)
        os.mkdir(self.folder)

    def drop(self):
        if self.now:
            self.renew()
        shutil.rmtree(self.folder)

    def words(self, url):
        return ["upgrade", str(self.source), url, *self.options]

    def start(self, url):
        return pgrade.start(*self.words(url), directory=self.folder)

    def rows_of_files(self):
        """Of those that the runs left in their folder: the rows in each, by the end of its name."""
        found = []
        for name in sorted(os.listdir(self.folder)):
            with open(os.path.join(self.folder, name), newline="", encoding="utf-8") as stream:
                found.append((name.rpartition(".")[2], len(list(csv.DictReader(stream)))))
        return found

    def state(self):
        """Without what nobody looks at."""
        with OneConnection(self.now) as looking:
            schemas = whole_text(looking)
            schemas.pop(LOAD_SCHEMA, None)
            rows = looking.execute(CONTENT) if len(schemas["public"]) > 0 else None
        return schemas, rows

    def is_done(self):
        """All or nothing: fails when it is neither."""
        state = self.state()
        done = state == self.after
        assert done or state == (self.before, None), state
        return done

    def assert_next_run_succeeds(self, done):
        outcome = pgrade.upgrade(self.source, self.database().url, *(["--replace"] if done else []))
        assert outcome.status == pgrade.OK, outcome
        assert self.is_done() and LOAD_SCHEMA not in whole_text(self.now)
        return outcome

    def resume(self):
        """What it leaves is what a run leaves that nobody disturbed.  The report."""
        words = [*self.words(self.now.url), "--resume", "--json"]
        outcome = pgrade.run(*words, directory=self.folder)
        assert outcome.status in PUBLISHED, outcome
        found = dump(self.now)
        assert found == self.dump, (difference(found, self.dump), outcome)
        assert LOAD_SCHEMA not in whole_text(self.now), outcome
        assert self.rows_of_files() == self.files, (self.files, outcome)
        return outcome.report


def difference(found, expected):
    return {"more": sorted(set(found) - set(expected))[:9], "fewer": sorted(set(expected) - set(found))[:9]}
