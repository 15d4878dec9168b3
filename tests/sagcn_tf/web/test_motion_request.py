import urllib.parse

import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.web.motion_request import MAX_SEED, MotionRequest

MODELS = {"one": ["walking", "hand waving"], "two": ["walking", "bowing"]}


def read(**query):
    return MotionRequest.from_query(query, MODELS)


def test_without_parameters_the_first_model_shows_its_first_class():
    assert read(frame="3", speed="0.5") == MotionRequest("one", "label", "walking", 0, 3, "", False)


@pytest.mark.parametrize(
    "request_",
    [
        MotionRequest("one", "label", "Hand-Waving", 7, 2),
        MotionRequest("two", "mix", "walking:60,bowing:20", MAX_SEED, 6, "two", True),
        MotionRequest("one", "transition", "walking,hand waving", real=True),
        MotionRequest("one", "label", "walking", compare="two"),
    ],
)
def test_a_link_holds_the_whole_request(request_):
    query = dict(urllib.parse.parse_qsl(request_.query))

    assert MotionRequest.from_query(query, MODELS) == request_


def test_the_weights_of_a_mixture_may_have_any_sum():
    assert read(model="two", mix="walking:60,bowing:20").action == {"walking": 0.75, "bowing": 0.25}
    assert read(transition="walking,hand waving").action == ("walking", "hand waving")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"model": "three"}, "model=three: expected one of: one, two"),
        ({"compare": "three"}, "compare=three: expected one of: one, two"),
        (
            {"label": "flying"},
            "one: class 'flying' is unknown; expected one of: walking, hand waving",
        ),
        ({"label": "hand waving", "compare": "two"}, "two: class 'hand waving' is unknown"),
        ({"label": "walking", "mix": "walking:1"}, "expected one of label, mix, transition, got"),
        ({"mix": "walking"}, "expected NAME:WEIGHT"),
        ({"mix": "walking:-1,hand waving:2"}, "expected weights of 0 or more, one above 0"),
        ({"mix": "walking:0"}, "expected weights of 0 or more, one above 0"),
        ({"mix": "walking:nan"}, "expected weights of 0 or more, one above 0"),
        ({"mix": "walking:inf"}, "expected weights of 0 or more, one above 0"),
        ({"transition": "walking"}, "expected FIRST,LAST"),
        ({"seed": "-1"}, f"seed=-1: expected a whole number from 0 to {MAX_SEED}"),
        ({"seed": "9" * 400}, "seed=999"),
        ({"seed": "\u0663"}, "expected a whole number"),
        ({"count": "7"}, "count=7: expected a whole number from 1 to 6"),
        ({"real": "yes"}, "real=yes: expected one of: 0, 1"),
    ],
)
def test_bad_requests_are_refused_with_a_message(query, message):
    with pytest.raises(UserError) as refused:
        read(**query)

    assert message in str(refused.value)
