"""The TFDS builder of a folder of a user's own motion."""

import dataclasses

import numpy as np
import tensorflow_datasets as tfds

from datasets.motion_folder.folder import Folder, open_folder, read_motions
from datasets.motion_folder.settings import CLIP_RATE
from datasets.raw_data_error import RawDataError

# A coordinate that never changes can still be divided by its deviation: at least so much of the
# largest one.
SMALLEST_DEVIATION = 1e-4


@dataclasses.dataclass
class MotionFolderConfig(tfds.core.BuilderConfig):
    """A configuration: one folder as it is now. Its name is the folder's fingerprint."""

    folder: Folder | None = dataclasses.field(default=None, repr=False)


def folder_config(path) -> MotionFolderConfig:
    """The configuration of a folder.

    Args:
        path: of the folder, which holds a subfolder for each action.

    Raises:
        RawDataError: if no folder is given, or with all mistakes that the folder holds.
    """
    if path is None:
        raise RawDataError("give the folder of your motion (--manual_dir)")
    opened = open_folder(path)
    return MotionFolderConfig(
        name=opened.fingerprint, description=f"the files of {opened.path.name}", folder=opened
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """Motion of a user's own, of any skeleton, as whole sequences relative to the root joint.

    Made with a configuration of `folder_config`. Prepared data carry the fingerprint of the files
    that they were made of, so that those of a changed folder are made anew beside them.

    `download_and_prepare` raises `datasets.raw_data_error.RawDataError` with all mistakes of the
    folder's files.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}

    def _info(self):
        if self.builder_config is None:
            raise RawDataError("a motion folder needs Builder(config=folder_config(DIR))")
        opened = self.builder_config.folder
        motion = tfds.features.Tensor(
            shape=(None, len(opened.settings.joints), opened.dimensions),
            dtype=np.float32,
            encoding="zlib",
        )
        actions = sorted({file.action for file in opened.files})
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "motion": motion,
                    "action": tfds.features.ClassLabel(names=actions),
                    "subject": tfds.features.Text(),
                    "camera": tfds.features.Text(),
                    "name": tfds.features.Text(),
                }
            ),
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, dl_manager):
        del dl_manager  # nothing is downloaded
        opened = self.builder_config.folder
        holds = opened.settings
        motions, frame_rate = read_motions(opened)
        frames = [motions[file.name] for file in opened.files if file.split == "train"]
        frames = np.concatenate(frames)  # [sum of L, N, D]
        mean, std = frames.mean(axis=0, dtype=np.float64), frames.std(axis=0, dtype=np.float64)
        if not std.max():
            root = holds.joints[0]
            raise RawDataError(
                f"{opened.path}: nothing moves, seen from {root}, in any of the training files"
            )
        self.info.metadata.update(
            skeleton=opened.skeleton,
            mean=mean.tolist(),
            std=np.maximum(std, SMALLEST_DEVIATION * std.max()).tolist(),
            frame_rate=frame_rate,
            clips=holds.clips,
            clip_stride=holds.clip_stride or max(1, round(frame_rate / CLIP_RATE)),
            clip_start=0,
            unit=holds.unit or ("pixel" if opened.dimensions == 2 else "unit"),
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
