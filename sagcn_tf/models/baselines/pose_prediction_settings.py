"""Settings and presets of E2E, EPVA and adv-EPVA."""

import dataclasses

from sagcn_tf.models.baselines.presets import ADAM, with_small
from sagcn_tf.settings import Settings, setting


@dataclasses.dataclass(frozen=True)
class PosePredictionSettings(Settings):
    """Settings of the systems that predict poses."""

    start: str = setting(
        "real1",
        ("real1", "real5", "noise"),
        "what a prediction starts from: one real frame of the class, five, or noise",
    )


_PREDICTION = {"batch_size": 64, "learning_rate": 1e-4, **ADAM}
# Five of every six steps of adv-EPVA train the critic.
_ADVERSARIAL = {**_PREDICTION, "steps": 360_000, "beta_1": 0.5, "beta_2": 0.9}

E2E = EPVA = with_small(_PREDICTION, steps=1000, learning_rate=1e-3)
ADVERSARIAL_EPVA = with_small(_ADVERSARIAL, steps=2400, learning_rate=5e-4)
