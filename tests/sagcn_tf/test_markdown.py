import pytest

from sagcn_tf.markdown import table, tables


def test_columns_are_as_wide_as_their_widest_cell():
    assert table(["", "action"], [["1", "bow"], ["12", "walking"]]).splitlines() == [
        "|    | action  |",
        "| -- | ------- |",
        "| 1  | bow     |",
        "| 12 | walking |",
    ]


def test_a_table_may_have_no_rows():
    assert table(["action"], []) == "| action |\n| ------ |"


def test_a_wide_table_is_split_and_repeats_its_first_columns():
    header = ["", "action", *(f"column {number}" for number in range(9))]
    rows = [["1", "bow", *"abcdefghi"]]

    parts = [part.splitlines() for part in tables(header, rows, keys=2).split("\n\n")]

    assert [len(part) for part in parts] == [3, 3]
    assert all(len(line) <= 80 for part in parts for line in part)
    assert all(line.startswith("| 1 | bow ") for _, _, line in parts)
    letters = [cell.strip() for _, _, line in parts for cell in line.split("|")[3:-1]]
    assert letters == list("abcdefghi")


@pytest.mark.parametrize("header", [["action"], ["action", "speed"], ["x" * 100, "y" * 100]])
def test_a_table_that_fits_or_cannot_be_split_stays(header):
    assert tables(header, [header]) == table(header, [header])


def test_wide_letters_count_twice():
    rows = table(["action"], [["走る"], ["walk"]]).splitlines()

    assert rows[2:] == ["| 走る   |", "| walk   |"]
