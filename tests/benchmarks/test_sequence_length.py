import keras
import numpy as np

from benchmarks.sequence_length import block_of


def test_both_methods_compute_the_same_gradients():
    gradients = []
    for by_kept_frames in (False, True):
        keras.utils.set_random_seed(0)
        gradients.append(block_of(9, 2, by_kept_frames)())

    whole, kept = gradients
    assert whole.shape == (2, 9, 30) and np.abs(whole).max() > 0
    np.testing.assert_allclose(kept, whole, rtol=1e-4, atol=1e-4 * np.abs(whole).max())
