"""Writes generated clips to files: arrays, tables, BVH, animations and film strips."""

import csv
import pathlib

import numpy as np

from sagcn_tf.errors import UserError
from sagcn_tf.files import atomic_write


def check_output(path, data):
    """Raises a `UserError` if the format of `path` does not support the motion of `data`."""
    dimensions = data.mean.shape[-1]
    if suffix_of(path) == ".bvh" and dimensions != 3:
        raise UserError(
            f"--output={path}: BVH needs 3-D motion, but the run was trained on {data.dataset} "
            f"with {dimensions} coordinates. Write .csv or .npz"
        )


def write(path, motion, data, label, seeds):
    """Writes generated motions in the format of the suffix of `path`.

    Args:
        path: the file to write, with one of `SUFFIXES`. A `.csv` or `.bvh` file contains one
            motion: for several, `walk.csv` becomes one file `walk_SEED.csv` per motion.
        motion: `[count, T, N, D]` in the data's unit.
        data: the `MotionData` of the model.
        label: name of the class.
        seeds: int32 `[count]`.

    Returns:
        List of the files, each written atomically.

    Raises:
        UserError: if a file cannot be written.
    """
    path, suffix = pathlib.Path(path), suffix_of(path)
    try:
        if suffix not in _CLIP_WRITERS:
            _WRITERS[suffix](path, motion, data, label, seeds)
            return [path]
        paths = [path.with_stem(f"{path.stem}_{seed}") for seed in seeds]
        paths = paths if len(paths) > 1 else [path]
        for clip_path, clip in zip(paths, motion, strict=True):
            _CLIP_WRITERS[suffix](clip_path, clip, data)
        return paths
    except OSError as error:
        raise UserError(
            f"--output={path} cannot be written: {error}. Choose a writable folder"
        ) from error


def suffix_of(path):
    """Returns the suffix of a file in lower case, which selects its format."""
    return pathlib.Path(path).suffix.lower()


def _write_arrays(path, motion, data, label, seeds):
    with atomic_write(path) as temporary, open(temporary, "wb") as file:
        np.savez_compressed(
            file,
            motion=motion,
            label=label,
            seeds=seeds,
            joints=np.array(data.skeleton.joints),
            edges=np.array(data.skeleton.edges, np.int32).reshape(-1, 2),
            frame_rate=data.clip_rate(motion.shape[1]),
            unit=data.unit,
        )


def _write_gif(path, motion, data, label, seeds):
    from sagcn_tf.figures.animation import save_gif

    save_gif(path, motion, data.skeleton, data.clip_rate(motion.shape[1]), _titles(label, seeds))


def _write_mp4(path, motion, data, label, seeds):
    from sagcn_tf.figures.video import save_mp4

    save_mp4(path, motion, data.skeleton, data.clip_rate(motion.shape[1]), _titles(label, seeds))


def _titles(label, seeds):
    return [f"{label}, seed {seed}" for seed in seeds]


def _write_strip(path, motion, data, label, seeds):
    from sagcn_tf.figures import figure_io, film_strip

    rows = {f"seed {seed}": clip for seed, clip in zip(seeds, motion, strict=True)}
    figure_io.save(film_strip.page({label: rows}, data.skeleton), path)


def _write_table(path, clip, data):
    axes = "xyz"[: clip.shape[-1]]
    names = [f"{joint}_{axis}" for joint in data.skeleton.joints for axis in axes]
    with (
        atomic_write(path) as temporary,
        open(temporary, "w", newline="", encoding="utf-8") as file,
    ):
        csv.writer(file, lineterminator="\n").writerow(names)
        np.savetxt(file, clip.reshape(len(clip), -1), "%.9g", ",")  # [T, N, D] -> [T, N D]


def _write_bvh(path, clip, data):
    from sagcn_tf.generation.bvh import write_bvh

    write_bvh(path, clip, data.skeleton, data.clip_rate(len(clip)), data.unit)


_WRITERS = {
    ".npz": _write_arrays,
    ".gif": _write_gif,
    ".mp4": _write_mp4,
    ".png": _write_strip,
}
_CLIP_WRITERS = {".csv": _write_table, ".bvh": _write_bvh}

SUFFIXES = (*_WRITERS, *_CLIP_WRITERS)
DRAWN = (".gif", ".mp4", ".png")
