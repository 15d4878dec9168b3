"""The networks of preset `paper`: generator, D_V and D_F, and how they are trained."""

from sagcn_tf.models.paper.frame_discriminator import FrameDiscriminator
from sagcn_tf.models.paper.generator import Generator
from sagcn_tf.models.paper.paper_sagcn import PaperSAGCN
from sagcn_tf.models.paper.sequence_discriminator import SequenceDiscriminator

__all__ = ["FrameDiscriminator", "Generator", "PaperSAGCN", "SequenceDiscriminator"]
