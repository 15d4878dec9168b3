"""The real side of evaluations, measured once for all runs on a data set.

`DATA_DIR/real_side/DATASET-HASH.npz` holds a `RealSide`: its kernel sums as arrays, the rest as
JSON text. The hash is of all that it depends on. The files are copies of what can be measured
again: one that is missing or damaged is.
"""

import contextlib
import hashlib
import json
import pathlib

import numpy as np
from tqdm import tqdm

from sagcn_tf.evaluation import real_side
from sagcn_tf.evaluation.real_side import RealSide
from sagcn_tf.files import whole_file

# To be raised with every change of what is measured, or runs would be compared with old figures.
_VERSION = 1
_METRICS = ("mmd_avg", "mmd_seq")


def kept_real_side(data, frames, clips_per_class, data_dir, show_progress=True):
    """The real side of some data, from `DATA_DIR/real_side/` where it lies there already.

    Args:
        data: a `MotionData` with sequences.
        frames: T.
        clips_per_class: one or more m, as `evaluation.evaluate_model` takes them.
        data_dir: folder of the prepared data. Where nothing can be written, nothing is kept.
        show_progress: draws a progress bar while something is measured. Default True.

    Returns:
        `{m: RealSide}`.

    Raises:
        UserError: if a split lacks a class or has too short sequences.
    """
    sizes = real_side.sizes_of(data, clips_per_class)
    paths = {m: _path(data, frames, m, data_dir) for m in sizes}
    kept = {m: _read(path) for m, path in paths.items()}
    missing = [m for m in sizes if kept[m] is None]
    total = sum(real_side.clips_to_measure(data, m) for m in missing)
    hidden = not (missing and show_progress)
    with tqdm(total=total, desc="measure real clips", unit="clip", disable=hidden) as bar:
        for m in missing:
            kept[m] = real_side.measure_real_side(data, frames, m, bar.update)
            with contextlib.suppress(OSError):
                _write(paths[m], kept[m])
    return kept


def _path(data, frames, m, data_dir):
    of = [_VERSION, real_side.RESAMPLINGS, data.describe(), frames, m]
    name = hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:12]
    return pathlib.Path(data_dir) / "real_side" / f"{data.dataset}-{name}.npz"


def _write(path, real):
    arrays = {
        f"{split}_{metric}": np.stack([sums[metric] for sums in draws])
        for split, draws in real.sums.items()
        for metric in _METRICS
    }
    scores = json.dumps({"anchors": real.anchors, "motion": real.motion})
    with whole_file(path) as temporary:
        np.savez(temporary, scores=scores, **arrays)


def _read(path):
    """The `RealSide` of a file; None where it cannot be read, for whatever reason."""
    # A damaged archive raises nearly anything: it is a copy, and is measured again.
    with contextlib.suppress(Exception), open(path, "rb") as file:
        arrays = dict(np.load(file, allow_pickle=False))
        scores = json.loads(str(arrays["scores"]))
        sums = {
            split: [
                dict(zip(_METRICS, draw, strict=True))
                for draw in zip(*(arrays[f"{split}_{metric}"] for metric in _METRICS), strict=True)
            ]
            for split in real_side.SPLITS
        }
        return RealSide(sums, scores["anchors"], scores["motion"])
    return None
