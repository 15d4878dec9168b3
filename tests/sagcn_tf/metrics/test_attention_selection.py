import numpy as np
import pytest

from sagcn_tf.layers import TopKPruning
from sagcn_tf.metrics.attention_selection import attention_selection

FRAMES, TOP_K = 9, 3


def kept_of(scores):
    """Returns the frames that pruning keeps of scores `[batch, T, T]`."""
    return TopKPruning(TOP_K).kept_frames(np.tril(scores).astype(np.float32)).numpy()


def test_scores_that_favor_near_frames_keep_the_preceding_ones():
    time = np.arange(FRAMES)
    scores = np.exp(-np.abs(time[:, None] - time))[None]

    assert attention_selection(kept_of(scores)) == {
        "last_frames": 1.0,
        "distance": (TOP_K + 1) / 2,
    }


def test_matches_a_loop_over_the_rows():
    scores = np.random.default_rng(0).random([5, FRAMES, FRAMES])
    preceding, distances = [], []
    for attention in scores:
        for t in range(TOP_K + 1, FRAMES):
            chosen = sorted(range(t), key=lambda u, row=attention[t]: -row[u])[:TOP_K]
            preceding.append(sorted(chosen) == list(range(t - TOP_K, t)))
            distances += [t - u for u in chosen]

    found = attention_selection(kept_of(scores))

    assert found["last_frames"] == pytest.approx(np.mean(preceding))
    assert found["distance"] == pytest.approx(np.mean(distances))
    assert 0 < found["last_frames"] < 1


@pytest.mark.parametrize("shape", [(2, 6, 1), (2, 4, 4), (2, 3, 6)])
def test_is_empty_if_no_row_has_a_choice(shape):
    assert attention_selection(np.zeros(shape, np.int32)) == {}
