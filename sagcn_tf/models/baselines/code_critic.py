"""The critic of adv-EPVA: does a sequence of codes come from the encoder or the predictor?"""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.pose_encoder import CODE, HIDDEN

_WIDTHS = (256, 256, 128, 64)


class CodeCritic(keras.Model):
    """Four LSTMs over a sequence of codes and of what the decoder makes of them.

    Args:
        frames: T.

    Call arguments:
        sequence: `[batch, T, 64 + 2 * 256]`, of each frame its code and the two features of
            `VisualAnalogyDecoder.code_features`.

    Returns:
        scores `[batch]`, higher for what looks encoded.
    """

    def __init__(self, frames, **kwargs):
        super().__init__(**kwargs)
        # cuDNN has no second derivative, which the gradient penalty needs.
        self.recurrent = [
            keras.layers.LSTM(width, return_sequences=width != _WIDTHS[-1], use_cudnn=False)
            for width in _WIDTHS
        ]
        self.norms = [keras.layers.LayerNormalization() for _ in _WIDTHS]
        self.score = keras.layers.Dense(1)
        self.built = True
        self(tf.zeros([1, frames, CODE + 2 * HIDDEN]))

    def call(self, sequence):
        hidden = sequence
        for recurrent, norm in zip(self.recurrent, self.norms, strict=True):
            hidden = norm(recurrent(hidden))
        return self.score(hidden)[:, 0]
