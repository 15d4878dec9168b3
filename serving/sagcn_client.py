"""A client of a served SA-GCN; it needs neither TensorFlow nor `sagcn_tf`."""

import random
import time
from collections.abc import Mapping

import grpc
import numpy as np

from serving import messages
from serving.channel import connect
from serving.description import Description
from serving.request_error import RequestError
from serving.tensors import read_array, write_array

CLIPS_PER_REQUEST = 32  # Servers refuse requests above their max_batch_size.
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0  # seconds before a retry
_ATTEMPTS = 3  # requests until an answer matches the class names that it was asked with


class SagcnClient:
    """Requests motions from TensorFlow Serving or the local server.

    If no server is available (UNAVAILABLE), a request is retried after growing pauses until
    `timeout`; every other error is raised at once. Threads may share a client.

    Each method raises a `RequestError` if the server refuses the request or does not answer in
    time, and a `UserError` if a class is unknown or the model is not an export of SA-GCN. The
    methods that generate take `count` and `seed` as `generate` does.

    Args:
        server: Address of the gRPC interface. If it is a name with several addresses, requests go
            to each in turn.
        model: Name of the model on the server.
        version: Number of the version, or None for the newest.
        timeout: Seconds that a request may take, including retries.
        certificate: Root certificate in PEM format (bytes) if the server uses TLS.
        version_label: Label of the version, such as "stable", instead of `version`.
    """

    def __init__(
        self,
        server: str = "localhost:8500",
        model: str = "sagcn",
        version: int | None = None,
        timeout: float = 30.0,
        certificate: bytes | None = None,
        version_label: str = "",
    ):
        if version is not None and version_label:
            raise ValueError("expected version or version_label, got both.")
        self._channel = connect(server, certificate)
        self._predict = self._channel.unary_unary(
            messages.PREDICT,
            messages.PredictRequest.SerializeToString,
            messages.PredictResponse.FromString,
        )
        self._spec = {"name": model, "version_label": version_label}
        if version is not None:
            self._spec["version"] = {"value": version}
        self._timeout = timeout
        self._description = None

    def __enter__(self) -> "SagcnClient":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._channel.close()

    def describe(self) -> Description:
        """Returns the class names, the skeleton and the units of the model."""
        outputs, version = self._call("describe", {"request": np.zeros(1, np.int32)})
        text = outputs.get("description", [None])[0]
        self._description = Description.from_json(text, version)
        return self._description

    def generate(self, label: str | int, count: int = 1, seed: int = 0) -> np.ndarray:
        """Returns motions of one class.

        Args:
            label: Name or number of the class.
            count: Number of motions.
            seed: Seed of the first motion. Motion i has the seed `seed` + i and is the same alone
                or in any batch.

        Returns:
            float32 `[count, T, N, D]` in the model's unit, x to the right, y down, z away.
        """
        return self._ask("generate", {"label": label}, count, seed)["motion"]

    def mix(self, weights: Mapping[str, float], count: int = 1, seed: int = 0) -> np.ndarray:
        """Returns motions `[count, T, N, D]` of a mixture of classes (equation 8 of the paper).

        Args:
            weights: Dict of class name -> weight. The weights sum to 1; other classes have 0.
            count: Number of motions.
            seed: Seed of the first motion.
        """
        return self._ask("mix", {"label_weights": weights}, count, seed)["motion"]

    def transition(
        self, start: str | int, end: str | int, count: int = 1, seed: int = 0
    ) -> np.ndarray:
        """Returns motions `[count, T, N, D]` that change from one class to another.

        Args:
            start: Name or number of the class at the first frame.
            end: Name or number of the class at the last frame.
            count: Number of motions.
            seed: Seed of the first motion.
        """
        labels = {"label_from": start, "label_to": end}
        return self._ask("transition", labels, count, seed)["motion"]

    def attend(self, label: str | int, count: int = 1, seed: int = 0) -> dict[str, np.ndarray]:
        """Returns motions and the attention that generated them.

        Args:
            label: Name or number of the class.
            count: Number of motions.
            seed: Seed of the first motion.

        Returns:
            Dict of `motion` float32 `[count, T, N, D]`, `attention` float32 `[count, T, T]` and
            `kept` int32 `[count, T, K + 1]`, the numbers of the frames that pruning keeps.
        """
        return self._ask("attend", {"label": label}, count, seed)

    def classify(self, motion: np.ndarray) -> np.ndarray:
        """Returns the probability of each class, float32 `[count, C]`.

        Args:
            motion: `[count, T, N, D]` in the model's unit.

        Raises:
            RequestError: FAILED_PRECONDITION if the export includes no classifier.
        """
        motion = np.asarray(motion, np.float32)
        _check_count("motion", len(motion))
        parts = [motion[rows] for rows in _parts(len(motion))]
        answers = [self._call("classify", {"motion": part})[0] for part in parts]
        return np.concatenate([answer["probabilities"] for answer in answers])

    def _ask(self, signature, labels, count, seed):
        """Requests `count` motions in parts that servers accept."""
        _check_count("count", count)
        answers = []
        for rows in _parts(count):
            seeds = np.arange(seed + rows.start, seed + rows.stop, dtype=np.int32)
            answers.append(self._ask_once(signature, labels, seeds))
        return {name: np.concatenate([answer[name] for answer in answers]) for name in answers[0]}

    def _ask_once(self, signature, labels, seeds):
        """Requests again if a new version of the model has other class names."""
        for _ in range(_ATTEMPTS):
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
        spec = {**self._spec, "signature_name": signature}
        request = messages.PredictRequest(model_spec=spec)
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
            # Random, so that the clients of a lost server do not all return at once.
            time.sleep(pause * random.uniform(0.5, 1.0))
            pause = min(2 * pause, _LONGEST_PAUSE)


def _check_count(name, count):
    if count < 1:
        raise ValueError(f"{name}: expected at least 1, got {count}.")


def _parts(count):
    """Returns slices of at most `CLIPS_PER_REQUEST` rows that cover `count` rows."""
    starts = range(0, count, CLIPS_PER_REQUEST)
    return [slice(start, min(start + CLIPS_PER_REQUEST, count)) for start in starts]


def _label_input(label, description):
    """Returns one row of a label input: the number of a class, or the weights of a mixture."""
    if isinstance(label, Mapping):
        weights = np.zeros(len(description.class_names), np.float32)
        for name, weight in label.items():
            weights[description.number_of(name)] += weight
        return weights
    number = description.number_of(label) if isinstance(label, str) else label
    return np.int32(number)
