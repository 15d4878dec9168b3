"""Prepares a study: generates clips of each system and draws real ones."""

import pathlib

import numpy as np

from sagcn_tf import runs
from sagcn_tf.data.clips import limit_clips_per_class
from sagcn_tf.data.input_pipeline import evaluation_clips, load_as_trained
from sagcn_tf.errors import UserError
from sagcn_tf.generation.trained_run import TrainedRun
from sagcn_tf.human_study.study import REAL, Study
from sagcn_tf.progress import progress_bar

# Real clips of each class: to rate as attention checks, and to show as references.
_REAL_PER_CLASS = 10
_REAL_SEED, _REFERENCE_SEED = 4000, 5000


def prepare(run_dirs, checkpoint, data_dir, manual_dir, clips_per_class, **settings):
    """Creates a study of the systems of several runs.

    Args:
        run_dirs: folders of the runs, which were trained on the same data.
        checkpoint: `"best"` or `"last"`.
        data_dir: folder for prepared data.
        manual_dir: folder with raw files, or None.
        clips_per_class: clips of each class to rate, per system.
        **settings: `seed`, `judgments`, `raters_per_clip` and `simulated` of the `Study`.

    Returns:
        A `Study`.

    Raises:
        UserError: if a run cannot be opened, or the runs differ in data or length of clips.
    """
    keys_of_runs = _keys(run_dirs)
    config = runs.read_config(run_dirs[0])
    data = load_as_trained(runs.read_data(run_dirs[0]), config.frames, data_dir, manual_dir)
    systems, motion, keys, labels = [], [], [], []
    total = len(run_dirs) * len(data.class_names) * clips_per_class
    with progress_bar("prepare", total, "clip") as bar:
        for run_dir, key in zip(run_dirs, keys_of_runs, strict=True):
            run = TrainedRun(run_dir, checkpoint)
            _check_same(run, run_dir, data, config.frames)
            systems.append(_facts(run, run_dir, checkpoint, key))
            for label, name in enumerate(data.class_names):
                motion.append(run.generate(name, clips_per_class, settings["seed"], bar.update))
                keys += [key] * clips_per_class
                labels += [label] * clips_per_class
    count = limit_clips_per_class(data, _REAL_PER_CLASS)
    real, references = (
        data.unstandardize(evaluation_clips(data, "train", count, seed, config.frames, half))
        for half, seed in enumerate((_REAL_SEED, _REFERENCE_SEED))
    )  # [C, count, T, N, D]
    return Study(
        dataset=data.dataset,
        class_names=list(data.class_names),
        skeleton=data.skeleton,
        frame_rate=float(data.clip_rate(config.frames)),
        systems=systems,
        keys=keys + [REAL] * (len(real) * count),
        labels=labels + [label for label in range(len(real)) for _ in range(count)],
        motion=np.concatenate([*motion, *real]).astype(np.float32),
        references=references.astype(np.float32),
        **settings,
    )


def _check_same(run, run_dir, data, frames):
    if not data.matches(run.data) or run.config.frames != frames:
        raise UserError(
            f"--run_dirs: {run_dir} was trained on other data or clips of another length than "
            "the first run, or --data_dir has changed since. A study compares systems on the same "
            "data"
        )


def _keys(run_dirs):
    """Returns the key of each system, the name of its run's folder."""
    keys = [pathlib.Path(run_dir).resolve().name for run_dir in run_dirs]
    for key in keys:
        if key == REAL or keys.count(key) > 1:
            raise UserError(f"--run_dirs: two systems are named {key!r}. Rename one of the folders")
    return keys


def _facts(run, run_dir, checkpoint, key):
    return {
        "key": key,
        "model": run.config.model,
        "preset": run.config.preset,
        "checkpoint": checkpoint,
        "step": runs.checkpoint_step(run_dir, checkpoint),
    }
