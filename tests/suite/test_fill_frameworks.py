"""Tables that a framework's own migrations made on PostgreSQL take the rows of its SQLite file.

$PGRADE_TESTDATA/orm/NAME holds both, and the rows as the framework itself wrote them into PostgreSQL.
"""

import os
import shutil

import pytest

import pgrade
from catalog_text import whole_text
from made_rows import compare_rows, load_rows, read_losses
from made_schema import made_schema, run_dump
from test_frameworks import FOLDER, NAMES, pytestmark as where_they_are

pytestmark = where_they_are

# Of Drizzle the ledger is not in the application's schema: migrations on PostgreSQL keep their own.  Of SQLAlchemy
# one number was rounded by SQLite to 1e28, which numeric(38,10) has not; losses.txt names it.
OPTIONS = {
    "drizzle": ("--exclude", "__drizzle_migrations"),
    "sqlalchemy": ("--misfit", "all_types.num3810=null"),
}


def create(cluster, name):
    database = cluster.create_database()
    with open(os.path.join(FOLDER, name, "postgres.sql"), encoding="utf-8") as file:
        run_dump(database, file.read())
    return database


@pytest.mark.parametrize("name", NAMES or ["none"])
def test_rows_arrive_in_the_frameworks_tables(name, cluster, tmp_path, capsys):
    folder = os.path.join(FOLDER, name)
    source = tmp_path / "app.db"
    shutil.copyfile(os.path.join(folder, "sqlite.db"), source)
    theirs, filled = create(cluster, name), create(cluster, name)
    before = whole_text(filled), made_schema(filled)
    options = OPTIONS.get(name, ())
    outcome = pgrade.run("upgrade", str(source), filled.url, *options)
    assert (whole_text(filled), made_schema(filled)) == before
    assert outcome.status == (pgrade.SHORTFALL if options else pgrade.OK), str(outcome)
    excluded = options[1::2]
    wanted = {table: columns for table, columns in load_rows(theirs, folder).items() if table not in excluded}
    cells, problems = compare_rows(theirs, filled, wanted, read_losses(folder))
    with capsys.disabled():
        print(f"\n{name}: {cells - len(problems)} of {cells} cells as it writes them itself")
    assert cells and not problems, "\n".join(problems)
    theirs.drop()
    filled.drop()
