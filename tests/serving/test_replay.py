import json
import os

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from serving import replay
from serving.errors import UserError
from serving.request_error import invalid_argument
from tests.commands import assert_answered_at_once, run_command
from tests.small_export import small_export

LABEL, MOTION = np.array([1, 2], np.int32), np.array([[300.0, 100.0], [0.0, 200.0]], np.float32)
OUTPUTS = {
    "motion": MOTION,
    "kept": np.array([[0, -1], [1, 0]], np.int32),
    "description": np.array([b"one", b"two"], object),
}


class FakeModel:
    """Answers with the recorded outputs, except for `changes`."""

    signatures = dict.fromkeys(["serving_default", "attend", "mix"])

    def __init__(self, **changes):
        self.outputs, self.asked = {**OUTPUTS, **changes}, []

    def run(self, name, inputs):
        self.asked.append((name, inputs))
        if "label" not in inputs:
            raise invalid_argument("no label")
        return {name: values for name, values in self.outputs.items() if values is not None}


def recorded(name="serving_default", outputs=OUTPUTS, **inputs):
    log = PredictionLog().predict_log
    log.request.model_spec.signature_name = name
    for tensors, arrays in (
        (log.request.inputs, inputs or {"label": LABEL}),
        (log.response.outputs, outputs),
    ):
        for key, array in arrays.items():
            tensors[key].CopyFrom(tf.make_tensor_proto(array))
    return log


def test_a_model_that_answers_as_recorded_has_no_difference():
    model = FakeModel()

    found = replay.replay(model, [recorded(), recorded("attend")])

    name, inputs = model.asked[0]
    assert name == "serving_default"
    np.testing.assert_array_equal(inputs["label"], LABEL)
    assert found["requests"] == 2
    assert found["seconds"] >= 0
    assert found["not_replayed"] == ["mix"]
    assert list(found["latency_ms"]) == ["2"]  # of the default signature, by batch size
    assert found["differences"] == {
        "serving_default": {"largest": 0.0, "mean": 0.0},
        "attend": {"largest": 0.0, "mean": 0.0},
    }


def test_differences_are_in_standard_deviations_of_the_recorded_answer():
    other = MOTION + np.array([[0, 0], [0, 0.5]], np.float32)

    found = replay.replay(FakeModel(motion=other), [recorded()])["differences"]["serving_default"]

    assert found["largest"] == pytest.approx(0.5 / MOTION.std())
    assert found["mean"] == pytest.approx(0.125 / MOTION.std())


def test_differences_of_small_numbers_are_not_magnified():
    attention = np.array([[0.5, 0.51]], np.float32)
    model = FakeModel(motion=attention + np.float32(0.001))

    found = replay.replay(model, [recorded(outputs={**OUTPUTS, "motion": attention})])

    assert found["differences"]["serving_default"]["largest"] == pytest.approx(0.001, rel=1e-3)


def test_for_integers_the_share_that_differs_counts():
    model = FakeModel(kept=np.array([[0, -1], [1, 2]], np.int32))

    found = replay.replay(model, [recorded()])["differences"]["serving_default"]

    assert found == {"largest": 0.25, "mean": 0.25}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"motion": MOTION[:1]}, r"serving_default.motion has the shape \(1, 2\), expected \(2"),
        ({"motion": MOTION.astype(int)}, "motion has the dtype int64, expected float32"),
        ({"motion": MOTION * np.nan}, "serving_default.motion is not finite"),
        ({"motion": np.array([[np.inf, 1], [1, 1]], np.float32)}, "motion is not finite"),
        ({"description": np.array([b"one", b"2"], object)}, "description differs from the text"),
        ({"motion": None}, "answers .'description', 'kept'., expected .* 'motion'"),
        ({"more": MOTION}, "answers .* 'more', .* expected"),
    ],
)
def test_answers_that_cannot_be_right_are_refused(change, message):
    with pytest.raises(UserError, match=message):
        replay.replay(FakeModel(**change), [recorded()])


def test_a_recorded_answer_of_nan_is_not_an_answer():
    motion = MOTION * np.nan

    with pytest.raises(UserError, match="serving_default.motion is not finite"):
        replay.replay(FakeModel(motion=MOTION), [recorded(outputs={**OUTPUTS, "motion": motion})])


def test_a_request_that_the_model_refuses_is_named():
    with pytest.raises(UserError, match="signature 'mix' failed: INVALID_ARGUMENT: no label"):
        replay.replay(FakeModel(), [recorded("mix", seed=LABEL)])


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "has no assets.extra"), (b"", "is empty"), (b"garbage" * 9, "is damaged")],
)
def test_warm_up_requests_that_cannot_be_read_are_named(tmp_path, content, message):
    path = tmp_path / replay.WARM_UP_REQUESTS
    path.parent.mkdir()
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(UserError, match=message):
        replay.read_logs(tmp_path)


def test_a_damaged_record_is_named(tmp_path):
    path = tmp_path / replay.WARM_UP_REQUESTS
    path.parent.mkdir()
    with tf.io.TFRecordWriter(os.fspath(path)) as writer:
        writer.write(b"\xff\xff")

    with pytest.raises(UserError, match="is damaged"):
        replay.read_logs(tmp_path)


def test_an_export_is_replayed_without_the_library_and_without_keras():
    result = run_command("serving.replay", f"--model_dir={small_export().path}")

    found = json.loads(result.stdout)
    assert found["requests"] == 18
    assert found["latency_ms"].keys() == {"1", "8", "64"}
    assert max(one["largest"] for one in found["differences"].values()) <= 1e-5
    assert "| tensorflow" in result.stderr
    for module in ("sagcn_tf", "keras"):
        assert f"| {module}" not in result.stderr


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--help"], "compares the answers"),
        ([], "--model_dir must have a value"),
        (["--model_dir=nowhere"], "error: --model_dir=nowhere is not a folder"),
    ],
)
def test_flags_are_answered_before_tensorflow_is_imported(flags, message):
    assert_answered_at_once(run_command("serving.replay", *flags), message)
