"""SQL text that is restored: all of it, in one transaction, in the target alone, or none of it."""

import subprocess

import pytest

import pgrade
from test_backup import CLIENT, empty, filled, plain_dump, restore  # noqa: F401 (fixtures)

HARD = r"""
CREATE FUNCTION body() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 'a' END; SELECT 'x'::text; END;
CREATE FUNCTION quoted() RETURNS text LANGUAGE plpgsql AS $_$ BEGIN -- COMMIT;
RETURN $$\! x$$; END; $_$;
CREATE TABLE "odd \! ""name;" (v text DEFAULT E'it\'s; \\! x', /* COMMIT; /* \! */ */ w text DEFAULT 'C:\');
COMMENT ON TABLE "odd \! ""name;" IS 'first
\! second
COMMIT;
-- ''';
INSERT INTO "odd \! ""name;" VALUES (E'\\.\n\\! x', '$a$'), ('COMMIT;', '''');
CREATE RULE two_steps AS ON UPDATE TO people DO ALSO (NOTIFY a; NOTIFY b);
"""


def tables(target):
    return target.execute("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")[0][0]


@pytest.mark.parametrize("options", [(), ("--inserts",), ("--rows-per-insert=2", "--column-inserts"), ("--quote-all-identifiers",)])
def test_what_looks_like_a_command_and_is_none(options, filled, empty, tmp_path):  # noqa: F811
    filled.execute(HARD)
    assert restore(plain_dump(filled, tmp_path / "dump.sql", *options), empty.url).report["kind"] == "sql"
    assert empty.execute('SELECT v, w FROM "odd \\! ""name;"') == filled.execute('SELECT v, w FROM "odd \\! ""name;"')


def test_text_of_people(empty, tmp_path):  # noqa: F811
    """Written by hand, without pg_dump's first and last lines."""
    text = "CREATE TABLE people (id int);\nSAVEPOINT a; ROLLBACK TO a;" + HARD
    (tmp_path / "own.sql").write_text(text + "\nCOPY people FROM stdin; -- rows\n1\n\\.\nSELECT 1")
    restore(tmp_path / "own.sql", empty.url)
    assert empty.execute("SELECT count(*) FROM people") == [(1,)]


@pytest.mark.parametrize("line, said", [
    ("\\connect postgres", "\\connect is a command"), ("SELECT 1 \\! touch {}", "\\! is a command"), ("\\copy a FROM '{}'", "\\copy"),
    ("COMMIT;", "ends the transaction"), ("/* */ end ;", "ends the transaction"), ("ROLLBACK;", "ends the transaction"),
    ("PREPARE TRANSACTION 'x';", "ends the transaction"), ("COPY a FROM stdin;\n1\n\\.\nABORT;", "line 5")])
def test_what_psql_would_do_beside(line, said, empty, tmp_path):  # noqa: F811
    mark = tmp_path / "mark"
    (tmp_path / "dump.sql").write_text(f"CREATE TABLE a (id int);\n{line.format(mark)}\nCREATE TABLE b (id int);\nSELECT 1 / 0;\n")
    failed = restore(tmp_path / "dump.sql", empty.url, status=pgrade.REFUSED)
    assert said in failed.stderr and "nothing was restored" in failed.stderr, failed
    assert tables(empty) == 0 and not mark.exists()


def test_a_dump_that_was_cut(filled, empty, tmp_path):  # noqa: F811
    """Wherever: psql itself takes the end of the file for the end of the rows, and of a statement."""
    whole = open(plain_dump(filled, tmp_path / "dump.sql"), encoding="utf-8").read()
    places = [whole.index("\tbob"), whole.index("ada") - 2, whole.index("CREATE VIEW"), whole.index("CREATE INDEX") + 9, whole.index("dump complete")]
    for place in places:
        (tmp_path / "cut.sql").write_text(whole[:place])
        failed = restore(tmp_path / "cut.sql", empty.url, status=pgrade.FAILED)
        assert "it is not whole" in failed.stderr, (place, failed)
        assert tables(empty) == 0
    subprocess.run([f"{CLIENT}/pg_dump", "-Fc", f"--file={tmp_path}/archive", f"--dbname={filled.url}"], check=True)
    subprocess.run([f"{CLIENT}/pg_restore", f"--file={tmp_path}/text.sql", f"{tmp_path}/archive"], check=True)
    restore(tmp_path / "text.sql", empty.url)
