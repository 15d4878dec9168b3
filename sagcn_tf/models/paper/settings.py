"""Settings that only the networks of the paper read."""

import dataclasses
import functools

from sagcn_tf.settings import Settings, setting

# The presets that have these networks.
PAPER_PRESETS = ("paper",)
_setting = functools.partial(setting, presets=PAPER_PRESETS)


@dataclasses.dataclass(frozen=True)
class PaperSettings(Settings):
    """Settings of the paper's generator, D_V and D_F."""

    noise_dim: int = _setting(30, (1, 4096), "width of the noise of each frame")
    label_embedding: int = _setting(20, (1, 4096), "width of the embedded class")
    attention_residual: str = _setting(
        "gated",
        ("gated", "none"),
        "H_in = H + gamma Dense(S V), or S V as in equation 4",
    )
    sequence_maps: tuple[int, ...] = _setting(
        (1000, 1000, 1024, 128),
        (1, 65536),
        "widths of D_V: two maps, the class, two maps",
        length=4,
    )
    frame_maps: tuple[int, ...] = _setting(
        (1024, 512, 1024, 128),
        (1, 65536),
        "widths of D_F: two maps, the class, two maps",
        length=4,
    )
    real_target: float = _setting(0.9, (0.5, 1.0), "target of real clips in the loss")
