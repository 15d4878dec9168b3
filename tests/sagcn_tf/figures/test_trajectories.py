import numpy as np

from sagcn_tf.figures import trajectories
from sagcn_tf.figures.palette import curve_style

NAMES = [f"class {number}" for number in range(12)]


def test_panels_have_the_same_limits_and_equal_axes_and_mark_the_start():
    small = np.random.default_rng(0).normal(size=[12, 5, 2])

    figure = trajectories.draw({"generated": small, "real": 3 * small}, NAMES)

    generated, real = figure.axes
    assert generated.get_xlim() == real.get_xlim() and generated.get_ylim() == real.get_ylim()
    assert np.ptp(generated.get_xlim()) == np.ptp(generated.get_ylim())
    assert generated.get_aspect() == 1
    path, start = real.lines[:2]
    np.testing.assert_array_equal(path.get_xydata(), 3 * small[0])
    np.testing.assert_array_equal(start.get_xydata(), 3 * small[0, :1])
    assert [text.get_text() for text in real.texts] == NAMES
    assert [text.get_text() for text in figure.legends[0].texts] == NAMES


def test_curves_differ_in_color_or_dashes():
    styles = {tuple(curve_style(number).values()) for number in range(28)}

    assert len(styles) == 28


def test_matrices_have_one_scale():
    figure = trajectories.draw_distances(
        {"generated": np.ones([3, 3]), "real": np.eye(3) * 7}, NAMES[:3]
    )

    assert [axes.images[0].get_clim() for axes in figure.axes[:2]] == [(0, 7), (0, 7)]
