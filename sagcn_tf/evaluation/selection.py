"""Measures a model during training, on clips that are kept for this purpose."""

import functools

import numpy as np

from sagcn_tf.data.clips import limit_clips_per_class
from sagcn_tf.data.input_pipeline import evaluation_clips
from sagcn_tf.evaluation.motion_report import class_statistics, ratio
from sagcn_tf.generation.sampling import sample_all_classes
from sagcn_tf.metrics.mmd import mmd, within_sums
from sagcn_tf.metrics.reference_sets import REFERENCE_SETS

CLIPS = 200
_CLASSIFIED_CLIPS = 20
# Seed of the selection clips and of the generated ones; the seed of other real clips follows.
_SEED = 1000
# Lines to compare an MMD with, by their names in `REFERENCE_SETS`.
_REFERENCES = {
    "real": "other training clips",
    "wrong_class": "label ignored",
    "white_noise": "white noise",
}


class Selection:
    """The training clips that select the best checkpoint, 200 per class.

    They are not the clips that `evaluate_model` compares with. Everything is seeded: a model has
    the same scores in every call.

    Args:
        data: a `MotionData` with sequences.
        frames: T.
        classifiers: `{kind: TrainedClassifier}` for the same data and frames. Default: none.

    Attributes:
        clips: standardized, `[C, m, T, N, D]`.

    Raises:
        UserError: if the training split lacks a class or has sequences that are too short.
    """

    def __init__(self, data, frames, classifiers=None):
        self.data, self.classifiers = data, classifiers or {}
        count = limit_clips_per_class(data, CLIPS)
        self.clips = evaluation_clips(data, "train", count, _SEED, frames, half=1)
        # These do not overlap with the selection if clips are resampled sequences.
        self._others = evaluation_clips(data, "train", count, _SEED + 1, frames)

    def measure(self, model):
        """Measures generated clips: MMD, motion, and recognition by the classifiers.

        Args:
            model: an object with `generate`.

        Returns:
            `{name: float}`: `mmd_avg` and `mmd_seq`; ratios to real motion, such as `speed` and
            `bone_length_variation`, see `class_statistics`; and `recognized_KIND`, the share of
            clips in which a classifier recognizes their class. A ratio is left out where the
            value of real clips is almost 0, such as the bone length variation of rigid bodies.

        Raises:
            UserError: if the model generates NaN or infinity.
        """
        classes, count = self.clips.shape[:2]
        generated = sample_all_classes(model, classes, count, _SEED)
        scores = mmd(generated, self.clips, real_sums=self._sums)
        for name, value in _means(generated, self.clips, self.data).items():
            found = ratio({"generated": value, "train": self._statistics[name]})
            if found is not None:
                scores[name.replace(" ", "_")] = found
        for kind, classifier in self.classifiers.items():
            clips = generated[:, :_CLASSIFIED_CLIPS]
            found, _ = classifier.classify(clips.reshape(-1, *clips.shape[2:]))
            label = np.repeat(np.arange(classes), clips.shape[1])
            scores[f"recognized_{kind}"] = float(np.mean(found == label))
        return scores

    @functools.cached_property
    def references(self):
        """The MMD of clips of known quality, `{"mmd_avg_real": float, ...}`."""
        references = {}
        for name, reference_set in _REFERENCES.items():
            make = REFERENCE_SETS[reference_set]
            clips = make(self._others, None, np.random.default_rng(_SEED))
            for metric, value in mmd(clips, self.clips, real_sums=self._sums).items():
                references[f"{metric}_{name}"] = value
        return references

    @functools.cached_property
    def _sums(self):
        return within_sums(self.clips)

    @functools.cached_property
    def _statistics(self):
        return _means(self._others, self.clips, self.data)


def _means(clips, training_clips, data):
    """Returns the means of `class_statistics` over the classes, `{name: float}`."""
    statistics = class_statistics(clips, training_clips, data)
    return {name: float(np.mean(values)) for name, values in statistics.items()}
