"""Measures time per frame and memory of the SA-GC block for clips of different lengths.

python -m benchmarks.sequence_length --json=sequence_length.json --plot=sequence_length.png

The block is masked attention, pruning and the five graph convolutions of preset `paper` (K = 5,
N = 15 joints with 2 coordinates), forward and backward. The layers compute short clips with whole
matrices and long clips with the kept frames alone; both methods are timed, whole matrices up to
T = 800. Each call processes the same number of frames, split into clips of the given length. The
calls take turns, so that a change in the speed of the machine affects all of them. Memory is the
peak of one clip, each length measured in its own process.
"""

import resource

from absl import app, flags

from benchmarks.blocks import forward_and_backward, microseconds_per_frame
from benchmarks.processes import in_own_process
from benchmarks.rows import report, row

LENGTHS = (50, 200, 800, 3200)
_TOP_K = 5
# With whole matrices, memory grows with the square of the clip length.
_LONGEST_WHOLE = 800
_FLAGS = flags.FLAGS


def block_of(frames, clips, by_kept_frames):
    """Returns a function that runs the block once on random clips, forward and backward.

    Args:
        frames: Frames per clip.
        clips: Number of clips.
        by_kept_frames: Whether to compute with the kept frames alone, not with whole matrices.
    """
    import tensorflow as tf

    from datasets.skeletons import HUMAN36M_15
    from sagcn_tf.layers import BlockwiseSelfAttention, SAGraphConvolution, TopKPruning
    from sagcn_tf.skeleton import Skeleton

    skeleton = Skeleton.from_metadata(HUMAN36M_15)
    pose = skeleton.num_joints, 2
    attention, prune = BlockwiseSelfAttention(), TopKPruning(_TOP_K)
    convolutions = SAGraphConvolution(skeleton.adjacency())
    attention.build((None, frames, pose[0] * pose[1]))
    convolutions.build((None, frames, *pose))
    attention.gamma.assign(0.1)  # with the initial 0, attention would have no gradient

    def block(hidden):
        if by_kept_frames:
            attended, pruned = attention(hidden, top_k=_TOP_K)
        else:
            attended, scores = attention(hidden)
            pruned = prune(scores)
        return convolutions(tf.reshape(attended, [clips, frames, *pose]), pruned)

    hidden = tf.random.stateless_normal([clips, frames, pose[0] * pose[1]], [0, 0])
    return forward_and_backward(block, hidden, [*attention.weights, *convolutions.weights])


def mebibytes(frames):
    """Returns the peak memory of one clip above that of a clip of the shortest length."""
    from sagcn_tf.layers import is_long

    block_of(LENGTHS[0], 1, True)()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    block_of(frames, 1, is_long(frames, _TOP_K))()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def rows_of(times, memory):
    """Returns the rows.

    Args:
        times: `{length: microseconds per frame}` with the method that the layers choose.
        memory: `{length: MiB}`.
    """
    first, before, last = LENGTHS[0], LENGTHS[-2], LENGTHS[-1]
    time_name = f"SA-GC block, time per frame, T = {last} vs. {first}"
    memory_name = f"SA-GC block, memory per clip, T = {last} vs. {before}"
    linear = last / before  # memory should grow no faster than linearly
    return [
        row(time_name, "at most", 2, times[last] / times[first], "times"),
        row(memory_name, "at most", 1.1 * linear, memory[last] / memory[before], "times"),
    ]


def plot(times, path):
    """Plots time per frame over clip length, one line per method, and writes the image."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    for way, label in ((False, "whole matrices"), (True, "kept frames")):
        points = [(frames, time) for (frames, of), time in times.items() if of == way]
        axes.plot(*zip(*points, strict=True), marker="o", label=label)
    axes.set(
        title="SA-GC block, forward and backward",
        xlabel="frames per clip",
        ylabel="microseconds per frame",
        xscale="log",
        ylim=(0, None),
        xticks=LENGTHS,
        xticklabels=LENGTHS,
    )
    axes.minorticks_off()
    axes.grid(color="#e5e5e5", linewidth=0.6)
    axes.legend(frameon=False)
    figure.savefig(path)


def main(_):
    """Measures, prints the rows, and writes them to --json and the plot to --plot."""
    from sagcn_tf.layers import is_long

    memory = {frames: in_own_process(mebibytes, frames) for frames in LENGTHS[1:]}
    frames_per_call = _FLAGS.frames_per_call
    runs = {
        (frames, by_kept): block_of(frames, frames_per_call // frames, by_kept)
        for by_kept in (False, True)
        for frames in LENGTHS
        if by_kept or frames <= _LONGEST_WHOLE
    }
    times = microseconds_per_frame(runs, frames_per_call, _FLAGS.repeats)
    print("frames    whole matrices     kept frames     chosen          memory per clip")
    for frames in LENGTHS:
        whole, kept = (times.get((frames, way)) for way in (False, True))
        print(
            f"{frames:6d} {_text(whole)} us {_text(kept)} us     "
            f"{'kept frames' if is_long(frames, _TOP_K) else 'whole matrices':14s}"
            f"{_text(memory.get(frames))} MiB"
        )
    chosen = {frames: times[frames, is_long(frames, _TOP_K)] for frames in LENGTHS}
    rows = rows_of(chosen, memory)
    if _FLAGS.plot:
        plot(times, _FLAGS.plot)
    report(rows, _FLAGS.json)


def _text(number):
    return f"{number:12.0f}" if number is not None else " " * 11 + "-"


if __name__ == "__main__":
    flags.DEFINE_integer("frames_per_call", 6400, "Frames of all clips of a call.", LENGTHS[-1])
    flags.DEFINE_integer("repeats", 5, "Runs of each length; the shortest counts.", 1)
    flags.DEFINE_string("json", None, "File for the rows.")
    flags.DEFINE_string("plot", None, "File for the plot of time per frame over clip length.")
    app.run(main)
