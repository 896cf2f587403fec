#!/usr/bin/python3
"""Times filling tables that are there against making them, in turn, on one private server.

    fill.py FILE... [--runs N] [--program FILE]

For the fill the tables are made beforehand from what `pgrade plan --sql` prints, with all keys and indexes.  Printed, for each
file, as a Markdown row: the medians in seconds, and the ratio of each pair of runs.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(PROJECT, "tests", "lib")]

import cluster as clusters  # noqa: E402  (found through the path set above)


def upgrade(program, path, database, mode):
    begun = time.monotonic()
    subprocess.run([program, "upgrade", path, database.socket_url, "--mode", mode, "--accept", "all", "--quiet"],
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.monotonic() - begun


def measure(program, path, server, runs):
    schema = subprocess.run([program, "plan", path, "--sql"], capture_output=True, text=True, check=True).stdout
    pairs = []
    for _ in range(runs + 1):
        seconds = []
        for mode in ("fresh", "fill"):
            database = server.create_database()
            if mode == "fill":
                database.execute(schema)
            database.execute("CHECKPOINT")
            seconds.append(upgrade(program, path, database, mode))
            database.drop()
        pairs.append(seconds)
    return pairs[1:]  # the first warms caches


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--program", default=os.path.join(PROJECT, "build", "release", "src", "cli", "pgrade"))
    arguments = parser.parse_args()
    clusters.FAST_SETTINGS = {"max_connections": "60"}  # PostgreSQL's own: this is no test
    print("| file | fresh s | fill s | fill / fresh, run by run |\n| --- | ---: | ---: | --- |", flush=True)
    with clusters.Cluster(hostile=False) as server:
        for path in arguments.files:
            pairs = measure(arguments.program, os.path.abspath(path), server, arguments.runs)
            cells = [statistics.median(pair[i] for pair in pairs) for i in (0, 1)]
            ratios = " ".join(f"{fill / fresh:.2f}" for fresh, fill in pairs)
            print(f"| {os.path.basename(path)} | {cells[0]:.2f} | {cells[1]:.2f} | {ratios} |", flush=True)


main()
