"""A data set in memory, and what of it a run keeps beside its weights."""

import dataclasses

import numpy as np

from sagcn_tf.skeleton import Skeleton


@dataclasses.dataclass(frozen=True)
class Sequences:
    """The sequences of a split, one after another.

    Attributes:
        frames: float32 `[total, N, D]`, standardized.
        offsets: int64 `[S + 1]`; sequence s is `frames[offsets[s]:offsets[s + 1]]`.
        labels: int32 `[S]`, class numbers.
        names: S names.
        subjects: S subjects.
    """

    frames: np.ndarray
    offsets: np.ndarray
    labels: np.ndarray
    names: list[str]
    subjects: list[str]


@dataclasses.dataclass(frozen=True)
class MotionData:
    """A data set in memory, with what is needed to draw it.

    Attributes:
        dataset: its name on the command line.
        class_names: names of the C classes.
        skeleton: its `Skeleton` of N joints.
        mean, std: float32 `[N, D]` in `unit`, of the training frames.
        unit: of the raw coordinates, such as `"pixel"`.
        frame_rate: frames a second of the sequences, after the stride; of clips see `clip_rate`.
        stride: frames from one frame of a clip to the next; resampled clips have 1.
        first_start: first frame at which a clip may start; resampled clips have 0.
        clips: `"window"`: a clip is T frames of a sequence, `stride` apart; `"resample"`: it is
            a whole sequence, linearly interpolated to T frames.
        seconds: mean time from the first to the last frame of a training sequence.
        fingerprint: of the raw files, where the data set knows one; runs keep to theirs.
        train, test: the `Sequences` of the two splits; None in a description without data.
    """

    dataset: str
    class_names: list[str]
    skeleton: Skeleton
    mean: np.ndarray
    std: np.ndarray
    unit: str
    frame_rate: float
    stride: int
    first_start: int
    # Runs of before these fields existed were all made of windows.
    clips: str = "window"
    seconds: float | None = None
    fingerprint: str = ""
    train: Sequences | None = None
    test: Sequences | None = None

    def standardize(self, motion):
        """`[..., N, D]` in `unit` -> zero mean, unit deviation per coordinate."""
        return (motion - self.mean) / self.std

    def unstandardize(self, motion):
        """The inverse of `standardize`."""
        return motion * self.std + self.mean

    def clip_rate(self, frames) -> float:
        """Frames a second of a clip of `frames` frames; of resampled clips, on average."""
        return (frames - 1) / self.seconds if self.clips == "resample" else self.frame_rate

    def describe(self) -> dict:
        """All but the sequences, as JSON-able values; a run keeps it beside its weights."""
        return {
            "dataset": self.dataset,
            "class_names": list(self.class_names),
            "skeleton": self.skeleton.to_metadata(),
            "mean": self.mean.tolist(),
            "std": self.std.tolist(),
            "unit": self.unit,
            "frame_rate": self.frame_rate,
            "stride": self.stride,
            "first_start": self.first_start,
            "clips": self.clips,
            "seconds": self.seconds,
            "fingerprint": self.fingerprint,
        }

    @classmethod
    def from_description(cls, description: dict) -> "MotionData":
        """What `describe` gave, without sequences."""
        arrays = {name: np.asarray(description[name], np.float32) for name in ("mean", "std")}
        skeleton = Skeleton.from_metadata(description["skeleton"])
        return cls(**{**description, **arrays, "skeleton": skeleton})
