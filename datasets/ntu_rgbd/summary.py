"""Counts and statistics of a set of clips, and the list of unusable files."""

import collections
import dataclasses

import numpy as np

from datasets.ntu_rgbd.recording_names import SUFFIX

# Lower bound, so that a coordinate that hardly moves can be divided by its deviation.
SMALLEST_DEVIATION = 1e-3
_MICROMETERS = 10**6


@dataclasses.dataclass
class Summary:
    """Sums over clips. Summaries can be joined in any order.

    Attributes:
        clips: number of clips per split.
        frames: number of frames in the training clips.
        total, squares: sums of each coordinate and of its square over these frames, `[25, D]`.
        depth: sum of the depths of the training clips, an integer number of micrometers, so that
            the mean does not depend on the order of summation.
        damaged: a dictionary with file, line and reason for each damaged file.
        missing: a dictionary with file and reason for each file without a usable skeleton.
    """

    clips: collections.Counter = dataclasses.field(default_factory=collections.Counter)
    frames: int = 0
    total: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(()))
    squares: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(()))
    depth: int = 0
    damaged: list = dataclasses.field(default_factory=list)
    missing: list = dataclasses.field(default_factory=list)

    @classmethod
    def of(cls, clip, split):
        """Returns the summary of one `Clip` of a split."""
        file = clip.recording.name + SUFFIX
        if clip.damage:
            return cls(
                damaged=[{"file": file, "line": clip.damage.line, "reason": clip.damage.reason}]
            )
        if clip.missing:
            return cls(missing=[{"file": file, "reason": clip.missing}])
        if split != "train":
            return cls(clips=collections.Counter({split: 1}))
        return cls(
            clips=collections.Counter({split: 1}),
            frames=len(clip.motion),
            total=clip.motion.sum(axis=0),
            squares=np.square(clip.motion).sum(axis=0),
            depth=round(clip.depth * _MICROMETERS),
        )

    @classmethod
    def join(cls, summaries):
        """Returns the sum of several summaries."""
        joined = cls()
        for summary in summaries:
            for field in dataclasses.fields(cls):
                value = getattr(joined, field.name) + getattr(summary, field.name)
                setattr(joined, field.name, value)
        return joined

    @classmethod
    def from_json(cls, values):
        """Restores a summary from the dictionary that `to_json` returns."""
        arrays = {name: np.array(values[name]) for name in ("total", "squares")}
        return cls(**{**values, **arrays, "clips": collections.Counter(values["clips"])})

    def to_json(self):
        """Returns all values as a dictionary for `json`, without rounding."""
        return {**vars(self), "total": self.total.tolist(), "squares": self.squares.tolist()}

    @property
    def mean_depth(self):
        """Mean depth of the training clips, in meters."""
        return self.depth / self.clips["train"] / _MICROMETERS

    def mean_and_std(self, scale):
        """Returns mean and standard deviation of each coordinate over all training frames.

        Args:
            scale: factor that motion is multiplied by.

        Returns:
            Two float64 arrays `[25, D]`; deviations are at least `SMALLEST_DEVIATION`.
        """
        mean = self.total / self.frames
        variance = np.maximum(self.squares / self.frames - np.square(mean), 0)
        return scale * mean, np.maximum(scale * np.sqrt(variance), SMALLEST_DEVIATION)
