"""What the measurements beside it share: their options, their server, and the timing of a program."""

import argparse
import os
import subprocess
import sys
import time

PROJECT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(PROJECT, "tests", "lib"))

import cluster as clusters  # noqa: E402  (found through the path set above)


def parser_of(text):
    """The options that all of them have."""
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--program", default=os.path.join(PROJECT, "build", "release", "src", "cli", "pgrade"))
    return parser


def private_server():
    """With PostgreSQL's own settings: this is no test."""
    clusters.FAST_SETTINGS = {"max_connections": "60"}
    return clusters.Cluster(hostile=False)


def peak_memory(process):
    """In MB, so far: VmHWM begins anew with exec, unlike ru_maxrss, which a child inherits."""
    try:
        with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("VmHWM")), 0) / 1024
    except OSError:
        return 0


def timed(command):
    """(seconds, status, peak memory in MB) of a program whose output goes nowhere."""
    peak = 0
    begun = time.monotonic()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while True:
        peak = max(peak, peak_memory(process))
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
        return time.monotonic() - begun, process.returncode, peak
