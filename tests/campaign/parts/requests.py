"""Random and mutated requests: each gets its status, the server lives, its memory stays flat."""

import gzip
import json
import random
import re
import socket
import subprocess
import sys

import grpc
import numpy as np
import psutil

from tests.campaign.mutations import mutated
from tests.serving import closed_form_model
from tests.serving.closed_form_model import CLASS_NAMES, expected_motion
from tests.serving.server_process import free_port
from tests.serving.stubs import TIMEOUT, Stubs, arrays_of, request_of

_PREDICT = "/tensorflow.serving.PredictionService/Predict"
# What a mutated request may be answered with. UNKNOWN would be an exception of the server.
_CODES = {"INTERNAL", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "RESOURCE_EXHAUSTED"}
_STATUSES = {200, 400, 404, 413, 414, 431, 501, 505}
_LOOKS = 20  # at the memory
_GROWTH = 0.05  # of the memory in the second half


class _Server:
    """A local server in its own process, with REST.

    Attributes:
        port, rest_port: its ports.
    """

    def __init__(self, base_path, log):
        self.port, self.rest_port = free_port(), free_port()
        flags = (f"--model_base_path={base_path}", f"--port={self.port}")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "serving.local_server", *flags]
            + [f"--rest_api_port={self.rest_port}"],
            stdout=log,
            stderr=log,
        )

    def megabytes(self):
        """Returns the memory that it occupies, in MiB."""
        return psutil.Process(self.process.pid).memory_info().rss / 2**20


def run(trials):
    """Sends as many gRPC and as many REST requests as there are trials."""
    closed_form_model.save(trials.folder / "sagcn" / "1", 1)
    for name, kind, share in (("gRPC", _Grpc, 0.5), ("REST", _Rest, 1.0)):
        with open(trials.folder / f"{name}.log", "w") as log:
            server = _Server(trials.folder / "sagcn", log)
            try:
                _send(trials, name, kind, server, share)
            finally:
                server.process.kill()
                server.process.wait()


def _send(trials, name, kind, server, share):
    stubs = Stubs(server)
    stubs.prediction.Predict(request_of("generate"), timeout=TIMEOUT, wait_for_ready=True)
    sender, stage, used = kind(server, stubs), trials.part(trials.most, share), []
    every = max(1, trials.most // _LOOKS)
    for seed in stage:
        try:
            if fault := sender.send(random.Random(seed)):
                trials.fail(seed, f"{name}: {fault}")
            if seed % 100 == 0:
                motion = arrays_of(stubs.predict(request_of("generate")))["motion"]
                np.testing.assert_array_equal(motion, expected_motion(1, [2], [9]))
        except (grpc.RpcError, AssertionError, OSError) as error:
            trials.fail(seed, f"{name}: {type(error).__name__}: {str(error)[:200]}")
            if server.process.poll() is not None:
                break
        if (stage.done - 1) % every == 0:
            used.append(server.megabytes())
    stubs.channel.close()
    trials.done += stage.done
    if not used:
        return
    half = used[len(used) // 2]
    if used[-1] > half * (1 + _GROWTH):
        trials.fail(trials.first, f"{name}: memory grew from {half:.0f} to {used[-1]:.0f} MiB")
    counts = ", ".join(f"{count} {code}" for code, count in sorted(sender.counts.items()))
    trials.note(
        f"{name}: {stage.done} requests ({counts}). Memory: {used[0]:.0f} MiB at the start, "
        f"{half:.0f} in the middle, {used[-1]:.0f} in the end."
    )


class _Counted:
    """Counts the answers."""

    def __init__(self, server, stubs):
        self.server, self.stubs, self.counts = server, stubs, {}

    def count(self, code):
        self.counts[code] = self.counts.get(code, 0) + 1


class _Grpc(_Counted):
    """Sends one request: half of them with one value that is wrong, half with changed bytes."""

    def send(self, random_):
        """Sends a request; returns what is wrong with the answer, or None."""
        request = request_of("generate")
        expected = _CODES | {"OK"}
        if random_.random() < 0.5:
            expected = {random_.choice(_DEFECTS)(request, random_)}
            content = request.SerializeToString()
        else:
            content = mutated(request.SerializeToString(), random_)
        try:
            self.stubs.channel.unary_unary(_PREDICT)(content, timeout=TIMEOUT)
            code, details = "OK", ""
        except grpc.RpcError as error:
            code, details = error.code().name, error.details()
        self.count(code)
        if code not in expected:
            return f"expected {' or '.join(sorted(expected))}, got {code}: {details[:200]}"
        return None


def _wrong_type(request, random_):
    dtype = random_.choice([np.float32, np.float64, np.int64, np.uint8, np.bool_, np.complex64])
    request.MergeFrom(request_of(label=np.ones(1, dtype), seed=np.ones(1, np.int32)))
    return "INVALID_ARGUMENT"


def _wrong_shape(request, random_):
    shape = [random_.randrange(4) for _ in range(random_.choice((0, 2, 3)))]
    request.MergeFrom(request_of(label=np.ones(1, np.int32), seed=np.zeros(shape, np.int32)))
    return "INVALID_ARGUMENT"


def _wrong_label(request, random_):
    label = random_.choice((-1, random_.randrange(len(CLASS_NAMES), 2**31)))
    request.MergeFrom(request_of(label=np.array([label], np.int32), seed=np.ones(1, np.int32)))
    return "INVALID_ARGUMENT"


def _wrong_input(request, random_):
    request.inputs[str(random_.random())].CopyFrom(request.inputs["label"])
    return "INVALID_ARGUMENT"


def _wrong_model(request, random_):
    request.model_spec.name = str(random_.random())
    return "NOT_FOUND"


def _wrong_version(request, random_):
    request.model_spec.version.value = random_.randrange(2, 2**63)
    return "NOT_FOUND"


def _wrong_version_label(request, random_):
    request.model_spec.version_label = str(random_.random())
    return "FAILED_PRECONDITION"


def _wrong_signature(request, random_):
    request.model_spec.signature_name = str(random_.random())
    return "FAILED_PRECONDITION"


_DEFECTS = [
    *(_wrong_type, _wrong_shape, _wrong_label, _wrong_input),
    *(_wrong_model, _wrong_version, _wrong_version_label, _wrong_signature),
]


class _Rest(_Counted):
    """Sends one request with changed bytes on a connection of its own."""

    def send(self, random_):
        """Sends a request; returns what is wrong with the answer, or None."""
        content = mutated(random_.choice(_REQUESTS), random_)
        address = ("127.0.0.1", self.server.rest_port)
        with socket.create_connection(address, TIMEOUT) as connection:
            try:
                connection.sendall(content)
                connection.shutdown(socket.SHUT_WR)
                with connection.makefile("rb") as stream:
                    answer = stream.read()
            except ConnectionError:  # it closes the connection before it has read a wrong request
                self.count("closed")
                return None
        status = re.match(rb"HTTP/1.1 (\d+) ", answer)
        if not status:
            self.count("closed")
            first = content.partition(b"\n")[0].strip()
            return f"no answer to {first[:80]!r}" if first else None
        self.count(status[1].decode())
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
