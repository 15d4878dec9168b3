"""What judges whole motions in SkeletonGAN: real or not, and of which class."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.with_label import with_label

_HIDDEN = 256
_WIDTH = 1024


class SequenceCritic(keras.Model):
    """A bidirectional LSTM over poses and how they change, then two maps over all its outputs.

    With a label it is the discriminator, without one the classifier of c-SkeletonGAN.

    Args:
        frames: T.
        coordinates: N D.
        outputs: how many logits.
        num_classes: C, if it sees the label. Default: it does not.

    Call arguments:
        poses: `[batch, T, N D]`.
        label: `[batch, C]`, if it sees one.

    Returns:
        logits `[batch, outputs]`.
    """

    def __init__(self, frames, coordinates, outputs, num_classes=None, **kwargs):
        super().__init__(**kwargs)
        self.rnn = keras.layers.Bidirectional(keras.layers.LSTM(_HIDDEN, return_sequences=True))
        self.hidden = keras.layers.Dense(_WIDTH, activation="relu")
        self.logits = keras.layers.Dense(outputs)
        self.built = True
        label = tf.zeros([1, num_classes]) if num_classes else None
        self(tf.zeros([1, frames, coordinates]), label)

    def call(self, poses, label=None):
        seen = tf.concat([poses[:, :-1], poses[:, 1:] - poses[:, :-1]], axis=-1)
        if label is not None:
            seen = with_label(seen, label)
        outputs = self.rnn(seen)  # [batch, T - 1, 2 * 256]
        outputs = tf.reshape(outputs, [-1, outputs.shape[1] * outputs.shape[2]])
        return self.logits(self.hidden(outputs))

    def judge_both(self, real, fake, label=None):
        """Logits of real and of fake motions of the same labels, in one pass over both."""
        label = None if label is None else tf.tile(label, [2, 1])
        return tf.split(self(tf.concat([real, fake], axis=0), label), 2)
