"""Finds the motion files in a folder and assigns them to splits."""

import dataclasses
import hashlib
import pathlib
import re

from tqdm import tqdm

from datasets.motion_folder.readers import SUFFIXES

SPLITS = ("train", "test")
# Every fifth subject, or file of an action, is for testing.
EVERY = 5
# OpenPose writes a file per frame: VIDEO_000000000012_keypoints.json.
_FRAME = re.compile(r"(.*)_\d{12}_keypoints\.json", re.IGNORECASE)


@dataclasses.dataclass(frozen=True)
class MotionFile:
    """A motion file, or the files of a recording with a file per frame.

    Attributes:
        paths: path of the file, or of the file of each frame.
        name: path relative to the motion folder; of files per frame, without the frame.
        action: name of the action's folder.
        subject: name of the subject's folder, or "".
        split: "train" or "test"; "" if not decided yet.
    """

    paths: tuple[pathlib.Path, ...]
    name: str
    action: str
    subject: str
    split: str = ""


def find_files(folder):
    """Finds motion files in ACTION/ and ACTION/SUBJECT/, or in these folders in train/ and test/.

    Args:
        folder: a `pathlib.Path`.

    Returns:
        A list of `MotionFile` sorted by name, with splits if they are given by folders, and a list
        of error messages.
    """
    parts = _subfolders(folder)
    given = {part.name for part in parts} >= set(SPLITS)
    if given:
        errors = [
            f"{part.name}: expected all actions in {' and '.join(SPLITS)}, got a folder beside them"
            for part in parts
            if part.name not in SPLITS
        ]
        files = {split: _files_of(folder / split, folder, errors) for split in SPLITS}
    else:
        errors = []
        files = {"": _files_of(folder, folder, errors)}
    found = [
        MotionFile(paths, name, action, subject, split)
        for split, parts in files.items()
        for paths, name, action, subject in parts
    ]
    return sorted(found, key=lambda file: file.name), errors


def split_files(files, actions, short=frozenset()):
    """Assigns a split to each file, unless folders did.

    Every fifth subject is for testing if all files are in folders of subjects; otherwise, every
    fifth file of each action. Both are sorted by name. If there are fewer than five, the last one
    is for testing.

    Args:
        files: list of `MotionFile`.
        actions: names of the actions that must be in both splits.
        short: names of files that are too short for a clip of the default length. If an action has
            two others, they are not for testing, because they may be left out in the end.

    Returns:
        A list of `MotionFile` with splits, and a list of error messages: an action that is missing
        in a split.
    """
    if not all(file.split for file in files):
        tested = _tested(files, short)
        files = [dataclasses.replace(file, split=SPLITS[file.name in tested]) for file in files]
    return files, _missing(files, actions)


def fingerprint(paths, folder) -> str:
    """Returns 16 hexadecimal digits that identify the names and contents of files.

    Args:
        paths: paths of the files.
        folder: folder that the names are relative to.
    """
    digest = hashlib.sha256()
    for path in tqdm(sorted(paths), desc="check", unit="file", delay=2):
        with open(path, "rb") as file:
            content = hashlib.file_digest(file, "sha256")
        digest.update(f"{path.relative_to(folder).as_posix()}\0{content.hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def _files_of(folder, top, errors):
    """Returns (paths, name, action, subject) of each recording in the action folders."""
    for path in _visible(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES and path.suffix.lower() != ".json":
            errors.append(
                f"{path.relative_to(top).as_posix()}: expected in a folder named after its action"
            )
    found = []
    for action in _subfolders(folder):
        paths = [path for path in _visible(action.rglob("*"), action) if path.is_file()]
        motions = [path for path in paths if path.suffix.lower() in SUFFIXES]
        if not motions:
            suffixes = sorted({path.suffix or path.name for path in paths})
            errors.append(
                f"{action.relative_to(top).as_posix()}: expected files {', '.join(SUFFIXES)}, got "
                + (", ".join(suffixes[:10]) or "none")
            )
        for name, paths in _recordings(motions, top).items():
            if not name.isprintable():  # It could be neither stored nor shown in a message.
                errors.append(f"{name!r}: expected a name of printable characters")
                continue
            between = paths[0].relative_to(action).parts[:-1]
            found.append((tuple(paths), name, action.name, between[0] if between else ""))
    return found


def _recordings(paths, top):
    """Returns {name: paths}; files with a frame each are one recording."""
    found = {}
    for path in sorted(paths):
        name = path.relative_to(top).as_posix()
        frame = _FRAME.fullmatch(name)
        found.setdefault(frame[1] if frame else name, []).append(path)
    return found


def _tested(files, short):
    """Returns the names of the files for testing."""
    if files and all(file.subject for file in files) and len({file.subject for file in files}) > 1:
        held_out = _every_fifth({file.subject for file in files})
        return {file.name for file in files if file.subject in held_out}
    tested = set()
    for action in {file.action for file in files}:
        names = {file.name for file in files if file.action == action}
        tested |= _every_fifth(names - short if len(names - short) > 1 else names)
    return tested


def _every_fifth(names):
    names = sorted(names)
    return set(names[EVERY - 1 :: EVERY] or names[-1:])


def _missing(files, actions):
    """Returns errors: too few actions, or an action that is missing in a split."""
    actions, errors = sorted(set(actions)), []
    if len(actions) < 2:
        present = ", ".join(actions) or "none"
        errors.append(f"expected subfolders for two or more actions, got {present}")
    for action in actions:
        present = {file.split for file in files if file.action == action}
        errors += [
            f"{action}: expected at least one file in the {split} split, got none; add a file"
            for split in SPLITS
            if split not in present
        ]
    return errors


def _subfolders(folder):
    return sorted(path for path in _visible(folder.iterdir()) if path.is_dir())


def _visible(paths, top=None):
    """Removes hidden files and folders, such as those created by file managers."""
    return [
        path
        for path in paths
        if not any(
            part.startswith((".", "__"))
            for part in (path.relative_to(top).parts if top else [path.name])
        )
    ]
