"""Times what a full graph costs beside the five kept frames of the paper, and its memory.

python -m benchmarks.full_graph --json=full_graph.json

The block is masked attention, pruning and the five graph convolutions of preset `paper` (15 joints
with 2 coordinates), forward and backward, for clips of different lengths. Beside K = 5 it runs with
a full graph, in which each frame sees all of its past alike (`--gc_type=full`), and with all of the
attention (`--top_k` of the clip's length). All calls take equally many frames, in more or fewer
clips, and they take turns. Memory is the peak of one clip, each in a process of its own, beside
that of the matrix of all nodes, which is never built.
"""

import resource
import time

from absl import app, flags

from benchmarks.processes import in_own_process
from benchmarks.rows import report, row

LENGTHS = (50, 200, 800)
_TOP_K, _JOINTS, _BYTES = 5, 15, 4
_FLAGS = flags.FLAGS


def kinds(frames):
    """What the block runs with: `{name: fields of the configuration}`."""
    return {
        "K = 5": {"top_k": _TOP_K},
        "full graph": {"gc_type": "full", "top_k": _TOP_K},
        "full attention": {"top_k": frames},
    }


def block_of(kind, frames, clips):
    """A function that runs the block once on random clips, forward and backward.

    Args:
        kind: a name of `kinds`.
        frames: length of a clip.
        clips: how many.
    """
    import tensorflow as tf

    from datasets.skeletons import HUMAN36M_15
    from sagcn_tf.config import make_config
    from sagcn_tf.models.paper.generator import Generator
    from sagcn_tf.skeleton import Skeleton

    config = make_config(preset="paper", frames=frames, **kinds(frames)[kind])
    generator = Generator(config, 10, Skeleton.from_metadata(HUMAN36M_15))
    attention = generator.refinement.attention
    attention.gamma.assign(0.1)  # at 0, where training starts, attention would have no gradient
    weights = [weight.value for weight in generator.refinement.weights]
    hidden = tf.random.stateless_normal([clips, frames, _JOINTS * 2], [0, 0])

    @tf.function
    def forward_and_backward():
        with tf.GradientTape() as tape:
            tape.watch(hidden)
            motion = generator.refinement(hidden)
        return tape.gradient(motion, [hidden, *weights], output_gradients=motion)

    return lambda: forward_and_backward()[0].numpy()


def microseconds_per_frame(frames_a_call, repeats, say=print):
    """The shortest of some runs of each length and kind.

    Args:
        frames_a_call: of all clips together.
        repeats: how often each is run, after one run that does not count.
        say: is called with a line after each round.

    Returns:
        `{(kind, length): microseconds}`.
    """
    cases = [(kind, frames) for frames in LENGTHS for kind in kinds(frames)]
    runs = {case: block_of(*case, frames_a_call // case[1]) for case in cases}
    shortest = dict.fromkeys(cases, float("inf"))
    for number in range(repeats + 1):
        for case, run in runs.items():
            start = time.perf_counter()
            run()
            if number:
                shortest[case] = min(shortest[case], time.perf_counter() - start)
        say(f"  round {number} of {repeats}" if number else "  all have run once")
    return {case: 1e6 * seconds / frames_a_call for case, seconds in shortest.items()}


def mebibytes(kind, frames):
    """Peak memory of one clip of that length, beyond that of the shortest with K = 5."""
    block_of("K = 5", LENGTHS[0], 1)()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    block_of(kind, frames, 1)()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def rows_of(times, memory):
    """The measurements, without goals, and the memory that the matrix of all nodes would take.

    Args:
        times: microseconds a frame by kind and length.
        memory: MiB by kind and length, of all lengths but the shortest.
    """
    rows = []
    for frames in LENGTHS:
        for kind in kinds(frames):
            name = f"{kind}, T = {frames}"
            rows.append(
                row(f"{name}: time a frame", None, None, times[kind, frames], "microseconds")
            )
            if (kind, frames) in memory:
                rows.append(
                    row(f"{name}: memory of a clip", None, None, memory[kind, frames], "MiB")
                )
        matrix = (_JOINTS * frames) ** 2 * _BYTES / 2**20
        rows.append(row(f"matrix of all nodes, T = {frames}: memory", None, None, matrix, "MiB"))
    return rows


def main(_):
    """Measures, prints, and writes the rows where a file is named."""
    memory = {
        (kind, frames): in_own_process(mebibytes, kind, frames)
        for frames in LENGTHS[1:]
        for kind in kinds(frames)
    }
    times = microseconds_per_frame(_FLAGS.frames_a_call, _FLAGS.repeats)
    report(rows_of(times, memory), _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_integer("frames_a_call", 3200, "frames of all clips of a call", LENGTHS[-1])
    flags.DEFINE_integer("repeats", 5, "runs of each kind, of which the shortest counts", 1)
    flags.DEFINE_string("json", None, "file for the rows")
    app.run(main)
