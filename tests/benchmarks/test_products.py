import pytest
import tensorflow as tf

from benchmarks.products import Product, operations, products_of, shapes_of, slowest


@pytest.mark.parametrize(
    ("left", "right", "transpose_left", "transpose_right", "expected"),
    [
        ((2, 3), (3, 5), False, False, 2 * 2 * 3 * 5),
        ((3, 2), (3, 5), True, False, 2 * 2 * 3 * 5),
        ((2, 3), (5, 3), False, True, 2 * 2 * 3 * 5),
        ((7, 2, 3), (7, 3, 5), False, False, 7 * 2 * 2 * 3 * 5),
        ((2, 3), (7, 4, 3, 5), False, False, 7 * 4 * 2 * 2 * 3 * 5),
        ((7, 1, 2, 3), (4, 3, 5), False, False, 7 * 4 * 2 * 2 * 3 * 5),
    ],
)
def test_operations_are_multiplications_and_additions(
    left, right, transpose_left, transpose_right, expected
):
    product = Product(left, right, transpose_left, transpose_right, tf.float32)
    assert operations(product) == expected


def test_slowest_products_are_those_with_the_longest_total_time():
    small, large = (Product((n, n), (n, n), False, True, tf.float32) for n in (8, 256))

    (one, other) = slowest({small: 1, large: 3}, repeats=2)

    assert (one[2], one[3], other[2]) == (large, 3, small) and one[0] > other[0]
    assert one[1] == pytest.approx(3 * operations(large) / one[0] / 1e9)
    assert shapes_of(large) == "[256, 256] x [256, 256] transposed"


def test_needed_products_are_counted_those_in_a_loop_once_per_iteration():
    x, weights = tf.zeros([7, 2, 3]), tf.zeros([3, 3])

    @tf.function
    def function(x, weights):
        tf.matmul(weights, weights, transpose_b=True)  # no result depends on it
        x = tf.matmul(x, x, transpose_b=True)[:, :, :1] * x  # [7, 2, 3]
        flat = tf.reshape(x, [14, 3])
        return tf.while_loop(lambda i, _: i < 5, lambda i, y: (i + 1, y @ weights), (0, flat))[1]

    counts = products_of(function.get_concrete_function(x, weights).graph, repeat=5)

    assert counts == {
        Product((7, 2, 3), (7, 2, 3), False, True, tf.float32): 1,
        Product((14, 3), (3, 3), False, False, tf.float32): 5,
    }
