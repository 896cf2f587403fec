"""The folder where backups are kept: what others keep there stays, and so does what may still be needed."""

import fcntl
import os
import subprocess

import pytest

import fixtures
import pgrade
from test_backup import SCHEMA, age, backup, empty, filled, restore, stopping_dump  # noqa: F401 (fixtures)
from test_bundle import backup_all, instance  # noqa: F401 (a fixture)


@pytest.fixture
def app(tmp_path):
    return str(fixtures.build_from_text(SCHEMA, tmp_path / "app.db"))


def test_hidden_folders_of_others_stay(app, tmp_path):
    kept = tmp_path / "kept"
    for name in ".mine.partial", ".rsync-12.partial", ".20260101T000000Z.partial", ".partial", ".a-20260101T000000X.partial":
        (kept / name).mkdir(parents=True)
        (kept / name / "precious").write_text("kept")
    for name in ".app.db-20260101T000000Z.partial", ".app.db-20260101T000000Z-12.partial":
        (kept / name).mkdir()
        (kept / name / "manifest.json").write_text("{}")
    made = backup(app, kept)
    assert sorted(made["leftovers"]) == [".app.db-20260101T000000Z-12.partial", ".app.db-20260101T000000Z.partial"]
    assert len([name for name in os.listdir(kept) if (kept / name / "precious").exists()]) == 5
    assert pgrade.run("backup", "--list", str(kept), "--json").report["partial"] == []


@pytest.mark.parametrize("harm", ["short", "gone", "changed"])
def test_a_damaged_one_is_not_removed(harm, app, tmp_path):
    kept = tmp_path / "kept"
    good, damaged = backup(app, kept)["path"], backup(app, kept)["path"]
    age(good, 9)
    age(damaged, 5)
    data = os.path.join(damaged, "app.db")
    if harm == "short":
        os.truncate(data, 100)
    elif harm == "gone":
        os.unlink(data)
    else:
        with open(data, "r+b") as stream:
            stream.write(b"sqlite")
    first = pgrade.run("backup", app, str(kept), "--json", "--keep", "2")
    if harm != "changed":  # what is seen without reading it does not take the place of a good one
        assert first.report["removed"] == [], first
    assert os.path.exists(damaged)
    outcome = pgrade.run("backup", app, str(kept), "--json", "--keep", "1")
    assert os.path.exists(damaged), outcome
    assert os.path.basename(good) in first.report["removed"] + outcome.report["removed"], outcome
    assert (harm == "changed") == ("is damaged and stays" in outcome.stderr), outcome


def test_a_renamed_one_goes_whole(app, tmp_path):
    kept = tmp_path / "kept"
    old = backup(app, kept)["path"]
    os.rename(old, kept / "before the summer")
    age(kept / "before the summer", 3)
    assert backup(app, kept, "--keep", "1")["removed"] == ["before the summer"]
    assert len([name for name in os.listdir(kept) if name != ".lock"]) == 1


def test_a_bundle_that_lacks_a_database_replaces_none(instance, tmp_path):  # noqa: F811
    whole = backup_all(instance.url(), tmp_path, "--exclude", "closed")
    age(whole["path"], 3)
    outcome = pgrade.run("backup", "--all", instance.url(), str(tmp_path), "--json", "--keep", "1")
    assert outcome.status == pgrade.SHORTFALL and outcome.report["removed"] == [], outcome
    assert "no older backup was removed" in outcome.stderr and os.path.exists(whole["path"])


def test_getting_its_name_waits_for_who_cleans_up(filled, tmp_path):  # noqa: F811
    """Between its lock and its name a backup looks interrupted: whoever removes those must not see it then."""
    program = stopping_dump(tmp_path / "programs")
    text = program.read_text().replace("exec tail -f /dev/null", f'until [ -e {tmp_path}/go ]; do sleep 0.02; done\nexec /usr/lib/postgresql/15/bin/pg_dump "$@"')
    program.write_text(text)
    kept = tmp_path / "kept"
    running = pgrade.start("backup", filled.url, str(kept), "--json", PGRADE_PG_BINDIR=str(program.parent))
    while not (program.parent / "begun").exists():
        assert running.poll() is None
    with open(kept / ".lock", "r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        (tmp_path / "go").touch()
        with pytest.raises(subprocess.TimeoutExpired):
            running.wait(2)
        partial, = [name for name in os.listdir(kept) if name.endswith(".partial")]
        assert (kept / partial / "lock").exists() and (kept / partial / "manifest.json").exists()
    assert pgrade.finish(running).status == pgrade.OK
    assert [name for name in os.listdir(kept) if name.startswith(".")] == [".lock"]


def test_a_file_of_the_same_name_elsewhere_is_another(tmp_path):
    kept = tmp_path / "kept"
    for folder in "one", "two":
        (tmp_path / folder).mkdir()
        fixtures.build_from_text(SCHEMA, tmp_path / folder / "app.db")
    first = backup("app.db", kept, directory=tmp_path / "one")
    assert first["source"] == str(tmp_path / "one" / "app.db")
    age(first["path"], 3)
    assert backup("app.db", kept, "--keep", "1", directory=tmp_path / "two")["removed"] == []
    assert backup("./app.db", kept, "--keep", "1", directory=tmp_path / "one")["removed"] == [os.path.basename(first["path"])]


def test_with_its_statements_traced(filled, empty, tmp_path):  # noqa: F811
    made = backup(filled.url, tmp_path / "kept", "--trace-sql")
    restore(made["path"], empty.url, "--trace-sql")


def test_a_proof_says_what_was_compared(app, tmp_path):
    """Of a file the rows are counted; there are no sums."""
    said = pgrade.run("backup", app, str(tmp_path / "kept"), "--verify").stdout
    assert "with the same tables and rows" in said and "sums" not in said, said
