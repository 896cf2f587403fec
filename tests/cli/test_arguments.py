"""Words that pgrade does not understand: exit status 2, nothing touched, and where to look."""

import pytest

import pgrade
from catalog_text import table_names
from trouble import Trouble, assert_clean, assert_told, assert_trouble, one_document

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def usage(says, hint, why=None):
    return Trouble(2, says, why, hint, "ERR_USAGE")


def test_no_command_at_all():
    outcome = pgrade.run()
    assert outcome.status == pgrade.USAGE and outcome.stdout.startswith("usage: pgrade COMMAND"), outcome


UNKNOWN = {
    ("frobnicate",): usage("there is no command frobnicate", "pgrade --help"),
    ("upgrad", "app.db"): usage("there is no command upgrad", "pgrade --help"),
    ("--frobnicate",): usage("there is no command --frobnicate", "pgrade --help"),
    ("",): usage("there is no command", "pgrade --help"),
    ("local",): usage("local needs one of its verbs", "pgrade --help", "they are: start, "),
    ("local", "begin"): usage("local needs one of its verbs, which is not begin", "pgrade --help", "they are: start, "),
    ("plan", "--frobnicate"): usage("unknown option --frobnicate", "pgrade plan --help"),
    ("plan", "-x"): usage("unknown option -x", "pgrade plan --help"),
    ("plan", "-qy"): usage("unknown option -qy", "pgrade plan --help"),
    ("plan", "--"): usage("no source was given", "pgrade plan app.db"),
    ("upgrade", "--worker", "2"): usage("unknown option --worker", "pgrade upgrade --help"),
    ("upgrade", "--replace=yes"): usage("--replace takes no value", "pgrade upgrade --help"),
    ("plan", "app.db", "--workers", "2"): usage("unknown option --workers", "pgrade plan --help"),
    ("plan", "a.db", "b", "c"): usage("too many arguments", "pgrade plan --help"),
    ("upgrade", "a.db", "b", "c"): usage("too many arguments", "pgrade upgrade --help"),
    ("check", "--wait", "5", "postgresql://u@h/d"): usage("too many arguments: pgrade check takes [URL]", "write --wait=5"),
    ("check", "postgresql://u@h/d", "--wait", "5"): usage("too many arguments", "write --wait=5"),
    ("check", "--wait", "5"): usage("there is no file 5", "write --wait=5"),
    ("check", "--wait", "postgresql://u@h/d", "x.db"): usage("too many arguments", "pgrade check --help"),
    ("check", "--wait", "-q", "5", "x.db"): usage("too many arguments", "pgrade check --help"),
    ("reset", "--backup", "old", "postgresql://u@h/d"): usage("too many arguments", "if old is the value of --backup, write --backup=old"),
    ("reset", "--backup", "postgresql://u@h/d", "old"): usage("too many arguments", "pgrade reset --help"),
    ("provision", "app", "postgresql://a/b"): usage("too many arguments", "pgrade provision NAME --server URL"),
    ("local", "status", "here"): usage("too many arguments", "pgrade local status --help"),
}


@pytest.mark.parametrize("words", UNKNOWN, ids=" ".join)
def test_unknown_words(words, tmp_path):
    told = UNKNOWN[words]
    assert_told(pgrade.run(*words, directory=tmp_path), told)
    outcome = pgrade.run(words[0], "--json", *words[1:], directory=tmp_path)
    assert outcome.status == told.status
    if words[0] != "local" or words[1:2] == ("status",):
        assert one_document(outcome)["error"]["code"] == told.code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ("frobnicate", "--json"),
        ("plan", "--frobnicate", "--json"),
        ("local", "begin", "--json"),
        ("plan", "--type", "--json", "--json"),
    ],
)
def test_document_although_a_word_before_is_wrong(words, tmp_path):
    outcome = pgrade.run(*words, directory=tmp_path)
    assert outcome.status == pgrade.USAGE
    assert one_document(outcome)["error"]["code"] == "ERR_USAGE"


def test_option_without_its_value(small):
    told = usage("the option --type needs a value: --type T.C=TYPE", "pgrade plan --help")
    assert_told(pgrade.run("plan", str(small), "--type"), told)
    told = usage("the option --workers needs a value: --workers N", "pgrade upgrade --help")
    assert_told(pgrade.run("upgrade", str(small), NOWHERE, "--workers"), told)


BAD_VALUES = [
    *(
        ("--workers", value, "not a whole number from 1 to 16")
        for value in ("0", "17", "-1", "two", "2x", " 2", "2.0", "99999999999999999999")
    ),
    *(
        ("--type", value, "not of the form TABLE.COLUMN=TYPE")
        for value in (
            "post",
            "post.title",
            "post.title=",
            "=text",
            "post=text",
            ".title=text",
            "post.=text",
            "post.title=strange",
            "post.title=varchar(0)",
            "post.title=varchar(x)",
            "post.title=varchar(9",
            "post.title=numeric(0)",
            "post.title=numeric(1001)",
            "post.title=timestamp(7)",
            "post.title=integer(4)",
            "post.title=text(5)",
        )
    ),
    *(
        ("--misfit", value, "it is stop, widen")
        for value in ("maybe", "post=maybe", "post.title=", "widen=", "Widen", "=")
    ),
    *(("--orphans", value, "it is stop, not-valid or quarantine") for value in ("maybe", "notvalid")),
    *(("--integers", value, "it is `declared` or `bigint`") for value in ("maybe", "int")),
    ("--schema", "pg_mine", "kept for PostgreSQL"),
    ("--schema", "pgrade", "kept for pgrade"),
    ("--schema", "pgrade_load", "kept for pgrade"),
    ("--schema", "x" * 64, "63 bytes"),
    *(
        (option, "", f"the option {option} needs a value")
        for option in ("--workers", "--type", "--misfit", "--orphans", "--integers", "--schema", "--accept")
    ),
]


@pytest.mark.parametrize("option, value, says", BAD_VALUES, ids=lambda part: str(part)[:24])
def test_bad_value(option, value, says, small, untouched):
    """Nothing is connected to: nobody listens there, and that is not what is told."""
    untouched()
    outcome = pgrade.run("upgrade", str(small), NOWHERE, f"{option}={value}", "--json")
    assert outcome.status == pgrade.USAGE, outcome
    assert_clean(outcome)
    error = one_document(outcome)["error"]
    assert says in error["message"] and error["hint"] == "pgrade upgrade --help", outcome


NAMES_NOTHING = [
    ("--type", "nowhere.title=text", "nowhere"),
    ("--type", "post.nothing=text", "post.nothing"),
    ("--misfit", "nowhere=widen", "nowhere"),
    ("--misfit", "post.nothing=widen", "post.nothing"),
]


@pytest.mark.parametrize("option, value, name", NAMES_NOTHING)
def test_option_about_what_the_source_does_not_have(option, value, name, small, database):
    """A misspelt name must not be passed over in silence."""
    outcome = pgrade.run("upgrade", str(small), database.url, option, value, "--json")
    assert outcome.status == pgrade.USAGE, outcome
    assert f"{option}: the source has no " in one_document(outcome)["error"]["message"]
    assert name in one_document(outcome)["error"]["message"]
    assert table_names(database) == []


def test_names_are_found_as_sqlite_finds_them(small, database):
    outcome = pgrade.run(
        "upgrade",
        str(small),
        database.url,
        "--type",
        "POST.Title=varchar(50)",
        "--misfit",
        "Post=widen",
        "--misfit",
        "AUTHOR.NAME=stop",
    )
    assert outcome.status == pgrade.OK, outcome
    type_of = "SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE attname = 'title'"
    assert database.execute(type_of) == [("character varying(50)",)]


def test_source_and_target_in_the_wrong_order(small, untouched):
    untouched()
    told = usage("the source must be a SQLite file", "wrong order", "is a PostgreSQL database")
    secret = "postgresql://me:geheim@127.0.0.1:1/none"
    outcome = assert_trouble(told, "upgrade", secret, str(small))
    assert "geheim" not in outcome.stderr
    assert_trouble(told, "plan", secret)


def test_target_that_is_a_file(small, untouched):
    untouched()
    told = usage("the target must be a PostgreSQL database", "postgresql://user:password@host", None)
    assert_trouble(told, "upgrade", str(small), str(small))
    assert_trouble(told, "upgrade", str(small), "other.db")


URLS = {
    "mysql://u:geheim@h/db": "begins no URL of a database that pgrade knows",
    "postgresql://me:geheim@host:port/db": "has a port that is no number",
    "postgresql://u:geheim@h:99999/db": "has a port that is no number",
    "postgresql://u:geheim@h/db?sslmod=require": 'no connection parameter "sslmod"',
}


@pytest.mark.parametrize("url", URLS)
def test_url_that_is_none(url, small):
    outcome = assert_trouble(Trouble(2, URLS[url], None, "", "ERR_URL"), "upgrade", str(small), url)
    assert "geheim" not in outcome.stderr


def test_options_may_stand_anywhere_and_the_last_one_wins(small):
    for words in (
        ["--quiet", str(small)],
        [str(small), "-q"],
        ["--integers=declared", str(small), "--integers", "bigint"],
    ):
        outcome = pgrade.run("plan", *words, "--json")
        assert outcome.status == pgrade.OK, outcome
        assert {
            column["type"]
            for table in one_document(outcome)["tables"]
            for column in table["columns"]
            if column["name"] == "id"
        } == {"bigint"}
