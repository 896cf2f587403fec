"""Makes a failing case smaller while it still fails in the same way."""

from case import Row, Table


def minimise(parts, fails, tries=250):
    """`fails` judges a list of parts; it is asked so often at most."""
    budget = Budget(fails, tries)
    size = None
    while size != weight(parts):
        size = weight(parts)
        parts = fewer_parts(parts, budget)
        parts = smaller_tables(parts, budget)
        parts = smaller_rows(parts, budget)
    return parts


class Budget:
    def __init__(self, fails, tries):
        self.fails = fails
        self.left = tries

    def __call__(self, parts):
        self.left -= 1
        return self.left >= 0 and self.fails(parts)


def weight(parts):
    return sum(len(part.sql()) for part in parts)


def fewer_parts(parts, fails):
    """Leaves out ever smaller runs of parts."""
    length = max(1, len(parts) // 2)
    while True:
        start = 0
        while start < len(parts) and fails.left > 0:
            shorter = parts[:start] + parts[start + length :]
            if shorter and fails(shorter):
                parts = shorter
            else:
                start += length
        if length == 1:
            return parts
        length = max(1, length // 2)


def smaller_tables(parts, fails):
    place = 0
    while place < len(parts):
        other = next(filter(fails, smaller(parts, place)), None) if isinstance(parts[place], Table) else None
        if other is None:
            place += 1
        else:
            parts = other
    return parts


def smaller(parts, place):
    table = parts[place]
    for simpler, gone in table.simpler():
        rest = [
            part.without(gone) if gone and isinstance(part, Row) and part.table == table.name else part
            for part in parts
        ]
        rest[place] = simpler
        yield rest


def smaller_rows(parts, fails):
    for place, part in enumerate(parts):
        if not isinstance(part, Row):
            continue
        for column, _ in part.values:
            shorter = parts[place].without(column)
            other = parts[:place] + [shorter] + parts[place + 1 :]
            if shorter.values and fails(other):
                parts = other
    return parts
