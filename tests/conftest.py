"""What all Python tests share: one PostgreSQL cluster a session, one fresh database a test."""

import signal

import pytest

from cluster import Cluster

# Who starts tests in the background of a shell has them ignore Ctrl-C, and so would each program that they start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def cluster():
    with Cluster() as running:
        yield running


@pytest.fixture(scope="session")
def scram_cluster():
    """A server that asks for a password, one that no URL may hold unescaped."""
    with Cluster(auth="scram-sha-256") as running:
        yield running


@pytest.fixture
def database(cluster):
    fresh = cluster.create_database()
    yield fresh
    fresh.drop()
