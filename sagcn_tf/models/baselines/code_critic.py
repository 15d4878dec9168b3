"""Critic of adv-EPVA, which tells encoded from predicted sequences of codes."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.normalized_lstm_cell import NormalizedLSTMCell
from sagcn_tf.models.baselines.pose_encoder import CODE, HIDDEN

_WIDTHS = (256, 256, 128, 64)


class CodeCritic(keras.Model):
    """Four LSTMs over a sequence of codes and the decoder's features of them.

    Args:
        frames: Number of frames T per clip.

    Call arguments:
        sequence: `[batch, T, 64 + 2 * 256]`: for each frame, its code and the two features of
            `VisualAnalogyDecoder.code_features`.

    Returns:
        Scores `[batch]`, higher for sequences that look encoded.
    """

    def __init__(self, frames, **kwargs):
        super().__init__(**kwargs)
        self.recurrent = keras.layers.RNN([NormalizedLSTMCell(width) for width in _WIDTHS])
        self.score = keras.layers.Dense(1)
        self.built = True
        self(tf.zeros([1, frames, CODE + 2 * HIDDEN]))

    def call(self, sequence):
        return self.score(self.recurrent(sequence))[:, 0]
