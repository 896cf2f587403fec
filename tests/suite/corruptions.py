"""Damages a database that pgrade loaded, by SQL of its own, and says what has to be named for it.

Nothing here knows how pgrade reads or compares: a damage is one statement on the target, and what it did is
read from the target itself, before and after.
"""

import math
import sqlite3

SCHEMA = """
CREATE TABLE everything (
    id INTEGER PRIMARY KEY, flag BOOLEAN, small SMALLINT, n BIGINT, m BIGINT, ratio DOUBLE PRECISION,
    price DECIMAL(12, 3), word TEXT, note TEXT, short VARCHAR(30), fixed CHAR(12), raw BLOB, day DATE, hour TIME,
    at DATETIME, zoned TIMESTAMP WITH TIME ZONE, token UUID, doc JSON, tree JSONB, net INET, block CIDR);
CREATE TABLE pair (a INTEGER NOT NULL, b TEXT NOT NULL, weight DOUBLE PRECISION, note TEXT, PRIMARY KEY (a, b))
    WITHOUT ROWID;
CREATE TABLE named (name TEXT PRIMARY KEY NOT NULL, n BIGINT, at DATETIME);
CREATE TABLE keyless (n BIGINT, word TEXT, ratio DOUBLE PRECISION, at DATETIME, raw BLOB);
"""
KEYS = {"everything": ("id",), "pair": ("a", "b"), "named": ("name",), "keyless": ()}

COLUMNS = {
    "everything": ("id flag small n m ratio price word note short fixed raw day hour at zoned token doc tree net"
                   " block").split(),
    "pair": "a b weight note".split(), "named": "name n at".split(), "keyless": "n word ratio at raw".split(),
}


def build(path, rows):
    """`rows` of each table, all of them different, with some NULLs."""
    connection = sqlite3.connect(path)
    connection.executescript(SCHEMA)
    for i in range(1, rows + 1):
        at = f"2024-{i % 12 + 1:02}-{i % 28 + 1:02} {i % 24:02}:{i % 60:02}:{(i * 7) % 60:02}.{(i * 7919) % 1000000:06}"
        text = f"word {i} ä{'x' * (i % 40)}"
        values = [
            i, i % 2, i % 30000, i * 1000003, -i * 17, i / 7.0, i + 0.125, text, f"note {i} ✓", f"short {i}",
            f"f{i}", bytes((i * k) % 256 for k in range(1, 12)), at[:10], at[11:], at, at,
            f"{i:08x}-7425-40de-944b-{i * 31:012x}", f'{{"n": {i}, "list": [{i}, null]}}',
            f'{{"n": {i}, "s": "t{i}"}}', f"10.{i // 65536}.{i // 256 % 256}.{i % 256}", f"10.{i % 200}.{i // 200}.0/24",
        ]
        for place in range(1, len(values)):
            if (i + place) % 23 == 0:
                values[place] = None
        connection.execute(f"INSERT INTO everything VALUES ({', '.join('?' * len(values))})", values)
        connection.execute("INSERT INTO pair VALUES (?, ?, ?, ?)", (i % 50, f"b{i}", i * 0.1, f"of {i}"))
        connection.execute("INSERT INTO named VALUES (?, ?, ?)", (f"name {i}", i * i, at))
        connection.execute("INSERT INTO keyless VALUES (?, ?, ?, ?, ?)", (i, f"{text}!", i * 1.1, at, bytes([i % 256, 7])))
    connection.commit()
    connection.close()
    return path


def changed(of_type, value, rng):
    """Another value of that type: (SQL, parameters); every one as near to the old one as the type allows."""
    if value is None:
        return {
            "boolean": ("true", ()), "bytea": (r"'\x00'", ()), "uuid": ("'00000000-0000-0000-0000-000000000000'", ()),
            "json": ("'null'", ()), "jsonb": ("'null'", ()), "inet": ("'::1'", ()), "cidr": ("'::1'", ()),
            "date": ("'2000-01-01'", ()), "time without time zone": ("'00:00'", ()),
            "timestamp without time zone": ("'2000-01-01'", ()), "timestamp with time zone": ("'2000-01-01+00'", ()),
            "text": ("''", ()),
        }.get(of_type.partition("(")[0] if "time" not in of_type else of_type, ("'0'", ()))
    if rng.random() < 0.1:
        return "NULL", ()
    if of_type == "double precision":
        return "%s", (math.nextafter(float(value), rng.choice((math.inf, -math.inf))),)
    if of_type in ("text", "character varying(30)"):
        return rng.choice(("left({c}, -1)", "{c} || ' '", "upper({c})", "replace({c}, ' ', '  ')", "''", "'x' || {c}")), ()
    return {
        "boolean": "NOT {c}", "smallint": "{c} + 1", "bigint": rng.choice(("{c} + 1", "{c} # 1", "-{c}")),
        "integer": "{c} + 1", "numeric(12,3)": rng.choice(("{c} + 0.001", "-{c}")), "character(12)": "left({c}, -1)",
        "bytea": rng.choice((r"{c} || '\x00'", "set_byte({c}, 1, get_byte({c}, 1) # 1)", "substr({c}, 1, length({c}) - 1)")),
        "date": "{c} + 1", "time without time zone": "{c} + interval '1 microsecond'",
        "timestamp without time zone": rng.choice(("{c} + interval '1 microsecond'", "{c} + interval '1 hour'")),
        "timestamp with time zone": rng.choice(("{c} - interval '1 microsecond'", "{c} + interval '1 hour'")),
        "uuid": "overlay({c}::text placing 'f' from 1)::uuid",
        "json": rng.choice(("replace({c}::text, '\"n\"', '\"N\"')::json", "({c}::text || ' ')::json")),
        "jsonb": "{c} || '{{\"n\": -1}}'", "inet": "{c} + 1", "cidr": "set_masklen({c}, 25)",
    }[of_type], ()


class Target:
    """The tables that pgrade made, with a copy of each to go back to."""

    def __init__(self, database):
        self.connection = database.connect()
        self.connection.autocommit = True
        self.cursor = self.connection.cursor()
        self.ask("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET bytea_output = 'hex'; SET extra_float_digits = 1; SET client_min_messages = error; CREATE SCHEMA kept")
        self.types, self.columns = {}, {}
        for table in KEYS:
            self.ask(f"CREATE TABLE kept.{table} AS TABLE public.{table}")
            found = self.ask("SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute WHERE attrelid = %s::regclass"
                             " AND attnum > 0 ORDER BY attnum", (f"public.{table}",))
            self.types[table], self.columns[table] = dict(found), [name for name, _ in found]

    def ask(self, sql, parameters=None):
        self.cursor.execute(sql, parameters)
        return self.cursor.fetchall() if self.cursor.description else []

    def restore(self, table):
        self.ask(f"TRUNCATE public.{table}; INSERT INTO public.{table} SELECT * FROM kept.{table}")
        key = ", ".join(KEYS[table])
        if key and not self.ask("SELECT 1 FROM pg_constraint WHERE contype = 'p' AND conrelid = %s::regclass", (f"public.{table}",)):
            self.ask(f"ALTER TABLE public.{table} ADD PRIMARY KEY ({key})")

    def rows(self, table, count, rng):
        """ctids of rows."""
        found = [ctid for (ctid,) in self.ask(f"SELECT ctid::text FROM public.{table} ORDER BY 1")]
        return rng.sample(found, count)

    def read(self, table, ctid):
        """{column: text}"""
        texts = ", ".join(f"{column}::text" for column in self.columns[table])
        return dict(zip(self.columns[table], self.ask(f"SELECT {texts} FROM public.{table} WHERE ctid = %s", (ctid,))[0]))

    def update(self, table, ctid, columns):
        """Sets {column: (SQL, parameters)}; the row before and after."""
        before = self.read(table, ctid)
        parameters = [value for _, values in columns.values() for value in values]
        setting = ", ".join(f"{column} = {sql}" for column, (sql, _) in columns.items())
        ((moved,),) = self.ask(f"UPDATE public.{table} SET {setting} WHERE ctid = %s RETURNING ctid::text", (*parameters, ctid))
        return before, self.read(table, moved)


def key_of(table, row):
    return tuple(row[column] for column in KEYS[table])


def value_differences(table, before, after):
    """What has to be named where a row became another: by the key that it has in the source."""
    return [("value", table, key_of(table, before), column, before[column], after[column])
            for column in before if before[column] != after[column]]


def change_value(target, table, rng):
    (ctid,) = target.rows(table, 1, rng)
    column = rng.choice([name for name in target.columns[table] if name not in KEYS[table]])
    row = target.read(table, ctid)
    sql, parameters = changed(target.types[table][column], row[column], rng)
    return value_differences(table, *target.update(table, ctid, {column: (sql.format(c=column), parameters)}))


def change_key(target, table, rng):
    (ctid,) = target.rows(table, 1, rng)
    column = rng.choice(KEYS[table])
    sql = f"{column} || '~'" if target.types[table][column] == "text" else f"{column} + 1000000"
    return value_differences(table, *target.update(table, ctid, {column: (sql, ())}))


def swap_rows(target, table, rng):
    """All but the keys, so that each row is under the other's key."""
    return swap(target, table, rng, [name for name in target.columns[table] if name not in KEYS[table]])


def swap_values(target, table, rng):
    return swap(target, table, rng, [rng.choice([name for name in target.columns[table] if name not in KEYS[table]])])


def swap(target, table, rng, columns):
    first, second = target.rows(table, 2, rng)
    names = ", ".join(columns)
    a, b = target.read(table, first), target.read(table, second)
    target.ask(f"UPDATE public.{table} t SET ({names}) = (SELECT {names} FROM public.{table} o WHERE o.ctid ="
               " CASE t.ctid WHEN %s THEN %s::tid ELSE %s::tid END) WHERE t.ctid = ANY (%s::tid[])",
               (first, second, first, [first, second]))
    return (value_differences(table, a, dict(a, **{name: b[name] for name in columns}))
            + value_differences(table, b, dict(b, **{name: a[name] for name in columns})))


SWAPPABLE = {"everything": [("n", "m"), ("word", "note")], "pair": [("b", "note")], "named": [], "keyless": []}


def swap_columns(target, table, rng):
    pairs = SWAPPABLE[table] if table != "pair" else []
    if not pairs:
        return change_value(target, table, rng)
    (ctid,) = target.rows(table, 1, rng)
    a, b = rng.choice(pairs)
    return value_differences(table, *target.update(table, ctid, {a: (b, ()), b: (a, ())}))


def remove_row(target, table, rng):
    (ctid,) = target.rows(table, 1, rng)
    row = target.read(table, ctid)
    target.ask(f"DELETE FROM public.{table} WHERE ctid = %s", (ctid,))
    return [("missing row", table, key_of(table, row), tuple(row.values()), False)]


def drop_key(target, table):
    for (name,) in target.ask("SELECT conname FROM pg_constraint WHERE contype = 'p' AND conrelid = %s::regclass",
                              (f"public.{table}",)):
        target.ask(f'ALTER TABLE public.{table} DROP CONSTRAINT "{name}"')


def double_row(target, table, rng):
    drop_key(target, table)
    (ctid,) = target.rows(table, 1, rng)
    row = target.read(table, ctid)
    target.ask(f"INSERT INTO public.{table} SELECT * FROM public.{table} WHERE ctid = %s", (ctid,))
    return [("extra row", table, key_of(table, row), tuple(row.values()), True)]


def replace_row(target, table, rng):
    """One is missing, another there twice: the counts are equal."""
    removed, doubled = target.rows(table, 2, rng)
    drop_key(target, table)
    row = target.read(table, doubled)
    target.ask(f"INSERT INTO public.{table} SELECT * FROM public.{table} WHERE ctid = %s", (doubled,))
    gone = target.read(table, removed)
    target.ask(f"DELETE FROM public.{table} WHERE ctid = %s", (removed,))
    return [("missing row", table, key_of(table, gone), tuple(gone.values()), False),
            ("extra row", table, key_of(table, row), tuple(row.values()), True)]


def add_row(target, table, rng):
    (ctid,) = target.rows(table, 1, rng)
    row = target.read(table, ctid)
    columns = {name: name for name in target.columns[table]}
    for column in target.columns[table]:
        of_type = target.types[table][column]
        if of_type == "text":
            columns[column] = f"{column} || '~'"
        elif of_type in ("bigint", "integer", "double precision"):
            columns[column] = f"{column} + 1000000"
    ((made,),) = target.ask(f"INSERT INTO public.{table} SELECT {', '.join(columns.values())} FROM public.{table}"
                            " WHERE ctid = %s RETURNING ctid::text", (ctid,))
    row = target.read(table, made)
    return [("extra row", table, key_of(table, row), tuple(row.values()), False)]


KINDS = (change_value,) * 8 + (change_key, swap_rows, swap_values, swap_columns, remove_row, double_row, replace_row, add_row)


def corrupt(target, rng):
    """One damage: the table, what was done, and all that has to be named."""
    while True:
        table = rng.choice(list(KEYS))
        kind = rng.choice(KINDS)
        if not KEYS[table] and kind in (change_key, swap_rows, swap_values):
            continue
        expected = kind(target, table, rng)
        if expected:
            return table, kind.__name__, expected
        target.restore(table)


def corrupt_many(target, rng, count):
    """`count` rows changed in one value each."""
    expected = []
    chosen = rng.sample([(table, ctid) for table in KEYS for (ctid,) in target.ask(f"SELECT ctid::text FROM public.{table}")],
                        count)
    for table, ctid in chosen:
        done = []
        while not done:
            column = rng.choice([name for name in target.columns[table] if name not in KEYS[table]])
            sql, parameters = changed(target.types[table][column], target.read(table, ctid)[column], rng)
            before, after = target.update(table, ctid, {column: (sql.format(c=column), parameters)})
            done = value_differences(table, before, after)
            if not done:
                ((ctid,),) = target.ask(f"SELECT max(ctid)::text FROM public.{table}")
        expected += done
    return expected
