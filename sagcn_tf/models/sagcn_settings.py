"""Settings of SA-GCN, whichever networks it has."""

import dataclasses

from sagcn_tf.errors import UserError
from sagcn_tf.models.paper.settings import PAPER, PaperSettings
from sagcn_tf.models.tuned.settings import TUNED, TunedSettings
from sagcn_tf.settings import setting


@dataclasses.dataclass(frozen=True)
class SAGCNSettings(PaperSettings, TunedSettings):
    """Settings of the generator (section 3 of the paper), of D_F and of training."""

    projection: int = setting(60, (1, 65536), "width of the linear map before the RNN")
    hidden: int = setting(100, (1, 65536), "units of the RNN (GRU)")
    maps: tuple[int, ...] = setting(
        (512, 1024), (1, 65536), "widths of the first two linear maps", length=2
    )
    top_k: int = setting(5, (0, 100_000), "past frames K that pruning keeps")
    gc_type: str = setting(
        "sagc",
        ("sagc", "full", "cnn", "cnn3", "stgc"),
        "what refines the coordinates: structure-aware graph convolutions, as in the paper, a full "
        "graph (every past frame, weight 1), plain convolutions 1 x 1 or 3 x 3, or ST-GC",
    )
    filters: tuple[int, ...] = setting(
        (32, 64, 64, 128, 128), (1, 65536), "widths of the five graph convolutions", length=5
    )
    k_frame: int = setting(20, (1, 100_000), "random frames that D_F sees")
    decay_from: float = setting(
        1.0, (0.0, 1.0), "share of the steps after which the learning rate decays to 0; 1: it stays"
    )
    ema_decay: float = setting(
        0.0,
        (0.0, 0.99999),
        "decay of the averaged generator weights that are sampled; 0: off",
    )
    mixed_precision: bool = setting(False, (False, True), "compute in bfloat16, weights in float32")

    def check(self) -> None:
        """Raises a `UserError` if D_F is to see more frames than there are."""
        if self.k_frame > self.frames:
            raise UserError(f"k_frame must be at most frames = {self.frames}, got {self.k_frame}")


PRESETS = {**PAPER, **TUNED}
