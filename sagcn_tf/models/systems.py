"""SA-GCN and the systems that it is compared with, by the names that commands know them by."""

from sagcn_tf.config import Config
from sagcn_tf.models import baselines
from sagcn_tf.models.paper import PaperSAGCN
from sagcn_tf.models.tuned import TunedSAGCN
from sagcn_tf.presets import PAPER_PRESETS

# `presets.PRESETS` has the same names.
SYSTEMS = {
    "sagcn": TunedSAGCN,
    "e2e": baselines.E2E,
    "epva": baselines.EPVA,
    "adv_epva": baselines.AdversarialEPVA,
    "skeleton_vae": baselines.SkeletonVAE,
    "skeleton_gan": baselines.SkeletonGAN,
    "c_skeleton_gan": baselines.CSkeletonGAN,
}


def system_of(config: Config):
    """The class of a run's system: SA-GCN has networks of its own in preset `paper`."""
    if config.model == "sagcn" and config.preset in PAPER_PRESETS:
        return PaperSAGCN
    return SYSTEMS[config.model]
