"""A prepared study: the clips that people rate, and the settings of their schedule."""

import dataclasses
import pathlib

import numpy as np

from sagcn_tf.errors import UserError, short
from sagcn_tf.files import atomic_write, read_json, write_json
from sagcn_tf.skeleton import Skeleton

REAL = "real"
_FACTS, _ARRAYS = "study.json", "clips.npz"


def check_new(folder) -> None:
    """Raises a `UserError` if a folder has a study."""
    if (pathlib.Path(folder) / _FACTS).exists():
        raise UserError(f"--study_dir={folder} already has a study. Choose another folder")


@dataclasses.dataclass(frozen=True)
class Study:
    """A prepared study. Raters never see which system made a clip.

    Attributes:
        dataset: name of the data set.
        class_names: names of the C classes.
        skeleton: the `Skeleton`.
        frame_rate: frames per second of the clips.
        systems: list of dicts with `key`, `model`, `preset`, `checkpoint` and `step`, one per run.
        keys: `[n]`, the system of each clip, by its key; `REAL` for real clips.
        labels: `[n]`, the class number of each clip.
        motion: float32 `[n, T, N, D]` in the data's unit, the clips to rate.
        references: float32 `[C, m, T, N, D]`, other real clips, to show beside them.
        seed: seed of the order of the clips.
        judgments: number of generated clips that a rater sees.
        raters_per_clip: number of raters who see the same clips.
        simulated: whether the ratings come from a program, to try out the study.
    """

    dataset: str
    class_names: list[str]
    skeleton: Skeleton
    frame_rate: float
    systems: list[dict]
    keys: list[str]
    labels: list[int]
    motion: np.ndarray
    references: np.ndarray
    seed: int
    judgments: int
    raters_per_clip: int
    simulated: bool

    def save(self, folder):
        """Writes the study to a folder.

        Raises:
            UserError: if the folder has a study, whose ratings would lose their meaning.
        """
        check_new(folder)
        folder = pathlib.Path(folder)
        with atomic_write(folder / _ARRAYS) as temporary:
            np.savez_compressed(temporary, motion=self.motion, references=self.references)
        facts = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name not in ("motion", "references", "skeleton")
        }
        # Last, because a folder with this file is a complete study.
        write_json(folder / _FACTS, {**facts, "skeleton": self.skeleton.to_metadata()})

    @classmethod
    def load(cls, folder):
        """Reads the study of a folder.

        Raises:
            UserError: if the folder has none, or a damaged one.
        """
        folder = pathlib.Path(folder)
        if not (folder / _FACTS).is_file():
            raise UserError(
                f"--study_dir={folder} has no study: prepare one with `python -m "
                "sagcn_tf.human_evaluation prepare`"
            )
        try:
            facts = read_json(folder / _FACTS)
            facts["skeleton"] = Skeleton.from_metadata(facts["skeleton"])
            with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
                return cls(**facts, motion=arrays["motion"], references=arrays["references"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UserError(
                f"the study in {folder} is damaged ({short(error)}). Restore {_FACTS} and {_ARRAYS}"
            ) from error
