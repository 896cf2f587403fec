"""Keys, indexes, constraints, defaults and views: what is there, and whether what is not is named."""

import collections
import re

# What a report may call the thing that is missing.
WORDS = {
    "table": ("table", "virtual table"),
    "column": ("column", "generated column", "generated", "table"),
    "generated column": ("generated column", "generated"),
    "primary key": ("primary key",),
    "unique constraint": ("unique constraint", "unique", "index"),
    "index": ("index", "unique", "unique constraint"),
    "foreign key": ("foreign key",),
    "check": ("check", "check constraint"),
    "default": ("default",),
    "view": ("view",),
    "trigger": ("trigger",),
}
# CHECKs that only spell on SQLite what a type of PostgreSQL says by itself.
SPELLS_TYPE = re.compile(r"IN \( 0 , 1 \)|IN \( 1 , 0 \)|JSON_VALID \(|TYPEOF \(", re.IGNORECASE)
TEXTS = ("text", "character varying", "character")
DEFAULTS_OF_NOTHING = ("NULL", "(NULL)")


class Report:
    """What a program says of its work: each entry of `not_carried` excuses one missing object.

    `report` is what --json prints.  A foreign key that rows contradict is not validated, which counts as
    missing.  `notes` are what arrives otherwise: under another name, say.
    """

    def __init__(self, report):
        contradicted = [
            dict(entry, reason="rows contradict it") for entry in report.get("contradictions", [])
        ]
        self.contradicted = contradicted
        self.left = [entry for entry in report.get("not_carried", []) + contradicted if entry.get("reason")]
        self.used = []
        self.notes = collections.defaultdict(str)
        for entry in report.get("notes", []):
            self.notes[entry.get("about")] += entry.get("text") + "\n"

    def notes_of(self, about, text):
        """Whether it is said of `about` that `text`."""
        return text.lower() in (self.notes.get(about) or "").lower()

    def excuses(self, kind, table, *names):
        """`names` are any of: the object's own name, its columns'.  Without a match by name one of its table
        will do."""
        fitting = [
            entry
            for entry in self.left
            if str(entry.get("class", "")).lower() in WORDS[kind] and same(entry.get("table"), table)
        ]
        named = [entry for entry in fitting if any(same(entry.get("name"), name) for name in names if name)]
        for entry in (named or fitting)[:1]:
            self.left.remove(entry)
            self.used.append(entry)
            return True
        return False


def same(one, other):
    return (one or "").lower() == (other or "").lower()


class Objects:
    """Compares all objects; `problems` are the differences, `excused` counts what the report names."""

    def __init__(self, source, target, pairs, columns, report):
        self.source = source
        self.target = target
        self.pairs = pairs  # source table -> target table
        self.columns = columns  # source table -> {source column: target column}
        self.report = report
        names = {there: here for here, there in pairs.items()}
        for entry in report.contradicted:  # which are told by the names on the target
            entry["table"] = names.get(entry.get("table"), entry.get("table"))
        self.problems = []
        self.compared = collections.Counter()

    def compare(self):
        for table in self.source.tables:
            there = self.target.table(self.pairs.get(table.name))
            if there is None:
                self._missing_table(table)
                continue
            for step in (self._columns, self._primary_key, self._indexes, self._foreign_keys, self._checks):
                step(table, there)
        for name in self.source.views:
            there = any(
                same(name, view) or self.report.notes_of(name, f"is named {view}") for view in self.target.views
            )
            self._require(there, "view", None, name)
        for name, table, event in self.source.triggers:
            self._require(self._has_trigger(name, table, event), "trigger", table, name)

    def _has_trigger(self, name, table, event):
        """Of that name, or of one that the report tells."""
        return any(
            self.pairs.get(table) == there_table
            and there_event == event
            and (same(name, other) or self.report.notes_of(name, f"is named {other}"))
            for other, there_table, there_event in self.target.triggers
        )

    def _require(self, there, kind, table, *names, what=None):
        """`names` begins with what the message calls the object."""
        self.compared[kind] += 1
        if not there and not (
            self.report.excuses(kind, table, *names)
            or (table is None and self.report.excuses(kind, names[0], *names))
        ):
            place = f" of {table}" if table else ""
            self.problems.append(f"{kind} {what or names[0]}{place} is missing and not named in the report")

    def _missing_table(self, table):
        """A virtual table's storage goes with it."""
        if table.kind != "shadow":
            kind = "table"
            excused = self.report.excuses(kind, table.name) or self.report.excuses(kind, None, table.name)
            if not excused:
                self.problems.append(f"table {table.name} is missing and not named in the report")

    def _columns(self, table, there):
        for column in table.columns:
            name = self.columns[table.name].get(column.name)
            if name is None:
                self._require(False, "column", table.name, column.name)
                continue
            other = there.column(name)
            self._nullability(table, column, other)
            if column.generated:
                self._require(other.generated, "generated column", table.name, column.name)
            elif column.default is not None and column.default.upper() not in DEFAULTS_OF_NOTHING:
                self._require(other.default or other.identity, "default", table.name, column.name)

    def _nullability(self, table, column, other):
        # SQLite itself lets NULL into a key that is neither the rowid nor of a table without one.
        keyed = column.key_position > 0
        computed = other.generated or not column.generated
        if column.not_null and not other.not_null and computed:
            self.problems.append(f"NOT NULL of {table.name}.{column.name} is lost")
        elif other.not_null and not (column.not_null or keyed):
            self.problems.append(f"{table.name}.{column.name} became NOT NULL")

    def _map(self, table, columns):
        return tuple(self.columns[table].get(name) for name in columns)

    def _primary_key(self, table, there):
        if table.key:
            key = self._map(table.name, table.key)
            # With NULLs in it, which SQLite allows, no primary key is possible.
            unique = any(index.unique and index.columns == key for index in there.indexes)
            self._require(
                tuple(there.key) == key or unique and self.report.notes_of(table.name, "NULLs"),
                "primary key",
                table.name,
                *table.key,
                what=f"({', '.join(table.key)})",
            )

    def _indexes(self, table, there):
        for index in table.indexes:
            if index.origin == "pk":
                continue
            kind = "index" if index.origin == "c" else "unique constraint"
            named = index.name if index.origin == "c" else "(" + ", ".join(map(str, index.columns)) + ")"
            found = [
                other.name
                for other in there.indexes
                if self._same_index(table, index, other) and not self._is_of_another(table, index, other)
            ]
            self._require(found, kind, table.name, index.name, *index.columns, what=named)
            renamed = found and index.origin == "c" and not any(same(index.name, name) for name in found)
            if renamed and not any(self.report.notes_of(index.name, f"is named {name}") for name in found):
                self.problems.append(f"index {index.name} of {table.name} is named {' or '.join(found)}")

    def _is_of_another(self, table, index, other):
        """By its name it is what another index of the source became."""
        if index.origin != "c" or self.report.notes_of(index.name, f"is named {other.name}"):
            return False
        by_name = [each for each in table.indexes if each.origin == "c" and same(each.name, other.name)]
        return by_name not in ([], [index])

    def _same_index(self, table, index, other):
        if not other.valid or index.partial != other.partial or index.unique and not other.unique:
            return False
        if len(index.columns) != len(other.columns):
            return False
        # What an expression became is not judged: then the name has to tell.
        if None in index.columns and not (
            same(index.name, other.name) or self.report.notes_of(index.name, f"is named {other.name}")
        ):
            return False
        if index.origin == "c" and index.descending != other.descending[: len(index.descending)]:
            return False
        parts = zip(index.columns, index.collations, other.columns, other.expressions)
        return all(self._same_part(table, index.unique, *part) for part in parts)

    def _same_part(self, table, unique, column, collation, other_column, expression):
        """What is unique without regard to case on SQLite has to be so by an expression, or by its type."""
        if column is None:
            return True
        name = self.columns[table.name].get(column)
        if other_column is None:
            return collation != "BINARY" and name is not None and name.replace('"', '""') in expression
        there = self.target.table(self.pairs[table.name])
        folds = collation != "BINARY" and unique and there.column(other_column).type.name in TEXTS
        return name == other_column and not folds

    def _foreign_keys(self, table, there):
        left = list(there.foreign_keys)
        for key in table.foreign_keys:
            found = next((other for other in left if self._same_foreign_key(table, key, other)), None)
            if found:
                left.remove(found)
            named = f"({', '.join(key.columns)}) to {key.parent}"
            self._require(
                found and found.validated, "foreign key", table.name, *key.columns, key.parent, what=named
            )
        for other in left:
            self.problems.append(f"foreign key {other.name} of {table.name} has no equal in the source")

    def _same_foreign_key(self, table, key, other):
        parent = self.source.table(key.parent)
        if parent is None or parent.name not in self.columns:
            return False
        wanted = list(
            zip(self._map(table.name, key.columns), self._map(parent.name, self._parent_columns(parent, key)))
        )
        return (
            sorted(map(str, wanted)) == sorted(map(str, zip(other.columns, other.parent_columns)))
            and other.parent == self.pairs[parent.name]
            and (key.on_update, key.on_delete, key.deferrable)
            == (other.on_update, other.on_delete, other.deferrable)
        )

    @staticmethod
    def _parent_columns(parent, key):
        names = {column.name.lower(): column.name for column in parent.columns}
        return [names.get(name.lower()) for name in key.parent_columns] or parent.key

    def _checks(self, table, there):
        """Expressions are not compared, only whether there are as many."""
        wanted = [" ".join(words) for words in table.checks]
        enums = sum(column.type.name == "enum" for column in there.columns)
        needed = len(wanted) - sum(bool(SPELLS_TYPE.search(check)) for check in wanted) - enums
        self.compared["check"] += len(wanted)
        for _ in range(max(0, needed - len(there.checks))):
            self._require(False, "check", table.name, "", what="constraint")
