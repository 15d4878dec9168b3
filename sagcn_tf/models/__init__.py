"""The systems: SA-GCN with the networks of the paper or of `tuned`, and the compared ones."""

from sagcn_tf.models.motion_model import MotionModel
from sagcn_tf.models.paper import PaperSAGCN
from sagcn_tf.models.sagcn import SAGCN
from sagcn_tf.models.tuned import TunedSAGCN

__all__ = ["SAGCN", "MotionModel", "PaperSAGCN", "TunedSAGCN"]
