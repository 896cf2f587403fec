"""--names and --rename: what tables, columns and all that hangs on them are called on the target."""

import sqlite3

import pytest

import fixtures
import pgrade
from catalog_text import table_names
from compare import compare
from trouble import assert_clean, one_document

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
CAMEL = """
CREATE TABLE BlogPosts ("PostID" INTEGER PRIMARY KEY, "postTitle" VARCHAR(20) UNIQUE, Kind TEXT CHECK (Kind <> ''),
  fullText TEXT GENERATED ALWAYS AS ("postTitle" || Kind) STORED);
CREATE TABLE "PostTags" (Id INTEGER PRIMARY KEY AUTOINCREMENT,
  "postID" INTEGER CONSTRAINT "FK_PostTags" REFERENCES BlogPosts ("PostID"), "Tag Name" TEXT);
CREATE INDEX "IX_PostTags_Name" ON "PostTags" ("Tag Name") WHERE "Tag Name" IS NOT NULL;
INSERT INTO BlogPosts VALUES (1, 'a', 'b'), (2, 'c', 'd');
INSERT INTO "PostTags" VALUES (5, 1, 'x'), (7, 2, NULL);
"""
NAMES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i', 'S')
UNION ALL SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f')
UNION ALL SELECT attname FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0
"""
EXPECTED = {
    "as-written": "BlogPosts:blogposts PostID postTitle kind fulltext blogposts_PostID_seq blogposts_pkey"
    " blogposts_postTitle_key blogposts_kind_check PostTags id postID PostTags_id_seq PostTags_pkey"
    " IX_PostTags_Name FK_PostTags Tag_Name",
    "preserve": "BlogPosts PostID postTitle Kind fullText BlogPosts_PostID_seq BlogPosts_pkey"
    " BlogPosts_postTitle_key BlogPosts_Kind_check PostTags Id postID PostTags_Id_seq PostTags_pkey"
    " IX_PostTags_Name FK_PostTags Tag_Name",
    "lower": "blogposts postid posttitle kind fulltext blogposts_postid_seq blogposts_pkey"
    " blogposts_posttitle_key blogposts_kind_check posttags id postid posttags_id_seq posttags_pkey"
    " ix_posttags_name fk_posttags tag_name",
    "snake": "blog_posts post_id post_title kind full_text blog_posts_post_id_seq blog_posts_pkey"
    " blog_posts_post_title_key blog_posts_kind_check post_tags id post_id post_tags_id_seq post_tags_pkey"
    " ix_post_tags_name fk_post_tags tag_name",
}


@pytest.fixture
def camel(folder):
    return fixtures.build_from_text(CAMEL, folder / "app.db")


def assert_same_rows(path, database, outcome):
    """By the names that the report tells."""
    source = sqlite3.connect(path)
    for table in one_document(outcome)["tables"]:
        rows = [
            sorted(
                run(f"SELECT {', '.join(quote(one[side]) for one in table['columns'])} FROM {quote(table[side])}"),
                key=repr,
            )
            for run, side in ((source.execute, "source"), (database.execute, "name"))
        ]
        assert rows[0] == rows[1], table["source"]
    source.close()


def quote(name):
    return '"' + name.replace('"', '""') + '"'


@pytest.mark.core
@pytest.mark.parametrize("mode", EXPECTED)
def test_every_kind_of_name(mode, camel, untouched, database):
    untouched()
    outcome = pgrade.run("upgrade", str(camel), database.url, "--names", mode, "--json")
    assert outcome.status == pgrade.OK, outcome
    assert_clean(outcome)
    found = sorted(name.replace(" ", "_") for name, in database.execute(NAMES))
    assert found == sorted(EXPECTED[mode].replace("BlogPosts:", "").split())
    if mode == "as-written":
        result = compare(camel, database.url, outcome.report, probe=True)
        assert result.equal, result
    assert_same_rows(camel, database, outcome)


@pytest.mark.parametrize("mode", ["preserve", "lower", "snake"])
def test_one_note_says_what_the_rule_means(mode, camel):
    outcome = pgrade.run("plan", str(camel), "--names", mode)
    assert outcome.stdout.count(f"(--names {mode})") == 1, outcome
    notes = one_document(pgrade.run("plan", str(camel), "--names", mode, "--json"))["notes"]
    assert [note["about"] for note in notes if "--names" in note["text"]] == [""]


@pytest.mark.core
def test_renaming(camel, untouched, database):
    untouched()
    outcome = pgrade.run(
        "upgrade",
        str(camel),
        database.url,
        "--json",
        *("--rename", "blogposts=Articles"),
        *("--rename", "BlogPosts.posttitle=the title"),
        *("--rename", '"PostTags"."Tag Name"=tag'),
        *("--rename", "PostTags.postID=article_id"),
    )
    assert outcome.status == pgrade.OK, outcome
    assert table_names(database) == ["Articles", "PostTags"]
    found = {name for name, in database.execute(NAMES)}
    assert {"the title", "tag", "article_id", "Articles_pkey", "Articles_the title_key"} <= found
    assert database.execute('SELECT article_id, tag FROM "PostTags" ORDER BY 1') == [(1, "x"), (2, None)]
    assert_same_rows(camel, database, outcome)
    notes = {note["about"]: note["text"] for note in one_document(outcome)["notes"]}
    assert notes["BlogPosts.postTitle"] == "is named the title: as --rename asked"


def test_exchange_of_two_names(camel, database):
    rename = ["--rename", "BlogPosts.Kind=postTitle", "--rename", "BlogPosts.postTitle=kind"]
    outcome = pgrade.run("upgrade", str(camel), database.url, "--json", *rename)
    assert outcome.status == pgrade.OK, outcome
    assert database.execute('SELECT kind, "postTitle" FROM blogposts WHERE "PostID" = 1') == [("a", "b")]
    assert_same_rows(camel, database, outcome)


LONG = "a_name_that_is_longer_than_what_postgresql_holds_in_its_catalogs_"
CLASHES = [
    ("CREATE TABLE PostTags (a); CREATE TABLE post_tags (a)", ["--names=snake"], ["PostTags", "post_tags"]),
    ("CREATE TABLE t (userID, user_id)", ["--names=snake"], ["userID", "user_id", "t"]),
    (f"CREATE TABLE {LONG}1 (a); CREATE TABLE {LONG}2 (a)", [], [LONG + "1", LONG + "2", "63 bytes"]),
    (f"CREATE TABLE t ({LONG}1, {LONG}2)", [], [LONG + "1", LONG + "2", "63 bytes"]),
    ("CREATE TABLE a (x); CREATE TABLE b (x)", ["--rename=b=a"], ["a", "b"]),
    ("CREATE TABLE t (a, b)", ["--rename=t.a=b"], ["a", "b"]),
]


@pytest.mark.parametrize("sql, options, named", CLASHES, ids=range(len(CLASHES)))
def test_two_that_would_have_one_name(sql, options, named, folder, database):
    """Which of them keeps it is for the user to say."""
    path = fixtures.build_from_text(sql, folder / "app.db")
    outcome = pgrade.run("upgrade", str(path), database.url, *options)
    assert outcome.status == pgrade.DECISION, outcome
    assert_clean(outcome)
    assert "would both be named" in outcome.stderr and "--rename" in outcome.stderr
    assert all(name in outcome.stderr for name in named), outcome
    assert table_names(database) == []


def test_clash_is_solved_by_a_rename(folder, database):
    path = fixtures.build_from_text(
        f"CREATE TABLE {LONG}1 (a, {LONG}3, {LONG}4); CREATE TABLE {LONG}2 (a); INSERT INTO {LONG}2 VALUES (9)",
        folder / "app.db",
    )
    options = [f"--rename={LONG}2=other", f"--rename={LONG}1.{LONG}4=fourth"]
    outcome = pgrade.run("upgrade", str(path), database.url, "--json", *options)
    assert outcome.status == pgrade.OK, outcome
    assert table_names(database) == [LONG[:63], "other"]
    assert_same_rows(path, database, outcome)


def test_indexes_with_one_name_get_a_suffix(folder, database):
    """No SQL of an application depends on it."""
    sql = f"CREATE TABLE t (a, b); CREATE INDEX {LONG}1 ON t (a); CREATE INDEX {LONG}2 ON t (b)"
    path = fixtures.build_from_text(sql, folder / "app.db")
    names = []
    for _ in range(2):
        outcome = pgrade.run("upgrade", str(path), database.url, "--json", "--replace")
        assert outcome.status == pgrade.OK, outcome
        names.append(sorted(one["name"] for one in one_document(outcome)["objects"]))
    assert names[0] == names[1] and len(set(names[0])) == 2
    assert all(len(name) <= 63 for name in names[0])


@pytest.mark.parametrize(
    "option, value, says",
    [
        ("--names", "upper", "it is as-written, preserve, lower or snake"),
        ("--rename", "post", "not of the form"),
        ("--rename", "post=", "not of the form"),
        ("--rename", "=x", "not of the form"),
        ("--rename", "post.=x", "not of the form"),
        ("--rename", '"post=x', "not of the form"),
        ("--rename", '"po"st=x', "not of the form"),
        ("--rename", "post=" + "x" * 64, "63 bytes"),
    ],
)
def test_values_that_mean_nothing(option, value, says, small):
    outcome = pgrade.run("upgrade", str(small), NOWHERE, f"{option}={value}")
    assert outcome.status == pgrade.USAGE and says in outcome.stderr, outcome


@pytest.mark.parametrize("value, name", [("nowhere=x", "nowhere"), ("post.nothing=x", "post.nothing")])
def test_rename_of_what_the_source_does_not_have(value, name, small):
    outcome = pgrade.run("plan", str(small), "--rename", value)
    assert outcome.status == pgrade.USAGE, outcome
    assert "--rename: the source has no" in outcome.stderr and name in outcome.stderr


def test_odd_names_in_the_settings_file(folder, tmp_path):
    path = fixtures.build_from_text('CREATE TABLE "a=b.c" ("x.y=""z" INTEGER)', folder / "app.db")
    (tmp_path / "pgrade.ini").write_text(
        '[rename]\n"a=b.c" = plain\n"a=b.c"."x.y=""z" = " n "\n[type]\n"a=b.c"."x.y=""z" = numeric(10,2)\n'
    )
    outcome = pgrade.run("plan", str(path), "--json", directory=tmp_path)
    assert outcome.status == pgrade.OK, outcome
    table = one_document(outcome)["tables"][0]
    assert table["name"] == "plain"
    assert [(one["name"], one["type"]) for one in table["columns"]] == [(" n ", "numeric(10,2)")]
