"""Caches the measurements of real clips for all evaluations on a data set.

`DATA_DIR/real_measurements/DATASET-HASH.npz` stores a `RealMeasurements`: kernel sums as arrays,
the rest as JSON text. The hash covers everything that the measurements depend on. If a file is
missing or damaged, the clips are measured again.
"""

import contextlib
import json
import pathlib

import numpy as np

from sagcn_tf.evaluation import real_measurements
from sagcn_tf.evaluation.real_measurements import RealMeasurements
from sagcn_tf.files import atomic_write, json_hash
from sagcn_tf.progress import progress_bar

# Increase with every change of the measurements; otherwise old values would be reused.
_VERSION = 1
_METRICS = ("mmd_avg", "mmd_seq")


def cached_real_measurements(data, frames, clips_per_class, data_dir, show_progress=True):
    """Reads the measurements of real clips from the cache, or measures them.

    Args:
        data: a `MotionData` with sequences.
        frames: T.
        clips_per_class: one or more m, as for `evaluation.evaluate_model`.
        data_dir: folder of the prepared data. If it is not writable, nothing is cached.
        show_progress: whether to show a progress bar while measuring. Default: True.

    Returns:
        `{m: RealMeasurements}`.

    Raises:
        UserError: if a split lacks a class or has sequences that are too short.
    """
    sizes = real_measurements.sizes_to_measure(data, clips_per_class)
    paths = {m: _path(data, frames, m, data_dir) for m in sizes}
    cached = {m: _read(path) for m, path in paths.items()}
    missing = [m for m in sizes if cached[m] is None]
    total = sum(real_measurements.clips_to_measure(data, m) for m in missing)
    shown = bool(missing and show_progress)
    with progress_bar("measure real clips", total, "clip", shown) as bar:
        for m in missing:
            cached[m] = real_measurements.measure_real_clips(data, frames, m, bar.update)
            with contextlib.suppress(OSError):
                _write(paths[m], cached[m])
    return cached


def cached_sizes(data, frames, clips_per_class, data_dir):
    """Returns those of the numbers of clips whose measurements are in the cache."""
    sizes = real_measurements.sizes_to_measure(data, clips_per_class)
    return [m for m in sizes if _path(data, frames, m, data_dir).exists()]


def _path(data, frames, m, data_dir):
    name = json_hash([_VERSION, real_measurements.RESAMPLINGS, data.describe(), frames, m])
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
    """Reads the `RealMeasurements` of a file; returns None if it cannot be read."""
    # A damaged archive may raise almost any exception, and can be measured again.
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
