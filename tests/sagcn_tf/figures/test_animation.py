import numpy as np
import pytest
from PIL import Image, ImageColor, ImageSequence

from sagcn_tf.figures import animation, pose
from tests.bodies import SKELETON, SQUARE, SQUARE_MOTION, wave


def save(tmp_path, motions, frame_rate=50 / 3, titles=None):
    path = tmp_path / "people.gif"
    animation.save_gif(path, motions, SKELETON, frame_rate, titles)
    return path


def frames_of(path):
    with Image.open(path) as image:
        return [np.array(frame.convert("RGB")) for frame in ImageSequence.Iterator(image)]


def duration_of(path):
    with Image.open(path) as image:
        return sum(frame.info["duration"] for frame in ImageSequence.Iterator(image))


def has_color(pixels, color):
    """Returns a mask of the pixels of this color, up to the rounding of the palette."""
    return (np.abs(pixels.astype(int) - ImageColor.getrgb(color)) <= 2).all(axis=-1)


def test_the_gif_has_one_frame_per_frame_of_the_motion(tmp_path):
    path = save(tmp_path, [wave(20), wave(20)], titles=["one", "two"])

    frames = frames_of(path)

    assert len(frames) == 20
    assert frames[0].shape == (animation.PANEL + animation.TITLE, 2 * animation.PANEL, 3)
    assert all((a != b).any() for a, b in zip(frames, frames[1:], strict=False))
    assert path.stat().st_size < 2 * 20 * 3000
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("frame_rate", "milliseconds"), [(50 / 3, 3000), (30, 1670), (50, 1000)])
def test_the_gif_has_the_duration_of_the_motion(tmp_path, frame_rate, milliseconds):
    assert duration_of(save(tmp_path, [wave(50)], frame_rate)) == milliseconds


def test_the_gif_repeats_forever(tmp_path):
    with Image.open(save(tmp_path, [wave(3)])) as image:
        assert image.info["loop"] == 0


def test_people_are_upright_and_face_the_viewer(tmp_path):
    picture = frames_of(save(tmp_path, [wave(3)]))[0]

    head_rows, _ = np.nonzero(has_color(picture, pose.MIDDLE))
    left_rows, left_columns = np.nonzero(has_color(picture, pose.LEFT))
    right_rows, right_columns = np.nonzero(has_color(picture, pose.RIGHT))

    assert head_rows.min() < min(left_rows.min(), right_rows.min())
    assert head_rows.max() < min(left_rows.max(), right_rows.max())
    assert left_columns.mean() > right_columns.mean()


def test_a_square_stays_square(tmp_path):
    path = tmp_path / "square.gif"
    animation.save_gif(path, [SQUARE_MOTION], SQUARE, frame_rate=25)

    rows, columns = np.nonzero(has_color(frames_of(path)[0], pose.LEFT))

    assert np.ptp(rows) > 0.7 * animation.PANEL
    assert np.ptp(rows) == np.ptp(columns)


def test_bodies_fit_their_panels_and_have_the_same_scale(tmp_path):
    picture = frames_of(save(tmp_path, [wave(3), wave(3) / 2]))[0]
    left_limbs = has_color(picture, pose.LEFT)
    line_width = 6

    adult, child = (
        np.ptp(np.nonzero(panel)[0]) - line_width
        for panel in (left_limbs[:, : animation.PANEL], left_limbs[:, animation.PANEL :])
    )

    assert (picture[[0, -1]] == 255).all() and (picture[:, [0, -1]] == 255).all()
    assert adult / child == pytest.approx(2, rel=0.03)  # to a pixel or two


def test_the_sixth_clip_starts_a_second_row(tmp_path):
    picture = frames_of(save(tmp_path, [wave(2)] * 6))[0]
    panel = animation.PANEL

    assert picture.shape == (2 * panel, 5 * panel, 3)
    assert (picture[panel:, :panel] == picture[:panel, :panel]).all()
    assert (picture[panel:, panel:] == 255).all()


def test_invalid_arguments_keep_the_old_file(tmp_path):
    path = save(tmp_path, [wave(3)])
    before = path.read_bytes()

    with pytest.raises(ValueError, match="titles: expected 1, one per clip, got 2"):
        save(tmp_path, [wave(3)], titles=["one", "two"])
    with pytest.raises(ValueError, match="at least one clip"):
        save(tmp_path, [])
    with pytest.raises(ValueError, match=r"got \[3, 14, 2\]"):
        save(tmp_path, [wave(3)[:, 1:]])

    assert path.read_bytes() == before
