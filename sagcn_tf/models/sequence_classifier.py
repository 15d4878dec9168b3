"""The classifier of the paper's Table 2: which action is this?"""

import keras
import tensorflow as tf

from sagcn_tf.models.frame_values import frame_values

_WIDTHS = (1000, 1000, 1024, 128)


class SequenceClassifier(keras.Model):
    """D_V without its label input, and with a linear map to C classes as its end.

    What the last map sees is one number a frame, T in all: little to tell actions by, so its
    accuracy is low even on real clips.

    Args:
        num_classes: C.
        frames: T of all clips.
        joints: N.
        dimensions: D.
        widths: of the four maps that act on each frame. Default: those of the preset `paper`.

    Call arguments:
        motion: standardized, `[batch, T, N, D]`.

    Returns:
        logits `[batch, C]`, float32.
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
        """What the last map sees, `[batch, T]`: the space of the Frechet distance."""
        # [batch, T, N, D] -> [batch, T, N D]
        frames = tf.reshape(motion, [-1, motion.shape[1], motion.shape[2] * motion.shape[3]])
        return frame_values(frames, self.maps, self.convolution)
