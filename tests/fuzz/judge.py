"""Upgrades a case as a user would who takes every answer that pgrade's own hints give, and judges the outcome.

A finding is whatever breaks the promise: a difference that neither exit status nor report names, a crash, a
word of a sanitizer, a failure that is nothing but the server's, a hang, a source that is not as it was.
"""

import collections
import dataclasses
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import traceback

import mended
import pgrade
import policies
import target as pg
from case import build
from cells import Cannot, convert, show
from compare import compare
from catalog import Target
from forms import parse_type
from source import Source, quote

HANG_SECONDS = 60
ANSWERS = [word for _, answer in pgrade.ANSWERS for word in answer]
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|UndefinedBehavior|runtime error:")
VIEW_COLUMNS = """
    SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
    WHERE attrelid = %s::regclass AND attnum > 0 ORDER BY attnum"""


@dataclasses.dataclass
class Verdict:
    kind: str  # "equal", "stopped", or what is wrong
    text: str = ""
    by: str = ""  # the policy for misfits that changed something

    @property
    def is_finding(self):
        return self.kind not in ("equal", "stopped")


def judge(parts, path, database, way=policies.Way()):
    """Where widening stops for misfits, the way's policy goes on."""
    taken = build(parts, path)
    if not is_readable(path):
        return Verdict("stopped", "a table that SQLite itself cannot read")
    if not (way.policy and way.at_once):
        verdict = judge_upgrade(taken, path, database, way, lambda: upgrade(path, database.url, way.stepwise))
        if not way.policy or verdict.kind != "stopped" or "misfits" not in verdict.text.split():
            return verdict
    return judge_upgrade(
        taken, path, database, way, lambda: policies.upgrade(path, database.url, way, HANG_SECONDS), way.policy
    )


def judge_upgrade(taken, path, database, way, run, policy=""):
    before = digests(path)
    try:
        outcome = run()
    except subprocess.TimeoutExpired:
        return Verdict("hang", f"no end after {HANG_SECONDS} s")
    if digests(path) != before:
        return Verdict("the source was changed")
    verdict = first_of(
        check_exit(outcome),
        lambda: check_stopped(path, outcome, database, taken),
        lambda: check_published(path, database, outcome, way),
    )
    return dataclasses.replace(verdict, by=policy) if outcome.report.get("changes") else verdict


def is_readable(path):
    """A virtual generated column may fail for a row that is there."""
    source = Source(path)
    try:
        for table in source.tables:
            source.connection.execute(f"SELECT * FROM {quote(table.name)}").fetchall()
        return True
    except sqlite3.Error:
        return False
    finally:
        source.close()


def upgrade(path, url, stepwise):
    if stepwise:
        return pgrade.upgrade_with_answers(path, url, timeout=HANG_SECONDS)[0]
    return pgrade.upgrade(path, url, *ANSWERS, timeout=HANG_SECONDS)


def told(outcome):
    """What a person needs of it to see what went wrong."""
    kept = {key: outcome.report.get(key) for key in ("error", "contradictions", "misfits", "not_carried", "notes")}
    return f"exit {outcome.status}\n{json.dumps(kept, ensure_ascii=False)[:4000]}\n{outcome.stderr[-3000:]}"


def digests(path):
    found = {}
    for suffix in ("", "-wal", "-journal"):
        if os.path.exists(f"{path}{suffix}"):
            with open(f"{path}{suffix}", "rb") as stream:
                found[suffix] = hashlib.sha256(stream.read()).hexdigest()
    return found


def first_of(verdict, *others):
    for other in others:
        if verdict is not None:
            break
        verdict = other()
    return verdict or Verdict("equal")


def check_exit(outcome):
    if SANITIZER.search(outcome.stderr):
        return Verdict("sanitizer", told(outcome))
    published = outcome.report.get("published", False)
    if outcome.status < 0 or outcome.status > pgrade.SHORTFALL:
        return Verdict("crash", told(outcome))
    if not outcome.report:
        return Verdict("no document", told(outcome))
    if outcome.status in (pgrade.OK, pgrade.SHORTFALL):
        return None if published else Verdict("not published", told(outcome))
    if outcome.status == pgrade.DECISION and not published:
        return None
    return Verdict(f"exit {outcome.status}", told(outcome))


def check_stopped(path, outcome, database, taken):
    """It may stop for what is named and has no answer; a CHECK that all rows fulfil is no such thing."""
    if outcome.status != pgrade.DECISION:
        return None
    named = [key for key in ("not_carried", "misfits", "contradictions") if pgrade.unanswered(outcome.report, key)]
    # Rows that SQLite holds apart and the planned type does not, or an expression that only SQLite computes.
    error = outcome.report["error"] or {}
    sqlstate = error.get("sqlstate", "")
    if not named and "--rename" in error.get("hint", ""):
        return Verdict("stopped", "names that are equal on PostgreSQL")
    if not named and sqlstate != "23505" and not sqlstate.startswith("22"):
        return Verdict("stopped without a reason", told(outcome))
    left = database.execute("SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'")
    relations = database.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
    if left != [("public",)] or relations:
        return Verdict("something was left on the target", f"{left} {relations}\n{told(outcome)}")
    unchecked = any("ignore_check" in part.sql() for part in taken)
    checks = [one for one in outcome.report["contradictions"] if one["class"] == "check"]
    changed = any(one["outcome"] in ("null", "repaired") for one in outcome.report["changes"])
    if checks and not unchecked and not changed and not all(reads_truth(path, outcome.report, one) for one in checks):
        return Verdict("a CHECK that rows fulfil is contradicted", told(outcome))
    return Verdict("stopped", " ".join(named) or f"rows, with SQLSTATE {sqlstate}")


def reads_truth(path, report, check):
    """Its table keeps texts in a column of truth, which docs/translation.md has as true and SQLite not as 1."""
    table = next(one for one in report["tables"] if one["name"] == check["table"])
    columns = [quote(one["source"]) for one in table["columns"] if one["type"] == "boolean"]
    texts = " OR ".join(f"typeof({column}) = 'text'" for column in columns)
    source = Source(path)
    try:
        return bool(columns) and bool(
            source.connection.execute(f"SELECT 1 FROM {quote(table['source'])} WHERE {texts} LIMIT 1").fetchone()
        )
    finally:
        source.close()


def check_published(path, database, outcome, way):
    problems, unseen, unproven = [], (), set()
    try:
        if mended.was_changed(outcome.report):
            path, original = f"{path}.mended", path
            csv = policies.csv_of(original)
            problems, unseen = mended.mend(original, database.url, outcome.report, path, csv, way.encoding)
            unproven = {one["view"] for one in outcome.report["view_proof"] if one["proof"] == "not compared"}
        result = compare(path, database.url, outcome.report, probe=True, without=unseen)
        problems += [one for one in result.problems if not is_told(one, outcome.report)]
        problems += compare_views(path, database.url, unproven)
    except sqlite3.IntegrityError as why:
        return Verdict("stopped", f"a change that SQLite itself refuses: {str(why).partition(':')[0]}")
    except Exception:  # whatever it is, the seed has to be printed with it
        return Verdict("the judge failed", traceback.format_exc())
    if problems:
        return Verdict("difference", "\n".join(problems) + f"\n{told(outcome)}")
    for shortfall in ("not_carried", "changes"):
        if outcome.status == pgrade.OK and outcome.report[shortfall]:
            return Verdict(f"exit 0 with {shortfall}", told(outcome))
    return None


def is_told(problem, report):
    """A new row may be refused where the report says what a row is given, or what becomes of it, no longer."""
    table, _, what = problem.partition(": ")
    # What a trigger changes moves the numbers on, and is named where it is not carried.
    if what.startswith("the next number is"):
        return any(one["class"] == "trigger" and one["table"] == table for one in report["not_carried"])
    if not what.startswith("a new row is refused"):
        return False
    if "index row size" in what:  # the limit of docs/values.md, which a key that was carried may be just below
        return True
    defaults = any(one["class"] == "default" and one["table"] == table for one in report["not_carried"])
    conflicts = any(one["about"] == table and "ON CONFLICT" in one["text"] for one in report["notes"])
    # SQLite leaves a row out, or replaces its NULL, where the clause says so.
    refused = "duplicate key" in what or "violates not-null" in what
    # The numbers go on past those of rows that were set aside, and a number may be what a foreign key is about.
    aside = any(one["table"] == table and one["outcome"] == "quarantined" for one in report["changes"])
    return defaults or conflicts and refused or aside and "violates foreign key" in what


# ------------------------------------------------------------------------------------------------- views


def compare_views(path, url, unproven):
    """The rows of each view that is there, read on both sides; the program itself compares none of a table that a
    policy changed, says so, and may find less then."""
    source, target = Source(path), Target(url)
    try:
        return [
            f"view {name}: {problem}"
            for name in source.views
            if name not in unproven
            for problem in compare_view(source, target, name)
            if any(name.lower() == there.lower() for there in target.views)
        ]
    finally:
        source.close()
        target.close()


def compare_view(source, target, name):
    there = next((view for view in target.views if view.lower() == name.lower()), None)
    if there is None:
        return []
    relation = f"{quote(target.schema)}.{quote(there)}"
    columns = target.query(VIEW_COLUMNS, relation)
    kinds = [parse_type(formatted) for _, formatted in columns]
    wanted = ", ".join(pg.select_expression(kind, quote(column)) for kind, (column, _) in zip(kinds, columns))
    theirs = [
        tuple(pg.read(kind, cell) for kind, cell in zip(kinds, row))
        for row in target.query(f"SELECT {wanted} FROM {relation}")
    ]
    ours = [
        tuple(convert(cell, kind, None, "") for cell, kind in zip(row, kinds))
        for row in source.connection.execute(f"SELECT * FROM {quote(name)}")
    ]
    # A misfit has been widened or left out, and what a view shows of it is not decided here.
    if any(isinstance(cell, Cannot) for row in ours for cell in row):
        return []
    if collections.Counter(ours) != collections.Counter(theirs):
        return [f"{show(ours)} became {show(theirs)}"]
    return []
