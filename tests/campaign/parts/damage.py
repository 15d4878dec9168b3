"""Damage to every file of a run and of prepared data: what each command says."""

import collections
import itertools
import random
import re
import shutil

from tests.campaign import commands, small_run
from tests.campaign.mutations import DAMAGES

_OLDER = "cannot be restored"
_SHOWN = 12  # messages in the report


def run(trials):
    """Damages one file per trial and runs one command."""
    raw = small_run.raw_files(trials.folder / "bvh")
    whole = trials.folder / "whole"
    small_run.train(whole, raw)
    cases = _cases(whole)
    counts, said = collections.defaultdict(collections.Counter), {}
    for seed in trials:
        name, damage, command = cases[seed % len(cases)]
        folder = trials.folder / "damaged"
        shutil.copytree(whole, folder)
        damage(folder / name, random.Random(seed))
        status, text = _run(command, folder, raw)
        fault = commands.fault(status, text)
        if fault:
            trials.fail(seed, f"{name} {damage.__name__}, then {command}: {fault}")
        counts[_kind(name)][command, _outcome(status, text, fault)] += 1
        if status == 1:
            said.setdefault((_kind(name), command), _plain(commands.message(text), folder))
        shutil.rmtree(folder)
    trials.note(f"{trials.done} of {len(cases)} pairs of damage and command were tried.")
    trials.table = _table(counts)
    shown = list(said.items())[:: max(1, len(said) // _SHOWN)]
    for (kind, command), text in shown:
        trials.note(f"`{command}` on a damaged `{kind}`: {text}")


_FLAGS = {
    "train": {},
    "evaluate": {"clips_per_class": 2},
    "generate": {"label": "waving", "count": 1},
    "export": {},
    "inspect_data": {"dataset": "motion_folder", "frames": 8},
}
# Where each command reads.
_PLACES = {
    "run": ("train", "evaluate", "generate", "export"),
    "data": ("train", "evaluate", "inspect_data"),
}


def _cases(folder):
    """Returns all `(file, damage, command)` in an order that mixes them."""
    cases = []
    for place, readers in _PLACES.items():
        files = [path for path in sorted((folder / place).rglob("*")) if path.is_file()]
        names = [str(path.relative_to(folder)) for path in files if path.name != ".lock"]
        cases += itertools.product(names, DAMAGES, readers)
    random.Random(0).shuffle(cases)
    return cases


def _run(command, folder, raw):
    """Runs a command on the run or the data in a folder."""
    flags = dict(_FLAGS[command])
    if command == "train":
        # One more step, as resuming is what reads the files.
        flags = {**small_run.arguments(folder, raw), "steps": small_run.STEPS + 1}
        flags["evaluate"] = False
    elif command == "inspect_data":
        flags |= {"data_dir": folder / "data", "manual_dir": raw, "output_dir": folder / "looked"}
    else:
        flags["run_dir"] = folder / "run"
        if command == "evaluate":
            flags["data_dir"] = folder / "data"
        elif command == "generate":
            flags["output"] = folder / "motion.csv"
        else:
            flags["output_dir"] = folder / "models"
    return commands.run(f"sagcn_tf.{command}", folder / "log", **flags)


def _kind(name):
    """Returns the name of a file without what differs from run to run."""
    name = re.sub(r"ckpt-\d+\.data.*", "ckpt-N.data", name.rpartition("/")[2])
    name = re.sub(r"ckpt-\d+\.index", "ckpt-N.index", name)
    name = re.sub(r"events\.out.*", "events.out...", name)
    return re.sub(r"-[0-9a-f]{12}\.npz", "-....npz", re.sub(r"-\d{5}-of-\d{5}", "", name))


def _outcome(status, text, fault):
    if fault:
        return "FAILED"
    if status == 1:
        return "one message"
    return "older checkpoint" if _OLDER in text else "works"


def _plain(text, folder):
    """Returns a message in one line, without the folder of the trial."""
    return " ".join(text.replace(f"{folder}/", "").split())[:250]


def _table(counts):
    rows = []
    for kind, found in sorted(counts.items()):
        cells = []
        for command in _FLAGS:
            of_command = {words: count for (one, words), count in found.items() if one == command}
            cells.append(", ".join(f"{count} {words}" for words, count in of_command.items()))
        rows.append([f"`{kind}`", *cells])
    return [["file", *(f"`{command}`" for command in _FLAGS)], *rows]
