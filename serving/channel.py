"""The connection of a client."""

import ipaddress
import json
import os
import re

import grpc

_LONGEST_RECONNECT = 1000  # milliseconds; the default of gRPC is two minutes
# A name with several addresses, such as that of a headless service of Kubernetes, is a list of
# replicas: requests go to each in turn.
_SERVICE_CONFIG = json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})


def connect(server, certificate=None):
    """Returns a channel to the gRPC interface of a server.

    Args:
        server: Its address.
        certificate: Root certificate in PEM format (bytes) if it uses TLS.
    """
    options = [
        ("grpc.max_reconnect_backoff_ms", _LONGEST_RECONNECT),
        ("grpc.service_config", _SERVICE_CONFIG),
        # A proxy (`http_proxy`) cannot reach this machine's own servers.
        ("grpc.enable_http_proxy", int(not is_local(server))),
    ]
    if certificate is None:
        return grpc.insecure_channel(server, options)
    return grpc.secure_channel(server, grpc.ssl_channel_credentials(certificate), options)


def is_local(server):
    """Returns whether an address, such as `localhost:8500` or `dns:///[::1]:8500`, is local."""
    host = re.sub(r":\d+$", "", re.sub(r"^(dns|ipv[46]):(//[^/]*/)?", "", server)).strip("[]")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.lower().rstrip(".").endswith("localhost")
    return address.is_loopback or address.is_unspecified


def proxy_hint(server):
    """Returns a sentence about the proxy that requests to a server go through, or ""."""
    for name in ("grpc_proxy", "https_proxy", "http_proxy"):
        if os.environ.get(name) and not is_local(server):
            return f" ({name} is set; add servers that it does not reach to no_proxy)"
    return ""
