import json

import numpy as np
import pytest

from serving.local.loaded_model import LoadedModel
from serving.local.serving_error import ServingError
from tests.serving import closed_form_model

LABEL_AND_SEED = {"label": np.array([1, 2], np.int32), "seed": np.array([5, 6], np.int32)}


@pytest.fixture(scope="module")
def model(exports):
    model = LoadedModel(str(exports[1]))
    yield model
    model.close()


def test_the_signatures_are_those_of_the_export(model):
    assert set(model.signatures) == {
        "serving_default",
        "generate",
        "mix",
        "transition",
        "attend",
        "classify",
        "describe",
    }


def test_a_signature_gives_the_outputs_that_are_asked_for(model):
    kept, motion = model.run("attend", ["kept", "motion"], LABEL_AND_SEED)

    assert kept.shape == (2, closed_form_model.FRAMES, closed_form_model.KEPT)
    np.testing.assert_array_equal(motion, closed_form_model.expected_motion(1, [1, 2], [5, 6]))


def test_text_comes_as_bytes(model):
    (text,) = model.run("describe", ["description"], {"request": np.zeros(1, np.int32)})

    assert json.loads(text[0]) == closed_form_model.DESCRIPTION


def test_an_error_in_the_graph_has_tensorflows_code_and_message(model):
    with pytest.raises(ServingError) as caught:
        model.run("generate", ["motion"], LABEL_AND_SEED | {"label": np.array([1, 7], np.int32)})

    assert caught.value.code.name == "INVALID_ARGUMENT"
    assert caught.value.message.startswith("assertion failed: [label: expected 0 to 2]")


@pytest.mark.parametrize("content", [None, b"", b"\x00garbage"])
def test_what_is_no_saved_model_cannot_be_loaded(tmp_path, content):
    if content is not None:
        (tmp_path / "saved_model.pb").write_bytes(content)

    with pytest.raises((OSError, RuntimeError)):
        LoadedModel(str(tmp_path))
