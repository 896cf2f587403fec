"""Views: both databases are asked for their rows, and what differs or fails is named and not published."""

import pytest

import pgrade
from fixtures import build_from_text
from trouble import one_document

pytestmark = pytest.mark.core

TABLES = """
CREATE TABLE big (id INTEGER PRIMARY KEY, n BIGINT);
INSERT INTO big VALUES (1, 4611686018427387904), (2, 3);
CREATE TABLE moment (id INTEGER PRIMARY KEY, at DATETIME);
INSERT INTO moment VALUES (1, '2020-01-01 10:00:00'), (2, '2020-01-01T09:00:00');
CREATE VIEW plain AS SELECT id, n FROM big WHERE id > 1;
"""
# SQLite compares texts, and a T is greater than a space; PostgreSQL compares times.
DIFFERENT = "CREATE VIEW late AS SELECT id FROM moment WHERE at > '2020-01-01 09:30:00';"
# SQLite goes on with a REAL where PostgreSQL stops.
FAILING = "CREATE VIEW positive AS SELECT id, n + n > 0 AS positive FROM big;"
CHANGING = "CREATE VIEW squares AS SELECT id, n * n AS square FROM big;"
READER = "CREATE VIEW of_late AS SELECT count(*) AS n FROM late;"
ENDLESS = """CREATE VIEW endless AS WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 100000000)
    SELECT max(x) AS x FROM c;"""


def make(folder, sql):
    return str(build_from_text(TABLES + sql, folder / "app.db"))


def views_of(database, schema="public"):
    return [name for name, in database.execute(
        f"SELECT c.relname FROM pg_class c WHERE c.relnamespace = '{schema}'::regnamespace AND c.relkind = 'v' "
        "ORDER BY 1")]


def lost(report):
    return {one["name"]: one["reason"] for one in report["not_carried"]}


def proofs(report):
    return {one["view"]: one["proof"] for one in report["view_proof"]}


@pytest.mark.parametrize("sql, names, reason", [
    (DIFFERENT, ["late"], "it has 2 rows in the source and 1 on the target"),
    (FAILING, ["positive"], "it fails in the target: bigint out of range"),
    (CHANGING, ["squares"], "a value of class REAL has no form as bigint"),
    (READER + DIFFERENT, ["late", "of_late"], "rows in the source"),
], ids=["different", "failing", "changing", "reader"])
def test_what_is_not_the_same_is_not_published(sql, names, reason, folder, untouched, database):
    source = make(folder, sql)
    untouched()
    outcome = pgrade.run("upgrade", source, database.url, "--json")
    assert outcome.status == pgrade.DECISION, outcome
    report = one_document(outcome)
    assert sorted(lost(report)) == names and reason in lost(report)[names[0]]
    assert not report["published"]
    assert report["error"]["code"] == "ERR_DECISION" and "nothing was published" in report["error"]["detail"]
    assert {name: proof for name, proof in proofs(report).items() if proof != "equal"} == dict.fromkeys(names, "different")
    assert database.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pgrade%'") == []
    assert database.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == [(0,)]


def test_accepted_by_name(folder, database):
    source = make(folder, DIFFERENT + FAILING)
    assert pgrade.run("upgrade", source, database.url, "--accept", "late").status == pgrade.DECISION
    outcome = pgrade.run("upgrade", source, database.url, "--accept", "late", "--accept", "positive")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert "view late (accepted)" in outcome.stdout and "plain" in outcome.stdout
    assert views_of(database) == ["plain"]


def test_reader_of_a_lost_view_is_named(folder, database):
    outcome = pgrade.run("upgrade", make(folder, READER + DIFFERENT), database.url, "--accept", "view", "--json")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert lost(one_document(outcome))["of_late"] == "it reads the view late, which is not carried"


def test_view_sees_what_comes_later(folder, database):
    """The references follow the tables into their place."""
    outcome = pgrade.run("upgrade", make(folder, ""), database.url)
    assert outcome.status == pgrade.OK, outcome
    database.execute("INSERT INTO big (n) VALUES (7)")
    assert database.execute("SELECT id, n FROM plain ORDER BY id") == [(2, 3), (3, 7)]
    assert "public.big" in database.execute("SET search_path = ''; SELECT pg_get_viewdef('public.plain'::regclass)")[0][0]


def test_replaced_with_the_tables(folder, database):
    source = make(folder, "")
    for words in ([], ["--replace"], ["--replace"]):
        outcome = pgrade.run("upgrade", source, database.url, *words)
        assert outcome.status == pgrade.OK, outcome
    assert views_of(database) == ["plain"]
    assert database.execute("SELECT class, name FROM pgrade_record.published ORDER BY 1, 2") == [
        ("table", "big"), ("table", "moment"), ("view", "plain")]


def test_somebody_elses_view_on_ours_stops_a_replacement(folder, database):
    source = make(folder, "")
    assert pgrade.run("upgrade", source, database.url).status == pgrade.OK
    database.execute("CREATE SCHEMA theirs")
    database.execute("CREATE VIEW theirs.mine AS SELECT * FROM public.plain")
    assert pgrade.run("upgrade", source, database.url, "--replace").status == pgrade.REFUSED
    assert views_of(database) == ["plain"]


def test_default_privileges_reach_views(folder, database):
    role = f"{database.name}_reader"
    database.execute(f"CREATE ROLE {role}")
    database.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role}")
    assert pgrade.run("upgrade", make(folder, ""), database.url).status == pgrade.OK
    assert database.execute(f"SELECT has_table_privilege('{role}', 'public.plain', 'SELECT')") == [(True,)]
    database.execute(f"DROP OWNED BY {role}")
    database.execute(f"DROP ROLE {role}")


def test_too_slow_to_be_compared(folder, database):
    outcome = pgrade.run("upgrade", make(folder, ENDLESS), database.url, "--view-limit", "1", "--json")
    assert outcome.status == pgrade.OK, outcome
    report = one_document(outcome)
    assert proofs(report) == {"plain": "equal", "endless": "not compared"}
    assert report["seconds"]["views"] >= 1 and report["seconds"]["constraints"] < report["seconds"]["views"]
    assert any(note["about"] == "endless" and "1 seconds" in note["text"] for note in report["notes"])
    assert views_of(database) == ["endless", "plain"]


def test_current_time_is_not_compared(folder, database):
    sql = "CREATE VIEW today AS SELECT date('now') AS day; CREATE VIEW days AS SELECT count(day) AS n FROM today;"
    outcome = pgrade.run("upgrade", make(folder, sql), database.url, "--json")
    assert outcome.status == pgrade.OK, outcome
    assert proofs(one_document(outcome)) == {"plain": "equal", "today": "not compared", "days": "not compared"}


def test_rows_left_out_are_no_difference(folder, database):
    outcome = pgrade.run("upgrade", make(folder, ""), database.url, "--where", "big=id < 2", "--json")
    assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
    assert proofs(one_document(outcome)) == {"plain": "not compared"}


def test_excluded_table_takes_its_views_along(folder, database):
    outcome = pgrade.run("upgrade", make(folder, ""), database.url, "--exclude", "big", "--json")
    assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
    assert "the user excluded it" in lost(one_document(outcome))["plain"]
    assert views_of(database) == []


def test_without_verification(folder, database):
    outcome = pgrade.run("upgrade", make(folder, DIFFERENT), database.url, "--no-verify", "--json")
    assert outcome.status == pgrade.OK, outcome
    assert proofs(one_document(outcome)) == {"plain": "not compared", "late": "not compared"}


def test_order_of_creation_is_found(folder, database):
    sql = """CREATE VIEW a AS SELECT * FROM b; CREATE VIEW b AS SELECT * FROM c JOIN d USING (id);
             CREATE VIEW c AS SELECT id FROM d; CREATE VIEW d AS SELECT id FROM big;"""
    outcome = pgrade.run("upgrade", make(folder, sql), database.url)
    assert outcome.status == pgrade.OK, outcome
    assert views_of(database) == ["a", "b", "c", "d", "plain"]


@pytest.mark.parametrize("sql, reason", [
    ("CREATE VIEW v AS SELECT * FROM gone;", "no such table"),
    ("CREATE VIEW v AS SELECT a FROM big;", "no such column"),
    ("CREATE VIEW v AS SELECT * FROM w; CREATE VIEW w AS SELECT * FROM v;", "circular"),
    ("CREATE VIEW v AS SELECT nosuch(id) FROM big;", "no such function"),
], ids=["table", "column", "circle", "function"])
def test_broken_in_the_source(sql, reason, folder):
    outcome = pgrade.run("plan", make(folder, sql), "--json")
    assert outcome.status == pgrade.OK, outcome
    assert reason in lost(outcome.report)["v"]
    assert [view["source"] for view in outcome.report["views"]] == ["plain"]


def test_names_of_columns(folder, database):
    sql = """CREATE VIEW v AS SELECT count(*), n AS "Mixed Case", n AS Folded, id, id FROM big GROUP BY id;
             CREATE VIEW w (One, "Two") AS SELECT id, n FROM big;"""
    assert pgrade.run("upgrade", make(folder, sql), database.url).status == pgrade.OK
    columns = database.execute("SELECT table_name, column_name FROM information_schema.columns "
                               "WHERE table_name IN ('v', 'w') ORDER BY table_name, ordinal_position")
    assert [name for table, name in columns if table == "v"] == ["count(*)", "Mixed Case", "folded", "id", "id:1"]
    assert [name for table, name in columns if table == "w"] == ["one", "Two"]


def test_script_makes_the_same_views(folder, database):
    outcome = pgrade.run("plan", make(folder, ""), "--sql")
    assert outcome.status == pgrade.OK, outcome
    database.execute(outcome.stdout)
    assert views_of(database) == ["plain"]
