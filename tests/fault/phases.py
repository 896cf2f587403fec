"""The phases of a run, told by the statements on the wire: a phase begins with the first statement that has one
of its texts, and lasts until the next begins on the same connection."""

# In the order in which they come.  What is sent before the first is "looking".
FRESH = {
    "making tables": ("CREATE SCHEMA",),
    "loading": ("FROM STDIN",),
    "reading back": ("TO STDOUT",),
    "indexes": ("max_parallel_maintenance_workers", "CREATE INDEX", "CREATE UNIQUE INDEX"),
    "keys": ("USING INDEX",),
    "constraints": ("FOREIGN KEY", "VALIDATE CONSTRAINT", "CHECK (", "setval("),
    "catalog": ("SET jit = off",),
    "publishing": ("pg_walfile_name", "SET SCHEMA"),
    "commit": ("txid_current()",),
    "after": ("pg_advisory_unlock_all",),
}
FILL = {
    "locking": ("pg_walfile_name", "BEGIN", "LOCK TABLE"),
    "keys away": ("DROP INDEX", "DROP CONSTRAINT"),
    "emptying": ("TRUNCATE", "DELETE FROM ONLY"),
    "loading": ("FROM STDIN",),
    "reading back": ("TO STDOUT",),
    "keys back": ("SET CONSTRAINTS ALL IMMEDIATE", "ADD CONSTRAINT"),
    "sequences": ("SELECT n.now", "RESTART WITH"),
    "comparing": ("WITH made AS",),
    "commit": ("txid_current()",),
    "after": ("ANALYZE", "pg_advisory_unlock_all"),
}
# Its statement stands in another phase too: it is this one only behind these.
BEHIND = {"comparing": ("keys back", "sequences")}
CONNECTING, LOOKING = "connecting", "looking"


def phases(messages, table):
    """The phase of each message, in their order."""
    now, found = {}, []
    for message in messages:
        before = now.get(message.connection, CONNECTING)
        if message.text is not None:
            now[message.connection] = phase_of(message.text, before, table)
        found.append(now.get(message.connection, CONNECTING))
        if message.kind == b"X" and message.side == "client":  # a worker that waited for the end
            found[-1] = max(now.values(), key=[CONNECTING, LOOKING, *table].index)
    return found


def phase_of(text, before, table):
    """Never back to one that is over."""
    names = [CONNECTING, LOOKING, *table]
    later = names[max(names.index(before), 1) :]
    return next(
        (
            name
            for name in later
            if any(part in text for part in table.get(name, ())) and before in BEHIND.get(name, (before,))
        ),
        later[0],
    )


def sample(messages, table, each=3):
    """Of each phase so many messages, from the first to the last at even distances, or the middle one; by number."""
    by_phase = {}
    for message, phase in zip(messages, phases(messages, table)):
        by_phase.setdefault(phase, []).append(message.number)
    assert set(by_phase) == {CONNECTING, LOOKING, *table}, f"a phase did not occur: {sorted(by_phase)}"
    return sorted({
        numbers[(2 * i + (each == 1)) * (len(numbers) - 1) // max(2 * each - 2, 2)]
        for numbers in by_phase.values()
        for i in range(each)
    })  # fmt: skip
