"""The REST interface of TensorFlow Serving: predict, model status and model metadata."""

import http.server
import json
import re
import traceback
import urllib.parse

import grpc
from google.protobuf import json_format
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_pb2,
)

from serving.local import json_tensors
from serving.local.serving_error import ServingError, invalid_argument

_MODEL = r"(?i:/v1/models)(?:/(?P<name>[^/:]+))?"
_VERSION = r"(?:(?i:/versions)/(?P<version>\d+)|(?i:/labels)/(?P<label>[^/:]+))?"
_POST = re.compile(rf"{_MODEL}{_VERSION}:(?P<method>(?i:classify|regress|predict))")
_GET = re.compile(rf"{_MODEL}{_VERSION}(?P<metadata>(?i:/metadata))?")
_HTTP_STATUS = {
    grpc.StatusCode.OK: 200,
    grpc.StatusCode.CANCELLED: 499,
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.OUT_OF_RANGE: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.UNAVAILABLE: 503,
    grpc.StatusCode.DEADLINE_EXCEEDED: 504,
}


class RestHandler(http.server.BaseHTTPRequestHandler):
    """Answers one connection; a subclass sets what the class attributes name.

    Attributes:
        predictor: `Predictor`.
        prediction_service: `PredictionService`.
        model_service: `ModelService`.
        timeout_seconds: how long a request may take.
        max_bytes: largest body that is read.
    """

    predictor = prediction_service = model_service = None
    timeout_seconds, max_bytes = 30.0, 4 * 2**20
    protocol_version = "HTTP/1.1"
    timeout = 5  # seconds after which a silent connection is closed; a server that stops waits

    def do_GET(self):  # noqa: N802, the name in http.server
        """Answers model status and metadata."""
        self._answer(self._get)

    def do_POST(self):  # noqa: N802
        """Answers predict."""
        self._answer(self._post)

    def log_message(self, *_):
        """Keeps quiet: a line for each request would hide those that matter."""

    def _answer(self, handle):
        status = 200
        try:
            body = self._read_body()
            path = urllib.parse.urlsplit(self.path).path
            if not re.match("(?i)/v1/", path):
                self._send(404, "text/plain", "Not Found\n")
                return
            text = handle(path, body)
        except ServingError as error:
            status = _HTTP_STATUS.get(error.code, 500)
            text = json.dumps({"error": error.message}, indent=1)
        except Exception as error:
            traceback.print_exc()
            status, text = 500, json.dumps({"error": f"Internal error: {error}"}, indent=1)
        self._send(status, "application/json", text)

    def _read_body(self):
        """Returns the body; what cannot be read ends the connection, as its end is not known."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not re.fullmatch(r"\d+", length):
            self.close_connection = True
            raise invalid_argument("expected a body of known Content-Length")
        if int(length) > self.max_bytes:
            self.close_connection = True
            raise ServingError(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                f"Received message larger than max ({length} vs. {self.max_bytes})",
            )
        return self.rfile.read(int(length))

    def _get(self, path, _):
        parts = self._parse(_GET, path)
        spec = _model_spec(parts)
        if parts["metadata"]:
            request = get_model_metadata_pb2.GetModelMetadataRequest(
                model_spec=spec, metadata_field=["signature_def"]
            )
            return _metadata_json(self.prediction_service.metadata(request))
        request = get_model_status_pb2.GetModelStatusRequest(model_spec=spec)
        return _json(self.model_service.status(request))

    def _post(self, path, body):
        parts = self._parse(_POST, path)
        method = parts["method"].lower()
        if method != "predict":
            raise ServingError(
                grpc.StatusCode.UNIMPLEMENTED, f"The local server has no {method}, only predict."
            )
        request = json_tensors.parse_request(body)
        spec = _model_spec(parts)
        spec.signature_name = request.get("signature_name", "")
        _, outputs = self.predictor.predict(
            spec,
            lambda signature: json_tensors.read_inputs(request, signature.inputs),
            timeout=self.timeout_seconds,
        )
        return json_tensors.write_outputs(outputs, by_row="instances" in request)

    def _parse(self, pattern, path):
        match = pattern.fullmatch(path)
        if match is None:
            raise invalid_argument(f"Malformed request: {self.command} {path}")
        return match.groupdict()

    def _send(self, status, content_type, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def _model_spec(parts):
    if parts["name"] is None:
        raise invalid_argument("Missing model name in request.")
    spec = model_pb2.ModelSpec(name=urllib.parse.unquote(parts["name"]))
    if parts["version"]:
        if int(parts["version"]) >= 2**63:
            raise invalid_argument(f"Failed to convert version: {parts['version']} to numeric.")
        spec.version.value = int(parts["version"])
    elif parts["label"]:
        spec.version_label = urllib.parse.unquote(parts["label"])
    return spec


def _json(message):
    return json_format.MessageToJson(message, always_print_fields_with_no_presence=True)


def _metadata_json(response):
    signatures = get_model_metadata_pb2.SignatureDefMap()
    response.metadata["signature_def"].Unpack(signatures)
    as_dict = {"always_print_fields_with_no_presence": True, "preserving_proto_field_name": True}
    return json.dumps(
        {
            "model_spec": json_format.MessageToDict(response.model_spec, **as_dict),
            "metadata": {"signature_def": json_format.MessageToDict(signatures, **as_dict)},
        },
        indent=1,
    )
