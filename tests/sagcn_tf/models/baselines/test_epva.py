import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.models.baselines.epva import EPVA
from tests.pose_prediction_checks import assert_twenty_steps_learn, coded_batch
from tests.systems import compiled_system


@pytest.fixture(scope="module")
def model():
    return compiled_system("epva", frames=4, learning_rate=1e-3, steps=24)


def test_losses_are_the_errors_of_frames_from_their_codes_and_of_codes(model, monkeypatch):
    monkeypatch.setattr(EPVA, "dropout_mask", lambda *_: tf.ones([]))
    batch, poses, codes, predicted = coded_batch(model)
    drawn = model.decoder(poses[:, 0], codes[:, 0], codes[:, 1:])

    results = model.update(batch)

    expected = np.mean((drawn - poses[:, 1:]) ** 2)
    assert float(results["loss_frames"]) == pytest.approx(expected, rel=1e-4)
    expected = np.mean((codes[:, 1:] - predicted) ** 2)
    assert float(results["loss_codes"]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
def test_both_fall_and_move_all_but_the_frames_that_clips_start_from(model):
    assert_twenty_steps_learn(model, ["loss_frames", "loss_codes"])


def test_the_weight_of_codes_rises_to_a_tenth_around_a_sixth_of_the_steps(model):
    # Like 0.1 sigmoid((s - 20,000) / 2000) in 120,000 steps.
    for share in (0.0, 0.1, 1 / 6, 0.2, 1.0):
        expected = 0.1 / (1 + np.exp(-(120_000 * share - 20_000) / 2000))
        weight = model.codes_weight(tf.constant(share * model.config.steps))
        assert float(weight) == pytest.approx(expected, rel=1e-4)
