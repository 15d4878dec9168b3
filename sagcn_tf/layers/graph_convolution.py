"""Sparse graph convolution on the structure-aware graph."""

import keras
import numpy as np
import tensorflow as tf


@keras.saving.register_keras_serializable("sagcn_tf")
class GraphConvolution(keras.layers.Layer):
    """Graph convolution `activation(D^-1 A_s H W + b)` (equation 7) in factorised form.

    The joint product is one `[N, N] x [N, T D C]` matrix product and the time product one
    `[T, 2T] x [2T, D C]` product per joint, so the cost is `O(T^2 N C)` where the dense matrix
    needs `O(T^2 N^2 C)`. The D coordinates are D graphs that share all weights.

    Args:
        filters: width C' of the output.
        adjacency: `[N, N]`, the skeleton's `A + I`.
        activation: applied to the output; default none.

    Call arguments:
        features: `[batch, N, T, D, C]`, joint-major.
        graph: `[batch, N, T, 2T]` of `StructureAwareGraph`, or its `SparseRows`, or what else has a
            `matmul` like them.

    Returns:
        `[batch, N, T, D, filters]`.
    """

    def __init__(self, filters, adjacency, activation=None, **kwargs):
        super().__init__(**kwargs)
        self.filters = filters
        self.adjacency = np.asarray(adjacency, np.float64)
        self.activation = keras.activations.get(activation)

    def build(self, features_shape, graph_shape=None):
        self.kernel = self.add_weight(name="kernel", shape=(features_shape[-1], self.filters))
        self.bias = self.add_weight(name="bias", shape=(self.filters,), initializer="zeros")
        super().build(features_shape)

    def call(self, features, graph):
        _, joints, frames, dimensions, width = features.shape
        # Aggregated before the weights are applied: the channels never shrink from layer to layer.
        flat = tf.reshape(features, [-1, joints, frames * dimensions * width])  # [batch, N, T D C]
        both = tf.matmul(self._own_and_neighbours(features.dtype), flat)  # [batch, 2N, T D C]
        both = tf.reshape(both, [-1, joints, 2 * frames, dimensions * width])  # [batch, N, 2T, D C]
        aggregated = tf.matmul(graph, both) if tf.is_tensor(graph) else graph.matmul(both)
        aggregated = tf.reshape(aggregated, [-1, width])  # [batch N T D, C]
        bias = tf.convert_to_tensor(self.bias)  # a custom gradient takes tensors, not variables
        outputs = self.activation(_add_bias(tf.matmul(aggregated, self.kernel), bias))
        return tf.reshape(outputs, [-1, joints, frames, dimensions, self.filters])

    def _own_and_neighbours(self, dtype):
        """`[2N, N]`: a row for each joint itself, and one that sums over its neighbours.

        One product writes both where they are needed; apart, they would have to be joined.
        """
        rows = np.stack([np.eye(len(self.adjacency)), self.adjacency], axis=1)
        return tf.constant(rows.reshape(-1, len(self.adjacency)), dtype)  # [N, 2, N] -> [2N, N]

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "adjacency": self.adjacency.tolist(),
            "activation": keras.activations.serialize(self.activation),
        }


@tf.custom_gradient
def _add_bias(outputs, bias):
    """`outputs + bias`; the gradient of the bias as a product with ones, in a third of the time."""

    def gradients(upstream):
        ones = tf.ones([1, tf.shape(upstream)[0]], upstream.dtype)
        return upstream, tf.matmul(ones, upstream)[0]

    return tf.nn.bias_add(outputs, bias), gradients
