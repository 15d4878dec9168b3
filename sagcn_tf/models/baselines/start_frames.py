"""Real frames to start predictions from, stored with the weights."""

import keras
import tensorflow as tf

from sagcn_tf.data.input_pipeline import evaluation_clips

CLIPS = 256  # per class
# Above the seeds of all evaluations, so that no draw of theirs is repeated here.
_FIRST_SEED = 10_000


class StartFrames(keras.layers.Layer):
    """Bank of the first frames of random training clips of each class.

    The bank is a weight that is not trained, so checkpoints and exports need no data.

    Args:
        num_classes: Number of classes C.
        frames: Number of frames to keep of each clip.
        pose_shape: `(N, D)`.

    Call arguments:
        label: `[batch, C]`, the probabilities of the classes to draw from.
        chance: Uniform random numbers from 0 to 1 that select class and clip, `[batch, 2]`.

    Returns:
        Standardized motion `[batch, frames, N, D]`.
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
        """Fills the bank from training clips of T = `frames` frames of a `MotionData`."""
        # Resampled clips are whole sequences: evaluations compare with those of the other half.
        clips = evaluation_clips(data, "train", CLIPS, _FIRST_SEED + seed, frames, half=1)
        self.bank.assign(clips[:, :, : self.bank.shape[2]])

    def call(self, label, chance):
        shares = tf.cumsum(label, axis=-1)  # [batch, C]
        passed = shares <= chance[:, :1] * shares[:, -1:]
        number = tf.reduce_sum(tf.cast(passed, tf.int32), axis=-1)
        number = tf.minimum(number, self.bank.shape[0] - 1)  # labels that pad a batch are zeros
        clip = tf.minimum(tf.cast(chance[:, 1] * CLIPS, tf.int32), CLIPS - 1)
        return tf.gather_nd(self.bank, tf.stack([number, clip], axis=-1))
