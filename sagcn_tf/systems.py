"""SA-GCN and the systems that it is compared with, by the names that commands know them by."""

from sagcn_tf.models import SAGCN, baselines

# `presets.PRESETS` has the same names.
SYSTEMS = {
    "sagcn": SAGCN,
    "e2e": baselines.E2E,
    "epva": baselines.EPVA,
    "adv_epva": baselines.AdversarialEPVA,
    "skeleton_vae": baselines.SkeletonVAE,
    "skeleton_gan": baselines.SkeletonGAN,
    "c_skeleton_gan": baselines.CSkeletonGAN,
}
