"""TFDS builder for procedural human motion, which needs no download."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from datasets.motion_features import motion_features
from datasets.skeletons import HUMAN36M_15, NTU_25
from datasets.synthetic_actions import recordings
from datasets.synthetic_actions.actions import ACTIONS
from datasets.synthetic_actions.curves import FRAME_RATE
from datasets.synthetic_actions.subjects import TEST_SUBJECTS, TRAIN_SUBJECTS

# Lower bound, so that the root joint, which never leaves the origin, can be divided by it.
SMALLEST_DEVIATION = 1e-3


@dataclasses.dataclass
class SyntheticActionsConfig(tfds.core.BuilderConfig):
    """Configuration of the builder.

    Attributes:
        skeleton: `HUMAN36M_15` or `NTU_25`.
        dimensions: coordinates per joint, 2 (image) or 3 (the camera's axes).
    """

    skeleton: dict = dataclasses.field(default_factory=dict)
    dimensions: int = 2


def _config(kind, skeleton, dimensions):
    joints = len(skeleton["joints"])
    unit = "x, y in the image, pixels" if dimensions == 2 else "x, y, z in space, millimeters"
    return SyntheticActionsConfig(
        name=f"joints{joints}_{dimensions}d",
        description=f"{joints} joints {kind}, {unit}",
        skeleton=skeleton,
        dimensions=dimensions,
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """Twelve actions performed by synthetic people in front of three cameras.

    Motion is relative to the hip (the spine base), in the camera's axes: x right, y down, z away.
    No subject is in both splits. The examples of a configuration are the same, bit for bit, each
    time.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    BUILDER_CONFIGS = [
        _config("as in Human3.6M", HUMAN36M_15, 2),
        _config("as in Human3.6M", HUMAN36M_15, 3),
        _config("as in NTU RGB+D", NTU_25, 2),
        _config("as in NTU RGB+D", NTU_25, 3),
    ]

    def _info(self):
        config = self.builder_config
        joints = len(config.skeleton["joints"])
        return self.dataset_info_from_configs(
            features=motion_features(joints, config.dimensions, list(ACTIONS)),
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, dl_manager):
        del dl_manager  # nothing is downloaded
        config = self.builder_config
        train = list(recordings.record(TRAIN_SUBJECTS))
        test = list(recordings.record(TEST_SUBJECTS))
        mean_hip_depth = float(np.concatenate([one.hip_depth for one in train]).mean())
        frames = np.concatenate([self._motion(one, mean_hip_depth) for one in train])
        mean, std = frames.mean(axis=0, dtype=np.float64), frames.std(axis=0, dtype=np.float64)
        self.info.metadata.update(
            skeleton=config.skeleton,
            mean=mean.tolist(),
            std=np.maximum(std, SMALLEST_DEVIATION).tolist(),
            frame_rate=FRAME_RATE,
            clip_stride=3,
            clip_start=0,
            unit="pixel" if config.dimensions == 2 else "millimeter",
        )
        return {
            "train": self._generate_examples(train, mean_hip_depth),
            "test": self._generate_examples(test, mean_hip_depth),
        }

    def _generate_examples(self, takes, mean_hip_depth):
        for take in takes:
            yield (
                take.name,
                {
                    "motion": self._motion(take, mean_hip_depth),
                    "action": take.action,
                    "subject": take.subject,
                    "camera": take.camera,
                    "name": take.name,
                },
            )

    def _motion(self, take, mean_hip_depth):
        if self.builder_config.dimensions == 2:
            return take.motion_2d(self.builder_config.skeleton, mean_hip_depth)
        return take.motion_3d(self.builder_config.skeleton)
