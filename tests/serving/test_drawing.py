import dataclasses

import numpy as np
import pytest
from matplotlib import image
from matplotlib.colors import to_rgb
from PIL import Image

from serving import drawing
from serving.description import Description
from tests.serving.closed_form_model import SKELETON


def description(frame_rate=12.5):
    return Description(
        class_names=("waving",),
        skeleton=SKELETON,
        unit="pixel",
        frame_rate=frame_rate,
        frames=4,
        dimensions=2,
        dataset="drawn",
        version=1,
    )


def motions(count=1, frames=4, dimensions=2):
    """People whose head is above (y is down), with the left hand to the right of the picture."""
    pose = np.array([[0, 0, 9], [0, -5, 9], [0, -8, 9], [4, -2, 9], [-4, -2, 9]], np.float32)
    wave = np.zeros((count, frames, 5, 3), np.float32)
    wave[:, :, 3, 1] = np.linspace(0, -5, frames)
    return (pose + wave)[..., :dimensions]


def places(pixels, color):
    """Rows and columns of the pixels that have about a colour."""
    near = np.abs(pixels[..., :3] - np.array(to_rgb(color))).max(axis=-1) < 0.1
    return np.argwhere(near)


def frame(path, number):
    with Image.open(path) as gif:
        gif.seek(number)
        return np.asarray(gif.convert("RGB")) / 255


def test_a_gif_has_all_frames_at_the_rate_of_the_motion(tmp_path):
    path = tmp_path / "wave.gif"

    drawing.save_gif(path, motions(count=2), description(frame_rate=50 / 3), ["a", "b"])

    with Image.open(path) as gif:
        durations = []
        for number in range(gif.n_frames):
            gif.seek(number)
            durations.append(gif.info["duration"])
        assert gif.size == (600, 300)
        assert gif.info["loop"] == 0
    assert durations == [60, 60, 60, 60]


def test_people_stand_upright_with_left_and_right_in_their_colours(tmp_path):
    path = tmp_path / "wave.gif"

    drawing.save_gif(path, motions(), description(), [""])
    pixels = frame(path, 0)

    left, right = places(pixels, drawing.LEFT), places(pixels, drawing.RIGHT)
    middle = places(pixels, drawing.MIDDLE)
    assert left[:, 1].min() >= right[:, 1].max() - 5  # the left hand has the larger x
    assert middle[:, 0].min() < left[:, 0].min()  # the head is highest
    assert frame(path, 3).shape == pixels.shape
    assert places(frame(path, 3), drawing.LEFT)[:, 0].min() < left[:, 0].min()  # the hand went up


def test_axes_are_equal(tmp_path):
    path = tmp_path / "wave.gif"
    square = motions()
    square[...] = 0.0
    square[:, :, 3] = [10, 0]  # a bone of the left to the right, one of the right downwards
    square[:, :, 4] = [0, 10]

    drawing.save_gif(path, square, description(), [""])
    pixels = frame(path, 0)

    left, right = places(pixels, drawing.LEFT), places(pixels, drawing.RIGHT)
    assert abs(np.ptp(left[:, 1]) - np.ptp(right[:, 0])) <= 3


@pytest.mark.parametrize("dimensions", [2, 3])
def test_a_film_strip_shows_every_third_frame(tmp_path, dimensions):
    path = tmp_path / "wave.png"

    drawing.save_png(path, motions(2, 7, dimensions), description(), ["a", "b"])

    pixels = image.imread(path)
    columns = np.zeros(pixels.shape[1], bool)
    columns[places(pixels, drawing.LEFT)[:, 1]] = True
    strips = np.count_nonzero(columns[1:] & ~columns[:-1])
    assert strips == 3  # frames 0, 3 and 6


def test_a_body_without_a_head_is_drawn_too(tmp_path):
    headless = dataclasses.replace(
        description(), skeleton=SKELETON | {"joints": ["a", "b", "c", "d", "e"]}
    )

    drawing.save_png(tmp_path / "wave.png", motions(), headless, ["a"])

    assert len(places(image.imread(tmp_path / "wave.png"), drawing.LEFT))
