"""Five layers of ST-GCN in the place of the SA-GC block."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.layers.st_graph_convolution import STGraphConvolution


@keras.saving.register_keras_serializable("sagcn_tf")
class STGraphConvolutions(keras.layers.Layer):
    """Baseline 3 of table 4: layers of ST-GCN with their own residual connections.

    A linear map per node gives the coordinates, as in the paper's block. The pruned attention is
    not used. The D coordinates share all weights.

    Args:
        filters: widths of the layers.
        adjacency: `[N, N]`, the skeleton's `A + I`.
        center: index of the joint at the middle of the body.

    Call arguments:
        motion: `[batch, T, N, D]`, the output of the attention.
        pruned: not used.

    Returns:
        motion `[batch, T, N, D]`, float32 under mixed precision.

    Raises:
        ValueError: if `center` is no joint, or the motion has other joints than the adjacency.
    """

    def __init__(self, filters, adjacency, center, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.center = tuple(filters), center
        self.adjacency = np.asarray(adjacency, np.float64)

    def build(self, motion_shape, pruned_shape=None):
        _, frames, joints, _ = motion_shape
        self.convolutions = [
            STGraphConvolution(
                width,
                self.adjacency,
                self.center,
                residual=index > 1,
                name=f"convolution_{index}",
                dtype=self.dtype_policy,
            )
            for index, width in enumerate(self.filters, start=1)
        ]
        for convolution, width in zip(self.convolutions, (1, *self.filters), strict=False):
            convolution.build((None, joints, frames, width))
        # Coordinates are float32 also under mixed precision: bfloat16 would make joints tremble.
        self.output_projection = keras.layers.Dense(
            1, name="output_projection", dtype=self.variable_dtype
        )
        self.output_projection.build((None, joints, frames, self.filters[-1]))
        super().build(motion_shape)

    def call(self, motion, pruned=None):
        _, frames, joints, dimensions = motion.shape
        hidden = tf.transpose(motion, [0, 3, 2, 1])  # [batch, D, N, T]
        hidden = tf.reshape(hidden, [-1, joints, frames, 1])
        for convolution in self.convolutions:
            hidden = convolution(hidden)
        outputs = self.output_projection(hidden)  # [batch D, N, T, 1]
        outputs = tf.reshape(outputs, [-1, dimensions, joints, frames])
        return tf.transpose(outputs, [0, 3, 2, 1])

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "adjacency": self.adjacency.tolist(),
            "center": self.center,
        }
