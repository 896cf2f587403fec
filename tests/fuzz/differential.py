#!/usr/bin/python3
"""Random databases, upgraded and compared by other code: see README.md beside this.

    differential.py [--seeds N] [--from K] [--jobs J] [--keep-going] [--no-minimise] [--sql SEED]

A seed is a database: the same one always.  Each finding is printed as the smallest SQL that still shows it.
Exit: 0 no finding, 1 findings.
"""

import argparse
import collections
import concurrent.futures
import os
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [HERE, *(os.path.join(os.path.dirname(HERE), room) for room in ("lib", "suite"))]

import pgrade  # noqa: E402
from case import text_of  # noqa: E402
from cluster import Cluster  # noqa: E402
from judge import judge  # noqa: E402
from make import make  # noqa: E402
from minimise import minimise  # noqa: E402
from policies import way_of  # noqa: E402

# Nothing of a run is meant to outlive it, so it need not wait for a disk.
MEMORY = "/dev/shm"


def run(seed, parts, cluster):
    """One upgrade in a database of its own, of which nothing is left."""
    with tempfile.TemporaryDirectory(prefix="pgrade-fuzz-") as folder:
        database = cluster.create_database(f"seed_{seed}_{os.getpid()}_{time.monotonic_ns()}")
        try:
            return judge(parts, os.path.join(folder, "case.db"), database, way_of(seed))
        finally:
            database.drop()


def try_seed(seed, cluster, smallest=True):
    """The verdict on a seed, and the SQL that shows it where it is a finding."""
    parts = make(seed)
    verdict = run(seed, parts, cluster)
    if not verdict.is_finding:
        return verdict, ""
    if smallest:
        parts = minimise(parts, lambda fewer: run(seed, fewer, cluster).kind == verdict.kind)
        verdict = run(seed, parts, cluster)
    return verdict, text_of(parts)


def report(seed, verdict, sql):
    return f"seed {seed}: {verdict.kind}\n{sql}-- {verdict.text[:6000]}\n"


def kind_of(verdict):
    if verdict.kind == "stopped":
        return f"stopped for {verdict.text}"
    return f"{verdict.kind} by {verdict.by}" if verdict.by else verdict.kind


def run_all(seeds, cluster, jobs, smallest, keep_going):
    counts = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {}
        waiting = iter(seeds)
        while True:
            while len(running) < jobs and (seed := next(waiting, None)) is not None:
                running[pool.submit(try_seed, seed, cluster, smallest)] = seed
            if not running:
                return counts
            done, _ = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
            for one in done:
                seed = running.pop(one)
                verdict, sql = one.result()
                counts[kind_of(verdict)] += 1
                if verdict.is_finding:
                    print(report(seed, verdict, sql), flush=True)
                    waiting = waiting if keep_going else iter(())


def main():
    parser = argparse.ArgumentParser(description="Upgrades random databases and compares them.")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--from", type=int, default=1, dest="first")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep-going", action="store_true", help="do not stop at the first finding")
    parser.add_argument("--no-minimise", action="store_true")
    parser.add_argument("--sql", type=int, metavar="SEED", help="print what a seed makes, and upgrade nothing")
    arguments = parser.parse_args()
    if arguments.sql is not None:
        print(text_of(make(arguments.sql)), end="")
        return 0
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    started = time.monotonic()
    if "TMPDIR" not in os.environ and os.access(MEMORY, os.W_OK):
        tempfile.tempdir = MEMORY
    with Cluster() as cluster:
        counts = run_all(seeds, cluster, arguments.jobs, not arguments.no_minimise, arguments.keep_going)
    said = ", ".join(f"{number} {kind}" for kind, number in counts.most_common())
    print(f"{pgrade.program()}: seeds {seeds.start} to {seeds.stop - 1}: {said} in {time.monotonic() - started:.0f} s")
    return 0 if all(kind.startswith(("equal", "stopped for")) for kind in counts) else 1


if __name__ == "__main__":
    sys.exit(main())
