"""A trained action classifier that scores clips."""

import dataclasses
import functools

import numpy as np

from sagcn_tf.metrics.diversity import diversity, multimodality
from sagcn_tf.metrics.frechet_distance import frechet_distance, gaussian

# The classifier of the paper, and a stronger one.
KINDS = ("d_v", "st_gcn")
_BATCH = 100


@dataclasses.dataclass(frozen=True)
class TrainedClassifier:
    """A classifier network with reference features of real clips.

    Attributes:
        kind: one of `KINDS`.
        network: a `SequenceClassifier` or `STGCNClassifier`.
        references: `{"train" | "test": (mean, covariance)}` of the features of real clips.
        facts: the contents of `classifier.json`: `data`, `frames`, `kind`, the settings of the
            training, and the scores of real clips under `real`.
    """

    kind: str
    network: object
    references: dict
    facts: dict

    def classify(self, motion):
        """Classifies clips.

        Args:
            motion: standardized, `[n, T, N, D]`.

        Returns:
            `(labels, features)`: the most likely classes, int64 `[n]`, and the features, float32
            `[n, F]`.
        """
        starts = range(0, len(motion), _BATCH)
        parts = [self._outputs(motion[start : start + _BATCH]) for start in starts]
        logits, features = (np.concatenate(one) for one in zip(*parts, strict=True))
        return logits.argmax(axis=1), features

    def measure(self, clips, seed):
        """Scores one set of clips.

        Args:
            clips: standardized, `[C, m, T, N, D]`, m > 1; row c has clips of class c.
            seed: seed of the random pairs.

        Returns:
            A dict: `recall` `[C]`, the share of correctly classified clips per class; `accuracy`,
            the mean recall; `frechet_train` and `frechet_test`, squared distances to real clips;
            `diversity` and `multimodality`.
        """
        classes, count = clips.shape[:2]
        found, features = self.classify(flat(clips))
        recall = (found.reshape(classes, count) == np.arange(classes)[:, None]).mean(axis=1)
        scores = {"recall": recall, "accuracy": recall.mean()}
        own, generator = gaussian(features), np.random.default_rng(seed)
        for split, reference in self.references.items():
            scores[f"frechet_{split}"] = frechet_distance(own, reference)
        features = features.reshape(classes, count, -1)
        scores["diversity"] = diversity(features, generator)
        scores["multimodality"] = multimodality(features, generator)
        return scores

    @functools.cached_property
    def _outputs(self):
        """Function from motion `[n, T, N, D]` to logits and features, traced once for any n."""
        import tensorflow as tf

        def outputs(motion):
            features = self.network.features(motion)
            return self.network.head(features), features

        shape = [None, *self.facts["clip_shape"]]
        return tf.function(outputs, [tf.TensorSpec(shape, tf.float32)], autograph=False)


def flat(clips):
    """Merges the class and clip axes: `[C, m, T, N, D]` -> `[C m, T, N, D]`."""
    return clips.reshape(-1, *clips.shape[2:])


def new_network(kind, data, frames):
    """Creates an untrained classifier network.

    Args:
        kind: one of `KINDS`.
        data: a `MotionData`, with or without sequences.
        frames: T.

    Returns:
        A `SequenceClassifier` or `STGCNClassifier`.
    """
    from sagcn_tf.models.sequence_classifier import SequenceClassifier
    from sagcn_tf.models.st_gcn_classifier import STGCNClassifier

    classes, (joints, dimensions) = len(data.class_names), data.mean.shape
    if kind == "d_v":
        return SequenceClassifier(classes, frames, joints, dimensions)
    return STGCNClassifier(classes, frames, data.graph, dimensions)
