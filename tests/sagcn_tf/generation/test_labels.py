import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.generation.labels import find_label
from tests.fake_model import DATA


@pytest.mark.parametrize(
    ("label", "number"),
    [("walking", 0), ("WALKING", 0), ("Sitting Down", 1), ("sitting-down", 1), ("sittingdown2", 2)],
)
def test_a_label_is_found_in_any_spelling(label, number):
    assert find_label(label, DATA.class_names) == number


def test_an_unknown_label_is_refused():
    expected = "--label=flying is unknown; expected one of: walking, sitting_down, SittingDown 2"

    with pytest.raises(UserError, match=expected):
        find_label("flying", DATA.class_names)
