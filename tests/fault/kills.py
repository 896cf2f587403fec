"""kill -9 before statements and at random moments, each run then resumed, and sometimes killed in the resume.

    PGRADE=build/release/src/cli/pgrade python3 tests/fault/kills.py 300

prints how many were killed in which phase.  Every result has to be the one of a run that nobody disturbed, and
none may be seen half-way.  The databases are those of the project, and real ones where they are.
"""

import collections
import contextlib
import os
import pathlib
import random
import re
import sqlite3
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
for folder in (HERE, HERE.parent / "lib", HERE.parent / "suite"):
    sys.path.insert(0, str(folder))

import fixtures  # noqa: E402
import pgrade  # noqa: E402
from boundaries import Boundary  # noqa: E402
from cluster import Cluster  # noqa: E402
from dumps import dump  # noqa: E402

SHARED = os.environ.get("PGRADE_TESTDATA", os.path.join(os.path.dirname(pgrade.PROJECT), "shared"))
ACCEPT = ("--accept", "all", "--misfit", "widen", "--orphans", "not-valid")
SET_ASIDE = ("--accept", "all", "--misfit", "quarantine", "--orphans", "quarantine")
DONE = (pgrade.OK, pgrade.SHORTFALL)

# Long rows, so that a table is loaded in pieces, by several workers.
PIECES = """
CREATE TABLE paper (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL);
CREATE TABLE reader (id INTEGER PRIMARY KEY, paper_id INTEGER NOT NULL REFERENCES paper (id));
CREATE INDEX reader_paper ON reader (paper_id);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
INSERT INTO paper SELECT i, printf('%0260d', i) FROM n;
INSERT INTO reader SELECT id, id FROM paper WHERE id % 10 = 0;
CREATE VIEW read AS SELECT reader.id, length(body) AS long FROM reader JOIN paper ON paper.id = paper_id;
"""
# Rows without a parent, and parents without one; values that do not fit.
ORPHANS = """
CREATE TABLE grand (id INTEGER PRIMARY KEY, size SMALLINT);
CREATE TABLE parent (id INTEGER PRIMARY KEY, grand_id INTEGER REFERENCES grand (id));
CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id), born DATE);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
INSERT INTO grand SELECT i, i FROM n;
INSERT INTO parent SELECT id, CASE WHEN id % 100 = 0 THEN -1 ELSE id END FROM grand;
INSERT INTO child SELECT id, CASE WHEN id % 70 = 0 THEN -1 ELSE id END, '2001-02-03' FROM parent;
UPDATE child SET born = 'some day' WHERE id % 90 = 0;
"""

# Of a statement that a run was killed before, the phase: the first that is found in it.
PHASES = (
    ("making tables", "CREATE TABLE"),
    ("making tables", "CREATE SCHEMA"),
    ("publishing", "SET SCHEMA"),
    ("publishing", "BEGIN;\nSET LOCAL"),
    ("loading", "FROM STDIN"),
    ("loading", "end of COPY"),
    ("loading", "_journal"),
    ("reading back", "TO STDOUT"),
    ("indexes", "CREATE UNIQUE INDEX"),
    ("indexes", "CREATE INDEX"),
    ("indexes", "max_parallel"),
    ("constraints", "ADD CONSTRAINT"),
    ("constraints", "VALIDATE"),
    ("sequences and statistics", "setval"),
    ("sequences and statistics", "ANALYZE"),
    ("views", "VIEW"),
)


class Case:
    """A source, what its upgrade gives, and how many statements that takes."""

    def __init__(self, name, source, options, cluster):
        self.name, self.source, self.options = name, str(source), options
        database = cluster.create_database()
        began = time.monotonic()
        outcome = pgrade.run("upgrade", self.source, database.url, *options)
        self.seconds = time.monotonic() - began
        assert outcome.status in DONE, f"{name}: {outcome}"
        self.status = outcome.status
        self.expected = dump(database)
        database.drop()
        database = cluster.create_database()
        self.empty = dump(database)
        with Boundary(database) as boundary:
            pgrade.run("upgrade", self.source, boundary.url, *options)
        self.statements = list(boundary.statements)
        database.drop()
        # Before the tables are made there is nothing to lose: one kill in ten is for that.
        self.first = next(i for i, text in enumerate(self.statements, 1) if "CREATE SCHEMA" in text)


class Kills:
    def __init__(self, cases, cluster, seed):
        self.cases, self.cluster = cases, cluster
        self.random = random.Random(seed)
        self.phases = collections.Counter()
        self.count = self.again = self.visible = self.resumed = 0

    def run(self, count):
        while self.count < count:
            self.one(self.cases[self.count % len(self.cases)])

    def one(self, case):
        database = self.cluster.create_database()
        try:
            self._kill_and_resume(case, database)
        finally:
            database.drop()

    def _kill_and_resume(self, case, database):
        self._kill(case, database, ())
        while self.random.random() < 0.2:
            self.again += 1
            self._kill(case, database, ("--resume",))
        if dump(database) == case.expected:
            return  # it had committed
        outcome = pgrade.run("upgrade", case.source, database.url, "--resume", "--json", *case.options)
        assert outcome.status == case.status, f"{case.name}: {outcome}"
        self.resumed += outcome.report["resumed"] is not None
        found = dump(database)
        assert found == case.expected, f"{case.name}: {difference(found, case.expected)}"
        assert database.execute("SELECT to_regnamespace('pgrade_load')::text") == [(None,)]

    def _kill(self, case, database, more):
        if self.random.random() < 0.5:
            phase = self._kill_before_a_statement(case, database, more)
        else:
            phase = self._kill_after_a_while(case, database, more)
        self.count += 1
        self.phases[phase] += 1
        self._look(case, database)

    def _look(self, case, database):
        """As an application would see it now, whatever the server still does."""
        shown = database.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        )
        if shown == [(0,)]:
            return
        found = [line for line in dump(database) if "pgrade_load" not in line]
        assert found == case.expected, f"{case.name}, half-way: {difference(found, case.expected)}"

    def _kill_before_a_statement(self, case, database, more):
        least = 1 if self.random.random() < 0.1 else case.first
        number = self.random.randint(least, len(case.statements))
        with Boundary(database, number) as boundary:
            process = pgrade.start("upgrade", case.source, boundary.url, *more, *case.options)
            with contextlib.suppress(AssertionError):  # a resumed run has fewer of them
                boundary.wait_for_arrival(process)
            kill(process)
            text = boundary.statements[-1] if boundary.arrived.is_set() else ""
        return phase_of(text, boundary.statements)

    def _kill_after_a_while(self, case, database, more):
        process = pgrade.start("upgrade", case.source, database.url, *more, *case.options)
        time.sleep(self.random.random() * case.seconds)
        kill(process)
        return "at random: " + state_of(database)

    def report(self):
        lines = [
            f"{self.count} kills over {len(self.cases)} databases ({self.again} of them in a resume): every result"
            f" is that of an undisturbed run; {self.resumed} runs took over what another had loaded"
        ]
        most = max(self.phases.values())
        for phase, count in sorted(self.phases.items()):
            lines.append(f"{phase:34} {count:4}  {'#' * -(-count * 40 // most)}")
        return "\n".join(lines)


def kill(process):
    process.kill()
    process.communicate()


def phase_of(text, statements):
    if not text:
        return "after the end"
    for phase, part in PHASES:
        if part in text:
            return "before: " + phase
    if "COMMIT" in text and any("SET SCHEMA" in one for one in statements):
        return "before: the commit that publishes"
    made = any("CREATE SCHEMA" in one for one in statements)
    return "before: other statements" if made else "before: looking at the target"


STATES = """
    SELECT to_regnamespace('pgrade_load') IS NOT NULL, to_regclass('pgrade_record.published') IS NOT NULL,
           to_regclass('pgrade_load.pgrade_journal') IS NOT NULL,
           (SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE c.relnamespace = to_regnamespace('pgrade_load')),
           (SELECT count(*) FROM pg_constraint WHERE connamespace = to_regnamespace('pgrade_load')
            AND contype IN ('p', 'u', 'f', 'c'))"""


def state_of(database):
    stage, published, journal, indexes, constraints = database.execute(STATES)[0]
    if not stage:
        return "published" if published else "before the tables"
    if not journal:
        return "taking away"
    made = database.execute("SELECT count(*) FROM pgrade_load.pgrade_journal WHERE what IN ('phase', 'loaded')")
    if made == [(0,)]:
        return "making tables"
    return "constraints" if constraints else "indexes" if indexes else "loading"


def difference(found, expected):
    more = list((collections.Counter(found) - collections.Counter(expected)).elements())
    fewer = list((collections.Counter(expected) - collections.Counter(found)).elements())
    return f"{len(more)} lines more {more[:5]}, {len(fewer)} fewer {fewer[:5]}"


def made(text, path):
    connection = sqlite3.connect(path)
    connection.executescript(text)
    connection.close()
    return path


def sources(folder, pieces=True):
    """name, file, options"""
    folder = pathlib.Path(folder)
    found = [
        ("features", fixtures.build("features", folder / "features.db"), ACCEPT),
        ("orphans", made(ORPHANS, folder / "orphans.db"), SET_ASIDE),
        ("blog", fixtures.build("blog", folder / "blog.db"), ACCEPT),
    ]
    if pieces:
        found.append(("pieces", made(PIECES, folder / "pieces.db"), ACCEPT))
    for name in ("classic/chinook_autoinc.sqlite", "apps/django_blog.sqlite3"):
        path = os.path.join(SHARED, "data", name)
        if os.path.exists(path):
            copy = folder / re.sub(r".*/", "", name)
            copy.write_bytes(pathlib.Path(path).read_bytes())
            found.append((name, copy, ACCEPT))
    return found


def main(count, seed):
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="pgrade-kills-") as folder, Cluster() as cluster:
        kills = Kills([Case(*source, cluster) for source in sources(folder)], cluster, seed)
        kills.run(count)
    print(kills.report())


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 30))
