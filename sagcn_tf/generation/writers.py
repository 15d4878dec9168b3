"""Writes generated clips to files: arrays, tables, animated rigs, animations and film strips."""

import csv
import pathlib

import numpy as np

from sagcn_tf.errors import UserError, short
from sagcn_tf.files import atomic_write


def check_output(path, data):
    """Raises a `UserError` if no format has the suffix of `path`, or it cannot hold such motion.

    Args:
        path: the file to write.
        data: the `MotionData`, with or without sequences.
    """
    suffix, dimensions = suffix_of(path), data.mean.shape[-1]
    if suffix not in SUFFIXES:
        raise UserError(f"--output={path} must end in {', '.join(SUFFIXES)}")
    if suffix in _WITH_RIG and dimensions != 3:
        raise UserError(
            f"--output={path}: {suffix[1:].upper()} needs 3-D motion, but the model was trained on "
            f"{data.dataset} with {dimensions} coordinates. Write .csv or .npz"
        )


def write(path, motion, data, label, seeds):
    """Writes generated motions in the format of the suffix of `path`.

    Args:
        path: the file to write, with one of `SUFFIXES`. A `.csv` or `.bvh` file contains one
            motion: for several, `walk.csv` becomes one file `walk_SEED.csv` per motion.
        motion: `[count, T, N, D]` in the unit of the data.
        data: the `MotionData` that describes the motions, with or without sequences.
        label: name of the class.
        seeds: int32 `[count]`.

    Returns:
        List of the files, each written atomically.

    Raises:
        UserError: if a file cannot be written, has an unknown suffix, or cannot hold such motion.
    """
    check_output(path, data)
    path, suffix = pathlib.Path(path), suffix_of(path)
    paths = [path]
    if suffix in _ONE_CLIP and len(seeds) > 1:
        paths = [path.with_stem(f"{path.stem}_{seed}") for seed in seeds]
    try:
        _WRITERS[suffix](paths, motion, data, label, seeds)
    except OSError as error:
        raise UserError(
            f"--output={path} cannot be written: {error}. Choose a writable folder"
        ) from error
    return paths


def suffix_of(path):
    """Returns the suffix of a file in lower case, which selects its format."""
    return pathlib.Path(path).suffix.lower()


def _write_arrays(paths, motion, data, label, seeds):
    with atomic_write(paths[0]) as temporary, open(temporary, "wb") as file:
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


def _write_tables(paths, motion, data, label, seeds):
    axes, down = ("xyz", "y down; z away") if motion.shape[-1] == 3 else ("xy", "y down")
    rate = data.clip_rate(motion.shape[1])
    names = [f"{joint}_{axis}" for joint in data.skeleton.joints for axis in axes]
    for path, clip in zip(paths, motion, strict=True):
        with (
            atomic_write(path) as temporary,
            open(temporary, "w", newline="", encoding="utf-8") as file,
        ):
            file.write(
                f"# unit {data.unit}; {rate:.6g} frames per second; x to the right; {down}\n"
            )
            csv.writer(file, lineterminator="\n").writerow(names)
            np.savetxt(file, clip.reshape(len(clip), -1), "%.9g", ",")  # [T, N, D] -> [T, N D]


def _write_gif(paths, motion, data, label, seeds):
    from sagcn_tf.figures.animation import save_gif

    save_gif(paths[0], *_drawn(motion, data, label, seeds))


def _write_mp4(paths, motion, data, label, seeds):
    from sagcn_tf.figures.video import save_mp4

    save_mp4(paths[0], *_drawn(motion, data, label, seeds))


def _drawn(motion, data, label, seeds):
    """Returns what animations show: motion, skeleton, frame rate and titles."""
    from sagcn_tf.figures.root_path import seen_from_the_side

    shown, rate = seen_from_the_side(motion, data), data.clip_rate(motion.shape[1])
    return shown, data.skeleton, rate, _titles(label, seeds)


def _write_strip(paths, motion, data, label, seeds):
    from sagcn_tf.figures import figure_io, film_strip
    from sagcn_tf.figures.root_path import seen_from_the_side

    shown = seen_from_the_side(motion, data)
    rows = {f"seed {seed}": clip for seed, clip in zip(seeds, shown, strict=True)}
    figure_io.save(film_strip.page({label: rows}, data.skeleton), paths[0])


def _write_bvh(paths, motion, data, label, seeds):
    from sagcn_tf.generation.bvh import write_bvh

    rig, rate = _rig(motion, data), data.clip_rate(motion.shape[1])
    for path, clip in zip(paths, motion, strict=True):
        write_bvh(path, clip, rig, rate, data.recorded_rate)


def _write_glb(paths, motion, data, label, seeds):
    from sagcn_tf.generation.glb import write_glb

    rate = data.clip_rate(motion.shape[1])
    rig, titles = _rig(motion, data), _titles(label, seeds)
    write_glb(paths[0], motion, rig, data.skeleton, rate, data.unit, titles)


def _titles(label, seeds):
    return [f"{label}, seed {seed}" for seed in seeds]


def _rig(motion, data):
    """Returns the rig of the user's files, or one made for the motion."""
    from sagcn_tf.generation.rig import Rig

    floor = "zero" if data.root_motion else {"window": "frame", "resample": "clip"}[data.clips]
    if not (data.source or {}).get("rig"):
        return Rig.from_motion(motion, data.skeleton, floor)
    try:
        return Rig.from_source(data.source, data.skeleton, floor)
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise UserError(
            f"the rig in the description of the data is damaged ({short(error)}). Restore data.json"
        ) from error


_WRITERS = {
    ".npz": _write_arrays,
    ".csv": _write_tables,
    ".bvh": _write_bvh,
    ".glb": _write_glb,
    ".gif": _write_gif,
    ".mp4": _write_mp4,
    ".png": _write_strip,
}
_ONE_CLIP = (".csv", ".bvh")
_WITH_RIG = (".bvh", ".glb")

SUFFIXES = tuple(_WRITERS)
DRAWN = (".gif", ".mp4", ".png")
