"""Roles, row-level security and names that somebody else has: right, or refused with the statement that helps."""

import pytest

import fixtures
import pgrade
from catalog_text import whole_text
from test_fill import fill

ROLE = "the filler"


@pytest.fixture
def source(folder):
    return fixtures.build_from_text("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'x')",
                                    folder / "app.db")


@pytest.fixture
def filled(database):
    """A table, a role that owns it, and whoever asks as that role."""
    database.execute(f'CREATE TABLE t (id bigserial PRIMARY KEY, v text); CREATE ROLE "{ROLE}" LOGIN; ALTER TABLE t OWNER TO "{ROLE}"')
    database.role_url = database.cluster.url(database.name, user=ROLE)
    yield database
    database.execute(f'DROP OWNED BY "{ROLE}" CASCADE; DROP ROLE "{ROLE}"')


def suggested(outcome):
    """The SQL of the one line that says what is in the way."""
    line, = [line for line in outcome.stderr.splitlines() if line.startswith("warning: t: ")]
    return line[line.rindex(": ") + 2:]


@pytest.mark.core
def test_row_level_security(source, filled):
    """That of an owner is passed over, FORCE binds the owner, and a superuser is bound by nothing."""
    filled.execute("ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY none ON t USING (false)")
    outcome = pgrade.run("upgrade", str(source), filled.role_url)
    assert outcome.status == pgrade.OK, outcome
    filled.execute("ALTER TABLE t FORCE ROW LEVEL SECURITY")
    outcome = pgrade.run("upgrade", str(source), filled.role_url, "--replace")
    assert outcome.status == pgrade.REFUSED and "row-level security" in outcome.stderr, outcome
    assert suggested(outcome) == "ALTER TABLE public.t NO FORCE ROW LEVEL SECURITY;"
    before = whole_text(filled)
    fill(source, filled, "--replace")
    assert whole_text(filled) == before
    filled.execute(suggested(outcome))
    outcome = pgrade.run("upgrade", str(source), filled.role_url, "--replace")
    assert outcome.status == pgrade.OK, outcome


@pytest.mark.core
@pytest.mark.parametrize("partitioned", [False, True])
def test_a_table_of_another_owner(source, filled, partitioned):
    """The statement that is printed helps as it is."""
    if partitioned:
        filled.execute(f'DROP TABLE t; CREATE TABLE t (id bigint, v text) PARTITION BY LIST (v); ALTER TABLE t OWNER TO "{ROLE}"')
    filled.execute("CREATE ROLE another NOLOGIN; " + ("CREATE TABLE part PARTITION OF t DEFAULT; ALTER TABLE part OWNER TO another"
                                                        if partitioned else "ALTER TABLE t OWNER TO another"))
    try:
        outcome = pgrade.run("upgrade", str(source), filled.role_url)
        assert outcome.status == pgrade.REFUSED, outcome
        assert suggested(outcome) == f'GRANT another TO "{ROLE}";'
        # Its sequence, where it has one, goes with the table.
        filled.execute(suggested(outcome))
        outcome = pgrade.run("upgrade", str(source), filled.role_url)
        assert outcome.status == pgrade.OK, outcome
    finally:
        filled.execute("DROP OWNED BY another CASCADE; DROP ROLE another")


@pytest.mark.parametrize("taken, words", [
    ("CREATE TABLE pgrade_record.quarantine (id int)", "pgrade_record.quarantine is not the table that pgrade makes"),
    ("CREATE VIEW pgrade_record.quarantine AS SELECT 1", "pgrade_record.quarantine is not the table that pgrade makes"),
    ("CREATE TABLE pgrade_record.quarantine_column (run_id text)", "pgrade_record.quarantine_column is not the table that pgrade makes"),
])
@pytest.mark.parametrize("fresh", [False, True])
def test_somebody_elses_schema_pgrade(source, database, taken, words, fresh):
    database.execute("CREATE SCHEMA pgrade_record; " + taken + ("" if fresh else "; CREATE TABLE t (id bigint, v text)"))
    before = whole_text(database)
    outcome = fill(source, database, "--misfit", "quarantine", status=pgrade.REFUSED)
    assert words in outcome.stderr and "nothing was written" in outcome.stderr
    assert whole_text(database) == before
    fill(source, database, status=pgrade.REFUSED if fresh else pgrade.OK)


def test_a_schema_pgrade_that_may_not_be_used(source, filled):
    filled.execute("CREATE SCHEMA pgrade_record")
    outcome = pgrade.run("upgrade", str(source), filled.role_url, "--misfit", "quarantine")
    assert outcome.status == pgrade.UNREACHABLE, outcome
    assert f'GRANT USAGE, CREATE ON SCHEMA pgrade_record TO "{ROLE}";' in outcome.stderr
    outcome = pgrade.run("upgrade", str(source), filled.role_url)
    assert outcome.status == pgrade.OK, outcome


@pytest.mark.core
def test_names_that_a_rule_gives(source, folder, database):
    """In pgrade.ini or by --rename; one that names nothing is a mistake and is told, not passed over."""
    database.execute("CREATE TABLE things (id bigint, \"Value\" text); CREATE TABLE t (id bigint, v text)")
    fill(source, database, "--rename", "t=things", "--rename", "t.v=Value")
    assert database.execute('SELECT id, "Value" FROM things', ()) == [(1, "x")]
    settings = folder.parent / "pgrade.ini"
    settings.write_text("[rename]\nt = things\nt.v = Value\n")
    fill(source, database, "--config", str(settings), "--replace")
    for rule, words in (("t=other", "t: --rename calls it other, and the target has no such table"),
                        ("t.v=w", "t.v: --rename calls it w, and t has no such column")):
        outcome = fill(source, database, "--rename", rule, status=pgrade.REFUSED)
        assert words in outcome.stderr
    outcome = fill(source, database, "--rename", "none=things", status=pgrade.USAGE)
    assert "--rename: the source has no table none" in outcome.stderr
    assert database.execute("SELECT count(*) FROM t", ()) == [(0,)]


def test_a_plan_for_other_types(folder, database):
    """Units that a saved plan has are nothing to a column that is no time."""
    source = fixtures.build_from_text("CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME); INSERT INTO t VALUES (1, 1714000000)",
                                      folder / "app.db")
    saved = folder.parent / "plan.json"
    assert pgrade.run("plan", str(source), "--out", str(saved)).status == pgrade.OK
    database.execute("CREATE TABLE t (id integer, at timestamptz)")
    fill(source, database, "--plan", str(saved))
    assert database.execute("SELECT extract(epoch FROM at)::bigint FROM t", ()) == [(1714000000,)]
    database.execute("DROP TABLE t; CREATE TABLE t (id integer, at bigint)")
    outcome = pgrade.run("upgrade", str(source), database.url, "--plan", str(saved))
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT at FROM t", ()) == [(1714000000,)]
    outcome = fill(source, database, "--replace", "--unit", "t.at=s", status=pgrade.REFUSED)
    assert "t.at: --unit says what its numbers count, and the target's column is bigint" in outcome.stderr
