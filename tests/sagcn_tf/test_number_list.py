import pytest

from sagcn_tf.errors import UserError
from sagcn_tf.number_list import whole_numbers


def test_numbers_are_read():
    assert whole_numbers("seeds", ["0", " 12"], 0, 20) == [0, 12]


@pytest.mark.parametrize("values", [[], ["one"], ["-1"], ["21"], ["1.5"], ["3", ""]])
def test_anything_else_is_refused(values):
    with pytest.raises(UserError, match="--seeds must be whole numbers from 0 to 20, separated"):
        whole_numbers("seeds", values, 0, 20)
