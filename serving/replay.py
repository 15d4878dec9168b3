"""Replays the warm-up requests of an exported model and says how far its answers are off.

python -m serving.replay --model_dir=models/sagcn/1

The model is loaded as TensorFlow Serving loads it, and asked what its own file
assets.extra/tf_serving_warmup_requests asks; the answers are compared with those recorded there.
What is found is printed as one line of JSON: how many requests, the seconds that they took, the
milliseconds of an answer of serving_default for each batch size (the shortest of three), and for
each signature the largest and the mean difference: in standard deviations of the recorded answers
where those exceed 1, or, of whole numbers, the share that differs.
"""

import json
import os
import pathlib
import resource
import sys
import time

import numpy as np
from absl import flags

from serving.errors import UserError, run_main

WARM_UP_REQUESTS = pathlib.Path("assets.extra") / "tf_serving_warmup_requests"
_FLAGS = flags.FLAGS


def define_flags():
    """Defines the flags of the command line."""
    flags.DEFINE_string("model_dir", None, "Folder of the exported version.", required=True)
    flags.DEFINE_integer("memory_limit", None, "MiB that may be allocated (default: any).", 1)


def read_logs(model_dir):
    """Returns the `PredictLog`s, each a request and its response, that a version brings along.

    Raises:
        UserError: if there are none or the file is damaged.
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
    """Asks a model what is recorded, and compares.

    Args:
        model: a `SessionModel`.
        logs: `PredictLog`s.

    Returns:
        `{"requests", "seconds", "latency_ms": {batch: ...}, "differences": {signature:
        {"largest", "mean"}}}`.

    Raises:
        UserError: if the model refuses a request, or answers with other names or shapes, with
            another text, or with NaN or infinity.
    """
    start, latency, differences = time.monotonic(), {}, {}
    for log in logs:
        name = log.request.model_spec.signature_name
        inputs, expected = _arrays(log.request.inputs), _arrays(log.response.outputs)
        outputs = _ask(model, name, inputs)
        if outputs.keys() != expected.keys():
            raise UserError(
                f"signature {name!r} answers {sorted(outputs)}, expected {sorted(expected)}"
            )
        for key, values in expected.items():
            found = _difference(f"{name}.{key}", outputs[key], values)
            known = differences.setdefault(name, dict.fromkeys(found, 0.0))
            known.update({which: max(known[which], found[which]) for which in found})
        if name == "serving_default":
            latency[str(len(next(iter(inputs.values()))))] = _milliseconds(model, name, inputs)
    seconds = round(time.monotonic() - start, 3)
    return {
        "requests": len(logs),
        "seconds": seconds,
        "latency_ms": latency,
        "differences": differences,
    }


def _arrays(tensors):
    import tensorflow as tf

    return {name: tf.make_ndarray(tensor) for name, tensor in tensors.items()}


def _ask(model, name, inputs):
    try:
        return model.run(name, inputs)
    except RuntimeError as error:
        raise UserError(f"the request of signature {name!r} failed: {error}") from error


def _milliseconds(model, name, inputs):
    """The shortest time of three answers."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        model.run(name, inputs)
        times.append(1e3 * (time.perf_counter() - start))
    return round(min(times), 3)


def _difference(place, actual, expected):
    """`{"largest", "mean"}` difference of two arrays of at least one entry."""
    for what in ("dtype", "shape"):
        given, wanted = getattr(actual, what), getattr(expected, what)
        if given != wanted:
            raise UserError(f"{place} has the {what} {given}, expected {wanted}")
    if expected.dtype == np.float32:
        if not np.isfinite(actual).all():
            raise UserError(f"{place} is not finite")
        differences = np.abs(actual - expected) / max(float(expected.std()), 1.0)
        return {"largest": float(differences.max()), "mean": float(differences.mean())}
    different = float(np.mean(actual != expected))
    if expected.dtype == object and different:
        raise UserError(f"{place} is another text than when the model was exported")
    return {"largest": different, "mean": different}


def main(_):
    """Runs the command line."""
    if not os.path.isdir(_FLAGS.model_dir):
        raise UserError(f"--model_dir={_FLAGS.model_dir} is not a folder")
    if _FLAGS.memory_limit:
        # Not the address space, of which TensorFlow maps gigabytes that it never touches.
        limit = _FLAGS.memory_limit * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    # TensorFlow imports Keras where it finds it; what is served must work without.
    sys.modules["keras"] = None
    from serving.session_model import SessionModel

    try:
        model = SessionModel(_FLAGS.model_dir)
    except RuntimeError as error:
        raise UserError(f"{_FLAGS.model_dir} cannot be loaded: {error}") from error
    print(json.dumps(replay(model, read_logs(_FLAGS.model_dir))))


if __name__ == "__main__":
    define_flags()
    run_main(main)
