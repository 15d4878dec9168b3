"""The SA-GC block: five graph convolutions on one structure-aware graph."""

import keras
import numpy as np

from sagcn_tf.layers.graph_convolution import GraphConvolution
from sagcn_tf.layers.residual_convolutions import ResidualConvolutions
from sagcn_tf.layers.structure_aware_graph import StructureAwareGraph


@keras.saving.register_keras_serializable("sagcn_tf")
class SAGraphConvolution(ResidualConvolutions):
    """Structure-aware graph convolutions (section 3.2), with the residual connections of the paper.

    Five graph convolutions share one graph. Called and joined as `ResidualConvolutions` says.

    Args:
        adjacency: `[N, N]`, the skeleton's `A + I`.
        filters: widths of the five convolutions. Default (32, 64, 64, 128, 128).
        outputs: as of `ResidualConvolutions`. Default None, as in the paper.
        own_kernel: whether each convolution has weights for the node itself, as
            `GraphConvolution` says. Default False, as in the paper.
        joint_bias: whether each convolution has a bias for each joint, as `GraphConvolution` says.
            Default False, as in the paper.

    Raises:
        ValueError: if `filters` does not hold five widths, or the motion has other joints than the
            adjacency.
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
        self.adjacency = np.asarray(adjacency, np.float64)
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

    def arguments_of(self, motion, pruned):
        graph = StructureAwareGraph.from_attention(pruned, self.adjacency, self.compute_dtype)
        return {"graph": graph}

    def get_config(self):
        return {
            **super().get_config(),
            "adjacency": self.adjacency.tolist(),
            "own_kernel": self.own_kernel,
            "joint_bias": self.joint_bias,
        }
