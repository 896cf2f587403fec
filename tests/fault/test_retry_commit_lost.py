"""The connection breaks while the COMMIT of --retry-quarantine is under way: what became of it is told."""

import pytest

import pgrade
from authors import make_source
from stopped import wait_until_no_session
from trouble import error_lines, one_document
from wire import Cut, Swallow, Wire

ROWS = 1010  # the last eleven have a title too long
ASKING = "the connection was lost during COMMIT: asking the server"


@pytest.fixture
def aside(tmp_path, database):
    source = make_source(tmp_path / "app.db", rows=ROWS)
    path = tmp_path / "aside.csv"
    outcome = pgrade.run(
        "upgrade", str(source), database.url, "--misfit", "quarantine", "--quarantine-file", str(path),
        "--type", "post.title=varchar(9)",
    )  # fmt: skip
    assert outcome.status == pgrade.SHORTFALL, outcome
    heading, *rows = path.read_text().splitlines()
    assert len(rows) == 11
    path.write_text("\n".join([heading, *(row.replace("title ", "t ") for row in rows)]) + "\n")
    return path


def retry(path, database, fault, *options):
    with Wire(database, fault) as wire:
        outcome = pgrade.run("upgrade", "--retry-quarantine", str(path), wire.url, *options)
        assert wire.struck, outcome
    wait_until_no_session(database)
    return outcome


def is_back(database):
    left, there = database.execute("SELECT (SELECT count(*) FROM pgrade_record.quarantine), (SELECT count(*) FROM post)")[0]
    assert left == 0 or there + left == ROWS
    return left == 0 and there == ROWS


@pytest.mark.core
def test_done_and_not_answered(aside, database):
    outcome = retry(aside, database, Swallow("COMMIT", behind="txid_current()"))
    assert outcome.status == pgrade.OK and ASKING in outcome.stderr, outcome
    assert is_back(database)


@pytest.mark.core
def test_not_done(aside, database):
    outcome = retry(aside, database, Cut(before="COMMIT", behind="txid_current()"))
    assert outcome.status == pgrade.UNREACHABLE and ASKING in outcome.stderr, outcome
    assert "took everything back" in error_lines(outcome)["why"] and not is_back(database)
    assert "no row was given back" in error_lines(outcome)["try"] and "published" not in outcome.stderr, outcome
    again = pgrade.run("upgrade", "--retry-quarantine", str(aside), database.url)
    assert again.status == pgrade.OK and is_back(database), again


def test_lost_before(aside, database):
    outcome = retry(aside, database, Cut(before="INSERT INTO"))
    assert outcome.status == pgrade.UNREACHABLE and not is_back(database), outcome
    assert "no row was given back" in error_lines(outcome)["try"] and "published" not in outcome.stderr, outcome


@pytest.mark.parametrize("done", [True, False])
def test_nobody_to_ask(done, aside, database):
    where = {"behind": "txid_current()", "then": "denied"}
    fault = Swallow("COMMIT", **where) if done else Cut(before="COMMIT", **where)
    outcome = retry(aside, database, fault, "--json")
    document = one_document(outcome)
    assert outcome.status == pgrade.FAILED and document["error"]["code"] == "ERR_UNCERTAIN", outcome
    assert document["loaded_rows"] == 0 and is_back(database) == done
