"""--report FILE.html: one page that stands alone and says what the terminal says."""

import html.parser
import os
import stat

import pytest

import fixtures
import pgrade

ODD = """
CREATE TABLE "<b>&amp;""x" (id INTEGER PRIMARY KEY, v TEXT);
INSERT INTO "<b>&amp;""x" VALUES (1, '<script>alert(1)</script>'), (2, 'b');
CREATE TABLE big (id INTEGER PRIMARY KEY, v TEXT);
WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 500) INSERT INTO big SELECT i, 'v' || i FROM c;
CREATE TABLE none (id INTEGER PRIMARY KEY);
"""
MANY = "".join(f"CREATE TABLE t{i} (id INTEGER PRIMARY KEY); INSERT INTO t{i} VALUES (1);" for i in range(14))


class Page(html.parser.HTMLParser):
    VOID = {"meta", "rect", "link", "br"}

    def __init__(self, path):
        super().__init__()
        with open(path, encoding="utf-8") as stream:
            self.source = stream.read()
        self.open, self.tags, self.attributes, self.words, self.cells = [], [], [], [], []
        self.feed(self.source)
        self.text = " ".join(self.words)
        assert self.open == [], f"not closed: {self.open}"

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] != "style":
            self.words.append(data)
        if self.open and self.open[-1] == "td":
            self.cells.append(data)


def check(page):
    assert page.source.startswith("<!doctype html>") and not {"script", "img", "link", "iframe", "object"} & set(page.tags)
    assert not [value for name, value in page.attributes if name in ("src", "href", "onload")]
    assert "http:" not in page.source and "https:" not in page.source and "url(" not in page.source
    assert "prefers-color-scheme:dark" in page.source and 'name="viewport"' in page.source


@pytest.fixture
def source(folder):
    return str(fixtures.build_from_text(ODD, folder / "app.db"))


@pytest.mark.core
def test_pages_of_an_upgrade_and_of_a_comparison(source, database, tmp_path):
    path = str(tmp_path / "report.html")
    assert pgrade.run("upgrade", source, database.url, "--report", path).status == pgrade.OK
    page = Page(path)
    check(page)
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert "Published: every value was read back and is equal" in page.text
    assert '<b>&amp;"x' in page.cells and page.cells[page.cells.index("big") + 2:][:2] == ["500", "500"]
    assert page.tags.count("svg") == 2 + 3 + 3, "a bar for rows, data and time of each table; none for no rows"
    database.execute("UPDATE big SET v = '<i>other</i>' WHERE id = 77")
    assert pgrade.run("verify", source, database.url, "--report", path).status == pgrade.SHORTFALL
    page = Page(path)
    check(page)
    assert "Different: 1 table, 1 row; each is named below" in page.text
    assert "big.v, id = 77: source 'v77', target '<i>other</i>'" in page.text
    assert "DIFFERENT: 1 row" in page.cells


def test_values_are_hidden(source, database, tmp_path):
    path = str(tmp_path / "report.html")
    pgrade.run("upgrade", source, database.url)
    database.execute("UPDATE big SET v = 'secret' WHERE id = 77")
    assert pgrade.run("verify", source, database.url, "--report", path, "--hide-values").status == pgrade.SHORTFALL
    page = Page(path)
    assert "secret" not in page.source and "v77" not in page.source and "big.v: another value" in page.text


def test_a_file_that_is_no_report_is_left_alone(source, database, tmp_path):
    path = tmp_path / "mine.html"
    path.write_text("mine")
    for command in ("upgrade", "verify"):
        outcome = pgrade.run(command, source, database.url, "--report", str(path))
        assert outcome.status == pgrade.REFUSED and "is no report of pgrade's" in outcome.stderr, outcome
    assert path.read_text() == "mine" and database.execute("SELECT FROM pg_class WHERE relname = 'big'") == []


def test_a_page_of_a_run_that_was_refused(folder, database, tmp_path):
    source = fixtures.build_from_text("CREATE TABLE t (d DATE); INSERT INTO t VALUES ('2024-01-01'), ('2024-01-02'), ('2024-01-03'), ('0000-00-00')", folder / "app.db")
    path = str(tmp_path / "report.html")
    assert pgrade.run("upgrade", str(source), database.url, "--report", path).status == pgrade.DECISION
    page = Page(path)
    check(page)
    assert "Not published: 1 value does not fit the planned type" in page.text and "0000-00-00" in page.text


SHORT = """
CREATE TABLE t (id INTEGER PRIMARY KEY, d DATE, v VARCHAR(4));
INSERT INTO t VALUES (1, '2024-01-01', 'a'), (2, '2024-01-02', 'b'), (3, 'never', 'c'), (4, '2024-01-04', 'much too long');
CREATE VIEW seen AS SELECT id FROM t;
CREATE VIEW own AS SELECT sqlite_version() AS version;
"""


def test_what_was_given_up_is_said_first(folder, database, tmp_path):
    """A page that is green says that nothing was."""
    path = str(tmp_path / "report.html")
    source = fixtures.build_from_text(SHORT, folder / "app.db")
    outcome = pgrade.run("upgrade", str(source), database.url, "--report", path, "--accept", "view",
                         "--misfit", "t.d=null", "--misfit", "t.v=quarantine")
    assert outcome.status == pgrade.SHORTFALL, outcome
    page = Page(path)
    check(page)
    assert ("Published: every value carried was read back and is equal; as you accepted, 1 object is not carried, "
            "1 row is set aside, 1 value was changed: see below") in page.text
    assert 'class="verdict unsure"' in page.source and "1 set aside" in outcome.stdout
    assert "seen: not compared: --misfit changed values" in page.text and "seen was not compared: --misfit changed" in outcome.stdout
    assert "compared with the plan: 1 table, 3 columns" in page.text


def test_many_tables_share_a_bar(folder, database, tmp_path):
    path = str(tmp_path / "report.html")
    source = fixtures.build_from_text(MANY, folder / "app.db")
    assert pgrade.run("upgrade", str(source), database.url, "--report", path).status == pgrade.OK
    assert "4 more" in Page(path).text
