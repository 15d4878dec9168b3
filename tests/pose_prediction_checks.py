"""Checks that E2E and EPVA pass, whose clips have four frames here."""

import numpy as np
import tensorflow as tf

from sagcn_tf.data.input_pipeline import training_batches
from tests.small_data import batch_of_clips, small_data


def coded_batch(model):
    """Returns a batch, its poses `[4, 4, N D]`, their codes and the codes that are predicted."""
    motion, label = batch_of_clips()
    motion = motion[:, :4]
    poses = motion.reshape(4, 4, -1)
    codes = model.encoder(poses)
    predicted = model.predictor(codes[:, :1], label, np.zeros([4, 3, 0], np.float32))
    return (tf.constant(motion), tf.constant(label)), poses, codes, predicted


def assert_twenty_steps_learn(model, losses):
    """Checks that named losses fall, and that all weights move but the frames to start from."""
    before = {name: network.get_weights() for name, network in model.networks.items()}
    step = tf.function(model.update)

    batches = training_batches(small_data(), 4, 16, seed=0).take(20)
    results = [step(batch) for batch in batches]

    for name in losses:
        values = [float(one[name]) for one in results]
        assert np.mean(values[-3:]) < 0.7 * np.mean(values[:3])
    after = {name: network.get_weights() for name, network in model.networks.items()}
    for name in ("encoder", "predictor", "decoder"):
        pairs = zip(before[name], after[name], strict=True)
        assert not any(np.array_equal(*pair) for pair in pairs)
    np.testing.assert_array_equal(after["start_frames"][0], before["start_frames"][0])
