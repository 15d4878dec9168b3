"""The signatures of a served model."""

import json

import keras
import tensorflow as tf

from sagcn_tf.exporting.request_checks import (
    checked_label,
    checked_motion,
    checked_rows,
    checked_weights,
)

WEIGHTS = ("float32", "bfloat16", "float16")


class ServedModel:
    """The signatures of an exported `MotionModel`.

    Motion is in the unit of the data. Each signature checks its request in the graph, computes each
    row independently of the others, and returns a dict of named tensors with a batch dimension.

    Args:
        model: a `MotionModel`.
        data: the `MotionData` that it was trained on, with or without sequences.
        weights: data type of the stored weights, one of `WEIGHTS`; computations are in float32.
            Default: `"float32"`.
        classifier: a `TrainedClassifier` for the same data, for the signature `classify`. Default:
            None, no such signature.
    """

    def __init__(self, model, data, weights="float32", classifier=None):
        self._model, self._data, self._classifier = model, data, classifier
        # One function for all signatures, so that a SavedModel holds the networks once.
        self._sample = tf.function(self._sample_motion, autograph=False)
        self._stored = [
            tf.Variable(tf.cast(weight.value, weights), trainable=False, name=weight.name)
            for weight in model.sampled_weights
        ]

    @property
    def signatures(self):
        """`{name: (function, list of tf.TensorSpec)}`; the first one is the default."""
        label, label_from, label_to, seed, request = (
            tf.TensorSpec([None], tf.int32, name=name)
            for name in ("label", "label_from", "label_to", "seed", "request")
        )
        weights = tf.TensorSpec([None, self._classes], tf.float32, name="label_weights")
        signatures = {
            "generate": (self.generate, [label, seed]),
            "mix": (self.mix, [weights, seed]),
            "describe": (self.describe, [request]),
        }
        if self._model.follows_labels:
            signatures["transition"] = (self.transition, [label_from, label_to, seed])
        if self._model.attends:
            signatures["attend"] = (self.attend, [label, seed])
        if self._classifier:
            joints, dimensions = self._data.skeleton.num_joints, self._data.mean.shape[-1]
            shape = [None, self._model.config.frames, joints, dimensions]
            motion = tf.TensorSpec(shape, tf.float32, name="motion")
            signatures["classify"] = (self.classify, [motion])
        return signatures

    def save(self, folder):
        """Writes the signatures as a SavedModel; the first one is also `serving_default`."""
        # Concrete functions, because saving would trace each `tf.function` a second time.
        signatures = {
            name: tf.function(function, autograph=False).get_concrete_function(*specs)
            for name, (function, specs) in self.signatures.items()
        }
        signatures["serving_default"] = next(iter(signatures.values()))
        module = tf.Module()
        classifier = self._classifier.network.variables if self._classifier else []
        module.variables_read = [*self._stored, *(variable.value for variable in classifier)]
        tf.saved_model.save(module, str(folder), signatures)

    @property
    def num_parameters(self):
        """Number of weights."""
        return sum(variable.shape.num_elements() for variable in self._stored)

    @property
    def description(self):
        """JSON-serializable dict with the information that clients need to send and draw."""
        return self._data.describe_served(self._model.config.frames)

    def generate(self, label, seed):
        """Generates `motion` `[B, T, N, D]` of classes `label` `[B]` from `seed` `[B]`."""
        return {"motion": self.attend(label, seed)["motion"]}

    def mix(self, label_weights, seed):
        """Generates `motion` of mixtures of classes, `label_weights` `[B, C]` (equation 8)."""
        label_weights = checked_weights("label_weights", label_weights, self._classes)
        seed = checked_rows(seed, label_weights=label_weights)
        return {"motion": self._sample(label_weights, seed)["motion"]}

    def transition(self, label_from, label_to, seed):
        """Generates `motion` that changes from one class to another over its T frames."""
        seed = checked_rows(seed, label_from=label_from, label_to=label_to)
        ends = self._one_hot("label_from", label_from), self._one_hot("label_to", label_to)
        return {"motion": self._sample(self._model.moving_label(*ends), seed)["motion"]}

    def attend(self, label, seed):
        """Like `generate`, with `attention` `[B, T, T]` and `kept` `[B, T, top_k + 1]`."""
        seed = checked_rows(seed, label=label)
        return self._sample(self._one_hot("label", label), seed)

    def classify(self, motion):
        """Computes class `probabilities` `[B, C]` of `motion` `[B, T, N, D]`."""
        motion = self._data.standardize(checked_motion("motion", motion))
        network = self._classifier.network
        return {"probabilities": tf.nn.softmax(network.head(network.features(motion)))}

    def describe(self, request):
        """Returns `description` `[B]` as JSON text; ignores the values of `request` `[B]`."""
        return {"description": tf.fill(tf.shape(request), json.dumps(self.description))}

    @property
    def _classes(self):
        return len(self._data.class_names)

    def _one_hot(self, name, label):
        return tf.one_hot(checked_label(name, label, self._classes), self._classes)

    def _sample_motion(self, label, seed):
        """Samples with the stored weights; returns motion in the unit of the data."""
        weights = [tf.cast(variable, tf.float32) for variable in self._stored]
        replaced = zip(self._model.sampled_weights, weights, strict=True)
        with keras.StatelessScope(state_mapping=list(replaced)):
            outputs = self._model.sample(label, seed)
        return {**outputs, "motion": self._data.unstandardize(outputs["motion"])}
