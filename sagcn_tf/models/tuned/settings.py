"""Settings that only the networks of `tuned` read, and its presets."""

import dataclasses
import functools

from sagcn_tf.settings import Settings, setting

# The presets that have these networks.
TUNED_PRESETS = ("tuned", "small")
_setting = functools.partial(setting, presets=TUNED_PRESETS)


@dataclasses.dataclass(frozen=True)
class TunedSettings(Settings):
    """Settings of the generator, D_V and D_F of `tuned`."""

    clip_noise: int = _setting(32, (1, 4096), "width of the noise that all frames of a clip share")
    modes: int = _setting(
        16, (0, 4096), "learned vectors per class, of which each clip gets one; 0: none"
    )
    frame_noise: int = _setting(16, (1, 4096), "width of the noise of each frame")
    noise_memory: float = _setting(
        0.95, (0.0, 0.9999), "correlation of the noise of neighboring frames"
    )
    waves: int = _setting(6, (0, 4096), "sine waves of random phase in the noise of the frames")
    latent: int = _setting(128, (1, 65536), "width of the latent vector of a clip")
    warm_up: int = _setting(12, (0, 10_000), "frames for which the RNN runs before the first one")
    accumulation: float = _setting(
        0.9, (0.0, 0.9999), "share r of the past in the sum of RNN outputs, c_t = o_t + r c_{t-1}"
    )
    joint_features: int = _setting(
        8, (1, 4096), "numbers of each joint that attention and graph convolutions work on"
    )
    alibi_slope: float = _setting(
        0.5, (0.0, 100.0), "attention scores fall by this per frame of distance"
    )
    activation: str = _setting(
        "relu",
        ("relu", "silu", "swish"),
        "activation function of the generator; silu is x sigmoid(x), swish x sigmoid(6 x)",
    )
    sequence_width: int = _setting(256, (1, 65536), "width of the layers of D_V")
    frame_width: int = _setting(256, (1, 65536), "width of the layers of D_F")
    gradient_penalty: float = _setting(
        2.0, (0.0, 1000.0), "weight of the gradient penalty on real and fake clips (R1 and R2)"
    )


_TUNED = {
    "steps": 20_000,
    "batch_size": 16,
    "clips_of_class": 4,
    "modes": 128,
    "activation": "swish",
    "projection": 64,
    "hidden": 128,
    "maps": (256, 512),
    "filters": (32, 32, 32, 32, 32),
    "learning_rate": 4e-4,
    "decay_from": 0.35,
    "beta_1": 0.0,
    "beta_2": 0.99,
    "ema_decay": 0.999,
    "evaluate_every": 1000,
}

TUNED = {
    "tuned": _TUNED,
    "small": {
        **_TUNED,
        "steps": 3000,
        "modes": 64,
        "activation": "silu",
        "maps": (128, 256),
        "filters": (16, 16, 16, 16, 16),
        "sequence_width": 128,
        "frame_width": 128,
        "learning_rate": 5e-4,
        "decay_from": 0.5,
        "ema_decay": 0.998,
        "evaluate_every": 750,
        "clips_per_class": 100,
    },
}
