"""The networks of presets `tuned` and `small`, and how they are trained."""

from sagcn_tf.models.tuned.frame_set_critic import FrameSetCritic
from sagcn_tf.models.tuned.generator import TunedGenerator
from sagcn_tf.models.tuned.temporal_critic import TemporalCritic
from sagcn_tf.models.tuned.tuned_sagcn import TunedSAGCN

__all__ = ["FrameSetCritic", "TemporalCritic", "TunedGenerator", "TunedSAGCN"]
