"""The TFDS builder of Human3.6M, from raw files in `manual_dir`."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds
from absl import logging

from datasets import skeletons
from datasets.human36m import preprocessing, recordings
from datasets.human36m.h5_archive import H5Archive
from datasets.human36m.raw_data_error import RawDataError

_INSTRUCTIONS = """\
Human3.6M may not be passed on. Register with its owners at http://vision.imar.ro/human3.6m
and put into this folder one of
  (a) S1, S5, S7, S8, S9, S11 and cameras.h5 of the h36m archive:
      S1/MyPoses/3D_positions/Walking.h5, ...
  (b) the archives "D2 Positions" and "D3 Positions mono" of the same subjects:
      S1/MyPoseFeatures/D2_Positions/Walking.55011271.cdf, ...
      S1/MyPoseFeatures/D3_Positions_mono/Walking.55011271.cdf, ...
"""


@dataclasses.dataclass
class Human36MConfig(tfds.core.BuilderConfig):
    """How many coordinates a joint has: 2 (image) or 3 (camera space)."""

    dimensions: int = 2


class Builder(tfds.core.GeneratorBasedBuilder):
    """Human3.6M as sequences of 15 joints relative to the hip."""

    VERSION = tfds.core.Version("1.0.0")
    MANUAL_DOWNLOAD_INSTRUCTIONS = _INSTRUCTIONS
    BUILDER_CONFIGS = [
        Human36MConfig(name="2d", description="Image coordinates, pixels.", dimensions=2),
        Human36MConfig(name="3d", description="Camera coordinates, millimetres.", dimensions=3),
    ]

    def _info(self):
        joints = len(skeletons.HUMAN36M_15["joints"])
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "motion": tfds.features.Tensor(
                        shape=(None, joints, self.builder_config.dimensions),
                        dtype=np.float32,
                        encoding="zlib",
                    ),
                    "action": tfds.features.ClassLabel(names=recordings.ACTIONS),
                    "subject": tfds.features.Text(),
                    "camera": tfds.features.Text(),
                    "name": tfds.features.Text(),
                }
            ),
            homepage="http://vision.imar.ro/human3.6m",
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, dl_manager):
        archive, present = _open_archive(dl_manager.manual_dir)
        motions, depths = {}, []
        for recording in present:
            positions, pixels = archive.read(recording)
            if recording.split == "train":
                depths.append(positions[:, preprocessing.HIP, 2])
            if self.builder_config.dimensions == 2:
                motion = preprocessing.image_motion(positions, pixels)
            else:
                motion = preprocessing.camera_motion(positions)
            motions[recording] = motion
        mean_hip_depth = float(np.concatenate(depths).mean())
        scale = 1 / mean_hip_depth if self.builder_config.dimensions == 2 else 1.0
        motions = {r: (motion * scale).astype(np.float32) for r, motion in motions.items()}
        mean, std = preprocessing.mean_and_std(
            [motion for recording, motion in motions.items() if recording.split == "train"]
        )
        self.info.metadata.update(
            skeleton=skeletons.HUMAN36M_15,
            mean=mean.tolist(),
            std=std.tolist(),
            frame_rate=50.0,
            clip_stride=3,
            clip_start=300,
            unit="pixel" if self.builder_config.dimensions == 2 else "millimetre",
            mean_hip_depth=mean_hip_depth,
        )
        return {
            split: self._generate_examples({r: m for r, m in motions.items() if r.split == split})
            for split in recordings.SUBJECTS
        }

    def _generate_examples(self, motions):
        for recording, motion in motions.items():
            name = f"S{recording.subject} {recording.name}"
            yield (
                name,
                {
                    "motion": motion,
                    "action": recording.action,
                    "subject": f"S{recording.subject}",
                    "camera": recordings.CAMERA,
                    "name": name,
                },
            )


def _open_archive(folder):
    archive = H5Archive(folder)
    present = archive.recordings()
    if not present:
        raise RawDataError(f"No Human3.6M recordings in {folder}.\n{_INSTRUCTIONS}")
    absent = recordings.missing(present)
    if absent:
        logging.warning(
            "Human3.6M is prepared without %d missing files: %s",
            len(absent),
            ", ".join(str(path.relative_to(folder)) for r in absent for path in archive.paths(r)),
        )
    return archive, present
