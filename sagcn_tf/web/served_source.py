"""Motion from a server of an exported model."""

import contextlib
import dataclasses

import grpc

from sagcn_tf.data.motion_data import MotionData
from sagcn_tf.errors import UserError
from serving.errors import UserError as ServingError
from serving.request_error import RequestError
from serving.sagcn_client import SagcnClient

_TIMEOUT = 5.0  # seconds


class ServedSource:
    """Requests clips from TensorFlow Serving or the local server.

    Args:
        server: address of the gRPC interface, such as `localhost:8500`.
        model: name of the model on the server. Default: `"sagcn"`.

    Attributes:
        data: the `MotionData` that describes its motion.
        frames: T.

    Raises:
        UserError: if the server does not answer, or serves something else.
    """

    def __init__(self, server, model="sagcn"):
        self._server, self._client = server, SagcnClient(server, model, timeout=_TIMEOUT)
        with self._errors():
            described = self._client.describe()
        self.frames = described.frames
        self.data = MotionData.from_served(dataclasses.asdict(described))

    def generate(self, action, count, seed):
        """Generates clips like `LocalSource.generate`, with attention for single classes only."""
        with self._errors():
            if isinstance(action, dict):
                return {"motion": self._client.mix(action, count, seed)}
            if isinstance(action, tuple):
                return {"motion": self._client.transition(*action, count, seed)}
            with _no_such_signature():
                return self._client.attend(action, count, seed)
            return {"motion": self._client.generate(action, count, seed)}

    @contextlib.contextmanager
    def _errors(self):
        try:
            yield
        except ServingError as error:
            raise UserError(f"--server={self._server}: {error}") from error
        except RequestError as error:
            again = error.code in (
                grpc.StatusCode.UNAVAILABLE,
                grpc.StatusCode.DEADLINE_EXCEEDED,
            )
            hint = ". Is it running? Start it, then choose again" if again else ""
            raise UserError(f"--server={self._server} answers {error}{hint}") from error


@contextlib.contextmanager
def _no_such_signature():
    """Suppresses the refusal of a signature that the exported system does not have."""
    try:
        yield
    except RequestError as error:
        missing = grpc.StatusCode.INVALID_ARGUMENT, grpc.StatusCode.NOT_FOUND
        if error.code not in (*missing, grpc.StatusCode.FAILED_PRECONDITION):
            raise
