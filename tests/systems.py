"""Every system and variant with a configuration that trains in moments, for tests that all pass.

Read from `sagcn_tf.models.systems.SYSTEMS` and table 4, so that additions there are tested, too.
"""

import contextlib
import warnings

import tensorflow as tf

from sagcn_tf import runs
from sagcn_tf.config import make_config
from sagcn_tf.models.systems import SYSTEMS
from sagcn_tf.reproduction.tables import TABLES, Row
from tests.small_data import FRAMES, small_config, small_data

STEPS = 6
_ROWS = {row.key: row for row in TABLES[4].rows} | {name: Row(name, name, name) for name in SYSTEMS}
_SAME_CODE = ("sagcn", "k1", "k3", "k10")  # which differ in the number of kept frames alone
# Rows of table 4 for which other code runs than for SA-GCN: {key: settings}.
VARIANTS = {row.key: row.settings for row in TABLES[4].rows if row.key not in _SAME_CODE}


@contextlib.contextmanager
def eager_functions():
    """Runs every `tf.function` eagerly, but for those of `tf.data`."""
    tf.config.run_functions_eagerly(True)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", ".* does not apply to tf.data", UserWarning)
            yield
    finally:
        tf.config.run_functions_eagerly(False)


def system_config(name, steps=STEPS, **overrides):
    """Narrow networks on short clips; stages of training change within the steps.

    SA-GCN has the networks of `tuned`, unless a row says otherwise.

    Args:
        name: of a system or of a row of table 4.
        steps: of the whole run.
        **overrides: other fields of the configuration.
    """
    row = _ROWS[name]
    if row.model == "sagcn":
        settings = {"preset": "tuned", "ema_decay": 0.5, **row.settings}
        return small_config(**{"steps": steps, **settings, **overrides})
    short = {
        "frames": FRAMES,
        "steps": steps,
        "batch_size": 4,
        "checkpoint_every": 2,
        "evaluate_every": 4,
    }
    if "skeleton_gan" in row.model:
        short["pose_steps"] = 2 * steps // 3 if steps > 2 else 1
    return make_config("synthetic", "paper", row.model, **{**short, **overrides})


def compiled_system(name, dimensions=2, **overrides):
    """A compiled model of `system_config`, adapted to the small data."""
    data = small_data(dimensions)
    model = runs.new_model(system_config(name, **overrides), data)
    model.compile()
    model.adapt(data)
    return model
