"""SA-GCN and the systems that it is compared with, each registered in one line."""

import dataclasses
import importlib

from sagcn_tf.models.baselines import (
    pose_prediction_settings,
    skeleton_gan_settings,
    skeleton_vae_settings,
)
from sagcn_tf.models.baselines.pose_prediction_settings import PosePredictionSettings
from sagcn_tf.models.baselines.skeleton_gan_settings import SkeletonGANSettings
from sagcn_tf.models.baselines.skeleton_vae_settings import SkeletonVAESettings
from sagcn_tf.models.paper.settings import PAPER_PRESETS
from sagcn_tf.models.sagcn_settings import PRESETS, SAGCNSettings


@dataclasses.dataclass(frozen=True)
class System:
    """A system, by its name on the command line.

    Attributes:
        model: its `MotionModel` as `"module.Class"` in `sagcn_tf.models`. It is imported only when
            it is needed, so that commands answer `--help` without TensorFlow.
        settings: dataclass of the settings that it alone reads.
        presets: `{name: values of Config that differ from the defaults}`.
    """

    model: str
    settings: type
    presets: dict


SYSTEMS = {
    "sagcn": System("tuned.tuned_sagcn.TunedSAGCN", SAGCNSettings, PRESETS),
    "e2e": System("baselines.e2e.E2E", PosePredictionSettings, pose_prediction_settings.E2E),
    "epva": System("baselines.epva.EPVA", PosePredictionSettings, pose_prediction_settings.EPVA),
    "adv_epva": System(
        "baselines.adversarial_epva.AdversarialEPVA",
        PosePredictionSettings,
        pose_prediction_settings.ADVERSARIAL_EPVA,
    ),
    "skeleton_vae": System(
        "baselines.skeleton_vae.SkeletonVAE", SkeletonVAESettings, skeleton_vae_settings.PRESETS
    ),
    "skeleton_gan": System(
        "baselines.skeleton_gan.SkeletonGAN", SkeletonGANSettings, skeleton_gan_settings.PRESETS
    ),
    "c_skeleton_gan": System(
        "baselines.c_skeleton_gan.CSkeletonGAN", SkeletonGANSettings, skeleton_gan_settings.PRESETS
    ),
}


def model_class(config):
    """Returns the class of a run's model. SA-GCN has two kinds of networks.

    Args:
        config: a `Config`.
    """
    path = SYSTEMS[config.model].model
    if config.model == "sagcn" and config.preset in PAPER_PRESETS:
        path = "paper.paper_sagcn.PaperSAGCN"
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"sagcn_tf.models.{module}"), name)
