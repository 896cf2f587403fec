"""--type and --unit: what the user knows about a column counts more than what it looks like."""

import datetime

import pytest

import fixtures
import pgrade
from compare import compare
from trouble import assert_clean, one_document

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
UTC = datetime.timezone.utc
TIMES = """
CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER, b DATETIME, c REAL, d DATE, role TEXT, other TEXT);
INSERT INTO t VALUES (1, 1700000000, 1700000000123, 2460000.5, 1700000000, 'admin', 'a,b'), (2, 5, 7, 0.0, 86400, NULL, '');
"""


@pytest.fixture
def times(folder):
    return fixtures.build_from_text(TIMES, folder / "app.db")


@pytest.mark.core
def test_units(times, database):
    options = ["--type=t.a=timestamptz", "--unit=t.a=s", "--unit", "t.b=milliseconds", "--type=t.c=timestamp"]
    options += ["--unit=t.c=julian", "--unit=T.d=S"]
    outcome = pgrade.run("upgrade", str(times), database.url, "--json", *options)
    assert outcome.status == pgrade.OK, outcome
    naive = datetime.datetime(2023, 11, 14, 22, 13, 20)
    assert database.execute("SELECT a, b, c, d FROM t WHERE id = 1") == [
        (naive.replace(tzinfo=UTC), naive.replace(microsecond=123000), datetime.datetime(2023, 2, 25), naive)
    ]
    columns = {one["name"]: one for one in one_document(outcome)["tables"][0]["columns"]}
    assert [columns[name]["unit"] for name in "abcd"] == ["seconds", "milliseconds", "julian days", "seconds"]
    assert all("--unit" in columns[name]["reason"] for name in "abcd")


def test_unit_counts_more_than_the_values(times, database):
    """Microseconds where the values look like milliseconds: who knows it says it."""
    outcome = pgrade.run("upgrade", str(times), database.url, "--json", "--unit=t.b=us", "--type=t.b=timestamptz")
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT b FROM t WHERE id = 1") == [
        (datetime.datetime(1970, 1, 20, 16, 13, 20, 123, tzinfo=UTC),)
    ]


CORE_DATA = """
CREATE TABLE ZNOTE (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, Z_OPT INTEGER, ZCREATED TIMESTAMP, ZTITLE VARCHAR);
CREATE TABLE Z_PRIMARYKEY (Z_ENT INTEGER PRIMARY KEY, Z_NAME VARCHAR, Z_SUPER INTEGER, Z_MAX INTEGER);
CREATE TABLE Z_METADATA (Z_VERSION INTEGER PRIMARY KEY, Z_UUID VARCHAR(255), Z_PLIST BLOB);
CREATE TABLE other (at TIMESTAMP);
INSERT INTO ZNOTE VALUES (1, 1, 1, 721692800.25, 'a'), (2, 1, 1, 721692800, 'b'), (3, 1, 1, -63113904000, 'past');
INSERT INTO other VALUES (1700000000);
"""


def test_core_data_counts_from_2001(folder, database):
    """NSDate: the same numbers would be 1992 in seconds since 1970."""
    source = fixtures.build_from_text(CORE_DATA, folder / "notes.sqlite")
    outcome = pgrade.run("upgrade", str(source), database.url, "--json")
    assert outcome.status == pgrade.OK, outcome
    naive = datetime.datetime(2023, 11, 14, 22, 13, 20)
    assert database.execute("SELECT zcreated AT TIME ZONE 'UTC' FROM znote ORDER BY z_pk") == [
        (naive.replace(microsecond=250000),), (naive,), (datetime.datetime(1, 1, 1),)
    ]  # fmt: skip
    assert database.execute("SELECT at FROM other") == [(naive,)]
    columns = {one["name"]: one for table in one_document(outcome)["tables"] for one in table["columns"]}
    assert columns["zcreated"]["unit"] == "Core Data seconds" and columns["at"]["unit"] == "seconds"
    assert "Z_PRIMARYKEY" in columns["zcreated"]["reason"] and columns["zcreated"]["type"] == "timestamp with time zone"
    assert compare(source, database.url, outcome.report).equal


def test_numbers_of_another_unit_are_misfits(folder, database):
    """Milliseconds among seconds would be the year 55840, and nobody would be told."""
    rows = ", ".join(f"({1700000000 + n})" for n in range(20))
    source = fixtures.build_from_text(
        f"CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME); INSERT INTO t (at) VALUES {rows}, (1700000000123)",
        folder / "app.db",
    )
    outcome = pgrade.run("upgrade", str(source), database.url, "--json")
    assert outcome.status == pgrade.DECISION, outcome
    (misfit,) = one_document(outcome)["misfits"]
    assert misfit["rowid"] == 21 and "another unit" in misfit["reason"] and "--unit" in misfit["reason"]
    saved = folder / "app.plan"
    assert pgrade.run("plan", str(source), "--out", str(saved)).status == pgrade.OK
    outcome = pgrade.run("upgrade", str(source), database.url, "--plan", str(saved), "--json")
    assert outcome.status == pgrade.DECISION, "a saved plan does not make it the user's word"
    outcome = pgrade.run("upgrade", str(source), database.url, "--json", "--misfit=t.at=quarantine",
                         "--quarantine-file", str(folder / "aside.csv"))  # fmt: skip
    assert outcome.status == pgrade.SHORTFALL, outcome
    outcome = pgrade.run("upgrade", "--retry-quarantine", str(folder / "aside.csv"), database.url, "--json")
    assert one_document(outcome)["refused"], "the row did not change, and neither did the answer"
    outcome = pgrade.run("upgrade", str(source), database.url, "--json", "--replace", "--unit=t.at=s")
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT at::text FROM t WHERE id = 21") == [("55840-11-08 22:15:23",)]


def test_saved_plan_keeps_whose_unit_it_was(times, folder, database):
    saved = folder / "app.plan"
    options = ["--unit=t.b=us", "--type=t.b=timestamptz"]
    assert pgrade.run("plan", str(times), *options, "--out", str(saved)).status == pgrade.OK
    outcome = pgrade.run("upgrade", str(times), database.url, "--plan", str(saved), "--json")
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT b FROM t WHERE id = 1") == [
        (datetime.datetime(1970, 1, 20, 16, 13, 20, 123, tzinfo=UTC),)
    ]


EPOCHS = """
CREATE TABLE t (id INTEGER PRIMARY KEY, apple INTEGER, chrome INTEGER, net INTEGER, net_later INTEGER);
INSERT INTO t VALUES (1, 721692800, 13344473600000001, 638355968000000010, 638355968000000011);
"""


def test_epochs_on_request(folder, database):
    source = fixtures.build_from_text(EPOCHS, folder / "app.db")
    options = [f"--type=t.{name}=timestamp" for name in ("apple", "chrome", "net", "net_later")]
    options += ["--unit=t.apple=coredata", "--unit=t.chrome=webkit", "--unit=t.net=ticks", "--unit=t.net_later=ticks"]
    outcome = pgrade.run("upgrade", str(source), database.url, "--json", *options)
    assert outcome.status == pgrade.DECISION, outcome
    (misfit,) = one_document(outcome)["misfits"]
    assert misfit["column"] == "net_later" and "6 digits" in misfit["reason"]
    outcome = pgrade.run("upgrade", str(source), database.url, "--json", *options, "--misfit=t.net_later=null")
    assert outcome.status == pgrade.SHORTFALL, outcome
    naive = datetime.datetime(2023, 11, 14, 22, 13, 20)
    later = naive.replace(microsecond=1)
    assert database.execute("SELECT apple, chrome, net, net_later FROM t") == [(naive, later, later, None)]


def test_epochs_found_by_their_values(folder, database):
    source = fixtures.build_from_text(EPOCHS.replace("INTEGER,", "DATETIME,"), folder / "app.db")
    outcome = pgrade.run("plan", str(source), "--json")
    columns = {one["name"]: one for one in one_document(outcome)["tables"][0]["columns"]}
    assert columns["chrome"]["unit"] == "WebKit microseconds" and "since 1601" in columns["chrome"]["reason"]
    assert columns["net"]["unit"] == ".NET ticks" and "since the year 1" in columns["net"]["reason"]
    assert columns["apple"]["unit"] == "seconds", "without Core Data's tables nothing says otherwise"


@pytest.mark.core
def test_enum(times, database):
    options = ["--type", "t.role=enum(admin, user)", "--type", "t.other=enum kind('a,b', '', 'it''s')"]
    outcome = pgrade.run("upgrade", str(times), database.url, "--json", *options)
    assert outcome.status == pgrade.USAGE, "no label is empty"
    options[3] = "t.other=enum kind('a,b', 'it''s')"
    outcome = pgrade.run("upgrade", str(times), database.url, "--json", *options)
    assert outcome.status == pgrade.DECISION, outcome
    assert [one["column"] for one in one_document(outcome)["misfits"]] == ["other"]
    outcome = pgrade.run("upgrade", str(times), database.url, "--json", *options, "--where", "t=id = 1")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert database.execute("SELECT enum_range(NULL::t_role_enum)::text, enum_range(NULL::kind)::text") == [
        ("{admin,user}", '{"a,b",it\'s}')
    ]
    assert database.execute("SELECT role::text, other::text FROM t") == [("admin", "a,b")]


def test_enum_of_two_columns(folder, database):
    path = fixtures.build_from_text(
        "CREATE TABLE a (x TEXT, y TEXT); INSERT INTO a VALUES ('on', 'off')", folder / "app.db"
    )
    same = ["--type=a.x=enum switch(on,off)", "--type=a.y=enum switch(on,off)"]
    outcome = pgrade.run("upgrade", str(path), database.url, "--json", *same)
    assert outcome.status == pgrade.OK, outcome
    assert database.execute("SELECT typname FROM pg_type WHERE typtype = 'e'") == [("switch",)]
    assert compare(path, database.url, outcome.report).equal


@pytest.mark.parametrize(
    "option, value, says",
    [
        ("--unit", "post.title=ms", "whose numbers have no unit"),
        ("--unit", "post.title=weeks", "not of the form"),
        ("--unit", "post=ms", "not of the form"),
        ("--unit", "post.nothing=ms", "the source has no column post.nothing"),
        ("--type", "post.title=enum", "not of the form"),
        ("--type", "post.title=enum()", "a label of the enum is empty"),
        ("--type", "post.title=enum(a,a)", "the label a stands there twice"),
        ("--type", "post.title=enum(a,)", "a label of the enum is empty"),
        ("--type", f"post.title=enum(a,{'b' * 64})", "has 64 bytes, and a label holds 63"),
        ("--type", f"post.title=enum {'b' * 64}(a)", "the name of the enum is longer than 63 bytes"),
        ("--type", "post.title=enum('a)", "not of the form"),
        ("--type", "post.title=enum('a' b)", "not of the form"),
        ("--type", "post.title=enumx(a)", "not of the form"),
    ],
)
def test_what_means_nothing(option, value, says, small):
    outcome = pgrade.run("upgrade", str(small), NOWHERE, option, value)
    assert outcome.status == pgrade.USAGE and says in outcome.stderr, outcome
    assert_clean(outcome)


@pytest.mark.core
@pytest.mark.parametrize("kind", ["text", "numeric", "real", "boolean"])
def test_a_key_that_loses_its_numbers_is_named(folder, database, kind):
    source = fixtures.build_from_text(
        "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, b TEXT); INSERT INTO a VALUES (1, 'x');",
        folder / "app.db",
    )
    outcome = pgrade.upgrade(source, database.url, f"--type=a.id={kind}")
    assert outcome.status == pgrade.DECISION, outcome
    (lost,) = outcome.report["not_carried"]
    assert (lost["class"], lost["table"], lost["name"]) == ("default", "a", "id")
    outcome = pgrade.upgrade(source, database.url, f"--type=a.id={kind}", "--accept", "a.id")
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert database.execute("SELECT b FROM a") == [("x",)]
