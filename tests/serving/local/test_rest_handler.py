import gzip
import http.client
import json
import socket

import numpy as np
import pytest

from serving.local.request_body import MAX_BYTES
from tests.serving.closed_form_model import expected_motion

PREDICT = "/v1/models/sagcn:predict"
ROW = {"instances": [{"label": 2, "seed": 9}]}


@pytest.fixture
def send(shared_server):
    """A function that sends a request; it returns the status and the JSON of the answer."""
    connection = http.client.HTTPConnection("127.0.0.1", shared_server.rest_port, timeout=30)

    def send(method, path, body=None, headers=None):
        text = json.dumps(body) if isinstance(body, dict) else body
        connection.request(method, path, text, headers or {})
        response = connection.getresponse()
        return response.status, json.loads(response.read())

    yield send
    connection.close()


def test_predict_by_row(send):
    status, answer = send("POST", PREDICT, ROW)

    assert status == 200
    motion = np.array(answer["predictions"], np.float32)
    np.testing.assert_array_equal(motion, expected_motion(1, [2], [9]))


def test_predict_by_column_with_a_signature(send):
    body = {"signature_name": "attend", "inputs": {"label": [2], "seed": [9]}}

    status, answer = send("POST", PREDICT, body)

    assert status == 200
    assert set(answer["outputs"]) == {"motion", "attention", "kept"}
    assert answer["outputs"]["kept"][0][0] == [0, 1, 2]


@pytest.mark.parametrize(
    "path", ["/v1/models/sagcn/versions/1:predict", "/v1/models/%73agcn:predict"]
)
def test_the_path_may_name_a_version_and_be_quoted(send, path):
    assert send("POST", path, ROW)[0] == 200


@pytest.mark.parametrize("path", ["", "/versions/1"])
def test_the_status_route(send, path):
    status, answer = send("GET", f"/v1/models/sagcn{path}")

    assert status == 200
    assert answer == {
        "model_version_status": [
            {
                "version": "1",
                "state": "AVAILABLE",
                "status": {"error_code": "OK", "error_message": ""},
            }
        ]
    }


def test_the_metadata_route(send):
    status, answer = send("GET", "/v1/models/sagcn/metadata")

    assert status == 200
    assert answer["model_spec"] == {"name": "sagcn", "signature_name": "", "version": "1"}
    signature = answer["metadata"]["signature_def"]["signature_def"]["serving_default"]
    assert signature["inputs"]["label"]["dtype"] == "DT_INT32"
    assert signature["method_name"] == "tensorflow/serving/predict"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "message"),
    [
        ("POST", "/v1/models/x:predict", ROW, 404, "no model 'x'; this server has: ['sagcn']"),
        ("POST", "/v1/models/sagcn/versions/7:predict", ROW, 404, "has no version 7 to serve"),
        ("POST", f"/v1/models/sagcn/versions/{2**63}:predict", ROW, 404, "no route POST"),
        ("POST", "/v1/models/sagcn/labels/stable:predict", ROW, 400, "no version label 'stable'"),
        ("POST", PREDICT, ROW | {"signature_name": "\ud800"}, 400, "signature_name: expected a s"),
        ("POST", "/v1/models/sagcn:classify", ROW, 404, "no route POST /v1/models/sagcn:classify"),
        ("POST", "/v1/models/sagcn", ROW, 404, "no route POST /v1/models/sagcn"),
        ("POST", PREDICT, {"signature_name": "x"} | ROW, 400, "signature 'x' not found"),
        ("POST", PREDICT, {}, 400, "expected a JSON object with either 'instances' or 'inputs'"),
        ("POST", PREDICT, "\xff garbage", 400, "expected JSON"),
        ("POST", PREDICT, {"inputs": {"label": [9], "seed": [0]}}, 400, "label: expected 0 to 2"),
        ("GET", "/", None, 404, "no route GET /"),
        ("GET", "/v1/models", None, 404, "no route GET /v1/models"),
        ("GET", "/v1/models/x", None, 404, "no model 'x'; this server has: ['sagcn']"),
        ("GET", "/v1/models/x/metadata", None, 404, "no model 'x'"),
        ("GET", "/v1/models/sagcn/x", None, 404, "no route GET /v1/models/sagcn/x"),
    ],
)
def test_a_wrong_request_gets_a_status_and_a_message(send, method, path, body, status, message):
    came_status, answer = send(method, path, body)

    assert came_status == status
    assert message in answer["error"]
    assert send("POST", PREDICT, ROW)[0] == 200


@pytest.mark.parametrize(
    ("headers", "expected", "message"),
    [
        ({"Transfer-Encoding": "deflate"}, 400, "Transfer-Encoding: expected chunked or none"),
        ({"Content-Length": "many"}, 400, "Content-Length: expected a number, got 'many'"),
        ({"Content-Length": str(MAX_BYTES + 1)}, 413, f"expected a body of at most {MAX_BYTES}"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(send, headers, expected, message):
    status, answer = send("POST", PREDICT, "", headers)

    assert status == expected
    assert message in answer["error"]
    assert send("POST", PREDICT, ROW)[0] == 200  # on a new connection


def test_bodies_may_come_in_chunks_and_compressed(send):
    content = gzip.compress(json.dumps(ROW).encode())
    chunks = iter([content[:20], content[20:]])  # http.client sends iterables in chunks

    status, answer = send("POST", PREDICT, chunks, {"Content-Encoding": "gzip"})

    assert status == 200
    motion = np.array(answer["predictions"], np.float32)
    np.testing.assert_array_equal(motion, expected_motion(1, [2], [9]))


@pytest.mark.parametrize("cors", [False, True])
def test_pages_of_other_origins_may_ask_only_if_told_so(start_server, shared_server, exports, cors):
    server = start_server(exports[1].parent, cors=True) if cors else shared_server
    connection = http.client.HTTPConnection("127.0.0.1", server.rest_port, timeout=30)
    for method, path in (("OPTIONS", PREDICT), ("GET", "/v1/models/sagcn"), ("GET", "/x")):
        connection.request(method, path, headers={"Origin": "http://localhost:3000"})
        response = connection.getresponse()
        response.read()

        assert response.status == (404 if path == "/x" else 200)
        assert response.headers["Access-Control-Allow-Origin"] == ("*" if cors else None)
    connection.close()


@pytest.mark.parametrize(
    ("raw", "status", "message"),
    [
        (b"nonsense\r\n\r\n", 400, "Bad request syntax"),
        (b"PUT /v1/models/sagcn HTTP/1.1\r\n\r\n", 501, "Unsupported method"),
        (b"GET /v1/models/sagcn HTTP/7.1\r\n\r\n", 505, "Invalid HTTP version"),
        (b"GET http://[ HTTP/1.1\r\n\r\n", 404, "no route GET"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n", 414, "URI"),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000 + b"\r\n\r\n", 431, "Line too long"),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431, "Too many headers"),
        (b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n{}", 400, "the body ends after 2 bytes"),
    ],
)
def test_what_is_no_request_gets_a_status_and_json(shared_server, raw, status, message):
    with socket.create_connection(("127.0.0.1", shared_server.rest_port), 30) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")

    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert message in json.loads(body)["error"]


@pytest.mark.parametrize("text", ["[NaN]", "[1e999]", "[1e30]", "[2147483648]", "[[1], [2, 3]]"])
def test_numbers_that_do_not_fit_are_refused(send, text):
    status, answer = send("POST", PREDICT, f'{{"inputs": {{"label": {text}, "seed": [0]}}}}')

    assert status == 400
    assert answer["error"].startswith("label: expected evenly nested lists of int32")
