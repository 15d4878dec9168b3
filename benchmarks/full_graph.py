"""Compares time and memory of a full graph with those of the paper's five kept frames.

python -m benchmarks.full_graph --json=full_graph.json

The block is masked attention, pruning and the five graph convolutions of preset `paper` (15 joints
with 2 coordinates), forward and backward, for clips of different lengths. It runs with K = 5, with
a full graph, in which each frame sees all past frames with equal weights (`--gc_type=full`), and
with full attention (`--top_k` equal to the clip length). Each call processes the same number of
frames, split into clips of the given length; the calls take turns. Memory is the peak of one clip,
each measured in its own process. For comparison, the memory of the matrix of all nodes is computed;
that matrix is never built.
"""

import resource

from absl import app, flags

from benchmarks.blocks import forward_and_backward, microseconds_per_frame
from benchmarks.processes import in_own_process
from benchmarks.rows import report, row

LENGTHS = (50, 200, 800)
_TOP_K, _JOINTS, _BYTES = 5, 15, 4
_FLAGS = flags.FLAGS


def kinds(frames):
    """Returns the variants of the block: `{name: fields of the configuration}`."""
    return {
        "K = 5": {"top_k": _TOP_K},
        "full graph": {"gc_type": "full", "top_k": _TOP_K},
        "full attention": {"top_k": frames},
    }


def block_of(kind, frames, clips):
    """Returns a function that runs the block once on random clips, forward and backward.

    Args:
        kind: A name of `kinds`.
        frames: Frames per clip.
        clips: Number of clips.
    """
    import tensorflow as tf

    from datasets.skeletons import HUMAN36M_15
    from sagcn_tf.config import make_config
    from sagcn_tf.models.paper.generator import Generator
    from sagcn_tf.skeleton import Skeleton

    config = make_config(preset="paper", frames=frames, **kinds(frames)[kind])
    block = Generator(config, 10, Skeleton.from_metadata(HUMAN36M_15)).refinement
    hidden = tf.random.stateless_normal([clips, frames, _JOINTS * 2], [0, 0])
    return forward_and_backward(block, hidden, block.weights)


def mebibytes(kind, frames):
    """Returns the peak memory of one clip above that of the shortest clip with K = 5."""
    block_of("K = 5", LENGTHS[0], 1)()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    block_of(kind, frames, 1)()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def rows_of(times, memory):
    """Returns the rows, without goals, including the memory of a matrix of all nodes.

    Args:
        times: `{(kind, length): microseconds per frame}`.
        memory: `{(kind, length): MiB}` of all lengths but the shortest.
    """
    rows = []
    for frames in LENGTHS:
        for kind in kinds(frames):
            name = f"{kind}, T = {frames}"
            rows.append(
                row(f"{name}: time per frame", None, None, times[kind, frames], "microseconds")
            )
            if (kind, frames) in memory:
                rows.append(
                    row(f"{name}: memory per clip", None, None, memory[kind, frames], "MiB")
                )
        matrix = (_JOINTS * frames) ** 2 * _BYTES / 2**20
        rows.append(row(f"matrix of all nodes, T = {frames}: memory", None, None, matrix, "MiB"))
    return rows


def main(_):
    """Measures, prints the rows, and writes them to --json."""
    memory = {
        (kind, frames): in_own_process(mebibytes, kind, frames)
        for frames in LENGTHS[1:]
        for kind in kinds(frames)
    }
    frames_per_call = _FLAGS.frames_per_call
    runs = {
        (kind, frames): block_of(kind, frames, frames_per_call // frames)
        for frames in LENGTHS
        for kind in kinds(frames)
    }
    times = microseconds_per_frame(runs, frames_per_call, _FLAGS.repeats)
    report(rows_of(times, memory), _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_integer("frames_per_call", 3200, "Frames of all clips of a call.", LENGTHS[-1])
    flags.DEFINE_integer("repeats", 5, "Runs of each kind; the shortest counts.", 1)
    flags.DEFINE_string("json", None, "File for the rows.")
    app.run(main)
