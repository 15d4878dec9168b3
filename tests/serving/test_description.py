import json

import pytest

from serving.description import Description
from serving.errors import UserError
from tests.serving.closed_form_model import DESCRIPTION


def test_it_holds_what_the_model_says():
    description = Description.from_json(json.dumps(DESCRIPTION | {"new": 1}), version=4)

    assert description.version == 4
    assert description.class_names == ("walking", "sitting down", "eating")
    assert description.skeleton == DESCRIPTION["skeleton"]
    assert (description.unit, description.frame_rate) == ("pixel", 12.5)
    assert (description.recorded_rate, description.clips, description.source) == (
        None,
        "window",
        None,
    )


def test_the_files_behind_a_model_are_known_if_it_says_so():
    more = {"recorded_rate": 25.0, "clips": "resample", "source": {"up": "+y"}}
    description = Description.from_json(json.dumps(DESCRIPTION | more), version=4)

    assert (description.recorded_rate, description.clips) == (25.0, "resample")
    assert description.source == {"up": "+y"}


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"class_names": []}', json.dumps(DESCRIPTION | {"class_names": 3})],
)
def test_another_answer_is_refused(text):
    with pytest.raises(UserError, match="is not an export of SA-GCN: bad description"):
        Description.from_json(text, version=1)


@pytest.mark.parametrize(
    ("label", "number"), [("walking", 0), ("Sitting_Down", 1), ("sittingdown", 1), ("EATING", 2)]
)
def test_a_label_is_found_however_it_is_spelled(label, number):
    assert Description.from_json(json.dumps(DESCRIPTION), 1).number_of(label) == number


def test_an_unknown_label_lists_those_that_exist():
    with pytest.raises(UserError, match="'jumping' is unknown; .*: walking, sitting down, eating."):
        Description.from_json(json.dumps(DESCRIPTION), 1).number_of("jumping")
