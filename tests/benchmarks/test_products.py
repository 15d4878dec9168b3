import pytest
import tensorflow as tf

from benchmarks.products import Product, operations, products_of


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


def test_products_that_results_depend_on_are_counted_those_of_a_loop_each_time():
    x, weights = tf.zeros([7, 2, 3]), tf.zeros([3, 3])

    @tf.function
    def function(x, weights):
        tf.matmul(weights, weights, transpose_b=True)  # nobody needs it
        x = tf.matmul(x, x, transpose_b=True)[:, :, :1] * x  # [7, 2, 3]
        flat = tf.reshape(x, [14, 3])
        return tf.while_loop(lambda i, _: i < 5, lambda i, y: (i + 1, y @ weights), (0, flat))[1]

    counts = products_of(function.get_concrete_function(x, weights).graph, repeat=5)

    assert counts == {
        Product((7, 2, 3), (7, 2, 3), False, True, tf.float32): 1,
        Product((14, 3), (3, 3), False, False, tf.float32): 5,
    }
