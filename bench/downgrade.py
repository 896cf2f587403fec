#!/usr/bin/python3
"""Times the way back against the way there, in turn, on one private server.

    downgrade.py FILE... [--runs N] [--program FILE]

Each file is upgraded, brought back with --like, where every row is the same, and without it, where every row is written.
Printed, for each file, as a Markdown row: the medians in seconds, and the ratios of each run.
"""

import os
import statistics
import sys
import tempfile

from timing import parser_of, private_server, timed


def seconds_of(command, allowed=(0, 6)):
    seconds, status, _ = timed(command)
    if status not in allowed:
        sys.exit(f"exit status {status}: {' '.join(command)}")
    return seconds


def measure(program, path, server, runs):
    found = []
    for _ in range(runs):
        database = server.create_database()
        with tempfile.TemporaryDirectory(prefix="pgrade-bench-", dir=os.path.dirname(path)) as folder:
            down = [program, "downgrade", database.socket_url, os.path.join(folder, "app.db"), "--quiet", "--replace"]
            found.append([
                seconds_of([program, "upgrade", path, database.socket_url, "--accept", "all", "--quiet"]),
                seconds_of(down + ["--like", path]),
                seconds_of(down + ["--accept", "all"]),
            ])
        database.drop()
    return found


def main():
    arguments = parser_of(__doc__).parse_args()
    print("| file | upgrade s | like s | alone s | like / upgrade | alone / upgrade |")
    print("| --- | ---: | ---: | ---: | --- | --- |", flush=True)
    with private_server() as server:
        for path in arguments.files:
            runs = measure(arguments.program, os.path.abspath(path), server, arguments.runs)
            cells = " | ".join(f"{statistics.median(run[i] for run in runs):.2f}" for i in range(3))
            ratios = " | ".join(" ".join(f"{run[i] / run[0]:.2f}" for run in runs) for i in (1, 2))
            print(f"| {os.path.basename(path)} | {cells} | {ratios} |", flush=True)


if __name__ == "__main__":
    main()
