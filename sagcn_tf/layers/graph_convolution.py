"""Graph convolution on the structure-aware graph."""

import keras
import tensorflow as tf

from sagcn_tf.layers.checks import known_frames


@keras.saving.register_keras_serializable("sagcn_tf")
class GraphConvolution(keras.layers.Layer):
    """Graph convolution `activation(D^-1 A_s H W + b)` in factorized form.

    The product over time is one `[T, T] x [T, N D C]` matrix product per clip, and the product over
    joints one `[N, N] x [N, D C]` product per frame. The cost is `O(T^2 N C)` instead of the
    `O(T^2 N^2 C)` of the dense matrix. The D coordinates are D graphs that share all weights.

    `own_kernel` and `joint_bias` are not in the paper. A row of `D^-1 A_s` computes an average with
    nonnegative weights; a separate kernel for the node itself can also compare it with its past.

    Args:
        filters: Width C' of the output.
        activation: Activation function of the output. Default: none.
        own_kernel: Whether to add `H W_own`, with weights `[C, C']`, before the bias. Default
            False.
        joint_bias: Whether each joint has its own bias, `[N, C']` instead of `[C']`. Default False.

    Call arguments:
        features: H, `[batch, T, N, D, C]`.
        graph: A `StructureAwareGraph`.

    Returns:
        `[batch, T, N, D, filters]`.

    Raises:
        ValueError: If the number of frames is unknown.

    Example:
        >>> attention = tf.linalg.band_part(tf.fill([2, 50, 50], 0.1), -1, 0)
        >>> graph = StructureAwareGraph.from_attention(attention, np.eye(15), "float32")
        >>> GraphConvolution(32, activation="relu")(tf.zeros([2, 50, 15, 2, 8]), graph=graph).shape
        TensorShape([2, 50, 15, 2, 32])

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equation 7
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
        known_frames(self, frames)
        # Aggregate before applying the weights, because no layer has fewer channels than its input.
        aggregated = tf.reshape(graph.aggregate(features), [-1, width])  # [batch T N D, C]
        outputs = tf.matmul(aggregated, self.kernel)
        if self.own_kernel:
            # Two products are faster than one over the concatenated features.
            outputs += tf.matmul(tf.reshape(features, [-1, width]), self.node_kernel)
        bias = tf.convert_to_tensor(self.bias)  # custom gradients take tensors, not variables
        if self.joint_bias:
            bias = tf.reshape(tf.repeat(bias, dimensions, axis=0), [-1])  # [N D filters]
            outputs = tf.reshape(outputs, [-1, joints * dimensions * self.filters])
        outputs = self.activation(_add_bias(outputs, bias))
        return tf.reshape(outputs, [-1, frames, joints, dimensions, self.filters])

    def compute_output_shape(self, features_shape, graph_shape=None):
        return (*features_shape[:-1], self.filters)

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
    """Adds the bias. Its gradient is a product with ones, three times as fast as TensorFlow's."""

    def gradients(upstream):
        ones = tf.ones([1, tf.shape(upstream)[0]], upstream.dtype)
        return upstream, tf.matmul(ones, upstream)[0]

    return tf.nn.bias_add(outputs, bias), gradients
