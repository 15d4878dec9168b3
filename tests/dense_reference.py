"""Reference implementation of the paper's equations in NumPy, slow and obvious, for the tests.

It computes one clip at a time in float64, with loops over frames and the full [NT x NT] matrices
that the layers never build. Row t * N + n of such a matrix is joint n in frame t. It shares no code
with the layers. Equations are those of "Structure-Aware Human-Action Generation" (ECCV 2020).
"""

import functools

import numpy as np


def relu(values):
    """max(values, 0)."""
    return np.maximum(values, 0.0)


def dense(inputs, kernel, bias=0.0):
    """inputs @ kernel + bias."""
    return inputs @ kernel + bias


def softmax(scores):
    """Softmax of one vector."""
    exponentials = np.exp(scores - np.max(scores))
    return exponentials / np.sum(exponentials)


def sigmoid(values):
    """1 / (1 + exp(-values))."""
    return 1.0 / (1.0 + np.exp(-values))


def gru(inputs, state, kernel, recurrent, bias):
    """States [T, H] of a GRU with the reset after the matrix product, as in cuDNN."""
    outputs = []
    for frame in inputs:
        update, reset, new = np.split(frame @ kernel + bias[0], 3)
        state_update, state_reset, state_new = np.split(state @ recurrent + bias[1], 3)
        update, reset = sigmoid(update + state_update), sigmoid(reset + state_reset)
        state = update * state + (1 - update) * np.tanh(new + reset * state_new)
        outputs.append(state)
    return np.stack(outputs)


def masked_self_attention(inputs, query, key, value, qk_norm=False, penalty=0.0):
    """Eq. 3-5 for inputs [T, V]; query, key, value are (kernel, bias). Returns S V and S_mask.

    With qk_norm, every query and key is first scaled to the length sqrt(V). The score of frame u
    decreases by the penalty per frame of distance from frame t.
    """
    frames, width = inputs.shape
    queries, keys, values = (dense(inputs, *weights) for weights in (query, key, value))
    if qk_norm:
        queries, keys = (
            np.stack([np.sqrt(width) * row / np.linalg.norm(row) for row in rows])
            for rows in (queries, keys)
        )
    attention = np.zeros([frames, frames])
    for t in range(frames):
        scores = [queries[t] @ keys[u] / np.sqrt(width) - penalty * (t - u) for u in range(t + 1)]
        attention[t, : t + 1] = softmax(np.array(scores))
    return attention @ values, attention


def kept_frames(attention, top_k):
    """For every frame t: t itself, then the top_k past frames of highest score, best first.

    Of equal scores the lower frame number comes first.
    """
    kept = []
    for t in range(len(attention)):
        past = sorted(range(t), key=lambda u: (-attention[t, u], u))
        kept.append([t, *past[:top_k]])
    return kept


def prune(attention, top_k):
    """The attention [T, T] with only the kept frames of each row left, the rest zero."""
    pruned = np.zeros_like(attention)
    for t, kept in enumerate(kept_frames(attention, top_k)):
        for u in kept:
            pruned[t, u] = attention[t, u]
    return pruned


def spatio_temporal_adjacency(adjacency, frames):
    """Eq. 2: A~ [NT, NT], with A + I inside a frame and the identity between any two frames."""
    joints = len(adjacency)
    rows = []
    for t in range(frames):
        rows.append([adjacency if u == t else np.eye(joints) for u in range(frames)])
    return np.block(rows)


def structure_aware_adjacency(attention, adjacency):
    """Eq. 6: A_s [NT, NT], every N x N block (t, u) of A~ times the score s_tu of S_mask."""
    frames, joints = len(attention), len(adjacency)
    result = spatio_temporal_adjacency(adjacency, frames)
    for t in range(frames):
        for u in range(frames):
            block_score = attention[t, u] if u <= t else 0.0
            result[t * joints : (t + 1) * joints, u * joints : (u + 1) * joints] *= block_score
    return result


def row_normalized(matrix):
    """D^-1 A with D the diagonal matrix of the row sums of A."""
    degrees = matrix.sum(axis=1)
    return np.linalg.inv(np.diag(degrees)) @ matrix


def normalized_graph(attention, adjacency):
    """D^-1 A_s [NT, NT] of eq. 7."""
    return row_normalized(structure_aware_adjacency(attention, adjacency))


def graph_convolution(
    features, graph, kernel, bias, own_kernel=None, residual=0.0, activation=relu
):
    """Eq. 7 for features [NT, C], graph = D^-1 A_s; the residual joins before the activation.

    Not in the paper: own_kernel, weights for the node itself; a bias [N, C'], one per joint.
    """
    outputs = graph @ features @ kernel
    if own_kernel is not None:
        outputs = outputs + features @ own_kernel
    for node in range(len(outputs)):
        outputs[node] += bias if np.ndim(bias) < 2 else bias[node % len(bias)]
    return activation(outputs + residual)


def graph_convolutions(
    features, graph, convolutions, output, projection_3=None, projection_5=None, activation=relu
):
    """The block of five graph convolutions for features [NT, C]; returns [NT, outputs].

    convolutions holds five (kernel, bias), or (kernel, bias, own_kernel); output one (kernel,
    bias). projection_3 [C1, C3] and projection_5 [C3, C5] are given where the residual H1 -> H3 or
    H3 -> H5 changes its width.
    """
    convolution = functools.partial(graph_convolution, activation=activation)
    h1 = convolution(features, graph, *convolutions[0])
    h2 = convolution(h1, graph, *convolutions[1])
    residual = h1 if projection_3 is None else h1 @ projection_3
    h3 = convolution(h2, graph, *convolutions[2], residual=residual)
    h4 = convolution(h3, graph, *convolutions[3])
    residual = h3 if projection_5 is None else h3 @ projection_5
    h5 = convolution(h4, graph, *convolutions[4], residual=residual)
    return dense(h5, *output)


def sa_graph_convolution(motion, attention, adjacency, *weights):
    """The block for motion [T, N, D] and pruned attention [T, T].

    Each of the D coordinates is a graph of its own with one feature per node; all share weights,
    which are those of graph_convolutions.
    """
    frames, joints, coordinates = motion.shape
    graph = normalized_graph(attention, adjacency)
    result = np.zeros(motion.shape)
    for d in range(coordinates):
        nodes = graph_convolutions(motion[:, :, d].reshape(-1, 1), graph, *weights)
        result[:, :, d] = nodes.reshape(frames, joints)
    return result


def sa_graph_convolution_of_channels(motion, attention, adjacency, *weights, activation=relu):
    """The same for motion [T, N, F] that is one graph with F features; returns [T, N, outputs]."""
    frames, joints, channels = motion.shape
    graph = normalized_graph(attention, adjacency)
    nodes = graph_convolutions(motion.reshape(-1, channels), graph, *weights, activation=activation)
    return nodes.reshape(frames, joints, -1)
