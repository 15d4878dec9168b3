"""Action classifier of table 2 of the paper."""

import keras
import tensorflow as tf

from sagcn_tf.models.frame_values import frame_values

_WIDTHS = (1000, 1000, 1024, 128)


class SequenceClassifier(keras.Model):
    """D_V without its label input and with a linear map to C classes at the end.

    The last map sees only one value per frame, so the accuracy is low even on real clips.

    Args:
        num_classes: Number of classes C.
        frames: Number of frames T per clip.
        joints: Number of joints N.
        dimensions: Number of coordinates D per joint.
        widths: Widths of the four linear maps of each frame. Default: those of preset `paper`.

    Call arguments:
        motion: Standardized motion, `[batch, T, N, D]`.

    Returns:
        Logits `[batch, C]`, float32.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), table 2
    """

    def __init__(self, num_classes, frames, joints, dimensions, widths=_WIDTHS, **kwargs):
        super().__init__(**kwargs)
        self.maps = [keras.layers.Dense(width) for width in widths]
        self.convolution = keras.layers.Conv1D(1, 3, padding="same")
        self.head = keras.layers.Dense(num_classes)
        self(tf.zeros([1, frames, joints, dimensions]))

    def call(self, motion):
        return self.head(self.features(motion))

    def features(self, motion):
        """Returns the inputs of the last map, `[batch, T]`, for the Frechet distance."""
        # [batch, T, N, D] -> [batch, T, N D]
        frames = tf.reshape(motion, [-1, motion.shape[1], motion.shape[2] * motion.shape[3]])
        return frame_values(frames, self.maps, self.convolution)
