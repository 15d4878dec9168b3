"""The REST interface: predict, model status and model metadata."""

import http.server
import json
import re
import traceback
import urllib.parse

import grpc
from google.protobuf import json_format
from tensorflow_serving.apis.model_pb2 import ModelSpec

from serving.local import json_tensors
from serving.local.request_body import read_body
from serving.request_error import RequestError, not_found

_MAX_MESSAGE = 1000  # characters
_VERSION = r"(?:/versions/(?P<version>\d{1,18})|/labels/(?P<label>[^/:]+))?"
_MODEL = rf"/v1/models/(?P<name>[^/:]+){_VERSION}"
_POST = re.compile(rf"{_MODEL}:predict")
_GET = re.compile(rf"{_MODEL}(?P<metadata>/metadata)?")
_PATH = re.compile(r"(?:https?://[^/]*)?([^?#]*)")  # urlsplit raises for some
_HTTP_STATUS = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 413,
}
# As TensorFlow Serving sends them with --rest_api_enable_cors_support.
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "Content-Type",
}


class RestHandler(http.server.BaseHTTPRequestHandler):
    """Answers the requests of one connection.

    Args:
        model_server: `ModelServer`.
        cors: Whether pages of other origins may read the answers.
        *connection: What `http.server` passes to a handler.
    """

    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"  # The default, 0.9, has no status.
    timeout = 5  # seconds until an idle connection is closed; a stopping server waits for it

    def __init__(self, model_server, cors, *connection):
        self._model_server, self._headers = model_server, _CORS if cors else {}
        super().__init__(*connection)

    def do_GET(self):  # noqa: N802, the name in http.server
        """Answers model status and metadata."""
        self._answer(_GET, self._get)

    def do_POST(self):  # noqa: N802
        """Answers predict."""
        self._answer(_POST, self._post)

    def do_OPTIONS(self):  # noqa: N802
        """Answers a browser that asks whether it may send a request to another origin."""
        self._send(200, b"")

    def send_error(self, code, message=None, explain=None):
        """Answers what `http.server` refuses, such as too long headers."""
        self.close_connection = True
        self._send(code, json.dumps({"error": message or self.responses[code][0]}).encode())

    def log_message(self, *_):
        """Logs nothing: a line for each request would hide the lines that matter."""

    def _answer(self, route, handle):
        """Sends what `handle(spec, match, body)` returns, or its error."""
        try:
            # After an error while reading, nobody knows where the next request begins.
            keep, self.close_connection = self.close_connection, True
            body = read_body(self.headers, self.rfile)
            self.close_connection = keep
            match = route.fullmatch(_PATH.match(self.path)[1])
            if match is None:
                raise not_found(f"no route {self.command} {self.path}")
            status, text = 200, handle(_spec(match), match, body)
        except RequestError as error:
            status = _HTTP_STATUS.get(error.code, 500)
            text = json.dumps({"error": error.message[:_MAX_MESSAGE]})
        except (ConnectionError, TimeoutError):
            raise
        except Exception as error:
            traceback.print_exc()
            status, text = 500, json.dumps({"error": f"internal error: {error}"})
        self._send(status, text.encode())

    def _get(self, spec, match, _):
        if not match["metadata"]:
            return json.dumps(_as_dict(self._model_server.status(spec)))
        spec.version.value, signatures = self._model_server.metadata(spec)
        metadata = {"signature_def": _as_dict(signatures)}
        return json.dumps({"model_spec": _as_dict(spec), "metadata": metadata})

    def _post(self, spec, _, body):
        request = json_tensors.parse_request(body)
        spec.signature_name = request.get("signature_name", "")
        _, outputs = self._model_server.predict(
            spec, lambda types: json_tensors.read_inputs(request, types)
        )
        return json_tensors.write_outputs(outputs, by_row="instances" in request)

    def _send(self, status, body):
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in {**headers, **self._headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _spec(match):
    spec = ModelSpec(name=urllib.parse.unquote(match["name"]))
    if match["version"]:
        spec.version.value = int(match["version"])
    if match["label"]:
        spec.version_label = urllib.parse.unquote(match["label"])
    return spec


def _as_dict(message):
    return json_format.MessageToDict(
        message, always_print_fields_with_no_presence=True, preserving_proto_field_name=True
    )
