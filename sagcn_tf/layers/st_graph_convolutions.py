"""Five layers of ST-GCN in the place of the SA-GC block."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.layers.st_graph_convolution import STGraphConvolution


@keras.saving.register_keras_serializable("sagcn_tf")
class STGraphConvolutions(keras.layers.Layer):
    """Baseline 3 of table 4: layers of ST-GCN with their own residual connections.

    A linear map per node gives the coordinates, as in the paper's block. The pruned attention is
    not used.

    Args:
        filters: widths of the layers.
        adjacency: `[N, N]`, the skeleton's `A + I`.
        center: index of the joint at the middle of the body.
        outputs: default None: the D coordinates are graphs of one channel, which share all weights.
            A number: all coordinates are channels of one graph, and the linear map gives so many
            numbers per node.

    Call arguments:
        motion: `[batch, T, N, D]`, the output of the attention; or, with `outputs`, any D features
            of each node.
        pruned: not used.

    Returns:
        motion `[batch, T, N, D]`, or `[batch, T, N, outputs]`; float32 under mixed precision.

    Raises:
        ValueError: if `center` is no joint, or the motion has other joints than the adjacency.
    """

    def __init__(self, filters, adjacency, center, outputs=None, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.center, self.outputs = tuple(filters), center, outputs
        self.adjacency = np.asarray(adjacency, np.float64)

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
        # Coordinates are float32 also under mixed precision: bfloat16 would make joints tremble.
        self.output_projection = keras.layers.Dense(
            self.outputs or 1, name="output_projection", dtype=self.variable_dtype
        )
        self.output_projection.build((None, joints, frames, self.filters[-1]))
        super().build(motion_shape)

    def call(self, motion, pruned=None):
        axis = -1 if self.outputs is None else -2  # of one channel, or of one graph
        hidden = tf.expand_dims(motion, axis)  # [batch, T, N, D, 1] or [batch, T, N, 1, D]
        _, frames, joints, graphs, width = hidden.shape
        hidden = tf.transpose(hidden, [0, 3, 2, 1, 4])
        hidden = tf.reshape(hidden, [-1, joints, frames, width])  # [batch graphs, N, T, width]
        for convolution in self.convolutions:
            hidden = convolution(hidden)
        outputs = self.output_projection(hidden)
        outputs = tf.reshape(outputs, [-1, graphs, joints, frames, self.outputs or 1])
        return tf.squeeze(tf.transpose(outputs, [0, 3, 2, 1, 4]), axis)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "adjacency": self.adjacency.tolist(),
            "center": self.center,
            "outputs": self.outputs,
        }
