"""Layers of the paper and of its ablations, one per file, named as in their papers."""

from sagcn_tf.layers.blockwise_self_attention import BlockwiseSelfAttention
from sagcn_tf.layers.full_graph_convolution import FullGraphConvolution
from sagcn_tf.layers.graph_convolution import GraphConvolution
from sagcn_tf.layers.masked_self_attention import MaskedSelfAttention
from sagcn_tf.layers.plain_convolutions import PlainConvolutions
from sagcn_tf.layers.sa_graph_convolution import SAGraphConvolution
from sagcn_tf.layers.sparse_rows import SparseRows, is_long
from sagcn_tf.layers.spatial_partitions import spatial_partitions
from sagcn_tf.layers.st_graph_convolution import STGraphConvolution
from sagcn_tf.layers.st_graph_convolutions import STGraphConvolutions
from sagcn_tf.layers.structure_aware_graph import StructureAwareGraph
from sagcn_tf.layers.top_k_pruning import TopKPruning

__all__ = [
    "BlockwiseSelfAttention",
    "FullGraphConvolution",
    "GraphConvolution",
    "MaskedSelfAttention",
    "PlainConvolutions",
    "SAGraphConvolution",
    "STGraphConvolution",
    "STGraphConvolutions",
    "SparseRows",
    "StructureAwareGraph",
    "TopKPruning",
    "is_long",
    "spatial_partitions",
]
