"""Times a training step, its parts, and the matrix products that it can't do without.

python -m benchmarks.train_step --mixed_precision --json=train_step.json

The step is that of the command for training. Its matrix products are read off its traced graph
(every MatMul and batched MatMul that its results depend on, those of the RNN once a frame). Two
limits follow: their operations at the speed of a large square product, and the products run again
alone, on tensors of the same shapes; their time is what a step would take if all else were free.
Both are measured in the same process; the products that take longest are listed. Memory is that of
a process of its own, beside what TensorFlow takes before it has a model.
"""

import resource
import statistics
import tempfile

from absl import app, flags, logging

from benchmarks import products
from benchmarks.processes import in_own_process
from benchmarks.products import shortest_seconds
from benchmarks.rows import report, row
from sagcn_tf.models.tuned.settings import TUNED_PRESETS

_SHARE = {False: 75, True: 50}  # per cent, by mixed precision
_CONVOLUTIONS = {False: 2, True: 3}  # times their products
_FLAGS = flags.FLAGS


def _parts(model, data):
    """Functions that each run one part of a step, forward and backward."""
    import tensorflow as tf

    motion, label = data
    generator, config, clips = model.generator, model.config, len(motion)
    noise = tf.random.normal([clips, *generator.noise_shape])
    refinement, frames = generator.refinement, config.frames
    attention = tf.linalg.band_part(tf.ones([clips, frames, frames]), -1, 0)
    pruned = refinement.pruning(attention / frames)
    features = tf.random.normal([clips, frames, refinement.joints, refinement.width])
    warm_up = config.warm_up if config.preset in TUNED_PRESETS else 0
    hidden = tf.random.normal([clips, frames + warm_up, config.projection])

    def gradients(function, sources, network):
        with tf.GradientTape() as tape:
            tape.watch(sources)
            outputs = function()
        return tape.gradient(outputs, [*sources, *network.trainable_variables])

    def game(name, network, frames):
        seen = motion[:, :frames]
        return model._discriminator_step(name, network, seen, seen, label)

    def optimizers():
        for name, network in networks.items():
            still = [tf.zeros_like(variable) for variable in network.trainable_variables]
            model.optimizers[name].apply(still, network.trainable_variables)

    block = refinement.graph_convolution
    networks = {
        "G": generator,
        "D_V": model.sequence_discriminator,
        "D_F": model.frame_discriminator,
    }
    return {
        "generator": lambda: gradients(lambda: generator((noise, label)), [], generator),
        "  of it, RNN": lambda: gradients(lambda: generator.rnn(hidden), [hidden], generator.rnn),
        "  of it, graph convolutions": lambda: gradients(
            lambda: block(features, pruned), [features, pruned], block
        ),
        "D_V, its game": lambda: game("D_V", networks["D_V"], config.frames),
        "D_F, its game": lambda: game("D_F", networks["D_F"], config.k_frame),
        "optimizers": optimizers,
    }


def measure(steps, repeats):
    """Times a step, its parts and its limits, by turns.

    Args:
        steps: `Steps`.
        repeats: runs of each.

    Returns:
        `({what: [seconds]}, GFLOP of a large product, GFLOP of the step's products, these
        products)`; the limits are "products alone", "large product" and, of the graph
        convolutions, "  their products alone".
    """
    import tensorflow as tf

    config = steps.model.config
    functions = {"whole step": steps}
    for name, part in _parts(steps.model, steps.next_batch()).items():
        functions[name] = tf.function(part, autograph=False).get_concrete_function()
        if name.endswith("graph convolutions"):
            counts = products.products_of(functions[name].graph, config.frames)
            functions["  their products alone"] = products.alone(counts)
    counts = products.products_of(steps.graph(), config.frames)
    functions["products alone"] = products.alone(counts)
    functions["large product"], large = products.large_product(
        tf.bfloat16 if config.mixed_precision else tf.float32
    )
    functions["input, one batch"] = steps.next_batch
    operations = sum(count * products.operations(one) for one, count in counts.items()) / 1e9
    return products.seconds_by_turns(functions, repeats), large, operations, counts


def memory(batch, mixed_precision):
    """Memory of a few steps on 25 joints, in a process that has done nothing else.

    Returns:
        `(MiB of the process with TensorFlow and the data alone, MiB at its peak, numbers in the
        largest tensor of the traced step for each clip, over (NT)^2)`.
    """
    import tensorflow  # noqa: F401 - what it takes alone is measured first

    from benchmarks.steps import Steps, random_data
    from datasets.skeletons import NTU_25
    from sagcn_tf.config import make_config

    data = random_data(NTU_25)
    config = make_config("ntu_xview", "paper", batch_size=batch, mixed_precision=mixed_precision)
    before = _peak_mebibytes()
    with tempfile.TemporaryDirectory() as run_dir:
        steps = Steps(config, run_dir, data)
        for _ in range(3):
            steps()
    peak = _peak_mebibytes()
    graph, nodes = steps.graph(), config.frames * data.skeleton.num_joints
    largest = max(
        tensor.shape.num_elements() or 0
        for operation in graph.get_operations()
        for tensor in operation.outputs
    )
    return before, peak, largest / batch / nodes**2


def _peak_mebibytes():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def deterministic_cost(config, run_dir, repeats):
    """How much longer a step takes, in per cent, because the trainer switches an optimizer off.

    The step is compiled twice, with TensorFlow's arithmetic optimizer of graphs and without it, as
    the trainer has it, for the sake of the same results in every process. They take turns.
    """
    import tensorflow as tf

    from benchmarks.steps import Steps

    runs = []
    for optimizer in (False, True):
        runs.append(Steps(config, f"{run_dir}/{optimizer}"))
        tf.config.optimizer.set_experimental_options({"arithmetic_optimization": optimizer})
        runs[-1]()
    seconds = [[shortest_seconds(run, 1) for run in runs] for _ in range(repeats)]
    without, with_it = map(min, zip(*seconds, strict=True))
    return 100 * (without / with_it - 1)


def rows_of(seconds, large, operations, mixed_precision, words):
    """The measurements with their goals, one dict each."""
    whole = seconds["whole step"]
    ratio = products.median_ratio
    convolutions = ratio(seconds["  of it, graph convolutions"], seconds["  their products alone"])
    limit = 100 * operations / large * ratio(seconds["large product"], whole)
    return [
        row(f"training step, {words}", None, None, statistics.median(whole), "s"),
        row(f"its matrix products, {words}", None, None, operations, "GFLOP"),
        row(
            f"a large matrix product, {words}",
            None,
            None,
            large / statistics.median(seconds["large product"]),
            "GFLOP/s",
        ),
        row(
            f"its products alone, {words}",
            None,
            None,
            100 * ratio(seconds["products alone"], whole),
            "% of the step",
        ),
        row(
            f"time limit of matrix products, {words}",
            "at least",
            _SHARE[mixed_precision],
            limit,
            "% of the step",
        ),
        row(
            f"graph convolutions against their products, {words}",
            "at most",
            _CONVOLUTIONS[mixed_precision],
            convolutions,
            "times",
        ),
        row(
            f"input pipeline, {words}",
            "under",
            1,
            100 * ratio(seconds["input, one batch"], whole),
            "% of the step",
        ),
    ]


def memory_rows(words, before, peak, largest):
    """The measurements of `memory` with their goals."""
    step = (peak - before) / 1024
    return [
        row(f"memory of a step beside TensorFlow, N = 25, {words}", "under", 2.5, step, "GiB"),
        row(f"peak memory of its process, {words}", None, None, peak / 1024, "GiB"),
        row(f"largest tensor of a step, a clip, {words}", "under", 1, largest, "(NT)^2"),
    ]


def main(_):
    """Measures, prints, and writes the rows where a file is named."""
    logging.set_verbosity(logging.ERROR)
    from benchmarks.steps import Steps
    from sagcn_tf.config import make_config

    batch, mixed_precision, repeats = _FLAGS.batch_size, _FLAGS.mixed_precision, _FLAGS.repeats
    config = make_config(
        "human36m", _FLAGS.preset, batch_size=batch, mixed_precision=mixed_precision
    )
    # First: a process counts as its peak also that of the one which started it.
    peak = in_own_process(memory, batch, mixed_precision)
    with tempfile.TemporaryDirectory() as run_dir:
        *measured, counts = measure(Steps(config, run_dir), repeats)
        cost = deterministic_cost(config, run_dir, repeats)
    whole = measured[0]["whole step"]
    print(f"preset {config.preset}, batch {batch}, medians of {repeats} rounds")
    for name, seconds in measured[0].items():
        share = 100 * products.median_ratio(seconds, whole)
        print(f"{name:36s} {1000 * statistics.median(seconds):9.1f} ms {share:6.1f} %")
    print("products that take longest, alone")
    for seconds, speed, product, count in products.slowest(counts):
        shapes = products.shapes_of(product)
        print(f"{1000 * seconds:9.1f} ms, {count} times {shapes}, {speed:.0f} GFLOP/s")
    words = "mixed bfloat16" if mixed_precision else "float32"
    rows = rows_of(*measured, mixed_precision, words)
    name = f"cost of the same result in every process, {words}"
    rows.append(row(name, None, None, cost, "% of the step"))
    rows += memory_rows(words, *peak)
    report(rows, _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_enum("preset", "paper", ("paper", "tuned", "small"), "whose networks")
    flags.DEFINE_integer("batch_size", 100, "clips a step", 1)
    flags.DEFINE_boolean("mixed_precision", False, "compute in bfloat16")
    flags.DEFINE_integer("repeats", 5, "rounds in which each part runs once", 1)
    flags.DEFINE_string("json", None, "file for the rows")
    app.run(main)
