"""What the systems have in common. SA-GCN's networks are in `paper` and `tuned`."""

from sagcn_tf.models.motion_model import MotionModel
from sagcn_tf.models.sagcn import SAGCN

__all__ = ["SAGCN", "MotionModel"]
