"""Fresh upgrades to be disturbed, and how the target was before and after."""

import pgrade
from catalog_text import whole_text
from cuts import undisturbed
from filled import CONTENT
from one_connection import OneConnection


class Making:
    """Each run finds what the one before left, until somebody wants a new database."""

    def __init__(self, cluster, source):
        self.cluster = cluster
        self.source = source
        self.now = None
        self.before = whole_text(self.database())
        self.messages = undisturbed(self.now, self.start).messages
        self.after = self.state()
        self.renew()

    def database(self):
        if self.now is None:
            self.now = self.cluster.create_database()
        return self.now

    def renew(self):
        self.now.drop()
        self.now = None

    def drop(self):
        if self.now:
            self.renew()

    def words(self, url):
        return ["upgrade", str(self.source), url]

    def start(self, url):
        return pgrade.start(*self.words(url))

    def state(self):
        """Without what nobody looks at."""
        with OneConnection(self.now) as looking:
            schemas = whole_text(looking)
            schemas.pop("pgrade_load", None)
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
        assert self.is_done() and "pgrade_load" not in whole_text(self.now)
        return outcome
