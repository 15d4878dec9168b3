"""Decoder of E2E, EPVA and adv-EPVA: poses from codes by visual analogy."""

import keras
import tensorflow as tf

from sagcn_tf.models.baselines.pose_encoder import CODE, HIDDEN


class VisualAnalogyDecoder(keras.Model):
    """Visual-analogy network for poses: frame t is to frame 0 as code t is to code 0.

    The content of the first frame that its code lacks, `f_x(x_0) - f_e(e_0)`, and the code of
    frame t give an analogy. It is added to `f_e(e_t)` and decoded to a pose o and a mask m from 0
    to 1 per joint, so that `x_t = m o + (1 - m) x_0`.

    Args:
        joints: Number of joints N.
        dimensions: Number of coordinates D per joint.

    Call arguments:
        first_pose: x_0, `[batch, V]`, V = N D.
        first_code: e_0, `[batch, 64]`.
        codes: e_t, `[batch, T', 64]`.
        dropout: Three dropout masks, for the hidden layer of f_x, `[batch, 256]`, and for the two
            hidden layers of the decoder, `[batch, T', 256]`; see `PosePrediction.dropout_mask`.
            Default None: no dropout.

    Returns:
        Poses `[batch, T', V]`.

    References:
        - [Wichers et al., 2018](https://arxiv.org/abs/1806.04768)
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
        """Returns the outputs of both layers of f_e, `[..., 256]` each, for codes `[..., 64]`."""
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
        for layer, dropped in zip(self.decoder_maps, of_decoder, strict=True):
            hidden = _dropped(layer(hidden), dropped)
        mask = tf.repeat(self.mask(hidden), self.dimensions, axis=-1)  # [batch, T', V]
        return mask * self.pose(hidden) + (1 - mask) * first_pose[:, None]


def _dropped(hidden, mask):
    return hidden if mask is None else hidden * mask
