"""Generates motions of one class with a trained model: data, an animation or a film strip.

python -m sagcn_tf.generate --run_dir=runs/x --label=walking --count=3 --seed=0 --output=walk.gif

Clip i is drawn from the seed --seed + i, whatever the others are: --seed=2 --count=1 gives the
third clip of --seed=0 --count=3.

The suffix of --output says what is written: .npz holds the arrays motion [count, T, N, D] in the
data's unit, label, seeds [count], joints [N], edges [E, 2], frame_rate and unit; .csv has a column
joint_x, joint_y (and joint_z) for each joint and a row for each frame, in the data's unit; .bvh, of
3-D motion, opens in Blender; .gif shows the clips side by side; .png shows every third frame. Of
.csv and .bvh each clip has a file of its own: of several, walk.bvh becomes walk_SEED.bvh.
"""

import csv
import pathlib

import numpy as np
from absl import flags
from tqdm import tqdm

from sagcn_tf.errors import UserError, run_main
from sagcn_tf.files import whole_file

MAX_COUNT = 10_000
MAX_DRAWN = 20
_BATCH = 100
_FLAGS = flags.FLAGS


def find_label(label, class_names):
    """Returns the number of a class; case, spaces, hyphens and underscores do not matter.

    Raises:
        UserError: if no class has this name; the message lists those that exist.
    """
    wanted = _plain(label)
    for number, name in enumerate(class_names):
        if _plain(name) == wanted:
            return number
    raise UserError(f"--label={label} is unknown; expected one of: {', '.join(class_names)}.")


def generate(model, data, class_number, seeds):
    """Returns motions of one class, one for each seed.

    Args:
        model: has `generate(label, seed)`, as `SAGCN` has.
        data: the `MotionData` that the model was trained on, with or without sequences.
        class_number: which of `data.class_names`.
        seeds: int32 `[count]`.

    Returns:
        motion: float32 `[count, T, N, D]` in the data's unit.

    Raises:
        UserError: if the model generates NaN or infinity.
    """
    label = np.eye(len(data.class_names), dtype=np.float32)[class_number]
    motions = []
    starts = range(0, len(seeds), _BATCH)
    for start in tqdm(starts, desc="generate", unit="batch", disable=len(starts) == 1):
        batch = seeds[start : start + _BATCH]
        motions.append(np.asarray(model.generate(np.tile(label, (len(batch), 1)), batch)))
        if not np.isfinite(motions[-1]).all():
            raise UserError("the model generates NaN or infinity: train it again or differently")
    return data.unstandardise(np.concatenate(motions)).astype(np.float32)


def check_output(path, data):
    """Raises a `UserError` if a file such as `path` cannot hold motion like that of `data`."""
    dimensions = data.mean.shape[-1]
    if _suffix(path) == ".bvh" and dimensions != 3:
        raise UserError(
            f"--output={path}: BVH holds 3-D motion, but the run was trained on {data.dataset} "
            f"with {dimensions} coordinates. Write .csv or .npz"
        )


def write(path, motion, data, label, seeds):
    """Writes generated motions as the suffix of `path` says.

    Args:
        path: the file to write, of one of the kinds that the top of this file names. Of `.csv` and
            `.bvh`, and more than one motion, `walk.csv` becomes `walk_SEED.csv` for each.
        motion: `[count, T, N, D]` in the data's unit.
        data: the `MotionData` of the model.
        label: name of the class.
        seeds: int32 `[count]`.

    Returns:
        The files, each written whole.

    Raises:
        UserError: if a file cannot be written.
    """
    path, suffix = pathlib.Path(path), _suffix(path)
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
        raise UserError(f"--output={path} cannot be written: {error}.") from error


def define_flags():
    """Defines the flags of the command line."""
    flags.DEFINE_string("run_dir", None, "Folder of the run.", required=True)
    flags.DEFINE_string("label", None, "Class to generate, such as walking.", required=True)
    flags.DEFINE_string(
        "output", None, "File to write: .npz, .csv, .bvh, .gif or .png.", required=True
    )
    flags.DEFINE_integer("count", 3, "How many clips.", 1, MAX_COUNT)
    flags.DEFINE_integer("seed", 0, "Seed of the first clip.", 0, 2**31 - 1 - MAX_COUNT)
    flags.DEFINE_enum("checkpoint", "best", ["best", "last"], "Which weights of the run.")
    flags.register_validator(
        "output",
        lambda path: _suffix(path) in (*_WRITERS, *_CLIP_WRITERS),
        f"must end in {', '.join((*_WRITERS, *_CLIP_WRITERS))}.",
    )
    flags.register_multi_flags_validator(
        ["output", "count"],
        lambda values: _suffix(values["output"]) not in _DRAWN or values["count"] <= MAX_DRAWN,
        f"At most {MAX_DRAWN} clips are drawn: lower --count or write .npz.",
    )


def main(_):
    """Runs the command line."""
    from sagcn_tf import runs

    runs.read_config(_FLAGS.run_dir)
    described = runs.read_data(_FLAGS.run_dir)  # what does not suit it is refused at once
    class_number = find_label(_FLAGS.label, described.class_names)
    check_output(_FLAGS.output, described)
    model, data, _ = runs.open_run(_FLAGS.run_dir, _FLAGS.checkpoint)
    seeds = np.arange(_FLAGS.seed, _FLAGS.seed + _FLAGS.count, dtype=np.int32)
    motion = generate(model, data, class_number, seeds)
    paths = write(_FLAGS.output, motion, data, data.class_names[class_number], seeds)
    files = " to ".join(map(str, paths[:: max(1, len(paths) - 1)]))
    print(f"{files}: {len(seeds)} clips of {data.class_names[class_number]}")


def _suffix(path):
    return pathlib.Path(path).suffix.lower()


def _plain(name):
    return "".join(character for character in name.casefold() if character not in " _-")


def _write_arrays(path, motion, data, label, seeds):
    with whole_file(path) as temporary, open(temporary, "wb") as file:
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


def _write_animation(path, motion, data, label, seeds):
    from sagcn_tf.figures.animation import save_gif

    titles = [f"{label}, seed {seed}" for seed in seeds]
    save_gif(path, motion, data.skeleton, data.clip_rate(motion.shape[1]), titles)


def _write_strip(path, motion, data, label, seeds):
    from sagcn_tf.figures import figure_io, film_strip

    rows = {f"seed {seed}": clip for seed, clip in zip(seeds, motion, strict=True)}
    figure_io.save(film_strip.page({label: rows}, data.skeleton), path)


def _write_table(path, clip, data):
    axes = "xyz"[: clip.shape[-1]]
    names = [f"{joint}_{axis}" for joint in data.skeleton.joints for axis in axes]
    with whole_file(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerow(names)
        np.savetxt(file, clip.reshape(len(clip), -1), "%.9g", ",")  # [T, N, D] -> [T, N D]


def _write_bvh(path, clip, data):
    from sagcn_tf.generation.bvh import write_bvh

    write_bvh(path, clip, data.skeleton, data.clip_rate(len(clip)), data.unit)


_WRITERS = {".npz": _write_arrays, ".gif": _write_animation, ".png": _write_strip}
_CLIP_WRITERS = {".csv": _write_table, ".bvh": _write_bvh}
_DRAWN = (".gif", ".png")


if __name__ == "__main__":
    define_flags()
    run_main(main)
