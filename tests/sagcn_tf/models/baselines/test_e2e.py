import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.models.baselines.e2e import E2E
from tests.pose_prediction_checks import assert_twenty_steps_learn, coded_batch
from tests.systems import compiled_system


@pytest.fixture(scope="module")
def model():
    return compiled_system("e2e", frames=4, learning_rate=1e-3)


def test_the_loss_is_the_error_of_what_is_predicted(model, monkeypatch):
    monkeypatch.setattr(E2E, "dropout_mask", lambda *_: tf.ones([]))
    batch, poses, codes, predicted = coded_batch(model)
    drawn = model.decoder(poses[:, 0], codes[:, 0], predicted)

    loss = model.update(batch)["loss_frames"]

    assert float(loss) == pytest.approx(np.mean((drawn - poses[:, 1:]) ** 2), rel=1e-4)


@pytest.mark.slow
def test_it_falls_and_moves_all_but_the_frames_that_clips_start_from(model):
    assert_twenty_steps_learn(model, ["loss_frames"])


def test_the_gradient_is_clipped_to_a_norm_of_1(model):
    weight = keras.Variable(np.zeros([3, 4]), dtype="float32")
    model.optimizers["descent"] = keras.optimizers.SGD(1.0)
    model.optimizers["descent"].build([weight])
    results = {}

    for gradient in (2.0, 0.01):
        weight.assign(np.zeros([3, 4]))
        model._apply("descent", [tf.fill([3, 4], gradient)], [weight], results)
        norm = gradient * np.sqrt(12)
        assert float(results["descent/gradient_norm"]) == pytest.approx(norm, rel=1e-5)
        assert np.linalg.norm(weight) == pytest.approx(min(norm, 1), rel=1e-5)
    del model.optimizers["descent"]
