import numpy as np
import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.generation.labels import find_label, label_of, parse_mixture, parse_transition
from tests.fake_model import DATA


@pytest.mark.parametrize(
    ("label", "number"),
    [("walking", 0), ("WALKING", 0), ("Sitting Down", 1), ("sitting-down", 1), ("sittingdown2", 2)],
)
def test_a_label_is_found_in_any_spelling(label, number):
    assert find_label(label, DATA.class_names) == number


def test_an_unknown_label_is_refused():
    expected = "class 'flying' is unknown; expected one of: walking, sitting_down, SittingDown 2"

    with pytest.raises(UserError, match=expected):
        find_label("flying", DATA.class_names)


@pytest.mark.parametrize(
    ("action", "label", "title"),
    [
        ("Sitting down", [0, 1, 0], "sitting_down"),
        (
            {"walking": 0.25, "sitting down": 0.75},
            [0.25, 0.75, 0],
            "0.25 walking + 0.75 sitting_down",
        ),
        (("walking", "sittingdown2"), [[1, 0, 0], [0, 0, 1]], "walking to SittingDown 2"),
    ],
)
def test_an_action_is_a_class_a_mixture_or_a_transition(action, label, title):
    found, named = label_of(action, DATA.class_names)

    np.testing.assert_array_equal(found, np.array(label, np.float32))
    assert found.dtype == np.float32 and named == title


@pytest.mark.parametrize("weights", [(0.5, 0.6), (-0.5, 1.5), (float("nan"), 1.0), (0.0, 0.0)])
def test_weights_that_are_no_mixture_are_refused(weights):
    with pytest.raises(UserError, match="must be 0 or more and sum to 1, got {'walking'"):
        label_of(dict(zip(("walking", "sitting_down"), weights, strict=True)), DATA.class_names)


def test_mixtures_and_transitions_are_read():
    assert parse_mixture("walking:.5, sitting down:.5") == {"walking": 0.5, "sitting down": 0.5}
    assert parse_transition("walking, sitting down") == ("walking", "sitting down")


@pytest.mark.parametrize("text", ["walking", "walking:", "walking:x", ":1", "a:.5,a:.5", "", ","])
def test_a_mixture_of_another_form_is_refused(text):
    with pytest.raises(UserError, match=f"--mix={text}: expected NAME:WEIGHT"):
        parse_mixture(text)


@pytest.mark.parametrize("text", ["walking", "walking,", "a,b,c", ""])
def test_a_transition_of_another_form_is_refused(text):
    with pytest.raises(UserError, match=f"--transition={text}: expected FIRST,LAST"):
        parse_transition(text)
