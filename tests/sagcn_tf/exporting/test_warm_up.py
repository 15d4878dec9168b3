import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.exporting import warm_up
from sagcn_tf.exporting.served_model import ServedModel
from tests.small_data import FRAMES, small_data
from tests.small_export import small_model

DATA = small_data()


@pytest.fixture(scope="module")
def logs():
    """`{(signature, batch size): (inputs, outputs)}`."""
    return by_signature_and_batch(make_logs())


def make_logs():
    served = ServedModel(small_model(), DATA)
    return warm_up.warm_up_logs(small_model(), served, DATA, "walker")


def by_signature_and_batch(logs):
    found = {}
    for log in logs:
        request, response = log.predict_log.request, log.predict_log.response
        assert request.model_spec == response.model_spec
        assert request.model_spec.name == "walker"
        inputs, outputs = (
            {name: tf.make_ndarray(tensor) for name, tensor in tensors.items()}
            for tensors in (request.inputs, response.outputs)
        )
        (batch,) = {len(array) for array in (*inputs.values(), *outputs.values())}
        found[request.model_spec.signature_name, batch] = inputs, outputs
    return found


def test_requests_cover_each_signature_and_batch_size(logs):
    names = ("serving_default", "generate", "mix", "transition", "attend", "describe")

    assert logs.keys() == {(name, batch) for name in names for batch in (1, 8, 64)}


def test_requests_cover_every_class_and_seeds_alone_and_in_a_batch(logs):
    inputs, outputs = logs["generate", 64]

    assert set(inputs["label"]) == {0, 1, 2}
    np.testing.assert_array_equal(inputs["seed"], np.arange(64))
    np.testing.assert_array_equal(logs["generate", 1][1]["motion"], outputs["motion"][:1])


def test_answers_match_the_trained_model(logs):
    inputs, outputs = logs["transition", 8]
    one_hot = np.eye(3, dtype=np.float32)

    labels = one_hot[inputs["label_from"]], one_hot[inputs["label_to"]]
    expected = DATA.unstandardize(small_model().transition(*labels, inputs["seed"]).numpy())
    np.testing.assert_array_equal(outputs["motion"], expected)
    assert not np.array_equal(*labels)
    inputs, outputs = logs["mix", 8]
    expected = DATA.unstandardize(
        small_model().generate(inputs["label_weights"], inputs["seed"]).numpy()
    )
    np.testing.assert_array_equal(outputs["motion"], expected)
    inputs, outputs = logs["attend", 8]
    assert outputs["attention"].shape == (8, FRAMES, FRAMES)
    np.testing.assert_array_equal(outputs["motion"], logs["serving_default", 8][1]["motion"])


def test_requests_with_large_answers_are_left_out(monkeypatch):
    bytes_of_attention = 4 * FRAMES * FRAMES
    monkeypatch.setattr(warm_up, "LARGEST_ANSWER", 64 * bytes_of_attention)

    asked = by_signature_and_batch(make_logs())

    assert ("attend", 64) not in asked
    assert ("attend", 8) in asked
    assert ("describe", 64) in asked
