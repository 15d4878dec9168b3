"""Times a training step, its parts, and the matrix products that it needs.

python -m benchmarks.train_step --mixed_precision --json=train_step.json

The step is the one that `sagcn_tf.train` runs. Its matrix products are read from its traced graph:
every MatMul and batched MatMul that its results depend on, those of the RNN once per frame. They
give two lower bounds on the time of a step: all their operations at peak speed, which is the speed
of a large square product, and the same products run alone on tensors of the same shapes. Both are
measured in the same process as the step. The slowest products are listed. Memory is measured in its
own process, above that of TensorFlow without a model.
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

_SHARE = {False: 75, True: 50}  # percent, by mixed precision
_CONVOLUTIONS = {False: 2, True: 3}  # times their matrix products
_FLAGS = flags.FLAGS


def _parts(model, data):
    """Returns `{name: function}`; each function runs one part of a step, forward and backward."""
    import tensorflow as tf

    motion, label = data
    generator, config, clips = model.generator, model.config, len(motion)
    noise = tf.random.normal([clips, *generator.noise_shape])
    tuned = config.preset in TUNED_PRESETS
    refinement, frames = generator.refinement, config.frames + (generator.lead if tuned else 0)
    attention = tf.linalg.band_part(tf.ones([clips, frames, frames]), -1, 0)
    pruned = refinement.pruning(attention / frames)
    features = tf.random.normal([clips, frames, refinement.joints, refinement.width])
    unrolled = config.frames + (config.warm_up if tuned else 0)
    hidden = tf.random.normal([clips, unrolled, config.projection])

    def gradients(function, sources, network):
        with tf.GradientTape() as tape:
            tape.watch(sources)
            outputs = function()
        return tape.gradient(outputs, [*sources, *network.trainable_variables])

    def discriminator(name, network, frames):
        seen = motion[:, :frames]
        return model._discriminator_step(name, network, seen, seen, label)

    def optimizers():
        for name, network in networks.items():
            zeros = [tf.zeros_like(variable) for variable in network.trainable_variables]
            model.optimizers[name].apply(zeros, network.trainable_variables)

    block = refinement.graph_convolution
    networks = {
        "G": generator,
        "D_V": model.sequence_discriminator,
        "D_F": model.frame_discriminator,
    }
    return {
        "generator": lambda: gradients(lambda: generator((noise, label)), [], generator),
        "  RNN alone": lambda: gradients(lambda: generator.rnn(hidden), [hidden], generator.rnn),
        "  graph convolutions alone": lambda: gradients(
            lambda: block(features, pruned), [features, pruned], block
        ),
        "D_V, losses and gradients": lambda: discriminator("D_V", networks["D_V"], config.frames),
        "D_F, losses and gradients": lambda: discriminator("D_F", networks["D_F"], config.k_frame),
        "optimizers": optimizers,
    }


def measure(steps, repeats):
    """Times a step, its parts and its matrix products, in turn.

    Args:
        steps: A `Steps`.
        repeats: Runs of each.

    Returns:
        `({name: [seconds]}, GFLOP of a large product, GFLOP of the step's products, counter of
        these products)`. Besides the step and its parts, the names are `"matrix products alone"`,
        `"large product"` and, for the graph convolutions, `"  their matrix products"`.
    """
    import tensorflow as tf

    config = steps.model.config
    functions = {"whole step": steps}
    for name, part in _parts(steps.model, steps.next_batch()).items():
        functions[name] = tf.function(part, autograph=False).get_concrete_function()
        if "graph convolutions" in name:
            counts = products.products_of(functions[name].graph, config.frames)
            functions["  their matrix products"] = products.alone(counts)
    counts = products.products_of(steps.graph(), config.frames)
    functions["matrix products alone"] = products.alone(counts)
    functions["large product"], large = products.large_product(
        tf.bfloat16 if config.mixed_precision else tf.float32
    )
    functions["input, one batch"] = steps.next_batch
    operations = sum(count * products.operations(one) for one, count in counts.items()) / 1e9
    return products.seconds_by_turns(functions, repeats), large, operations, counts


def memory(batch, mixed_precision):
    """Measures the memory of a few steps with 25 joints; call it in a new process.

    Returns:
        `(MiB of the process with only TensorFlow and the data, MiB at its peak, elements per clip
        of the largest tensor in the traced step, divided by (NT)^2)`.
    """
    import tensorflow  # noqa: F401 - its own memory is measured first

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
    """Returns how much longer a step takes, in percent, without the arithmetic optimizer.

    The trainer disables this graph optimizer of TensorFlow to get identical results in every
    process. The step is compiled with and without it, and the two take turns.
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
    """Returns the rows from the results of `measure`."""
    whole = seconds["whole step"]
    ratio = products.median_ratio
    convolutions = ratio(seconds["  graph convolutions alone"], seconds["  their matrix products"])
    limit = 100 * operations / large * ratio(seconds["large product"], whole)
    return [
        row(f"training step, {words}", None, None, statistics.median(whole), "s"),
        row(f"matrix products per step, {words}", None, None, operations, "GFLOP"),
        row(
            f"large matrix product, {words}",
            None,
            None,
            large / statistics.median(seconds["large product"]),
            "GFLOP/s",
        ),
        row(
            f"matrix products alone, {words}",
            None,
            None,
            100 * ratio(seconds["matrix products alone"], whole),
            "% of the step",
        ),
        row(
            f"matrix products at peak speed, {words}",
            "at least",
            _SHARE[mixed_precision],
            limit,
            "% of the step",
        ),
        row(
            f"graph convolutions vs. their matrix products, {words}",
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
    """Returns the rows from the results of `memory`."""
    step = (peak - before) / 1024
    return [
        row(f"memory of a step, without TensorFlow, N = 25, {words}", "under", 2.5, step, "GiB"),
        row(f"peak memory with TensorFlow, N = 25, {words}", None, None, peak / 1024, "GiB"),
        row(f"largest tensor of a step, per clip, {words}", "under", 1, largest, "(NT)^2"),
    ]


def main(_):
    """Measures, prints the rows, and writes them to --json."""
    logging.set_verbosity(logging.ERROR)
    from benchmarks.steps import Steps
    from sagcn_tf.config import make_config

    batch, mixed_precision, repeats = _FLAGS.batch_size, _FLAGS.mixed_precision, _FLAGS.repeats
    config = make_config(
        "human36m", _FLAGS.preset, batch_size=batch, mixed_precision=mixed_precision
    )
    # Measured first, because the peak of a new process includes that of its parent.
    peak = in_own_process(memory, batch, mixed_precision)
    with tempfile.TemporaryDirectory() as run_dir:
        *measured, counts = measure(Steps(config, run_dir), repeats)
        cost = deterministic_cost(config, run_dir, repeats)
    whole = measured[0]["whole step"]
    print(f"preset {config.preset}, batch {batch}, medians of {repeats} rounds")
    for name, seconds in measured[0].items():
        share = 100 * products.median_ratio(seconds, whole)
        print(f"{name:36s} {1000 * statistics.median(seconds):9.1f} ms {share:6.1f}%")
    print("slowest matrix products, each alone")
    for seconds, speed, product, count in products.slowest(counts):
        shapes = products.shapes_of(product)
        print(f"{1000 * seconds:9.1f} ms, {count} times {shapes}, {speed:.0f} GFLOP/s")
    words = "mixed bfloat16" if mixed_precision else "float32"
    rows = rows_of(*measured, mixed_precision, words)
    name = f"cost of identical results in every process, {words}"
    rows.append(row(name, None, None, cost, "% of the step"))
    rows += memory_rows(words, *peak)
    report(rows, _FLAGS.json)


if __name__ == "__main__":
    flags.DEFINE_enum("preset", "paper", ("paper", "tuned", "small"), "Preset of the networks.")
    flags.DEFINE_integer("batch_size", 100, "Clips per step.", 1)
    flags.DEFINE_boolean("mixed_precision", False, "Whether to compute in bfloat16.")
    flags.DEFINE_integer("repeats", 5, "Rounds, in each of which every part runs once.", 1)
    flags.DEFINE_string("json", None, "File for the rows.")
    app.run(main)
