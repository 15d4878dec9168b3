import numpy as np
import pytest

from sagcn_tf.models.baselines.code_predictor import CodePredictor
from sagcn_tf.models.baselines.pose_encoder import CODE

FRAMES, CLASSES, NOISE = 6, 3, 5
RNG = np.random.default_rng(0)
GIVEN = RNG.normal(size=[4, 2, CODE]).astype(np.float32)
LABEL = np.eye(CLASSES, dtype=np.float32)[[0, 1, 2, 0]]
NOISES = RNG.normal(size=[4, FRAMES - 1, NOISE]).astype(np.float32)


@pytest.fixture(scope="module")
def predictor():
    return CodePredictor(FRAMES, CLASSES, normalized=True, noise=NOISE)


@pytest.fixture(scope="module")
def codes(predictor):
    return predictor(GIVEN, LABEL, NOISES).numpy()


def test_it_predicts_all_frames_but_the_first(codes):
    assert codes.shape == (4, FRAMES - 1, CODE)
    np.testing.assert_allclose(np.linalg.norm(codes, axis=-1), 1, atol=1e-5)


def test_beyond_the_given_codes_it_goes_on_from_its_own(predictor, codes):
    # codes[:, 1] is that of frame 2, the first one that is not given.
    longer = np.concatenate([GIVEN, codes[:, 1:3]], axis=1)

    np.testing.assert_allclose(predictor(longer, LABEL, NOISES), codes, atol=1e-6)


def test_a_given_code_is_looked_at_rather_than_predicted(predictor, codes):
    changed = predictor(GIVEN + [[[0.0], [1.0]]], LABEL, NOISES).numpy()

    np.testing.assert_array_equal(changed[:, 0], codes[:, 0])  # frame 1, of the code of frame 0
    assert np.abs(changed[:, 1:] - codes[:, 1:]).max(axis=-1).min() > 1e-4


def test_class_and_noise_change_what_is_predicted(predictor, codes):
    later = NOISES.copy()
    later[:, 3] += 1

    assert np.abs(predictor(GIVEN, LABEL[::-1], NOISES) - codes).max(axis=-1)[1].min() > 1e-4
    noisy = predictor(GIVEN, LABEL, later).numpy()
    np.testing.assert_array_equal(noisy[:, :3], codes[:, :3])
    assert np.abs(noisy[:, 3:] - codes[:, 3:]).max(axis=-1).min() > 1e-4
