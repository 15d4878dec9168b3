"""Layers of ST-GCN instead of the SA-GC block: baseline 3 of table 4 of the paper."""

import keras
import tensorflow as tf

from sagcn_tf.layers.checks import checked_adjacency, known_frames
from sagcn_tf.layers.st_graph_convolution import STGraphConvolution


@keras.saving.register_keras_serializable("sagcn_tf")
class STGraphConvolutions(keras.layers.Layer):
    """Layers of ST-GCN with their own residual connections, then a linear map per node.

    The pruned attention is ignored.

    Args:
        filters: Widths of the layers.
        adjacency: The skeleton's `A + I`, `[N, N]`, symmetric.
        center: Index of the joint at the center of the body.
        outputs: See `ResidualConvolutions`. Default None.

    Call arguments:
        motion: Output of the attention, `[batch, T, N, D]`. If `outputs` is given, D may be any
            number of features per node.
        pruned: Ignored.

    Returns:
        Motion `[batch, T, N, D]`, or `[batch, T, N, outputs]`; float32 under mixed precision.

    Raises:
        ValueError: If `center` is not the index of a joint, the adjacency is not a symmetric
            `A + I`, the motion and the adjacency differ in their number of joints, or the number of
            frames is unknown.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), table 4
        - [Yan et al., 2018](https://arxiv.org/abs/1801.07455)
    """

    def __init__(self, filters, adjacency, center, outputs=None, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.center, self.outputs = tuple(filters), center, outputs
        self.adjacency = checked_adjacency(adjacency)

    def build(self, motion_shape, pruned_shape=None):
        _, frames, joints, dimensions = motion_shape
        width = 1 if self.outputs is None else dimensions
        self.convolutions = [
            STGraphConvolution(
                filters,
                self.adjacency,
                self.center,
                residual=index > 1,
                name=f"convolution_{index}",
                dtype=self.dtype_policy,
            )
            for index, filters in enumerate(self.filters, start=1)
        ]
        for convolution, filters in zip(self.convolutions, (width, *self.filters), strict=False):
            convolution.build((None, joints, frames, filters))
        # Coordinates stay in float32 under mixed precision: bfloat16 makes the joints jitter.
        self.output_projection = keras.layers.Dense(
            self.outputs or 1, name="output_projection", dtype=self.variable_dtype
        )
        self.output_projection.build((None, joints, frames, self.filters[-1]))
        super().build(motion_shape)

    def call(self, motion, pruned=None):
        known_frames(self, motion.shape[1])
        axis = -1 if self.outputs is None else -2  # one channel, or one graph
        hidden = tf.expand_dims(motion, axis)  # [batch, T, N, D, 1] or [batch, T, N, 1, D]
        _, frames, joints, graphs, width = hidden.shape
        hidden = tf.transpose(hidden, [0, 3, 2, 1, 4])
        hidden = tf.reshape(hidden, [-1, joints, frames, width])  # [batch graphs, N, T, width]
        for convolution in self.convolutions:
            hidden = convolution(hidden)
        outputs = self.output_projection(hidden)
        outputs = tf.reshape(outputs, [-1, graphs, joints, frames, self.outputs or 1])
        return tf.squeeze(tf.transpose(outputs, [0, 3, 2, 1, 4]), axis)

    def compute_output_shape(self, motion_shape, pruned_shape=None):
        return (*motion_shape[:-1], self.outputs or motion_shape[-1])

    # Inferred by tracing `call`, because the outputs are float32 under mixed precision.
    compute_output_spec = keras.Operation.compute_output_spec

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "adjacency": self.adjacency.tolist(),
            "center": self.center,
            "outputs": self.outputs,
        }
