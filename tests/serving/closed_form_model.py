"""A SavedModel with the signatures of an export, whose answers are known in closed form.

`motion[t, n, d] = 1000 * version + 10 * label + seed / 1000 + place`, where `place` numbers the
coordinates. For mixtures, `label` is the weighted mean of the labels.
"""

import json

import numpy as np

FRAMES, JOINTS, DIMENSIONS, KEPT = 6, 5, 2, 3
CLASS_NAMES = ["walking", "sitting down", "eating"]
SKELETON = {
    "name": "small",
    "joints": ["hip", "chest", "head", "left_hand", "right_hand"],
    "edges": [[0, 1], [1, 2], [1, 3], [1, 4]],
    "bones": [[-1, 0], [0, 1], [1, 2], [1, 3], [1, 4]],
    "left": [3],
    "right": [4],
    "center": 1,
}
DESCRIPTION = {
    "class_names": CLASS_NAMES,
    "skeleton": SKELETON,
    "unit": "pixel",
    "frame_rate": 12.5,
    "frames": FRAMES,
    "dimensions": DIMENSIONS,
    "dataset": "closed form",
}
_PLACE = np.arange(FRAMES * JOINTS * DIMENSIONS, dtype=np.float32)
PLACE = _PLACE.reshape(FRAMES, JOINTS, DIMENSIONS)


def expected_motion(version, label, seed):
    """The motions `[B, T, N, D]` of a version; `label` and `seed` are `[B]`."""
    start = 1000.0 * version + 10.0 * np.asarray(label, np.float32) + np.asarray(seed) / 1000.0
    return start[:, None, None, None].astype(np.float32) + PLACE


def expected_transition(version, label_from, label_to, seed):
    """The motions of a transition: the label changes linearly from one to the other."""
    part = np.linspace(0.0, 1.0, FRAMES, dtype=np.float32)
    label = np.outer(label_from, 1 - part) + np.outer(label_to, part)  # [B, T]
    base = expected_motion(version, np.zeros(len(seed)), seed)
    return base + 10.0 * label[:, :, None, None].astype(np.float32)


def save(path, version, description=DESCRIPTION, weights=100_000):
    """Writes the SavedModel of a version into a folder, with a given number of weights."""
    import tensorflow as tf

    model = _module(version, description, weights)
    names = ("generate", "mix", "transition", "attend", "classify", "describe")
    signatures = {name: getattr(model, name) for name in names}
    tf.saved_model.save(
        model, str(path), signatures=signatures | {"serving_default": model.generate}
    )


def _module(version, description, weights):
    import tensorflow as tf

    classes = len(description["class_names"])
    ints = {name: tf.TensorSpec([None], tf.int32, name=name) for name in ("label", "seed")}

    def function(**specs):
        return tf.function(input_signature=list(specs.values()))

    class Model(tf.Module):
        def __init__(self):
            super().__init__()
            self.version = tf.Variable(tf.fill([weights], float(version)))

        def motion(self, label, seed):  # label float [B, T] or [B, 1]
            start = 1000.0 * self.version[0] + tf.cast(seed, tf.float32) / 1000.0
            return start[:, None, None, None] + 10.0 * label[:, :, None, None] + PLACE

        def checked(self, label):
            text = f"label: expected 0 to {classes - 1}"
            with tf.control_dependencies(
                [
                    tf.debugging.assert_greater_equal(label, 0, message=text),
                    tf.debugging.assert_less(label, classes, message=text),
                ]
            ):
                return tf.cast(label, tf.float32)[:, None]

        @function(**ints)
        def generate(self, label, seed):
            return {"motion": self.motion(self.checked(label), seed)}

        @function(
            label_weights=tf.TensorSpec([None, classes], tf.float32, name="label_weights"),
            seed=ints["seed"],
        )
        def mix(self, label_weights, seed):
            total = tf.reduce_sum(label_weights, axis=1)
            right = tf.abs(total - 1.0) < 1e-3
            with tf.control_dependencies([tf.debugging.Assert(tf.reduce_all(right), ["weights"])]):
                numbers = tf.range(classes, dtype=tf.float32)
                label = tf.reduce_sum(label_weights * numbers, axis=1, keepdims=True)
            return {"motion": self.motion(label, seed)}

        @function(
            label_from=tf.TensorSpec([None], tf.int32, name="label_from"),
            label_to=tf.TensorSpec([None], tf.int32, name="label_to"),
            seed=ints["seed"],
        )
        def transition(self, label_from, label_to, seed):
            part = tf.linspace(0.0, 1.0, FRAMES)[None]
            start, end = self.checked(label_from), self.checked(label_to)
            return {"motion": self.motion(start * (1 - part) + end * part, seed)}

        @function(**ints)
        def attend(self, label, seed):
            rows = tf.size(label)
            attention = tf.eye(FRAMES, batch_shape=[rows])
            kept = tf.tile(tf.range(FRAMES * KEPT)[None], [rows, 1])
            return {
                "motion": self.motion(self.checked(label), seed),
                "attention": attention,
                "kept": tf.reshape(kept, [rows, FRAMES, KEPT]),
            }

        @function(
            motion=tf.TensorSpec([None, FRAMES, JOINTS, DIMENSIONS], tf.float32, name="motion")
        )
        def classify(self, motion):
            label = tf.cast(tf.round(tf.math.floormod(motion[:, 0, 0, 0], 1000.0) / 10.0), tf.int32)
            return {"probabilities": tf.one_hot(label, classes)}

        @function(request=tf.TensorSpec([None], tf.int32, name="request"))
        def describe(self, request):
            return {"description": tf.fill([tf.size(request)], json.dumps(description))}

    return Model()
