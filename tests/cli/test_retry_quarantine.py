"""upgrade --retry-quarantine: corrected rows come back, all of them or none."""

import csv
import glob
import json

import pytest

import fixtures
import pgrade
from trouble import one_document

ODD = """
CREATE TABLE p (id INTEGER PRIMARY KEY, price DECIMAL(6, 2), note TEXT NOT NULL, raw BLOB, made DATETIME, u UUID);
INSERT INTO p VALUES (1, 1.5, 'a', x'00', 1714000000, NULL), (2, 'zebra', 'a "b", c' || char(10), x'ff00', 1714000001, NULL),
    (3, 0.1, CAST(x'c328' AS TEXT), NULL, NULL, zeroblob(16)), (4, -0.25, 'ok', x'', 1714000002, 'x');
CREATE TABLE c (id INTEGER PRIMARY KEY, p_id INTEGER CONSTRAINT of_p REFERENCES p, twice INTEGER AS (id * 2) STORED);
INSERT INTO c (id, p_id) VALUES (1, 1), (2, 2), (3, 2), (4, 99);
"""


@pytest.fixture
def aside(folder, tmp_path, database):
    source = fixtures.build_from_text(ODD, folder / "app.db")
    path = tmp_path / "aside.csv"
    outcome = pgrade.run(
        "upgrade", str(source), database.url, "--misfit", "quarantine", "--orphans", "quarantine",
        "--quarantine-file", str(path), "--type", "p.u=uuid", "--type", "p.price=numeric(6,2)",
    )
    assert outcome.status == pgrade.SHORTFALL, outcome
    return path


def correct(path, change, keep=lambda line: True):
    with open(path, newline="", encoding="utf-8") as stream:
        lines = [line for line in csv.DictReader(stream)]
    with open(path, "w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(lines[0]))
        writer.writeheader()
        for line in lines:
            row = json.loads(line["row"])
            change(line["source_table"], row)
            if keep(line):
                writer.writerow(dict(line, row=json.dumps(row)))


def mend(table, row):
    if table == "p" and row["id"] == 2:
        row["price"] = 7.25
    if table == "p" and row["id"] == 3:
        row["note"] = "mended é"
    if table == "p" and row["id"] == 4:
        row["u"] = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
    if table == "c" and row["p_id"] == 99:
        row["p_id"] = 4


def retry(path, database, *options, status=pgrade.OK):
    outcome = pgrade.run("upgrade", "--retry-quarantine", str(path), database.url, *options, "--json")
    assert outcome.status == status and "Sanitizer" not in outcome.stderr, outcome
    return one_document(outcome)


@pytest.mark.core
def test_corrected_rows_come_back(aside, database):
    correct(aside, mend)
    assert retry(aside, database) == {"status": 0, "loaded_rows": 6, "refused": [], "error": None}
    rows = database.execute("SELECT id, price::text, note, raw, made::text, u::text FROM p WHERE id > 1 ORDER BY id")
    assert [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in rows] == [
        (2, "7.25", 'a "b", c\n', b"\xff\x00", "2024-04-24 23:06:41", None),
        (3, "0.10", "mended é", None, None, "00000000-0000-0000-0000-000000000000"),
        (4, "-0.25", "ok", b"", "2024-04-24 23:06:42", "7c9e6679-7425-40de-944b-e07fc1f90ae7"),
    ]
    assert database.execute("SELECT id, p_id, twice FROM c ORDER BY id") == [(1, 1, 2), (2, 2, 4), (3, 2, 6), (4, 4, 8)]
    assert database.execute("SELECT count(*) FROM pgrade_record.quarantine") == [(0,)]
    assert database.execute("SELECT count(*) FROM pgrade_record.quarantine_column") == [(0,)]


@pytest.mark.core
def test_rows_that_do_not_fit_are_named_and_nothing_is_changed(aside, database):
    before = database.execute('SELECT * FROM pgrade_record.quarantine ORDER BY id')
    document = retry(aside, database, status=pgrade.DECISION)
    reasons = {(one["table"], one["id"]): one["reason"] for one in document["refused"]}
    assert document["loaded_rows"] == 0 and len(reasons) == 6
    told = "\n".join(reasons.values())
    for part in ("price: no number", "note: not valid UTF-8", "u: no UUID", "is not present in table"):
        assert part in told, told
    assert database.execute("SELECT count(*) FROM p") == [(1,)]
    assert database.execute('SELECT * FROM pgrade_record.quarantine ORDER BY id') == before


def test_some_rows_may_come_back_first(aside, database):
    correct(aside, mend, keep=lambda line: line["source_table"] == "p" and '"id": 2' in line["row"])
    assert retry(aside, database)["loaded_rows"] == 1
    assert database.execute("SELECT count(*) FROM pgrade_record.quarantine") == [(5,)]
    document = retry(aside, database, status=pgrade.DECISION)
    assert "not in pgrade_record.quarantine" in document["refused"][0]["reason"]


def test_people_are_told(aside, database):
    outcome = pgrade.run("upgrade", "--retry-quarantine", str(aside), database.url)
    assert outcome.status == pgrade.DECISION, outcome
    assert "of p: price: no number" in outcome.stdout and "cannot be given back" in outcome.stderr
    correct(aside, mend)
    outcome = pgrade.run("upgrade", "--retry-quarantine", str(aside), database.url)
    assert outcome.status == pgrade.OK and "6 rows of" in outcome.stdout, outcome


def test_rows_that_contradict_a_key_are_named(aside, database):
    correct(aside, mend)
    database.execute("INSERT INTO p (id, note) VALUES (3, 'taken')")
    document = retry(aside, database, status=pgrade.DECISION)
    assert [one["table"] for one in document["refused"]] == ["p"]
    assert "already exists" in document["refused"][0]["reason"]
    hidden = retry(aside, database, "--hide-values", status=pgrade.DECISION)
    assert "Key" not in json.dumps(hidden)


@pytest.mark.parametrize(
    "row, says",
    [
        ({"id": 2}, "no value of that name"),
        ({"id": {"blob": "0"}}, "not a value"),
        ({"id": {"real": "x"}}, "not a value"),
        ({"id": [1]}, "not a value"),
        ({"extra": 1}, "columns that the table does not have"),
    ],
)
def test_rows_that_are_none(row, says, aside, database):
    def spoil(table, values):
        if table == "p":
            if len(row) == 1 and row.get("id") == 2:
                del values["note"]
            values.update(row)

    correct(aside, spoil)
    document = retry(aside, database, status=pgrade.DECISION)
    assert any(says in one["reason"] for one in document["refused"]), document


@pytest.mark.core
def test_row_that_stands_there_twice(aside, database):
    """Which of the two is meant nobody can tell: both lines are named, and nothing is loaded."""
    correct(aside, mend)
    with open(aside, newline="", encoding="utf-8") as stream:
        lines = list(csv.reader(stream))
    lines[1][8] += "\n\nof several lines"
    lines += [[*line[:9], line[9].replace("mended", "not mended")] for line in lines if "mended" in line[9]]
    with open(aside, "w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(lines)
    before = database.execute("SELECT * FROM pgrade_record.quarantine ORDER BY id")
    error = retry(aside, database, status=pgrade.USAGE)["error"]
    places = [n for n, line in enumerate(aside.read_text(encoding="utf-8").splitlines(), 1) if "mended" in line]
    assert len(places) == 2 and places[0] > 4 and error["code"] == "ERR_USAGE", error
    assert error["message"].startswith(f"{aside}:{places[1]}: "), error
    assert f"line {places[0]} already" in error["message"] and error["detail"] and "once" in error["hint"], error
    assert database.execute("SELECT * FROM pgrade_record.quarantine ORDER BY id") == before
    assert database.execute("SELECT count(*) FROM p") == [(1,)]


@pytest.mark.parametrize(
    "old, new, key",
    [
        ('"id": 2', '"id": 2, "id": 3', "id"),
        ('"id": 2', '"i\\u0064": 3, "id": 2', "id"),
        ('"note": "a', '"note": "x", "note": "a', "note"),
        ('{"blob": "ff00"}', '{"blob": "ff00", "blob": "00"}', "blob"),
    ],
)
def test_key_that_stands_twice_in_a_row(old, new, key, aside, database):
    """A reader of JSON keeps one of them without a word; the row is not taken."""
    correct(aside, mend)
    text = aside.read_text(encoding="utf-8")
    old, new = old.replace('"', '""'), new.replace('"', '""')
    place = 1 + text[: text.index(old)].count("\n")
    aside.write_text(text.replace(old, new, 1), encoding="utf-8")
    document = retry(aside, database, status=pgrade.DECISION)
    reasons = [one["reason"] for one in document["refused"] if "twice" in one["reason"]]
    assert reasons == [f'line {place}: the key "{key}" stands twice in its row'], document
    assert database.execute("SELECT count(*) FROM p") == [(1,)]


@pytest.mark.parametrize(
    "text, status, says",
    [
        (None, pgrade.FAILED, "cannot open"),
        ("a,b\n1,2\n", pgrade.USAGE, "no quarantine file"),
        ("HEADING\nx,1,s,p,public,p,1,,why,no json\n", pgrade.USAGE, "no quarantine file"),
        ("HEADING\nx,1\n", pgrade.USAGE, "no quarantine file"),
    ],
)
def test_files_that_are_none(text, status, says, aside, tmp_path, database):
    heading = aside.read_text(encoding="utf-8").splitlines()[0]
    path = tmp_path / "other.csv"
    if text is not None:
        path.write_text(text.replace("HEADING", heading), encoding="utf-8")
    document = retry(path, database, status=status)
    assert says in document["error"]["message"]


def test_another_database_is_refused(aside, cluster):
    other = cluster.create_database()
    document = retry(aside, other, status=pgrade.REFUSED)
    assert "no pgrade_record.quarantine" in document["error"]["message"]
    other.drop()


def test_file_from_a_spreadsheet(aside, database):
    correct(aside, mend)
    text = aside.read_text(encoding="utf-8")
    aside.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert retry(aside, database)["loaded_rows"] == 6
    assert not glob.glob(str(aside) + ".part")
