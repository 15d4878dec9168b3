import numpy as np
import pytest
from matplotlib.collections import LineCollection

from sagcn_tf.figures import attention_map
from sagcn_tf.figures.figure_io import to_image
from tests.bodies import SKELETON, SQUARE, SQUARE_MOTION, wave

# Four frames. Rows sum to 1. Each row keeps the frame itself and the best two past frames.
ATTENTION = np.array(
    [
        [1.0, 0.0, 0.0, 0.0],
        [0.3, 0.7, 0.0, 0.0],
        [0.2, 0.3, 0.5, 0.0],
        [0.4, 0.1, 0.3, 0.2],
    ]
)
KEPT = np.array([[0, -1, -1], [1, 0, -1], [2, 1, 0], [3, 0, 2]])


def test_the_map_marks_kept_frames_and_hides_the_future():
    axes, _ = attention_map.draw(ATTENTION, KEPT, title="clip 0").axes

    marks = axes.collections[0].get_offsets()
    shown = axes.images[0].get_array()

    expected = {(0, 0), (1, 1), (0, 1), (2, 2), (1, 2), (0, 2), (3, 3), (0, 3), (2, 3)}
    assert {(int(u), int(t)) for u, t in marks} == expected
    np.testing.assert_array_equal(shown.mask, np.triu(np.ones((4, 4)), k=1))
    np.testing.assert_array_equal(shown.compressed(), ATTENTION[np.tril_indices(4)])


def test_row_0_of_the_map_is_at_the_top():
    figure = attention_map.draw(ATTENTION, KEPT)
    figure.canvas.draw()
    axes = figure.axes[0]

    first, last = axes.transData.transform([(0, 0), (0, 3)])

    assert first[1] > last[1]


def test_kept_frames_of_the_last_row_are_sorted_by_attention():
    figure = attention_map.draw_last_row(wave(4), ATTENTION, KEPT, SKELETON, every=2)
    axes = figure.axes[0]

    labels = [text.get_text() for text in axes.texts if text.get_text().startswith("frame")]
    above, below = (c for c in axes.collections if isinstance(c, LineCollection))

    assert labels == ["frame 0\n0.400", "frame 2\n0.300", "frame 3 (itself)\n0.200"]
    np.testing.assert_array_equal(axes.images[0].get_array(), ATTENTION[-1:])
    assert len(above.get_segments()) == 2 * len(SKELETON.bones)  # frames 0 and 2
    assert len(below.get_segments()) == 3 * len(SKELETON.bones)


def test_poses_are_above_their_frames_in_the_heat_strip():
    weights = np.tril(np.ones((12, 12))) / np.arange(1, 13)[:, None]
    kept = np.arange(12)[:, None]  # K = 0: each frame keeps only itself
    axes = attention_map.draw_last_row(wave(12), weights, kept, SKELETON).axes[0]

    left, right = axes.images[0].get_extent()[:2]
    segments = np.array(axes.collections[0].get_segments())  # [4 poses * bones, 2, 2]
    roots = segments.reshape(4, -1, 2, 2)[:, SKELETON.bones.index((-1, 0)), 0, 0]

    centers = left + (right - left) * (np.array([0, 3, 6, 9]) + 0.5) / 12
    np.testing.assert_allclose(roots, centers)


def test_a_walking_body_stays_at_its_frame():
    motion = np.repeat(SQUARE_MOTION, 4, axis=0) + 30.0 * np.arange(4)[:, None, None] * [1, 0]

    walking = attention_map.draw_last_row(motion, ATTENTION, KEPT, SQUARE)
    standing = attention_map.draw_last_row(motion[[0] * 4], ATTENTION, KEPT, SQUARE)

    np.testing.assert_array_equal(to_image(walking), to_image(standing))


def test_poses_above_and_below_the_strip_fit_the_figure():
    figure = attention_map.draw_last_row(wave(4), ATTENTION, KEPT, SKELETON, title="waving")
    axes = figure.axes[0]
    image = to_image(figure)

    upper, lower = axes.get_ylim()[::-1]
    assert upper < axes.images[0].get_extent()[3] < lower
    assert axes.get_aspect() == 1
    assert (image[0] == 255).all() and (image[:, 0] == 255).all()


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"attention: expected \[T, T\].*got \[1, 4, 4\]"):
        attention_map.draw(ATTENTION[None], KEPT)
    with pytest.raises(ValueError, match=r"kept: expected \[4, K \+ 1\].*got \[3, 3\]"):
        attention_map.draw(ATTENTION, KEPT[1:])
    with pytest.raises(ValueError, match=r"from -1 to 3, got \[4, 3\] with values up to 4"):
        attention_map.draw(ATTENTION, KEPT + 1)
    with pytest.raises(ValueError, match="motion: expected 4 frames.*got 5"):
        attention_map.draw_last_row(wave(5), ATTENTION, KEPT, SKELETON)
