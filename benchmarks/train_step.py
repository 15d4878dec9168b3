"""Times a training step, its parts, and the matrix products that it can't do without.

python -m benchmarks.train_step --preset=paper

The products are read off the traced step (every MatMul, batched MatMul and convolution that its
results depend on, those of the RNN once a frame) and run again alone, on tensors of the same
shapes, in the same process: their time is what a step would take if all else were free.
"""

import collections
import time

import numpy as np
from absl import app, flags

_FLAGS = flags.FLAGS
_PRODUCTS = ("MatMul", "BatchMatMulV2")
_LOOPS = ("While", "StatelessWhile")

Product = collections.namedtuple("Product", "left right transpose_left transpose_right dtype")


def products_of(graph, outputs, repeat) -> collections.Counter:
    """Counts the matrix products that `outputs` depend on.

    Args:
        graph: a function graph.
        outputs: operations of it.
        repeat: how often the body of a loop runs.

    Returns:
        `Product` -> how often it runs.
    """
    counts, seen, waiting = collections.Counter(), set(), list(outputs)
    while waiting:
        operation = waiting.pop()
        if operation.name in seen:
            continue
        seen.add(operation.name)
        waiting += [tensor.op for tensor in operation.inputs] + list(operation.control_inputs)
        if operation.type in _PRODUCTS:
            counts[_product(operation)] += 1
        elif operation.type in _LOOPS:
            body = graph._get_function(operation.get_attr("body").name).graph
            for product, count in products_of(body, body.get_operations(), 1).items():
                counts[product] += repeat * count
    return counts


def _product(operation):
    left, right = (tuple(tensor.shape) for tensor in operation.inputs[:2])
    batched = operation.type.startswith("Batch")
    names = ("adj_x", "adj_y") if batched else ("transpose_a", "transpose_b")
    transposed = [operation.get_attr(name) for name in names]
    return Product(left, right, *transposed, operation.inputs[0].dtype)


def seconds_of(product, repeats) -> float:
    """The time of one matrix product on random tensors."""
    import tensorflow as tf

    left, right = (
        tf.cast(tf.random.normal(shape), product.dtype) for shape in (product.left, product.right)
    )
    multiply = tf.function(
        lambda x, y: tf.matmul(
            x, y, transpose_a=product.transpose_left, transpose_b=product.transpose_right
        )
    )
    return _best_seconds(lambda: multiply(left, right), repeats)


def _best_seconds(function, repeats):
    """The shortest of several runs, after one that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def _parts(model, motion, label):
    """Functions that each run one part of a step, forward and backward."""
    import tensorflow as tf

    generator, config = model.generator, model.config
    noise = tf.random.normal([len(motion), config.frames, config.noise_dim])
    attention = tf.linalg.band_part(tf.ones([len(motion), config.frames, config.frames]), -1, 0)
    pruned = generator.pruning(attention / config.frames)

    def gradients(function, sources, network):
        with tf.GradientTape() as tape:
            tape.watch(sources)
            outputs = function()
        return tape.gradient(outputs, [*sources, *network.trainable_variables])

    def game(name, network, frames):
        pick = (lambda clips: clips[:, :frames],) * 2
        return model._play(name, network, pick, motion, motion, label)

    def optimizers():
        for name, network in _networks(model).items():
            still = [tf.zeros_like(variable) for variable in network.trainable_variables]
            model.optimizers[name].apply(still, network.trainable_variables)

    block = generator.graph_convolution
    return {
        "generator": lambda: gradients(lambda: generator((noise, label)), [], generator),
        "  of it, RNN": lambda: gradients(
            lambda: generator.rnn(noise[..., :1] * tf.ones([config.projection])), [], generator.rnn
        ),
        "  of it, graph convolutions": lambda: gradients(
            lambda: block(motion, pruned), [motion, pruned], block
        ),
        "D_V, its game": lambda: game("D_V", model.sequence_discriminator, config.frames),
        "D_F, its game": lambda: game("D_F", model.frame_discriminator, config.k_frame),
        "optimizers": optimizers,
    }


def _networks(model):
    return {
        "G": model.generator,
        "D_V": model.sequence_discriminator,
        "D_F": model.frame_discriminator,
    }


def _table(config, repeats):
    """Rows of (what, seconds) of one configuration, the whole step first."""
    import tensorflow as tf

    from datasets.skeletons import HUMAN36M_15
    from sagcn_tf.models import SAGCN
    from sagcn_tf.skeleton import Skeleton

    skeleton = Skeleton.from_metadata(HUMAN36M_15)
    model = SAGCN(config, 10, skeleton)
    model.compile()
    motion = tf.random.normal([config.batch_size, config.frames, skeleton.num_joints, 2])
    label = tf.one_hot(tf.range(config.batch_size) % 10, 10)
    step = tf.function(lambda: model.train_step((motion, label))).get_concrete_function()
    rows = [("whole step", _best_seconds(step, repeats))]
    for name, part in _parts(model, motion, label).items():
        rows.append(
            (
                name,
                _best_seconds(tf.function(part, autograph=False).get_concrete_function(), repeats),
            )
        )
    rows.append(("input, one batch", _input_seconds(config, repeats)))
    ends = [tensor.op for tensor in step.graph.outputs] + step.graph.control_outputs
    counts = products_of(step.graph, ends, config.frames)
    # The same order of magnitude as its parts: products alone, one after another.
    alone = sum(count * seconds_of(product, repeats) for product, count in counts.items())
    rows.append((f"its {sum(counts.values())} matrix products alone", alone))
    return rows


def _input_seconds(config, repeats):
    """The time to take a batch from the input pipeline of as many frames as Human3.6M has."""
    from datasets.skeletons import HUMAN36M_15
    from sagcn_tf import input_pipeline
    from sagcn_tf.skeleton import Skeleton

    sequences, length = 100, 2700
    joints = (len(HUMAN36M_15["joints"]), 2)
    split = input_pipeline.Sequences(
        frames=np.zeros((sequences * length, *joints), np.float32),
        offsets=np.arange(sequences + 1) * length,
        labels=np.arange(sequences, dtype=np.int32) % 10,
        names=[str(number) for number in range(sequences)],
        subjects=["S1"] * sequences,
    )
    data = input_pipeline.MotionData(
        dataset="zeros",
        class_names=[str(number) for number in range(10)],
        skeleton=Skeleton.from_metadata(HUMAN36M_15),
        mean=np.zeros(joints, np.float32),
        std=np.ones(joints, np.float32),
        unit="pixel",
        frame_rate=50 / 3,
        stride=3,
        first_start=300,
        train=split,
    )
    batches = iter(input_pipeline.training_batches(data, config.frames, config.batch_size, 0))
    start = time.perf_counter()
    for _ in range(100):
        next(batches)
    return (time.perf_counter() - start) / 100


def main(_):
    """Prints the table."""
    from sagcn_tf.config import make_config

    config = make_config(
        "human36m",
        _FLAGS.preset,
        batch_size=_FLAGS.batch_size,
        mixed_precision=_FLAGS.mixed_precision,
    )
    rows = _table(config, _FLAGS.repeats)
    whole = rows[0][1]
    precision = "mixed bfloat16" if config.mixed_precision else "float32"
    print(f"preset {config.preset}, batch {config.batch_size}, {precision}, best of repeats")
    for name, seconds in rows:
        print(f"{name:36s} {1000 * seconds:9.1f} ms {100 * seconds / whole:6.1f} %")
    print(f"step / products alone: {whole / rows[-1][1]:.2f} (goal for paper in float32: below 4)")


if __name__ == "__main__":
    flags.DEFINE_enum("preset", "paper", ("paper", "tuned", "small"), "whose networks")
    flags.DEFINE_integer("batch_size", 100, "clips a step", 1)
    flags.DEFINE_boolean("mixed_precision", False, "compute in bfloat16")
    flags.DEFINE_integer("repeats", 5, "runs of each part, of which the shortest counts", 1)
    app.run(main)
