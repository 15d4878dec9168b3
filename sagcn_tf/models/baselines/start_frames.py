"""Real frames that a prediction can start from, kept with the weights."""

import keras
import tensorflow as tf

from sagcn_tf.data.input_pipeline import evaluation_clips

CLIPS = 256  # M, of each class
# Beyond the seeds of every evaluation, so that no clip measured is one that was started from.
_FIRST_SEED = 10_000


class StartFrames(keras.layers.Layer):
    """The first frames of random training clips of each class: a bank to draw from.

    They are a weight that is never trained, so that a checkpoint or an export needs no data.

    Args:
        num_classes: C.
        frames: how many of each clip.
        pose_shape: `(N, D)`.

    Call arguments:
        label: `[batch, C]`; of a mixture, a class is drawn with its share.
        chance: uniform random numbers from 0 to 1 for class and clip, `[batch, 2]`.

    Returns:
        motion `[batch, frames, N, D]`, standardized.
    """

    def __init__(self, num_classes, frames, pose_shape, **kwargs):
        super().__init__(**kwargs)
        self.bank = self.add_weight(
            shape=[num_classes, CLIPS, frames, *pose_shape],
            initializer="zeros",
            trainable=False,
            name="bank",
        )
        self.built = True

    def fill(self, data, frames, seed):
        """Takes the frames from the training clips of a `MotionData` of T = `frames`."""
        clips = evaluation_clips(data, "train", CLIPS, _FIRST_SEED + seed, frames)
        self.bank.assign(clips[:, :, : self.bank.shape[2]])

    def call(self, label, chance):
        shares = tf.cumsum(label, axis=-1)  # [batch, C]
        passed = shares <= chance[:, :1] * shares[:, -1:]
        number = tf.reduce_sum(tf.cast(passed, tf.int32), axis=-1)
        number = tf.minimum(number, self.bank.shape[0] - 1)  # a label of zeros pads a batch
        clip = tf.minimum(tf.cast(chance[:, 1] * CLIPS, tf.int32), CLIPS - 1)
        return tf.gather_nd(self.bank, tf.stack([number, clip], axis=-1))
