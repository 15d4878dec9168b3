"""Breaks things on purpose, for at most 40 minutes, and writes what happened.

python -m tests.campaign.run                                    # all parts: docs/reliability.md
python -m tests.campaign.run --parts=kill,disk --minutes=10     # some, printed only
python -m tests.campaign.run --parts=readers --seed=4711        # begins with that trial

Everything happens in a temporary folder and on loopback. Two parts run at a time. The exit status
is 1 if something failed.
"""

import concurrent.futures
import dataclasses
import importlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from absl import app, flags

from benchmarks.rows import commit
from tests.campaign import report
from tests.campaign.trials import Trials

_ROOT = pathlib.Path(__file__).parents[2]
_FLAGS = flags.FLAGS
_MINUTES, _AT_ONCE = 40, 2
_SLACK = 180  # seconds for the trial that runs when the time is over


@dataclasses.dataclass(frozen=True)
class Part:
    """A part of the campaign.

    Attributes:
        title: what is done.
        unit: what is counted.
        count: the most trials.
        share: of the minutes of the campaign, on one core. Parts that follow each other on one core
            have at most 0.9 together.
        times: how often a trial is counted, because the part has several stages.
    """

    title: str
    unit: str
    count: int
    share: float
    times: int = 1


# Two run at a time: the first two, and then the next one whenever one has ended.
PARTS = {
    "damage": Part("damage to every file of a run and its data", "commands", 400, 0.55),
    "readers": Part("mutated motion files", "files", 10_000, 0.25, times=10),
    "kill": Part("SIGKILL of a training, resumed to equal weights", "kills", 20, 0.3),
    "requests": Part("random and mutated requests", "requests", 10_000, 0.2, times=2),
    "stop": Part("SIGTERM of a training", "signals", 10, 0.18),
    "push": Part("SIGKILL of a push", "kills", 20, 0.16),
    "swaps": Part("clients while versions come and go", "swaps", 20, 0.08),
    "disk": Part("a disk that fills up", "disks", 10, 0.08),
}


def run_part(name, seed, seconds, path):
    """Runs a part in this process, and writes its result to a file."""
    with tempfile.TemporaryDirectory(prefix=f"{name}_", dir=pathlib.Path(path).parent) as folder:
        trials = Trials(folder, seed, PARTS[name].count, seconds)
        importlib.import_module(f"tests.campaign.parts.{name}").run(trials)
        trials.save(path)


def _in_own_process(name, seed, minutes, folder):
    """Runs a part in another process, which may crash or hang; returns its result."""
    seconds, path = 60 * minutes * PARTS[name].share, folder / f"{name}.json"
    code = "import sys; from tests.campaign.run import run_part as run; "
    code += "run(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), sys.argv[4])"
    words = [sys.executable, "-c", code, name, str(seed), str(seconds), str(path)]
    begun = time.monotonic()
    with open(folder / f"{name}.log", "w") as log:
        try:
            ended = subprocess.run(
                words,
                cwd=_ROOT,
                env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
                stdout=log,
                stderr=log,
                timeout=seconds + _SLACK,
            ).returncode
        except subprocess.TimeoutExpired:
            ended = "none: it hung"
    if path.exists():
        return json.loads(path.read_text())
    at = [int(one.read_text()) for one in folder.glob(f"{name}_*/seed")] or [seed]
    said = (folder / f"{name}.log").read_text(errors="replace").strip()[-1500:]
    failure = (at[0], f"the part itself ended with status {ended}: {said}")
    taken = round(time.monotonic() - begun)
    nothing = {"count": at[0] - seed, "notes": [], "table": None, "seconds": taken}
    return {**nothing, "failures": [failure]}


def main(_):
    """Runs the parts, and writes or prints the document."""
    commit()  # before the document changes the working tree
    names = _FLAGS.parts or list(PARTS)
    begun = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="campaign_") as folder,
        concurrent.futures.ThreadPoolExecutor(_AT_ONCE) as pool,
    ):
        arguments = _FLAGS.seed, _FLAGS.minutes, pathlib.Path(folder)
        running = {name: pool.submit(_in_own_process, name, *arguments) for name in names}
        results = {}
        for name, one in running.items():
            results[name] = one.result()
            failures = results[name]["failures"]
            print(f"{name}: {results[name]['count']} trials, {len(failures)} failures", flush=True)
    titles = {
        name: (PARTS[name].title, PARTS[name].unit, PARTS[name].count * PARTS[name].times)
        for name in results
    }
    text = report.markdown(results, titles, _FLAGS.seed, time.monotonic() - begun)
    if _FLAGS.parts:
        print(text)
    else:
        report.write(_ROOT / "docs" / "reliability.md", text)
    sys.exit(any(result["failures"] for result in results.values()))


if __name__ == "__main__":
    flags.DEFINE_list("parts", [], f"parts to run, of {', '.join(PARTS)} (default: all)")
    flags.DEFINE_integer("seed", 0, "seed of the first trial of each part", 0)
    flags.DEFINE_float("minutes", _MINUTES, "how long it may take", 0.1)
    app.run(main)
