import numpy as np
import pytest

from benchmarks.full_graph import block_of, kinds
from tests.systems import eager_functions


@pytest.mark.parametrize("kind", kinds(20))
def test_the_block_of_each_kind_has_gradients(kind):
    with eager_functions():
        gradient = block_of(kind, 20, 2)()

    assert gradient.shape == (2, 20, 30)
    assert np.isfinite(gradient).all() and np.abs(gradient).max() > 0
