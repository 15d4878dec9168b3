"""The SA-GC block: five graph convolutions on one structure-aware graph."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.layers.graph_convolution import GraphConvolution
from sagcn_tf.layers.sparse_rows import SparseRows
from sagcn_tf.layers.structure_aware_graph import StructureAwareGraph


@keras.saving.register_keras_serializable("sagcn_tf")
class SAGraphConvolution(keras.layers.Layer):
    """Structure-aware graph convolutions (section 3.3), with the residual connections of the paper.

    Five graph convolutions with ReLU share one graph. The first output is added to the third and
    the third to the fifth, before their activation; where the widths differ, through a projection
    without bias. A linear map per node then gives one value per coordinate.

    Args:
        adjacency: `[N, N]`, the skeleton's `A + I`.
        filters: widths of the five convolutions. Default (32, 64, 64, 128, 128).

    Call arguments:
        motion: `[batch, T, N, D]`, the output of the attention.
        pruned: `[batch, T, T]`, the pruned attention, or its `SparseRows`.

    Returns:
        motion `[batch, T, N, D]`, float32 under mixed precision.

    Raises:
        ValueError: if `filters` does not hold five widths, or the motion has other joints than the
            adjacency.
    """

    def __init__(self, adjacency, filters=(32, 64, 64, 128, 128), **kwargs):
        super().__init__(**kwargs)
        if len(filters) != 5:
            raise ValueError(f"filters must hold five widths, received {tuple(filters)}")
        self.adjacency = np.asarray(adjacency, np.float64)
        self.filters = tuple(filters)

    def build(self, motion_shape, pruned_shape=None):
        batch, frames, joints, dimensions = motion_shape
        if joints != len(self.adjacency):
            raise ValueError(
                f"motion must have the {len(self.adjacency)} joints of the adjacency, received "
                f"{joints}"
            )
        policy = self.dtype_policy
        self.graph = StructureAwareGraph(self.adjacency, name="graph", dtype=policy)
        self.convolutions = [
            GraphConvolution(width, self.adjacency, name=f"convolution_{index}", dtype=policy)
            for index, width in enumerate(self.filters, start=1)
        ]
        shape = (batch, joints, frames, dimensions)
        for convolution, width in zip(self.convolutions, (1, *self.filters), strict=False):
            convolution.build((*shape, width))
        self.projections = {}
        for source, target in ((1, 3), (3, 5)):
            width, filters = self.filters[source - 1], self.filters[target - 1]
            if width != filters:
                projection = keras.layers.Dense(
                    filters, use_bias=False, name=f"projection_{source}_{target}", dtype=policy
                )
                projection.build((*shape, width))
                self.projections[str(target)] = projection
        # Coordinates are float32 also under mixed precision: bfloat16 would make joints tremble.
        self.output_projection = keras.layers.Dense(
            1, name="output_projection", dtype=self.variable_dtype
        )
        self.output_projection.build((*shape, self.filters[-1]))
        super().build(motion_shape)

    def call(self, motion, pruned):
        graph = self.graph(pruned)
        if not isinstance(graph, SparseRows):
            graph = tf.cast(graph, self.compute_dtype)
        # [batch, T, N, D] -> [batch, N, T, D, 1]
        hidden = tf.transpose(motion, [0, 2, 1, 3])[..., None]
        residual = None
        for number, convolution in enumerate(self.convolutions, start=1):
            hidden = convolution(hidden, graph)
            if number in (3, 5):
                projection = self.projections.get(str(number), tf.identity)
                hidden += projection(residual)
            hidden = tf.nn.relu(hidden)
            if number in (1, 3):
                residual = hidden
        outputs = self.output_projection(hidden)[..., 0]  # [batch, N, T, D]
        return tf.transpose(outputs, [0, 2, 1, 3])

    def get_config(self):
        return {
            **super().get_config(),
            "adjacency": self.adjacency.tolist(),
            "filters": self.filters,
        }
