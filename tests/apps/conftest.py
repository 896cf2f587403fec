"""Fixtures of the tests that run applications of frameworks."""

import os
import shutil
import subprocess

import pytest

import pgrade
from applications import FOLDER, Application


@pytest.fixture
def application(tmp_path):
    def make(name, command, **environment):
        directory = tmp_path / name
        ignored = shutil.ignore_patterns("__pycache__", "node_modules")
        shutil.copytree(os.path.join(FOLDER, name), directory, ignore=ignored)
        return Application([part.format(directory) for part in command], str(directory), environment)

    return make


@pytest.fixture(scope="session")
def node_path():
    done = subprocess.run(
        [os.path.join(pgrade.PROJECT, "scripts", "apps-npm")], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip(f"npm could not install: {done.stderr.strip()[-300:]}")
    return done.stdout.strip()
