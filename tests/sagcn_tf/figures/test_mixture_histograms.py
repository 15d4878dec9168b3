import numpy as np

from sagcn_tf.figures import mixture_histograms
from sagcn_tf.figures.figure_io import to_image
from sagcn_tf.metrics.mixture_order import mixture_order

LAMBDAS = (0.0, 0.5, 1.0)
PLACES = np.array([[0.0, 0.1, 0.2], [1.0, 1.1, 1.2], [2.0, 2.1, 2.2]])


def test_histograms_of_a_column_share_their_axes_and_name_the_classes():
    orders = {"t-SNE": mixture_order(PLACES), "PCA": mixture_order(PLACES[::-1] * [1, -1, 1])}

    figure = mixture_histograms.draw(orders, LAMBDAS, ("sitting", "walking"), "mixtures")

    axes = np.reshape(figure.axes, (3, 2))
    assert axes[0, 0].get_title() == "t-SNE: rank correlation 1.00"
    assert axes[0, 0].get_xlim() == axes[2, 0].get_xlim()
    assert axes[0, 0].get_ylim() == axes[2, 1].get_ylim()
    assert [axes[row, 0].get_ylabel() for row in range(3)] == [
        "walking\n0.0",
        "0.5",
        "sitting\n1.0",
    ]
    assert to_image(figure).shape[1] >= 1000


def test_every_pair_is_written_once_at_one_scale():
    values = np.array([[np.nan, 0.91, -0.3], [0.91, np.nan, np.nan], [-0.3, np.nan, np.nan]])

    figure = mixture_histograms.draw_pairs({"t-SNE": values, "PCA": values}, ["a", "b", "c"])

    for axes in figure.axes[:2]:
        assert [text.get_text() for text in axes.texts] == [".91", "-.30", "none"]
        assert axes.images[0].get_clim() == (-1, 1)
