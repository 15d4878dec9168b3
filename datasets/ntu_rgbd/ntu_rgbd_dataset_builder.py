"""TFDS builder for NTU RGB+D, from raw files in `manual_dir`."""

import dataclasses

import tensorflow_datasets as tfds
from absl import logging

from datasets import skeletons
from datasets.manual_folder import manual_folder
from datasets.motion_features import motion_features
from datasets.ntu_rgbd import recording_names, report
from datasets.ntu_rgbd.beam_preparation import BeamPreparation
from datasets.ntu_rgbd.inventory import (
    ARCHIVE,
    FOLDER,
    MISSING_LIST,
    MISSING_LIST_HOMEPAGE,
    take_inventory,
)
from datasets.ntu_rgbd.plain_preparation import PlainPreparation
from datasets.ntu_rgbd.task import Task

_HOMEPAGE = "https://rose1.ntu.edu.sg/dataset/actionRecognition"
_INSTRUCTIONS = f"""\
NTU RGB+D can't be downloaded without its owners' consent: register at {_HOMEPAGE}.
Download the 3-D skeletons of the data set with 60 actions, and put into the manual directory
(--manual_dir) either
  * the zip file: {ARCHIVE} (5.8 GB, no need to unpack it)
  * or its contents: {FOLDER}/S001C001P001R001A001.skeleton, ...
If possible, add the owners' list of recordings without usable skeletons,
  {MISSING_LIST}
from {MISSING_LIST_HOMEPAGE}.
"""


@dataclasses.dataclass
class NtuRgbdConfig(tfds.core.BuilderConfig):
    """Configuration of the builder.

    Attributes:
        benchmark: "xview" (training on cameras 2 and 3) or "xsub" (on 20 of the 40 subjects).
        dimensions: coordinates per joint, 2 (color image) or 3 (space).
        largest_damaged_share: largest share of damaged files; above it, nothing is prepared.
    """

    benchmark: str = "xview"
    dimensions: int = 2
    largest_damaged_share: float = 0.05


def _config(benchmark, dimensions):
    unit = "x, y in the color image, pixels" if dimensions == 2 else "x, y, z in space, meters"
    return NtuRgbdConfig(
        name=benchmark if dimensions == 2 else f"{benchmark}_3d",
        description=f"{unit}. {recording_names.RULES[benchmark]}",
        benchmark=benchmark,
        dimensions=dimensions,
    )


class Builder(tfds.core.GeneratorBasedBuilder):
    """Ten actions of NTU RGB+D: whole recordings of 25 joints, relative to the first spine base.

    Damaged files and recordings without a usable skeleton are left out, counted in one warning,
    and listed in `raw_files_report.json` beside the prepared data. With Apache Beam options in the
    `DownloadConfig`, both passes over the files are Beam pipelines.

    `download_and_prepare` raises `datasets.raw_data_error.RawDataError` if the manual directory
    has no recordings, a split is empty, too many files are damaged, or the list of missing
    skeletons differs from the published one.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "First release."}
    MANUAL_DOWNLOAD_INSTRUCTIONS = _INSTRUCTIONS
    BUILDER_CONFIGS = [
        _config("xview", 2),
        _config("xsub", 2),
        _config("xview", 3),
        _config("xsub", 3),
    ]

    def _info(self):
        joints, actions = len(skeletons.NTU_25["joints"]), list(recording_names.ACTIONS.values())
        return self.dataset_info_from_configs(
            features=motion_features(joints, self.builder_config.dimensions, actions),
            homepage=_HOMEPAGE,
            metadata=tfds.core.MetadataDict(),
        )

    def _download_and_prepare(self, dl_manager, download_config):
        runner, options = download_config.beam_runner, download_config.beam_options
        if runner or options:
            beam = tfds.core.lazy_imports.apache_beam
            self._preparation = BeamPreparation(beam, runner, options, self.data_path)
        else:
            self._preparation = PlainPreparation()
        super()._download_and_prepare(dl_manager, download_config)

    def _split_generators(self, dl_manager):
        config = self.builder_config
        inventory = take_inventory(manual_folder(dl_manager, _INSTRUCTIONS), _INSTRUCTIONS)
        inventory.check(config.benchmark)
        drop_untracked = inventory.listed is None
        task = Task(inventory.source, config.benchmark, config.dimensions, drop_untracked)
        summary = self._preparation.summarize(task, inventory.to_read)
        path = report.write_report(self.data_path.parent, inventory, summary)
        report.check(inventory, summary, config.largest_damaged_share, path)
        warning = report.describe(inventory, summary, path)
        if warning:
            logging.warning("NTU RGB+D: %s", warning)
        scale = 1 / summary.mean_depth if config.dimensions == 2 else 1.0
        mean, std = summary.mean_and_std(scale)
        self.info.metadata.update(
            skeleton=skeletons.NTU_25,
            mean=mean.tolist(),
            std=std.tolist(),
            frame_rate=30.0,
            clips="resample",
            unit="pixel" if config.dimensions == 2 else "meter",
            mean_depth=summary.mean_depth,
        )
        return {
            split: self._generate_examples(
                task, [s for s in inventory.to_read if s.split(config.benchmark) == split], scale
            )
            for split in ("train", "test")
        }

    def _generate_examples(self, task, chosen, scale):
        return self._preparation.examples(task, chosen, scale)
