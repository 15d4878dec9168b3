"""Certificates of the local server."""

import grpc

from serving.errors import UserError
from serving.local.config_files import SSLConfig, read_config


def read_credentials(path):
    """Returns the `grpc.ServerCredentials` of an `SSLConfig` text file.

    Raises:
        UserError: if the file cannot be read or lacks the certificate or its key.
    """
    tls = read_config(path, SSLConfig)
    if not (tls.server_key and tls.server_cert):
        raise UserError(f"{path}: expected server_key and server_cert, both in PEM format.")
    return grpc.ssl_server_credentials(
        [(tls.server_key.encode(), tls.server_cert.encode())],
        tls.custom_ca.encode() or None,
        tls.client_verify,
    )
