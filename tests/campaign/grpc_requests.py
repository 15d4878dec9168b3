"""Random and mutated gRPC requests."""

import collections

import grpc
import numpy as np

from tests.campaign.mutations import mutated
from tests.serving.closed_form_model import CLASS_NAMES
from tests.serving.stubs import TIMEOUT, request_of

_PREDICT = "/tensorflow.serving.PredictionService/Predict"
# What a mutated request may be answered with. UNKNOWN would be an exception of the server.
_CODES = {"INTERNAL", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "RESOURCE_EXHAUSTED"}


class GrpcRequests:
    """Half of the requests have one value that is wrong, the others changed bytes.

    Args:
        server: has the `port` of gRPC.
        channel: a connection to it.

    Attributes:
        counts: `{code: number of answers}`.
    """

    def __init__(self, server, channel):
        self.counts = collections.Counter()
        self._predict = channel.unary_unary(_PREDICT)

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
            self._predict(content, timeout=TIMEOUT)
            code, details = "OK", ""
        except grpc.RpcError as error:
            code, details = error.code().name, error.details()
        self.counts[code] += 1
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
