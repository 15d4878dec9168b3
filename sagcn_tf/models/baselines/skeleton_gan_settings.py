"""Settings and presets of SkeletonGAN and c-SkeletonGAN."""

import dataclasses

from sagcn_tf.errors import UserError
from sagcn_tf.models.baselines.presets import with_small
from sagcn_tf.settings import Settings, setting


@dataclasses.dataclass(frozen=True)
class SkeletonGANSettings(Settings):
    """Settings of SkeletonGAN's two stages."""

    pose_steps: int = setting(
        100_000, (1, 10**9), "steps of the first stage, which learns single poses"
    )
    pose_learning_rate: float = setting(
        1e-3, (1e-9, 1.0), "learning rate of the first stage; halved after each quarter of it"
    )

    def check(self) -> None:
        """Raises a `UserError` if the stage of single poses does not end before the run does."""
        if self.pose_steps >= self.steps:
            raise UserError(
                f"pose_steps must be less than steps = {self.steps}, got {self.pose_steps}"
            )


_PAPER = {
    "steps": 112_500,
    "pose_steps": 100_000,
    "batch_size": 32,
    "learning_rate": 1e-4,
    "beta_1": 0.5,
    "beta_2": 0.9,
}
PRESETS = with_small(_PAPER, steps=4400, pose_steps=4000)
