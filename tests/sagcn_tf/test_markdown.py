from sagcn_tf.markdown import table


def test_columns_are_as_wide_as_their_widest_cell():
    assert table(["", "action"], [["1", "bow"], ["12", "walking"]]).splitlines() == [
        "|    | action  |",
        "| -- | ------- |",
        "| 1  | bow     |",
        "| 12 | walking |",
    ]


def test_a_table_may_have_no_rows():
    assert table(["action"], []) == "| action |\n| ------ |"
