"""TFDS builder for Human3.6M, from raw files in `manual_dir`."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from datasets import skeletons
from datasets.human36m import preprocessing, recordings
from datasets.human36m.archives import open_archive
from datasets.manual_folder import manual_folder
from datasets.motion_features import motion_features

_HOMEPAGE = "http://vision.imar.ro/human3.6m"
_INSTRUCTIONS = f"""\
Human3.6M can't be downloaded without its owners' consent: register at {_HOMEPAGE}.
For subjects S1, S5, S7, S8, S9 and S11, put into the manual directory (--manual_dir) either
  * the unpacked poses "D2 Positions" and "D3 Positions mono" from this site:
    S1/MyPoseFeatures/D2_Positions/Walking.{recordings.CAMERA}.cdf, ...
    S1/MyPoseFeatures/D3_Positions_mono/Walking.{recordings.CAMERA}.cdf, ...
  * or the same recordings from the "h36m" archive:
    cameras.h5, S1/MyPoses/3D_positions/Walking.h5, ...
For 3-D (human36m_3d), world coordinates are enough: "D3 Positions" from this site
(S1/MyPoseFeatures/D3_Positions/Walking.cdf, ...), or data_3d_h36m.npz of VideoPose3D.
"""


@dataclasses.dataclass
class Human36MConfig(tfds.core.BuilderConfig):
    """Configuration of the builder.

    Attributes:
        dimensions: coordinates per joint, 2 (image) or 3 (the camera's axes).
    """

    dimensions: int = 2


class Builder(tfds.core.GeneratorBasedBuilder):
    """Ten actions of Human3.6M: whole sequences of 15 joints relative to the hip.

    `train` has subjects 1, 5, 7, 8 and 9, `test` has subject 11, both seen by camera 55011271.
    Missing recordings are listed in a warning.

    `download_and_prepare` raises `datasets.raw_data_error.RawDataError` if the manual directory
    has no recordings, a split is empty, or a file is damaged.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = _INSTRUCTIONS
    BUILDER_CONFIGS = [
        Human36MConfig(name="2d", description="x, y in the image, pixels", dimensions=2),
        Human36MConfig(
            name="3d", description="x, y, z in the camera's axes, millimeters", dimensions=3
        ),
    ]

    def _info(self):
        joints = len(skeletons.HUMAN36M_15["joints"])
        return self.dataset_info_from_configs(
            features=motion_features(joints, self.builder_config.dimensions, recordings.ACTIONS),
            homepage=_HOMEPAGE,
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, dl_manager):
        folder = manual_folder(dl_manager, _INSTRUCTIONS)
        dimensions = self.builder_config.dimensions
        archive, present = open_archive(folder, dimensions, _INSTRUCTIONS)
        motions, more = self._read_motions(archive, present)
        mean, std = preprocessing.mean_and_std(_of_split(motions, "train").values())
        self.info.metadata.update(
            skeleton=skeletons.HUMAN36M_15,
            mean=mean.tolist(),
            std=std.tolist(),
            frame_rate=50.0,
            clip_stride=3,
            clip_start=300,
            unit="pixel" if dimensions == 2 else "millimeter",
            **more,
        )
        return {
            split: self._generate_examples(_of_split(motions, split))
            for split in recordings.SUBJECTS
        }

    def _generate_examples(self, motions):
        for recording, motion in motions.items():
            subject = f"S{recording.subject}"
            name = f"{subject} {recording.name}"
            example = {
                "motion": motion,
                "action": recording.action,
                "subject": subject,
                "camera": recordings.CAMERA,
                "name": name,
            }
            yield name, example

    def _read_motions(self, archive, present):
        """Returns {recording: motion} and further metadata.

        The latter are the axes (the camera's or the world's) and, with a camera, the mean depth of
        the hip in the training frames.
        """
        motions, train_depths = {}, []
        for recording in present:
            if self.builder_config.dimensions == 2:
                positions, pixels = archive.read(recording)
                motion = preprocessing.image_motion(positions, pixels)
            else:
                positions = archive.read_positions(recording)
                motion = preprocessing.camera_motion(positions)
            motions[recording] = motion.astype(np.float32)
            if recording.split == "train":
                train_depths.append(preprocessing.hip_depth(positions))
        if not archive.has_camera:
            return motions, {"axes": "world"}
        mean_hip_depth = float(np.concatenate(train_depths).mean())
        if self.builder_config.dimensions == 2:
            for motion in motions.values():
                motion /= mean_hip_depth
        return motions, {"axes": "camera", "mean_hip_depth": mean_hip_depth}


def _of_split(motions, split):
    return {recording: motion for recording, motion in motions.items() if recording.split == split}
