"""Makes a case of a seed: a random schema with rows, the same one for the same seed."""

import random
import sqlite3

import words
from case import Column, Row, Statement, Table, execute
from translate_random import LITERALS, SHAPES

# What the columns of a case hold: the more odd values, the more often the upgrade stops, rightly.
MODES = (("clean",), ("clean",) * 5 + ("some odd",), ("clean", "clean", "some odd"), ("clean", "some odd", "anything"))
ACTIONS = ("CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION")
PRAGMAS = ("PRAGMA encoding = 'UTF-16le'", "PRAGMA encoding = 'UTF-16be'", "PRAGMA page_size = 512",
           "PRAGMA journal_mode = WAL", "PRAGMA auto_vacuum = FULL", "PRAGMA legacy_alter_table = ON")  # fmt: skip


class Known:
    """A column while a case is made."""

    def __init__(self, name, family, mode):
        self.name = name
        self.family = family
        self.mode = mode
        self.generated = False
        self.rowid = False


class Maker:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.modes = self.random.choice(MODES)
        self.parts = []
        self.tables = {}  # name as written: [Known]
        self.keys = {}  # name as written: [(columns that are unique)]
        self.connection = sqlite3.connect(":memory:", isolation_level=None)

    def chance(self, probability):
        return self.random.random() < probability

    def pick(self, things):
        return self.random.choice(things)

    def make(self):
        if self.chance(0.2):
            self.add(Statement(self.pick(PRAGMAS)))
        for number in range(self.random.choice((1, 1, 2, 2, 3, 4))):
            self.table(number)
        if self.chance(0.15):
            self.add(Statement("PRAGMA ignore_check_constraints = ON"))
        for name in list(self.tables):
            self.rows(name)
        for name in list(self.tables):
            self.indexes(name)
            if self.chance(0.15):
                self.alter(name)
            if self.chance(0.1):
                self.trigger(name)
        if self.chance(0.25):
            self.view()
        if self.chance(0.1):
            self.afterwards()
        self.connection.close()
        return self.parts

    def add(self, part):
        """False: SQLite does not take it, and it is no part of the case."""
        if not execute(self.connection, part):
            return False
        self.parts.append(part)
        return True

    # ------------------------------------------------------------------------------------------ names

    def name(self, taken, fallback):
        kind = self.random.random()
        if kind < 0.72:
            plain = self.pick(words.PLAIN_NAMES)
        elif kind < 0.80:
            plain = self.pick(words.RESERVED_NAMES)
        elif kind < 0.91:
            plain = self.pick(words.ODD_NAMES)
        elif kind < 0.94:
            plain = self.pick(words.LONG_NAMES)
        elif kind < 0.97:
            plain = self.pick(words.SYSTEM_NAMES)
        else:
            plain = self.pick(words.DERIVED_NAMES)
        if self.chance(0.05):
            plain = plain.upper()
        written = self.written(plain)
        return fallback if ascii_folded(plain) in map(ascii_folded, map(unquoted, taken)) else written

    def written(self, plain):
        """Without quotes where that may be and chance wills it."""
        if plain.replace("_", "a").isalnum() and plain[0] not in "0123456789" and self.chance(0.5):
            if ascii_folded(plain) not in words.RESERVED_NAMES:
                return plain
        how = self.random.random()
        if how < 0.1 and "`" not in plain:
            return f"`{plain}`"
        if how < 0.2 and "]" not in plain:
            return f"[{plain}]"
        return '"' + plain.replace('"', '""') + '"'

    # ----------------------------------------------------------------------------------------- tables

    def table(self, number):
        name = f"t{number}" if self.chance(0.5) else self.name(self.tables, f"t{number}")
        strict = self.chance(0.08)
        columns, known = [], []
        for place in range(self.random.choice((1, 2, 3, 4, 5, 6, 8))):
            column_name = self.name([column.name for column in columns], f"c{place}")
            column, knowledge = self.column(column_name, known, strict)
            columns.append(column)
            known.append(knowledge)
        columns, constraints, options = self.key(columns, known, strict)
        constraints += self.table_constraints(name, known)
        table = Table(name, tuple(columns), tuple(constraints), tuple(options))
        table = self.settle(table)
        if table is not None:
            self.parts.append(table)
            self.tables[name] = [one for one in known if one.name in {column.name for column in table.columns}]

    def settle(self, table):
        """Takes things away until SQLite takes the table."""
        while not execute(self.connection, table):
            fewer = [other for other, _ in table.simpler()]
            fitting = [other for other in fewer if accepts(self.connection, other)]
            if fitting:
                table = self.pick(fitting)
            elif fewer:
                table = self.pick(fewer)
            else:
                return None
        return table

    def column(self, name, known, strict):
        types = words.STRICT_TYPES if strict else words.TYPES
        family = self.pick(list(types))
        knowledge = Known(name, family, self.pick(self.modes))
        constraints = []
        if known and self.chance(0.08):
            knowledge.generated = True
            storage = self.pick(("", " STORED", " VIRTUAL"))
            constraints.append(f"GENERATED ALWAYS AS ({self.expression(known)}){storage}")
        elif self.chance(0.3):
            constraints.append(f"DEFAULT {self.pick(words.DEFAULTS)}")
        if self.chance(0.2):
            constraints.append("NOT NULL" + self.pick(("", "", " ON CONFLICT IGNORE")))
        if self.chance(0.12):
            constraints.append("UNIQUE" + self.pick(("", "", " ON CONFLICT REPLACE")))
        if self.chance(0.15):
            constraints.append(f"COLLATE {self.pick(words.COLLATIONS)}")
        if self.chance(0.12):
            constraints.append(self.check([*known, knowledge]))
        if self.chance(0.08):
            constraints.append(self.reference([]))
        self.random.shuffle(constraints)
        return Column(name, self.pick(types[family]), tuple(constraints)), knowledge

    def check(self, known):
        named = f"CONSTRAINT {self.name([], 'fine')} " if self.chance(0.3) else ""
        return f"{named}CHECK ({self.expression(known)})"

    def key(self, columns, known, strict):
        options = ["STRICT"] if strict else []
        kind = self.random.random()
        if kind < 0.45:
            first = columns[0]
            auto = " AUTOINCREMENT" if self.chance(0.4) else self.pick(("", "", "", " DESC", " ON CONFLICT REPLACE"))
            known[0].rowid, known[0].family, known[0].generated = True, "integer", False
            columns[0] = Column(first.name, "INTEGER", (f"PRIMARY KEY{auto}",))
            return columns, [], options
        if kind < 0.6:
            place = self.random.randrange(len(columns))
            column = columns[place]
            columns[place] = Column(column.name, column.declared, ("PRIMARY KEY", *column.constraints))
        constraints = []
        if 0.6 <= kind < 0.8:
            chosen = self.some(columns)
            order = self.pick(("", "", " DESC"))
            constraints.append(f"PRIMARY KEY ({', '.join(column.name + order for column in chosen)})")
        if 0.45 <= kind < 0.8 and self.chance(0.4):
            options.append("WITHOUT ROWID")
        return columns, constraints, options

    def some(self, things):
        return self.random.sample(things, min(len(things), self.random.choice((1, 2, 2, 3))))

    def table_constraints(self, name, known):
        constraints = []
        if self.chance(0.15):
            chosen = self.some(known)
            constraints.append(f"UNIQUE ({', '.join(one.name for one in chosen)})")
            self.keys.setdefault(name, []).append(chosen)
        if self.chance(0.1):
            constraints.append(self.check(known))
        for _ in range(self.pick((0, 0, 0, 1, 2))):
            own = self.some(known)
            columns = ", ".join(one.name for one in own)
            constraints.append(f"FOREIGN KEY ({columns}) {self.reference(own, itself=(name, known))}")
        return constraints

    def reference(self, own, itself=None):
        """To a table that is there, to one that is to come, to none at all, or to itself."""
        kind = self.random.random()
        names = list(self.tables) or ["t1"]
        if kind < 0.15 and itself:
            parent, columns = itself
        elif kind < 0.85:
            parent = self.pick(names)
            columns = self.tables.get(parent, [])
        else:
            parent, columns = self.pick(("t0", "t1", "t2", "nowhere")), []
        chosen = [one.name for one in columns][: len(own) or 1]
        to = f" ({', '.join(chosen)})" if chosen and self.chance(0.6) else ""
        on = "".join(f" ON {what} {self.pick(ACTIONS)}" for what in ("DELETE", "UPDATE") if self.chance(0.3))
        late = self.pick(("", "", "", " DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE", " NOT DEFERRABLE"))
        return f"REFERENCES {parent}{to}{on}{late}"

    # ------------------------------------------------------------------------------------ expressions

    def expression(self, known, depth=None):
        depth = self.pick((1, 1, 2, 2, 3)) if depth is None else depth
        if depth == 0 or self.chance(0.1):
            return self.pick(known).name if known and self.chance(0.7) else self.pick(LITERALS)
        pieces = self.pick(SHAPES).split("%")
        made = pieces[0]
        for piece in pieces[1:]:
            made += self.expression(known, depth - 1) + piece
        return made.replace("@", "%")

    # ------------------------------------------------------------------------------------------- rows

    def rows(self, name):
        known = [one for one in self.tables[name] if not one.generated]
        for _ in range(self.pick((0, 1, 3, 8, 8, 20))):
            chosen = [one for one in known if self.chance(0.93) and not (one.rowid and self.chance(0.5))]
            values = tuple((one.name, self.literal(one)) for one in chosen)
            if values:
                self.add(Row(name, values))

    def literal(self, known):
        if self.chance(0.1):
            return "NULL"
        if known.rowid:
            return self.pick(words.INTEGERS)
        usual, odd = words.VALUES[known.family]
        if known.mode == "anything":
            return self.pick(words.ANYTHING)
        return self.pick(odd if known.mode == "some odd" and self.chance(0.15) else usual)

    # ---------------------------------------------------------------------------------------- objects

    def indexes(self, name):
        known = self.tables[name]
        for number in range(self.pick((0, 0, 1, 1, 2))):
            index = self.name([], "i") if self.chance(0.3) else f"i{number}_{len(self.parts)}"
            terms = ", ".join(self.index_term(known) for _ in range(self.pick((1, 1, 2, 3))))
            # One column at least: PostgreSQL leaves out a condition that is always true.
            where = f" WHERE {self.pick(known).name} IS NOT 5 AND {self.expression(known, 1)}" if self.chance(0.15) else ""
            unique = "UNIQUE " if self.chance(0.3) else ""
            self.add(Statement(f"CREATE {unique}INDEX {index} ON {name} ({terms}){where}"))

    def index_term(self, known):
        term = f"({self.expression(known, 1)})" if self.chance(0.15) else self.pick(known).name
        collate = f" COLLATE {self.pick(words.COLLATIONS)}" if self.chance(0.15) else ""
        return term + collate + self.pick(("", "", "", " DESC", " ASC"))

    def alter(self, name):
        """Rows written before have fewer values than the table has columns."""
        known = self.tables[name]
        column, knowledge = self.column(f"added{len(self.parts)}", known, False)
        if self.chance(0.7):
            if self.add(Statement(f"ALTER TABLE {name} ADD COLUMN {column.sql()}")):
                known.append(knowledge)
                self.rows(name)
        elif self.chance(0.5):
            self.add(Statement(f"ALTER TABLE {name} RENAME COLUMN {self.pick(known).name} TO renamed"))
        else:
            self.add(Statement(f"ALTER TABLE {name} DROP COLUMN {self.pick(known).name}"))

    def trigger(self, name):
        when = self.pick(("BEFORE INSERT", "AFTER INSERT", "AFTER UPDATE", "AFTER DELETE"))
        column = self.pick(self.tables[name]).name
        body = self.pick((f"UPDATE {name} SET {column} = {column} + 1", "SELECT 1", f"DELETE FROM {name} WHERE {column} = 77",
                          "SELECT RAISE(ABORT, 'no') WHERE 1 = 2"))  # fmt: skip
        self.add(Statement(f"CREATE TRIGGER g{len(self.parts)} {when} ON {name} BEGIN {body}; END"))

    def view(self):
        name = self.pick(list(self.tables) or ["t0"])
        known = self.tables.get(name, [])
        if not known:
            return
        kind = self.random.random()
        if kind < 0.6:
            terms = [f"{self.expression(known, 1)} AS v{place}" if self.chance(0.4) else self.pick(known).name
                     for place in range(self.pick((1, 2, 3)))]  # fmt: skip
            where = f" WHERE {self.expression(known, 2)}" if self.chance(0.5) else ""
            select = f"SELECT {', '.join(terms)} FROM {name}{where}"
        elif kind < 0.8:
            column = self.pick(known).name
            select = f"SELECT {column}, count(*) AS n FROM {name} GROUP BY {column}"
        elif kind < 0.9:
            select = f"SELECT * FROM {name}"
        else:
            other = self.pick(list(self.tables))
            select = f"SELECT x.*, y.* FROM {name} x LEFT JOIN {other} y ON x.{self.pick(known).name} = 1"
        self.add(Statement(f"CREATE VIEW {self.name(self.tables, 'v')} AS {select}"))

    def afterwards(self):
        name = self.pick(list(self.tables) or ["t0"])
        self.add(Statement(self.pick((
            f"DELETE FROM {name} WHERE rowid % 2", "ANALYZE", "VACUUM", f"DELETE FROM {name}",
            "UPDATE sqlite_sequence SET seq = 9223372036854775800", "UPDATE sqlite_sequence SET seq = 'x'",
            "DELETE FROM sqlite_sequence", "PRAGMA user_version = 7", f"CREATE TABLE copied AS SELECT * FROM {name}",
        ))))  # fmt: skip


def accepts(connection, part):
    """Whether SQLite would take it; nothing is left of it."""
    connection.execute("SAVEPOINT looking")
    taken = execute(connection, part)
    connection.execute("ROLLBACK TO looking")
    connection.execute("RELEASE looking")
    return taken


def ascii_folded(name):
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)


def unquoted(written):
    if written[0] in '"`':
        return written[1:-1].replace(written[0] * 2, written[0])
    return written[1:-1] if written[0] == "[" else written


def make(seed):
    return Maker(seed).make()
