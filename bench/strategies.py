#!/usr/bin/python3
"""Times ways to load rows into tables that are there, with their keys and indexes, each in one transaction.

    strategies.py FILE... [--runs N] [--program FILE]

Only what the server does: the rows wait in files of binary COPY, which pgrade's own load of FILE has made.  The ways are run in turn,
each into a fresh copy of the empty tables; printed, for each file, as Markdown rows: the median in seconds, and the ratio to the first
way, run by run.
"""

import os
import statistics
import subprocess
import tempfile
import time

from timing import parser_of, private_server

# Way, which constraints and indexes are made anew behind the rows, whether rows come frozen after TRUNCATE.
WAYS = [
    ("foreign keys and plain indexes made anew, frozen", {"f", "index"}, True),
    ("the same, rows not frozen", {"f", "index"}, False),
    ("foreign keys made anew, indexes stay", {"f"}, True),
    ("nothing is taken away, parents first", set(), True),
    ("foreign keys, plain indexes, uniques and primary keys made anew (what pgrade does)", {"f", "index", "u", "p"}, True),
]

CONSTRAINTS = """
SELECT contype, format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
       format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(c.oid))
FROM pg_constraint c WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'u', 'p')
ORDER BY contype <> 'f', contype = 'p', oid"""
INDEXES = """
SELECT 'index', format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index i JOIN pg_class t ON t.oid = indrelid WHERE t.relnamespace = 'public'::regnamespace AND NOT indisunique"""
PARENTS_FIRST = """
WITH RECURSIVE depth AS (
  SELECT oid, 0 AS level FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
  UNION SELECT k.conrelid, level + 1 FROM depth JOIN pg_constraint k ON k.confrelid = depth.oid
   WHERE k.contype = 'f' AND k.conrelid <> k.confrelid AND level < 50)
SELECT oid::regclass::text FROM depth GROUP BY oid ORDER BY max(level), oid"""


def rows_into_files(connection, folder):
    """The tables, parents first, each with the file that holds its rows and its columns."""
    tables = []
    with connection.cursor() as cursor:
        cursor.execute(PARENTS_FIRST)
        for place, (name,) in enumerate(cursor.fetchall()):
            path = os.path.join(folder, str(place))
            with open(path, "wb") as file:
                cursor.copy_expert(f"COPY {name} TO STDOUT (FORMAT binary)", file)
            tables.append((name, path))
    return tables


def load(connection, tables, parts, remade, frozen):
    begun = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        for kind, drop, _ in parts:
            if kind in remade:
                cursor.execute(drop)
        if frozen:
            cursor.execute("TRUNCATE " + ", ".join(name for name, _ in tables))
        for name, path in tables:
            with open(path, "rb") as file:
                cursor.copy_expert(f"COPY {name} FROM STDIN (FORMAT binary{', FREEZE' if frozen else ''})", file, 1 << 20)
        for kind, _, make in reversed(parts):
            if kind in remade:
                cursor.execute(make)
        cursor.execute("COMMIT")
    return time.monotonic() - begun


def measure(program, path, server, runs):
    schema = subprocess.run([program, "plan", path, "--sql"], capture_output=True, text=True, check=True).stdout
    source = server.create_database()
    subprocess.run([program, "upgrade", path, source.socket_url, "--accept", "all", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    seconds = [[] for _ in WAYS]
    with tempfile.TemporaryDirectory() as folder:
        with source.connect() as connection:
            tables = rows_into_files(connection, folder)
        for run in range(runs + 1):
            for place, (_, remade, frozen) in enumerate(WAYS):
                target = server.create_database()
                target.execute(schema)
                target.execute("CHECKPOINT")
                connection = target.connect()
                connection.autocommit = True
                with connection.cursor() as cursor:
                    cursor.execute(CONSTRAINTS)
                    parts = cursor.fetchall()
                    cursor.execute(INDEXES)
                    # Foreign keys go first and come last: they lean on keys.
                    parts = [part for part in parts if part[0] == "f"] + cursor.fetchall() + [part for part in parts if part[0] != "f"]
                took = load(connection, tables, parts, remade, frozen)
                connection.close()
                target.drop()
                if run > 0:  # the first warms caches
                    seconds[place].append(took)
    source.drop()
    return seconds


def main():
    arguments = parser_of(__doc__).parse_args()
    print("| file | way | seconds | to the first, run by run |\n| --- | --- | ---: | --- |", flush=True)
    with private_server() as server:
        for path in arguments.files:
            seconds = measure(arguments.program, os.path.abspath(path), server, arguments.runs)
            for (name, _, _), times in zip(WAYS, seconds):
                ratios = " ".join(f"{took / first:.2f}" for took, first in zip(times, seconds[0]))
                print(f"| {os.path.basename(path)} | {name} | {statistics.median(times):.2f} | {ratios} |", flush=True)


main()
