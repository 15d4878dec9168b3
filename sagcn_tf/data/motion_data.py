"""A data set in memory, and the description of it that a run stores."""

import dataclasses
import re

import numpy as np

from sagcn_tf.data.root_motion import add_root_motion, split_root_motion
from sagcn_tf.skeleton import Skeleton


@dataclasses.dataclass(frozen=True)
class Sequences:
    """The concatenated sequences of a split.

    Attributes:
        frames: float32 `[total, N, D]`, standardized; with `root_motion`, N + 1 nodes.
        offsets: int64 `[S + 1]`; sequence s is `frames[offsets[s]:offsets[s + 1]]`.
        labels: int32 `[S]`, class numbers.
        names: names of the S sequences.
        subjects: subjects of the S sequences.
    """

    frames: np.ndarray
    offsets: np.ndarray
    labels: np.ndarray
    names: list[str]
    subjects: list[str]

    def without(self, numbers) -> "Sequences":
        """Returns the sequences except those with the given numbers."""
        kept = np.delete(np.arange(len(self.labels)), numbers)
        parts = [self.frames[slice(*self.offsets[one : one + 2])] for one in kept]
        return Sequences(
            frames=np.concatenate([self.frames[:0], *parts]),
            offsets=np.cumsum([0, *map(len, parts)]).astype(np.int64),
            labels=self.labels[kept],
            names=[self.names[one] for one in kept],
            subjects=[self.subjects[one] for one in kept],
        )


@dataclasses.dataclass(frozen=True)
class MotionData:
    """A data set in memory, and the metadata to train on it and draw it.

    Attributes:
        dataset: name of the data set on the command line.
        class_names: names of the C classes.
        skeleton: the `Skeleton` of N joints.
        mean, std: float32 `[N, D]`, statistics of the training frames in `unit`; with
            `root_motion`, of N + 1 nodes.
        unit: unit of the raw coordinates, such as `"pixel"`.
        frame_rate: frames per second of the sequences after the stride; for clips see `clip_rate`.
        stride: distance between frames of a clip, in frames of the sequence; 1 for resampled clips.
        first_start: first frame at which a clip may start; 0 for resampled clips.
        clips: `"window"`: a clip is T frames of a sequence, `stride` apart; `"resample"`: a clip
            is a whole sequence, linearly interpolated to T frames.
        seconds: mean time from the first to the last frame of a training sequence; None for
            windows.
        fingerprint: hash of the raw files, empty if the data set has none. A run cannot be resumed
            with a different fingerprint.
        min_frames: shorter sequences are left out, besides those too short for a clip.
        source: the format of the user's files, to write such files again; None for data sets that
            are not the user's files. A dictionary with `"up"`, the axis that points up in the files
            (`"+y"`, `"-y"` or `"+z"`); `"frame_rate"`, that of most files; and `"rig"`, the joint
            hierarchy of BVH files, else None: `"joints"` (all names, parents first; those of the
            skeleton are among them), `"parents"` (indices, -1 for the root), `"offsets"` (a triple
            per joint, in the axes of the parent, the rest pose), `"channels"` (a list of names such
            as `"Zrotation"` per joint, in the order of the file), `"ends"` (`[joint, offset]` of
            each End Site), `"pose"` (mean rotations, as quaternions x, y, z, w) and `"ground"`
            (median height of the lowest joint). Offsets are in `unit`, in the files' own axes.
        root_motion: indices of the joints whose mean is the root, if clips keep its motion;
            otherwise empty: clips are relative to the root. Standardized motion then has one more
            node, see `data/root_motion.py`; motion in `unit` has joints that move over the ground.
        train, test: the `Sequences` of the two splits; None in a description without sequences.
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
    # Runs from before these fields existed used windows.
    clips: str = "window"
    seconds: float | None = None
    fingerprint: str = ""
    min_frames: int = 0
    source: dict | None = None
    root_motion: tuple[int, ...] = ()
    train: Sequences | None = None
    test: Sequences | None = None

    def __post_init__(self):
        # Older data sets and runs, and some users, have British spelling.
        object.__setattr__(self, "unit", re.sub("(?i)(met)re", r"\1er", self.unit))

    @property
    def graph(self) -> Skeleton:
        """The skeleton of standardized motion: that of the joints, and a node for `root_motion`."""
        root = self.root_motion
        return self.skeleton.with_root_motion(root) if root else self.skeleton

    def standardize(self, motion):
        """Standardizes motion `[..., T, N, D]` in `unit`: mean 0 and deviation 1 per coordinate."""
        if self.root_motion:
            motion = split_root_motion(motion, self.root_motion, self.frame_rate)
        return (motion - self.mean) / self.std

    def unstandardize(self, motion, rate=None):
        """Inverts `standardize`, except for the place at which a clip with `root_motion` starts.

        Args:
            motion: `[..., T, N, D]`, standardized.
            rate: frames per second of the motion. Default: that of clips.
        """
        motion = motion * self.std + self.mean
        return add_root_motion(motion, rate or self.frame_rate) if self.root_motion else motion

    def clip_rate(self, frames) -> float:
        """Returns the frames per second of a clip; the average for resampled clips."""
        return (frames - 1) / self.seconds if self.clips == "resample" else self.frame_rate

    @property
    def recorded_rate(self) -> float:
        """Frames per second of the recordings, of which clips may skip some."""
        return (self.source or {}).get("frame_rate", self.frame_rate * self.stride)

    def describe(self) -> dict:
        """Returns the fields except the sequences as a JSON-serializable dict."""
        fields = {
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
        # Left out if not given: the descriptions of runs from before them stay the same.
        new = {
            "min_frames": self.min_frames,
            "source": self.source,
            "root_motion": list(self.root_motion),
        }
        return fields | {name: value for name, value in new.items() if value}

    def matches(self, other) -> bool:
        """Returns whether a `MotionData` describes the same data set.

        Means and deviations may differ by rounding, because another processor may add up the same
        numbers in another order.
        """
        own, others = self.describe(), other.describe()
        close = all(
            np.shape(own[name]) == np.shape(others[name])
            and np.allclose(own.pop(name), others.pop(name), rtol=1e-4, atol=1e-5)
            for name in ("mean", "std")
        )
        return close and own == others

    @classmethod
    def from_description(cls, description: dict) -> "MotionData":
        """Creates a `MotionData` without sequences from the dict that `describe` returns."""
        arrays = {name: np.asarray(description[name], np.float32) for name in ("mean", "std")}
        skeleton = Skeleton.from_metadata(description["skeleton"])
        root = tuple(description.get("root_motion", ()))
        return cls(**{**description, **arrays, "skeleton": skeleton, "root_motion": root})

    def describe_served(self, frames) -> dict:
        """Returns what clients of an exported model need to send requests and to write files.

        Args:
            frames: T, frames of a clip.

        Returns:
            A JSON-serializable dict. `frame_rate` is that of the clips.
        """
        return {
            "class_names": list(self.class_names),
            "skeleton": self.skeleton.to_metadata(),
            "unit": self.unit,
            "frame_rate": self.clip_rate(frames),
            "frames": frames,
            "dimensions": self.mean.shape[-1],
            "dataset": self.dataset,
            "recorded_rate": self.recorded_rate,
            "clips": self.clips,
            "source": self.source,
            "root_motion": list(self.root_motion),
        }

    @classmethod
    def from_served(cls, description: dict) -> "MotionData":
        """Creates a `MotionData` without sequences from the dict of `describe_served`.

        Motion of a served model is in `unit`: the mean is 0 and the deviation is 1. Exports from
        before `recorded_rate` count as windows of all frames of the recordings.
        """
        skeleton, rate = Skeleton.from_metadata(description["skeleton"]), description["frame_rate"]
        root = tuple(description.get("root_motion") or ())
        shape = skeleton.num_joints + bool(root), description["dimensions"]
        recorded = description.get("recorded_rate") or rate
        whole = description.get("clips") == "resample"
        return cls(
            dataset=description["dataset"],
            class_names=list(description["class_names"]),
            skeleton=skeleton,
            mean=np.zeros(shape, np.float32),
            std=np.ones(shape, np.float32),
            unit=description["unit"],
            frame_rate=recorded if whole else rate,
            stride=1 if whole else max(1, round(recorded / rate)),
            first_start=0,
            clips="resample" if whole else "window",
            seconds=(description["frames"] - 1) / rate if whole else None,
            source=description.get("source"),
            root_motion=root,
        )
