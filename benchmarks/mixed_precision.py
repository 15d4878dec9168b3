"""Compares the MMD after training in mixed bfloat16 and in float32 for the same steps.

python -m benchmarks.mixed_precision --json=mixed_precision.json

Trains preset `small` on the synthetic data in both precisions, several seeds each and every run in
its own process. MMD is computed on the selection clips, 200 per class. The goal: in bfloat16, the
mean over the seeds is higher by at most the spread of the float32 seeds. This takes about ten
minutes on two cores.
"""

import tempfile
import time

import numpy as np
from absl import app, flags

from benchmarks.processes import in_own_process
from benchmarks.rows import report, row

_FLAGS = flags.FLAGS


def mmd_after(steps, seed, mixed_precision, data_dir):
    """Trains for `steps` steps; returns `{"mmd_avg": number, "mmd_seq": number}`."""
    from benchmarks.steps import Steps
    from sagcn_tf.config import make_config
    from sagcn_tf.data import input_pipeline
    from sagcn_tf.evaluation.selection import Selection

    data = input_pipeline.load("synthetic", data_dir, None)
    config = make_config(
        "synthetic", "small", steps=steps, seed=seed, mixed_precision=mixed_precision
    )
    with tempfile.TemporaryDirectory() as run_dir:
        run = Steps(config, run_dir, data)
        for _ in range(steps):
            run()
    scores = Selection(data, config.frames).measure(run.model)
    return {name: scores[name] for name in ("mmd_avg", "mmd_seq")}


def rows_of(float32, bfloat16, steps):
    """Returns the rows from `{metric: [one value per seed]}` of both precisions."""
    rows = []
    for metric in float32:
        means = {"float32": float32[metric], "mixed bfloat16": bfloat16[metric]}
        for words, values in means.items():
            name = f"{metric} after {steps} steps, {words}, mean of {len(values)} seeds"
            rows.append(row(name, None, None, np.mean(values), "MMD"))
        worse = np.mean(bfloat16[metric]) - np.mean(float32[metric])
        spread = float(np.ptp(float32[metric]).round(4))
        name = f"{metric} in mixed bfloat16 above float32, vs. the spread of its seeds"
        rows.append(row(name, "at most", spread, worse, "MMD"))
    return rows


def main(_):
    """Trains, prints the rows, and writes them to --json."""
    runs = [(seed, mixed) for seed in range(_FLAGS.seeds) for mixed in (False, True)]
    results = {False: [], True: []}
    start = time.monotonic()
    for done, (seed, mixed) in enumerate(runs, start=1):
        mmd = in_own_process(mmd_after, _FLAGS.steps, seed, mixed, _FLAGS.data_dir)
        results[mixed].append(mmd)
        left = (time.monotonic() - start) / done * (len(runs) - done) / 60
        words = "mixed bfloat16" if mixed else "float32"
        numbers = " ".join(f"{name} {value:.3f}" for name, value in mmd.items())
        print(f"seed {seed}, {words}: {numbers}; {left:.0f} min left", flush=True)
    by_metric = {
        mixed: {name: [one[name] for one in of] for name in of[0]} for mixed, of in results.items()
    }
    report(rows_of(by_metric[False], by_metric[True], _FLAGS.steps), _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_integer("steps", 300, "Training steps per run.", 1)
    flags.DEFINE_integer("seeds", 3, "Runs in each precision.", 2)
    flags.DEFINE_string("data_dir", "data", "Folder for prepared data.")
    flags.DEFINE_string("json", None, "File for the rows.")
    app.run(main)
