"""Pruning of the attention to the past frames with the largest scores."""

import keras
import tensorflow as tf

from sagcn_tf.layers.checks import known_frames
from sagcn_tf.layers.masked_self_attention import frame_distance


@keras.saving.register_keras_serializable("sagcn_tf")
class TopKPruning(keras.layers.Layer):
    """Prunes each row of the attention to the frame itself and its `top_k` best past frames.

    Row t keeps the diagonal and the `min(top_k, t)` largest scores of the frames before t; all
    other scores become 0. Of equal scores the earlier frame is kept. Gradients flow through the
    kept scores only.

    Args:
        top_k: Number of past frames to keep, 0 or more. Default 5, as in the paper.

    Call arguments:
        attention: `[batch, T, T]`, lower triangular.

    Returns:
        Pruned attention `[batch, T, T]` in the dtype of the input.

    Raises:
        ValueError: If `top_k` is negative, or the number of frames is unknown.

    Example:
        >>> attention = tf.constant([[[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.5, 0.25, 0.25]]])
        >>> TopKPruning(1)(attention).numpy()[0, 2].tolist()
        [0.5, 0.0, 0.25]

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), section 3.2
    """

    def __init__(self, top_k=5, **kwargs):
        # Scores stay in float32 under mixed precision: bfloat16 makes similar scores equal.
        super().__init__(autocast=False, **kwargs)
        if top_k < 0:
            raise ValueError(f"top_k must be 0 or more, received {top_k}")
        self.top_k = top_k

    def call(self, attention):
        frames = known_frames(self, attention.shape[-1])
        if self.top_k >= frames - 1:  # keeps all; one-hot rows would take T^3 memory
            return tf.linalg.band_part(attention, -1, 0)
        _, kept = largest_past(attention, self.top_k)  # [batch, T, top_k]
        # One-hot rather than scatter: scatter is not deterministic on GPUs.
        kept = tf.reduce_sum(tf.one_hot(kept, frames, dtype=attention.dtype), axis=-2)
        past = tf.linalg.band_part(tf.ones([frames, frames], attention.dtype), -1, 0)
        itself = tf.eye(frames, dtype=attention.dtype)
        return attention * (kept * (past - itself) + itself)

    def compute_output_shape(self, attention_shape):
        return tuple(attention_shape)

    # Inferred by tracing `call`, because the output has the dtype of the input.
    compute_output_spec = keras.Operation.compute_output_spec

    def kept_frames(self, attention):
        """Returns the indices of the kept frames.

        Args:
            attention: `[batch, T, T]`.

        Returns:
            int32 `[batch, T, top_k + 1]`: the frame itself, then its past frames in
            descending order of score; -1 where there are fewer than `top_k` past frames.
        """
        frames = attention.shape[-1]
        scores, kept = largest_past(attention, min(self.top_k, frames))
        kept = tf.where(tf.math.is_inf(scores), -1, kept)
        kept = tf.pad(kept, [[0, 0], [0, 0], [0, self.top_k - kept.shape[-1]]], constant_values=-1)
        itself = tf.broadcast_to(tf.range(frames), tf.shape(attention)[:-1])[..., None]
        return tf.concat([itself, kept], axis=-1)

    def get_config(self):
        return {**super().get_config(), "top_k": self.top_k}


def largest_past(attention, top_k, first=0):
    """Finds the largest scores of each row among the past frames.

    Args:
        attention: `[batch, R, U]`, the rows of frames `first` to `first + R - 1`.
        top_k: Number of scores per row, at most U.
        first: Index of the frame of the first row. Default 0.

    Returns:
        Scores `[batch, R, top_k]` in descending order, -inf where there are fewer past frames, and
        their frame indices, int32. Of equal scores the earlier frame comes first.
    """
    nothing = tf.constant(float("-inf"), attention.dtype)
    return tf.math.top_k(
        tf.where(frame_distance(attention, first) > 0, attention, nothing), k=top_k
    )
