"""Reads the body of an HTTP request: plain or in chunks, and maybe compressed with gzip."""

import re
import zlib

import grpc

from serving.request_error import RequestError, invalid_argument

MAX_BYTES = 4 * 2**20  # largest body that is read or decompressed, as much as gRPC takes
_MAX_LINE, _MAX_TRAILERS = 1000, 100


def read_body(headers, stream):
    """Returns the body of a request with these headers from a stream.

    Raises:
        RequestError: If the body is damaged or too large. It may not be read to its end then, so
            that the connection cannot be used any more.
    """
    if "Transfer-Encoding" in headers:
        if headers["Transfer-Encoding"].strip().lower() != "chunked":
            raise invalid_argument("Transfer-Encoding: expected chunked or none")
        body = _read_chunks(stream)
    else:
        length = headers.get("Content-Length", "0")
        if not re.fullmatch("[0-9]{1,18}", length):
            raise invalid_argument(f"Content-Length: expected a number, got {length!r}")
        body = _read(stream, int(length))
    encoding = headers.get("Content-Encoding", "identity").strip().lower()
    if encoding == "gzip":
        return _decompress(body)
    if encoding != "identity":
        raise invalid_argument(f"Content-Encoding: expected gzip or none, got {encoding!r}")
    return body


def _read_chunks(stream):
    body = bytearray()
    while True:
        line = stream.readline(_MAX_LINE)
        size = re.fullmatch(rb"\s*([0-9a-fA-F]{1,15})\s*(;.*)?\r?\n", line)
        if size is None:
            raise invalid_argument(f"expected the size of a chunk, got {line[:50]!r}")
        if not int(size[1], 16):
            break
        body += _read(stream, int(size[1], 16), len(body))
        if stream.readline(3).strip():
            raise invalid_argument("a chunk is longer than it says")
    for _ in range(_MAX_TRAILERS):
        if not stream.readline(_MAX_LINE).strip():
            return bytes(body)
    raise invalid_argument("too many lines after the last chunk")


def _read(stream, size, before=0):
    if before + size > MAX_BYTES:
        raise _too_large(f"got {before + size}")
    content = stream.read(size)
    if len(content) < size:
        raise invalid_argument(f"the body ends after {before + len(content)} bytes")
    return content


def _decompress(body):
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 16)  # 16 is gzip
    try:
        content = decompressor.decompress(body, MAX_BYTES + 1)
    except zlib.error as error:
        raise invalid_argument(f"expected gzip: {error}") from None
    if len(content) > MAX_BYTES:
        raise _too_large("its gzip holds more")
    if not decompressor.eof or decompressor.unused_data:
        raise invalid_argument("expected one whole gzip stream")
    return content


def _too_large(found):
    message = f"expected a body of at most {MAX_BYTES} bytes, {found}"
    return RequestError(grpc.StatusCode.RESOURCE_EXHAUSTED, message)
