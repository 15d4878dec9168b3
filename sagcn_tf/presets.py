"""What each system is trained with: presets, as values of `Config` that differ from its defaults.

`paper` is a system as it was published; `tuned` is the best that this project knows to make of it;
`small` is `tuned` for the built-in synthetic data, trained in minutes.
"""

# SA-GCN has two sets of networks: the paper's, and those of `sagcn_tf/models/tuned`.
PAPER_PRESETS = ("paper",)
TUNED_PRESETS = ("tuned", "small")

_SAGCN_TUNED = {
    "steps": 15_000,
    "batch_size": 16,
    "projection": 64,
    "hidden": 128,
    "maps": (256, 512),
    "filters": (32, 32, 32, 32, 32),
    "learning_rate": 4e-4,
    "decay_from": 0.35,
    "beta_1": 0.0,
    "beta_2": 0.99,
    "ema_decay": 0.999,
    "evaluate_every": 500,
}

_SAGCN = {
    "paper": {},
    "tuned": _SAGCN_TUNED,
    "small": {
        **_SAGCN_TUNED,
        "steps": 2400,
        "maps": (128, 256),
        "filters": (16, 16, 16, 16, 16),
        "sequence_width": 128,
        "frame_width": 128,
        "learning_rate": 5e-4,
        "decay_from": 0.5,
        "ema_decay": 0.998,
        "evaluate_every": 400,
        "clips_per_class": 100,
    },
}

# The compared systems are sized by their own files; steps are updates of what generates, but for
# adv-EPVA, whose critic takes five of six.
_SHORT = {"evaluate_every": 200, "clips_per_class": 100}
_ADAM = {"beta_1": 0.9, "beta_2": 0.999}
_PREDICTION = {"batch_size": 64, "learning_rate": 1e-4, **_ADAM}
_ADVERSARIAL_PREDICTION = {**_PREDICTION, "steps": 360_000, "beta_1": 0.5, "beta_2": 0.9}
_SKELETON_VAE = {"steps": 50_000, "learning_rate": 1e-4, **_ADAM}
_SKELETON_GAN = {
    "steps": 112_500,
    "pose_steps": 100_000,
    "batch_size": 32,
    "learning_rate": 1e-4,
    "beta_1": 0.5,
    "beta_2": 0.9,
}


def _with_small(paper, **small):
    return {"paper": paper, "small": {**paper, **_SHORT, **small}}


PRESETS = {
    "sagcn": _SAGCN,
    "e2e": _with_small(_PREDICTION, steps=1000, learning_rate=1e-3),
    "epva": _with_small(_PREDICTION, steps=1000, learning_rate=1e-3),
    "adv_epva": _with_small(_ADVERSARIAL_PREDICTION, steps=2400, learning_rate=5e-4),
    "skeleton_vae": _with_small(_SKELETON_VAE, steps=1500, batch_size=32, learning_rate=1e-3),
    "skeleton_gan": _with_small(_SKELETON_GAN, steps=4400, pose_steps=4000),
    "c_skeleton_gan": _with_small(_SKELETON_GAN, steps=4400, pose_steps=4000),
}
