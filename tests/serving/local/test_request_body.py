import email.message
import gzip
import io
import tracemalloc

import pytest

from serving.local.request_body import MAX_BYTES, read_body
from serving.request_error import RequestError


def read(content, **headers):
    message = email.message.Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = str(value)
    return read_body(message, io.BytesIO(content))


def test_a_body_is_as_long_as_its_header_says():
    assert read(b"abcdef", Content_Length=4) == b"abcd"
    assert read(b"abcdef") == b""


def test_chunks_are_put_together():
    content = b"4\r\nabcd\r\n2;name=value\r\nef\r\n0\r\nTrailer: x\r\n\r\nnext"

    assert read(content, Transfer_Encoding="Chunked") == b"abcdef"


@pytest.mark.parametrize("encoding", ["gzip", "GZIP "])
def test_gzip_is_decompressed(encoding):
    content = gzip.compress(b"abcdef" * 1000)

    found = read(content, Content_Encoding=encoding, Content_Length=len(content))

    assert found == b"abcdef" * 1000
    in_chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
    assert read(in_chunks, Content_Encoding=encoding, Transfer_Encoding="chunked") == found


@pytest.mark.parametrize(
    ("content", "headers", "message"),
    [
        (b"", {"Content_Length": "many"}, "Content-Length: expected a number, got 'many'"),
        (b"", {"Content_Length": -1}, "Content-Length: expected a number, got '-1'"),
        (b"abc", {"Content_Length": 4}, "the body ends after 3 bytes"),
        (
            b"",
            {"Transfer_Encoding": "gzip, chunked"},
            "Transfer-Encoding: expected chunked or none",
        ),
        (b"", {"Transfer_Encoding": "chunked"}, "expected the size of a chunk, got b''"),
        (b"-4\r\nabcd\r\n", {"Transfer_Encoding": "chunked"}, "expected the size of a chunk"),
        (b"4\r\nabc", {"Transfer_Encoding": "chunked"}, "the body ends after 3 bytes"),
        (b"2\r\nabcd\r\n0\r\n\r\n", {"Transfer_Encoding": "chunked"}, "a chunk is longer than it"),
        (b"0\r\n" + b"a: b\r\n" * 200, {"Transfer_Encoding": "chunked"}, "too many lines after"),
        (b"abc", {"Content_Length": 3, "Content_Encoding": "gzip"}, "expected gzip"),
        (
            b"abc",
            {"Content_Length": 3, "Content_Encoding": "br"},
            "expected gzip or none, got 'br'",
        ),
        (
            gzip.compress(b"abc", mtime=0)[:-4],  # without the time, which would name the test
            {"Content_Length": 19, "Content_Encoding": "gzip"},
            "expected one whole gzip stream",
        ),
    ],
)
def test_a_damaged_body_is_an_invalid_argument(content, headers, message):
    with pytest.raises(RequestError, match=f"INVALID_ARGUMENT: .*{message}"):
        read(content, **headers)


def test_a_body_that_is_too_large_is_not_read():
    chunk = b"%x\r\n%s\r\n" % (2**20, bytes(2**20))
    for content, headers in (
        (b"", {"Content_Length": MAX_BYTES + 1}),
        (chunk * 5, {"Transfer_Encoding": "chunked"}),
        (b"fffffffffffffff\r\n", {"Transfer_Encoding": "chunked"}),
    ):
        with pytest.raises(RequestError, match="RESOURCE_EXHAUSTED: .* at most 4194304 bytes, got"):
            read(content, **headers)


def test_a_small_gzip_that_holds_much_takes_little_memory():
    bomb = gzip.compress(bytes(64 * MAX_BYTES), 1)
    tracemalloc.start()

    with pytest.raises(RequestError, match="RESOURCE_EXHAUSTED: .*its gzip holds more"):
        read(bomb, Content_Length=len(bomb), Content_Encoding="gzip")

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * MAX_BYTES
