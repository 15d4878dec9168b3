import types

import numpy as np

from tests.bodies import SKELETON, wave

DATA = types.SimpleNamespace(
    class_names=["walking", "sitting_down", "SittingDown 2"],
    skeleton=SKELETON,
    clip_rate=lambda frames: 2.5 * frames,
    recorded_rate=10.0,
    clips="window",
    root_motion=(),
    source=None,
    unit="pixel",
    dataset="fake",
    mean=np.ones((15, 2)),
    unstandardize=lambda motion: 10.0 * motion + 1.0,
)
SEEDS = np.arange(7, 10, dtype=np.int32)
ONE_HOT = np.eye(3, dtype=np.float32)


class FakeModel:
    """A model whose rows depend only on their own label and seed."""

    largest_batch = 0

    def generate(self, label, seed):
        assert label.dtype == np.float32 and seed.dtype == np.int32
        assert label.shape == (len(seed), len(DATA.class_names))
        self.largest_batch = max(self.largest_batch, len(seed))
        size = 100.0 * label.argmax(axis=1) + seed
        return np.stack([wave(4) * row for row in size]).astype(np.float32)
