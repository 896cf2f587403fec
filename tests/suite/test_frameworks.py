"""An upgrade gives the schema that the framework itself would have made on PostgreSQL, by the same names.

$PGRADE_TESTDATA/orm/NAME holds what each framework made of the same models and rows on both databases;
tests/data/underivable.txt lists what the SQLite file cannot tell of it.
"""

import os
import shutil

import pytest

import pgrade
from made_rows import compare_rows, load_rows, read_losses
from made_schema import differences, made_schema, read_catalog, run_dump

FOLDER = os.path.join(
    os.environ.get("PGRADE_TESTDATA", os.path.join(os.path.dirname(pgrade.PROJECT), "shared")), "orm"
)
NAMES = sorted(os.listdir(FOLDER)) if os.path.isdir(FOLDER) else []

pytestmark = [
    pytest.mark.skipif(
        not pgrade.available(), reason=f"there is no {pgrade.program()}: build it or set PGRADE"
    ),
    pytest.mark.skipif(not NAMES, reason=f"there are no schemas in {FOLDER}: set PGRADE_TESTDATA"),
]


def underivable(framework):
    """{(kind, name): reason}"""
    path = os.path.join(pgrade.PROJECT, "tests", "data", "underivable.txt")
    with open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file if not line.startswith("#")]
    return {
        ("type" if kind == "widened" else kind, name): reason
        for of, kind, name, reason in lines
        if of == framework
    }


@pytest.fixture
def made(request, cluster):
    """The database that the framework made itself."""
    database = cluster.create_database()
    with open(os.path.join(FOLDER, request.param, "postgres.sql"), encoding="utf-8") as file:
        run_dump(database, file.read())
    yield request.param, database
    database.drop()


def upgraded(name, tmp_path, database, *options):
    source = tmp_path / "app.db"
    shutil.copyfile(os.path.join(FOLDER, name, "sqlite.db"), source)
    outcome, _ = pgrade.upgrade_with_answers(source, database.url, options=options)
    assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
    return outcome


@pytest.mark.parametrize("made", NAMES or ["none"], indirect=True)
def test_schema_and_rows(made, tmp_path, database, capsys):
    name, theirs = made
    folder = os.path.join(FOLDER, name)
    upgraded(name, tmp_path, database)
    wanted = made_schema(theirs)
    wanted.update(read_catalog(folder))
    excused = underivable(name)
    found = differences(wanted, made_schema(database))
    wrong = [difference for difference in found if difference[:2] not in excused]
    cells, problems = compare_rows(theirs, database, load_rows(theirs, folder), read_losses(folder))
    with capsys.disabled():
        derivable = len(wanted) - len(excused)
        print(
            f"\n{name}: {derivable - len(wrong)} of {derivable} objects as it makes them itself, "
            f"{len(excused)} that the file cannot tell; {cells - len(problems)} of {cells} cells"
        )
    assert not wrong and not problems, "\n".join(map(str, wrong + problems))
    assert set(excused) <= {difference[:2] for difference in found}, "told after all: take it off the list"


def hints(name, wanted):
    """The answers to all that the file cannot tell of types, and the columns that they are about."""
    options, columns = [], set()
    for kind, column in underivable(name):
        of_type = wanted.get((kind, column))
        if kind != "type" or column in UNFIT.get(name, ()) or of_type.endswith("[]"):
            continue
        labels = wanted.get(("enum", of_type.strip('"')))
        if labels:
            quoted = ", ".join("'" + label.replace("'", "''") + "'" for label in labels)
            of_type = f"enum {of_type.strip(chr(34))}({quoted})"
        options += ["--type", f"{column}={of_type}"]
        if column in MOMENTS.get(name, {}):
            options += ["--unit", f"{column}={MOMENTS[name][column]}"]
        columns.add((kind, column))
    return options, columns


# Columns with a value that does not fit the framework's own type exactly, so that it is widened.
UNFIT = {
    "drizzle": ("all_types.big",),  # digits in a BLOB
    "knex": ("all_types.flt53", "all_types.dur"),  # a double, and real on PostgreSQL; the text of an interval
    "sqlalchemy": ("all_types.num3810",),  # a decimal beyond 15 digits, which became a real
}
# What integers count that are moments to the framework.
MOMENTS = {"drizzle": {"all_types.ts_sec": "s", "all_types.ts_ms": "ms", "user.created": "s"}}


@pytest.mark.parametrize("made", NAMES or ["none"], indirect=True)
def test_answers_give_the_types_that_the_file_cannot_tell(made, tmp_path, database):
    name, theirs = made
    folder = os.path.join(FOLDER, name)
    wanted = made_schema(theirs)
    wanted.update(read_catalog(folder))
    options, answered = hints(name, wanted)
    assert answered
    upgraded(name, tmp_path, database, *options)
    left = {
        key: reason
        for key, reason in underivable(name).items()
        if key not in answered and key[0] != "enum" and not (key[0] == "sequence" and "a key" in reason)
    }
    wrong = [found for found in differences(wanted, made_schema(database)) if found[:2] not in left]
    _, problems = compare_rows(theirs, database, load_rows(theirs, folder), read_losses(folder))
    assert not wrong and not problems, "\n".join(map(str, wrong + problems))
