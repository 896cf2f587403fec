#!/usr/bin/python3
"""Times pgrade, verification included, against pgloader on the same files, in turn, on one private server.

    speed.py FILE... [--runs N] [--program FILE] [--without pgloader]

The server has PostgreSQL's default settings, fsync on, and is reached over its Unix socket.  Each run writes into a fresh database.  Printed, for
each file, as a Markdown row: the medians in seconds, the median of the ratios run by run, and the peak memory of the
process.  Quote ratios: seconds differ from machine to machine and from minute to minute.
"""

import os
import statistics
import tempfile

from timing import parser_of, private_server, timed

# What served best of what was tried: large batches for short rows; smaller ones where long rows exhaust its heap.
PGLOADER = """LOAD DATABASE FROM sqlite://{path} INTO {url}
 WITH workers = 2, concurrency = 1, batch rows = {batch}, prefetch rows = {prefetch}, batch size = {size}, quote identifiers
 SET maintenance_work_mem to '512MB', work_mem to '64MB';
"""
PGLOADER_OPTIONS = (
    {"batch": 25000, "prefetch": 25000, "size": "20MB"},
    {"batch": 5000, "prefetch": 1000, "size": "10MB"},
)


def run_pgrade(program, path, database, _):
    return timed([program, "upgrade", path, database.socket_url, "--accept", "all", "--quiet"])


def run_pgloader(_, path, database, directory):
    """The first of its settings that gets through; only that run is timed."""
    cluster = database.cluster
    url = f"postgresql://{cluster.user}@unix:{cluster.directory}:{cluster.port}/{database.name}"
    script = os.path.join(directory, "script.load")
    for number, options in enumerate(PGLOADER_OPTIONS):
        with open(script, "w", encoding="utf-8") as stream:
            stream.write(PGLOADER.format(path=path, url=url, **options))
        result = timed(["pgloader", "--root-dir", directory, script])
        if result[1] == 0 or number + 1 == len(PGLOADER_OPTIONS):
            return result
    raise AssertionError


def measure(arguments, path, server):
    tools = {"pgrade": run_pgrade, "pgloader": run_pgloader}
    if arguments.without:
        tools.pop(arguments.without)
    results = {name: [] for name in tools}
    for _ in range(arguments.runs + 1):
        for name, run in tools.items():
            database = server.create_database()
            database.execute("CHECKPOINT")
            with tempfile.TemporaryDirectory() as directory:
                results[name].append(run(arguments.program, path, database, directory))
            database.drop()
    return {name: runs[1:] for name, runs in results.items()}  # the first warms caches


def show(path, results):
    ours = results["pgrade"]
    cells = [os.path.basename(path), f"{statistics.median(run[0] for run in ours):.2f}"]
    if "pgloader" in results:
        theirs = results["pgloader"]
        ratios = [their[0] / our[0] for our, their in zip(ours, theirs)]
        cells += [f"{statistics.median(run[0] for run in theirs):.2f}", f"{statistics.median(ratios):.1f}",
                  " ".join(f"{ratio:.1f}" for ratio in ratios), f"{max(run[2] for run in theirs):.0f}"]
    cells += [f"{max(run[2] for run in ours):.0f}", " ".join(str(run[1]) for run in ours)]
    print("| " + " | ".join(cells) + " |", flush=True)


def main():
    parser = parser_of(__doc__)
    parser.add_argument("--without", choices=["pgloader"])
    arguments = parser.parse_args()
    head = ["file", "pgrade s"]
    if not arguments.without:
        head += ["pgloader s", "times", "each run", "pgloader MB"]
    head += ["pgrade MB", "exit"]
    print("| " + " | ".join(head) + " |\n|" + " --- |" * len(head), flush=True)
    with private_server() as server:
        for path in arguments.files:
            show(path, measure(arguments, os.path.abspath(path), server))


main()
