"""Runs pgrade so that the Nth call of a kind fails: tests/fault/shim.c says which kinds there are."""

import os
import subprocess

import pgrade

HERE = os.path.dirname(os.path.abspath(__file__))
RELEASE = os.path.join(pgrade.PROJECT, "build", "release", "src", "cli", "pgrade")


def build_shim(folder, memory):
    path = os.path.join(folder, f"shim-{memory}.so")
    include = subprocess.run(["pg_config", "--includedir"], capture_output=True, text=True, check=False).stdout.strip()
    command = ["gcc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", path, os.path.join(HERE, "shim.c")]
    command += ["-DFAULTS_OF_MEMORY"] if memory else []
    subprocess.run([*command, f"-I{include or '/usr/include/postgresql'}", "-ldl"], check=True)
    return path


class Faulty:
    """Memory is the sanitizers' own, so where it is to fail the release build runs; else the one under test.
    Files without a folder go to `work`, which its user clears: one of an earlier run stops the next."""

    def __init__(self, shims, kind, work, **settings):
        memory = kind.startswith("malloc")
        assert not memory or os.access(RELEASE, os.X_OK), f"there is no {RELEASE}: build it (-Dbuildtype=release)"
        self.work = str(work)
        self.count_path = os.path.join(os.path.dirname(self.work), "count")
        self.environment = {f"FAULT_{name.upper()}": str(value) for name, value in settings.items()}
        self.environment |= {"FAULT_KIND": kind, "FAULT_COUNT": self.count_path, "LD_PRELOAD": shims[memory]}
        if memory:
            self.environment["PGRADE"] = RELEASE
        self.environment["ASAN_OPTIONS"] = "detect_leaks=1:verify_asan_link_order=0:log_exe_name=1"

    def run(self, number, *arguments):
        environment = dict(self.environment, FAULT_NUMBER=str(number))
        program = environment.pop("PGRADE", pgrade.program())
        done = subprocess.run(
            [program, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=240,  # each side may wait for the other for two minutes
            cwd=self.work,
            env=pgrade.clean_environment(environment),
            check=False,
        )
        return pgrade.Outcome(done.returncode, done.stdout, done.stderr)

    def count(self, *arguments):
        """How many such calls a run makes that nothing happens to."""
        outcome = self.run(0, *arguments)
        assert outcome.status in (pgrade.OK, pgrade.SHORTFALL), outcome
        with open(self.count_path, encoding="ascii") as stream:
            return int(stream.read())


def numbers(count, long, few):
    """All of them, or some: the first and last ones, and others between at equal distances."""
    if long or count <= few:
        return range(1, count + 1)
    step = count / few
    return sorted({1, count, *(int(1 + i * step) for i in range(few))})
