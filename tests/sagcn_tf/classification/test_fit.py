import shutil

import keras
import numpy as np
import pytest

from sagcn_tf.classification import scores, training
from sagcn_tf.classification.trained_classifier import new_network
from sagcn_tf.errors import UserError
from tests.swinging_data import FRAMES, small_data
from tests.systems import eager_functions

DATA, EPOCHS = small_data(), 3


@pytest.fixture(autouse=True, scope="module")
def short():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scores, "CLIPS_PER_CLASS", 10)
        patch.setattr(training, "STEPS_PER_EPOCH", 2)
        yield patch


def fit(folder=None):
    """Trains an ST-GCN, whose dropout and batch normalization have a state of their own."""
    keras.utils.set_random_seed(0)
    network = new_network("st_gcn", DATA, FRAMES)
    given = network, "st_gcn", EPOCHS, FRAMES, DATA, DATA, False, folder
    before = [weight.numpy() for weight in network.weights]
    with eager_functions():
        return before, training._fit(*given), network


@pytest.fixture(scope="module")
def stopped(short, tmp_path_factory):
    """The folder of a training that was stopped in its third epoch."""
    folder, batches = tmp_path_factory.mktemp("unfinished"), training.training_batches

    def stop(data, frames, batch_size, seed, first):
        if first == 2 * training.STEPS_PER_EPOCH:
            raise KeyboardInterrupt
        return batches(data, frames, batch_size, seed, first)

    with short.context() as patch:
        patch.setattr(training, "training_batches", stop)
        with pytest.raises(KeyboardInterrupt):
            fit(folder)
    return folder


def test_a_stopped_training_goes_on_to_the_same_weights(stopped):
    before, accuracies, whole = fit()
    assert [path.name for path in stopped.glob("*.index")] == ["ckpt-1.index"]

    _, resumed_accuracies, resumed = fit(stopped)

    assert resumed_accuracies == accuracies and len(accuracies) == EPOCHS
    pairs = zip(resumed.weights, whole.weights, strict=True)
    for weight, expected in pairs:
        np.testing.assert_array_equal(weight.numpy(), expected.numpy())
    assert any(not np.array_equal(a, b) for a, b in zip(before, whole.get_weights(), strict=True))


@pytest.mark.parametrize("name", ["*.data-*", "*.index"])
def test_a_damaged_state_is_named(stopped, tmp_path, name):
    folder = shutil.copytree(stopped, tmp_path / "copy")
    (path,) = folder.glob(name)
    path.write_bytes(path.read_bytes()[:30])

    with pytest.raises(UserError, match="is damaged .* Delete it, and this training starts anew"):
        fit(folder)
