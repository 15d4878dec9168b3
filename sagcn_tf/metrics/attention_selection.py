"""Whether pruning selects: how often the kept frames are just the last ones, how far they lie."""

import numpy as np


def attention_selection(kept):
    """Describes which past frames pruning keeps (section 3.2 of the paper).

    Args:
        kept: `[batch, T, K + 1]`, frame numbers: the frame itself, then its kept past frames; -1
            where there are fewer than K. What `MotionModel.attend` returns.

    Returns:
        `{"last_frames": float, "distance": float}`: the share of rows whose kept past frames are
        the K frames before, and the mean distance from a frame to its kept past frames, in frames;
        (K + 1) / 2 where all rows keep the last ones. Of rows that have more than K past frames to
        choose from; empty where there are none.
    """
    kept = np.asarray(kept)
    frames, top_k = kept.shape[1], kept.shape[2] - 1
    if top_k < 1 or frames <= top_k + 1:
        return {}
    chosen = kept[:, top_k + 1 :]  # row t has t past frames
    distance = chosen[..., :1] - chosen[..., 1:]  # [batch, T - K - 1, K]
    return {
        "last_frames": float(np.mean(distance.max(axis=-1) == top_k)),
        "distance": float(distance.mean()),
    }
