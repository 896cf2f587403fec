"""Words of which cases are made: names, declared types, and literals of every kind.

Nothing here is chosen at random: it is what one would not think of when writing a program.
"""

PLAIN_NAMES = (
    "a b c id name Title createdAt user_id parentId value Value_2 x1 note price is_active data _under key_1".split()
)
RESERVED_NAMES = "order group table select user default check references end limit primary window all".split()
ODD_NAMES = (
    "with space", 'double"quote', "single'quote", "back`tick", "a.b", "per%cent", "%s", "dollar$1", "back\\slash",
    "größe", "名前", "ключ", "emoji 😀", "É", "é", "line\nfeed", "tab\there", "-dash-", "1digit", "semi;colon", "(",
    "--comment", "/*", "?", ":name", "@at", "trailing ", " leading", "Ünï Çödé", "pg_class", "pg_temp", "public",
    "null", "TRUE", "a]b", "İ", "ß", "ﬁ", "a\u0301", "\u200b", "%I", "{x}", "x y z", "*", "\\", "''", '""',
)  # fmt: skip
# What PostgreSQL has in every table.
SYSTEM_NAMES = ("ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid", "rowid", "_rowid_")
LONG_NAMES = ("l" * 63, "l" * 64, "l" * 64 + "x", "Long" * 20, "ü" * 32, "x" + "ü" * 40, "名" * 22, "n" * 200)
# What PostgreSQL, or pgrade, may call an object of its own.
DERIVED_NAMES = ("a_pkey", "t_pkey", "t1_id_seq", "t1_pkey", "t2_a_key", "t1_id_fkey", "t1_check", "t1_a_idx", "pgrade")

TYPES = {
    "integer": (
        "INTEGER INT BIGINT SMALLINT TINYINT INT2 INT8 MEDIUMINT integer Int|UNSIGNED BIG INT|int unsigned|INTEGER(5)|"
        "INT(11)|BIGINT(20) UNSIGNED|SERIAL|INTEGER UNSIGNED|bigint not a word"
    ),
    "text": (
        "TEXT VARCHAR(10) VARCHAR(255) CHAR(3) CHARACTER(20) NCHAR(5) NVARCHAR(100) CLOB text VARCHAR STRING citext|"
        "VARYING CHARACTER(255)|native character(70)|LONGTEXT|TEXT[]|VARCHAR(0)|VARCHAR(99999999)|CHAR|CHAR(0)|"
        "character varying (7)|TEXT(40)|varchar( 3 )|VARCHAR(3 , 4)"
    ),
    "real": "REAL DOUBLE FLOAT real|DOUBLE PRECISION|FLOAT(24)|FLOAT(53)|float4|float8|DOUBLE(10,2)",
    "numeric": (
        "NUMERIC DECIMAL NUMERIC(5) DECIMAL(10,2) DECIMAL(5,0) DECIMAL(15,6) NUMERIC(38,10) MONEY NUMBER(10)|"
        "DECIMAL(3,5)|NUMERIC(2000,3)|DECIMAL(10,-2)|DECIMAL( 8 , 3 )|DECIMAL(0)|decimal(10.5)|NUMBER|DEC(4,1)"
    ),
    "boolean": "BOOLEAN BOOL boolean BIT BIT(1)|TINYINT(1)",
    "moment": (
        "DATETIME TIMESTAMP datetime DATETIME(3) TIMESTAMP(6) TIMESTAMPTZ|TIMESTAMP WITH TIME ZONE|TIMESTAMP(0)|"
        "timestamp without time zone|DATETIME(9)|timestamptz(3)"
    ),
    "date": "DATE date|DATE(10)",
    "time": "TIME time TIME(3)|TIME WITH TIME ZONE|TIMETZ|TIME(0)",
    "blob": "BLOB BYTEA BINARY LONGBLOB|VARBINARY(20)|BINARY(16)|IMAGE",
    "json": "JSON JSONB json",
    "uuid": "UUID GUID UNIQUEIDENTIFIER CHAR(36) CHAR(32)",
    "address": "INET CIDR MACADDR inet",
    "odd": (
        "ANY POINT XML INTERVAL order foo тип HSTORE|foo bar baz|ENUM('a','b')|FLOATING POINT|charint|blobreal|"
        "\"quoted type\"|[bracket]|`tick`|integer primary|_text|timestampz|intege|YEAR|nocase|GEOMETRY(4326)|SET('x')"
    ),
    "none": "",
}  # fmt: skip


def split_types(text):
    """Words one by one before the first bar, what stands between bars as it is."""
    first, *others = text.split("|")
    return tuple(first.split() + others) or ("",)


TYPES = {family: split_types(text) for family, text in TYPES.items()}
STRICT_TYPES = {"integer": ("INT", "INTEGER"), "real": ("REAL",), "text": ("TEXT",), "blob": ("BLOB",), "odd": ("ANY",)}


def quoted_text(value):
    return "'" + value.replace("'", "''") + "'"


def raw_text(data):
    """TEXT of any bytes."""
    return f"CAST(x'{data.hex()}' AS TEXT)"


INTEGERS = tuple((
    "0 1 -1 2 7 42 255 256 32767 32768 -32768 -32769 65536 2147483647 2147483648 -2147483648 -2147483649 4294967296 "
    "9007199254740992 9007199254740993 -9007199254740993 9223372036854775807 -9223372036854775808 1000000 0x10"
).split())
REALS = tuple((
    "0.0 -0.0 0.5 1.5 -2.25 0.1 0.30000000000000004 3.0 1e300 -1e300 5e-324 2.2250738585072014e-308 "
    "1.7976931348623157e308 9e999 -9e999 1e15 1e16 123456789.123456789 1e-7 12345678901234.568 99.995 2.675 "
    "9223372036854775807.0 -9223372036854775808.0 16777217.0 3.4028235e38 1e22 0.000001 100.0"
).split())
NUMERALS_IN_TEXT = tuple(map(quoted_text, (
    "5", "-5", "+5", "05", " 5", "5 ", "5.0", "5.10", "1e3", "1E-3", ".5", "5.", "0x10", "NaN", "Infinity", "1_000",
    "99999999999999999999", "1,5", "٣", "12345.678901234567890123", "-0", "0.000000000000000000001", "1e999",
)))  # fmt: skip
TEXTS = tuple(map(quoted_text, (
    "", "a", "abc", "ABC", "Abc ", " abc", "it's", 'say "x"', "back\\slash", "\\N", "\\.", "%_", "a,b;c", "line\nfeed",
    "\r\n", "tab\t", "größe", "名前", "😀", "e\u0301", "\u00e9", "\ufeffbom", "\u200b", "x" * 300, "ß" * 50, "NULL", "null",
    "\x01", "\x7f", "\u0085", "\U0010ffff", "\ufffe", "Z", "z", "trailing ", "{1,2}", "$$", "new", "done", "abcdefghijk",
)))  # fmt: skip
BAD_TEXTS = tuple(map(raw_text, (
    b"\xff", b"abc\xc3\x28", b"\xc0\x80", b"\xed\xa0\x80", b"a\0b", b"\0", b"\xf4\x90\x80\x80", b"caf\xe9", b"ok\xe2\x82",
)))  # fmt: skip
BLOBS = ("x''", "x'00'", "x'ff'", "x'616263'", "x'00ff00ff'", "x'" + bytes(range(256)).hex() + "'", "zeroblob(20)",
         "x'" + "5c" * 5 + "'", "zeroblob(70000)", "x'0123456789abcdef0123456789abcdef'", "x'c3a9'", "x'7b7d'",
         "x'2d2d2d2d2d424547494e'", "x'4b13311332'", "x'0b'", "x'37616263'")  # fmt: skip
TRUTHS = ("0", "1") + tuple(map(quoted_text, "t f true false TRUE False yes no on off Y N 0 1".split()))
ODD_TRUTHS = ("2", "-1", "''", "0.0", "1.0", "0.5", "'yep'", "'T '", "'ja'", "x'01'")
DATES = tuple(map(quoted_text, (
    "2024-01-01", "2024-02-29", "1970-01-01", "0001-01-01", "9999-12-31", "2000-12-31", "2024-01-01 00:00:00", "1999-07-04",
)))  # fmt: skip
MOMENTS = tuple(map(quoted_text, (
    "2024-01-01 12:34:56", "2024-01-01T12:34:56", "2024-01-01T12:34:56Z", "2024-01-01 12:34:56.789", "2024-02-29 23:59:59.999999",
    "2024-01-01 12:34:56+02:00", "2024-01-01T12:34:56.123456-0530", "2024-01-01 12:34", "1969-12-31 23:59:59.5",
    "0001-01-01 00:00:00", "9999-12-31 23:59:59", "2024-03-31 02:30:00", "2024-01-01 12:34:56 +02", "2024-01-01",
)))  # fmt: skip
EPOCHS = ("0", "1647950409", "1647950409737", "1647950409737123", "2459661.0", "2459661.25", "1647950409.5", "-86400", "86400")
TIMES = tuple(map(quoted_text, ("12:34", "12:34:56", "00:00:00", "23:59:59.999999", "12:34:56.5", "2000-01-01 12:34:56",
                                "12:34:56+02:00", "12:34:56Z")))  # fmt: skip
IMPOSSIBLE_MOMENTS = tuple(map(quoted_text, (
    "", "0000-00-00", "2023-02-29", "2024-13-01", "24:00:00", "12:60", "2024-01-01 24:00:00", "23:59:60", "now", "today",
    "01/02/2024", "2024-1-1", "20240101", "2024-01-01 12:34:56.1234567", "10000-01-01", "2024-01-01 12:34:56+16:00",
    "infinity", "epoch", "2024-W01-1", "-0001-01-01", "2024-01-01  12:34", "0000-01-01", "12:34:56 PM",
)))  # fmt: skip
JSONS = tuple(map(quoted_text, (
    "{}", "[]", "null", "1", "-0.0", '"x"', '{"a": 1, "b": [true, false, null]}', '{"a":1,"a":2}', ' [1, 2] ', "1e400",
    '"\\u00e9"', '"\\ud83d\\ude00"', '{"ä": "ö"}', "[" * 20 + "]" * 20, "123456789012345678901234567890", "1.50", "1E+2",
)))  # fmt: skip
BAD_JSONS = tuple(map(quoted_text, (
    "", "{", "NaN", "{'a': 1}", '"\\u0000"', '"\\ud800"', "[1,]", "undefined", "1 2", "// c", '"\t"', "+1", "Infinity",
    "{\"a\":1e131072}", "01", ".5",
)))  # fmt: skip
UUIDS = ("'550e8400-e29b-41d4-a716-446655440000'", "'550E8400E29B41D4A716446655440000'", "x'550e8400e29b41d4a716446655440001'",
         "'00000000-0000-0000-0000-000000000000'", "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'")  # fmt: skip
BAD_UUIDS = ("''", "'not-a-uuid'", "'{550e8400-e29b-41d4-a716-446655440000}'", "x'00'", "0", "'550e8400-e29b-41d4-a716-44665544000'")
ADDRESSES = tuple(map(quoted_text, ("10.0.0.1", "10.0.0.0/8", "::1", "fe80::1/64", "08:00:2b:01:02:03", "192.168.0.0/24")))
BAD_ADDRESSES = tuple(map(quoted_text, ("", "10.0.0", "010.0.0.1", "1.2.3.4/33", "fe80::1%eth0", "0800.2b01.0203", "10.0.0.0/08")))

ANYTHING = INTEGERS + REALS + NUMERALS_IN_TEXT + TEXTS + BAD_TEXTS + BLOBS + ("NULL",)
# family: (what its columns should hold, what they may hold all the same)
VALUES = {
    "integer": (INTEGERS, NUMERALS_IN_TEXT + ("3.0", "2.5", "''")),
    "text": (TEXTS, BAD_TEXTS + INTEGERS + REALS + BLOBS),
    "real": (REALS + INTEGERS[:9], NUMERALS_IN_TEXT + ("9007199254740993",)),
    "numeric": (INTEGERS[:8] + ("1.5", "2.25", "-99.99", "0.1", "100.0", "3.0"), REALS + NUMERALS_IN_TEXT),
    "boolean": (TRUTHS, ODD_TRUTHS),
    "moment": (MOMENTS, IMPOSSIBLE_MOMENTS + EPOCHS),
    "date": (DATES, IMPOSSIBLE_MOMENTS + MOMENTS),
    "time": (TIMES, IMPOSSIBLE_MOMENTS),
    "blob": (BLOBS, TEXTS + BAD_TEXTS + INTEGERS[:4]),
    "json": (JSONS, BAD_JSONS + INTEGERS[:4] + BLOBS),
    "uuid": (UUIDS, BAD_UUIDS),
    "address": (ADDRESSES, BAD_ADDRESSES),
    "odd": (TEXTS[:6], ANYTHING),
    "none": (TEXTS[:4] + INTEGERS[:6] + REALS[:6], ANYTHING),
}
DEFAULTS = (
    "0", "1", "-1", "1.5", "'abc'", "''", "NULL", "null", "TRUE", "false", "x'00ff'", "0x10", '"text in quotes"',
    "CURRENT_TIMESTAMP", "current_date", "CURRENT_TIME", "(datetime('now'))", "(date('now'))", "(strftime('%s','now'))",
    "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))", "(1 + 2)", "(lower('ABC'))", "(hex(randomblob(4)))", "(random())", "9e999",
    "'2024-01-01'", "('a' || 'b')", "9223372036854775807", "'it''s'", "(datetime('now', 'localtime'))", "(abs(-5))", "+5",
    "abc", "(julianday('now'))", "'t'", "'{}'", "'[]'", "(json_object('a', 1))", "- 3", "(NULL)",
)  # fmt: skip
COLLATIONS = ("BINARY", "NOCASE", "RTRIM", "nocase")
