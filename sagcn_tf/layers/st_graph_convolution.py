"""One layer of ST-GCN, baseline 3 of table 4 of the paper."""

import keras
import tensorflow as tf

from sagcn_tf.layers.checks import checked_adjacency, known_frames
from sagcn_tf.layers.spatial_partitions import spatial_partitions

# Frames per kernel of the temporal convolution.
_KERNEL_SIZE = 9


@keras.saving.register_keras_serializable("sagcn_tf")
class STGraphConvolution(keras.layers.Layer):
    """Spatial-temporal graph convolution.

    The layer applies, in this order: a graph convolution over the joints of each frame, with
    separate weights for the three groups of `spatial_partitions` and a learned importance of each
    edge; batch normalization and ReLU; a convolution over nine frames, past and future; batch
    normalization; the residual connection; ReLU. With `training=True` it normalizes by the
    statistics of the batch over all replicas, and updates the moving statistics that inference
    uses.

    Args:
        filters: Width C' of the output.
        adjacency: The skeleton's `A + I`, `[N, N]`, symmetric.
        center: Index of the joint at the center of the body.
        residual: Whether to add the inputs, through a projection with batch normalization where
            `filters` differs from C. Default True; the first layer of a network has no residual.

    Call arguments:
        features: `[batch, N, T, C]`, joint-major.

    Returns:
        `[batch, N, T, filters]`.

    Raises:
        ValueError: If `center` is not the index of a joint, the adjacency is not a symmetric
            `A + I`, the features and the adjacency differ in their number of joints, or the number
            of frames is unknown.

    References:
        - [Yan et al., 2018](https://arxiv.org/abs/1801.07455)
    """

    def __init__(self, filters, adjacency, center, residual=True, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.center, self.residual = filters, center, residual
        self.adjacency = checked_adjacency(adjacency)
        self.partitions = spatial_partitions(adjacency, center)

    def build(self, features_shape):
        groups, joints, _ = self.partitions.shape
        if features_shape[1] != joints:
            raise ValueError(
                f"features must have the {joints} joints of the adjacency, received "
                f"{features_shape[1]}"
            )
        policy, width = self.dtype_policy, features_shape[-1]
        hidden_shape = (*features_shape[:-1], self.filters)
        self.edge_importance = self.add_weight(
            name="edge_importance", shape=self.partitions.shape, initializer="ones"
        )
        self.kernel = self.add_weight(name="kernel", shape=(groups * width, self.filters))
        self.bias = self.add_weight(name="bias", shape=(groups, self.filters), initializer="zeros")
        self.temporal_convolution = keras.layers.Conv2D(
            self.filters, (1, _KERNEL_SIZE), padding="same", name="temporal", dtype=policy
        )
        self.temporal_convolution.build(hidden_shape)
        names = ["spatial_normalization", "temporal_normalization"]
        self.projection = None
        if self.residual and width != self.filters:
            names.append("residual_normalization")
            self.projection = keras.layers.Dense(self.filters, name="projection", dtype=policy)
            self.projection.build(features_shape)
        for name in names:
            # As in ST-GCN. With a momentum of .99, the first statistics last hundreds of steps.
            layer = keras.layers.BatchNormalization(
                momentum=0.9, epsilon=1e-5, synchronized=True, name=name, dtype=policy
            )
            layer.build(hidden_shape)
            setattr(self, name, layer)
        super().build(features_shape)

    def call(self, features):
        known_frames(self, features.shape[2])
        hidden = tf.nn.relu(self.spatial_normalization(self._over_joints(features)))
        hidden = self.temporal_normalization(self.temporal_convolution(hidden))
        if self.projection is not None:
            hidden += self.residual_normalization(self.projection(features))
        elif self.residual:
            hidden += features
        return tf.nn.relu(hidden)

    def _over_joints(self, features):
        """Computes `sum_p A_p (X W_p + b_p)`, neighbors first because the channels never shrink."""
        _, joints, frames, width = features.shape
        shares = tf.constant(self.partitions, self.compute_dtype) * self.edge_importance
        flat = tf.reshape(features, [-1, joints, frames * width])  # [batch, N, T C]
        sums = [tf.matmul(group, flat, transpose_a=True) for group in tf.unstack(shares)]
        sums = [tf.reshape(one, [-1, joints, frames, width]) for one in sums]
        stacked = tf.reshape(tf.concat(sums, axis=-1), [-1, self.kernel.shape[0]])
        hidden = tf.matmul(stacked, self.kernel)  # [batch N T, filters]
        bias = tf.matmul(tf.reduce_sum(shares, axis=1), self.bias, transpose_a=True)
        hidden = tf.reshape(hidden, [-1, joints, frames, self.filters])
        return hidden + bias[:, None]  # [N, 1, filters]: biases weighted by group

    def compute_output_shape(self, features_shape):
        return (*features_shape[:-1], self.filters)

    # Inferred by tracing `call`, which raises an error if the number of frames is unknown.
    compute_output_spec = keras.Operation.compute_output_spec

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "adjacency": self.adjacency.tolist(),
            "center": self.center,
            "residual": self.residual,
        }
