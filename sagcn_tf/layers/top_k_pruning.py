"""Pruning of the attention to each frame's most relevant past frames."""

import keras
import tensorflow as tf

from sagcn_tf.layers.masked_self_attention import frame_distance


@keras.saving.register_keras_serializable("sagcn_tf")
class TopKPruning(keras.layers.Layer):
    """Keeps, in each row of the attention, the frame itself and its `top_k` past frames.

    Section 3.2 of the paper: row t keeps the diagonal and the `min(top_k, t)` largest scores of
    frames before t; everything else becomes 0. Of equal scores the earlier frame wins. Gradients
    flow through the kept scores alone.

    Args:
        top_k: past frames to keep, 0 or more. Default 5, as in the paper.

    Call arguments:
        attention: `[batch, T, T]`, lower triangular.

    Returns:
        The pruned attention `[batch, T, T]`, in the dtype of the input.

    Raises:
        ValueError: if `top_k` is negative.
    """

    def __init__(self, top_k=5, **kwargs):
        # Scores stay in float32 under mixed precision: bfloat16 would make ties of neighbors.
        super().__init__(autocast=False, **kwargs)
        if top_k < 0:
            raise ValueError(f"top_k must be 0 or more, received {top_k}")
        self.top_k = top_k

    def call(self, attention):
        frames = attention.shape[-1]
        if self.top_k >= frames - 1:  # all of the past, without memory that grows with T^3
            return tf.linalg.band_part(attention, -1, 0)
        _, kept = largest_past(attention, self.top_k)  # [batch, T, top_k]
        # One-hot rather than scatter: scatter is not deterministic on GPUs.
        kept = tf.reduce_sum(tf.one_hot(kept, frames, dtype=attention.dtype), axis=-2)
        past = tf.linalg.band_part(tf.ones([frames, frames], attention.dtype), -1, 0)
        itself = tf.eye(frames, dtype=attention.dtype)
        return attention * (kept * (past - itself) + itself)

    def kept_frames(self, attention):
        """Numbers of the kept frames.

        Args:
            attention: `[batch, T, T]`.

        Returns:
            int32 `[batch, T, top_k + 1]`: the frame itself, then its past frames by falling
            score; -1 where there are fewer than `top_k` past frames.
        """
        frames = attention.shape[-1]
        scores, kept = largest_past(attention, min(self.top_k, frames))
        kept = tf.where(tf.math.is_inf(scores), -1, kept)
        kept = tf.pad(kept, [[0, 0], [0, 0], [0, self.top_k - kept.shape[-1]]], constant_values=-1)
        itself = tf.broadcast_to(tf.range(frames), tf.shape(attention)[:-1])[..., None]
        return tf.concat([itself, kept], axis=-1)

    def get_config(self):
        config = super().get_config()
        config.pop("autocast", None)
        return {**config, "top_k": self.top_k}


def largest_past(attention, top_k, first=0):
    """Finds the largest scores of each row among the past frames.

    Args:
        attention: `[batch, R, U]`, the rows of frames `first` to `first + R - 1`.
        top_k: Number of scores per row, at most U.
        first: Index of the frame of the first row. Default 0.

    Returns:
        Scores `[batch, R, top_k]` in falling order, -inf where there are fewer past frames, and
        their frame indices, int32. Of equal scores the earlier frame comes first.
    """
    nothing = tf.constant(float("-inf"), attention.dtype)
    return tf.math.top_k(
        tf.where(frame_distance(attention, first) > 0, attention, nothing), k=top_k
    )
