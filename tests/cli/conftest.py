"""Fixtures of the tests that call the program."""

import os
import shutil
import tempfile

import pytest

import pgrade
from small import make_small
from untouched import Untouched


@pytest.fixture(autouse=True)
def needs_program():
    assert pgrade.available(), f"there is no {pgrade.program()}: build it or set PGRADE"


@pytest.fixture
def folder(tmp_path):
    """The source alone lies in it."""
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


@pytest.fixture
def small(folder):
    return make_small(folder / "app.db")


@pytest.fixture
def untouched(folder):
    """To be called when the source is complete; looks at it again after the test."""
    watched = []

    def watch(shm_may_come=False):
        watched.append(Untouched(folder, shm_may_come))

    yield watch
    assert [one.differences() for one in watched] == [[]], "the source's folder is not as it was"


@pytest.fixture
def open_folder(monkeypatch):
    """A folder, and a program, that every user of this machine may enter: pytest's own are for one user."""
    path = tempfile.mkdtemp(prefix="pgrade-cli-", dir="/tmp")
    os.chmod(path, 0o755)
    shutil.copy(pgrade.program(), os.path.join(path, "pgrade"))
    monkeypatch.setenv("PGRADE", os.path.join(path, "pgrade"))
    os.mkdir(os.path.join(path, "source"))
    yield os.path.join(path, "source")
    shutil.rmtree(path)


@pytest.fixture
def stranger():
    """A user who owns nothing: root may read everything, and would be no test; anybody else is one."""
    return "nobody" if os.geteuid() == 0 else None
