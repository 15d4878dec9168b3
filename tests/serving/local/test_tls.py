import subprocess

import pytest

from serving.errors import UserError
from serving.local.tls import read_credentials
from serving.request_error import RequestError
from serving.sagcn_client import SagcnClient


@pytest.fixture
def certificate(tmp_path):
    """A certificate for localhost: (certificate, key), both in PEM format."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [
        *("openssl", "req", "-x509", "-nodes", "-newkey", "rsa:2048", "-days", "2"),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
        *("-keyout", key, "-out", certificate),
    ]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("there is no openssl to make a certificate with")
    return certificate.read_text(), key.read_text()


def test_with_a_certificate_the_server_speaks_tls_only(
    start_server, exports, certificate, tmp_path
):
    pem, key = certificate
    config = tmp_path / "ssl.config"
    config.write_text(f"server_key: {key!r}\nserver_cert: {pem!r}\n")
    server = start_server(exports[1].parent, credentials=read_credentials(config))
    address = f"localhost:{server.port}"

    with SagcnClient(address, certificate=pem.encode()) as client:
        assert client.describe().unit == "pixel"
    with SagcnClient(address, timeout=0.5) as client, pytest.raises(RequestError):
        client.describe()


def test_what_is_no_certificate_is_refused(tmp_path):
    config = tmp_path / "ssl.config"
    config.write_text('server_key: "x"')

    with pytest.raises(UserError, match="ssl.config: expected server_key and server_cert"):
        read_credentials(config)
