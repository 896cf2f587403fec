#!/usr/bin/python3
"""Runs pgrade and other tools over the same SQLite files, and tells what each lost or got wrong.

    run.py FILE... [--tool NAME]... [--timeout SECONDS] [--details FILE] > table.md

Every tool writes into a fresh database of one private cluster, in turn for each file, so that a busy moment
of the machine is shared by all.  What arrived is judged by tests/suite/compare.py, whatever a tool says.
"""

import argparse
import collections
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [os.path.join(PROJECT, "tests", folder) for folder in ("lib", "suite")]

import pgrade  # noqa: E402  (found through the path set above)
from cluster import Cluster  # noqa: E402
from compare import compare  # noqa: E402

# Naming any of the options that are on by default switches others off: so only what is not on is named.
PGLOADER_TUNED = "LOAD DATABASE FROM sqlite://{path} INTO {url} WITH quote identifiers;"

# What a difference is counted as, in the order in which it is said.
KINDS = (
    (r"^row .*missing|: row .*missing", "rows missing or changed"),
    (r" became ", "values changed"),
    (r"there and was not in the source", "rows that were not there"),
    (r"^table .* is missing", "tables missing"),
    (r"^column .* is missing", "columns missing"),
    (r"^primary key", "primary keys missing"),
    (r"^unique constraint", "unique constraints missing"),
    (r"^foreign key .* is missing", "foreign keys missing or other"),
    (r"^check", "CHECKs missing"),
    (r"^NOT NULL", "NOT NULL lost"),
    (r"became NOT NULL", "NOT NULL added"),
    (r"^index .* is missing", "indexes missing or other"),
    (r"^default", "defaults missing"),
    (r"^generated", "generated columns missing"),
    (r"^view", "views missing"),
    (r"^trigger", "triggers missing, not said"),
    (r"is named", "names changed"),
    (r"new row is refused", "tables refuse a new row"),
    (r"the next number", "numbers given twice"),
    (r"has no equal", "objects that were not there"),
)


class Tool:
    def __init__(self, name, command=None):
        self.name = name
        self.command = command  # (path, url, directory) -> argument list

    def run(self, path, url, directory, timeout):
        """The exit status as text, and what the tool says as JSON; only pgrade does."""
        command = self.command(path, url, directory)
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                cwd=directory,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "timeout", {}
        return str(done.returncode), {}


class Pgrade(Tool):
    """Asked once more, with an answer, whenever it wants a decision."""

    def run(self, path, url, directory, timeout):
        try:
            outcome, statuses = pgrade.upgrade_with_answers(path, url, timeout=timeout)
        except subprocess.TimeoutExpired:
            return "timeout", {}
        return ", ".join(map(str, statuses)), outcome.report


def pgloader_tuned(path, url, directory):
    script = os.path.join(directory, "tuned.load")
    with open(script, "w", encoding="utf-8") as stream:
        stream.write(PGLOADER_TUNED.format(path=path, url=url))
    return ["pgloader", script]


TOOLS = (
    Pgrade("pgrade"),
    Tool("pgloader", lambda path, url, _: ["pgloader", path, url]),
    Tool("pgloader, names kept", pgloader_tuned),
    Tool(
        "sequel -C",
        lambda path, url, _: ["sequel", "-C", f"sqlite://{path}", url.replace("postgresql:", "postgres:")],
    ),
)


def installed(tool):
    return pgrade.available() if tool.name == "pgrade" else shutil.which(tool.name.split(",")[0].split()[0])


def measure(tool, path, cluster, timeout):
    """Works on a copy in a folder of its own, since no tool is trusted with the original."""
    with tempfile.TemporaryDirectory() as directory:
        copy = copy_with_wal(path, directory)
        database = cluster.create_database()
        try:
            started = time.monotonic()
            status, report = tool.run(copy, database.url, directory, timeout)
            seconds = time.monotonic() - started
            # The tool may have changed its copy: what counts is the original.
            original = copy_with_wal(path, os.path.join(directory, "original"))
            return status, seconds, judge(original, database.url, report)
        finally:
            database.drop()


def copy_with_wal(path, directory):
    os.makedirs(directory, exist_ok=True)
    copy = os.path.join(directory, os.path.basename(path))
    for suffix in ("", "-wal"):
        if os.path.exists(path + suffix):
            shutil.copyfile(path + suffix, copy + suffix)
    return copy


def judge(path, url, report):
    """What differs, and how many missing objects the tool itself named."""
    if report.get("published") is False:
        return ["nothing published, and the reason given"], 0
    try:
        result = compare(path, url, report, probe=True, limit=sys.maxsize)
        return result.problems, result.not_carried
    except Exception as error:  # whatever a tool made, the other tools still have their turn
        return [f"cannot be compared: {type(error).__name__}: {str(error).splitlines()[0]}"], 0


def summarise(problems, named):
    counts = collections.Counter()
    for problem in problems:
        label = next((label for pattern, label in KINDS if re.search(pattern, problem)), None)
        counts[label or problem] += 1
    order = [label for _, label in KINDS]
    ordered = sorted(counts, key=lambda label: order.index(label) if label in order else len(order))
    parts = [f"{label}: {counts[label]:,}" if label in order else label for label in ordered]
    if named:
        parts.append(f"not carried, and said so: {named}")
    return "; ".join(parts) or "nothing"


def main():
    names = [tool.name for tool in TOOLS]
    parser = argparse.ArgumentParser(description="Compares tools that move SQLite files to PostgreSQL.")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--tool", action="append", choices=names, help="only this one; may be repeated")
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--details", help="a file for every difference, as JSON")
    arguments = parser.parse_args()
    tools = [tool for tool in TOOLS if tool.name in (arguments.tool or names)]
    for tool in list(tools):
        if not installed(tool):
            print(f"{tool.name} is not installed and left out", file=sys.stderr)
            tools.remove(tool)
    details = {}
    print("| file | tool | exit | seconds | lost or wrong |\n| --- | --- | ---: | ---: | --- |")
    with Cluster(hostile=False) as cluster:
        for turn, path in enumerate(arguments.files):
            results = {}
            for place in range(len(tools)):
                tool = tools[(turn + place) % len(tools)]
                results[tool.name] = measure(tool, os.path.abspath(path), cluster, arguments.timeout)
            for tool in tools:
                status, seconds, (problems, named) = results[tool.name]
                name = "/".join(os.path.abspath(path).split("/")[-2:])
                print(
                    f"| {name} | {tool.name} | {status} | {seconds:.2f} | {summarise(problems, named)} |",
                    flush=True,
                )
                details[f"{name} {tool.name}"] = problems
    if arguments.details:
        with open(arguments.details, "w", encoding="utf-8") as stream:
            json.dump(details, stream, indent=1, ensure_ascii=False)


if __name__ == "__main__":
    main()
