"""Settings that only the networks of the paper read, and its presets."""

import dataclasses
import functools

from sagcn_tf.settings import Settings, setting

# The presets that have these networks.
PAPER_PRESETS = ("paper", "authors")
_setting = functools.partial(setting, presets=PAPER_PRESETS)


@dataclasses.dataclass(frozen=True)
class PaperSettings(Settings):
    """Settings of the paper's generator, D_V and D_F, and of the game that they play."""

    noise_dim: int = _setting(30, (1, 4096), "width of the noise of each frame")
    label_embedding: int = _setting(20, (1, 4096), "width of the embedded class")
    label_after_sum: bool = _setting(
        False, (False, True), "concatenate the label to the accumulated outputs of the RNN"
    )
    attention_residual: str = _setting(
        "none",
        ("none", "gated"),
        "H_in = S V as in equation 4, or H + gamma Dense(S V)",
    )
    sequence_maps: tuple[int, ...] = _setting(
        (1000, 1000, 1024, 128),
        (1, 65536),
        "widths of the four maps of D_V; the class enters the third",
        length=4,
    )
    frame_maps: tuple[int, ...] = _setting(
        (1024, 512, 1024, 128),
        (1, 65536),
        "widths of the four maps of D_F; the class enters the third",
        length=4,
    )
    loss: str = _setting(
        "non_saturating",
        ("non_saturating", "minimax"),
        "what G minimizes: -log D(G), or log(1 - D(G)) as in equation 1, which does not train",
    )
    real_target: float = _setting(1.0, (0.5, 1.0), "target of real clips in the loss")


# What the paper says, and what its authors' code adds to it.
PAPER = {
    "paper": {},
    "authors": {
        "label_after_sum": True,
        "attention_residual": "gated",
        "real_target": 0.9,
    },
}
