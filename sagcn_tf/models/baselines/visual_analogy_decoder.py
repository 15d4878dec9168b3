"""The decoder of the compared systems that predict codes: codes become poses by analogy."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.pose_encoder import CODE, HIDDEN


class VisualAnalogyDecoder(keras.Model):
    """Draws frame t as the change from frame 0 that leads from the code of 0 to that of t.

    The visual-analogy network of Wichers et al. 2018 for poses: what the first frame holds beyond
    its code, `f_x(x_0) - f_e(e_0)`, and the code of frame t give an analogy, which is added to
    `f_e(e_t)` and decoded to a pose o and a mask m in 0 to 1 of each joint:
    `x_t = m o + (1 - m) x_0`.

    Args:
        joints: N.
        dimensions: D, coordinates of a joint.

    Call arguments:
        first_pose: x_0, `[batch, V]`, V = N D.
        first_code: e_0, `[batch, 64]`.
        codes: e_t, `[batch, T', 64]`.
        dropout: factors of the hidden layers of f_x, `[batch, 256]`, and of the two of the
            decoder, `[batch, T', 256]`, see `PosePrediction.dropout_factors`. Default None: no
            dropout.

    Returns:
        poses `[batch, T', V]`.
    """

    def __init__(self, joints, dimensions, **kwargs):
        super().__init__(**kwargs)
        self.dimensions = dimensions

        def layers(count):
            return [keras.layers.Dense(HIDDEN, activation="relu") for _ in range(count)]

        self.code_maps, self.pose_maps = layers(2), layers(2)  # f_e and f_x
        self.difference_map, self.code_map = layers(2)
        self.analogy_maps, self.decoder_maps = layers(3), layers(2)
        self.pose = keras.layers.Dense(joints * dimensions)
        self.mask = keras.layers.Dense(joints, activation="sigmoid")
        self.built = True
        self(tf.zeros([1, joints * dimensions]), tf.zeros([1, CODE]), tf.zeros([1, 1, CODE]))

    def code_features(self, codes):
        """What f_e makes of codes `[..., 64]`: the outputs of its two layers, `[..., 256]` each."""
        first = self.code_maps[0](codes)
        return first, self.code_maps[1](first)

    def call(self, first_pose, first_code, codes, dropout=None):
        of_pose, *of_decoder = (None, None, None) if dropout is None else dropout
        known = self.pose_maps[1](_dropped(self.pose_maps[0](first_pose), of_pose))
        features = self.code_features(codes)[-1]  # [batch, T', 256]
        difference = self.difference_map(known - self.code_features(first_code)[-1])
        difference = tf.repeat(difference[:, None], codes.shape[1], axis=1)
        analogy = tf.concat([difference, self.code_map(features)], axis=-1)
        for layer in self.analogy_maps:
            analogy = layer(analogy)
        hidden = features + analogy
        for layer, factors in zip(self.decoder_maps, of_decoder, strict=True):
            hidden = _dropped(layer(hidden), factors)
        mask = tf.repeat(self.mask(hidden), self.dimensions, axis=-1)  # [batch, T', V]
        return mask * self.pose(hidden) + (1 - mask) * first_pose[:, None]


def _dropped(hidden, factors):
    return hidden if factors is None else hidden * factors
