"""Mutated REST requests."""

import collections
import gzip
import json
import re
import socket

from tests.campaign.mutations import mutated
from tests.serving.stubs import TIMEOUT

_STATUSES = {200, 400, 404, 413, 414, 431, 501, 505}


class RestRequests:
    """Each request has changed bytes and a connection of its own.

    Args:
        server: has the `rest_port`.

    Attributes:
        counts: `{status: number of answers}`.
    """

    def __init__(self, server, _):
        self.counts = collections.Counter()
        self._address = ("127.0.0.1", server.rest_port)

    def send(self, random_):
        """Sends a request; returns what is wrong with the answer, or None."""
        content = mutated(random_.choice(_REQUESTS), random_)
        with socket.create_connection(self._address, TIMEOUT) as connection:
            try:
                connection.sendall(content)
                connection.shutdown(socket.SHUT_WR)
                with connection.makefile("rb") as stream:
                    answer = stream.read()
            except ConnectionError:  # it closes the connection before it has read a wrong request
                self.counts["closed"] += 1
                return None
        status = re.match(rb"HTTP/1.1 (\d+) ", answer)
        if not status:
            self.counts["closed"] += 1
            first = content.partition(b"\n")[0].strip()
            return f"no answer to {first[:80]!r}" if first else None
        self.counts[status[1].decode()] += 1
        if int(status[1]) not in _STATUSES:
            return f"status {status[1].decode()}: {answer[-200:]!r}"
        return None


def _request(line, body=b"", *headers):
    head = [f"{line} HTTP/1.1", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*head, "", ""]).encode() + body


_ROWS = json.dumps({"instances": [{"label": 1, "seed": 5}], "signature_name": "generate"}).encode()
_COLUMNS = json.dumps({"inputs": {"label": [1, 2], "seed": [5, 6]}}).encode()
_POST = "POST /v1/models/sagcn:predict"
_REQUESTS = [
    _request(_POST, _ROWS),
    _request(_POST, _COLUMNS),
    _request(_POST, gzip.compress(_ROWS, mtime=0), "Content-Encoding: gzip"),
    f"{_POST} HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{len(_ROWS):x}\r\n".encode()
    + _ROWS
    + b"\r\n0\r\n\r\n",
    _request("GET /v1/models/sagcn/versions/1"),
    _request("GET /v1/models/sagcn/metadata"),
]
