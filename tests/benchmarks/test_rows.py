import json

import pytest

from benchmarks.rows import report, row, text_of


@pytest.mark.parametrize(
    ("bound", "measured", "met"),
    [
        ("at least", 10, True),
        ("at least", 9.9, False),
        ("at most", 10, True),
        ("at most", 10.1, False),
        ("under", 9.9, True),
        ("under", 10, False),
        ("at least", None, False),
    ],
)
def test_goal_bounds_the_measurement(bound, measured, met):
    assert row("speed", bound, 10, measured, "times")["met"] is met


def test_measurement_without_a_goal_is_neither_met_nor_missed():
    assert row("speed", None, None, 3, "times")["met"] is None


def test_measurement_rounded_up_to_the_goal_does_not_meet_it():
    one = row("share", "at least", 75, 74.96, "%")
    assert one["measured"] == 75 and not one["met"]


def test_table_and_file_contain_all_rows(tmp_path, capsys):
    rows = [
        row("step", "under", 2, 1.234567, "s"),
        row("start", "under", 15, 20, "s"),
        row("on a GPU", None, None, None, ""),
    ]

    report(rows, tmp_path / "rows.json")

    table = capsys.readouterr().out.strip()
    assert table == text_of(rows)
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    assert cells[2:] == [
        ["step", "under 2 s", "1.23 s", "yes"],
        ["start", "under 15 s", "20 s", "no"],
        ["on a GPU", "", "not run", ""],
    ]
    written = json.loads((tmp_path / "rows.json").read_text())
    assert written == rows
    assert {"name", "goal", "measured", "unit", "met", "machine", "commit"} <= written[0].keys()
