import numpy as np
import pytest

from datasets.motion_folder.rows import read_rows
from datasets.raw_data_error import RawDataError


def test_rows_are_read_with_white_space():
    expected = [[1, -2.5, 3e-7], [4, 5, 6]]

    np.testing.assert_array_equal(read_rows([(7, "1 -2.5\t3e-7"), (9, " 4 5 6 ")], 3), expected)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("1 2", "line 9: expected 3 numbers, got 2"),
        ("1 2 3 4", "line 9: expected 3 numbers, got 4"),
        ("1 2 walking", "line 9: expected a number, got 'walking'"),
        ("1 2 " + 99 * "x", "line 9: expected a number, got 'x{30}'"),
        ("1 2 -inf", "line 9: expected finite numbers, got '-inf'"),
        ("1 2 1e999", "line 9: expected finite numbers, got '1e999'"),
    ],
)
def test_the_first_line_that_is_wrong_is_named(line, message):
    with pytest.raises(RawDataError, match=message):
        read_rows([(7, "1 2 3"), (9, line), (10, "also wrong")], 3)


def test_all_rows_may_be_wrong_alike():
    with pytest.raises(RawDataError, match="line 7: expected 3 numbers, got 2"):
        read_rows([(7, "1 2"), (8, "3 4")], 3)


def test_there_must_be_rows():
    with pytest.raises(RawDataError, match="expected rows of numbers, got none"):
        read_rows([], 3)
