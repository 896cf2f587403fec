"""Defaults and generated columns: what test_translate.py lets both databases write."""

import datetime

DEFAULTS = [
    ("i", "NULL"), ("i", "0"), ("i", "42"), ("i", "-1"), ("i", "+1"), ("i", "'42'"), ("i", "42.0"), ("i", "0x10"), ("i", "'1e3'"),
    ("i", "TRUE"), ("i", "(1 + 2)"), ("i", "(60 * 60 * 24)"), ("j", "-32768"), ("b", "9223372036854775807"),
    ("b", "-9223372036854775808"), ("r", "0"), ("r", "0.1"), ("r", "'0.5'"), ("r", "1e300"), ("r", "-1.5"), ("q", "0.5"),
    ("n", "0"), ("n", "0.5"), ("n", "19.99"), ("n", "'1.50'"), ("n", "99999999.99"), ("n", "-1"), ("w", "0.1"), ("w", "'12345.678'"),
    ("t", "''"), ("t", "'it''s'"), ("t", "'back\\slash'"), ("t", "5"), ("t", "1.5"), ("t", "\"\""), ("t", "\"word\""), ("t", "word"),
    ("t", "NULL"), ("t", "('a' || 'b')"), ("t", "(5)"), ("t", "x'616263'"), ("v", "'1234567890'"), ("v", "'ÄÖÜäöü'"), ("c", "'ab'"),
    ("f", "0"), ("f", "1"), ("f", "'0'"), ("f", "'1'"), ("f", "TRUE"), ("f", "FALSE"), ("f", "(0)"),
    ("f", "(1 = 1)"), ("f", "(1 IN (1, 2))"), ("f", "(1 = 1 AND NOT 2 = 3)"), ("f", "('a' LIKE 'A')"), ("f", "1.0"), ("d", "'2020-01-01 10:20:30'"), ("d", "'1970-01-01 00:00:00'"),
    ("z", "'2020-01-01 10:20:30'"), ("y", "'2020-02-29'"), ("h", "'12:30:00'"), ("x", "x'00ff'"), ("x", "x''"),
    ("g", "'0a1b2c3d-0000-4000-8000-00000000000f'"), ("e", "'new'"), ("e", "'it''s'"), ("m", "'{}'"),
    ("m", "'[1, 2.5e3, \"\\u00e4\\ud83d\\ude00\", null, {\"a\": [true]}]'"), ("i", "(CASE WHEN 1 THEN 5 ELSE 6 END)"),
    ("m", "(json_array())"), ("m", "(json_object('a', json_array(1, 'x', NULL)))"), ("m", "(json('{\"a\" : [1]}'))"), ("t", "(json_array('it''s', 5))"),
    ("t", "(printf('%05d', 42))"), ("x", "(zeroblob(3))"), ("t", "(quote('it''s'))"), ("t", "(strftime('%Y', '2020-01-31'))"),
    ("d", "(datetime('2020-01-31 10:20:30', '+1 month'))"), ("y", "(date('2020-02-29', '+1 year'))"), ("i", "(CAST('12abc' AS INTEGER))"),
    ("f", "(CASE WHEN 1 THEN 1 ELSE 0 END)"), ("f", "(coalesce(NULL, 1))"), ("n", "(coalesce(NULL, 0.5))"),
    ("d", "(iif(1, '2020-01-01 10:20:30', NULL))"),
]

# Texts that mean a value of the type without being SQLite's own form of it: PostgreSQL's value is given.
READ_DEFAULTS = [
    ("f", "'t'", True), ("f", "'f'", False), ("f", "'false'", False), ("f", "\"true\"", True), ("f", "'Yes'", True),
    ("d", "'2020-01-01'", datetime.datetime(2020, 1, 1)),
    ("d", "'2020-01-01T10:20:30.500Z'", datetime.datetime(2020, 1, 1, 10, 20, 30, 500000)),
    ("z", "'2020-01-01 10:20'", datetime.datetime(2020, 1, 1, 10, 20, tzinfo=datetime.timezone.utc)),
    ("y", "'2020-01-01 00:00:00'", datetime.date(2020, 1, 1)),
    ("h", "'2000-01-01 12:30:00'", datetime.time(12, 30)),
    ("g", "'0A1B2C3D000040008000000000000000'", "0a1b2c3d-0000-4000-8000-000000000000"),
    ("g", "x'0a1b2c3d000040008000000000000000'", "0a1b2c3d-0000-4000-8000-000000000000"),
    ("g", "0", "00000000-0000-0000-0000-000000000000"),
    ("x", "'abc'", b"abc"),
    ("m", "5", 5),
]

# Defaults of the current time: both sides' values must be within a few seconds.
NOW_DEFAULTS = [
    ("d", "CURRENT_TIMESTAMP"), ("d", "(datetime('now'))"), ("d", "(datetime())"),
    ("d", "(strftime('%Y-%m-%d %H:%M:%S', 'now'))"), ("z", "CURRENT_TIMESTAMP"), ("z", "(datetime('NOW'))"),
    ("y", "CURRENT_DATE"), ("y", "(date('now'))"), ("h", "CURRENT_TIME"), ("h", "(time('now'))"),
    ("t", "CURRENT_TIMESTAMP"), ("t", "(date())"), ("t", "CURRENT_TIME"), ("t", "(strftime('%s', 'now'))"),
    ("t", "(strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))"), ("t", "(strftime('%d.%m.%Y at %H:%M', 'now'))"),
    ("t", "(strftime('%j/%Y', 'now'))"), ("t", "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))"), ("t", "(datetime(CURRENT_TIMESTAMP))"),
    ("i", "(strftime('%s', 'now'))"), ("b", "(strftime('%s', 'now'))"), ("r", "(julianday('now'))"), ("v", "CURRENT_DATE"),
    ("d", "(datetime('now', '+1 day'))"), ("z", "(datetime('now', '-1 hour', '+1 hour'))"), ("y", "(date('now', '+1 day'))"),
    ("d", "(unixepoch())"), ("d", "(CAST(strftime('%s', 'now') AS INTEGER))"), ("b", "(CAST(strftime('%s', 'now') AS INT))"),
    ("b", "(strftime('%s', 'now') + 0)"), ("d", "(CAST((julianday('now') - 2440587.5) * 86400 AS INTEGER))"), ("t", "(strftime('%s', 'now', '+1 day'))"),
    ("t", "(datetime('now', '+30 days'))"), ("d", "(date('now', '+1 day'))"), ("i", "(unixepoch('now', '+1 hour'))"),
]

STORED = [
    ("i", "i + 1"), ("b", "i * 2"), ("t", "lower(t)"), ("t", "i"), ("t", "i || '/' || j"), ("i", "f"), ("i", "i > 1"),
    ("f", "i > 1"), ("f", "CASE WHEN i > 1 THEN 1 ELSE 0 END"), ("f", "coalesce(f, 0)"), ("r", "i * 0.5"), ("r", "n * i"),
    ("n", "n"), ("n", "j * 0.5"), ("n", "i"), ("d", "coalesce(d, '2020-01-01 00:00:00')"), ("d", "d"), ("y", "y"),
    ("z", "z"), ("x", "x"), ("g", "coalesce(g, '00000000-0000-0000-0000-000000000000')"), ("v", "substr(t, 1, 3)"),
    ("t", "CASE WHEN f THEN 'y' WHEN NOT f THEN 'n' END"), ("r", "round(r)"), ("w", "n"), ("i", "length(t)"), ("e", "coalesce(e, 'new')"),
    ("t", "date(d)"), ("t", "strftime('%Y-%m', d)"), ("y", "date(d)"), ("d", "datetime(z, '+1 month')"), ("z", "datetime(d)"),
    ("h", "time(d)"), ("d", "datetime(b, 'unixepoch')"), ("i", "unixepoch(d) / 60"), ("r", "julianday(d)"), ("t", "date(s)"),
    ("d", "datetime(s)"), ("y", "date(y, 'start of month')"),
]

# Random values: the column, the default, and what each value must look like.
V4 = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
UUID_TEXT = ("lower(hex(randomblob(4))) || '-' || lower(hex(randomblob(2))) || '-4' || substr(lower(hex(randomblob(2))), 2) || '-' || "
             "substr('89ab', abs(random()) % 4 + 1, 1) || substr(lower(hex(randomblob(2))), 2) || '-' || lower(hex(randomblob(6)))")
DRAWS = [
    ("b", "(random())", "-?[0-9]+"), ("b", "(abs(random()))", "[0-9]+"), ("i", "(abs(random()) % 1000)", "[0-9]{1,3}"),
    ("t", "(hex(randomblob(16)))", "[0-9A-F]{32}"), ("t", "(lower(hex(randomblob(16))))", "[0-9a-f]{32}"),
    ("t", "(lower(hex(randomblob(1))))", "[0-9a-f]{2}"), ("t", "(hex(randomblob(0)))", "[0-9A-F]{2}"),
    ("t", "('usr_' || lower(hex(randomblob(8))))", "usr_[0-9a-f]{16}"),
    ("t", "('A' || lower('X' || hex(randomblob(5))) || 'b')", "Ax[0-9a-f]{10}b"),
    ("t", "(substr(hex(randomblob(4)), 2, 5))", "[0-9A-F]{5}"), ("t", f"({UUID_TEXT})", V4), ("t", f"(lower({UUID_TEXT}))", V4),
    ("t", f"(upper({UUID_TEXT}))", V4.replace("a-f", "A-F").replace("ab", "AB")), ("g", f"({UUID_TEXT})", V4),
    ("g", f"(upper({UUID_TEXT}))", V4),
    ("g", "(lower(hex(randomblob(16))))", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    ("t", "(substr('89AB', 1 + abs(random()) % 4, 1))", "[89AB]"),
    ("x", "(randomblob(16))", "[0-9a-f]{32}"), ("x", "(randomblob(6))", "[0-9a-f]{12}"), ("x", "(randomblob(64))", "[0-9a-f]{128}"),
]
