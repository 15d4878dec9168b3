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
from serving.request_error import RequestError, invalid_argument, not_found

MAX_BYTES = 4 * 2**20  # largest body that is read, as much as gRPC takes
_MODEL = r"/v1/models/(?P<name>[^/:]+)(?:/versions/(?P<version>\d{1,18}))?"
_POST = re.compile(rf"{_MODEL}:predict")
_GET = re.compile(rf"{_MODEL}(?P<metadata>/metadata)?")
_HTTP_STATUS = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
}


class RestHandler(http.server.BaseHTTPRequestHandler):
    """Answers the requests of one connection.

    Args:
        model_server: `ModelServer`.
        *connection: What `http.server` passes to a handler.
    """

    protocol_version = "HTTP/1.1"
    timeout = 5  # seconds until an idle connection is closed; a stopping server waits for it

    def __init__(self, model_server, *connection):
        self._model_server = model_server
        super().__init__(*connection)

    def do_GET(self):  # noqa: N802, the name in http.server
        """Answers model status and metadata."""
        self._answer(_GET, self._get)

    def do_POST(self):  # noqa: N802
        """Answers predict."""
        self._answer(_POST, self._post)

    def log_message(self, *_):
        """Logs nothing: a line for each request would hide the lines that matter."""

    def _answer(self, route, handle):
        """Sends what `handle(spec, match, body)` returns, or its error."""
        try:
            body = self._read_body()
            match = route.fullmatch(urllib.parse.urlsplit(self.path).path)
            if match is None:
                raise not_found(f"no route {self.command} {self.path}")
            spec = ModelSpec(name=urllib.parse.unquote(match["name"]))
            if match["version"]:
                spec.version.value = int(match["version"])
            status, text = 200, handle(spec, match, body)
        except RequestError as error:
            status, text = _HTTP_STATUS.get(error.code, 500), json.dumps({"error": error.message})
        except Exception as error:
            traceback.print_exc()
            status, text = 500, json.dumps({"error": f"internal error: {error}"})
        self._send(status, text.encode())

    def _read_body(self):
        """Returns the body; if it is not read, the connection must end."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not re.fullmatch(r"\d+", length):
            self.close_connection = True
            raise invalid_argument("expected a body with a Content-Length")
        if int(length) > MAX_BYTES:
            self.close_connection = True
            raise RequestError(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                f"expected a body of at most {MAX_BYTES} bytes, got {length}",
            )
        return self.rfile.read(int(length))

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
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _as_dict(message):
    return json_format.MessageToDict(
        message, always_print_fields_with_no_presence=True, preserving_proto_field_name=True
    )
