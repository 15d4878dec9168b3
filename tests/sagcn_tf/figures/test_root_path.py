import types

import numpy as np
import pytest

from sagcn_tf.figures.root_path import seen_from_the_side

DATA = types.SimpleNamespace(root_motion=(0,))
_BODY = np.array([[0, 0, 0], [3, -5, 1], [-3, 5, 2]], np.float32)


def going(*way):
    """A body ten high that goes some way to the right, down and away, `[1, 5, 3, 3]`."""
    return (_BODY + np.linspace(0, 1, 5)[:, None, None] * way).astype(np.float32)[None]


@pytest.mark.parametrize("way", [(8, 0, 0), (0, 0, 8), (-5, 1, 5), (0, 0, -30)])
def test_a_body_goes_to_the_right(way):
    motion = going(*way)

    seen = seen_from_the_side(motion, DATA)

    moved = seen[0, -1, 0] - seen[0, 0, 0]
    np.testing.assert_allclose(moved, [np.hypot(way[0], way[2]), way[1], 0], atol=1e-5)
    spans = [np.linalg.norm(one - one[..., :1, :], axis=-1) for one in (motion, seen)]
    np.testing.assert_allclose(spans[1], spans[0], rtol=1e-5)


def test_what_stays_near_is_seen_from_the_front():
    both = np.concatenate([going(0, 9, 4), going(0, 0, 6)])

    seen = seen_from_the_side(both, DATA)

    np.testing.assert_array_equal(seen[0], both[0])
    assert np.ptp(seen[1, :, 0, 0]) == pytest.approx(6)


def test_other_motion_is_not_turned():
    still, flat = types.SimpleNamespace(root_motion=()), going(9, 0, 0)[..., :2]

    assert seen_from_the_side(going(0, 0, 9), still)[0, -1, 0, 2] == 9
    assert seen_from_the_side(flat, DATA) is flat
