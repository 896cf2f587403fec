"""Triggers, each with tables of its own, and the statements by which both databases are put to the test.

`@` stands for what makes the names of a case its own.  A case is (name, schema, statements); those of REFUSED have
in the place of the statements a part of the reason why they are not carried.
"""

BASE = """
CREATE TABLE t@ (id INTEGER PRIMARY KEY, a TEXT, n INTEGER, at DATETIME);
CREATE TABLE u@ (id INTEGER PRIMARY KEY, ref INTEGER, cnt INTEGER DEFAULT 0, note TEXT);
CREATE TABLE log@ (id INTEGER PRIMARY KEY AUTOINCREMENT, what TEXT, num INTEGER, at DATETIME);
INSERT INTO t@ VALUES (1, 'one', 10, NULL), (2, 'two', 20, NULL), (3, 'three', NULL, NULL);
INSERT INTO u@ VALUES (1, 1, 0, NULL), (2, 2, 5, 'x'), (3, 2, 7, NULL);
"""
CHANGES = [
    "INSERT INTO t@ (a, n) VALUES ('new', 5)",
    "INSERT INTO t@ (a, n) VALUES ('p', 1), ('q', 200), (NULL, NULL)",
    "UPDATE t@ SET n = n + 1 WHERE id = 1",
    "UPDATE t@ SET n = 7, a = 'all'",
    "UPDATE t@ SET a = 'b' WHERE id = 2",
    "DELETE FROM t@ WHERE id = 2",
    "DELETE FROM t@",
]


def trigger(head, body):
    return BASE + f"CREATE TRIGGER tr@ {head} BEGIN {body} END;"


CARRIED = [
    ("touch", trigger("AFTER UPDATE ON t@", "UPDATE t@ SET at = CURRENT_TIMESTAMP WHERE id = NEW.id;"), CHANGES),
    ("touch by rowid", trigger("AFTER UPDATE ON t@", "UPDATE t@ SET at = datetime('now') WHERE rowid = OLD.rowid;"),
     CHANGES),
    ("touch of a column", trigger("AFTER UPDATE OF a ON t@ FOR EACH ROW",
                                  "UPDATE t@ SET at = CURRENT_TIMESTAMP WHERE id = NEW.id;"), CHANGES),
    ("touch when it was not", trigger("AFTER UPDATE ON t@ WHEN NEW.at IS OLD.at",
                                      "UPDATE t@ SET at = CURRENT_TIMESTAMP WHERE t@.id = NEW.id;"), CHANGES),
    ("count changes", trigger("AFTER UPDATE ON t@", "UPDATE t@ SET n = n + 100 WHERE id = NEW.id;"), CHANGES),
    ("fill in", trigger("AFTER INSERT ON t@ WHEN NEW.a IS NULL", "UPDATE t@ SET a = 'row ' || NEW.id WHERE id = NEW.id;"),
     CHANGES),
    ("fill in two", trigger("AFTER INSERT ON t@", "UPDATE t@ SET a = coalesce(a, '?'), n = n * 2 WHERE NEW.id = id;"),
     CHANGES),
    ("swap", trigger("AFTER UPDATE ON t@", "UPDATE t@ SET a = note, note = a WHERE id = NEW.id;").replace(
        "n INTEGER,", "n INTEGER, note TEXT DEFAULT 'd',").replace("(1, 'one', 10,", "(1, 'one', 10, 'e',").replace(
        "'two', 20,", "'two', 20, 'f',").replace("'three', NULL,", "'three', NULL, 'g',"), CHANGES),
    ("not null", trigger("AFTER UPDATE ON t@", "UPDATE t@ SET n = 3 WHERE id = NEW.id;").replace(
        "n INTEGER,", "n INTEGER NOT NULL,").replace("'three', NULL", "'three', 30"),
     CHANGES[2:] + ["INSERT INTO t@ (id, a, n) VALUES (9, 'x', 1)", "UPDATE t@ SET n = NULL"]),
    ("checked", trigger("AFTER UPDATE ON t@", "UPDATE t@ SET n = 3 WHERE id = NEW.id;").replace(
        "n INTEGER,", "n INTEGER CHECK (n < 100),"), ["UPDATE t@ SET n = 500", "UPDATE t@ SET n = 50"]),
    ("counter up", trigger("AFTER INSERT ON t@", "UPDATE u@ SET cnt = cnt + 1 WHERE ref = 1;"), CHANGES),
    ("counter down", trigger("AFTER DELETE ON t@", "UPDATE u@ SET cnt = cnt - 1 WHERE ref = OLD.id;"), CHANGES),
    ("counter moved", trigger("AFTER UPDATE OF n ON t@ WHEN OLD.n IS NOT NEW.n",
                              "UPDATE u@ SET cnt = cnt - 1 WHERE id = 1; UPDATE u@ SET cnt = cnt + NEW.n WHERE id = 2;"),
     CHANGES),
    ("sum", trigger("AFTER INSERT ON t@", "UPDATE u@ SET cnt = cnt + coalesce(NEW.n, 0);"), CHANGES),
    ("log", trigger("AFTER INSERT ON t@", "INSERT INTO log@ (what, num) VALUES ('ins ' || NEW.a, NEW.id);"), CHANGES),
    ("log all columns", trigger("AFTER DELETE ON t@", "INSERT INTO log@ VALUES (NULL, OLD.a, OLD.n, CURRENT_TIMESTAMP);"),
     CHANGES),
    ("log two rows", trigger("AFTER UPDATE ON t@", "INSERT INTO log@ (what, num) VALUES ('old', OLD.n), ('new', NEW.n);"),
     CHANGES),
    ("log by SELECT", trigger("AFTER UPDATE ON t@",
                              "INSERT INTO log@ (what, num) SELECT NEW.a, NEW.n - OLD.n WHERE NEW.n > OLD.n;"), CHANGES),
    ("log a key", trigger("AFTER DELETE ON t@", "INSERT INTO log@ (id, what) VALUES (OLD.n + 1000, OLD.a);"), CHANGES),
    ("log before", trigger("BEFORE DELETE ON t@", "INSERT INTO log@ (what) VALUES (upper(OLD.a));"), CHANGES),
    ("log before UPDATE", trigger("BEFORE UPDATE ON t@", "INSERT INTO log@ (what, num) VALUES (OLD.a || '>' || NEW.a, 1);"),
     CHANGES),
    ("log before INSERT", trigger("BEFORE INSERT ON t@", "INSERT INTO log@ (what, num) VALUES (NEW.a, NEW.n);"), CHANGES),
    ("delete children", trigger("AFTER DELETE ON t@", "DELETE FROM u@ WHERE ref = OLD.id; DELETE FROM log@;"), CHANGES),
    ("delete children before", trigger("BEFORE DELETE ON t@", "DELETE FROM u@ WHERE ref = OLD.id AND cnt > 5;"), CHANGES),
    ("delete children with a key", trigger("AFTER DELETE ON t@", "DELETE FROM u@ WHERE ref = OLD.id;").replace(
        "ref INTEGER,", "ref INTEGER REFERENCES t@ (id),"), CHANGES),
    ("make the parent", BASE + """CREATE TABLE child@ (id INTEGER PRIMARY KEY, ref INTEGER REFERENCES t@ (id));
        CREATE TRIGGER tr@ AFTER INSERT ON child@ BEGIN INSERT INTO t@ (id, a) VALUES (NEW.ref, 'made'); END;""",
     ["INSERT INTO child@ VALUES (1, 40), (2, 41)", "INSERT INTO child@ VALUES (3, 40)"]),
    ("guard by another table", trigger("BEFORE DELETE ON t@",
        "SELECT RAISE(ABORT, 'in use') WHERE EXISTS (SELECT 1 FROM u@ WHERE ref = OLD.id AND cnt > 0 LIMIT 1);"), CHANGES),
    ("guard by a value", trigger("BEFORE UPDATE ON t@",
        "SELECT RAISE(ABORT, 'not x') WHERE (SELECT note FROM u@ WHERE id = NEW.id) <> 'x';"), CHANGES),
    ("guard by its own rows", trigger("BEFORE INSERT ON t@",
        "SELECT RAISE(ABORT, 'twice') WHERE NEW.n IN (SELECT n FROM t@ WHERE n IS NOT NULL);"),
     ["INSERT INTO t@ (n) VALUES (77), (78)", "INSERT INTO t@ (n) VALUES (9), (9)"]),
    ("count the rows", trigger("AFTER INSERT ON t@",
        "UPDATE u@ SET cnt = (SELECT count(*) FROM log@ AS t WHERE t.num = u@.id) + NEW.id WHERE EXISTS"
        " (SELECT 1 FROM u@ AS other WHERE other.ref = u@.id); INSERT INTO log@ (num) VALUES (1);"), CHANGES),
    ("delete what nobody needs", trigger("BEFORE DELETE ON t@",
        "DELETE FROM u@ WHERE id NOT IN (SELECT n FROM t@ WHERE n IS NOT NULL AND t@.id <> OLD.id);"), CHANGES),
    ("set children NULL", trigger("AFTER DELETE ON t@", "UPDATE u@ SET ref = NULL, note = 'orphan' WHERE ref = OLD.id;"),
     CHANGES),
    ("abort", trigger("BEFORE INSERT ON t@ WHEN NEW.n > 100", "SELECT RAISE(ABORT, 'it''s \"too\" much: $1 %');"), CHANGES),
    ("abort where", trigger("BEFORE UPDATE ON t@", "SELECT RAISE(ABORT, 'less') WHERE NEW.n < OLD.n;"), CHANGES),
    ("abort after", trigger("AFTER UPDATE ON t@", "SELECT RAISE(ABORT, 'less') WHERE NEW.n < OLD.n;"), CHANGES),
    ("rollback", trigger("BEFORE DELETE ON t@", "SELECT RAISE(ROLLBACK, 'kept') WHERE OLD.id = 2;"), CHANGES),
    ("case", trigger("BEFORE INSERT ON t@",
                     "SELECT CASE WHEN NEW.a IS NULL THEN RAISE(ABORT, 'no a') WHEN NEW.n = 200 THEN RAISE(FAIL, '200')"
                     " END;"), CHANGES[:1] + CHANGES[2:]),
    ("case of a value", trigger("BEFORE UPDATE ON t@",
                                "SELECT CASE NEW.n WHEN 11 THEN RAISE(ABORT, 'eleven') ELSE 'fine' END;"), CHANGES),
    ("case with else", trigger("BEFORE DELETE ON t@", "SELECT CASE WHEN OLD.n > 15 THEN 1 ELSE RAISE(ABORT, 'small') END;"),
     CHANGES),
    # A key that was drawn for a row that is not inserted stays drawn on PostgreSQL.
    ("ignore", trigger("BEFORE INSERT ON t@", "SELECT RAISE(IGNORE) WHERE NEW.n = 200;"),
     ["INSERT INTO t@ (id, a, n) VALUES (7, 'p', 1), (8, 'q', 200), (9, NULL, NULL)"] + CHANGES[2:]),
    ("ignore and log", trigger("BEFORE DELETE ON t@",
                               "INSERT INTO log@ (what) VALUES (OLD.a); SELECT RAISE(IGNORE) WHERE OLD.id < 3;"), CHANGES),
    ("ignore after", trigger("AFTER UPDATE ON t@",
                             "SELECT RAISE(IGNORE) WHERE NEW.id = 1; INSERT INTO log@ (what) VALUES (NEW.a);"), CHANGES),
    ("like", trigger("BEFORE INSERT ON t@", "SELECT RAISE(ABORT, 'bad') WHERE NEW.a LIKE 'N%' OR NEW.a IN ('q', 'z');"),
     CHANGES),
    ("names in quotes", BASE + """CREATE TRIGGER "Tr @" AFTER INSERT ON [t@] FOR EACH ROW
        BEGIN INSERT INTO "log@" ("what") VALUES ('a "b"'); END;""", CHANGES),
    ("several statements", trigger("AFTER UPDATE ON t@ WHEN NEW.a <> 'b'",
                                   "INSERT INTO log@ (what) VALUES (NEW.a); UPDATE u@ SET note = NEW.a WHERE ref = NEW.id;"
                                   " DELETE FROM log@ WHERE what = OLD.a; UPDATE t@ SET n = n + 1 WHERE id = NEW.id;"),
     CHANGES),
    ("one fires another", trigger("AFTER INSERT ON t@", "INSERT INTO u@ (ref, note) VALUES (NEW.id, NEW.a);") +
     "CREATE TRIGGER ur@ AFTER INSERT ON u@ BEGIN INSERT INTO log@ (what, num) VALUES (NEW.note, NEW.ref); END;", CHANGES),
    ("two of a table", trigger("AFTER INSERT ON t@", "UPDATE t@ SET n = 1 WHERE id = NEW.id;") +
     "CREATE TRIGGER tu@ AFTER UPDATE ON t@ BEGIN INSERT INTO log@ (what, num) VALUES ('upd', OLD.n); END;", CHANGES),
    ("two that update", trigger("AFTER UPDATE OF a ON t@", "UPDATE t@ SET n = n + 1 WHERE id = NEW.id;") +
     "CREATE TRIGGER tu@ AFTER UPDATE OF n ON t@ BEGIN UPDATE t@ SET at = NULL, a = a || '!' WHERE id = NEW.id; END;",
     CHANGES),
    ("full text", BASE + """CREATE VIRTUAL TABLE f@ USING fts5 (a);
        CREATE TRIGGER tr@ AFTER INSERT ON t@ BEGIN INSERT INTO f@ (rowid, a) VALUES (NEW.id, NEW.a); END;
        CREATE TRIGGER td@ AFTER DELETE ON t@ BEGIN DELETE FROM f@ WHERE rowid = OLD.id; END;""", CHANGES),
    ("after SET NULL", BASE + """CREATE TABLE child@ (id INTEGER PRIMARY KEY, ref INTEGER REFERENCES t@ (id) ON DELETE SET NULL);
        INSERT INTO child@ VALUES (1, 1), (2, 1), (3, 2);
        CREATE TRIGGER "Clean up@" AFTER DELETE ON t@ BEGIN DELETE FROM child@ WHERE ref IS NULL; END;""",
     ["DELETE FROM t@ WHERE id = 1"]),
    ("after CASCADE", BASE + """CREATE TABLE child@ (id INTEGER PRIMARY KEY,
            ref INTEGER REFERENCES t@ (id) ON DELETE CASCADE ON UPDATE CASCADE);
        INSERT INTO child@ VALUES (1, 1), (2, 1), (3, 2);
        CREATE TRIGGER "Audit@" AFTER DELETE ON t@ BEGIN
            INSERT INTO log@ (num) VALUES ((SELECT count(*) FROM child@ WHERE ref = OLD.id)); END;
        CREATE TRIGGER "Follow@" AFTER UPDATE ON t@ BEGIN
            INSERT INTO log@ (num) VALUES ((SELECT count(*) FROM child@ WHERE ref = NEW.id)); END;""",
     ["DELETE FROM t@ WHERE id = 1", "UPDATE t@ SET id = 20 WHERE id = 2"]),
    ("the parent by another trigger", BASE + """CREATE TABLE child@ (id INTEGER PRIMARY KEY, ref INTEGER REFERENCES t@ (id));
        CREATE TRIGGER tr@ AFTER INSERT ON child@ BEGIN INSERT INTO u@ (ref) VALUES (NEW.ref); END;
        CREATE TRIGGER ur@ AFTER INSERT ON u@ BEGIN INSERT INTO t@ (id) VALUES (NEW.ref); END;""",
     ["INSERT INTO child@ (ref) VALUES (50)"]),
]

REFUSED = [
    ("every row", trigger("AFTER UPDATE ON t@", "UPDATE t@ SET n = 1;"), "other rows of its own table"),
    ("other rows", trigger("AFTER INSERT ON t@", "UPDATE t@ SET n = 0 WHERE id <> NEW.id;"), "other rows of its own"),
    ("children of its own", trigger("AFTER DELETE ON t@", "DELETE FROM t@ WHERE n = OLD.id;"), "other rows of its own"),
    ("adds to itself", trigger("AFTER INSERT ON t@", "INSERT INTO t@ (a) VALUES ('more');"), "adds rows to its own"),
    ("itself before", trigger("BEFORE UPDATE ON t@", "UPDATE t@ SET n = 1 WHERE id = NEW.id;"), "BEFORE the row"),
    ("comes back", trigger("AFTER UPDATE ON t@", "UPDATE u@ SET cnt = 1;") +
     "CREATE TRIGGER ur@ AFTER UPDATE ON u@ BEGIN UPDATE t@ SET n = 1 WHERE id = NEW.ref; END;", "come back"),
    ("its own rows", trigger("AFTER DELETE ON t@", "DELETE FROM u@ WHERE ref NOT IN (SELECT id FROM t@);"), "some of its rows"),
    ("WHEN with a subquery", trigger("AFTER DELETE ON t@ WHEN EXISTS (SELECT 1 FROM u@)", "DELETE FROM log@;"), "reads other"),
    ("refers too early", """CREATE TABLE t@ (id TEXT PRIMARY KEY NOT NULL, a TEXT);
        CREATE TABLE child@ (id INTEGER PRIMARY KEY, ref TEXT REFERENCES t@ (id));
        CREATE TRIGGER tr@ BEFORE INSERT ON t@ BEGIN INSERT INTO child@ (ref) VALUES (NEW.id); END;""",
     "refer to its own"),
    ("a function of theirs", trigger("AFTER UPDATE ON t@", "SELECT notify(NEW.id);"), "function notify()"),
    ("key before it is there", trigger("BEFORE INSERT ON t@", "INSERT INTO log@ (num) VALUES (NEW.id);"), "key yet"),
    ("replace", trigger("AFTER INSERT ON t@", "INSERT OR REPLACE INTO u@ (id) VALUES (NEW.id);"), "conflicts"),
    ("upsert", trigger("AFTER INSERT ON t@", "INSERT INTO u@ (id) VALUES (1) ON CONFLICT DO NOTHING;"), "conflicts"),
    ("update or", trigger("AFTER INSERT ON t@", "UPDATE OR IGNORE u@ SET id = 1;"), "UPDATE OR"),
    ("row value", trigger("AFTER INSERT ON t@", "UPDATE u@ SET (cnt, ref) = (1, 2);"), "several columns"),
    ("raise within", trigger("BEFORE INSERT ON t@", "SELECT coalesce(NEW.a, RAISE(ABORT, 'x'));"), "another expression"),
    ("other type", trigger("AFTER INSERT ON t@", "INSERT INTO log@ (num) VALUES (NEW.a);"), "bigint"),
    ("ignore beside another", trigger("AFTER INSERT ON t@", "SELECT RAISE(IGNORE);") +
     "CREATE TRIGGER t2@ AFTER INSERT ON t@ BEGIN INSERT INTO log@ (what) VALUES ('x'); END;", "would run all the same"),
]
