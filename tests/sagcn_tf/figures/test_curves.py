import numpy as np
import pytest

from sagcn_tf.figures import curves
from sagcn_tf.figures.figure_io import to_image

ROWS = [
    {"step": 10, "D_V/loss": 1.4, "D_V/accuracy_real": 0.5, "steps_per_second": 2.0},
    {"step": 20, "D_V/loss": 1.2, "D_V/accuracy_real": 0.6, "selection/mmd_seq": 0.9},
    {"step": 30, "D_V/loss": 1.1, "D_V/accuracy_real": 0.7, "selection/mmd_seq": 0.4},
    {"step": 40, "D_V/loss": 1.0, "D_V/accuracy_real": 0.8, "selection/mmd_seq": 0.5},
]


def panels(figure):
    return {axes.get_title(): axes for axes in figure.axes}


def test_each_kind_of_curve_has_its_own_panel():
    figure = curves.draw(ROWS, title="tuned")

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


def test_rows_without_curves_are_refused():
    with pytest.raises(ValueError, match=r"got columns \['step', 'seconds'\]"):
        curves.draw([{"step": 1, "seconds": 2.0}])


def test_no_curve_is_cut_off():
    rows = [
        {"step": step, "selection/mmd_avg": 0.2 / step, "selection/mmd_seq": 0.9 / step}
        for step in (1, 2, 3)
    ]

    (axes,) = curves.draw(rows).axes

    low, high = axes.get_ylim()
    assert low == 0 and high > 0.9
