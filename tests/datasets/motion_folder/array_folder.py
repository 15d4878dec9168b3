"""A folder of arrays like a user's: three joints, two actions."""

import json

import numpy as np
import pytest

from datasets.motion_folder.folder import open_folder
from datasets.motion_folder.motions import read_motions
from datasets.raw_data_error import RawDataError

BODY = {"joints": ["hip", "head", "foot"], "edges": [[0, 1], [0, 2]]}


def motion(frames=5, dimensions=3, seed=0):
    """Random positions `[frames, 3, dimensions]`."""
    return np.random.default_rng(seed).normal(size=(frames, 3, dimensions))


def write(folder, **files):
    """A folder of arrays `{"walk_1.npy": motion}`, two of each of two actions if none are given."""
    names = [f"{action}/{number}" for action in ("walk", "wave") for number in (1, 2)]
    files = files or {name: motion(seed=seed) for seed, name in enumerate(names)}
    (folder / "skeleton.json").write_text(json.dumps(BODY))
    for name, array in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        np.save(folder / f"{name}.npy", array)
    return folder


def describe(folder, **changes):
    """Writes a skeleton.json with changed keys; returns the folder."""
    (folder / "skeleton.json").write_text(json.dumps({**BODY, **changes}))
    return folder


def read(folder):
    """Returns the motion of each file, and everything else that was read."""
    found = read_motions(open_folder(folder))
    return found.motions, found


def refusal(folder):
    """Returns the first line and the errors of the message for an invalid folder."""
    with pytest.raises(RawDataError) as caught:
        read(folder)
    lines = str(caught.value).splitlines()
    assert str(folder) in lines[0] and "README.md" in lines[-1]
    return lines[0], [line.strip() for line in lines[1:-1]]
