"""Small raw files of NTU RGB+D, and what the builder makes of them."""

import json

from datasets.ntu_rgbd.ntu_rgbd_dataset_builder import Builder
from tests.datasets.ntu_rgbd.write_skeleton_files import write
from tests.datasets.preparation import prepare_with

ACTIONS = {7: "throw", 27: "jump_up"}
SUBJECTS = [1, 3]
FRAME_RATE = 5  # for small files


def write_files(folder):
    """Writes small raw files of two subjects and two actions."""
    return write(folder, SUBJECTS, tuple(ACTIONS), FRAME_RATE)


def prepare(manual_dir, data_dir, config="xview"):
    """Returns the builder of the prepared files."""
    return prepare_with(Builder, manual_dir, data_dir, config)


def report_of(data_dir, config="xview"):
    """Returns the builder's report on the raw files."""
    return json.loads((data_dir / "ntu_rgbd" / config / "raw_files_report.json").read_text())
