"""Compares training steps and sampling with the official code's networks in PyTorch.

python -m benchmarks.against_pytorch --json=against_pytorch.json

Needs `pip install -r requirements-benchmark.txt`. Each side runs in its own process, on all cores
while the other one waits. They take turns, so that other work on the machine affects both alike;
the shortest run counts. `official_networks.py` describes the official networks. They always compute
in float32, as the official code does; preset `paper` is compared with them in float32 and in mixed
bfloat16. Two lower bounds are timed as well: the matrix products of our step alone, and the parts
of sampling one clip.
"""

import tempfile

from absl import app, flags

from benchmarks import products
from benchmarks.processes import TimedProcess, shortest_by_turns
from benchmarks.rows import report, row

_STEP_GOALS = {"float32": 10, "mixed bfloat16": 25}
_SAMPLES, _SAMPLES_GOAL = (1, 64, 1000), 10
# The official code samples the 1000 clips of an evaluation in batches of 20; the graphs of 1000
# clips at once would take 20 GiB or more.
_OFFICIAL_PART = 20
_FLAGS = flags.FLAGS


def our_runs(batch, run_dir):
    """Returns steps and sampling of this project, and parts of them, as `{name: function}`."""
    import tensorflow as tf

    from benchmarks.steps import Steps
    from sagcn_tf.config import make_config

    runs = {}
    for words, mixed_precision in (("mixed bfloat16", True), ("float32", False)):
        config = make_config("human36m", "paper", batch_size=batch, mixed_precision=mixed_precision)
        steps = Steps(config, f"{run_dir}/{words}")
        runs[f"step, {words}"] = steps
        runs[f"products, {words}"] = products.alone(
            products.products_of(steps.graph(), config.frames)
        )
    for clips in _SAMPLES:
        label, seed = tf.one_hot(tf.range(clips) % 10, 10), tf.range(clips)
        runs[f"{clips} clips"] = _sampling(steps.model, label, seed)
    return {**runs, **_parts_of_one_clip(steps.model.average_generator)}


def _parts_of_one_clip(generator):
    """Returns the slowest parts of sampling one clip as `{name: function}`."""
    import tensorflow as tf

    frames, refinement = generator.config.frames, generator.refinement
    hidden = tf.random.normal([1, frames, generator.config.projection])
    motion = tf.random.normal([1, frames, refinement.joints, refinement.width])
    attention = tf.linalg.band_part(tf.ones([1, frames, frames]), -1, 0) / frames
    parts = {
        "RNN": lambda: generator.rnn(hidden),
        "graph convolutions": lambda: refinement.graph_convolution(
            motion, refinement.pruning(attention)
        ),
    }
    return {
        f"1 clip, {name}": tf.function(part, autograph=False).get_concrete_function()
        for name, part in parts.items()
    }


def _sampling(model, label, seed):
    return lambda: model.generate(label, seed).numpy()


def official_runs(batch):
    """Returns steps and sampling of the official networks as `{name: function}`."""
    from benchmarks import official_networks as official
    from datasets.skeletons import HUMAN36M_15
    from sagcn_tf.skeleton import Skeleton

    torch = official.torch
    torch.manual_seed(0)
    training = official.Training(Skeleton.from_metadata(HUMAN36M_15).adjacency())

    def labels(count):
        return torch.eye(official.CLASSES)[torch.arange(count) % official.CLASSES]

    def sample(clips):
        with torch.inference_mode():
            for part in labels(clips).split(_OFFICIAL_PART):
                training.generator(part)

    motion, label = torch.randn(batch, official.FRAMES, official.WIDTH), labels(batch)
    runs = {"official step": lambda: training.step(motion, label)}
    for clips in _SAMPLES:
        runs[f"official {clips} clips"] = lambda clips=clips: sample(clips)
    return runs


def measure(batch, repeats):
    """Returns `{name: seconds}` of both sides."""
    with (
        tempfile.TemporaryDirectory() as run_dir,
        TimedProcess(our_runs, batch, run_dir) as ours,
        TimedProcess(official_runs, batch) as official,
    ):
        return shortest_by_turns((ours, official), repeats)


def rows_of(seconds, batch):
    """Returns the rows from `{name: seconds}`."""
    rows = []
    for words, goal in _STEP_GOALS.items():
        times = seconds["official step"] / seconds[f"step, {words}"]
        name = f"training step, {words}, batch {batch}, vs. the official code's networks"
        rows.append(row(name, "at least", goal, times, "times as fast"))
    for clips in _SAMPLES:
        times = seconds[f"official {clips} clips"] / seconds[f"{clips} clips"]
        name = f"sampling, batch {clips}, vs. the official code's networks"
        rows.append(row(name, "at least", _SAMPLES_GOAL, times, "times as fast"))
    for words in _STEP_GOALS:
        times = seconds["official step"] / seconds[f"products, {words}"]
        name = f"matrix products of our step alone, {words}, vs. the official step"
        rows.append(row(name, None, None, times, "times as fast"))
    for words in _STEP_GOALS:
        rows.append(
            row(f"our step in this comparison, {words}", None, None, seconds[f"step, {words}"], "s")
        )
    rows.append(row("official step in this comparison", None, None, seconds["official step"], "s"))
    for side in ("", "official "):
        for clips in _SAMPLES:
            speed = clips / seconds[f"{side}{clips} clips"]
            rows.append(row(f"{side}sampling, batch {clips}", None, None, speed, "clips/s"))
    for part in ("RNN", "graph convolutions"):
        milliseconds = 1000 * seconds[f"1 clip, {part}"]
        rows.append(row(f"sampling one clip, {part}", None, None, milliseconds, "ms"))
    return rows


def main(_):
    """Measures, prints the rows, and writes them to --json."""
    batch = _FLAGS.batch_size
    report(rows_of(measure(batch, _FLAGS.repeats), batch), _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_integer("batch_size", 100, "Clips per training step.", 1)
    flags.DEFINE_integer("repeats", 3, "Runs of each; the shortest counts.", 1)
    flags.DEFINE_string("json", None, "File for the rows.")
    app.run(main)
