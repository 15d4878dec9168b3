"""Masked self-attention over the frames of a motion."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("sagcn_tf")
class MaskedSelfAttention(keras.layers.Layer):
    """Masked self-attention over frames: each frame attends to itself and to past frames.

    Scores are scaled dot products of a single head of width V. They are masked before the softmax,
    so every row of the attention sums to 1. Masking after the softmax would give the same graph,
    because a factor per row cancels in `D^-1 A_s`.

    Args:
        residual: `"gated"` (default) returns `inputs + gamma * Dense(attention @ value)` with a
            learned scalar `gamma` that starts at 0. `"none"` returns `attention @ value`, exactly
            as in equation 4.
        qk_norm: Whether to scale each query and key to a mean square of 1, so that no score
            exceeds `sqrt(V)`. Without it (the default, as in the paper) the scores grow with the
            inputs until all frames of a clip attend to a single one.
        alibi_slope: Decrease of the scores per frame of distance. Without it (0, the default, as
            in the paper) the frames that pruning keeps can be anywhere in the past and change
            abruptly from frame to frame; graph convolutions over them remove the motion of a clip
            or make it jitter. A learned slope soon decays, with the same effect.

    Call arguments:
        inputs: `[batch, T, V]`.

    Returns:
        Outputs `[batch, T, V]` and attention `[batch, T, T]`, float32 under mixed precision: row t
        holds the weights with which frame t attends to frames 0 to t.

    Raises:
        ValueError: If `residual` is neither `"gated"` nor `"none"`.

    Example:
        >>> outputs, attention = MaskedSelfAttention()(tf.random.normal([2, 50, 30]))
        >>> outputs.shape, attention.shape
        (TensorShape([2, 50, 30]), TensorShape([2, 50, 50]))

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equations 3 to 5
        - [Henry et al., 2020](https://arxiv.org/abs/2010.04245), for `qk_norm`, here without a
          learned scale
        - [Press et al., 2022](https://arxiv.org/abs/2108.12409), for `alibi_slope` (ALiBi)
    """

    def __init__(self, residual="gated", qk_norm=False, alibi_slope=0.0, **kwargs):
        super().__init__(**kwargs)
        if residual not in ("gated", "none"):
            raise ValueError(f"residual must be 'gated' or 'none', received {residual!r}")
        self.residual = residual
        self.qk_norm = qk_norm
        self.alibi_slope = alibi_slope

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
        query, key, value = self._project(inputs)
        attention = masked_attention(query, key, self.alibi_slope)
        attended = tf.matmul(tf.cast(attention, self.compute_dtype), value)  # equation 4
        return self._add_residual(inputs, attended), attention

    def compute_output_shape(self, input_shape):
        batch, frames, _ = input_shape
        return tuple(input_shape), (batch, frames, frames)

    # Inferred by tracing `call`, because not all outputs have the compute dtype.
    compute_output_spec = keras.Operation.compute_output_spec

    def _project(self, inputs):
        """Query, key and value, each `[batch, T, V]`; the query is scaled by `1 / sqrt(V)`."""
        query, key, value = self.query(inputs), self.key(inputs), self.value(inputs)
        if self.qk_norm:
            query, key = _with_unit_mean_square(query), _with_unit_mean_square(key)
        return query * tf.cast(inputs.shape[-1], self.compute_dtype) ** -0.5, key, value

    def _add_residual(self, inputs, attended):
        if self.residual == "none":
            return attended
        gamma = tf.cast(self.gamma, self.compute_dtype)
        return inputs + gamma * self.output_projection(attended)

    def get_config(self):
        return {
            **super().get_config(),
            "residual": self.residual,
            "qk_norm": self.qk_norm,
            "alibi_slope": self.alibi_slope,
        }


def masked_attention(query, key, alibi_slope=0.0, first=0):
    """Computes rows of the masked attention, S_mask (equations 3 and 5).

    Each row is the softmax of the scores `query @ key^T` of the frame itself and of past frames.

    Args:
        query: `[batch, R, V]` of frames `first` to `first + R - 1`, scaled.
        key: `[batch, U, V]` of frames 0 to U - 1.
        alibi_slope: Decrease of the scores per frame of distance. Default 0.
        first: Index of the first query frame. Default 0.

    Returns:
        Attention `[batch, R, U]`, 0 at later frames; float32 for inputs of lower precision.
    """
    scores = tf.matmul(query, key, transpose_b=True)  # [batch, R, U]
    if scores.dtype.size < 4:
        scores = tf.cast(scores, tf.float32)
    distance = frame_distance(scores, first)
    if alibi_slope:
        scores -= alibi_slope * tf.cast(distance, scores.dtype)
    return tf.nn.softmax(tf.where(distance >= 0, scores, scores.dtype.min))


def frame_distance(scores, first=0):
    """Counts how many frames each column of `scores` lies before its row.

    Args:
        scores: `[batch, R, U]`, the rows of frames `first` to `first + R - 1`.
        first: Index of the frame of the first row. Default 0.

    Returns:
        int32 `[R, U]`: 0 for the frame itself, negative for later frames.
    """
    _, rows, columns = tf.unstack(tf.shape(scores))
    return (first + tf.range(rows))[:, None] - tf.range(columns)


def _with_unit_mean_square(vectors):
    """Scales vectors `[..., V]` to a mean square of 1; zeros stay zeros."""
    return vectors * tf.math.rsqrt(tf.reduce_mean(tf.square(vectors), -1, keepdims=True) + 1e-6)
