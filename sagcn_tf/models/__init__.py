"""SA-GCN and the systems that it is compared with."""

from sagcn_tf.models.baselines.adversarial_epva import AdversarialEPVA
from sagcn_tf.models.baselines.c_skeleton_gan import CSkeletonGAN
from sagcn_tf.models.baselines.e2e import E2E
from sagcn_tf.models.baselines.epva import EPVA
from sagcn_tf.models.baselines.skeleton_gan import SkeletonGAN
from sagcn_tf.models.baselines.skeleton_vae import SkeletonVAE
from sagcn_tf.models.frame_discriminator import FrameDiscriminator
from sagcn_tf.models.generator import Generator
from sagcn_tf.models.motion_model import MotionModel
from sagcn_tf.models.sagcn import SAGCN
from sagcn_tf.models.sequence_discriminator import SequenceDiscriminator

# The name on the command line -> the system; `config.PRESETS` has the same names.
SYSTEMS = {
    "sagcn": SAGCN,
    "e2e": E2E,
    "epva": EPVA,
    "adv_epva": AdversarialEPVA,
    "skeleton_vae": SkeletonVAE,
    "skeleton_gan": SkeletonGAN,
    "c_skeleton_gan": CSkeletonGAN,
}

__all__ = [
    "E2E",
    "EPVA",
    "SAGCN",
    "SYSTEMS",
    "AdversarialEPVA",
    "CSkeletonGAN",
    "FrameDiscriminator",
    "Generator",
    "MotionModel",
    "SequenceDiscriminator",
    "SkeletonGAN",
    "SkeletonVAE",
]
