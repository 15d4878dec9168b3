"""Discriminator of SkeletonGAN and classifier of c-SkeletonGAN."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.with_label import with_label

_HIDDEN = 256
_WIDTH = 1024


class SequenceCritic(keras.Model):
    """Bidirectional LSTM over poses and their differences, then two layers over all its outputs.

    With a label it is the discriminator of SkeletonGAN, without one the classifier of
    c-SkeletonGAN.

    Args:
        frames: Number of frames T per clip.
        coordinates: Number of coordinates of a pose, N D.
        outputs: Number of logits.
        num_classes: Number of classes C. Default None: no label.

    Call arguments:
        poses: `[batch, T, N D]`.
        label: `[batch, C]`, only if `num_classes` is given.

    Returns:
        Logits `[batch, outputs]`.
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
        """Returns the logits of real and fake motions with the same labels, in one pass."""
        label = None if label is None else tf.tile(label, [2, 1])
        return tf.split(self(tf.concat([real, fake], axis=0), label), 2)
