"""A training that ends within seconds: narrow networks on a few BVH files."""

import csv
import pathlib

import numpy as np

from tests.bvh_folder import write_bvh_folder
from tests.campaign import commands

STEPS = 6
_EVERY = {
    "dataset": "motion_folder",
    "frames": 8,
    "batch_size": 4,
    "steps": STEPS,
    "checkpoint_every": 1,
    "evaluate_every": 3,
    "clips_per_class": 2,
}
MODELS = {
    "skeleton_vae": {},
    "sagcn": {
        **{"preset": "paper", "projection": 7, "hidden": 9, "maps": "11,12", "top_k": 3},
        **{"filters": "3,4,4,5,5", "k_frame": 4, "noise_dim": 6, "label_embedding": 4},
        **{"sequence_maps": "13,12,11,8", "frame_maps": "12,10,9,7"},
    },
}
_TIMES = ("steps_per_second", "clips_per_second", "seconds")


def raw_files(folder):
    """Writes the motion files; returns their folder."""
    return write_bvh_folder(pathlib.Path(folder), files=3, frames=20)


def arguments(folder, raw, model="skeleton_vae"):
    """Returns the flags of a training whose data and run lie in a folder."""
    folders = {"data_dir": folder / "data", "run_dir": folder / "run", "manual_dir": raw}
    return {"model": model, **_EVERY, **MODELS[model], **folders}


def train(folder, raw, model="skeleton_vae"):
    """Runs a training that nothing disturbs; returns what `result` does."""
    folder.mkdir(parents=True)
    status, text = commands.run(
        "sagcn_tf.train", folder / "train.log", **arguments(folder, raw, model)
    )
    if status:
        raise RuntimeError(f"the undisturbed training failed: {text}")
    return result(folder / "run")


def result(run_dir):
    """Returns what a finished training left: `{name: bytes}` of weights, history and metrics."""
    import tensorflow as tf

    found = {}
    for kind in ("last", "best"):
        path = tf.train.latest_checkpoint(str(run_dir / "checkpoints" / kind))
        reader = tf.train.load_checkpoint(path)
        for name in sorted(reader.get_variable_to_shape_map()):
            # The counter of saves differs where a save was repeated.
            if "OBJECT_GRAPH" not in name and not name.startswith("save_counter"):
                found[f"{kind}/{name}"] = np.asarray(reader.get_tensor(name)).tobytes()
    with open(run_dir / "history.csv", newline="") as file:
        for row in csv.DictReader(file):
            values = [(name, value) for name, value in row.items() if name not in _TIMES]
            found[f"history of step {row['step']}"] = repr(values).encode()
    found["metrics.json"] = (run_dir / "metrics.json").read_bytes()
    return found


def difference(found, expected):
    """Describes how two results differ; None if they are equal, bit for bit."""
    names = [name for name in expected | found if expected.get(name) != found.get(name)]
    return f"{len(names)} of {len(expected)} differ, such as {names[0]}" if names else None
