"""What a whole set of clips amounts to: counts, statistics, and what can't be used."""

import collections
import dataclasses

import numpy as np

from datasets.ntu_rgbd.recording_names import SUFFIX

# A coordinate that hardly moves can still be divided by its deviation.
SMALLEST_DEVIATION = 1e-3
_MICROMETERS = 10**6


@dataclasses.dataclass
class Summary:
    """Sums over clips, which can be added up in any order.

    Attributes:
        clips: how many clips each split has.
        frames: how many frames the training clips have.
        total, squares: sums over those frames of each coordinate and of its square, `[25, D]`.
        depth: sum over the training clips of their depths, micrometers: whole numbers, so that
            the mean does not depend on the order of summation.
        damaged: of each damaged file a dictionary of its name, line and reason.
        missing: of each file without a usable skeleton a dictionary of its name and the reason.
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
        """The summary of one `Clip` of a split."""
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
        """The summary of all clips of several summaries."""
        joined = cls()
        for summary in summaries:
            for field in dataclasses.fields(cls):
                value = getattr(joined, field.name) + getattr(summary, field.name)
                setattr(joined, field.name, value)
        return joined

    @classmethod
    def from_json(cls, values):
        """The inverse of `to_json`."""
        arrays = {name: np.array(values[name]) for name in ("total", "squares")}
        return cls(**{**values, **arrays, "clips": collections.Counter(values["clips"])})

    def to_json(self):
        """All values as a dictionary for `json`; nothing is rounded."""
        return {**vars(self), "total": self.total.tolist(), "squares": self.squares.tolist()}

    @property
    def mean_depth(self):
        """Mean depth of the training clips, meters."""
        return self.depth / self.clips["train"] / _MICROMETERS

    def mean_and_std(self, scale):
        """Mean and standard deviation of each coordinate over all training frames.

        Args:
            scale: what motion is multiplied by.

        Returns:
            Two float64 arrays `[25, D]`; deviations are at least `SMALLEST_DEVIATION`.
        """
        mean = self.total / self.frames
        variance = np.maximum(self.squares / self.frames - np.square(mean), 0)
        return scale * mean, np.maximum(scale * np.sqrt(variance), SMALLEST_DEVIATION)
