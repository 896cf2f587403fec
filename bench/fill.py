#!/usr/bin/python3
"""Times filling tables that are there against making them, in turn, on one private server.

    fill.py FILE... [--runs N] [--program FILE]

For the fill the tables are made beforehand from what `pgrade plan --sql` prints, with all keys and indexes.  Printed, for each
file, as a Markdown row: the medians in seconds, and the ratio of each pair of runs.
"""

import os
import statistics
import subprocess
import time

from timing import parser_of, private_server


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
    arguments = parser_of(__doc__).parse_args()
    print("| file | fresh s | fill s | fill / fresh, run by run |\n| --- | ---: | ---: | --- |", flush=True)
    with private_server() as server:
        for path in arguments.files:
            pairs = measure(arguments.program, os.path.abspath(path), server, arguments.runs)
            cells = [statistics.median(pair[i] for pair in pairs) for i in (0, 1)]
            ratios = " ".join(f"{fill / fresh:.2f}" for fresh, fill in pairs)
            print(f"| {os.path.basename(path)} | {cells[0]:.2f} | {cells[1]:.2f} | {ratios} |", flush=True)


main()
