"""Which recordings NTU RGB+D has, how they are called, and how the two benchmarks split them."""

import re
from typing import NamedTuple

# The ten actions of the paper's experiments, by their numbers in the data set.
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
# The two benchmarks: which cameras and which subjects are trained on; others are tested on.
_TRAIN = {
    "xview": (2, 3),
    "xsub": (1, 2, 4, 5, 8, 9, 13, 14, 15, 16, 17, 18, 19, 25, 27, 28, 31, 34, 35, 38),
}
_PART = {"xview": "camera", "xsub": "subject"}
RULES = {
    benchmark: f"Training takes {_PART[benchmark]}s {', '.join(map(str, numbers))}; testing others."
    for benchmark, numbers in _TRAIN.items()
}

# All recordings of the ten actions, and how many of them the list of missing skeletons leaves.
FULL_SET = 9480
USABLE = {
    "xview": {"train": 6267, "test": 3155},
    "xsub": {"train": 6675, "test": 2747},
}
SUFFIX = ".skeleton"

# Setups 18 to 32 belong to the data set's extension, NTU RGB+D 120.
_LAST = {"setup": 17, "camera": 3, "subject": 40, "replication": 2}
_NAME = re.compile(r"S(\d{3})C(\d{3})P(\d{3})R(\d{3})A(\d{3})")


class Recording(NamedTuple):
    """One recording, as its name numbers it: S001C002P003R002A008."""

    setup: int
    camera: int
    subject: int
    replication: int
    action: int

    @property
    def name(self):
        """The name without a suffix."""
        return "S{:03}C{:03}P{:03}R{:03}A{:03}".format(*self)

    def split(self, benchmark):
        """The split that holds the recording, "train" or "test".

        Args:
            benchmark: "xview" (by camera) or "xsub" (by subject).
        """
        return "train" if getattr(self, _PART[benchmark]) in _TRAIN[benchmark] else "test"


def read_name(name):
    """Returns the `Recording` of a name without suffix; None for any other name.

    The recordings of other actions than the ten, and those of the data set's extension, are others.
    """
    match = _NAME.fullmatch(name)
    if not match:
        return None
    recording = Recording(*map(int, match.groups()))
    known = all(1 <= getattr(recording, part) <= last for part, last in _LAST.items())
    return recording if known and recording.action in ACTIONS else None


def read_missing_list(text):
    """Returns the recordings, of the ten actions, that a list of missing skeletons names: a set."""
    names = (match.group() for match in _NAME.finditer(text))
    return {recording for recording in map(read_name, names) if recording}
