"""Small applications of well-known frameworks, each run as a program; see the README beside this."""

import dataclasses
import json
import os
import shutil
import subprocess

import pytest

import pgrade

FOLDER = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"
needs_program = pytest.mark.skipif(
    not pgrade.available(), reason=f"there is no {pgrade.program()}: build it or set PGRADE"
)


@dataclasses.dataclass
class Application:
    """A copy of one of the folders, since frameworks write files beside their code."""

    command: list
    directory: str
    environment: dict

    def run(self, url, *words, **environment):
        return subprocess.run(
            [*self.command, *words],
            cwd=self.directory,
            env=dict(
                pgrade.clean_environment(self.environment),
                DATABASE_URL=url,
                PYTHONDONTWRITEBYTECODE="1",
                **environment,
            ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def say(self, url, *words, **environment):
        """What it prints, as JSON where it is; an error is the test's."""
        done = self.run(url, *words, **environment)
        assert done.returncode == 0, f"{words}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        try:
            return json.loads(done.stdout)
        except ValueError:
            return done.stdout + done.stderr


def needs(command, what):
    there = shutil.which(command[0]) is not None
    if not there or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip(f"{what} is not installed: scripts/setup test")


def read_usual_forms(database):
    """Drivers read dates and intervals in no others, and the tests' server does not write these."""
    database.execute(f"ALTER DATABASE {database.name} SET datestyle TO ISO")
    database.execute(f"ALTER DATABASE {database.name} SET intervalstyle TO postgres")
