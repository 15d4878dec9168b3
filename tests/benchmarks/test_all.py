from benchmarks import all as all_benchmarks
from benchmarks.rows import row


def test_failed_benchmark_is_a_goal_that_is_not_met(capsys):
    said = []

    rows = all_benchmarks.run_all(
        [("benchmarks.not_there", ("--quickly",), 2)], say=lambda text, **_: said.append(text)
    )

    (one,) = rows
    assert one["name"] == "benchmarks.not_there --quickly"
    assert one["measured"] is None and one["met"] is False
    assert said[0] == "[1/1] benchmarks.not_there --quickly, about 2 min left"
    assert "No module named benchmarks.not_there" in capsys.readouterr().err


def test_goals_are_in_a_table_of_their_own():
    rows = [
        row("speed", "at least", 10, 12, "times"),
        row("a step", None, None, 1.5, "s"),
        row("on a GPU", None, None, None, ""),
    ]

    goals, others = all_benchmarks.tables(rows).split("Underlying measurements:")

    assert "speed" in goals and "on a GPU" in goals and "a step" not in goals
    assert "a step" in others and "speed" not in others


def test_tables_in_a_document_are_replaced(tmp_path):
    document = tmp_path / "performance.md"
    begin, end = all_benchmarks.BEGIN, all_benchmarks.END
    document.write_text(f"# Speed\n\n{begin}\nold\n{end}\n\nWhy.\n")

    all_benchmarks.write_into(document, "new")

    assert document.read_text() == f"# Speed\n\n{begin}\n\nnew\n\n{end}\n\nWhy.\n"
