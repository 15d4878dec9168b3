"""Generator, discriminators, and what all systems have in common."""

from sagcn_tf.models.frame_discriminator import FrameDiscriminator
from sagcn_tf.models.generator import Generator
from sagcn_tf.models.motion_model import MotionModel
from sagcn_tf.models.sagcn import SAGCN
from sagcn_tf.models.sequence_discriminator import SequenceDiscriminator

__all__ = ["SAGCN", "FrameDiscriminator", "Generator", "MotionModel", "SequenceDiscriminator"]
