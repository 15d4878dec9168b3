"""What of NTU RGB+D a user has."""

import collections
import dataclasses

from datasets.ntu_rgbd.folder_source import FolderSource
from datasets.ntu_rgbd.recording_names import (
    ACTIONS,
    FULL_SET,
    RULES,
    USABLE,
    read_missing_list,
)
from datasets.ntu_rgbd.zip_source import ZipSource
from datasets.raw_data_error import RawDataError

# As the owners of the data name them.
FOLDER = "nturgb+d_skeletons"
ARCHIVE = "nturgbd_skeletons_s001_to_s017.zip"
MISSING_LIST = "NTU_RGBD_samples_with_missing_skeletons.txt"
MISSING_LIST_HOMEPAGE = "https://github.com/shahroudy/NTURGB-D (folder Matlab)"


@dataclasses.dataclass(frozen=True)
class Inventory:
    """The recordings that lie in the manual directory.

    Attributes:
        source: what reads them, a `FolderSource` or `ZipSource`.
        found: sorted list of the `Recording`s of the ten actions.
        listed: the recordings that the owners' list says have no usable skeleton, a set; None
            without the list.
    """

    source: FolderSource | ZipSource
    found: list
    listed: set | None

    @property
    def to_read(self):
        """The recordings found that aren't listed, a sorted list."""
        return [recording for recording in self.found if recording not in (self.listed or ())]

    def check(self, benchmark):
        """Checks that no split is empty and, of the full set, that as many remain as published.

        Raises:
            RawDataError: if not.
        """
        counts = collections.Counter(recording.split(benchmark) for recording in self.to_read)
        for split in ("train", "test"):
            if not counts[split]:
                raise RawDataError(
                    f"{self.source.path}: expected recordings of the ten actions for both splits"
                    f" of {benchmark}, but none of the {len(self.found)} there is for {split}."
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
        """Says, if recordings are missing, which are there: of each action, camera and subject."""
        missing = FULL_SET - len({*self.found, *(self.listed or ())})
        if not missing:
            return ""
        lines = [f"{missing} of the {FULL_SET} recordings of the ten actions are not there."]
        for title, name_of in (
            ("actions", lambda recording: ACTIONS[recording.action]),
            ("cameras", lambda recording: f"C{recording.camera:03}"),
            ("subjects", lambda recording: f"P{recording.subject:03}"),
        ):
            counts = collections.Counter(map(name_of, self.found))
            each = ", ".join(f"{name} {count}" for name, count in sorted(counts.items()))
            lines.append(f"There are, by {title}: {each}.")
        return "\n".join(lines)


def take_inventory(folder, instructions):
    """Looks for recordings in a folder, in the folder or the zip file of theirs in it.

    Where they are in several of these places, the place that has most of them counts.

    Args:
        folder: the manual directory, `pathlib` or `epath`.
        instructions: what to tell who has none.

    Returns:
        An `Inventory`.

    Raises:
        RawDataError: if there are none, or what should be a zip file or a list isn't one.
    """
    sources = [FolderSource(folder), FolderSource(folder / FOLDER), ZipSource(folder / ARCHIVE)]
    found, source = max(
        ((source.recordings(), source) for source in sources), key=lambda pair: len(pair[0])
    )
    if not found:
        raise RawDataError(
            f"{folder} holds no NTU RGB+D skeletons of the ten actions.\n{instructions}"
        )
    for path in (folder / MISSING_LIST, folder / FOLDER / MISSING_LIST):
        if path.exists():
            return Inventory(source, found, _read_missing_list(path))
    return Inventory(source, found, None)


def _read_missing_list(path):
    listed = read_missing_list(path.read_bytes().decode("ascii", "replace"))
    if not listed:
        raise RawDataError(
            f"{path}: expected a list of recordings such as S001C002P005R002A008, but none of the"
            f" ten actions is in it. Get it again from {MISSING_LIST_HOMEPAGE}."
        )
    return listed
