"""Opens a motion folder: finds its files, their body and their settings."""

import dataclasses
import pathlib

from datasets.motion_folder import body
from datasets.motion_folder.body_of_files import body_of_files
from datasets.motion_folder.files import MotionFile, find_files, fingerprint, split_files
from datasets.motion_folder.fitting import fit
from datasets.motion_folder.readers import read_recording
from datasets.motion_folder.rig import Rig
from datasets.motion_folder.settings import FILE, Settings, read_settings
from datasets.raw_data_error import RawDataError

# How many files are read to see what the folder holds; fewer if they have this many frames.
_SAMPLES, _SAMPLE_FRAMES = 10, 20_000
_NAMED = 10  # errors listed in a message
_FORMAT = "For the expected format see datasets/motion_folder/README.md"


@dataclasses.dataclass(frozen=True)
class Folder:
    """A motion folder whose files were found, but not all read.

    Attributes:
        path: path of the folder.
        files: list of `MotionFile`, sorted by name.
        settings: `Settings` of the folder.
        rig: `Rig` of a BVH file with the joints of the settings; None without such a file.
        skeleton: the skeleton as a plain dictionary.
        dimensions: D, 2 or 3.
        fingerprint: identifies the names and contents of all files used.
        notes: lines about what the files turned out to hold.
    """

    path: pathlib.Path
    files: list[MotionFile]
    settings: Settings
    rig: Rig | None
    skeleton: dict
    dimensions: int
    fingerprint: str
    notes: tuple[str, ...] = ()


def open_folder(path) -> Folder:
    """Finds the files and settings of a folder, and reads some of the files.

    Args:
        path: path of the folder.

    Returns:
        A `Folder`.

    Raises:
        RawDataError: if there is no such folder, or with all errors found.
    """
    path = pathlib.Path(path)
    if not path.is_dir():
        raise RawDataError(f"{path} is not a folder. {_FORMAT}")
    found, errors = find_files(path)
    errors += split_files(found, [file.action for file in found])[1]
    samples, damaged = _samples(found)
    known, notes = body_of_files(samples)
    try:
        settings = read_settings(path / FILE, known)
        skeleton = body.skeleton(settings)
    except RawDataError as error:
        # If no file can be read, settings that would follow from the files are not missing as well.
        own = [f"{FILE}: {error}"] if samples or (path / FILE).exists() else []
        refuse(path, [*damaged, *errors, *own])
    dimensions = _dimensions(samples, settings)
    if errors or not dimensions:
        refuse(path, errors + _all_errors(found, settings))
    rig = next((one.rig for one in samples if one.rig and _has_body(one.rig, settings)), None)
    kept = [part for file in found for part in file.paths]
    kept += [path / FILE] * (path / FILE).exists()
    return Folder(
        path, found, settings, rig, skeleton, dimensions, fingerprint(kept, path), tuple(notes)
    )


def refuse(path, errors):
    """Raises a `RawDataError` with the first errors of a folder, and the number of all."""
    count = f"{len(errors)} error{'s' if len(errors) > 1 else ''}"
    more = [f"and {len(errors) - _NAMED} more"] if len(errors) > _NAMED else []
    lines = [f"{path}: {count}", *(f"  {error}" for error in [*errors[:_NAMED], *more])]
    raise RawDataError("\n".join([*lines, _FORMAT]))


def fit_file(file, settings):
    """Reads a file and fits it to the settings.

    Args:
        file: a `MotionFile`.
        settings: the `Settings` of its folder.

    Returns:
        `(fitted, None)` with a `Fitted`, or `(None, error)` with a line without the file's name.
    """
    try:
        return fit(read_recording(file.paths), settings), None
    except (RawDataError, OSError) as error:
        return None, str(error)


def _samples(found):
    """Reads files from all over the folder until there are enough.

    Returns the recordings, and the errors of files that could not be read.
    """
    step = max(1, len(found) // _SAMPLES)
    order = sorted(range(len(found)), key=lambda index: (index % step, index))
    recordings, frames, errors = [], 0, {}
    for index in order:
        try:
            recordings.append(read_recording(found[index].paths))
            frames += len(recordings[-1].positions)
        except (RawDataError, OSError) as error:
            errors[index] = f"{found[index].name}: {error}"
        if len(recordings) == _SAMPLES or frames >= _SAMPLE_FRAMES:
            break
    return recordings, [errors[index] for index in sorted(errors)]


def _has_body(rig, settings):
    return set(settings.joints) <= set(rig.joints)


def _dimensions(samples, settings):
    """Returns the coordinates per joint of most samples that fit; 0 if none does."""
    counts = {}
    for sample in samples:
        try:
            dimensions = fit(sample, settings).motion.shape[-1]
        except RawDataError:
            continue
        counts[dimensions] = counts.get(dimensions, 0) + 1
    return max(counts, key=counts.get, default=0)


def _all_errors(found, settings):
    fitted = ((file.name, fit_file(file, settings)[1]) for file in found)
    return [f"{name}: {error}" for name, error in fitted if error]
