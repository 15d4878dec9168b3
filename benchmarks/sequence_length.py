"""Times the SA-GC block, a frame, for clips of different lengths, and its memory.

python -m benchmarks.sequence_length --json=sequence_length.json --plot=sequence_length.png

The block is masked attention, pruning and the five graph convolutions of preset `paper` (K = 5,
N = 15 joints with 2 coordinates), forward and backward. Short clips are computed by whole matrices
and long ones by the frames that pruning keeps; each is also timed the other way. All calls take
equally many frames, in more or fewer clips, and they take turns, so that a machine that slows down
slows all of them. Memory is the peak of one clip, each length in a process of its own.
"""

import concurrent.futures
import multiprocessing
import resource
import time

from absl import app, flags

from benchmarks.rows import report, row

LENGTHS = (50, 200, 800, 3200)
_TOP_K = 5
# By whole matrices a clip takes memory that grows with the square of its length.
_LONGEST_WHOLE = 800
_FLAGS = flags.FLAGS


def block_of(frames, clips, by_kept_frames):
    """A function that runs the block once on random clips, forward and backward.

    Args:
        frames: length of a clip.
        clips: how many.
        by_kept_frames: the way of long clips; else by whole matrices.
    """
    import tensorflow as tf

    from datasets.skeletons import HUMAN36M_15
    from sagcn_tf.layers import MaskedSelfAttention, SAGraphConvolution, TopKPruning
    from sagcn_tf.skeleton import Skeleton

    skeleton = Skeleton.from_metadata(HUMAN36M_15)
    pose = skeleton.num_joints, 2
    attention, prune = MaskedSelfAttention(), TopKPruning(_TOP_K)
    convolutions = SAGraphConvolution(skeleton.adjacency())
    attention.build((None, frames, pose[0] * pose[1]))
    convolutions.build((None, frames, *pose))
    attention.gamma.assign(0.1)  # at 0, where training starts, attention would have no gradient
    weights = [weight.value for weight in (*attention.weights, *convolutions.weights)]
    hidden = tf.random.stateless_normal([clips, frames, pose[0] * pose[1]], [0, 0])

    @tf.function
    def forward_and_backward():
        with tf.GradientTape() as tape:
            tape.watch(hidden)
            if by_kept_frames:
                attended, pruned = attention(hidden, top_k=_TOP_K)
            else:
                attended, scores = attention(hidden)
                pruned = prune(scores)
            motion = convolutions(tf.reshape(attended, [clips, frames, *pose]), pruned)
        return tape.gradient(motion, [hidden, *weights], output_gradients=motion)

    return lambda: forward_and_backward()[0].numpy()


def microseconds_per_frame(frames_a_call, repeats, say=print):
    """The shortest of some runs of each length and way.

    Args:
        frames_a_call: of all clips together.
        repeats: how often each is run, after one run that does not count.
        say: is called with a line after each round.

    Returns:
        `{(length, by_kept_frames): microseconds}`.
    """
    cases = [(frames, way) for way in (False, True) for frames in LENGTHS]
    cases = [case for case in cases if case[1] or case[0] <= _LONGEST_WHOLE]
    runs = {(frames, way): block_of(frames, frames_a_call // frames, way) for frames, way in cases}
    shortest = dict.fromkeys(cases, float("inf"))
    for number in range(-1, repeats):
        for case, run in runs.items():
            start = time.perf_counter()
            run()
            seconds = time.perf_counter() - start
            if number >= 0:
                shortest[case] = min(shortest[case], seconds)
        say(f"  round {number + 1} of {repeats}")
    return {case: 1e6 * seconds / frames_a_call for case, seconds in shortest.items()}


def mebibytes(frames):
    """Peak memory of one clip of that length, beyond that of one of the shortest."""
    from sagcn_tf.layers import is_long

    block_of(LENGTHS[0], 1, True)()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    block_of(frames, 1, is_long(frames, _TOP_K))()
    return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024


def _in_its_own_process(function, argument):
    context = multiprocessing.get_context("spawn")
    with concurrent.futures.ProcessPoolExecutor(1, mp_context=context) as process:
        return process.submit(function, argument).result()


def rows_of(times, memory):
    """The measurements with their goals.

    Args:
        times: microseconds a frame by length, computed the way that is chosen for it.
        memory: MiB by length.
    """
    first, before, last = LENGTHS[0], LENGTHS[-2], LENGTHS[-1]
    slower, larger, linear = (
        times[last] / times[first],
        memory[last] / memory[before],
        last / before,
    )
    return [
        row(
            f"SA-GC block, time a frame, T = {last} against {first}",
            "at most",
            2,
            slower,
            "times",
        ),
        row(
            f"SA-GC block, memory of a clip, T = {last} against {before}",
            "at most",
            1.1 * linear,  # it grows linearly
            larger,
            "times",
        ),
    ]


def plot(times, path):
    """Draws the time a frame over the length, one line for each way, and writes the picture."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), dpi=120, layout="constrained")
    axes = figure.add_subplot()
    for way, label in ((False, "whole matrices"), (True, "kept frames")):
        points = [(frames, time) for (frames, of), time in times.items() if of == way]
        axes.plot(*zip(*points, strict=True), marker="o", label=label)
    axes.set(
        title="SA-GC block, forward and backward",
        xlabel="frames of a clip",
        ylabel="microseconds a frame",
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
    """Measures, prints, and writes the rows and the plot where files are named."""
    from sagcn_tf.layers import is_long

    memory = {frames: _in_its_own_process(mebibytes, frames) for frames in LENGTHS[1:]}
    times = microseconds_per_frame(_FLAGS.frames_a_call, _FLAGS.repeats)
    print("frames    whole matrices     kept frames     chosen          memory of a clip")
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
    flags.DEFINE_integer("frames_a_call", 6400, "frames of all clips of a call", LENGTHS[-1])
    flags.DEFINE_integer("repeats", 5, "runs of each length, of which the shortest counts", 1)
    flags.DEFINE_string("json", None, "file for the rows")
    flags.DEFINE_string("plot", None, "file for the plot of the time a frame against the length")
    app.run(main)
