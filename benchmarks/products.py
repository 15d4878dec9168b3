"""The matrix products of a traced graph: which they are, how many operations, how long alone."""

import collections
import math
import time

import numpy as np

_PRODUCTS = ("MatMul", "BatchMatMulV2")
_LOOPS = ("While", "StatelessWhile")

Product = collections.namedtuple("Product", "left right transpose_left transpose_right dtype")


def products_of(graph, repeat) -> collections.Counter:
    """Counts the matrix products that the results and updates of a graph depend on.

    The one convolution over three frames is left out: it has a thousandth of the operations.

    Args:
        graph: a function graph.
        repeat: how often the body of a loop runs.

    Returns:
        `Product` -> how often it runs.
    """
    ends = [tensor.op for tensor in graph.outputs] + list(graph.control_outputs)
    counts, seen, waiting = collections.Counter(), set(), ends
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
            for product, count in products_of(body, 1).items():
                counts[product] += repeat * count
    return counts


def _product(operation):
    left, right = (tuple(tensor.shape) for tensor in operation.inputs[:2])
    batched = operation.type.startswith("Batch")
    names = ("adj_x", "adj_y") if batched else ("transpose_a", "transpose_b")
    transposed = [operation.get_attr(name) for name in names]
    return Product(left, right, *transposed, operation.inputs[0].dtype)


def operations(product) -> int:
    """Multiplications and additions of one matrix product."""
    rows, inner = product.left[-2:]
    if product.transpose_left:
        rows, inner = inner, rows
    columns = product.right[-2 if product.transpose_right else -1]
    batch = np.broadcast_shapes(product.left[:-2], product.right[:-2])
    return 2 * rows * inner * columns * math.prod(batch)


def seconds_alone(counts, repeats) -> float:
    """What products take if they run one after another, on random tensors."""
    return sum(count * _seconds_of(product, repeats) for product, count in counts.items())


def _seconds_of(product, repeats):
    import tensorflow as tf

    left, right = (
        tf.cast(tf.random.normal(shape), product.dtype) for shape in (product.left, product.right)
    )
    multiply = tf.function(
        lambda x, y: tf.matmul(
            x, y, transpose_a=product.transpose_left, transpose_b=product.transpose_right
        )
    ).get_concrete_function(left, right)
    return shortest_seconds(lambda: multiply(left, right), repeats)


def gigaflops(dtype, repeats, size=4096) -> float:
    """GFLOP/s of a large square matrix product."""
    product = Product((size, size), (size, size), False, False, dtype)
    return operations(product) / _seconds_of(product, repeats) / 1e9


def shortest_seconds(function, repeats) -> float:
    """The shortest of several runs, after one that is not counted."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)
