"""A SQLite file as the comparison sees it: its catalog by pragmas, and the little that only its SQL tells."""

import dataclasses
import re
import sqlite3

from forms import Text

TOKEN = re.compile(
    r"""
    --[^\n]*|/\*.*?(?:\*/|$)|\s+            # nothing
    |'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]
    |[^\W\d][\w$]*|[0-9][\w.]*|.
""",
    re.VERBOSE | re.DOTALL,
)
CLOSING = {'"': '"', "`": "`", "[": "]", "'": "'"}


@dataclasses.dataclass
class Column:
    name: str
    declared: str
    not_null: bool
    default: str
    key_position: int
    generated: bool
    position: int
    quoted: bool = True  # written in quotes, so that its case stays


@dataclasses.dataclass
class ForeignKey:
    columns: tuple
    parent: str
    parent_columns: tuple
    on_update: str
    on_delete: str
    deferrable: str = ""  # "", "immediate", "deferred"


@dataclasses.dataclass
class Index:
    name: str
    origin: str  # "c" made by CREATE INDEX, "u" by UNIQUE, "pk" by PRIMARY KEY
    unique: bool
    partial: bool
    columns: tuple  # names; None stands for an expression
    collations: tuple
    descending: tuple


@dataclasses.dataclass
class Table:
    name: str
    sql: str
    kind: str  # "table", "virtual", "shadow"
    quoted: bool = True
    columns: list = dataclasses.field(default_factory=list)
    foreign_keys: list = dataclasses.field(default_factory=list)
    indexes: list = dataclasses.field(default_factory=list)
    checks: list = dataclasses.field(default_factory=list)

    @property
    def key(self):
        return [
            column.name
            for column in sorted(self.columns, key=lambda each: each.key_position)
            if column.key_position
        ]

    @property
    def without_rowid(self):
        tail = [word.upper() for word in tokens(self.sql)[-8:]]
        return ("WITHOUT", "ROWID") in zip(tail, tail[1:])

    @property
    def rowid_column(self):
        """INTEGER PRIMARY KEY; as a column constraint with DESC it is not the rowid, by an old mistake."""
        key = [column for column in self.columns if column.key_position]
        if len(key) != 1 or key[0].declared.upper() != "INTEGER" or self.without_rowid:
            return None
        return None if any(index.origin == "pk" for index in self.indexes) else key[0].name


class Source:
    def __init__(self, path):
        self.connection = sqlite3.connect(f"file:{quote_path(path)}?mode=ro", uri=True)
        # A view in words that this SQLite does not know would otherwise hide every table.
        self.connection.execute("PRAGMA writable_schema = ON")
        self.connection.text_factory = Text
        objects = [
            (text(kind), text(name), text(table), text(sql or b""))
            for kind, name, table, sql in self.connection.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY rowid"
            )
        ]
        self._view_sql = {name: sql for kind, name, _, sql in objects if kind == "view"}
        self.views = list(self._view_sql)
        self.triggers = [
            (name, table, event_of(sql)) for kind, name, table, sql in objects if kind == "trigger"
        ]
        self.tables = [
            self._table(name, sql, kind_of(name, sql, objects))
            for kind, name, _, sql in objects
            if kind == "table" and not name.lower().startswith("sqlite_")
        ]

    def close(self):
        self.connection.close()

    def rows(self, table, columns=None):
        wanted = columns or [column.name for column in table.columns]
        return self.connection.execute(f"SELECT {', '.join(map(quote, wanted))} FROM {quote(table.name)}")

    def view_rows(self, name):
        return self.connection.execute(f"SELECT * FROM {quote(name)}").fetchall()

    def sql_of(self, view):
        """Its text, and those of all others: it may read them."""
        return " ".join([self._view_sql[view], *self._view_sql.values()])

    def table(self, name):
        return next((table for table in self.tables if table.name.lower() == name.lower()), None)

    def _pragma(self, name, argument):
        for row in self.connection.execute(f"PRAGMA {name}({quote(argument)})"):
            yield [text(cell) if isinstance(cell, Text) else cell for cell in row]

    def _table(self, name, sql, kind):
        table = Table(name, sql, kind)
        if kind == "virtual":
            table.columns = self._virtual_columns(name, sql)
            return table
        table.quoted = written_in_quotes(sql, name)
        for position, column, declared, not_null, default, key, hidden in self._pragma("table_xinfo", name):
            table.columns.append(
                Column(column, declared or "", bool(not_null), default, key, hidden in (2, 3), position)
            )
        table.indexes = [self._index(row) for row in self._pragma("index_list", name)]
        table.foreign_keys = self._foreign_keys(name, sql)
        definitions = split_definitions(sql)
        table.checks = [words for definition in definitions for words in checks_of(definition)]
        for column, definition in zip(table.columns, definitions):
            column.quoted = definition[0][0] in CLOSING
        return table

    def _virtual_columns(self, name, sql):
        """Those that * gives, and the rowid where it has no name of its own."""
        try:
            rows = [row for row in self._pragma("table_xinfo", name) if row[6] == 0]
            keyed = bool(rows) and rows[0][2] != ""
            names = ([] if keyed else ["rowid"]) + [row[1] for row in rows]
            self.connection.execute(
                f"SELECT {', '.join(map(quote, names))} FROM {quote(name)} LIMIT 1"
            ).fetchall()
        except sqlite3.Error:
            return []
        bare = {word.lower() for word in tokens(sql)[5:]} | {"rowid", "content"}
        quoted = [one.lower() not in bare for one in names]
        return [
            Column(one, "", False, None, int(not place), False, place, quoted[place])
            for place, one in enumerate(names)
        ]

    def _index(self, row):
        _, name, unique, origin, partial = row[:5]
        parts = [part for part in self._pragma("index_xinfo", name) if part[5]]
        return Index(
            name,
            origin,
            bool(unique),
            bool(partial),
            tuple(part[2] for part in parts),
            tuple(part[4].upper() for part in parts),
            tuple(bool(part[3]) for part in parts),
        )

    def _foreign_keys(self, table, sql):
        """The pragma counts from the last one written, and does not tell what is deferrable."""
        found = {}
        for number, _, parent, column, to, on_update, on_delete, _ in self._pragma("foreign_key_list", table):
            key = found.setdefault(number, ForeignKey((), parent, (), on_update, on_delete))
            key.columns += (column,)
            key.parent_columns += (to,) if to is not None else ()
        keys = [found[number] for number in sorted(found, reverse=True)]
        deferrables = deferrable_of(tokens(sql))
        for key, deferrable in zip(keys, deferrables):
            key.deferrable = deferrable
        return keys


def event_of(sql):
    """INSERT, UPDATE or DELETE: the first such word before ON and the table."""
    words = [word.upper() for word in tokens(sql)]
    return next((word for word in words[3:] if word in ("INSERT", "UPDATE", "DELETE")), None)


def text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def quote(name):
    return '"' + name.replace('"', '""') + '"'


def quote_path(path):
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def kind_of(name, sql, objects):
    """A shadow table belongs to a virtual one, by whose name and an underscore its own begins."""
    if is_virtual(sql):
        return "virtual"
    owners = [other for kind, other, _, other_sql in objects if kind == "table" and is_virtual(other_sql)]
    return "shadow" if any(name.lower().startswith(owner.lower() + "_") for owner in owners) else "table"


def is_virtual(sql):
    return [word.upper() for word in tokens(sql)[:2]] == ["CREATE", "VIRTUAL"]


def tokens(sql):
    return [token for token in TOKEN.findall(sql) if not token.isspace() and token[:2] not in ("--", "/*")]


def unquote(token):
    if token[0] not in CLOSING:
        return token
    end = CLOSING[token[0]]
    return token[1:-1].replace(end * 2, end)


def written_in_quotes(sql, name):
    words = tokens(sql)
    start = [word.upper() for word in words[:6]].index("TABLE") + 1 if "TABLE" in sql.upper() else 1
    for token in words[start:6]:
        if unquote(token).lower() == name.lower():
            return token[0] in CLOSING
    return True


def split_definitions(sql):
    """The tokens between the commas of CREATE TABLE t (...): columns first, then constraints."""
    words = tokens(sql)
    if "(" not in words:
        return []
    definitions, level = [[]], 0
    for word in words[words.index("(") :]:
        level -= word == ")"
        if level == 0 and word == ")":
            break
        if level == 1 and word == ",":
            definitions.append([])
        elif level > 0:
            definitions[-1].append(word)
        level += word == "("
    return [definition for definition in definitions if definition]


def checks_of(definition):
    """Each CHECK's tokens, without those of the brackets around it."""
    for start, word in enumerate(definition):
        if word.upper() != "CHECK" or definition[start + 1 : start + 2] != ["("]:
            continue
        level, end = 1, start + 2
        while level and end < len(definition):
            level += (definition[end] == "(") - (definition[end] == ")")
            end += 1
        yield definition[start + 2 : end - 1]


def deferrable_of(words):
    """For each REFERENCES, in the order written, what follows it before the next one."""
    upper = [word.upper() for word in words]
    starts = [place for place, word in enumerate(upper) if word == "REFERENCES"]
    for start, end in zip(starts, starts[1:] + [len(upper)]):
        clause = " ".join(upper[start:end])
        if "DEFERRABLE" not in clause or "NOT DEFERRABLE" in clause:
            yield ""
        else:
            yield "deferred" if "INITIALLY DEFERRED" in clause else "immediate"
