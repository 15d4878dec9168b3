import http.client
import json

import numpy as np
import pytest

from serving.local.rest_handler import MAX_BYTES
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
        ("POST", "/v1/models/sagcn/labels/stable:predict", ROW, 404, "no route POST"),
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
        ({"Transfer-Encoding": "chunked"}, 400, "expected a body with a Content-Length"),
        ({"Content-Length": "many"}, 400, "expected a body with a Content-Length"),
        ({"Content-Length": str(MAX_BYTES + 1)}, 429, f"expected a body of at most {MAX_BYTES}"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(send, headers, expected, message):
    status, answer = send("POST", PREDICT, "", headers)

    assert status == expected
    assert message in answer["error"]
    assert send("POST", PREDICT, ROW)[0] == 200  # on a new connection
