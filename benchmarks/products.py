"""Finds the matrix products of a traced graph, counts their operations and times them alone."""

import collections
import math
import statistics
import time

import numpy as np

_PRODUCTS = ("MatMul", "BatchMatMulV2")
_LOOPS = ("While", "StatelessWhile")

Product = collections.namedtuple("Product", "left right transpose_left transpose_right dtype")


def products_of(graph, repeat) -> collections.Counter:
    """Counts the matrix products that the outputs and updates of a graph depend on.

    The one convolution over three frames is left out: it has a thousandth of the operations.

    Args:
        graph: A function graph.
        repeat: How often the body of a loop runs.

    Returns:
        A counter: how often each `Product` runs.
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
    """Returns the number of multiplications and additions of one matrix product."""
    rows, inner = product.left[-2:]
    if product.transpose_left:
        rows, inner = inner, rows
    columns = product.right[-2 if product.transpose_right else -1]
    batch = np.broadcast_shapes(product.left[:-2], product.right[:-2])
    return 2 * rows * inner * columns * math.prod(batch)


def shapes_of(product) -> str:
    """Returns the shapes of a product as text, such as `[8, 2] transposed x [8, 3]`."""
    sides = (product.left, product.transpose_left), (product.right, product.transpose_right)
    return " x ".join(f"{list(shape)}{' transposed' * turned}" for shape, turned in sides)


def alone(counts):
    """Returns a function that runs each product as often as it was counted, and nothing else.

    Args:
        counts: Result of `products_of`.
    """
    runs = [(_multiplication(product), count) for product, count in counts.items()]

    def run():
        for multiply, count in runs:
            for _ in range(count):
                multiply()

    return run


def slowest(counts, number=12, repeats=3):
    """Returns the products that take the most time, each timed alone.

    Args:
        counts: Result of `products_of`.
        number: How many products to return. Default 12.
        repeats: Runs of each product; the shortest counts. Default 3.

    Returns:
        A list of `(total seconds, GFLOP/s, Product, count)`, longest first.
    """
    timed = []
    for product, count in counts.items():
        seconds = shortest_seconds(_multiplication(product), repeats)
        timed.append((count * seconds, operations(product) / seconds / 1e9, product, count))
    return sorted(timed, key=lambda one: -one[0])[:number]


def _multiplication(product):
    """Returns a function that runs a product on random tensors."""
    import tensorflow as tf

    left, right = (
        tf.cast(tf.random.normal(shape), product.dtype) for shape in (product.left, product.right)
    )
    multiply = tf.function(
        lambda x, y: tf.matmul(
            x, y, transpose_a=product.transpose_left, transpose_b=product.transpose_right
        )
    ).get_concrete_function(left, right)
    return lambda: multiply(left, right)


def large_product(dtype, size=4096):
    """Returns a function that runs a large square matrix product, and its GFLOP."""
    product = Product((size, size), (size, size), False, False, dtype)
    return _multiplication(product), operations(product) / 1e9


def seconds_by_turns(functions, repeats):
    """Times several functions in turn, after one warm-up round.

    The speed of a shared machine changes from minute to minute, so only times of the same round
    are comparable.

    Args:
        functions: `{name: function}`.
        repeats: Number of rounds.

    Returns:
        `{name: [seconds]}`, one number per round.
    """
    seconds = {name: [] for name in functions}
    for number in range(repeats + 1):
        for name, function in functions.items():
            start = time.perf_counter()
            function()
            if number:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def median_ratio(first, second) -> float:
    """Returns the median of `first / second` over the rounds."""
    return statistics.median(a / b for a, b in zip(first, second, strict=True))


def shortest_seconds(function, repeats) -> float:
    """Returns the time of the shortest run, after one warm-up run."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)
