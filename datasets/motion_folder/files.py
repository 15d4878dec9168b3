"""Finds the files of a user's folder, and says which of them are for training and for testing."""

import dataclasses
import hashlib
import pathlib

from tqdm import tqdm

SUFFIXES = (".npy", ".npz", ".csv", ".bvh")
SPLITS = ("train", "test")
# Of so many subjects, or files of an action, the last one is for testing.
EVERY = 5


@dataclasses.dataclass(frozen=True)
class MotionFile:
    """A file of motion: its path, its name below the folder, and what its place there says."""

    path: pathlib.Path
    name: str
    action: str
    subject: str
    split: str


def find_files(folder):
    """Finds the files of motion below ACTION/, ACTION/SUBJECT/, or the same below train/ and test/.

    Without the folders train and test, every fifth subject is for testing if all files lie in
    folders of subjects, else every fifth file of an action, both in the order of their names; where
    there are fewer than five, the last.

    Args:
        folder: a `pathlib.Path`.

    Returns:
        List of `MotionFile` sorted by name, and list of mistakes.
    """
    parts = _subfolders(folder)
    given = {part.name for part in parts} >= set(SPLITS)
    if given:
        mistakes = [
            f"{part.name}: lies beside {' and '.join(SPLITS)}; expected all actions in these"
            for part in parts
            if part.name not in SPLITS
        ]
        files = {split: _files_of(folder / split, folder, mistakes) for split in SPLITS}
    else:
        mistakes = []
        files = {"": _files_of(folder, folder, mistakes)}
    found = [
        MotionFile(path, path.relative_to(folder).as_posix(), action, subject, split)
        for split, triples in files.items()
        for path, action, subject in triples
    ]
    found = sorted(found if given else _split(found), key=lambda file: file.name)
    return found, mistakes + _missing(found)


def fingerprint(paths, folder) -> str:
    """Sixteen hexadecimal digits of the names and contents of files below a folder."""
    digest = hashlib.sha256()
    for path in tqdm(sorted(paths), desc="check", unit="file", delay=2):
        with open(path, "rb") as file:
            content = hashlib.file_digest(file, "sha256")
        digest.update(f"{path.relative_to(folder).as_posix()}\0{content.hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def _files_of(folder, top, mistakes):
    """(path, action, subject) of the files below the actions of a folder."""
    for path in _visible(folder.iterdir()):
        if path.suffix.lower() in SUFFIXES:
            mistakes.append(
                f"{path.relative_to(top).as_posix()}: expected in the folder of its action"
            )
    found = []
    for action in _subfolders(folder):
        paths = [path for path in _visible(action.rglob("*"), action) if path.is_file()]
        motions = [path for path in paths if path.suffix.lower() in SUFFIXES]
        if not motions:
            suffixes = sorted({path.suffix or path.name for path in paths})
            mistakes.append(
                f"{action.relative_to(top).as_posix()}: expected files {', '.join(SUFFIXES)}, got "
                + (", ".join(suffixes[:10]) or "none")
            )
        for path in motions:
            name = path.relative_to(top).as_posix()
            if not name.isprintable():  # It could not be stored, nor told in a message.
                mistakes.append(f"{name!r}: expected a name of letters that can be printed")
                continue
            between = path.relative_to(action).parts[:-1]
            found.append((path, action.name, between[0] if between else ""))
    return found


def _split(files):
    """Gives each file its split."""
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
    """Mistakes: too few actions, or an action that is not in both splits."""
    actions = sorted({file.action for file in files})
    mistakes = []
    if len(actions) < 2:
        present = ", ".join(actions) or "none"
        mistakes.append(f"expected a subfolder for each of two or more actions, got {present}")
    for action in actions:
        present = {file.split for file in files if file.action == action}
        mistakes += [
            f"{action}: no file is left for the {split} split; add one"
            for split in SPLITS
            if split not in present
        ]
    return mistakes


def _subfolders(folder):
    return sorted(path for path in _visible(folder.iterdir()) if path.is_dir())


def _visible(paths, top=None):
    """Without hidden files and folders, such as those that file managers leave."""
    return [
        path
        for path in paths
        if not any(
            part.startswith((".", "__"))
            for part in (path.relative_to(top).parts if top else [path.name])
        )
    ]
