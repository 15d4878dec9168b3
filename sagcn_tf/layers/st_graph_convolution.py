"""A layer of ST-GCN, which table 4 of the paper compares with."""

import keras
import numpy as np
import tensorflow as tf

from sagcn_tf.layers.spatial_partitions import spatial_partitions

# Frames that the temporal convolution sees at once.
_KERNEL_SIZE = 9


@keras.saving.register_keras_serializable("sagcn_tf")
class STGraphConvolution(keras.layers.Layer):
    """Spatial-temporal graph convolution (Yan et al. 2018), baseline 3 of table 4 of the paper.

    A graph convolution over the joints of each frame, with weights of its own for each of three
    groups of neighbors (`spatial_partitions`) and a learned importance of each edge; batch
    normalization and ReLU; a convolution over nine frames, past and future; batch normalization;
    the residual connection and ReLU. Training (`training=True`) normalizes by the whole batch of
    all replicas and moves the statistics of which sampling takes.

    Args:
        filters: width C' of the output.
        adjacency: `[N, N]`, the skeleton's `A + I`.
        center: index of the joint at the middle of the body.
        residual: whether the inputs are added, where `filters` differs from C by a projection with
            batch normalization. Default True; the first layer of a network has none.

    Call arguments:
        features: `[batch, N, T, C]`, joint-major.

    Returns:
        `[batch, N, T, filters]`.

    Raises:
        ValueError: if `center` is no joint, or the features have other joints than the adjacency.
    """

    def __init__(self, filters, adjacency, center, residual=True, **kwargs):
        super().__init__(**kwargs)
        self.filters, self.center, self.residual = filters, center, residual
        self.adjacency = np.asarray(adjacency, np.float64)
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
            # As in ST-GCN; a momentum of .99 would keep the first statistics for hundreds of steps.
            layer = keras.layers.BatchNormalization(
                momentum=0.9, epsilon=1e-5, synchronized=True, name=name, dtype=policy
            )
            layer.build(hidden_shape)
            setattr(self, name, layer)
        super().build(features_shape)

    def call(self, features):
        hidden = tf.nn.relu(self.spatial_normalization(self._over_joints(features)))
        hidden = self.temporal_normalization(self.temporal_convolution(hidden))
        if self.projection is not None:
            hidden += self.residual_normalization(self.projection(features))
        elif self.residual:
            hidden += features
        return tf.nn.relu(hidden)

    def _over_joints(self, features):
        """`sum_p A_p (X W_p + b_p)`, summed over neighbors first: the channels never shrink."""
        _, joints, frames, width = features.shape
        shares = tf.constant(self.partitions, self.compute_dtype) * self.edge_importance
        flat = tf.reshape(features, [-1, joints, frames * width])  # [batch, N, T C]
        sums = [tf.matmul(group, flat, transpose_a=True) for group in tf.unstack(shares)]
        sums = [tf.reshape(one, [-1, joints, frames, width]) for one in sums]
        stacked = tf.reshape(tf.concat(sums, axis=-1), [-1, self.kernel.shape[0]])
        hidden = tf.matmul(stacked, self.kernel)  # [batch N T, filters]
        bias = tf.matmul(tf.reduce_sum(shares, axis=1), self.bias, transpose_a=True)
        hidden = tf.reshape(hidden, [-1, joints, frames, self.filters])
        return hidden + bias[:, None]  # [N, 1, filters]: a joint's share of each group's bias

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "adjacency": self.adjacency.tolist(),
            "center": self.center,
            "residual": self.residual,
        }
