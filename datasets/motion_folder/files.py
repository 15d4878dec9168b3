"""Finds the motion files in a folder and assigns them to splits."""

import dataclasses
import hashlib
import pathlib

from tqdm import tqdm

SUFFIXES = (".npy", ".npz", ".csv", ".bvh")
SPLITS = ("train", "test")
# Every fifth subject, or file of an action, is for testing.
EVERY = 5


@dataclasses.dataclass(frozen=True)
class MotionFile:
    """A motion file.

    Attributes:
        path: path of the file.
        name: path relative to the motion folder.
        action: name of the action's folder.
        subject: name of the subject's folder, or "".
        split: "train" or "test".
    """

    path: pathlib.Path
    name: str
    action: str
    subject: str
    split: str


def find_files(folder):
    """Finds motion files in ACTION/ and ACTION/SUBJECT/, or in these folders in train/ and test/.

    Without train/ and test/, every fifth subject is for testing if all files are in folders of
    subjects; otherwise, every fifth file of each action. Both are sorted by name. If there are
    fewer than five, the last one is for testing.

    Args:
        folder: a `pathlib.Path`.

    Returns:
        A list of `MotionFile` sorted by name, and a list of error messages.
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
        MotionFile(path, path.relative_to(folder).as_posix(), action, subject, split)
        for split, triples in files.items()
        for path, action, subject in triples
    ]
    found = sorted(found if given else _split(found), key=lambda file: file.name)
    return found, errors + _missing(found)


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
    """Returns (path, action, subject) of the files in the action folders of a folder."""
    for path in _visible(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES:
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
        for path in motions:
            name = path.relative_to(top).as_posix()
            if not name.isprintable():  # It could be neither stored nor shown in a message.
                errors.append(f"{name!r}: expected a name of printable characters")
                continue
            between = path.relative_to(action).parts[:-1]
            found.append((path, action.name, between[0] if between else ""))
    return found


def _split(files):
    """Assigns each file to a split."""
    if files and all(file.subject for file in files) and len({file.subject for file in files}) > 1:
        held_out = _every_fifth({file.subject for file in files})
        tested = {file.name for file in files if file.subject in held_out}
    else:
        actions = {file.action for file in files}
        names = [{file.name for file in files if file.action == action} for action in actions]
        tested = set().union(*map(_every_fifth, names))
    return [dataclasses.replace(file, split=SPLITS[file.name in tested]) for file in files]


def _every_fifth(names):
    names = sorted(names)
    return set(names[EVERY - 1 :: EVERY] or names[-1:])


def _missing(files):
    """Returns errors: too few actions, or an action that is missing in a split."""
    actions = sorted({file.action for file in files})
    errors = []
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
