"""Masked self-attention over the frames of a motion."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("sagcn_tf")
class MaskedSelfAttention(keras.layers.Layer):
    """Masked self-attention over frames (equations 3 to 5): frames look at themselves and the past.

    Scores are scaled dot products of one head of width `V`. They are masked before the softmax,
    so every row of the attention sums to 1; masking afterwards instead would give the same graph,
    because a factor per row cancels in `D^-1 A_s`.

    Args:
        residual: `"gated"` (default) returns `inputs + gamma * Dense(attention @ value)` with a
            learned scalar `gamma` that starts at 0; `"none"` returns `attention @ value`, which
            is equation 4 to the letter.
        normalise: scales each query and key to a mean square of 1, so that no score exceeds
            `sqrt(V)`. Without it (the default, as in the paper) scores grow with the inputs, until
            all of a clip looks at one frame. (Henry et al. 2020.)
        distance_penalty: scores fall by this a frame of distance (Press et al. 2022). Without it
            (0, the default, as in the paper) the kept frames are anywhere in the past and change
            abruptly from frame to frame, and graph convolutions over them take the motion out of a
            clip or make it tremble. A learned penalty is soon learned away, to the same end.

    Call arguments:
        inputs: `[batch, T, V]`.

    Returns:
        outputs `[batch, T, V]`, and attention `[batch, T, T]`: row t holds the weights with which
        frame t looks at frames 0 to t. The attention is float32 under mixed precision.

    Raises:
        ValueError: if `residual` is not one of the two names.
    """

    def __init__(self, residual="gated", normalise=False, distance_penalty=0.0, **kwargs):
        super().__init__(**kwargs)
        if residual not in ("gated", "none"):
            raise ValueError(f"residual must be 'gated' or 'none', received {residual!r}")
        self.residual = residual
        self.normalise = normalise
        self.distance_penalty = distance_penalty

    def build(self, input_shape):
        width = input_shape[-1]
        names = ["query", "key", "value"]
        if self.residual == "gated":
            names.append("output_projection")
            self.gamma = self.add_weight(name="gamma", shape=(), initializer="zeros")
        for name in names:
            layer = keras.layers.Dense(width, name=name, dtype=self.dtype_policy)
            layer.build(input_shape)
            setattr(self, name, layer)
        super().build(input_shape)

    def call(self, inputs):
        frames, width = tf.shape(inputs)[1], inputs.shape[-1]
        query, key = self.query(inputs), self.key(inputs)
        if self.normalise:
            query, key = _with_unit_mean_square(query), _with_unit_mean_square(key)
        query *= tf.cast(width, self.compute_dtype) ** -0.5
        scores = tf.matmul(query, key, transpose_b=True)  # [batch, T, T]
        scores = tf.cast(scores, self.variable_dtype)
        if self.distance_penalty:
            scores -= self.distance_penalty * _distances(frames, scores.dtype)
        past = tf.linalg.band_part(tf.ones([frames, frames], tf.bool), -1, 0)
        attention = tf.nn.softmax(tf.where(past, scores, scores.dtype.min))
        attended = tf.matmul(tf.cast(attention, self.compute_dtype), self.value(inputs))
        if self.residual == "none":
            return attended, attention
        gamma = tf.cast(self.gamma, self.compute_dtype)
        return inputs + gamma * self.output_projection(attended), attention

    def get_config(self):
        return {
            **super().get_config(),
            "residual": self.residual,
            "normalise": self.normalise,
            "distance_penalty": self.distance_penalty,
        }


def _with_unit_mean_square(vectors):
    """Scales vectors `[..., V]`; a vector of zeros stays."""
    return vectors * tf.math.rsqrt(tf.reduce_mean(tf.square(vectors), -1, keepdims=True) + 1e-6)


def _distances(frames, dtype):
    """`[T, T]`: how many frames frame t lies behind frame u; only the past half is meant."""
    time = tf.cast(tf.range(frames), dtype)
    return time[:, None] - time[None]
