"""The work that is done on each recording."""

import dataclasses

import numpy as np

from datasets.ntu_rgbd.clip import read_clip
from datasets.ntu_rgbd.folder_source import FolderSource
from datasets.ntu_rgbd.recording_names import ACTIONS
from datasets.ntu_rgbd.summary import Summary
from datasets.ntu_rgbd.zip_source import ZipSource


@dataclasses.dataclass(frozen=True)
class Task:
    """What has to be known to work on a recording; can be sent to another machine.

    Attributes:
        source: where the recordings' files are.
        benchmark: "xview" or "xsub".
        dimensions: 2 or 3.
        by_rule: as in `read_clip`.
    """

    source: FolderSource | ZipSource
    benchmark: str
    dimensions: int
    by_rule: bool

    def summarize(self, recording):
        """Returns the `Summary` of one recording."""
        clip = read_clip(recording, self.source, self.dimensions, self.by_rule)
        return Summary.of(clip, recording.split(self.benchmark))

    def examples(self, recording, scale):
        """Returns a list of the key and the example of one recording; empty if it has none."""
        clip = read_clip(recording, self.source, self.dimensions, self.by_rule)
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
