import json
import threading

import numpy as np
import pytest

from serving.errors import UserError
from serving.request_error import RequestError
from serving.session_model import SessionModel
from tests.small_data import CLASS_NAMES, FRAMES, SKELETON, small_data
from tests.small_export import small_export, small_model

LABEL = np.array([0, 2, 1, 2, 0], np.int32)
WEIGHTS = np.eye(3, dtype=np.float32)[LABEL]
SEED = np.array([4, 0, -7, 2**31 - 1, 4], np.int32)


@pytest.fixture(scope="module")
def model():
    return SessionModel(small_export().path)


def test_answers_are_those_of_the_trained_model(model):
    motion = model.run("generate", {"label": LABEL, "seed": SEED})["motion"]

    expected = small_model().generate(WEIGHTS, SEED)
    assert motion.shape == (5, FRAMES, SKELETON.num_joints, 2) and motion.dtype == np.float32
    np.testing.assert_allclose(small_data().standardize(motion), expected, atol=1e-5)


def test_several_outputs_come_under_their_names(model):
    outputs = model.run("attend", {"seed": SEED, "label": LABEL})

    expected = small_model().attend(WEIGHTS, SEED)
    assert outputs.keys() == {"motion", "attention", "kept"}
    np.testing.assert_allclose(outputs["attention"], expected["attention"], atol=1e-5)
    np.testing.assert_array_equal(outputs["kept"], expected["kept"])


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_texts_come_as_bytes(model, rows):
    (text,) = model.run("describe", {"request": np.zeros(rows, np.int32)}).values()

    assert text.shape == (rows,)
    assert all(json.loads(one)["class_names"] == CLASS_NAMES for one in text)


def test_no_rows_are_an_answer_too(model):
    none = np.zeros(0, np.int32)

    assert model.run("generate", {"label": none, "seed": none})["motion"].shape[0] == 0


def test_threads_may_share_it(model):
    expected = model.run("generate", {"label": LABEL, "seed": SEED})["motion"]
    answers = {}

    def ask(row):
        inputs = {"label": LABEL[row : row + 1], "seed": SEED[row : row + 1]}
        answers[row] = model.run("generate", inputs)["motion"][0]

    threads = [threading.Thread(target=ask, args=[row]) for row in range(len(LABEL))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    for row, answer in answers.items():
        np.testing.assert_array_equal(answer, expected[row])


@pytest.mark.parametrize(
    ("signature", "inputs", "message"),
    [
        ("generate", {"label": LABEL, "seed": SEED[:2]}, "INVALID_ARGUMENT: .*label has 5 rows"),
        ("dance", {"label": LABEL, "seed": SEED}, "FAILED_PRECONDITION: signature 'dance' not f"),
        ("generate", {"label": LABEL}, r"inputs: expected \['label', 'seed'\], got \['label'\]"),
        ("generate", {"label": LABEL, "seeds": SEED}, r"got \['label', 'seeds'\]"),
        (
            "generate",
            {"label": LABEL.astype(float), "seed": SEED},
            "INVALID_ARGUMENT: label: expected int32 of shape .*, got float64 of shape",
        ),
        (
            "generate",
            {"label": LABEL, "seed": SEED[:, None]},
            r"seed: expected int32 of shape \(None,\), got int32 of shape \(5, 1\)",
        ),
        (
            "generate",
            {"label": LABEL[0], "seed": SEED},
            r"label: expected int32 of shape \(None,\), got int32 of shape \(\)",
        ),
        (
            "mix",
            {"label_weights": WEIGHTS[:, :2], "seed": SEED},
            r"label_weights: expected float32 of shape \(None, 3\), got float32 of shape \(5, 2\)",
        ),
    ],
)
def test_a_request_that_is_refused_says_why_and_the_next_one_is_answered(
    model, signature, inputs, message
):
    with pytest.raises(RequestError, match=message):
        model.run(signature, inputs)

    assert np.isfinite(model.run("generate", {"label": LABEL, "seed": SEED})["motion"]).all()


def test_input_types_are_those_of_the_signature(model):
    assert model.input_types("mix") == {"label_weights": np.float32, "seed": np.int32}
    with pytest.raises(RequestError, match="FAILED_PRECONDITION: signature 'dance' not found"):
        model.input_types("dance")


def test_an_error_of_the_graph_is_one_line(exports):
    one = SessionModel(exports[1])
    inputs = {"label": np.array([1, 7], np.int32), "seed": np.array([5, 6], np.int32)}

    with pytest.raises(RequestError) as caught:
        one.run("generate", inputs)

    assert caught.value.code.name == "INVALID_ARGUMENT"
    assert caught.value.message.startswith("assertion failed: [label: expected 0 to 2]")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize("content", [None, b"", b"\x00garbage"])
def test_a_folder_without_a_valid_model_is_refused(tmp_path, content):
    if content is not None:
        (tmp_path / "saved_model.pb").write_bytes(content)

    with pytest.raises(UserError, match=f"{tmp_path} cannot be loaded: "):
        SessionModel(tmp_path)
