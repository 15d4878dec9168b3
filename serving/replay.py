"""Replays the warm-up requests of an exported model and compares the answers.

python -m serving.replay --model_dir=models/sagcn/1

The model is loaded the way TensorFlow Serving does, and is sent the requests in its own file
assets.extra/tf_serving_warmup_requests. The result is one line of JSON: the number of requests, the
seconds that the replay took, the latency of serving_default in milliseconds for each batch size
(the best of three), for each signature the largest and the mean difference from the recorded
answers, and the signatures without a recorded request. Differences are in standard deviations of
the recorded answer where that is above 1; for integers they are the share of values that differ.
"""

import functools
import json
import os
import pathlib
import sys
import time
import timeit

import numpy as np
from absl import flags

from serving.errors import UserError, run_main
from serving.request_error import RequestError
from serving.tensors import read_array

DEFAULT_SIGNATURE = "serving_default"
WARM_UP_REQUESTS = pathlib.Path("assets.extra") / "tf_serving_warmup_requests"
_FLAGS = flags.FLAGS


def define_flags():
    """Defines the flags of the command line."""
    flags.DEFINE_string("model_dir", None, "Folder of the exported version.", required=True)


def read_logs(model_dir):
    """Returns the recorded requests and responses in the folder of a version, as `PredictLog`s.

    Raises:
        UserError: If there are none or the file is damaged.
    """
    import tensorflow as tf
    from google.protobuf.message import DecodeError
    from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

    path = pathlib.Path(model_dir) / WARM_UP_REQUESTS
    if not path.is_file():
        raise UserError(f"{model_dir} has no {WARM_UP_REQUESTS}: export the model again")
    try:
        records = list(tf.data.TFRecordDataset(os.fspath(path)).as_numpy_iterator())
        logs = [PredictionLog.FromString(record).predict_log for record in records]
    except (tf.errors.OpError, DecodeError) as error:
        raise UserError(f"{path} is damaged: {error}. Export the model again") from error
    if not logs:
        raise UserError(f"{path} is empty: export the model again")
    return logs


def replay(model, logs):
    """Sends recorded requests to a model and compares its answers with the recorded ones.

    Args:
        model: `SessionModel`.
        logs: `PredictLog`s.

    Returns:
        `{"requests", "seconds", "latency_ms": {batch: ...}, "differences": {signature:
        {"largest", "mean"}}, "not_replayed": [signature, ...]}`.

    Raises:
        UserError: If the model refuses a request, or if the outputs of an answer have other names
            or shapes, another text, or NaN or infinity.
    """
    start, latency, differences = time.monotonic(), {}, {}
    for log in logs:
        name = log.request.model_spec.signature_name
        inputs, expected = read_arrays(log.request.inputs), read_arrays(log.response.outputs)
        try:
            outputs = model.run(name, inputs)
        except RequestError as error:
            raise UserError(f"the request of signature {name!r} failed: {error}") from error
        if outputs.keys() != expected.keys():
            raise UserError(
                f"signature {name!r} answers {sorted(outputs)}, expected {sorted(expected)}"
            )
        for key, values in expected.items():
            found = _difference(f"{name}.{key}", outputs[key], values)
            largest = differences.setdefault(name, dict.fromkeys(found, 0.0))
            largest.update({which: max(largest[which], found[which]) for which in found})
        if name == DEFAULT_SIGNATURE:
            seconds = timeit.repeat(functools.partial(model.run, name, inputs), number=1, repeat=3)
            latency[str(len(next(iter(inputs.values()))))] = round(1e3 * min(seconds), 3)
    return {
        "requests": len(logs),
        "seconds": round(time.monotonic() - start, 3),
        "latency_ms": latency,
        "differences": differences,
        "not_replayed": sorted(model.signatures.keys() - differences.keys()),
    }


def read_arrays(tensors):
    """Returns a mapping of name -> `TensorProto` as a dict of name -> array."""
    return {name: read_array(tensor) for name, tensor in tensors.items()}


def _difference(place, actual, expected):
    """Returns the `{"largest", "mean"}` difference of two arrays of at least one value."""
    for what in ("dtype", "shape"):
        given, wanted = getattr(actual, what), getattr(expected, what)
        if given != wanted:
            raise UserError(f"{place} has the {what} {given}, expected {wanted}")
    if expected.dtype == np.float32:
        if not (np.isfinite(actual).all() and np.isfinite(expected).all()):
            raise UserError(f"{place} is not finite")
        differences = np.abs(actual - expected) / max(float(expected.std()), 1.0)
        return {"largest": float(differences.max()), "mean": float(differences.mean())}
    different = float(np.mean(actual != expected))
    if expected.dtype == object and different:
        raise UserError(f"{place} differs from the text that was recorded at the export")
    return {"largest": different, "mean": different}


def main(_):
    """Runs the command line."""
    if not os.path.isdir(_FLAGS.model_dir):
        raise UserError(f"--model_dir={_FLAGS.model_dir} is not a folder")
    # TensorFlow imports Keras if it is installed; a served model must work without it.
    sys.modules["keras"] = None
    from serving.session_model import SessionModel

    print(json.dumps(replay(SessionModel(_FLAGS.model_dir), read_logs(_FLAGS.model_dir))))


if __name__ == "__main__":
    define_flags()
    run_main(main)
