import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.models.baselines.pose_encoder import HIDDEN
from tests.small_data import CLASS_NAMES, SKELETON
from tests.systems import compiled_system

CLASSES, JOINTS = len(CLASS_NAMES), SKELETON.num_joints
LABEL = np.eye(CLASSES, dtype=np.float32)[np.arange(6) % CLASSES]
SEED = np.arange(6, dtype=np.int32)
GIVEN = {"real1": 1, "real5": 5, "noise": 1}


def make_model(dimensions=2, **overrides):
    return compiled_system("e2e", dimensions, **overrides)


@pytest.fixture(scope="module", params=GIVEN)
def model(request):
    return make_model(start=request.param)


def test_a_clip_begins_with_the_frames_that_it_starts_from(model):
    start, motion = model.config.start, model.generate(LABEL, SEED).numpy()

    assert motion.shape == (6, model.config.frames, JOINTS, 2) and np.isfinite(motion).all()
    assert model.given_frames == GIVEN[start]
    given = motion[:, : model.given_frames]
    if start == "noise":
        assert "start_frames" not in model.networks
        assert 0.6 < given.std() < 1.4 and len(np.unique(given)) == given.size
        return
    for clip, label in zip(given, LABEL.argmax(axis=1), strict=True):
        bank = model.start_frames.bank.numpy()[label]
        assert (clip == bank).all(axis=(1, 2, 3)).any()


def test_the_rest_is_predicted_from_them(model):
    motion = model.generate(LABEL, SEED).numpy()
    poses = motion.reshape(6, model.config.frames, -1)
    given = poses[:, : model.given_frames]

    codes = model.encoder(given)
    predicted = model.predictor(codes, LABEL, np.zeros([6, model.config.frames - 1, 0], "f4"))
    drawn = model.decoder(given[:, 0], codes[:, 0], predicted).numpy()

    expected = drawn[:, model.given_frames - 1 :]
    np.testing.assert_allclose(poses[:, model.given_frames :], expected, atol=1e-5)


def test_training_gives_as_many_true_codes_as_generation(model):
    codes = np.random.default_rng(0).normal(size=[2, model.config.frames, 64]).astype("f4")
    later = codes.copy()
    later[:, model.given_frames :] += 1

    predicted = model.predict_codes(tf.constant(codes), LABEL[:2])

    np.testing.assert_array_equal(model.predict_codes(tf.constant(later), LABEL[:2]), predicted)
    codes[:, model.given_frames - 1] += 1
    assert np.abs(model.predict_codes(tf.constant(codes), LABEL[:2]) - predicted).max() > 1e-4


def test_a_short_clip_is_not_given_whole():
    model = make_model(start="real5", frames=3)

    assert model.given_frames == 2
    assert model.generate(LABEL, SEED).shape == (6, 3, JOINTS, 2)


def test_motion_may_have_three_coordinates():
    model = make_model(dimensions=3, frames=3)

    assert model.generate(LABEL, SEED).shape == (6, 3, JOINTS, 3)


def test_dropout_keeps_its_share_and_the_mean(model):
    factors = model.dropout_mask(0, 8, [HIDDEN], 0.65).numpy()

    assert np.mean(factors > 0) == pytest.approx(0.65, abs=0.05)
    np.testing.assert_allclose(factors[factors > 0], 1 / 0.65, rtol=1e-6)
    assert not np.array_equal(model.dropout_mask(1, 8, [HIDDEN], 0.65), factors)
