"""Values of many megabytes: `verify` lets the server hash them, so they do not come back whole."""

import sqlite3

import pytest

import pgrade
from memory import peak_memory
from test_verify import told, verify

SIZE = 16 * 1000 * 1000


@pytest.fixture
def loaded(folder, database):
    path = str(folder / "app.db")
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, raw BLOB, word TEXT, doc JSON, gone BLOB)")
    connection.execute("INSERT INTO t VALUES (1, randomblob(?), ?, ?, NULL), (2, x'00', 'b', '{}', x'01')",
                       (SIZE, "ä" * (SIZE // 2), '["' + "x" * 9000000 + '"]'))
    connection.commit()
    connection.close()
    assert pgrade.run("upgrade", path, database.url, "--type", "t.doc=json").status == pgrade.OK
    return path, database


@pytest.mark.core
def test_large_values_are_compared(loaded):
    path, database = loaded
    verify(path, database.url, status=pgrade.OK)
    verify(database.url, database.url, status=pgrade.OK)
    database.execute("""UPDATE t SET raw = set_byte(raw, 15999999, get_byte(raw, 15999999) # 1) WHERE id = 1;
                        UPDATE t SET word = 'c' WHERE id = 2""")
    document = verify(path, database.url)
    assert [(one["table"], one["column"], one["key"][0]["value"]) for one in document["differences"]
            if one["column"] == "raw"] == [("t", "raw", "1")]
    assert "t.word 2: b -> c" in told(document) and len(document["differences"]) == 2
    database.execute("UPDATE t SET word = left(word, -1), doc = NULL WHERE id = 1")
    assert sorted(one["column"] for one in verify(path, database.url)["differences"]) == ["doc", "raw", "word", "word"]


def test_they_do_not_come_back_whole(loaded):
    """Between two servers no value is in this program's memory at all."""
    _, database = loaded
    status, memory = peak_memory("verify", database.url, database.url)
    database.execute("DELETE FROM t WHERE id = 1")
    _, least = peak_memory("verify", database.url, database.url)
    assert status == pgrade.OK
    assert memory - least < SIZE // 2, f"{memory / 1e6:.0f} MB, and {least / 1e6:.0f} MB without the values"
