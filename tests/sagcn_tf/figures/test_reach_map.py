import numpy as np

from sagcn_tf.figures import reach_map
from tests.bodies import SKELETON, wave

FRAMES = 20


def shares(frames):
    """Two convolutions: the first reaches one joint of frame 19, the second one of each frame."""
    reached = np.zeros((2, FRAMES, SKELETON.num_joints))
    reached[0, 19, 7] = 1.0
    reached[1, frames, 3] = 1.0 / len(frames)
    return reached


def drawn_nodes(axes):
    return [
        collection.get_offsets() for collection in axes.collections if len(collection.get_offsets())
    ]


def test_reached_nodes_are_drawn_in_frames_of_equal_scale():
    figure = reach_map.draw(wave(FRAMES), shares([15, 18, 19]), SKELETON, 19, 7, "what reaches it")

    first, second = figure.axes[:2]
    assert first.get_title(loc="left") == "after one graph convolution: 1 nodes in 1 frames"
    assert second.get_title(loc="left").endswith("3 nodes in 3 frames")
    assert first.get_xlim() == second.get_xlim() and first.get_ylim() == second.get_ylim()
    assert [text.get_text() for text in second.texts] == ["15", "18", "19"]
    scatters = [nodes for nodes in drawn_nodes(second) if len(nodes) == 3]
    np.testing.assert_allclose(np.diff(scatters[0][:, 0]), 1.0, atol=0.5)


def test_of_many_frames_those_with_the_largest_shares_are_drawn():
    reached = shares(list(range(20)))
    reached[1, 2] *= 5

    figure = reach_map.draw(wave(FRAMES), reached, SKELETON, 19, 7)

    second = figure.axes[1]
    assert len(second.texts) == reach_map.MAX_FRAMES
    assert "2" in [text.get_text() for text in second.texts]
    assert second.get_title(loc="left").endswith("20 frames (9 frames not drawn)")
