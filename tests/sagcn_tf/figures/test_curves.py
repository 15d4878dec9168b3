import numpy as np
import pytest

from sagcn_tf.figures import curves
from sagcn_tf.figures.figure_io import to_image

HISTORY = """\
step,D_V/loss,D_V/accuracy_real,selection/mmd_seq,steps_per_second
10,1.4,0.5,,2.0
20,1.2,0.6,0.9,2.0
30,1.1,0.7,0.4,
40,1.0,0.8,0.5,2.0
"""


@pytest.fixture
def history(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text(HISTORY)
    return path


def panels(figure):
    return {axes.get_title(): axes for axes in figure.axes}


def test_values_that_were_not_measured_are_absent(history):
    rows = curves.read_history(history)

    assert rows[0] == {
        "step": 10,
        "D_V/loss": 1.4,
        "D_V/accuracy_real": 0.5,
        "steps_per_second": 2.0,
    }
    assert [row.get("selection/mmd_seq") for row in rows] == [None, 0.9, 0.4, 0.5]


def test_each_kind_of_curve_has_its_panel(history):
    figure = curves.draw(curves.read_history(history), title="tuned")

    drawn = panels(figure)

    assert list(drawn) == [
        "losses",
        "accuracies of the discriminators",
        "MMD on the selection clips",
    ]
    (loss,) = drawn["losses"].lines
    np.testing.assert_array_equal(loss.get_xydata(), [[10, 1.4], [20, 1.2], [30, 1.1], [40, 1.0]])
    (mmd,) = drawn["MMD on the selection clips"].lines
    np.testing.assert_array_equal(mmd.get_xydata(), [[20, 0.9], [30, 0.4], [40, 0.5]])
    assert mmd.get_label() == "selection/mmd_seq, lowest 0.400 at step 30"
    assert to_image(figure).std() > 0


def test_long_curves_are_smoothed_without_a_shift():
    steps = np.arange(1000)
    rows = [{"step": step, "loss": 0.01 * step + (-1) ** step} for step in steps]

    pale, smooth = panels(curves.draw(rows))["losses"].lines

    assert len(pale.get_xdata()) == 1000
    np.testing.assert_allclose(smooth.get_ydata(), 0.01 * smooth.get_xdata(), atol=0.01)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"expected a column `step`, got \[\]"),
        ("loss\n1\n", r"expected a column `step`, got \['loss'\]"),
        ("step,loss\n1,2\n2,many\n", "line 3: loss is no number: 'many'"),
        ("step,loss\n,2\n", "line 2: the step is missing"),
        ("step,loss\n1,2,3\n", "line 2: more values"),
    ],
)
def test_a_damaged_history_is_named(history, text, message):
    history.write_text(text)

    with pytest.raises(ValueError, match=f"history.csv.*{message}"):
        curves.read_history(history)


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match=r"got columns \['step', 'seconds'\]"):
        curves.draw([{"step": 1, "seconds": 2.0}])
