"""Times programs, for the measurements beside it."""

import subprocess
import time


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
