"""Settings and presets of SkeletonVAE."""

import dataclasses

from sagcn_tf.models.baselines.presets import ADAM, with_small
from sagcn_tf.settings import Settings, setting


@dataclasses.dataclass(frozen=True)
class SkeletonVAESettings(Settings):
    """Settings of SkeletonVAE."""

    kl_weight: float = setting(1.0, (0.0, 100.0), "weight of the KL divergence after its warm-up")


_PAPER = {"steps": 50_000, "learning_rate": 1e-4, **ADAM}
PRESETS = with_small(_PAPER, steps=1500, batch_size=32, learning_rate=1e-3)
