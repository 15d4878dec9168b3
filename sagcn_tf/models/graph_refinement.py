"""Core of SA-GCN: masked self-attention, pruning, and convolutions on the action graph."""

import keras
import tensorflow as tf

from sagcn_tf.layers import (
    BlockwiseSelfAttention,
    FullGraphConvolution,
    PlainConvolutions,
    SAGraphConvolution,
    SparseRows,
    STGraphConvolutions,
    TopKPruning,
    is_long,
)


class GraphRefinement(keras.layers.Layer):
    """Attention over frames, pruned to a graph, and five graph convolutions on this graph.

    The networks of preset `paper` and of `tuned` share this layer. Under mixed precision, attention
    and coordinates stay in float32, because bfloat16 makes the joints jitter.

    Args:
        config: A `Config`, of which `top_k`, `gc_type` and `filters` are used.
        skeleton: The `Skeleton` of N joints.
        frames: Number of frames per clip T.
        width: Number of input features per joint.
        attention: Keyword arguments of `BlockwiseSelfAttention`. Default: none.
        convolutions: Keyword arguments of the convolutions. Default: none.

    Call arguments:
        hidden: `[batch, T, N width]`.
        return_attention: Whether to return the attention as well. Default False.
        clips: Number of clips, counted from the first, to refine and return. Default: all. Padding
            rows are dropped before the convolutions, which take most of the time.

    Returns:
        Motion `[batch, T, N, D]`, float32. With `return_attention`, a dictionary of `motion`,
        `attention` `[batch, T, T]` and `kept`, the frame indices `[batch, T, top_k + 1]`. The
        dense attention of a long clip is computed only with `return_attention`.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equations 2 to 7
    """

    def __init__(
        self, config, skeleton, frames, width, attention=None, convolutions=None, **kwargs
    ):
        super().__init__(**kwargs)
        self.top_k, self.joints, self.width = config.top_k, skeleton.num_joints, width
        exact = {"dtype": self.variable_dtype}
        self.attention = BlockwiseSelfAttention(**(attention or {}), **exact)
        self.pruning = TopKPruning(config.top_k, **exact)
        self.graph_convolution = _graph_convolution(
            config, skeleton, dtype=self.dtype_policy, **(convolutions or {})
        )
        # Long clips never call this layer, and Keras warns about layers that are not built.
        self.pruning.build((1, frames, frames))
        self.built = True  # otherwise Keras traces `call` before it runs it

    def call(self, hidden, return_attention=False, clips=None):
        frames = hidden.shape[1]
        long = is_long(frames, self.top_k)
        if long:
            attended, pruned = self.attention(hidden, top_k=self.top_k)
            pruned = SparseRows(*(rows[:clips] for rows in pruned))
        else:
            attended, attention = self.attention(hidden)  # [batch, T, N width], [batch, T, T]
            attention = attention[:clips]
            pruned = self.pruning(attention)
        # [clips, T, N width] -> [clips, T, N, width]
        features = tf.reshape(attended[:clips], [-1, frames, self.joints, self.width])
        motion = self.graph_convolution(features, pruned)  # [clips, T, N, D]
        if not return_attention:
            return motion
        if long:
            attention, kept = self.attention(hidden)[1][:clips], pruned.columns
        else:
            kept = self.pruning.kept_frames(attention)
        return {"motion": motion, "attention": attention, "kept": kept}


def _graph_convolution(config, skeleton, own_kernel=False, joint_bias=False, **kwargs):
    """Creates the convolutions of `config.gc_type`: features and pruned attention -> motion."""
    filters, adjacency = config.filters, skeleton.adjacency()
    if config.gc_type in ("cnn", "cnn3"):
        return PlainConvolutions(filters, 1 if config.gc_type == "cnn" else 3, **kwargs)
    if config.gc_type == "stgc":
        kwargs.pop("activation", None)  # ST-GC keeps its ReLU
        return STGraphConvolutions(filters, adjacency, skeleton.center, **kwargs)
    layer = FullGraphConvolution if config.gc_type == "full" else SAGraphConvolution
    return layer(adjacency, filters, own_kernel=own_kernel, joint_bias=joint_bias, **kwargs)
