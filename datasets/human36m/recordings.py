"""Names of the Human3.6M recordings, and their actions and splits."""

import re
from typing import NamedTuple

ACTIONS = (
    "Directions",
    "Discussion",
    "Eating",
    "Greeting",
    "Phoning",
    "Posing",
    "Sitting",
    "SittingDown",
    "Smoking",
    "Walking",
)
SUBJECTS = {"train": (1, 5, 7, 8, 9), "test": (11,)}
CAMERA = "55011271"

# Indices, among the 32 recorded joints, of the hip and of the 15 joints in the order of
# datasets.skeletons.HUMAN36M_15.
RECORDED_JOINTS = 32
KEPT_JOINTS = (0, 1, 2, 3, 6, 7, 8, 12, 13, 15, 17, 18, 19, 25, 26, 27)

# Each subject has two takes of each action, usually without a number and with number 1.
_USUAL_TAKES = ("", " 1")
_OTHER_TAKES = {
    (1, "Eating"): ("", " 2"),
    (1, "Sitting"): (" 1", " 2"),
    (1, "SittingDown"): ("", " 2"),
    (5, "Directions"): (" 1", " 2"),
    (5, "Discussion"): (" 2", " 3"),
    (5, "Greeting"): (" 1", " 2"),
    (7, "Phoning"): ("", " 2"),
    (7, "Walking"): (" 1", " 2"),
    (9, "Discussion"): (" 1", " 2"),
    (11, "Discussion"): (" 1", " 2"),
    (11, "Greeting"): ("", " 2"),
    (11, "Phoning"): (" 2", " 3"),
    (11, "Smoking"): ("", " 2"),
}
# Always use fullmatch: "SittingDown 1" is not a take of Sitting.
_NAME = re.compile(rf"({'|'.join(ACTIONS)})( \d+)?")


class Recording(NamedTuple):
    """One take of an action: number of the subject, and a name such as "SittingDown 1"."""

    subject: int
    name: str

    @property
    def action(self):
        """The action in the name, one of `ACTIONS`; None if there is none."""
        match = _NAME.fullmatch(self.name)
        return match.group(1) if match else None

    @property
    def split(self):
        """The split of the subject, "train" or "test"; None if the subject is not used."""
        for split, subjects in SUBJECTS.items():
            if self.subject in subjects:
                return split
        return None


def find(folder, pattern, suffix):
    """Finds the recordings of the ten actions and six subjects; ignores all other files.

    Args:
        folder: `pathlib` or `epath` path of the folder with S1, S5, ...
        pattern: glob pattern of the files, relative to the folder of a subject.
        suffix: part of the file name after the name of the recording.

    Returns:
        A sorted list of `Recording`.
    """
    found = set()
    for subjects in SUBJECTS.values():
        for subject in subjects:
            for path in (folder / f"S{subject}").glob(pattern):
                found.add(Recording(subject, path.name.removesuffix(suffix)))
    return sorted(recording for recording in found if recording.action)


def missing(found):
    """Returns the recordings of the full data set that are not in `found`.

    Two takes of an action by a subject are complete, whatever their numbers.

    Args:
        found: list of `Recording`.

    Returns:
        A list of `Recording`, by subject and action.
    """
    absent = []
    for subject in SUBJECTS["train"] + SUBJECTS["test"]:
        for action in ACTIONS:
            takes = _OTHER_TAKES.get((subject, action), _USUAL_TAKES)
            present = [r for r in found if r.subject == subject and r.action == action]
            if len(present) < len(takes):
                expected = [Recording(subject, action + take) for take in takes]
                absent += [recording for recording in expected if recording not in present]
    return absent
