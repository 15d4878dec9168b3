import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from sagcn_tf.figures import figure_io


@pytest.fixture
def red_figure():
    return Figure(figsize=(3, 2), dpi=50, facecolor="red")


def test_a_figure_is_rendered_to_pixels(red_figure):
    image = figure_io.to_image(red_figure)

    assert image.dtype == np.uint8
    assert image.shape == (100, 150, 3)
    assert (image == [255, 0, 0]).all()


def test_a_saved_figure_has_the_same_pixels(red_figure, tmp_path):
    figure_io.save(red_figure, tmp_path / "red.png")

    with Image.open(tmp_path / "red.png") as image:
        np.testing.assert_array_equal(image.convert("RGB"), figure_io.to_image(red_figure))


def test_a_failed_save_leaves_no_file(red_figure, tmp_path):
    with pytest.raises(ValueError, match="not supported"):
        figure_io.save(red_figure, tmp_path / "red.movie")

    assert not list(tmp_path.iterdir())
