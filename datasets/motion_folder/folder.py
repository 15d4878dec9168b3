"""Reads a user's folder, and tells all of its mistakes at once."""

import dataclasses
import pathlib

import numpy as np
from tqdm import tqdm

from datasets.motion_folder import arrays, body
from datasets.motion_folder.bvh import read_bvh
from datasets.motion_folder.files import MotionFile, find_files, fingerprint
from datasets.motion_folder.settings import FILE, FRAME_RATE, Settings, read_settings
from datasets.raw_data_error import RawDataError

_NAMED = 10  # mistakes in a message
_LARGEST = 1e12  # a coordinate whose square float32 still holds
_FORMAT = "What such a folder holds: datasets/motion_folder/README.md"


@dataclasses.dataclass(frozen=True)
class Folder:
    """A folder whose files have been found, but not all read.

    Attributes:
        path: of the folder.
        files: list of `MotionFile`, sorted by name.
        settings: its `Settings`.
        hierarchy: `{joint: its parent or None}` of the first BVH file; None without BVH files.
        skeleton: the skeleton as a plain dictionary.
        dimensions: D, 2 or 3.
        fingerprint: of all files that count; another folder, or a changed one, has another.
    """

    path: pathlib.Path
    files: list[MotionFile]
    settings: Settings
    hierarchy: dict | None
    skeleton: dict
    dimensions: int
    fingerprint: str


def open_folder(path) -> Folder:
    """Finds the files of a folder and what holds for all of them; reads the first.

    Raises:
        RawDataError: if there is no such folder, or with all of its mistakes.
    """
    path = pathlib.Path(path)
    if not path.is_dir():
        raise RawDataError(f"{path} is not a folder. {_FORMAT}")
    found, mistakes = find_files(path)
    hierarchy, damaged = _first_hierarchy(found)
    description = path / FILE
    try:
        holds = read_settings(description, hierarchy)
        skeleton = body.skeleton(holds)
    except RawDataError as error:
        _refuse(path, [*mistakes, f"{FILE}: {error}", *damaged])
    readable = (_try(file, holds, hierarchy)[0] for file in found)
    first = next((motion for motion in readable if motion is not None), None)
    if mistakes or first is None:
        _refuse(path, mistakes + _read_all(found, holds, hierarchy)[1])
    kept = [file.path for file in found] + [description] * description.exists()
    dimensions = first.shape[-1]
    return Folder(path, found, holds, hierarchy, skeleton, dimensions, fingerprint(kept, path))


def read_motions(folder):
    """Reads all files of a folder.

    Args:
        folder: a `Folder`.

    Returns:
        `{name of the file: motion}`, float32 `[T, N, D]`: x to the right, y down, z away, relative
        to the first joint: in each frame, or of the first frame if clips are whole sequences; and
        the frame rate of all files.

    Raises:
        RawDataError: with all mistakes of all files.
    """
    motions, mistakes, rates = _read_all(folder.files, folder.settings, folder.hierarchy)
    if folder.settings.frame_rate:
        rates = {FILE: folder.settings.frame_rate, **rates}
    first, frame_rate = next(iter(rates.items()), (None, FRAME_RATE))
    for name, rate in rates.items():
        if abs(rate / frame_rate - 1) > 0.01:
            mistakes.append(
                f"{name}: {rate:.4g} frames a second, but {first} says {frame_rate:.4g}"
            )
    for name, motion in motions.items():
        if motion.shape[-1] != folder.dimensions:
            others = f"{folder.dimensions} coordinates, as the first file has"
            mistakes.append(f"{name}: expected {others}, got {motion.shape[-1]}")
    if mistakes:
        _refuse(folder.path, mistakes)
    whole = folder.settings.clips == "resample"
    roots = {name: motion[:1, :1] if whole else motion[:, :1] for name, motion in motions.items()}
    centered = {name: motion - roots[name] for name, motion in motions.items()}
    return {name: motion.astype(np.float32) for name, motion in centered.items()}, frame_rate


def _refuse(path, mistakes):
    mistakes = list(dict.fromkeys(mistakes))
    lines = [f"{path}: {len(mistakes)} mistake{'s' * (len(mistakes) > 1)}", *mistakes[:_NAMED]]
    if len(mistakes) > _NAMED:
        lines.append(f"and {len(mistakes) - _NAMED} more")
    raise RawDataError("\n  ".join(lines) + f"\n{_FORMAT}")


def _first_hierarchy(found):
    """{joint: its parent} of the first BVH file that can be read, or None; and mistakes so far."""
    mistakes = []
    for file in found:
        if file.path.suffix.lower() == ".bvh":
            try:
                return _hierarchy(read_bvh(file.path)), mistakes
            except (RawDataError, OSError) as error:
                mistakes.append(f"{file.name}: {error}")
    return None, mistakes


def _hierarchy(bvh):
    return {
        joint: bvh.joints[parent] if parent >= 0 else None
        for joint, parent in zip(bvh.joints, bvh.parents, strict=True)
    }


def _read_all(found, holds, hierarchy):
    """Motions by the names of their files, mistakes, and the frame rates of files that say one."""
    motions, mistakes, rates = {}, [], {}
    for file in tqdm(found, desc="read", unit="file", delay=2):
        motion, rate, mistake = _try(file, holds, hierarchy)
        if mistake:
            mistakes.append(f"{file.name}: {mistake}")
            continue
        motions[file.name] = motion
        if rate:
            rates[file.name] = rate
    return motions, mistakes, rates


def _try(file, holds, hierarchy):
    """(motion, frame rate, mistake) of a file."""
    try:
        motion, rate, up = _read(file, holds, hierarchy)
        return _to_camera(motion, holds.up or up), rate, None
    except (RawDataError, OSError) as error:
        return None, None, str(error)


def _read(file, holds, hierarchy):
    """Motion `[T, N, D]` as the file has it, its frame rate or None, and its usual direction up."""
    suffix = file.path.suffix.lower()
    if suffix != ".bvh":
        read = arrays.read_csv if suffix == ".csv" else arrays.read_array
        return read(file.path, holds.joints), None, "-y"
    bvh = read_bvh(file.path)
    _check_joints(_hierarchy(bvh), hierarchy, holds.joints)
    chosen = [bvh.joints.index(joint) for joint in holds.joints]
    return bvh.positions[:, chosen], bvh.frame_rate, "+y"


def _check_joints(found, expected, joints):
    """Refuses a BVH file that lacks one of the joints, or whose hierarchy is another."""
    absent = [joint for joint in joints if joint not in found]
    if absent:
        raise RawDataError(f"has no {', '.join(absent[:_NAMED])}")
    if set(joints) == set(expected) and found != expected:
        odd = [joint for joint, parent in found.items() if expected.get(joint, "") != parent]
        named = ", ".join(odd[:_NAMED])
        raise RawDataError(f"has joints that the first BVH file lacks or joins otherwise: {named}")


def _to_camera(motion, up):
    """Turns `[T, N, D]` so that x is to the right, y down, z away."""
    frames, dimensions = len(motion), motion.shape[-1]
    if frames < 2:
        raise RawDataError("expected two frames or more, got one")
    if np.abs(motion).max() > _LARGEST:
        raise RawDataError(f"expected coordinates up to {_LARGEST:g}, got larger ones")
    if up == "+z" and dimensions == 2:
        raise RawDataError("2-D motion has no axis +z to point up, as skeleton.json says")
    if up == "+z":
        return motion[..., [0, 2, 1]] * [1, -1, 1]
    return motion * [1, -1, -1][:dimensions] if up == "+y" else motion
