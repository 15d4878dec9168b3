"""Measurements of real clips, which all evaluations on a data set share."""

import dataclasses

import numpy as np

from sagcn_tf.data.clips import limit_clips_per_class
from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.evaluation.motion_report import SPLITS, class_statistics
from sagcn_tf.metrics.mmd import mmd, within_sums
from sagcn_tf.metrics.reference_sets import REFERENCE_SETS

# An MMD is averaged over this many draws of generated and real clips.
RESAMPLINGS = 5
# Reference sets with more clips per class than this are drawn once.
_SMALL = 100
# Seeds of the first draw; draw r adds r.
_COMPARED_SEED = 2000
_OTHER_SEED = 3000


@dataclasses.dataclass(frozen=True)
class RealMeasurements:
    """Measurements of real clips for an evaluation with m clips per class.

    Attributes:
        sums: `{"train" | "test": [within_sums(...)]}`, the kernel sums of the clips that generated
            clips are compared with, one per draw.
        reference_sets: `{name: {"mmd_avg" | "mmd_seq": {"mean", "std", "draws"}}}`, the MMD of each
            of `REFERENCE_SETS` against the training clips that models are compared with: five draws
            up to m = 100, one draw above.
        motion: `{"train" | "test": class_statistics(...)}` of other real clips.
    """

    sums: dict
    reference_sets: dict
    motion: dict


def sizes_to_measure(data, clips_per_class):
    """Returns the distinct numbers of clips per class to measure, in ascending order.

    Args:
        data: a `MotionData` with sequences.
        clips_per_class: one or more m, limited as in `limit_clips_per_class`.
    """
    return sorted({limit_clips_per_class(data, m) for m in clips_per_class})


def compared_clips(data, split, m, draw, frames):
    """Draws the real clips that generated clips are compared with, `[C, m, T, N, D]`."""
    return evaluation_clips(data, split, m, _COMPARED_SEED + draw, frames)


def other_clips(data, split, m, draw, frames):
    """Draws other real clips; resampled training clips do not overlap with `compared_clips`."""
    return evaluation_clips(data, split, m, _OTHER_SEED + draw, frames, half=1)


def clips_to_measure(data, m):
    """Returns the number of clips that `measure_real_clips` compares, for progress bars."""
    sets = len(SPLITS) * RESAMPLINGS + len(REFERENCE_SETS) * _reference_draws(m)
    return len(data.class_names) * m * sets


def measure_real_clips(data, frames, m, progress=None):
    """Measures real clips of a data set.

    Args:
        data: a `MotionData` with sequences.
        frames: T.
        m: clips per class.
        progress: called with the number of clips after each set. Default: None.

    Returns:
        A `RealMeasurements`.

    Raises:
        UserError: if a split lacks a class or has sequences that are too short.
    """
    sums, reference_sets, motion = (
        {split: [] for split in SPLITS},
        {name: [] for name in REFERENCE_SETS},
        {},
    )
    for draw in range(RESAMPLINGS):
        compared = {split: compared_clips(data, split, m, draw, frames) for split in SPLITS}
        for split, clips in compared.items():
            sums[split].append(within_sums(clips))
            _update(progress, clips)
        if draw >= _reference_draws(m):
            continue
        others = {split: other_clips(data, split, m, draw, frames) for split in SPLITS}
        for name, make in REFERENCE_SETS.items():
            clips = make(others["train"], others["test"], np.random.default_rng([draw, m]))
            reference_sets[name].append(mmd(clips, compared["train"], real_sums=sums["train"][-1]))
            _update(progress, clips)
        if draw == 0:
            motion = {
                split: class_statistics(clips, compared["train"], data)
                for split, clips in others.items()
            }
    return RealMeasurements(
        sums, {name: summary(draws) for name, draws in reference_sets.items()}, motion
    )


def summary(draws):
    """Computes the mean and standard deviation of MMDs over draws.

    Args:
        draws: list of results of `mmd`.

    Returns:
        `{"mmd_avg" | "mmd_seq": {"mean", "std", "draws"}}`, JSON-serializable.
    """
    return {
        name: {
            "mean": float(np.mean([scores[name] for scores in draws])),
            "std": float(np.std([scores[name] for scores in draws])),
            "draws": len(draws),
        }
        for name in draws[0]
    }


def _reference_draws(m):
    return RESAMPLINGS if m <= _SMALL else 1


def _update(progress, clips):
    if progress:
        progress(clips.shape[0] * clips.shape[1])
