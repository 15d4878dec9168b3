"""Sparse graph convolution on the structure-aware graph."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable("sagcn_tf")
class GraphConvolution(keras.layers.Layer):
    """Graph convolution `activation(D^-1 A_s H W + b)` (equation 7) in factorized form.

    The time product is one `[T, T] x [T, N D C]` matrix product for each clip and the joint product
    one `[N, N] x [N, D C]` product for each frame, so the cost is `O(T^2 N C)` where the dense
    matrix needs `O(T^2 N^2 C)`. The D coordinates are D graphs that share all weights.

    The two options are not in the paper. A row of `D^-1 A_s` is an average, and its weights are
    never negative; with a kernel of its own a node can also be compared with its past.

    Args:
        filters: width C' of the output.
        activation: applied to the output. Default: none.
        own_kernel: whether `H W_own`, with weights `[C, C']`, is added before the bias. Default
            False.
        joint_bias: whether each joint has a bias of its own, `[N, C']` in place of `[C']`. Default
            False.

    Call arguments:
        features: H, `[batch, T, N, D, C]`.
        graph: a `StructureAwareGraph`.

    Returns:
        `[batch, T, N, D, filters]`.
    """

    def __init__(self, filters, activation=None, own_kernel=False, joint_bias=False, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.own_kernel, self.joint_bias = filters, own_kernel, joint_bias
        self.activation = keras.activations.get(activation)

    def build(self, features_shape, graph_shape=None):
        kernel_shape = (features_shape[-1], self.filters)
        self.kernel = self.add_weight(name="kernel", shape=kernel_shape)
        if self.own_kernel:
            self.node_kernel = self.add_weight(name="node_kernel", shape=kernel_shape)
        bias_shape = (features_shape[2], self.filters) if self.joint_bias else (self.filters,)
        self.bias = self.add_weight(name="bias", shape=bias_shape, initializer="zeros")
        super().build(features_shape)

    def call(self, features, graph):
        _, frames, joints, dimensions, width = features.shape
        # Aggregated before the weights are applied: the channels never shrink from layer to layer.
        aggregated = tf.reshape(graph.aggregate(features), [-1, width])  # [batch T N D, C]
        outputs = tf.matmul(aggregated, self.kernel)
        if self.own_kernel:
            # Joined to one product, they take longer.
            outputs += tf.matmul(tf.reshape(features, [-1, width]), self.node_kernel)
        bias = tf.convert_to_tensor(self.bias)  # a custom gradient takes tensors, not variables
        if self.joint_bias:
            bias = tf.reshape(tf.repeat(bias, dimensions, axis=0), [-1])  # [N D filters]
            outputs = tf.reshape(outputs, [-1, joints * dimensions * self.filters])
        outputs = self.activation(_add_bias(outputs, bias))
        return tf.reshape(outputs, [-1, frames, joints, dimensions, self.filters])

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "activation": keras.activations.serialize(self.activation),
            "own_kernel": self.own_kernel,
            "joint_bias": self.joint_bias,
        }


@tf.custom_gradient
def _add_bias(outputs, bias):
    """`outputs + bias`; the gradient of the bias as a product with ones, in a third of the time."""

    def gradients(upstream):
        ones = tf.ones([1, tf.shape(upstream)[0]], upstream.dtype)
        return upstream, tf.matmul(ones, upstream)[0]

    return tf.nn.bias_add(outputs, bias), gradients
