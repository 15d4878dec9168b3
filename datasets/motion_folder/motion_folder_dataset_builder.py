"""TFDS builder for motion files of the user."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from datasets.motion_features import motion_features
from datasets.motion_folder.folder import Folder, open_folder, read_motions
from datasets.motion_folder.settings import CLIP_RATE
from datasets.raw_data_error import RawDataError

# Lower bound, as a share of the largest deviation, so that a coordinate that never changes can be
# divided by it.
SMALLEST_DEVIATION = 1e-4


@dataclasses.dataclass
class MotionFolderConfig(tfds.core.BuilderConfig):
    """Configuration for the current contents of a folder; its name is the folder's fingerprint.

    Attributes:
        folder: the `Folder`.
    """

    folder: Folder | None = dataclasses.field(default=None, repr=False)


def folder_config(path) -> MotionFolderConfig:
    """Returns the configuration for a folder.

    Args:
        path: path of the folder, which has a subfolder for each action.

    Returns:
        A `MotionFolderConfig`.

    Raises:
        RawDataError: if `path` is None, or with all errors found in the folder.
    """
    if path is None:
        raise RawDataError("expected the path of your motion folder, got none; pass --manual_dir")
    opened = open_folder(path)
    return MotionFolderConfig(
        name=opened.fingerprint, description=f"the files of {opened.path.name}", folder=opened
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """Motion files of the user, with any skeleton: whole sequences relative to the root joint.

    Needs a configuration from `folder_config`. Prepared data are stored under the fingerprint of
    the files, so that a changed folder is prepared again beside the old data.

    `download_and_prepare` raises `datasets.raw_data_error.RawDataError` with all errors in the
    folder's files.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}

    def _info(self):
        if self.builder_config is None:
            raise RawDataError(
                "expected a configuration, got none; use Builder(config=folder_config(DIR))"
            )
        opened = self.builder_config.folder
        joints, actions = opened.settings.joints, sorted({file.action for file in opened.files})
        return self.dataset_info_from_configs(
            features=motion_features(len(joints), opened.dimensions, actions),
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, dl_manager):
        del dl_manager  # nothing is downloaded
        opened = self.builder_config.folder
        settings = opened.settings
        motions, frame_rate = read_motions(opened)
        frames = [motions[file.name] for file in opened.files if file.split == "train"]
        frames = np.concatenate(frames)  # [sum of L, N, D]
        mean, std = frames.mean(axis=0, dtype=np.float64), frames.std(axis=0, dtype=np.float64)
        if not std.max():
            root = settings.joints[0]
            raise RawDataError(
                f"{opened.path}: expected motion, but no joint moves relative to {root} in any"
                " training file"
            )
        self.info.metadata.update(
            skeleton=opened.skeleton,
            mean=mean.tolist(),
            std=np.maximum(std, SMALLEST_DEVIATION * std.max()).tolist(),
            frame_rate=frame_rate,
            clips=settings.clips,
            clip_stride=settings.clip_stride or max(1, round(frame_rate / CLIP_RATE)),
            clip_start=0,
            unit=settings.unit or ("pixel" if opened.dimensions == 2 else "unit"),
            fingerprint=opened.fingerprint,
        )
        return {split: self._generate_examples(split, motions) for split in ("train", "test")}

    def _generate_examples(self, split, motions):
        for file in self.builder_config.folder.files:
            if file.split == split:
                example = {
                    "motion": motions[file.name],
                    "action": file.action,
                    "subject": file.subject,
                    "camera": "",
                    "name": file.name,
                }
                yield file.name, example
