import json
import threading

import numpy as np
import pytest

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
    np.testing.assert_allclose(small_data().standardise(motion), expected, atol=1e-5)


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
        ("generate", {"label": LABEL, "seed": SEED[:2]}, "label has 5 rows, seed 2"),
        ("dance", {"label": LABEL, "seed": SEED}, "no signature 'dance', only"),
        ("generate", {"label": LABEL}, r"inputs \['label'\], expected \['label', 'seed'\]"),
        ("generate", {"label": LABEL.astype(float), "seed": SEED}, "int32"),
        (
            "generate",
            {"label": LABEL, "seed": SEED[:, None]},
            r"seed.* \[5,1\] is not compat.* \[\?\]",
        ),
        (
            "generate",
            {"label": LABEL[0], "seed": SEED},
            r"label.* \[\] is not compatible .* \[\?\]",
        ),
        ("mix", {"label_weights": WEIGHTS[:, :2], "seed": SEED}, r"\[5,2\] is not .* \[\?,3\]"),
    ],
)
def test_a_request_that_is_refused_says_why_and_the_next_one_is_answered(
    model, signature, inputs, message
):
    with pytest.raises(RuntimeError, match=message):
        model.run(signature, inputs)

    assert np.isfinite(model.run("generate", {"label": LABEL, "seed": SEED})["motion"]).all()


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(RuntimeError, match="Could not find SavedModel"):
        SessionModel(tmp_path)
