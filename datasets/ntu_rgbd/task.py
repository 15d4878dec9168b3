"""The work that is done on each sample."""

import dataclasses

import numpy as np

from datasets.ntu_rgbd.clip import read_clip
from datasets.ntu_rgbd.folder_source import FolderSource
from datasets.ntu_rgbd.samples import ACTIONS
from datasets.ntu_rgbd.summary import Summary
from datasets.ntu_rgbd.zip_source import ZipSource


@dataclasses.dataclass(frozen=True)
class Task:
    """What has to be known to work on a sample; can be sent to another machine.

    Attributes:
        source: where the samples' files are.
        benchmark: "xview" or "xsub".
        dimensions: 2 or 3.
        by_rule: as in `read_clip`.
    """

    source: FolderSource | ZipSource
    benchmark: str
    dimensions: int
    by_rule: bool

    def summarise(self, sample):
        """Returns the `Summary` of one sample."""
        clip = read_clip(sample, self.source, self.dimensions, self.by_rule)
        return Summary.of(clip, sample.split(self.benchmark))

    def examples(self, sample, scale):
        """Returns a list of the key and the example of one sample; empty if it has none."""
        clip = read_clip(sample, self.source, self.dimensions, self.by_rule)
        if clip.motion is None:
            return []
        example = {
            "motion": (scale * clip.motion).astype(np.float32),
            "action": ACTIONS[sample.action],
            "subject": f"P{sample.performer:03}",
            "camera": f"C{sample.camera:03}",
            "name": sample.name,
        }
        return [(sample.name, example)]
