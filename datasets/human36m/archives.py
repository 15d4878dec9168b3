"""Finds the archive of Human3.6M in a folder, or says what is missing."""

from absl import logging

from datasets.human36m import recordings
from datasets.human36m.cdf_archive import CdfArchive
from datasets.human36m.h5_archive import H5Archive
from datasets.human36m.npz_archive import NAME, NpzArchive
from datasets.human36m.world_cdf_archive import WorldCdfArchive
from datasets.manual_folder import contents, nested
from datasets.raw_data_error import RawDataError

_PACKED = (".zip", ".tgz", ".gz", ".tar", ".7z", ".rar")


def open_archive(folder, dimensions, instructions):
    """Finds the archive with the most recordings, in a folder or up to two folders deeper.

    Args:
        folder: `pathlib` or `epath` path of the manual directory.
        dimensions: of the motion to prepare. 2-D needs an archive with a camera.
        instructions: how to get the recordings, for the error message.

    Returns:
        The archive, and a list of its recordings. Missing ones are listed in a warning.

    Raises:
        RawDataError: if a split has no recordings.
    """
    found = _archives(folder, dimensions)
    usable = [(one, here) for one, here in found if one.has_camera or dimensions == 3]
    none = CdfArchive(folder, dimensions), []
    archive, present = max(usable, key=lambda one: (len(one[1]), one[0].has_camera), default=none)
    for split, subjects in recordings.SUBJECTS.items():
        if not any(recording.split == split for recording in present):
            named = ", ".join(f"S{subject}" for subject in subjects)
            raise RawDataError(
                f"{folder} has no Human3.6M recordings of the {split} subjects ({named})"
                f"{'' if dimensions == 3 else ' for 2-D'}. It has {contents(folder)}."
                f"{_hint(folder, found)}\n{instructions}"
            )
    if not archive.has_camera:
        logging.warning(
            "Human3.6M: %s has no cameras.h5, so the axes are those of the world, not a camera's",
            archive.folder,
        )
    _warn_of_missing(archive, present)
    return archive, present


def _archives(folder, dimensions):
    """Returns pairs of an archive and its recordings; the large npz file is read last."""
    places, found = nested(folder), []
    for place in places:
        archives = CdfArchive(place, dimensions), H5Archive(place), WorldCdfArchive(place)
        found += [(archive, archive.recordings()) for archive in archives]
    if not any(present for _, present in found):
        found += [(archive, archive.recordings()) for archive in map(NpzArchive, places)]
    return [(archive, present) for archive, present in found if present]


def _warn_of_missing(archive, present):
    missing = recordings.missing(present)
    files = [path for one in missing for path in archive.paths(one) if not path.exists()]
    what, names = "files", [str(path.relative_to(archive.folder)) for path in files]
    if not files:  # All recordings of an npz archive are in one file.
        what, names = "recordings", [f"S{one.subject} {one.name}" for one in missing]
    if missing:
        logging.warning(
            "Human3.6M is prepared without %d missing %s in %s: %s",
            len(names),
            what,
            archive.folder,
            ", ".join(names),
        )


def _hint(folder, found):
    """Says what a folder without usable recordings lacks."""
    world = [archive for archive, _ in found if not archive.has_camera]
    if world:
        return (
            f" {world[0].folder} has world coordinates alone: 2-D needs the cameras. Put cameras.h5"
            " of the h36m archive beside them, or prepare 3-D (--dataset=human36m_3d)."
        )
    poses = [place / "MyPoseFeatures" for one in nested(folder) for place in one.glob("S*")]
    parts = {path.name for place in poses if place.is_dir() for path in place.iterdir()}
    if parts:
        return (
            f" In S*/MyPoseFeatures, expected D2_Positions and D3_Positions_mono with files of "
            f"camera {recordings.CAMERA}, found {', '.join(sorted(parts))}."
        )
    if any(path.suffix in _PACKED for one in nested(folder) for path in one.glob("*.*")):
        return " Unpack the archives."
    if folder.name.startswith(("S1", "S5", "S7", "S8", "S9")) or (folder / "MyPoses").is_dir():
        return f" Give the folder that has all subjects: {folder.parent}."
    if folder.is_dir() and any(folder.glob("*.npz")):
        return f" Of npz files, only {NAME} is read."
    return ""
