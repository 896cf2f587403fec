"""pgrade.ini: every setting is the option that it spells, the command line wins, and nothing is passed over."""

import pytest

import pgrade
from fixtures import build_from_text
from trouble import assert_clean, one_document

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def write(folder, text, name="pgrade.ini"):
    (folder / name).write_text(text)


def plan(source, folder, *options):
    outcome = pgrade.run("plan", str(source), "--json", *options, directory=folder)
    assert_clean(outcome)
    assert outcome.status == pgrade.OK, outcome
    return outcome


def types(outcome, name):
    tables = one_document(outcome)["tables"]
    return {
        column["name"]: column["type"]
        for table in tables
        if table["source"] == name
        for column in table["columns"]
    }


def test_file_of_the_working_directory_is_read_and_said(small, tmp_path):
    write(tmp_path, "# how we want it\n[type]\npost.title = varchar(50)\n\n[upgrade]\nintegers = declared\n")
    outcome = plan(small, tmp_path)
    assert types(outcome, "post")["title"] == "character varying(50)"
    assert types(outcome, "post")["id"] == "integer"
    assert outcome.messages == "pgrade.ini: 2 settings for `pgrade plan`\n"
    assert plan(small, tmp_path, "--quiet").stderr == ""


def test_other_file_and_none(small, tmp_path):
    write(tmp_path, "[type]\npost.title = bytea\n")
    write(tmp_path, "[type]\npost.title = char(9)\n", "other.ini")
    assert types(plan(small, tmp_path, "--config", "other.ini"), "post")["title"] == "character(9)"
    outcome = plan(small, tmp_path, "--no-config")
    assert types(outcome, "post")["title"] == "character varying(40)" and outcome.messages == ""


def test_command_line_wins(small, tmp_path):
    write(tmp_path, "[upgrade]\nintegers = declared\n[type]\npost.title = bytea\n")
    outcome = plan(small, tmp_path, "--integers=bigint", "--type", "POST.title=varchar(7)")
    assert types(outcome, "post")["id"] == "bigint"
    assert types(outcome, "post")["title"] == "character varying(7)"


def test_settings_of_upgrade_reach_plan_as_far_as_it_has_them(small, tmp_path):
    write(tmp_path, "[upgrade]\nworkers = 3\nreplace = no\nintegers = declared\n[misfit]\npost = widen\n* = stop\n")
    outcome = plan(small, tmp_path)
    assert types(outcome, "post")["id"] == "integer"
    write(tmp_path, "[plan]\nintegers = declared\n[upgrade]\nintegers = bigint\n")
    assert types(plan(small, tmp_path), "post")["id"] == "bigint", "the last one wins"


@pytest.mark.core
def test_upgrade_goes_by_it(small, tmp_path, database):
    write(tmp_path, "[upgrade]\nschema = app\nsnapshot = yes\n[type]\npost.title = varchar(60)\n[misfit]\n* = stop\n")
    outcome = pgrade.run("upgrade", str(small), database.url, directory=tmp_path)
    assert outcome.status == pgrade.OK, outcome
    assert "pgrade.ini: 4 settings for `pgrade upgrade`" in outcome.stderr
    type_of = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = 'app.post'::regclass"
    assert ("character varying(60)",) in database.execute(type_of)


def test_other_commands_leave_it_aside(tmp_path):
    write(tmp_path, "this is not even one")
    outcome = pgrade.run("local", "status", directory=tmp_path, XDG_DATA_HOME=str(tmp_path))
    assert outcome.status == pgrade.OK and outcome.messages == "", outcome
    assert pgrade.run("plan", "--help", directory=tmp_path).status == pgrade.OK


WRONG = {
    "no equals\n": "pgrade.ini:1: there is no equals sign",
    "[type]\npost.title\n": "pgrade.ini:2: there is no equals sign",
    "a = b\n": "pgrade.ini:1: it stands before the first section",
    "[tpye]\npost.title = text\n": "pgrade.ini:2: there is no section [tpye]",
    "[local status]\na = b\n": "pgrade.ini:2: there is no section [local status]",
    "[upgrade]\nschemas = x\n": "pgrade.ini:2: `pgrade upgrade` has no option schemas",
    "[plan]\nworkers = 1\n": "pgrade.ini:2: `pgrade plan` has no option workers",
    "[upgrade]\nschema =\n": "pgrade.ini:2: schema needs a value",
    "[type]\npost.title =\n": "pgrade.ini:2: post.title needs a value",
    "[upgrade]\nreplace = maybe\n": "pgrade.ini:2: replace is yes or no",
    "[upgrade]\nyes = yes\n": "pgrade.ini:2: yes belongs on the command line",
    "[upgrade]\nschema = a\nSchema = b\n": "pgrade.ini:3: Schema is set in line 2 already",
    '[type]\npost.title = text\n"post"."title" = bytea\n': 'pgrade.ini:3: "post"."title" is post.title in line 2 already',
    '[rename]\npost = a\n\n"POST" = b\n': 'pgrade.ini:4: "POST" is post in line 2 already',
    '[misfit]\n"Post" . "title" = null\npost.TITLE = stop\n': (
        'pgrade.ini:3: post.TITLE is "Post" . "title" in line 2 already'
    ),
    "[upgrade]\nquarantine-file = -\n": "pgrade.ini:2: --quarantine-file -: a dash is not the name of a file",
    "[upgrade]\n\nintegers = all\n": "pgrade.ini:3: --integers all: it is",
    "[type]\n\npost.title = strange\n": "pgrade.ini:3: --type post.title=strange: not of the form",
    "[type]\npost.titel = text\n": "pgrade.ini:2: --type: the source has no column post.titel",
    "[type]\npost.title_x = text\npost.title = text\n": "pgrade.ini:2: --type: the source has no column post.title_x",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:20])
def test_mistakes_are_named_with_their_line(text, small, tmp_path, untouched):
    untouched()
    write(tmp_path, text)
    outcome = pgrade.run("upgrade", str(small), NOWHERE, "--json", directory=tmp_path)
    assert outcome.status == pgrade.USAGE, outcome
    assert_clean(outcome)
    error = one_document(outcome)["error"]
    assert error["message"].startswith(WRONG[text]) and error["hint"], outcome


@pytest.mark.parametrize(
    "text, nearest",
    [
        ("[tpye]\na.b = text", "[type]"),
        ("[upgrad]\nschema = x", "[upgrade]"),
        ("[upgrade]\nintegres = x", "integers"),
        ("[upgrade]\nsnapshots = yes", "snapshot"),
    ],
)
def test_nearest_name_is_offered(text, nearest, small, tmp_path):
    write(tmp_path, text)
    outcome = pgrade.run("plan", str(small), directory=tmp_path)
    assert outcome.status == pgrade.USAGE and f"the nearest is {nearest}" in outcome.stderr, outcome


@pytest.mark.parametrize(
    "line",
    [
        "target = postgresql://me:geheim@db.example.org/app",
        "schema = postgres://me:geheim@db/app",
        "schema = host=db password=geheim",
    ],
)
def test_passwords_are_refused_and_not_repeated(line, small, tmp_path):
    write(tmp_path, f"[upgrade]\n{line}\n")
    outcome = pgrade.run("upgrade", str(small), NOWHERE, directory=tmp_path)
    assert outcome.status == pgrade.USAGE, outcome
    assert "pgrade.ini:2: a URL with a password" in outcome.stderr and "geheim" not in outcome.stderr


def test_file_that_cannot_be_read(small, tmp_path):
    outcome = pgrade.run("plan", str(small), "--config", "missing.ini", directory=tmp_path)
    assert outcome.status == pgrade.FAILED and "missing.ini" in outcome.stderr, outcome
    outcome = pgrade.run("plan", str(small), "--config", "a.ini", "--no-config", directory=tmp_path)
    assert outcome.status == pgrade.USAGE and "contradict" in outcome.stderr


def test_file_that_is_not_there(tmp_path):
    outcome = pgrade.run("upgrade", "app.db", NOWHERE, "--config", "absent.ini", directory=tmp_path)
    assert outcome.status == pgrade.FAILED, outcome
    assert "absent.ini" in outcome.stderr and "try: check the path" in outcome.stderr


def test_link_that_leads_nowhere(small, tmp_path):
    """Settings that were meant to be there are not passed over."""
    (tmp_path / "pgrade.ini").symlink_to("settings/gone.ini")
    outcome = pgrade.run("upgrade", str(small), NOWHERE, directory=tmp_path)
    assert outcome.status == pgrade.FAILED, outcome
    assert "cannot open pgrade.ini" in outcome.stderr and "settings/gone.ini" in outcome.stderr
    assert "--no-config" in outcome.stderr
    assert plan(small, tmp_path, "--no-config").messages == ""


def test_names_in_quotes_have_their_policy(folder, tmp_path, database):
    source = build_from_text(
        'CREATE TABLE "a.b" ("c=d" INTEGER, e INTEGER); INSERT INTO "a.b" VALUES (\'x\', 1);'
        "CREATE TABLE t (a INTEGER, b INTEGER); INSERT INTO t VALUES ('y', 'z')",
        folder / "app.db",
    )
    write(tmp_path, '[misfit]\n"a.b"."c=d" = null\n"T" . a = null\n"t" = quarantine\n')
    outcome = pgrade.run("upgrade", str(source), database.url, directory=tmp_path)
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert database.execute('SELECT "c=d", e FROM "a.b"') == [(None, 1)]
    assert database.execute("SELECT source_table, column_name FROM pgrade_record.quarantine") == [("t", "a")]


def test_comma_in_a_quoted_name(folder, tmp_path, database):
    """It does not part two rules."""
    source = build_from_text("CREATE TABLE \"a,b\" (n INTEGER); INSERT INTO \"a,b\" VALUES ('x')", folder / "app.db")
    outcome = pgrade.run("upgrade", str(source), database.url, "--misfit", '"a,b".n=null,"a,b"=stop', directory=tmp_path)
    assert outcome.status == pgrade.SHORTFALL, outcome
    assert database.execute('SELECT n FROM "a,b"') == [(None,)]


def test_keys_that_only_look_alike(small, tmp_path):
    """A dot within quotes parts nothing."""
    write(tmp_path, '[type]\npost.title = text\n"post.title".x = text\n')
    outcome = pgrade.run("plan", str(small), directory=tmp_path)
    assert "already" not in outcome.stderr and "no table post.title" in outcome.stderr, outcome
