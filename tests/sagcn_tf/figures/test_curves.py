import numpy as np
import pytest

from sagcn_tf.figures import curves
from sagcn_tf.figures.figure_io import to_image
from sagcn_tf.runs import read_history

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


def test_each_kind_of_curve_has_its_panel(history):
    figure = curves.draw(read_history(history), title="tuned")

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


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match=r"got columns \['step', 'seconds'\]"):
        curves.draw([{"step": 1, "seconds": 2.0}])
