"""`pgrade check` where TLS is wanted: what the server lacks, what is wrong with its certificate, what lets in."""

import os

import pytest

from cluster import Cluster
from doctor import is_gone, stops_at
from test_tls import NAME, RULES, certificates, tls_settings  # noqa: F401

pytestmark = pytest.mark.core


@pytest.fixture(scope="module")
def server(certificates):  # noqa: F811
    rules = ["hostssl all encrypted samehost scram-sha-256", "hostnossl all encrypted samehost reject", *RULES]
    with Cluster(auth="scram-sha-256", settings=tls_settings(certificates, "server"), rules=rules) as running:
        running.execute("CREATE ROLE encrypted LOGIN PASSWORD 'word'")
        yield running


def address(server, **parameters):
    return server.url() + "?" + "&".join(f"{name}={value}" for name, value in parameters.items())


def by_name(server, **parameters):
    """By the name that the certificate has, which no name server knows."""
    return address(server, hostaddr="127.0.0.1", **parameters).replace("@127.0.0.1:", f"@{NAME}:")


def test_a_certificate_of_another_authority(server, certificates):  # noqa: F811
    wrong = by_name(server, sslmode="verify-full", sslrootcert=os.path.join(certificates, "other.crt"))
    found = stops_at("tls", wrong)
    assert "certificate verify failed" in found["what"] and "sslrootcert" in found["mend"]
    is_gone("tls", by_name(server, sslmode="verify-full", sslrootcert=os.path.join(certificates, "authority.crt")))


def test_a_certificate_for_another_host(server, certificates):  # noqa: F811
    right = os.path.join(certificates, "authority.crt")
    found = stops_at("tls", address(server, sslmode="verify-full", sslrootcert=right))
    assert "does not match host name" in found["what"] and "certificate" in found["mend"]
    is_gone("tls", by_name(server, sslmode="verify-full", sslrootcert=right))


def test_a_server_that_wants_tls(server):
    plain = server.url("postgres", "encrypted", "word") + "?sslmode="
    found = stops_at("login", plain + "disable")
    assert "no encryption" in found["what"] and "sslmode=require" in found["mend"]
    is_gone("login", plain + "require")
