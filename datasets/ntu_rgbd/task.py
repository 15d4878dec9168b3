"""The work to be done for each recording."""

import dataclasses

import numpy as np

from datasets.ntu_rgbd.clip import read_clip
from datasets.ntu_rgbd.folder_source import FolderSource
from datasets.ntu_rgbd.recording_names import ACTIONS
from datasets.ntu_rgbd.summary import Summary
from datasets.ntu_rgbd.zip_source import ZipSource


@dataclasses.dataclass(frozen=True)
class Task:
    """Settings and functions to process a recording; can be pickled.

    Attributes:
        source: `FolderSource` or `ZipSource` with the files.
        benchmark: "xview" or "xsub".
        dimensions: D, 2 or 3.
        drop_untracked: as in `read_clip`.
    """

    source: FolderSource | ZipSource
    benchmark: str
    dimensions: int
    drop_untracked: bool

    def summarize(self, recording):
        """Returns the `Summary` of one recording."""
        clip = read_clip(recording, self.source, self.dimensions, self.drop_untracked)
        return Summary.of(clip, recording.split(self.benchmark))

    def examples(self, recording, scale):
        """Returns a list with the (key, example) of one recording; empty if it is unusable."""
        clip = read_clip(recording, self.source, self.dimensions, self.drop_untracked)
        if clip.motion is None:
            return []
        example = {
            "motion": (scale * clip.motion).astype(np.float32),
            "action": ACTIONS[recording.action],
            "subject": f"P{recording.subject:03}",
            "camera": f"C{recording.camera:03}",
            "name": recording.name,
        }
        return [(recording.name, example)]
