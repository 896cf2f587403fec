"""Connections that are encrypted, those that are not, and certificates that are not in order."""

import os
import shutil
import socket
import subprocess
import tempfile

import pytest

import pgrade
from cluster import Cluster, server_account
from small import make_small
from trouble import Trouble, assert_clean, assert_trouble

NAME = "db.example"
RULES = ["hostssl all certified samehost cert", "host all all samehost scram-sha-256"]


def openssl(folder, *words):
    subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def authority(folder, name):
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.crt",
            "-subj", f"/CN={name}", "-days", "30")  # fmt: skip


def certificate(folder, name, signed_by, subject, days="30"):
    """`days` may be negative: it ended before it began."""
    openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr",
            "-subj", f"/CN={subject}", "-addext", f"subjectAltName=DNS:{subject}")  # fmt: skip
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{signed_by}.crt", "-CAkey", f"{signed_by}.key",
            "-CAcreateserial", "-out", f"{name}.crt", "-days", days, "-copy_extensions", "copy")  # fmt: skip


@pytest.fixture(scope="session")
def certificates():
    folder = tempfile.mkdtemp(prefix="pgr-", dir="/tmp")
    os.chmod(folder, 0o755)
    for name in ("authority", "other"):
        authority(folder, name)
    certificate(folder, "server", "authority", NAME)
    certificate(folder, "expired", "authority", NAME, days="-1")
    certificate(folder, "client", "authority", "certified")
    account = server_account()
    for name in ("server.key", "expired.key"):
        os.chmod(os.path.join(folder, name), 0o600)
        if account:
            os.chown(os.path.join(folder, name), account.pw_uid, account.pw_gid)
    yield folder
    shutil.rmtree(folder)


def tls_settings(folder, name):
    return {
        "ssl": "on",
        "ssl_cert_file": os.path.join(folder, f"{name}.crt"),
        "ssl_key_file": os.path.join(folder, f"{name}.key"),
        "ssl_ca_file": os.path.join(folder, "authority.crt"),
        "listen_addresses": "*",
    }


@pytest.fixture(scope="session")
def tls_cluster(certificates):
    with Cluster(auth="scram-sha-256", settings=tls_settings(certificates, "server"), rules=RULES) as running:
        running.execute("CREATE ROLE certified LOGIN")
        yield running


@pytest.fixture(scope="session")
def expired_cluster(certificates):
    with Cluster(auth="scram-sha-256", settings=tls_settings(certificates, "expired"), rules=RULES) as running:
        yield running


@pytest.fixture
def database(tls_cluster):
    fresh = tls_cluster.create_database()
    yield fresh
    fresh.drop()


def url(database, folder, host=NAME, address="127.0.0.1", mode="verify-full", root="authority.crt", **more):
    rest = database.url.split("@")[0] + f"@{host}:{database.cluster.port}/{database.name}"
    words = {"hostaddr": address, "sslmode": mode, "sslrootcert": os.path.join(folder, root) if root else None, **more}
    return rest + "?" + "&".join(f"{name}={value}" for name, value in words.items() if value)


def tables(database):
    return database.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")


@pytest.mark.core
@pytest.mark.parametrize("mode", ["require", "verify-ca", "verify-full"])
def test_encrypted(mode, small, database, certificates):
    outcome = pgrade.run("upgrade", str(small), url(database, certificates, mode=mode))
    assert outcome.status == pgrade.OK, outcome
    assert_clean(outcome)
    assert "not encrypted" not in outcome.stderr
    assert len(tables(database)) == 2


TROUBLES = {
    "another authority": ({"root": "other.crt"}, "the server's certificate could not be verified"),
    "another host name": ({"host": "elsewhere.example"}, "the server's certificate is for another host name"),
    "no such file": ({"root": "none.crt"}, "the authority's certificate (sslrootcert) cannot be used"),
    "not a certificate": ({"root": "server.csr"}, "the authority's certificate (sslrootcert) cannot be used"),
}


@pytest.mark.parametrize("what", TROUBLES)
def test_certificate_of_the_server(what, small, database, certificates):
    options, says = TROUBLES[what]
    told = Trouble(5, says, "", "", "ERR_PERMISSION")
    assert_trouble(told, "upgrade", str(small), url(database, certificates, **options))
    assert tables(database) == []


def test_expired_certificate(small, expired_cluster, certificates):
    database = expired_cluster.create_database()
    told = Trouble(5, "the server's certificate could not be verified", "verify failed", "expired", "ERR_PERMISSION")
    assert_trouble(told, "upgrade", str(small), url(database, certificates))
    outcome = pgrade.run("upgrade", str(small), url(database, certificates, mode="require", root=None))
    assert outcome.status == pgrade.OK, outcome


def test_authority_that_may_not_be_read(open_folder, stranger, database, certificates):
    path = make_small(os.path.join(open_folder, "app.db"))
    private = os.path.join(open_folder, "private.crt")
    shutil.copy(os.path.join(certificates, "authority.crt"), private)
    os.chmod(private, 0)
    told = Trouble(5, "the file of sslrootcert cannot be read: " + private, "Permission denied", "?sslrootcert=FILE")
    assert_trouble(told, "upgrade", path, url(database, "/", root=private), account=stranger)


@pytest.fixture
def client(certificates, tmp_path):
    """The client's own certificate and key, for root or whoever runs this."""
    for name in ("client.crt", "client.key"):
        shutil.copy(os.path.join(certificates, name), tmp_path / name)
    os.chmod(tmp_path / "client.key", 0o600)
    return tmp_path


def as_certified(database, certificates, client, **more):
    words = {"sslcert": client / "client.crt", "sslkey": client / "client.key", **more}
    return url(database, certificates, **words).replace(database.cluster.user + ":", "certified:", 1)


def test_certificate_of_the_client(small, database, certificates, client):
    database.execute(f'GRANT CREATE ON DATABASE "{database.name}" TO certified')
    database.execute("GRANT CREATE ON SCHEMA public TO certified")
    outcome = pgrade.run("upgrade", str(small), as_certified(database, certificates, client))
    assert outcome.status == pgrade.OK, outcome


CLIENT_TROUBLES = {
    "key too open": (lambda folder: os.chmod(folder / "client.key", 0o644), {}, "may be read by others", "chmod 600"),
    "key missing": (lambda folder: os.unlink(folder / "client.key"), {}, "private key of the client", "sslkey"),
    "key of another": (lambda folder: None, {"sslkey": "server"}, "private key of the client", "sslkey"),
    "no certificate": (lambda folder: os.unlink(folder / "client.crt"), {}, "wants a certificate", "sslcert"),
    "unreadable text": (lambda folder: (folder / "client.crt").write_text("no"), {}, "client's certificate", "PEM"),
}  # fmt: skip


@pytest.mark.parametrize("what", CLIENT_TROUBLES)
def test_certificate_of_the_client_is_not_in_order(what, small, database, certificates, client):
    change, more, says, hint = CLIENT_TROUBLES[what]
    change(client)
    if "sslkey" in more:
        shutil.copy(os.path.join(certificates, "server.key"), client / "other.key")
        os.chmod(client / "other.key", 0o600)
        more = {"sslkey": client / "other.key"}
    told = Trouble(5, says, "", hint, "ERR_PERMISSION")
    assert_trouble(told, "upgrade", str(small), as_certified(database, certificates, client, **more))


def test_server_without_tls(small, scram_cluster, certificates):
    database = scram_cluster.create_database()
    told = Trouble(5, "the server does not speak TLS", "", "sslmode=require", "ERR_CONNECT")
    assert_trouble(told, "upgrade", str(small), url(database, certificates))
    database.drop()


def own_address():
    """One of this machine that is no loopback one; no packet is sent for it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return probe.getsockname()[0]


PLAIN = "warning: the connection to postgresql://"


def test_plaintext_to_another_machine_is_said_once(small, database, certificates):
    address = own_address()
    if address is None or address.startswith("127."):
        pytest.skip("this machine has a loopback address only")
    for mode, lines in (("disable", 1), ("require", 0)):
        target = url(database, certificates, host=address, address=None, mode=mode, root=None)
        outcome = pgrade.run("upgrade", str(small), target, "--workers", "3", "--replace")
        assert outcome.status == pgrade.OK, outcome
        assert_clean(outcome)
        assert outcome.stderr.count(PLAIN) == lines == outcome.stderr.count("is not encrypted"), outcome


@pytest.mark.parametrize("how", ["socket", "loopback"])
def test_plaintext_within_the_machine_is_not_said(how, small, database, certificates):
    target = database.socket_url if how == "socket" else url(database, certificates, mode="disable", root=None)
    outcome = pgrade.run("upgrade", str(small), target)
    assert outcome.status == pgrade.OK and PLAIN not in outcome.stderr, outcome
