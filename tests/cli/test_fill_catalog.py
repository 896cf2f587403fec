"""What the catalog of a target may hold that is hard to give back: names in partitions, rules, publications,
how a column is stored, tables beside that somebody uses."""

import os

import pytest

import fixtures
import pgrade
from catalog_text import whole_text
from others import let_through
from test_fill import fill

SOURCE = """
CREATE TABLE kinds (id INTEGER PRIMARY KEY);
CREATE TABLE events (id INTEGER PRIMARY KEY, kind INTEGER, note TEXT);
INSERT INTO kinds VALUES (1), (11);
INSERT INTO events VALUES (1, 1, 'a'), (11, 11, 'b'), (25, 1, 'c');
"""
LARGE = """
CREATE TABLE kinds (id INTEGER PRIMARY KEY);
CREATE TABLE events (id INTEGER PRIMARY KEY, kind INTEGER, note TEXT);
INSERT INTO kinds VALUES (1);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO events SELECT i, 1, 'n' || i FROM n;
"""

# Each partition has the key under another name: brought along, chosen by the server in another order than it
# would today, given by somebody.
PARTITIONED = """
CREATE TABLE kinds (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
CREATE TABLE kinds_late PARTITION OF kinds FOR VALUES FROM (10) TO (20);
CREATE TABLE events (id bigint, kind bigint, note text) PARTITION BY RANGE (id);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (0) TO (10);
ALTER TABLE events ADD CONSTRAINT of_kind FOREIGN KEY (kind) REFERENCES kinds ON DELETE CASCADE DEFERRABLE;
CREATE TABLE events_2 (id bigint, kind bigint, note text);
ALTER TABLE events_2 ADD CONSTRAINT brought FOREIGN KEY (kind) REFERENCES kinds ON DELETE CASCADE DEFERRABLE;
COMMENT ON CONSTRAINT brought ON events_2 IS 'it''s mine';
ALTER TABLE events ATTACH PARTITION events_2 FOR VALUES FROM (10) TO (20);
CREATE TABLE events_3 (id bigint, kind bigint, note text) PARTITION BY RANGE (id);
CREATE TABLE events_3_1 (id bigint, kind bigint, note text);
ALTER TABLE events_3_1 ADD CONSTRAINT deep FOREIGN KEY (kind) REFERENCES kinds ON DELETE CASCADE DEFERRABLE;
ALTER TABLE events_3 ATTACH PARTITION events_3_1 FOR VALUES FROM (20) TO (30);
ALTER TABLE events ATTACH PARTITION events_3 FOR VALUES FROM (20) TO (40);
CREATE TABLE kinds_early PARTITION OF kinds FOR VALUES FROM (0) TO (10);
ALTER TABLE events_1 RENAME CONSTRAINT of_kind TO named;
ALTER TABLE events_2 ADD CONSTRAINT besides FOREIGN KEY (kind) REFERENCES kinds ON DELETE CASCADE DEFERRABLE;
"""
KEYS = """
SELECT k.conrelid::regclass::text, k.conname, k.confrelid::regclass::text, p.conrelid::regclass::text, p.conname, k.conislocal,
       k.coninhcount, k.connoinherit, k.condeferrable, obj_description(k.oid, 'pg_constraint')
FROM pg_constraint k LEFT JOIN pg_constraint p ON p.oid = k.conparentid WHERE k.contype = 'f' ORDER BY 1, 2
"""


@pytest.fixture
def source(folder):
    return fixtures.build_from_text(SOURCE, folder / "app.db")


@pytest.fixture
def large(folder):
    return fixtures.build_from_text(LARGE, folder / "large.db")


@pytest.mark.core
def test_foreign_keys_keep_their_names_in_partitions(source, database):
    database.execute(PARTITIONED)
    before = whole_text(database), database.execute(KEYS, ())
    fill(source, database)
    assert (whole_text(database), database.execute(KEYS, ())) == before
    assert database.execute("SELECT count(*) FROM events", ()) == [(3,)]
    fill(source, database, "--replace")
    assert (whole_text(database), database.execute(KEYS, ())) == before


def test_keys_of_a_table_beside_to_partitions(source, database):
    """They are taken away for the time that its rows have no parent, and chosen names are given back."""
    database.execute("CREATE TABLE kinds (id bigint PRIMARY KEY) PARTITION BY RANGE (id);"
                     " CREATE TABLE kinds_late PARTITION OF kinds FOR VALUES FROM (10) TO (20);"
                     " CREATE TABLE beside (kind bigint REFERENCES kinds);"
                     " CREATE TABLE kinds_early PARTITION OF kinds FOR VALUES FROM (0) TO (10);"
                     " CREATE TABLE events (id bigint PRIMARY KEY, kind bigint, note text);"
                     " INSERT INTO kinds VALUES (11); INSERT INTO beside VALUES (11)")
    before = whole_text(database), database.execute(KEYS, ())
    fill(source, database, "--replace")
    assert (whole_text(database), database.execute(KEYS, ())) == before


@pytest.mark.parametrize("state", ["ENABLE", "ENABLE ALWAYS", "ENABLE REPLICA", "DISABLE"])
def test_rules_do_nothing_and_are_what_they_were(source, database, state):
    database.execute("CREATE TABLE kinds (id bigint PRIMARY KEY); CREATE TABLE beside (kind bigint REFERENCES kinds);"
                     " CREATE TABLE events (id bigint PRIMARY KEY, kind bigint, note text); CREATE TABLE gone (id bigint);"
                     " INSERT INTO kinds VALUES (7);"
                     " CREATE RULE kept AS ON DELETE TO kinds DO INSTEAD INSERT INTO gone VALUES (old.id);"
                     f" ALTER TABLE kinds {state} RULE kept")
    rules = "SELECT rulename, ev_enabled, pg_get_ruledef(oid) FROM pg_rewrite WHERE rulename = 'kept'"
    before = whole_text(database), database.execute(rules, ())
    fill(source, database, "--replace")
    assert (whole_text(database), database.execute(rules, ())) == before
    assert database.execute("SELECT array(SELECT id FROM kinds ORDER BY 1), (SELECT count(*) FROM gone)", ()) == [([1, 11], 0)]


def test_orphans_of_a_published_table(large, folder, database):
    """Its rows are deleted by its primary key, or not at all."""
    database.execute("CREATE TABLE kinds (id bigint PRIMARY KEY);"
                     " CREATE TABLE events (id bigint PRIMARY KEY, kind bigint REFERENCES kinds, note text UNIQUE);"
                     " CREATE PUBLICATION told FOR TABLE events")
    source = fixtures.build_from_text(LARGE + "INSERT INTO events VALUES (9000, 9, 'x')", folder / "app.db")
    fill(source, database, "--orphans", "quarantine", "--quarantine-file", str(folder / "aside.csv"), status=pgrade.SHORTFALL)
    assert database.execute("SELECT count(*), max(id) FROM events", ()) == [(5000, 5000)]
    fill(large, database, "--replace")


def test_indexes_of_columns_that_are_stored_in_a_way_of_their_own(large, database):
    database.execute("CREATE TABLE kinds (id bigint PRIMARY KEY); CREATE TABLE events (id bigint PRIMARY KEY, kind bigint, note text);"
                     " CREATE INDEX hashed ON events USING hash (note); CREATE INDEX plain ON events (note);"
                     " CREATE INDEX computed ON events ((id + kind), lower(note));"
                     " ALTER TABLE events ALTER note SET STORAGE EXTERNAL; CREATE INDEX later ON events (note, id)")
    stored = "SELECT attrelid::regclass::text, attname, attstorage FROM pg_attribute WHERE attrelid > 16384 ORDER BY 1, 2"
    before = whole_text(database), database.execute(stored, ())
    fill(large, database)
    assert (whole_text(database), database.execute(stored, ())) == before


@pytest.mark.long
def test_a_table_beside_that_somebody_uses(source, database):
    """To take a foreign key away the table that it refers to is locked: that too is not waited for endlessly."""
    database.execute("CREATE TABLE kinds (id bigint PRIMARY KEY); CREATE TABLE beside (id bigint PRIMARY KEY);"
                     " CREATE TABLE events (id bigint PRIMARY KEY, kind bigint, note text, other bigint REFERENCES beside)")
    with database.connect() as other, other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM beside")
        outcome = fill(source, database, status=pgrade.REFUSED)
    assert "somebody uses the tables" in outcome.stderr
    assert database.execute("SELECT count(*) FROM events", ()) == [(0,)]


@pytest.mark.core
def test_functions_of_the_application_find_what_they_call(large, database):
    """They rely on the search path that the application has."""
    database.execute("CREATE SCHEMA tools; CREATE FUNCTION tools.plain(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT lower($1)'")
    database.execute(f"ALTER DATABASE {database.name} SET search_path TO tools, public")
    database.execute("CREATE FUNCTION sought(text) RETURNS text IMMUTABLE LANGUAGE plpgsql AS $$BEGIN RETURN plain($1); END$$;"
                     " CREATE TABLE public.kinds (id bigint PRIMARY KEY); CREATE TABLE public.events (id bigint PRIMARY KEY, kind bigint,"
                     " note text CHECK (sought(note) <> 'x'), found text GENERATED ALWAYS AS (sought(note)) STORED);"
                     " CREATE UNIQUE INDEX of_sought ON public.events (sought(note))")
    before = whole_text(database)
    fill(large, database)
    assert whole_text(database) == before
    assert database.execute("SELECT count(*) FROM public.events WHERE found = note", ()) == [(5000,)]


def test_a_foreign_key_that_is_switched_off(source, database):
    """Only a superuser could switch it off again."""
    database.execute("CREATE TABLE kinds (id bigint PRIMARY KEY);"
                     " CREATE TABLE events (id bigint PRIMARY KEY, kind bigint CONSTRAINT of_kind REFERENCES kinds, note text);"
                     " ALTER TABLE events DISABLE TRIGGER ALL")
    outcome = fill(source, database, status=pgrade.REFUSED)
    assert "of_kind" in outcome.stderr and "ALTER TABLE public.events ENABLE TRIGGER ALL" in outcome.stderr
    assert database.execute("SELECT count(*) FROM kinds", ()) == [(0,)]


def test_a_tablespace_that_new_tables_get(large, cluster, folder, database):
    """Indexes that are built again lie where they lay."""
    place = folder / "space"
    place.mkdir()
    if cluster.account:
        os.chown(place, cluster.account.pw_uid, cluster.account.pw_gid)
        let_through(place.parent)
    cluster.execute(f"CREATE TABLESPACE elsewhere LOCATION '{place}'")
    try:
        database.execute("CREATE TABLE kinds (id bigint PRIMARY KEY);"
                         " CREATE TABLE events (id bigint PRIMARY KEY, kind bigint, note text UNIQUE); CREATE INDEX plain ON events (kind)")
        database.execute(f"ALTER DATABASE {database.name} SET default_tablespace TO elsewhere")
        fill(large, database)
        assert database.execute("SELECT count(*) FROM pg_class WHERE reltablespace <> 0 AND relnamespace = 'public'::regnamespace",
                                ()) == [(0,)]
    finally:
        database.drop()
        cluster.execute("DROP TABLESPACE elsewhere")


@pytest.mark.parametrize("schema, path", [("app", 'public, "app"'), ("pgrade_test", '"$user", public')])
def test_tables_in_a_schema_that_nobody_named(source, database, schema, path):
    """The application looks there, and never finds what is made in public."""
    database.execute(f"CREATE SCHEMA {schema}; CREATE TABLE {schema}.kinds (id bigint PRIMARY KEY);"
                     f' CREATE TABLE {schema}."Events" (id bigint PRIMARY KEY, kind bigint, note text)')
    database.execute(f"ALTER DATABASE {database.name} SET search_path TO {path}")
    outcome = fill(source, database, status=pgrade.REFUSED)
    assert f"--schema {schema} fills them" in outcome.stderr
    assert database.execute("SELECT to_regclass('public.events')", ()) == [(None,)]
    if schema == "app":
        fill(source, database, "--schema", schema)
        assert database.execute(f'SELECT count(*) FROM {schema}."Events"', ()) == [(3,)]
    fill(source, database, "--schema", "public")
    assert database.execute("SELECT count(*) FROM public.events", ()) == [(3,)]


def test_an_owner_that_may_create_nothing(large, cluster, database):
    """An index is made by who may create in its schema."""
    cluster.execute("DROP ROLE IF EXISTS keeper; CREATE ROLE keeper LOGIN")
    database.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE TABLE kinds (id bigint PRIMARY KEY);"
                     " CREATE TABLE events (id bigint PRIMARY KEY, kind bigint REFERENCES kinds, note text UNIQUE);"
                     " CREATE INDEX plain ON events (kind); ALTER TABLE kinds OWNER TO keeper; ALTER TABLE events OWNER TO keeper")
    before = whole_text(database)
    outcome = pgrade.run("upgrade", str(large), cluster.url(database.name, "keeper"))
    assert outcome.status == pgrade.OK, str(outcome)
    assert whole_text(database) == before
    database.execute("DROP OWNED BY keeper")
    cluster.execute("DROP ROLE keeper")
