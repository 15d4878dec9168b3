"""The features of an example, the same in all builders."""

import numpy as np
import tensorflow_datasets as tfds


def motion_features(joints, dimensions, actions):
    """Returns the features of an example.

    Args:
        joints: number of joints.
        dimensions: coordinates per joint.
        actions: names of the actions, in the order of their labels.

    Returns:
        A `tfds.features.FeaturesDict`: `motion`, float32 `[frames, joints, dimensions]`, the label
        `action`, and the texts `subject`, `camera` and `name`.
    """
    return tfds.features.FeaturesDict(
        {
            "motion": tfds.features.Tensor(
                shape=(None, joints, dimensions), dtype=np.float32, encoding="zlib"
            ),
            "action": tfds.features.ClassLabel(names=actions),
            "subject": tfds.features.Text(),
            "camera": tfds.features.Text(),
            "name": tfds.features.Text(),
        }
    )
