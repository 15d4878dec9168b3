"""The SA-GC block: five graph convolutions on one structure-aware graph."""

import keras

from sagcn_tf.layers.checks import checked_adjacency
from sagcn_tf.layers.graph_convolution import GraphConvolution
from sagcn_tf.layers.residual_convolutions import ResidualConvolutions
from sagcn_tf.layers.sparse_rows import SparseRows
from sagcn_tf.layers.structure_aware_graph import StructureAwareGraph


@keras.saving.register_keras_serializable("sagcn_tf")
class SAGraphConvolution(ResidualConvolutions):
    """Structure-aware graph convolutions (SA-GC) with the residual connections of the paper.

    Five graph convolutions share one graph. Inputs and outputs are those of `ResidualConvolutions`.
    XLA cannot compile products with `SparseRows`: a layer that has been called with them has
    `supports_jit=False`.

    Args:
        adjacency: The skeleton's `A + I`, `[N, N]`, symmetric.
        filters: Widths of the five convolutions. Default (32, 64, 64, 128, 128), as in the paper.
        outputs: See `ResidualConvolutions`. Default None, as in the paper.
        own_kernel: See `GraphConvolution`. Default False, as in the paper.
        joint_bias: See `GraphConvolution`. Default False, as in the paper.

    Raises:
        ValueError: If `filters` does not hold five widths, the adjacency is not a symmetric
            `A + I`, the motion and the adjacency differ in their number of joints, or the number of
            frames is unknown.

    Example:
        >>> adjacency = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]])  # hip, chest, head
        >>> block = SAGraphConvolution(adjacency)
        >>> pruned = tf.linalg.band_part(tf.fill([2, 50, 50], 0.1), 5, 0)
        >>> block(tf.zeros([2, 50, 3, 2]), pruned).shape
        TensorShape([2, 50, 3, 2])

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equations 6 and 7
    """

    def __init__(
        self,
        adjacency,
        filters=(32, 64, 64, 128, 128),
        outputs=None,
        own_kernel=False,
        joint_bias=False,
        **kwargs,
    ):
        super().__init__(filters, outputs, **kwargs)
        self.adjacency = checked_adjacency(adjacency)
        self.own_kernel, self.joint_bias = own_kernel, joint_bias

    def build(self, motion_shape, pruned_shape=None):
        if motion_shape[2] != len(self.adjacency):
            raise ValueError(
                f"motion must have the {len(self.adjacency)} joints of the adjacency, received "
                f"{motion_shape[2]}"
            )
        super().build(motion_shape)

    def make_convolution(self, filters, **kwargs):
        return GraphConvolution(
            filters, own_kernel=self.own_kernel, joint_bias=self.joint_bias, **kwargs
        )

    def convolution_arguments(self, motion, pruned):
        if isinstance(pruned, (tuple, list)):  # Keras loads SparseRows as a plain list
            pruned, self.supports_jit = SparseRows(*pruned), False
        graph = StructureAwareGraph.from_attention(pruned, self.adjacency, self.compute_dtype)
        return {"graph": graph}

    def get_config(self):
        return {
            **super().get_config(),
            "adjacency": self.adjacency.tolist(),
            "own_kernel": self.own_kernel,
            "joint_bias": self.joint_bias,
        }
