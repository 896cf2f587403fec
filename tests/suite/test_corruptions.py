"""Every damage that is done to a database after pgrade loaded it is found by `verify`, and named exactly: the
table, the row by its key, the column and both values; or the row, where one is missing or too many."""

import collections
import random

import pytest

import corruptions
import pgrade

SINGLE_ROWS, BATCH_ROWS = 40, 1500


@pytest.fixture(scope="module")
def loaded(cluster, tmp_path_factory):
    """(source, database, target) of few rows, and of many."""
    made = {}
    for rows in (SINGLE_ROWS, BATCH_ROWS):
        source = str(corruptions.build(tmp_path_factory.mktemp("corrupt") / f"{rows}.db", rows))
        database = cluster.create_database()
        outcome = pgrade.run("upgrade", source, database.url, "--type", "everything.fixed=char(12)")
        assert outcome.status == pgrade.OK, outcome
        made[rows] = source, database, corruptions.Target(database)
    yield made
    for _, database, target in made.values():
        target.connection.close()
        database.drop()


def named(document):
    """The differences that were named, as corruptions.py expects them.  Values of the source are compared with
    what the target held before, where they are written alike on both sides."""
    found = []
    for one in document["differences"]:
        key = tuple(cell["value"] for cell in one["key"])
        if one["kind"] == "value":
            found.append(("value", one["table"], key, one["column"], one["source"], one["target"]))
        else:
            found.append((one["kind"], one["table"], key, tuple(cell["value"] for cell in one["row"]), one["doubled"]))
    return found


def as_target_writes(table, column, text):
    """A value of the source, as PostgreSQL writes it: what is spelled otherwise in SQLite is brought to one form."""
    if text is None:
        return None
    if column == "flag":
        return {"1": "true", "0": "false"}.get(text, text)
    if column in ("ratio", "weight"):
        return repr(float(text))
    if column == "price":
        return f"{float(text):.3f}"
    if column in ("at", "zoned", "hour"):
        plain = text.removesuffix("+00")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if column == "block" or column == "net":
        return text.removesuffix("/32")
    if column == "tree":
        return text.replace(" ", "")
    return text


def normal(difference):
    if difference[0] == "value":
        kind, table, key, column, source, target = difference
        return kind, table, key, column, as_target_writes(table, column, source), as_target_writes(table, column, target)
    kind, table, key, row, doubled = difference
    columns = corruptions.COLUMNS[table]
    return kind, table, key, tuple(as_target_writes(table, name, text) for name, text in zip(columns, row)), doubled


def check(source, database, expected, what):
    outcome = pgrade.run("verify", source, database.url, "--json")
    assert outcome.status == pgrade.SHORTFALL, (what, outcome)
    found = collections.Counter(map(normal, named(outcome.report)))
    wanted = collections.Counter(map(normal, expected))
    assert found == wanted, f"{what}\nnot named: {wanted - found}\nnamed: {found - wanted}"


def run_singles(loaded, count, seed):
    source, database, target = loaded[SINGLE_ROWS]
    rng = random.Random(seed)
    done = collections.Counter()
    for number in range(count):
        table, kind, expected = corruptions.corrupt(target, rng)
        check(source, database, expected, f"seed {seed}, damage {number}: {kind} in {table}")
        target.restore(table)
        done[kind] += 1
    assert pgrade.run("verify", source, database.url).status == pgrade.OK
    return done


def run_batches(loaded, count, seed):
    source, database, target = loaded[BATCH_ROWS]
    rng = random.Random(seed)
    for number in range(count):
        expected = corruptions.corrupt_many(target, rng, 1000)
        check(source, database, expected, f"seed {seed}, batch {number}")
        for table in corruptions.KEYS:
            target.restore(table)
    assert pgrade.run("verify", source, database.url).status == pgrade.OK


@pytest.mark.core
def test_single_damages_are_named(loaded):
    run_singles(loaded, 40, seed=1)


@pytest.mark.core
def test_a_batch_of_damages_is_named(loaded):
    run_batches(loaded, 1, seed=2)


@pytest.mark.long
def test_two_thousand_single_damages_are_named(loaded):
    done = run_singles(loaded, 2000, seed=3)
    print("single damages found and named:", dict(done), "in all", sum(done.values()))


@pytest.mark.long
def test_a_hundred_batches_of_a_thousand_are_named(loaded):
    run_batches(loaded, 100, seed=4)
    print("batches of 1000 damages, all named: 100")
