"""Nodes of the structure-aware graph that reach a node through several graph convolutions."""

import numpy as np
import scipy.sparse


def graph_reach(attention, kept, adjacency, frame, joint, convolutions=2):
    """Computes how much each node contributes to one node after each graph convolution.

    Row (t, n) of `(D^-1 A_s)^l` holds the share that every node contributes to node (t, n) in l
    convolutions, apart from their weights. A share of 0 means that no path of l edges leads from
    there.

    Args:
        attention: S_mask, `[T, T]`, as `MotionModel.attend` returns it for one clip.
        kept: int `[T, K + 1]`, the kept frames of each row; -1 means no frame.
        adjacency: the skeleton's A + I, `[N, N]`.
        frame: t, the frame of the node.
        joint: n, the joint of the node.
        convolutions: number of convolutions L. Default: 2.

    Returns:
        float64 `[L, T, N]`; each `[T, N]` sums to 1.

    References:
        - [Yu et al., 2020](https://arxiv.org/abs/2007.01971), equations 6 and 7, figure 5
    """
    frames, joints = len(attention), len(adjacency)
    rows, places = np.nonzero(np.asarray(kept) >= 0)
    columns = np.asarray(kept)[rows, places]
    pruned = np.zeros((frames, frames))
    pruned[rows, columns] = np.asarray(attention)[rows, columns]
    itself, one = np.diag(np.diag(pruned)), scipy.sparse.eye_array(joints)
    graph = scipy.sparse.kron(pruned - itself, one) + scipy.sparse.kron(
        scipy.sparse.csr_array(itself), adjacency
    )  # A_s
    graph = scipy.sparse.diags_array(1.0 / graph.sum(axis=1)) @ graph  # D^-1 A_s
    share = np.zeros(frames * joints)
    share[frame * joints + joint] = 1.0
    shares = []
    for _ in range(convolutions):
        share = graph.T @ share
        shares.append(share.reshape(frames, joints))
    return np.stack(shares)
