"""Every system with a configuration that trains in moments, for tests that all of them pass.

What is added to `sagcn_tf.systems.SYSTEMS` is tested by them without another line here.
"""

from sagcn_tf.config import make_config
from tests.small_data import FRAMES, small_config

STEPS = 6


def system_config(model, steps=STEPS, **overrides):
    """Preset `paper` on short clips; stages of training change within the steps."""
    if model == "sagcn":
        return small_config(steps=steps, average=0.5, **overrides)
    short = {
        "frames": FRAMES,
        "steps": steps,
        "batch_size": 4,
        "checkpoint_every": 2,
        "evaluate_every": 4,
    }
    if "skeleton_gan" in model:
        short["pose_steps"] = 2 * steps // 3 if steps > 2 else 1
    return make_config("synthetic", "paper", model, **{**short, **overrides})
