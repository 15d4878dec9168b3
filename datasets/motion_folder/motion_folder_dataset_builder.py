"""TFDS builder for motion files of the user."""

import dataclasses
import logging

import numpy as np
import tensorflow_datasets as tfds

from datasets import raw_files_report
from datasets.motion_features import motion_features
from datasets.motion_folder.folder import Folder, open_folder
from datasets.motion_folder.motions import read_motions
from datasets.motion_folder.view import mirrored
from datasets.raw_data_error import RawDataError

# Lower bound, as a share of the largest deviation, so that a coordinate that never changes can be
# divided by it.
SMALLEST_DEVIATION = 1e-4
_NAMED = 10  # files listed in a warning


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

    Files that cannot be used are left out and listed in `raw_files_report.json` beside the prepared
    data, with notes about what was resampled or filled in the others. If an action is then missing
    in a split, `download_and_prepare` raises a `datasets.raw_data_error.RawDataError` with all
    errors.
    """

    VERSION = tfds.core.Version("2.1.0")
    RELEASE_NOTES = {
        "2.1.0": "A smaller stride where recordings are short; motion of the root on request.",
        "2.0.0": "Fills gaps, resamples to one frame rate, leaves out files that cannot be used.",
        "1.0.0": "First release.",
    }

    def _info(self):
        if self.builder_config is None:
            raise RawDataError(
                "expected a configuration, got none; use Builder(config=folder_config(DIR))"
            )
        opened = self.builder_config.folder
        nodes = len(opened.settings.joints) + opened.settings.root_motion
        actions = sorted({file.action for file in opened.files})
        return self.dataset_info_from_configs(
            features=motion_features(nodes, opened.dimensions, actions),
            metadata=tfds.core.MetadataDict(),
        )

    def _split_generators(self, dl_manager):
        del dl_manager  # nothing is downloaded
        opened = self.builder_config.folder
        settings, read = opened.settings, read_motions(opened)
        examples = {split: list(_examples(read, split, settings)) for split in ("train", "test")}
        frames = np.concatenate([one["motion"] for one in examples["train"]])  # [sum of L, N, D]
        mean, std = frames.mean(axis=0, dtype=np.float64), frames.std(axis=0, dtype=np.float64)
        if not std[: len(settings.joints)].max():
            root = settings.joints[settings.root[0]]
            raise RawDataError(
                f"{opened.path}: expected motion, but no joint moves relative to {root} in any"
                " training file"
            )
        self._write_report(read)
        self.info.metadata.update(
            skeleton=opened.skeleton,
            mean=mean.tolist(),
            std=np.maximum(std, SMALLEST_DEVIATION * std.max()).tolist(),
            frame_rate=read.frame_rate,
            clips=settings.clips,
            clip_stride=read.clip_stride,
            clip_start=0,
            root_motion=list(settings.root) if settings.root_motion else [],
            unit=settings.unit or read.unit or _unit(opened),
            fingerprint=opened.fingerprint,
            source={
                "up": read.up,
                "frame_rate": read.file_rate,
                "rig": opened.rig and {**opened.rig.to_metadata(), "ground": read.ground},
            },
        )
        return {split: self._generate_examples(found) for split, found in examples.items()}

    def _write_report(self, read):
        """Writes what was left out and how the rest was read, and warns of the former."""
        left_out = [{"file": name, "reason": why} for name, why in sorted(read.left_out.items())]
        report = {"damaged": left_out, "notes": read.notes}
        path = raw_files_report.write(self.data_path.parent, report)
        if left_out:
            named = "\n".join(f"  {one['file']}: {one['reason']}" for one in left_out[:_NAMED])
            more = f"\n  and {len(left_out) - _NAMED} more" if len(left_out) > _NAMED else ""
            count = f"{len(left_out)} of {len(read.files) + len(left_out)} files are left out"
            logging.warning("%s; %s lists all:\n%s%s", count, path, named, more)

    def _generate_examples(self, examples):
        for example in examples:
            yield example["name"], example


def _unit(opened):
    """Returns the unit of coordinates that neither the user nor a file has named."""
    return "pixel" if opened.dimensions == 2 and not opened.settings.projection else "unit"


def _examples(read, split, settings):
    """Yields the examples of a split."""
    for file in read.files:
        if file.split != split:
            continue
        example = {"action": file.action, "subject": file.subject, "camera": "", "name": file.name}
        motion = read.motions[file.name]
        yield {**example, "motion": motion}
        if settings.mirror and split == "train":
            motion = mirrored(motion, settings.left, settings.right)
            name = f"{file.name} (mirrored)"
            yield {**example, "motion": motion.astype(np.float32), "name": name}
