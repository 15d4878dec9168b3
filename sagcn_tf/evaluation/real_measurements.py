"""The real side of an evaluation: what belongs to the data, whatever is compared with them."""

import dataclasses

import numpy as np

from sagcn_tf.data.clips import limit_clips_per_class
from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.evaluation.motion_report import SPLITS, class_statistics
from sagcn_tf.metrics.mmd import mmd, within_sums
from sagcn_tf.metrics.reference_sets import REFERENCE_SETS

# Draws of generated and of real clips over which an MMD is averaged.
RESAMPLINGS = 5
# Anchors of more clips a class than this are drawn once.
_SMALL = 100
# First seeds of the draws; draw r adds r.
_COMPARED_SEED = 2000
_OTHER_SEED = 3000


@dataclasses.dataclass(frozen=True)
class RealMeasurements:
    """What an evaluation with m clips a class needs of real clips alone.

    Attributes:
        sums: `{"train" | "test": [within_sums(...)]}`, the kernel sums of the clips that generated
            ones are compared with, of each of the `RESAMPLINGS` draws.
        reference_sets: `{name: {"mmd_avg" | "mmd_seq": {"mean", "std", "draws"}}}`, the MMD of each
            of `REFERENCE_SETS` against the training clips that a model is compared with: five draws
            up to m = 100, one above.
        motion: `{"train" | "test": class_statistics(...)}` of other real clips.
    """

    sums: dict
    reference_sets: dict
    motion: dict


def sizes_of(data, clips_per_class):
    """The numbers of clips a class that are measured, ascending.

    Args:
        data: a `MotionData` with sequences.
        clips_per_class: one or more m. Of data of which each sequence is one clip, at most half of
            the smallest training class is taken.
    """
    return sorted({limit_clips_per_class(data, m) for m in clips_per_class})


def compared_clips(data, split, m, draw, frames):
    """The real clips that generated ones are compared with, `[C, m, T, N, D]`, standardized."""
    return evaluation_clips(data, split, m, _COMPARED_SEED + draw, frames)


def other_clips(data, split, m, draw, frames):
    """As many others: of the training split, none of those that are compared with."""
    return evaluation_clips(data, split, m, _OTHER_SEED + draw, frames, half=1)


def clips_to_measure(data, m):
    """How many clips `measure_real_clips` compares, to know how far it is."""
    sets = len(SPLITS) * RESAMPLINGS + len(REFERENCE_SETS) * _reference_draws(m)
    return len(data.class_names) * m * sets


def measure_real_clips(data, frames, m, progress=None):
    """Measures the `RealMeasurements` of some data.

    Args:
        data: a `MotionData` with sequences.
        frames: T.
        m: clips a class.
        progress: called with the number of clips after each set.

    Raises:
        UserError: if a split lacks a class or has too short sequences.
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
            _say(progress, clips)
        if draw >= _reference_draws(m):
            continue
        others = {split: other_clips(data, split, m, draw, frames) for split in SPLITS}
        for name, make in REFERENCE_SETS.items():
            clips = make(others["train"], others["test"], np.random.default_rng([draw, m]))
            reference_sets[name].append(mmd(clips, compared["train"], real_sums=sums["train"][-1]))
            _say(progress, clips)
        if draw == 0:
            motion = {
                split: class_statistics(clips, compared["train"], data)
                for split, clips in others.items()
            }
    return RealMeasurements(
        sums, {name: summary(draws) for name, draws in reference_sets.items()}, motion
    )


def summary(draws):
    """Mean and standard deviation of MMDs over draws.

    Args:
        draws: what `mmd` returned for each.

    Returns:
        `{"mmd_avg" | "mmd_seq": {"mean", "std", "draws"}}`, JSON-able.
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


def _say(progress, clips):
    if progress:
        progress(clips.shape[0] * clips.shape[1])
