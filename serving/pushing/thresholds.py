"""The limits that a model must keep to be served."""

import dataclasses


def _field(default, statistic, meaning):
    return dataclasses.field(default=default, metadata={"statistic": statistic, "help": meaning})


@dataclasses.dataclass(frozen=True)
class Thresholds:
    """Limits for the values in a run's `metrics.json`.

    All except the first are ratios of generated to real motion. The defaults stop broken models,
    not mediocre ones: noise, frozen or trembling bodies, limbs that stretch, one motion for all
    seeds, copies of training clips.

    Attributes:
        max_mmd_seq: Default None: the MMD_seq of white noise on the same data.
    """

    max_mmd_seq: float | None = _field(
        None, None, "highest MMD_seq to the training clips (default: the one of white noise)"
    )
    min_speed: float = _field(0.1, "speed", "lowest speed")
    max_acceleration: float = _field(3.0, "acceleration", "highest acceleration")
    max_bone_length_variation: float = _field(
        3.0, "bone length variation", "highest variation of bone lengths within a clip"
    )
    min_diversity: float = _field(0.3, "diversity", "lowest difference between clips of one class")
    min_distance_to_nearest_training_clip: float = _field(
        0.3, "distance to nearest training clip", "lowest distance to the nearest training clip"
    )
