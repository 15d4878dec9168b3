"""Finds the NTU RGB+D recordings that the user has."""

import collections
import dataclasses

from datasets.manual_folder import contents, nested
from datasets.ntu_rgbd.folder_source import FolderSource
from datasets.ntu_rgbd.recording_names import (
    ACTIONS,
    FULL_SET,
    LAST,
    RULES,
    USABLE,
    read_missing_list,
)
from datasets.ntu_rgbd.zip_source import ZipSource
from datasets.raw_data_error import RawDataError

# Names chosen by the owners of the data set.
FOLDER = "nturgb+d_skeletons"
ARCHIVE = "nturgbd_skeletons_s001_to_s017.zip"
MISSING_LIST = "NTU_RGBD_samples_with_missing_skeletons.txt"
MISSING_LIST_HOMEPAGE = "https://github.com/shahroudy/NTURGB-D (folder Matlab)"


@dataclasses.dataclass(frozen=True)
class Inventory:
    """The recordings in the manual directory.

    Attributes:
        source: the `FolderSource` or `ZipSource` that reads them.
        found: sorted list of the `Recording`s of the ten actions.
        listed: set of the recordings without a usable skeleton according to the owners' list;
            None without the list.
    """

    source: FolderSource | ZipSource
    found: list
    listed: set | None

    @property
    def to_read(self):
        """Sorted list of the recordings that were found and are not listed."""
        return [recording for recording in self.found if recording not in (self.listed or ())]

    def check(self, benchmark):
        """Checks that no split is empty and that the full set has the published split sizes.

        Args:
            benchmark: "xview" or "xsub".

        Raises:
            RawDataError: if a check fails.
        """
        counts = collections.Counter(recording.split(benchmark) for recording in self.to_read)
        for split in ("train", "test"):
            if not counts[split]:
                raise RawDataError(
                    f"{self.source.path}: expected recordings of the ten actions for both splits"
                    f" of {benchmark}, but none of the {len(self.found)} found is for {split}."
                    f" {RULES[benchmark]}"
                )
        full = {*self.found, *(self.listed or ())}
        if self.listed and len(full) == FULL_SET and counts != USABLE[benchmark]:
            raise RawDataError(
                f"{MISSING_LIST} beside {self.source.path}: of all {FULL_SET} recordings"
                f" of the ten actions, expected it to leave {USABLE[benchmark]} in"
                f" {benchmark}, but it leaves {dict(counts)}. Get it again from"
                f" {MISSING_LIST_HOMEPAGE}."
            )

    def describe(self):
        """Counts the recordings per action, camera and subject; "" if none is missing.

        Each action and each camera has the same number of recordings, but not each subject.
        """
        missing = FULL_SET - len({*self.found, *(self.listed or ())})
        if not missing:
            return ""
        lines = [f"{missing} of the {FULL_SET} recordings of the ten actions are missing."]
        for title, number, name_of in (
            ("action", len(ACTIONS), lambda recording: ACTIONS[recording.action]),
            ("camera", LAST["camera"], lambda recording: f"C{recording.camera:03}"),
            ("subject", LAST["subject"], lambda recording: f"P{recording.subject:03}"),
        ):
            counts = collections.Counter(map(name_of, self.found))
            found = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
            each = "" if title == "subject" else f", of {FULL_SET // number} each"
            others = number - len(counts)
            none = f"; none of the other {others}" if others else ""
            lines.append(f"Found per {title}{each}: {found}{none}.")
        return "\n".join(lines)


def take_inventory(folder, instructions):
    """Looks for recordings in a folder and up to two folders deeper, also in zip files.

    If several folders or zip files contain recordings, the one with the most is used. If the
    folder is the owners' own, their zip file and their list may lie beside it.

    Args:
        folder: `pathlib` or `epath` path of the manual directory.
        instructions: how to get the recordings, for the error message.

    Returns:
        An `Inventory`.

    Raises:
        RawDataError: if there are no recordings, or the zip file or the list is damaged.
    """
    folders = nested(folder)
    beside = [folder.parent] if folder.name == FOLDER else []
    archives = [path for place in folders + beside for path in sorted(place.glob("*.zip"))]
    found, source, errors = [], None, []
    for one in [*map(FolderSource, folders), *map(ZipSource, archives)]:
        try:
            here = one.recordings()
        except RawDataError as error:
            errors.append(error)
            if one.path.name == ARCHIVE:
                raise
            continue
        if len(here) > len(found):
            found, source = here, one
    if not found:
        reason = errors[0] if errors else f"It has {contents(folder)}."
        raise RawDataError(
            f"{folder} holds no NTU RGB+D skeletons of the ten actions. {reason}\n{instructions}"
        )
    for path in (place / MISSING_LIST for place in folders + beside):
        if path.exists():
            return Inventory(source, found, _read_missing_list(path))
    return Inventory(source, found, None)


def _read_missing_list(path):
    listed = read_missing_list(path.read_bytes().decode("ascii", "replace"))
    if not listed:
        raise RawDataError(
            f"{path}: expected a list of recordings such as S001C002P005R002A008, but it names none"
            f" of the ten actions. Download it again from {MISSING_LIST_HOMEPAGE}."
        )
    return listed
