import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.data.input_pipeline import training_batches
from sagcn_tf.models.baselines.epva import EPVA
from tests.small_data import batch_of_clips, small_data
from tests.systems import compiled_system


@pytest.fixture(scope="module")
def model():
    return compiled_system("epva", frames=4, learning_rate=1e-3, steps=24)


def test_losses_are_the_errors_of_frames_from_their_codes_and_of_codes(model, monkeypatch):
    monkeypatch.setattr(EPVA, "dropout_mask", lambda *_: tf.ones([]))
    motion, label = batch_of_clips()
    motion = motion[:, :4]
    poses = motion.reshape(4, 4, -1)
    codes = model.encoder(poses)
    predicted = model.predictor(codes[:, :1], label, np.zeros([4, 3, 0], np.float32))
    drawn = model.decoder(poses[:, 0], codes[:, 0], codes[:, 1:])

    results = model.update((tf.constant(motion), tf.constant(label)))

    expected = np.mean((drawn - poses[:, 1:]) ** 2)
    assert float(results["loss_frames"]) == pytest.approx(expected, rel=1e-4)
    expected = np.mean((codes[:, 1:] - predicted) ** 2)
    assert float(results["loss_codes"]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.slow
def test_both_fall_and_move_all_but_the_frames_that_clips_start_from(model):
    before = {name: network.get_weights() for name, network in model.networks.items()}
    step = tf.function(model.update)

    batches = training_batches(small_data(), 4, 16, seed=0).take(20)
    results = [step(batch) for batch in batches]

    for name in ("loss_frames", "loss_codes"):
        losses = [float(one[name]) for one in results]
        assert np.mean(losses[-3:]) < 0.7 * np.mean(losses[:3])
    after = {name: network.get_weights() for name, network in model.networks.items()}
    for name in ("encoder", "predictor", "decoder"):
        pairs = zip(before[name], after[name], strict=True)
        assert not any(np.array_equal(*pair) for pair in pairs)
    np.testing.assert_array_equal(after["start_frames"][0], before["start_frames"][0])


def test_the_weight_of_codes_rises_to_a_tenth_around_a_sixth_of_the_steps(model):
    # Like 0.1 sigmoid((s - 20 000) / 2000) in 120 000 steps.
    for share in (0.0, 0.1, 1 / 6, 0.2, 1.0):
        expected = 0.1 / (1 + np.exp(-(120_000 * share - 20_000) / 2000))
        weight = model.codes_weight(tf.constant(share * model.config.steps))
        assert float(weight) == pytest.approx(expected, rel=1e-4)
