"""A database of a few lines of SQL, upgraded: what every test here begins with."""

import pytest

import fixtures
import pgrade

TYPES = """
    SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"""


class Carried:
    def __init__(self, outcome, database):
        self.outcome = outcome
        self.database = database
        self.report = outcome.report

    def rows(self, sql):
        return self.database.execute(sql)

    def column(self, sql):
        return [row[0] for row in self.rows(sql)]

    def types(self, table):
        return dict(self.database.execute(TYPES, (table,)))

    @property
    def misfits(self):
        return {(one["table"], one["column"], one["rowid"]) for one in self.report["misfits"]}

    @property
    def left(self):
        """What is not carried: class and name."""
        return {(one["class"], one["name"]) for one in self.report["not_carried"]}

    def noted(self, text):
        return any(text in one["text"] for one in self.report["notes"])


@pytest.fixture(autouse=True)
def needs_program():
    assert pgrade.available(), f"there is no {pgrade.program()}: build it or set PGRADE"


@pytest.fixture
def carry(tmp_path, database):
    """Upgrades what the SQL makes; `status` is the exit status that is right."""

    def upgrade(sql, *options, status=pgrade.OK):
        path = fixtures.build_from_text(sql, tmp_path / "with a space.db")
        outcome = pgrade.upgrade(path, database.url, *options)
        path.unlink()
        assert outcome.status == status, outcome
        return Carried(outcome, database)

    return upgrade
