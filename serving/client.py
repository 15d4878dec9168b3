"""Asks a server for motions of one class, and writes arrays, an animation or a film strip.

python -m serving.client --server=localhost:8500 --label=walking --count=3 --output=walk.gif

The server is TensorFlow Serving or the local server. Clip i is drawn from the seed --seed + i,
whatever the others are. The suffix of --output says what is written: .npz holds the arrays motion
[count, T, N, D] in the model's unit, label, seeds [count], joints [N], edges [E, 2], frame_rate
and unit; .gif shows the clips side by side; .png shows every third frame.

In Python: `from serving.client import SagcnClient`.
"""

import pathlib

import numpy as np
from absl import flags

from serving.errors import UserError, run_main
from serving.files import whole_file
from serving.sagcn_client import SagcnClient

__all__ = ["SagcnClient"]

MAX_COUNT = 10_000
MAX_DRAWN = 20
_FLAGS = flags.FLAGS


def define_flags():
    """Defines the flags of the command line."""
    flags.DEFINE_string("server", "localhost:8500", "Address of the server's gRPC interface.")
    flags.DEFINE_string("model", "sagcn", "Name of the model on the server.")
    flags.DEFINE_integer("version", None, "Version of the model; the newest if not given.", 0)
    flags.DEFINE_string("label", None, "Class to generate, such as walking.", required=True)
    flags.DEFINE_string("output", None, "File to write: .npz, .gif or .png.", required=True)
    flags.DEFINE_integer("count", 3, "How many clips.", 1, MAX_COUNT)
    flags.DEFINE_integer("seed", 0, "Seed of the first clip.", 0, 2**31 - 1 - MAX_COUNT)
    flags.DEFINE_float("timeout", 30.0, "Seconds to wait for an answer.", 0.001)
    flags.DEFINE_string("certificate", None, "Root certificate (PEM) of a server with TLS.")
    flags.register_validator(
        "output",
        lambda path: pathlib.Path(path).suffix.lower() in _WRITERS,
        f"must end in {', '.join(_WRITERS)}.",
    )
    flags.register_multi_flags_validator(
        ["output", "count"],
        lambda values: values["output"].lower().endswith(".npz") or values["count"] <= MAX_DRAWN,
        f"At most {MAX_DRAWN} clips are drawn: lower --count or write .npz.",
    )


def main(_):
    """Runs the command line."""
    from serving.request_error import RequestError

    certificate = _read(_FLAGS.certificate) if _FLAGS.certificate else None
    timeout = _FLAGS.timeout
    with SagcnClient(_FLAGS.server, _FLAGS.model, _FLAGS.version, timeout, certificate) as client:
        try:
            description = client.describe()
            number = description.number_of(_FLAGS.label)
            motion = client.generate(number, _FLAGS.count, _FLAGS.seed)
        except RequestError as error:
            raise UserError(f"--server={_FLAGS.server} answers {error}") from error
    label = description.class_names[number]
    seeds = np.arange(_FLAGS.seed, _FLAGS.seed + _FLAGS.count, dtype=np.int32)
    try:
        with whole_file(_FLAGS.output) as temporary:
            suffix = pathlib.Path(_FLAGS.output).suffix.lower()
            _WRITERS[suffix](temporary, motion, description, label, seeds)
    except OSError as error:
        raise UserError(f"--output={_FLAGS.output} cannot be written: {error}.") from error
    print(f"{_FLAGS.output}: {len(seeds)} clips of {label}")


def _read(path):
    try:
        return pathlib.Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"--certificate={path} cannot be read: {error.strerror}.") from error


def _write_arrays(path, motion, description, label, seeds):
    skeleton = description.skeleton
    np.savez_compressed(
        path,
        motion=motion,
        label=label,
        seeds=seeds,
        joints=np.array(skeleton["joints"]),
        edges=np.array(skeleton["edges"], np.int32).reshape(-1, 2),
        frame_rate=description.frame_rate,
        unit=description.unit,
    )


def _write_animation(path, motion, description, label, seeds):
    from serving import drawing

    drawing.save_gif(path, motion, description, [f"{label}, seed {seed}" for seed in seeds])


def _write_strip(path, motion, description, label, seeds):
    from serving import drawing

    drawing.save_png(path, motion, description, [f"{label}, seed {seed}" for seed in seeds])


_WRITERS = {".npz": _write_arrays, ".gif": _write_animation, ".png": _write_strip}


if __name__ == "__main__":
    define_flags()
    run_main(main)
