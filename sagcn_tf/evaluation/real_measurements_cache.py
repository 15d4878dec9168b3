"""Keeps the measurements of real clips for all evaluations on a data set.

`DATA_DIR/real_measurements/DATASET-HASH.npz` holds a `RealMeasurements`: kernel sums as arrays, the
rest as JSON text. The hash covers everything that they depend on. A file that is missing or damaged
is measured again.
"""

import contextlib
import hashlib
import json
import pathlib

import numpy as np
from tqdm import tqdm

from sagcn_tf.evaluation import real_measurements
from sagcn_tf.evaluation.real_measurements import RealMeasurements
from sagcn_tf.files import atomic_write

# To be raised with every change of what is measured, or runs would be compared with old figures.
_VERSION = 1
_METRICS = ("mmd_avg", "mmd_seq")


def cached_real_measurements(data, frames, clips_per_class, data_dir, show_progress=True):
    """The real side of some data, from `DATA_DIR/real_measurements/` where it lies there already.

    Args:
        data: a `MotionData` with sequences.
        frames: T.
        clips_per_class: one or more m, as `evaluation.evaluate_model` takes them.
        data_dir: folder of the prepared data. Where nothing can be written, nothing is kept.
        show_progress: draws a progress bar while something is measured. Default True.

    Returns:
        `{m: RealMeasurements}`.

    Raises:
        UserError: if a split lacks a class or has too short sequences.
    """
    sizes = real_measurements.sizes_of(data, clips_per_class)
    paths = {m: _path(data, frames, m, data_dir) for m in sizes}
    kept = {m: _read(path) for m, path in paths.items()}
    missing = [m for m in sizes if kept[m] is None]
    total = sum(real_measurements.clips_to_measure(data, m) for m in missing)
    hidden = not (missing and show_progress)
    with tqdm(total=total, desc="measure real clips", unit="clip", disable=hidden) as bar:
        for m in missing:
            kept[m] = real_measurements.measure_real_clips(data, frames, m, bar.update)
            with contextlib.suppress(OSError):
                _write(paths[m], kept[m])
    return kept


def _path(data, frames, m, data_dir):
    of = [_VERSION, real_measurements.RESAMPLINGS, data.describe(), frames, m]
    name = hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:12]
    return pathlib.Path(data_dir) / "real_measurements" / f"{data.dataset}-{name}.npz"


def _write(path, real):
    arrays = {
        f"{split}_{metric}": np.stack([sums[metric] for sums in draws])
        for split, draws in real.sums.items()
        for metric in _METRICS
    }
    scores = json.dumps({"reference_sets": real.reference_sets, "motion": real.motion})
    with atomic_write(path) as temporary:
        np.savez(temporary, scores=scores, **arrays)


def _read(path):
    """The `RealMeasurements` of a file; None where it cannot be read, for whatever reason."""
    # A damaged archive raises nearly anything: it is a copy, and is measured again.
    with contextlib.suppress(Exception), open(path, "rb") as file:
        arrays = dict(np.load(file, allow_pickle=False))
        scores = json.loads(str(arrays["scores"]))
        sums = {
            split: [
                dict(zip(_METRICS, draw, strict=True))
                for draw in zip(*(arrays[f"{split}_{metric}"] for metric in _METRICS), strict=True)
            ]
            for split in real_measurements.SPLITS
        }
        return RealMeasurements(sums, scores["reference_sets"], scores["motion"])
    return None
