"""Fixtures of the tests that interrupt the program."""

import pytest

import pgrade
from authors import make_source


@pytest.fixture(autouse=True)
def needs_program():
    assert pgrade.available(), f"there is no {pgrade.program()}: build it or set PGRADE"


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    return make_source(tmp_path_factory.mktemp("source") / "app.db")


@pytest.fixture(scope="session")
def larger_source(tmp_path_factory):
    """Long enough under way to be hit at different moments, and cut into chunks."""
    return make_source(tmp_path_factory.mktemp("source") / "larger.db", rows=250_000)
