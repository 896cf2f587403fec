#!/usr/bin/python3
"""Times what verification costs: an upgrade with it and one without, in turn, on one private server.

    verify.py FILE... [--runs N] [--program FILE]

Each run writes into a fresh database.  Behind each pair `pgrade verify` compares the database with the file
once more, by itself.  Printed, for each file, as a Markdown row: the medians in seconds, the median of the
share that verification adds, pair by pair, and the share of the comparison by itself.
"""

import os
import statistics

from timing import parser_of, private_server, timed


def upgrade(program, path, server, *options, then_verify=False):
    """Seconds; with `then_verify` those of the comparison too."""
    database = server.create_database()
    database.execute("CHECKPOINT")
    seconds = [timed([program, "upgrade", path, database.socket_url, "--accept", "all", "--quiet", *options])]
    if then_verify:
        seconds.append(timed([program, "verify", path, database.socket_url, "--quiet"]))
    database.drop()
    assert all(status in (0, 6) for _, status, _ in seconds), seconds
    return [one[0] for one in seconds]


def measure(program, path, server, runs):
    """(with, without, by itself) of each run, the first of which warms caches."""
    results = []
    for _ in range(runs + 1):
        ((without,), (proven, alone)) = (upgrade(program, path, server, "--no-verify"),
                                         upgrade(program, path, server, then_verify=True))
        results.append((proven, without, alone))
    return results[1:]


def show(path, results):
    shares = [100 * (proven - without) / without for proven, without, _ in results]
    alone = [100 * one / without for _, without, one in results]
    cells = [os.path.basename(path), *(f"{statistics.median(column):.2f}" for column in zip(*results)),
             f"{statistics.median(shares):.0f} %", " ".join(f"{share:.0f}" for share in shares),
             f"{statistics.median(alone):.0f} %"]
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    arguments = parser_of(__doc__).parse_args()
    head = ["file", "upgrade s", "without verification s", "verify by itself s", "verification adds", "each run %",
            "verify by itself"]
    print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head), flush=True)
    with private_server() as server:
        for path in arguments.files:
            show(path, measure(arguments.program, os.path.abspath(path), server, arguments.runs))


main()
