"""How much memory a run of pgrade had at most.

The kernel counts for a process what it had before exec() too, which is a copy of whoever made it: so a small
process stands between, and not that of the tests.
"""

import subprocess
import sys

import pgrade

BETWEEN = """
import resource, subprocess, sys
run = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
print(run.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def peak_memory(*arguments):
    """(exit status, bytes)"""
    run = subprocess.run([sys.executable, "-c", BETWEEN, pgrade.program(), *map(str, arguments)], check=True,
                         stdout=subprocess.PIPE, env=pgrade.clean_environment({}))
    status, kilobytes = map(int, run.stdout.split())
    return status, kilobytes * 1024
