"""The systems that the paper compares SA-GCN with."""

from sagcn_tf.models.baselines.adversarial_epva import AdversarialEPVA
from sagcn_tf.models.baselines.c_skeleton_gan import CSkeletonGAN
from sagcn_tf.models.baselines.e2e import E2E
from sagcn_tf.models.baselines.epva import EPVA
from sagcn_tf.models.baselines.skeleton_gan import SkeletonGAN
from sagcn_tf.models.baselines.skeleton_vae import SkeletonVAE

__all__ = ["E2E", "EPVA", "AdversarialEPVA", "CSkeletonGAN", "SkeletonGAN", "SkeletonVAE"]
