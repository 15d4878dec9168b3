"""Seals a published run: a list of hashes, checked whenever the run is read."""

import hashlib
import pathlib

from sagcn_tf.errors import UserError
from sagcn_tf.files import atomic_write

# The format of `sha256sum`, so `sha256sum --check SHA256SUMS` works, too.
NAME = "SHA256SUMS"


def is_sealed(run_dir) -> bool:
    """Returns whether the folder of a run is sealed, so that nothing is written into it."""
    return (pathlib.Path(run_dir) / NAME).is_file()


def seal(run_dir, names) -> None:
    """Writes the hashes of files to `SHA256SUMS`.

    Args:
        run_dir: folder of the run.
        names: the files, relative to `run_dir`, with `/` between folders.
    """
    lines = [f"{_hash(pathlib.Path(run_dir) / name)}  {name}\n" for name in names]
    with atomic_write(pathlib.Path(run_dir) / NAME) as temporary:
        temporary.write_text("".join(lines))


def check_seal(run_dir) -> None:
    """Raises a `UserError` if a file of a sealed run is missing or changed."""
    if not is_sealed(run_dir):
        return
    path = pathlib.Path(run_dir) / NAME
    for line in path.read_text().splitlines():
        expected, _, name = line.partition("  ")
        try:
            found = _hash(path.parent / name)
        except OSError as error:
            raise UserError(f"{path} lists {name!r}, which cannot be read: {error}") from error
        if found != expected:
            raise UserError(
                f"{path.parent / name} is not the file that was published: {path} has the hash "
                f"{expected}, the file has {found}. Restore the folder, such as with git checkout"
            )


def writable_dir(run_dir) -> pathlib.Path:
    """Returns the folder for what is written about a run: `runs/NAME` if the run is sealed."""
    run_dir = pathlib.Path(run_dir)
    return pathlib.Path("runs", run_dir.resolve().name) if is_sealed(run_dir) else run_dir


def _hash(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()
