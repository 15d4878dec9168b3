"""A client of a served SA-GCN; it needs neither the library nor TensorFlow."""

import random
import time
from collections.abc import Mapping

import grpc
import numpy as np

from serving import messages
from serving.description import Description
from serving.request_error import RequestError
from serving.tensors import read_array, write_array

CLIPS_A_REQUEST = 32  # A server refuses more than its max_batch_size.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds before a request is sent again
_DESCRIPTIONS = 3  # how often the classes may have changed before an answer is given up
_LONGEST_RECONNECT = 1000  # milliseconds; gRPC itself would wait for up to two minutes


class SagcnClient:
    """Asks TensorFlow Serving or the local server for motions.

    A request that finds no server (UNAVAILABLE) is sent again after growing pauses, until
    `timeout` is over; every other error is raised at once. Threads may share a client.

    Args:
        server: address of the gRPC interface.
        model: name of the model on the server.
        version: number of the version to ask, or None for the newest.
        timeout: seconds that a request may take, all attempts together.
        certificate: root certificate in PEM format (bytes) if the server speaks TLS.
    """

    def __init__(
        self,
        server: str = "localhost:8500",
        model: str = "sagcn",
        version: int | None = None,
        timeout: float = 30.0,
        certificate: bytes | None = None,
    ):
        options = [("grpc.max_reconnect_backoff_ms", _LONGEST_RECONNECT)]
        if certificate is None:
            self._channel = grpc.insecure_channel(server, options)
        else:
            credentials = grpc.ssl_channel_credentials(certificate)
            self._channel = grpc.secure_channel(server, credentials, options)
        self._predict = self._channel.unary_unary(
            messages.PREDICT,
            messages.PredictRequest.SerializeToString,
            messages.PredictResponse.FromString,
        )
        self._model, self._version, self._timeout = model, version, timeout
        self._description = None

    def __enter__(self) -> "SagcnClient":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._channel.close()

    def describe(self) -> Description:
        """Returns the class names, the skeleton and the units of the model.

        Raises:
            RequestError: if the server does not answer.
        """
        outputs, version = self._call("describe", {"request": np.zeros(1, np.int32)})
        self._description = Description.from_json(outputs["description"][0], version)
        return self._description

    def generate(self, label: str | int, count: int = 1, seed: int = 0) -> np.ndarray:
        """Returns motions of one class.

        Args:
            label: name or number of the class.
            count: how many motions.
            seed: of the first; motion i has the seed `seed` + i, and is the same alone or among
                others.

        Returns:
            float32 `[count, T, N, D]` in the model's unit, x to the right, y down, z away.

        Raises:
            RequestError: if the server refuses the request or does not answer in time.
            UserError: if no class has this name.
        """
        return self._ask("generate", {"label": label}, count, seed)["motion"]

    def mix(self, weights: Mapping[str, float], count: int = 1, seed: int = 0) -> np.ndarray:
        """Returns motions of a mixture of classes (equation 8 of the paper).

        Args:
            weights: dict of class name -> weight; the weights sum to 1, others are 0.
            count: how many motions.
            seed: of the first, as in `generate`.

        Returns:
            float32 `[count, T, N, D]`.

        Raises:
            RequestError: as in `generate`; the server refuses weights that do not sum to 1.
            UserError: if no class has one of the names.
        """
        return self._ask("mix", {"label_weights": weights}, count, seed)["motion"]

    def transition(
        self, start: str | int, end: str | int, count: int = 1, seed: int = 0
    ) -> np.ndarray:
        """Returns motions that turn from one class into another over their T frames.

        Args:
            start: name or number of the class at the first frame.
            end: name or number of the class at the last frame.
            count: how many motions.
            seed: of the first, as in `generate`.

        Returns:
            float32 `[count, T, N, D]`.

        Raises:
            RequestError: as in `generate`.
            UserError: as in `generate`.
        """
        return self._ask("transition", {"label_from": start, "label_to": end}, count, seed)[
            "motion"
        ]

    def attend(self, label: str | int, count: int = 1, seed: int = 0) -> dict[str, np.ndarray]:
        """Returns motions with the attention that they were made with.

        Args:
            label: name or number of the class.
            count: how many motions.
            seed: of the first, as in `generate`.

        Returns:
            Dict of `motion` float32 `[count, T, N, D]`, `attention` float32 `[count, T, T]` and
            `kept` int32 `[count, T, K + 1]`, the numbers of the frames that pruning keeps.

        Raises:
            RequestError: as in `generate`.
            UserError: as in `generate`.
        """
        return self._ask("attend", {"label": label}, count, seed)

    def classify(self, motion: np.ndarray) -> np.ndarray:
        """Returns how likely each class is; only where the model has a recogniser.

        Args:
            motion: `[count, T, N, D]` in the model's unit.

        Returns:
            float32 `[count, C]`.

        Raises:
            RequestError: as in `generate`; FAILED_PRECONDITION where there is no recogniser.
        """
        motion = np.asarray(motion, np.float32)
        parts = [motion[rows] for rows in _parts(len(motion))]
        answers = [self._call("classify", {"motion": part})[0] for part in parts]
        return np.concatenate([answer["probabilities"] for answer in answers])

    def _ask(self, signature, labels, count, seed):
        """Asks for `count` motions in requests of a size that servers take."""
        if count < 1:
            raise ValueError(f"count: expected at least 1, got {count}.")
        answers = []
        for rows in _parts(count):
            seeds = np.arange(seed + rows.start, seed + rows.stop, dtype=np.int32)
            answers.append(self._ask_once(signature, labels, seeds))
        return {name: np.concatenate([answer[name] for answer in answers]) for name in answers[0]}

    def _ask_once(self, signature, labels, seeds):
        """Asks again where the class names have changed with the version of the model."""
        for _ in range(_DESCRIPTIONS):
            description = self._description or self.describe()
            inputs = {
                name: np.repeat([_label_input(value, description)], len(seeds), axis=0)
                for name, value in labels.items()
            }
            outputs, version = self._call(signature, {**inputs, "seed": seeds})
            if version == description.version:
                return outputs
            if self.describe().class_names == description.class_names:
                return outputs
        raise RequestError(grpc.StatusCode.ABORTED, "the model on the server keeps changing")

    def _call(self, signature, inputs):
        """Sends a request; returns the dict of outputs and the version that answered."""
        request = messages.PredictRequest()
        request.model_spec.name = self._model
        request.model_spec.signature_name = signature
        if self._version is not None:
            request.model_spec.version.value = self._version
        for name, array in inputs.items():
            write_array(array, request.inputs.add(key=name).value)
        response = self._send(request)
        outputs = {output.key: read_array(output.value) for output in response.outputs}
        return outputs, response.model_spec.version.value

    def _send(self, request):
        deadline = time.monotonic() + self._timeout
        pause = _FIRST_PAUSE
        while True:
            try:
                return self._predict(request, timeout=max(deadline - time.monotonic(), 0.0))
            except grpc.RpcError as error:
                again = error.code() == grpc.StatusCode.UNAVAILABLE
                if not again or time.monotonic() + pause >= deadline:
                    raise RequestError(error.code(), error.details()) from None
            # Clients that lost the same server should not all come back at once.
            time.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, _LONGEST_PAUSE)


def _parts(count):
    """Slices of at most `CLIPS_A_REQUEST` rows that cover `count` rows."""
    starts = range(0, count, CLIPS_A_REQUEST)
    return [slice(start, min(start + CLIPS_A_REQUEST, count)) for start in starts]


def _label_input(label, description):
    """One row of a label input: the number of a class, or the weights of a mixture."""
    if isinstance(label, Mapping):
        weights = np.zeros(len(description.class_names), np.float32)
        for name, weight in label.items():
            weights[description.number_of(name)] += weight
        return weights
    number = description.number_of(label) if isinstance(label, str) else label
    return np.int32(number)
