"""A web server with a certificate: one that nobody vouches for is refused, and read once somebody does."""

import shutil
import ssl
import subprocess

import pytest
from helpers.calls import losscli as call
from helpers.web import served

import losscli
from losscli.common.errors import LosscliError

TEXT = b"prediction,label\n1,2\n3,5\n"


def certified(folder, names):
    """Make a certificate that is its own authority; return the context of a server, and the file."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    asked = ["-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test", "-addext"]
    made = ["-keyout", key, "-out", certificate]
    subprocess.run(
        ["openssl", "req", "-x509", *asked, f"subjectAltName={names}", *made], check=True, capture_output=True
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context, str(certificate)


@pytest.fixture
def secure(tmp_path, monkeypatch):
    """Return a function that serves with a certificate for some names, and says how to call for its file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    return lambda names="IP:127.0.0.1": certified(tmp_path, names)


def test_a_certificate_that_nobody_trusts_is_refused(secure, monkeypatch):
    context, certificate = secure()
    with served({"p.csv": TEXT}, context) as server:
        address = server.at("ranges/p.csv")
        assert address.startswith("https://")
        with pytest.raises(LosscliError) as raised:
            losscli.evaluate(f"{address}?signature=SECRET", loss="mse")
        assert str(raised.value) == (
            f"{address}?…: its certificate is not trusted: self-signed certificate; needed: a server with a "
            "valid certificate. If it is of an authority of your own, name the certificate of that: "
            "SSL_CERT_FILE=FILE"
        )
        done = call("evaluate", address, "-l", "mse", "-q")
        assert (done.returncode, done.stdout) == (2, "")
        assert "its certificate is not trusted" in done.stderr
        assert server.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        assert losscli.evaluate(address, loss="mse").cost == 2.5
        assert call("evaluate", address, "-l", "mse", "-q", SSL_CERT_FILE=certificate).stdout == "2.5\n"


def test_a_certificate_of_another_server_is_refused(secure, monkeypatch):
    context, certificate = secure("DNS:elsewhere.example")
    monkeypatch.setenv("SSL_CERT_FILE", certificate)
    with (
        served({"p.csv": TEXT}, context) as server,
        pytest.raises(LosscliError, match="its certificate is not trusted: IP address mismatch"),
    ):
        losscli.evaluate(server.at("ranges/p.csv"), loss="mse")


def test_a_server_without_tls_is_told(secure):
    with served({"p.csv": TEXT}) as server, pytest.raises(LosscliError, match="no safe connection: "):
        losscli.evaluate(server.at("ranges/p.csv").replace("http:", "https:"), loss="mse")
