"""Requests motions of one class from a server and writes them to files.

python -m serving.client --server=localhost:8500 --label=walking --count=3 --output=walk.gif

The server is TensorFlow Serving or the local server. Clip i is generated from the seed --seed + i,
alone or in any batch. The suffix of --output sets the format, the same as for sagcn_tf.generate:
.npz holds the arrays motion [count, T, N, D] in the model's unit, label, seeds [count], joints [N],
edges [E, 2], frame_rate and unit; .csv is a table, .bvh and .glb are animated rigs of 3-D motion,
.gif and .mp4 show the clips side by side, .png shows every third frame. All but .npz need the
package sagcn_tf, which writes them.

In Python: `from serving.client import SagcnClient`.
"""

import dataclasses
import pathlib

import numpy as np
from absl import flags

from serving.channel import proxy_hint
from serving.errors import UserError, run_main
from serving.files import atomic_write
from serving.request_error import RequestError
from serving.sagcn_client import SagcnClient

__all__ = ["SagcnClient"]

MAX_COUNT = 10_000
MAX_DRAWN = 20
_SUFFIXES = (".npz", ".csv", ".bvh", ".glb", ".gif", ".mp4", ".png")
_DRAWN = (".gif", ".mp4", ".png")
_FLAGS = flags.FLAGS


def define_flags():
    """Defines the flags of the command line."""
    flags.DEFINE_string("server", "localhost:8500", "Address of the server's gRPC interface.")
    flags.DEFINE_string("model", "sagcn", "Name of the model on the server.")
    flags.DEFINE_integer("version", None, "Version of the model (default: the newest).", 0)
    flags.DEFINE_string("version_label", "", "Label of the version, such as stable.")
    flags.DEFINE_string("label", None, "Class to generate, such as walking.", required=True)
    flags.DEFINE_string("output", None, f"File to write: {', '.join(_SUFFIXES)}.", required=True)
    flags.DEFINE_integer("count", 3, "Number of clips.", 1, MAX_COUNT)
    flags.DEFINE_integer("seed", 0, "Seed of the first clip.", 0, 2**31 - 1 - MAX_COUNT)
    flags.DEFINE_float("timeout", 30.0, "Seconds to wait for an answer.", 0.001)
    flags.DEFINE_string("certificate", None, "Root certificate (PEM) of a server with TLS.")
    flags.register_validator(
        "output", lambda path: _suffix(path) in _SUFFIXES, f"must end in {', '.join(_SUFFIXES)}."
    )
    flags.register_multi_flags_validator(
        ["version", "version_label"],
        lambda values: values["version"] is None or not values["version_label"],
        "Give --version or --version_label, not both.",
    )
    flags.register_multi_flags_validator(
        ["output", "count"],
        lambda values: _suffix(values["output"]) not in _DRAWN or values["count"] <= MAX_DRAWN,
        f"At most {MAX_DRAWN} clips can be drawn: lower --count or write .npz.",
    )


def main(_):
    """Runs the command line."""
    certificate = _read(_FLAGS.certificate) if _FLAGS.certificate else None
    with SagcnClient(
        _FLAGS.server,
        _FLAGS.model,
        _FLAGS.version,
        _FLAGS.timeout,
        certificate,
        _FLAGS.version_label,
    ) as client:
        try:
            description = client.describe()
            label = description.class_names[description.number_of(_FLAGS.label)]
            motion = client.generate(label, _FLAGS.count, _FLAGS.seed)
        except RequestError as error:
            server = _FLAGS.server
            raise UserError(f"--server={server} answers {error}{proxy_hint(server)}") from error
    seeds = np.arange(_FLAGS.seed, _FLAGS.seed + _FLAGS.count, dtype=np.int32)
    try:
        write = _write_arrays if _suffix(_FLAGS.output) == ".npz" else _write_with_library
        files = write(_FLAGS.output, motion, description, label, seeds)
    except OSError as error:
        raise UserError(f"--output={_FLAGS.output} cannot be written: {error}.") from error
    print(f"{' to '.join(files[:: max(1, len(files) - 1)])}: {len(seeds)} clips of {label}")


def _suffix(path):
    return pathlib.Path(path).suffix.lower()


def _read(path):
    try:
        return pathlib.Path(path).read_bytes()
    except OSError as error:
        raise UserError(f"--certificate={path} cannot be read: {error.strerror}.") from error


def _write_arrays(path, motion, description, label, seeds):
    skeleton = description.skeleton
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(
            file,
            motion=motion,
            label=label,
            seeds=seeds,
            joints=np.array(skeleton["joints"]),
            edges=np.array(skeleton["edges"], np.int32).reshape(-1, 2),
            frame_rate=description.frame_rate,
            unit=description.unit,
        )
    return [path]


def _write_with_library(path, motion, description, label, seeds):
    """Writes any other format; returns the files."""
    try:
        from sagcn_tf.data.motion_data import MotionData
        from sagcn_tf.errors import UserError as LibraryError
        from sagcn_tf.generation.writers import write

        data = MotionData.from_served(dataclasses.asdict(description))
        return [str(file) for file in write(path, motion, data, label, seeds)]
    except ImportError as error:
        raise UserError(
            f"--output={path}: formats other than .npz need the package sagcn_tf and its "
            f"requirements, which cannot be imported ({error}). Run the client from the "
            "repository, or write .npz"
        ) from error
    except LibraryError as error:
        raise UserError(str(error)) from error


if __name__ == "__main__":
    define_flags()
    run_main(main)
