import numpy as np
import pytest

from sagcn_tf.metrics.graph_reach import graph_reach
from tests import dense_reference

ADJACENCY = np.eye(4) + np.diag(np.ones(3), 1) + np.diag(np.ones(3), -1)


@pytest.mark.parametrize("top_k", [0, 2, 6])
def test_shares_are_rows_of_powers_of_the_dense_graph(top_k):
    frames = 7
    scores = np.tril(np.random.default_rng(top_k).uniform(0.1, 1.0, [frames, frames]))
    attention = scores / scores.sum(axis=1, keepdims=True)
    kept = np.full((frames, top_k + 1), -1)
    for t, row in enumerate(dense_reference.kept_frames(attention, top_k)):
        kept[t, : len(row)] = row

    shares = graph_reach(attention, kept, ADJACENCY, frame=5, joint=2, convolutions=3)

    pruned = dense_reference.prune(attention, top_k)
    graph = dense_reference.normalized_graph(pruned, ADJACENCY)
    for number, share in enumerate(shares, start=1):
        expected = np.linalg.matrix_power(graph, number)[5 * 4 + 2].reshape(frames, 4)
        np.testing.assert_allclose(share, expected, atol=1e-12)
