import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgb

from sagcn_tf.figures import film_strip, pose
from sagcn_tf.figures.figure_io import to_image
from tests.bodies import SKELETON, SQUARE, SQUARE_MOTION, wave


def pixels(figure, color):
    """Returns the rows and columns of the pixels with exactly this color."""
    return np.nonzero((to_image(figure) == np.round(255 * np.array(to_rgb(color)))).all(axis=-1))


def number_of_poses(figure):
    (bones,) = (c for c in figure.axes[0].collections if isinstance(c, LineCollection))
    return len(bones.get_segments()) / len(SKELETON.bones)


@pytest.mark.parametrize(("every", "poses"), [(1, 50), (2, 25), (3, 17), (100, 1)])
def test_poses_are_drawn_at_the_given_distance(every, poses):
    figure = film_strip.draw(wave(50), SKELETON, every)

    assert number_of_poses(figure) == poses
    numbers = [text.get_text() for text in figure.axes[0].texts]
    assert [number for number in numbers if number] == [str(every * n) for n in range(poses)]


def test_people_are_upright_and_face_the_viewer():
    figure = film_strip.draw(wave(1), SKELETON)

    head_rows, _ = pixels(figure, pose.MIDDLE)
    left_rows, left_columns = pixels(figure, pose.LEFT)
    right_rows, right_columns = pixels(figure, pose.RIGHT)

    assert head_rows.min() < min(left_rows.min(), right_rows.min())
    assert head_rows.max() < min(left_rows.max(), right_rows.max())
    assert left_columns.mean() > right_columns.mean()


def test_a_square_stays_square():
    rows, columns = pixels(film_strip.draw(SQUARE_MOTION, SQUARE), pose.LEFT)

    assert np.ptp(rows) > 50
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 1


def test_a_walking_body_stays_in_its_columns():
    steps = 30.0 * np.arange(9)[:, None, None] * [1, 0]

    walking = to_image(film_strip.draw(SQUARE_MOTION + steps, SQUARE))

    np.testing.assert_array_equal(
        walking, to_image(film_strip.draw(SQUARE_MOTION + 0 * steps, SQUARE))
    )


def test_all_rows_of_a_page_have_the_same_scale():
    figure = film_strip.page({"": {"adult": wave(9), "child": wave(9) / 2}}, SKELETON)

    rows, _ = pixels(figure, pose.LEFT)
    gap = np.argmax(np.diff(np.unique(rows)))
    adult, child = np.unique(rows)[: gap + 1], np.unique(rows)[gap + 1 :]
    line_width = 4

    assert np.ptp(adult) / np.ptp(child) == pytest.approx(2, abs=line_width / np.ptp(child))


def test_groups_and_rows_are_labeled():
    groups = {
        "waving": {"generated": wave(9), "real": wave(9)},
        "greeting": {"generated": wave(9), "real": wave(9)},
    }

    figure = film_strip.page(groups, SKELETON, title="after 100 steps")

    figure.canvas.draw()
    written = [
        (text.get_text(), text.get_window_extent().y0)
        for text in figure.axes[0].texts
        if text.get_text() and not text.get_text().isdigit()
    ]
    assert [text for text, _ in written] == [
        *("waving", "generated", "real"),
        *("greeting", "generated", "real"),
    ]
    heights = [height for _, height in written]
    assert heights == sorted(heights, reverse=True)
    assert figure.texts[0].get_text() == "after 100 steps"


def test_a_line_separates_groups_without_touching_a_body():
    groups = {"waving": {"a": wave(9), "b": wave(9)}, "greeting": {"a": wave(9)}}

    axes = film_strip.page(groups, SKELETON).axes[0]
    (line,) = axes.lines
    bones = np.array(axes.collections[0].get_segments())  # [3 rows * 3 poses * bones, 2, 2]
    _, above, below = bones[..., 1].reshape(3, -1)
    head = pose.head_radius(pose.image_points(wave(9), SKELETON), SKELETON)

    assert above.max() < line.get_ydata()[0] < below.min() - head


def test_labels_do_not_overlap_the_first_pose():
    figure = film_strip.page({"cross_hands_in_front": {"generated": wave(50)}}, SKELETON)

    _, body = pixels(figure, pose.RIGHT)
    label = figure.axes[0].texts[0]

    assert label.get_text() == "cross_hands_in_front"
    assert label.get_window_extent().x1 < body.min()


def test_a_motion_without_extent_can_be_drawn():
    figure = film_strip.draw(np.zeros((6, 15, 2)), SKELETON)

    assert number_of_poses(figure) == 2
    assert to_image(figure).min() < 255


def test_invalid_arguments_are_refused():
    with pytest.raises(ValueError, match="every: expected at least 1 frame, got 0"):
        film_strip.draw(wave(3), SKELETON, every=0)
    with pytest.raises(ValueError, match="groups: expected at least one motion"):
        film_strip.page({"waving": {}}, SKELETON)
    with pytest.raises(ValueError, match=r"got \[3, 15\]"):
        film_strip.draw(wave(3)[..., 0], SKELETON)
