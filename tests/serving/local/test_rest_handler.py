import http.client
import json

import numpy as np
import pytest

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
        content = response.read()
        if response.headers["Content-Type"] != "application/json":
            return response.status, content
        return response.status, json.loads(content)

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
    "path",
    [
        "/v1/models/sagcn/versions/1:predict",
        "/v1/models/sagcn/labels/stable:predict",
        "/V1/models/sagcn:Predict",
        "/v1/models/%73agcn:predict",
    ],
)
def test_versions_and_labels_are_part_of_the_path(send, path):
    assert send("POST", path, ROW)[0] == 200


@pytest.mark.parametrize("path", ["", "/versions/1", "/labels/stable"])
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
        ("POST", "/v1/models/x:predict", ROW, 404, "Servable not found for request: Latest(x)"),
        ("POST", "/v1/models/sagcn/versions/7:predict", ROW, 404, "Specific(sagcn, 7)"),
        ("POST", f"/v1/models/sagcn/versions/{2**63}:predict", ROW, 400, "to numeric."),
        ("POST", "/v1/models/sagcn/labels/x:predict", ROW, 400, "Unrecognized servable version la"),
        ("POST", "/v1/models/sagcn:classify", ROW, 501, "The local server has no classify"),
        ("POST", "/v1/models/sagcn", ROW, 400, "Malformed request: POST /v1/models/sagcn"),
        ("POST", "/v1/models:predict", ROW, 400, "Missing model name in request."),
        ("POST", PREDICT, {"signature_name": "x"} | ROW, 400, 'signature key "x" not found.'),
        ("POST", PREDICT, {}, 400, "Missing 'inputs' or 'instances' key"),
        ("POST", PREDICT, "\xff garbage", 400, "JSON Parse error"),
        ("POST", PREDICT, {"inputs": {"label": [9], "seed": [0]}}, 400, "label: expected 0 to 2"),
        ("POST", PREDICT, "x" * 200_000, 429, "Received message larger than max"),
        ("GET", "/v1/models", None, 400, "Missing model name in request."),
        ("GET", "/v1/models/x", None, 404, "Could not find any versions of model x"),
        ("GET", "/v1/models/x/metadata", None, 404, "Servable not found for request: Latest(x)"),
        ("GET", "/v1/models/sagcn/x", None, 400, "Malformed request: GET /v1/models/sagcn/x"),
    ],
)
def test_a_wrong_request_gets_a_status_and_a_message(send, method, path, body, status, message):
    came_status, answer = send(method, path, body)

    assert came_status == status
    assert message in answer["error"]
    assert send("POST", PREDICT, ROW)[0] == 200


def test_what_is_no_route_is_not_found(send):
    assert send("GET", "/") == (404, b"Not Found\n")


def test_a_body_of_unknown_length_is_refused(send):
    status, answer = send("POST", PREDICT, "", {"Transfer-Encoding": "chunked"})

    assert status == 400
    assert "Content-Length" in answer["error"]
