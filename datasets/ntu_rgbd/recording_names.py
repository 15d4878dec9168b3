"""Names of the NTU RGB+D recordings, and the splits of its two benchmarks."""

import re
from typing import NamedTuple

# The ten actions of the paper's experiments, by their numbers in NTU RGB+D.
ACTIONS = {
    1: "drinking_water",
    7: "throw",
    8: "sitting_down",
    9: "standing_up",
    14: "wear_jacket",
    23: "hand_waving",
    24: "kicking_something",
    27: "jump_up",
    28: "make_phone_call",
    40: "cross_hands_in_front",
}
# The cameras or subjects in the training split of each benchmark; all others are for testing.
_TRAIN = {
    "xview": (2, 3),
    "xsub": (1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38),
}
_PART = {"xview": "camera", "xsub": "subject"}
RULES = {
    benchmark: f"Training: {_PART[benchmark]}s {', '.join(map(str, numbers))}; testing: all others."
    for benchmark, numbers in _TRAIN.items()
}

# Number of recordings of the ten actions, and of those with usable skeletons in each split.
FULL_SET = 9480
USABLE = {
    "xview": {"train": 6267, "test": 3155},
    "xsub": {"train": 6675, "test": 2747},
}
SUFFIX = ".skeleton"

# Setups 18 to 32 belong to the data set's extension, NTU RGB+D 120.
LAST = {"setup": 17, "camera": 3, "subject": 40, "replication": 2}
_NAME = re.compile(r"S(\d{3})C(\d{3})P(\d{3})R(\d{3})A(\d{3})")


class Recording(NamedTuple):
    """One recording; the fields are the numbers in its name, such as S001C002P003R002A008."""

    setup: int
    camera: int
    subject: int
    replication: int
    action: int

    @property
    def name(self):
        """The file name without its suffix."""
        return "S{:03}C{:03}P{:03}R{:03}A{:03}".format(*self)

    def split(self, benchmark):
        """Returns the split of the recording, "train" or "test".

        Args:
            benchmark: "xview" (by camera) or "xsub" (by subject).
        """
        return "train" if getattr(self, _PART[benchmark]) in _TRAIN[benchmark] else "test"


def read_name(name):
    """Parses a file name without its suffix.

    Returns:
        A `Recording`; None for names of other actions, of NTU RGB+D 120 or in another format.
    """
    match = _NAME.fullmatch(name)
    if not match:
        return None
    recording = Recording(*map(int, match.groups()))
    known = all(1 <= getattr(recording, part) <= last for part, last in LAST.items())
    return recording if known and recording.action in ACTIONS else None


def read_missing_list(text):
    """Returns the set of `Recording`s of the ten actions in a list of missing skeletons."""
    names = (match.group() for match in _NAME.finditer(text))
    return {recording for recording in map(read_name, names) if recording}
