import json

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf import runs
from sagcn_tf.classification.trained_classifier import TrainedClassifier, new_network
from sagcn_tf.exporting.served_model import ServedModel
from sagcn_tf.exporting.warm_up import warm_up_logs
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, batch_of_clips, small_data
from tests.small_export import CONFIG, small_model
from tests.systems import system_config

CLASSES, JOINTS, DATA = len(CLASS_NAMES), SKELETON.num_joints, small_data()
MOTION = (tf.float32, [None, FRAMES, JOINTS, 2])
INT = (tf.int32, [None])
# Names, types and shapes of inputs and outputs.
SIGNATURES = {
    "generate": ({"label": INT, "seed": INT}, {"motion": MOTION}),
    "mix": ({"label_weights": (tf.float32, [None, CLASSES]), "seed": INT}, {"motion": MOTION}),
    "transition": ({"label_from": INT, "label_to": INT, "seed": INT}, {"motion": MOTION}),
    "attend": (
        {"label": INT, "seed": INT},
        {
            "motion": MOTION,
            "attention": (tf.float32, [None, FRAMES, FRAMES]),
            "kept": (tf.int32, [None, FRAMES, CONFIG.top_k + 1]),
        },
    ),
    "describe": ({"request": INT}, {"description": (tf.string, [None])}),
}
LABEL = np.array([0, 1, 2, 1, 0], np.int32)
SEED = np.array([5, 5, 6, 2**31 - 1, -3], np.int32)
ONE_HOT = np.eye(CLASSES, dtype=np.float32)[LABEL]


@pytest.fixture(scope="module")
def model():
    return small_model()


@pytest.fixture(scope="module")
def functions(model):
    """The traced signatures, as in a SavedModel."""
    served = ServedModel(model, DATA)
    return {
        name: tf.function(function, input_signature=specs, autograph=False)
        for name, (function, specs) in served.signatures.items()
    }


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_have_the_expected_names_types_and_shapes(functions, name):
    inputs, outputs = SIGNATURES[name]
    assert functions.keys() == SIGNATURES.keys()
    traced = functions[name].get_concrete_function()

    taken = {spec.name: (spec.dtype, spec.shape.as_list()) for spec in traced.inputs if spec.name}
    taken = {key.partition(":")[0]: value for key, value in taken.items()}
    given = {key: (o.dtype, o.shape.as_list()) for key, o in traced.structured_outputs.items()}
    assert {key: taken[key] for key in inputs} == inputs
    assert given == outputs


def test_motion_matches_the_model_in_the_unit_of_the_data(model, functions):
    motion = functions["generate"](LABEL, SEED)["motion"]

    expected = DATA.unstandardize(model.generate(ONE_HOT, SEED).numpy())
    np.testing.assert_allclose(motion, expected, atol=1e-5)


def test_mixtures_transitions_and_attention_match_the_model(model, functions):
    weights = (ONE_HOT + ONE_HOT[::-1]) / 2
    mixed = functions["mix"](weights, SEED)["motion"]
    moving = functions["transition"](LABEL, LABEL[::-1], SEED)["motion"]
    attended = functions["attend"](LABEL, SEED)

    expected = model.generate(weights, SEED), model.transition(ONE_HOT, ONE_HOT[::-1], SEED)
    for motion, standardized in zip((mixed, moving), expected, strict=True):
        np.testing.assert_allclose(motion, DATA.unstandardize(standardized.numpy()), atol=1e-5)
    expected = model.attend(ONE_HOT, SEED)
    np.testing.assert_allclose(attended["attention"], expected["attention"], atol=1e-6)
    np.testing.assert_array_equal(attended["kept"], expected["kept"])


def test_a_row_is_the_same_alone_and_in_any_batch(functions):
    label, seed = np.tile(LABEL, 7), np.arange(35, dtype=np.int32)
    together = functions["generate"](label, seed)["motion"]

    for rows in (slice(0, 1), slice(4, 7), slice(20, 33)):
        motion = functions["generate"](label[rows], seed[rows])["motion"]
        np.testing.assert_array_equal(motion, together[rows])


def test_requests_may_have_no_rows(functions):
    none = np.zeros(0, np.int32)

    assert functions["generate"](none, none)["motion"].shape == (0, FRAMES, JOINTS, 2)
    assert functions["transition"](none, none, none)["motion"].shape[0] == 0
    assert functions["mix"](np.zeros([0, CLASSES], np.float32), none)["motion"].shape[0] == 0


@pytest.mark.parametrize(
    ("name", "inputs", "message"),
    [
        ("generate", [[3], [0]], "label must be a class number from 0 to 2"),
        ("attend", [[0, -1], [0, 1]], r"label must be .*rows \[1\]: \[-1\]"),
        ("transition", [[3], [0], [0]], "label_from must be a class number"),
        ("transition", [[0], [3], [0]], "label_to must be a class number"),
        ("generate", [[0, 1], [0]], "label has 2 rows, seed 1"),
        (
            "transition",
            [[0], [0, 1], [0]],
            "label_to has 2 rows, seed 1",
        ),
        ("mix", [[[0.5, 0.5, 0.5]], [0]], "label_weights must be 0 or more and sum to 1"),
        ("mix", [[[0.5, 0.5, 0.0]], [0, 1]], "label_weights has 1 rows, seed 2"),
    ],
)
def test_a_wrong_request_is_refused_inside_the_graph(functions, name, inputs, message):
    specs = functions[name].input_signature
    arrays = [tf.constant(one, spec.dtype) for one, spec in zip(inputs, specs, strict=True)]

    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        functions[name](*arrays)


def test_the_description_has_the_information_for_clients(functions):
    texts = functions["describe"](np.zeros(2, np.int32))["description"].numpy()

    assert len(texts) == 2
    for text in texts:
        assert json.loads(text) == {
            "class_names": CLASS_NAMES,
            "skeleton": SKELETON.to_metadata(),
            "unit": "pixel",
            "frame_rate": 12.5,
            "frames": FRAMES,
            "dimensions": 2,
            "dataset": "synthetic",
            "recorded_rate": 25.0,
            "clips": "window",
            "source": None,
            "root_motion": [],
        }


@pytest.mark.parametrize(("weights", "digits"), [("bfloat16", 8), ("float16", 11)])
def test_weights_may_be_rounded(model, weights, digits):
    served = ServedModel(model, DATA, weights)
    generate = tf.function(served.generate, input_signature=served.signatures["generate"][1])

    stored = generate.get_concrete_function().variables
    assert {variable.dtype for variable in stored} == {tf.as_dtype(weights)}
    assert sum(variable.shape.num_elements() for variable in stored) == served.num_parameters
    assert served.num_parameters == model.average_generator.count_params()
    exact = {tuple(w.shape): [] for w in model.average_generator.weights}
    for weight in model.average_generator.weights:
        exact[tuple(weight.shape)].append(weight.numpy())
    for variable in stored:
        closest = min(
            np.abs(np.float32(variable.numpy()) - weight).max() / np.abs(weight).max()
            for weight in exact[tuple(variable.shape)]
        )
        assert closest <= 2.0**-digits
    motion = generate(LABEL, SEED)["motion"]
    expected = DATA.unstandardize(model.generate(ONE_HOT, SEED).numpy())
    assert 0 < np.median(np.abs(motion - expected)) < 0.2


def test_classify_returns_class_probabilities(tmp_path):
    """With the system whose graph is the smallest."""
    model = runs.new_model(system_config("skeleton_vae"), DATA, for_training=False)
    classifier = untrained_classifier()
    ServedModel(model, DATA, classifier=classifier).save(tmp_path / "model")
    classify = tf.saved_model.load(str(tmp_path / "model")).signatures["classify"]
    motion, _ = batch_of_clips(batch=5)

    answer = classify(motion=tf.constant(DATA.unstandardize(motion)))

    logits = classifier.network(motion)
    assert list(answer) == ["probabilities"] and answer["probabilities"].shape == (5, CLASSES)
    np.testing.assert_allclose(answer["probabilities"], tf.nn.softmax(logits), atol=1e-5)
    assert np.ptp(answer["probabilities"], axis=0).max() > 1e-3
    assert classify(motion=tf.zeros([0, FRAMES, JOINTS, 2]))["probabilities"].shape == (0, CLASSES)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"must be finite.*rows \[2\]"):
        motion[2, 0, 0, 0] = np.inf
        classify(motion=tf.constant(motion))


def test_the_warm_up_classifies_generated_motion(model):
    classifier = untrained_classifier()
    served = ServedModel(model, DATA, classifier=classifier)

    logs = warm_up_logs(model, served, DATA, "walker", classifier)

    asked = {log.predict_log.request.model_spec.signature_name: log.predict_log for log in logs}
    inputs, outputs = asked["classify"].request.inputs, asked["classify"].response.outputs
    motion = tf.make_ndarray(inputs["motion"])
    np.testing.assert_array_equal(
        motion, tf.make_ndarray(asked["generate"].response.outputs["motion"])
    )
    function, _ = served.signatures["classify"]
    expected = function(tf.constant(motion))["probabilities"]
    np.testing.assert_allclose(
        tf.make_ndarray(outputs["probabilities"]), expected, rtol=1e-5, atol=1e-6
    )


def untrained_classifier():
    network = new_network("st_gcn", DATA, FRAMES)
    return TrainedClassifier("st_gcn", network, {}, {})
