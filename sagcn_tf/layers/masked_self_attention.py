"""Masked self-attention over the frames of a motion."""

import keras
import tensorflow as tf

from sagcn_tf.layers.blockwise_attention import attend_in_blocks, attention_rows


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
        normalize: scales each query and key to a mean square of 1, so that no score exceeds
            `sqrt(V)`. Without it (the default, as in the paper) scores grow with the inputs, until
            all of a clip looks at one frame. (Henry et al. 2020.)
        alibi_slope: scores fall by this a frame of distance (Press et al. 2022). Without it
            (0, the default, as in the paper) the kept frames are anywhere in the past and change
            abruptly from frame to frame, and graph convolutions over them take the motion out of a
            clip or make it tremble. A learned penalty is soon learned away, to the same end.

    Call arguments:
        inputs: `[batch, T, V]`.
        top_k: default None. A number, for long clips: prune the attention as it is computed, and
            never hold it whole.

    Returns:
        outputs `[batch, T, V]`, and attention `[batch, T, T]`: row t holds the weights with which
        frame t looks at frames 0 to t. The attention is float32 under mixed precision. With
        `top_k`, the pruned attention as `SparseRows`.

    Raises:
        ValueError: if `residual` is not one of the two names.
    """

    def __init__(self, residual="gated", normalize=False, alibi_slope=0.0, **kwargs):
        super().__init__(**kwargs)
        if residual not in ("gated", "none"):
            raise ValueError(f"residual must be 'gated' or 'none', received {residual!r}")
        self.residual = residual
        self.normalize = normalize
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

    def call(self, inputs, top_k=None):
        query, key, value = self.query(inputs), self.key(inputs), self.value(inputs)
        if self.normalize:
            query, key = _with_unit_mean_square(query), _with_unit_mean_square(key)
        query *= tf.cast(inputs.shape[-1], self.compute_dtype) ** -0.5
        if top_k is None:
            attention, _ = attention_rows(query, key, alibi_slope=self.alibi_slope)
            attended = tf.matmul(tf.cast(attention, self.compute_dtype), value)
        else:
            exact = (tf.cast(x, self.variable_dtype) for x in (query, key, value))
            attended, attention = attend_in_blocks(*exact, top_k, self.alibi_slope)
            attended = tf.cast(attended, self.compute_dtype)
        if self.residual == "none":
            return attended, attention
        gamma = tf.cast(self.gamma, self.compute_dtype)
        return inputs + gamma * self.output_projection(attended), attention

    def get_config(self):
        return {
            **super().get_config(),
            "residual": self.residual,
            "normalize": self.normalize,
            "alibi_slope": self.alibi_slope,
        }


def _with_unit_mean_square(vectors):
    """Scales vectors `[..., V]`; a vector of zeros stays."""
    return vectors * tf.math.rsqrt(tf.reduce_mean(tf.square(vectors), -1, keepdims=True) + 1e-6)
