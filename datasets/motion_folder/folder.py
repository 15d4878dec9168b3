"""Opens and reads a motion folder, and reports all errors together."""

import dataclasses
import pathlib

import numpy as np
from tqdm import tqdm

from datasets.motion_folder import arrays, body
from datasets.motion_folder.bvh import read_bvh
from datasets.motion_folder.files import MotionFile, find_files, fingerprint
from datasets.motion_folder.settings import FILE, FRAME_RATE, Settings, read_settings
from datasets.raw_data_error import RawDataError

_NAMED = 10  # errors listed in a message
_LARGEST = 1e12  # the square of a coordinate must fit into float32
_FORMAT = "For the expected format see datasets/motion_folder/README.md"


@dataclasses.dataclass(frozen=True)
class Folder:
    """A motion folder whose files were found, but not all read.

    Attributes:
        path: path of the folder.
        files: list of `MotionFile`, sorted by name.
        settings: `Settings` of the folder.
        hierarchy: dictionary {joint: parent or None} from the first BVH file; None without BVH
            files.
        skeleton: the skeleton as a plain dictionary.
        dimensions: D, 2 or 3.
        fingerprint: identifies the names and contents of all files used.
    """

    path: pathlib.Path
    files: list[MotionFile]
    settings: Settings
    hierarchy: dict | None
    skeleton: dict
    dimensions: int
    fingerprint: str


def open_folder(path) -> Folder:
    """Finds the files and settings of a folder, and reads the first file.

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
    hierarchy, damaged = _first_hierarchy(found)
    description = path / FILE
    try:
        settings = read_settings(description, hierarchy)
        skeleton = body.skeleton(settings)
    except RawDataError as error:
        _fail(path, [*errors, f"{FILE}: {error}", *damaged])
    readable = (_try(file, settings, hierarchy)[0] for file in found)
    first = next((motion for motion in readable if motion is not None), None)
    if errors or first is None:
        _fail(path, errors + _read_all(found, settings, hierarchy)[1])
    kept = [file.path for file in found] + [description] * description.exists()
    dimensions = first.shape[-1]
    return Folder(path, found, settings, hierarchy, skeleton, dimensions, fingerprint(kept, path))


def read_motions(folder):
    """Reads all files of a folder.

    Args:
        folder: a `Folder`.

    Returns:
        A dictionary {name of the file: motion}, and the frame rate of all files. Motion is float32
        `[T, N, D]`, x to the right, y down, z away. It is relative to the root joint of each frame
        or, if a clip is a whole file (`clips: "resample"`), of the first frame.

    Raises:
        RawDataError: with all errors in all files.
    """
    motions, errors, rates = _read_all(folder.files, folder.settings, folder.hierarchy)
    if folder.settings.frame_rate:
        rates = {FILE: folder.settings.frame_rate, **rates}
    first, frame_rate = next(iter(rates.items()), (None, FRAME_RATE))
    for name, rate in rates.items():
        if abs(rate / frame_rate - 1) > 0.01:
            errors.append(
                f"{name}: expected {frame_rate:.4g} frames per second as in {first}, got {rate:.4g}"
            )
    for name, motion in motions.items():
        if motion.shape[-1] != folder.dimensions:
            others = f"{folder.dimensions} coordinates per joint as in the first file"
            errors.append(f"{name}: expected {others}, got {motion.shape[-1]}")
    if errors:
        _fail(folder.path, errors)
    whole = folder.settings.clips == "resample"
    roots = {name: motion[:1, :1] if whole else motion[:, :1] for name, motion in motions.items()}
    centered = {name: motion - roots[name] for name, motion in motions.items()}
    return {name: motion.astype(np.float32) for name, motion in centered.items()}, frame_rate


def _fail(path, errors):
    errors = list(dict.fromkeys(errors))
    lines = [f"{path}: {len(errors)} error{'s' * (len(errors) > 1)}", *errors[:_NAMED]]
    if len(errors) > _NAMED:
        lines.append(f"and {len(errors) - _NAMED} more")
    raise RawDataError("\n  ".join(lines) + f"\n{_FORMAT}")


def _first_hierarchy(found):
    """Returns {joint: parent} of the first readable BVH file, or None, and the errors so far."""
    errors = []
    for file in found:
        if file.path.suffix.lower() == ".bvh":
            try:
                return _hierarchy(read_bvh(file.path)), errors
            except (RawDataError, OSError) as error:
                errors.append(f"{file.name}: {error}")
    return None, errors


def _hierarchy(bvh):
    return {
        joint: bvh.joints[parent] if parent >= 0 else None
        for joint, parent in zip(bvh.joints, bvh.parents, strict=True)
    }


def _read_all(found, settings, hierarchy):
    """Returns motions by file name, errors, and the frame rates that BVH files contain."""
    motions, errors, rates = {}, [], {}
    for file in tqdm(found, desc="read", unit="file", delay=2):
        motion, rate, error = _try(file, settings, hierarchy)
        if error:
            errors.append(f"{file.name}: {error}")
            continue
        motions[file.name] = motion
        if rate:
            rates[file.name] = rate
    return motions, errors, rates


def _try(file, settings, hierarchy):
    """Returns (motion, frame rate, error) of a file."""
    try:
        motion, rate, up = _read(file, settings, hierarchy)
        return _to_camera(motion, settings.up or up), rate, None
    except (RawDataError, OSError) as error:
        return None, None, str(error)


def _read(file, settings, hierarchy):
    """Returns motion `[T, N, D]` in file axes, frame rate or None, and the default up axis."""
    suffix = file.path.suffix.lower()
    if suffix != ".bvh":
        read = arrays.read_csv if suffix == ".csv" else arrays.read_array
        return read(file.path, settings.joints), None, "-y"
    bvh = read_bvh(file.path)
    _check_joints(_hierarchy(bvh), hierarchy, settings.joints)
    chosen = [bvh.joints.index(joint) for joint in settings.joints]
    return bvh.positions[:, chosen], bvh.frame_rate, "+y"


def _check_joints(found, expected, joints):
    """Checks that a BVH file has all joints and the expected hierarchy."""
    absent = [joint for joint in joints if joint not in found]
    if absent:
        raise RawDataError(
            "expected the same joints as in the first BVH file, but these are missing: "
            f"{', '.join(absent[:_NAMED])}"
        )
    if set(joints) == set(expected) and found != expected:
        odd = [joint for joint, parent in found.items() if expected.get(joint, "") != parent]
        named = ", ".join(odd[:_NAMED])
        raise RawDataError(
            f"expected the hierarchy of the first BVH file, but it differs at {named}"
        )


def _to_camera(motion, up):
    """Rotates `[T, N, D]` so that x is to the right, y down, z away."""
    frames, dimensions = len(motion), motion.shape[-1]
    if frames < 2:
        raise RawDataError("expected two or more frames, got one")
    if np.abs(motion).max() > _LARGEST:
        raise RawDataError(f"expected coordinates up to {_LARGEST:g}, got {np.abs(motion).max():g}")
    if up == "+z" and dimensions == 2:
        raise RawDataError("expected +y or -y as up in skeleton.json for 2-D motion, got +z")
    if up == "+z":
        return motion[..., [0, 2, 1]] * [1, -1, 1]
    return motion * [1, -1, -1][:dimensions] if up == "+y" else motion
