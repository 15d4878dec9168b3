"""Statistics of the past frames that top-K pruning keeps."""

import numpy as np


def attention_selection(kept):
    """Measures which past frames pruning keeps (section 3.2 of the paper).

    Only rows with more than K past frames count, because the others keep all of them.

    Args:
        kept: int `[batch, T, K + 1]`, as `MotionModel.attend` returns it: the frame itself, then
            its kept past frames, with -1 if there are fewer than K. A kept frame of the warm-up of
            `tuned` is -1, too; it counts as the frame before the clip.

    Returns:
        `{"last_frames": float, "distance": float}`: the share of rows that keep exactly the K
        preceding frames, and the mean distance from a frame to its kept past frames, in frames
        ((K + 1) / 2 if every row keeps the preceding ones). An empty dict if no row counts.
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
