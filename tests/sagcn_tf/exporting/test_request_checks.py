import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.exporting.request_checks import (
    checked_label,
    checked_motion,
    checked_rows,
    checked_weights,
)


def traced(function, *specs):
    """Traces a function for batches of any size, as in a SavedModel."""
    return tf.function(function, input_signature=list(specs), autograph=False)


LABEL = tf.TensorSpec([None], tf.int32)
label_of_three = traced(lambda label: checked_label("label", label, 3), LABEL)
weights_of_three = traced(
    lambda weights: checked_weights("label_weights", weights, 3),
    tf.TensorSpec([None, 3], tf.float32),
)


@pytest.mark.parametrize("label", [[], [0], [2, 1, 0, 2]])
def test_class_numbers_pass_unchanged(label):
    np.testing.assert_array_equal(label_of_three(np.array(label, np.int32)), label)


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ([3], r"label must be a class number from 0 to 2; received in rows \[0\]: \[3\]"),
        ([0, -1, 2, 7], r"received in rows \[1 3\]: \[-1 7\]"),
        ([2**31 - 1, -(2**31)], r"received in rows \[0 1\]: \[2147483647 -2147483648\]"),
        ([9] * 100, r"received in rows \[0 1 2 3 4\]: \[9 9 9 9 9\]"),
    ],
)
def test_invalid_class_numbers_are_refused_with_their_rows(label, message):
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        label_of_three(np.array(label, np.int32))


@pytest.mark.parametrize(
    "weights",
    [
        np.zeros([0, 3]),
        np.eye(3),
        [[0.2, 0.5, 0.3], [1 / 3, 1 / 3, 1 / 3]],
        [[0.3333, 0.3333, 0.3333]],  # a rounded third
    ],
)
def test_mixtures_pass_unchanged(weights):
    weights = np.array(weights, np.float32)

    np.testing.assert_array_equal(weights_of_three(weights), weights)


@pytest.mark.parametrize(
    ("weights", "rows"),
    [
        ([[0.5, 0.5, 0.1]], r"\[0\]"),
        ([[1, 0, 0], [0.2, 0.2, 0.2]], r"\[1\]"),
        ([[1, 0, 0], [0, 0, 0], [1.5, -0.5, 0]], r"\[1 2\]"),
        ([[np.nan, 0.5, 0.5]], r"\[0\]: \[\[nan 0.5 0.5\]\]"),
        ([[np.nan, np.nan, np.nan], [0, 1, 0]], r"\[0\]"),
        ([[np.inf, 0, 0]], r"\[0\]"),
        ([[np.inf, -np.inf, 1]], r"\[0\]"),
    ],
)
def test_invalid_mixtures_are_refused_with_their_rows(weights, rows):
    message = f"label_weights must be 0 or more and sum to 1 in each row; received in rows {rows}"

    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        weights_of_three(np.array(weights, np.float32))


@pytest.mark.parametrize("broken", [[], [1], [0, 3]])
def test_non_finite_motion_is_refused_with_its_rows(broken):
    check = traced(
        lambda motion: checked_motion("motion", motion), tf.TensorSpec([None, 2, 3, 2], tf.float32)
    )
    motion = np.random.default_rng(0).normal(size=[4, 2, 3, 2]).astype(np.float32)
    motion[broken, 1, 2, 0] = np.nan
    motion[broken[1:], 1, 2, 0] = np.inf
    if not broken:
        np.testing.assert_array_equal(check(motion), motion)
        return
    rows = " ".join(map(str, broken))
    with pytest.raises(tf.errors.InvalidArgumentError, match=rf"in rows \[{rows}\]"):
        check(motion)


def test_inputs_must_have_the_same_number_of_rows():
    checked = traced(lambda seed, label: checked_rows(seed, label=label), LABEL, LABEL)
    two, three = np.zeros(2, np.int32), np.arange(3, dtype=np.int32)

    np.testing.assert_array_equal(checked(three, three), three)
    with pytest.raises(
        tf.errors.InvalidArgumentError,
        match="label has 2 rows, seed 3; expected",
    ):
        checked(three, two)


@pytest.mark.parametrize(
    ("check", "values", "expected"),
    [
        (lambda values: checked_label("label", values, 3), [[1]], r"\[1,1\] .* shape \[\?\]"),
        (lambda values: checked_label("label", values, 3), 1, r"\[\] .* shape \[\?\]"),
        (lambda values: checked_rows(values), [[1]], r"\[1,1\] .* shape \[\?\]"),
        (
            lambda values: checked_weights("w", tf.cast(values, tf.float32), 3),
            [[1, 0]],
            r"\[1,2\] .* shape \[\?,3\]",
        ),
    ],
)
def test_inputs_of_another_shape_are_refused(check, values, expected):
    with pytest.raises(tf.errors.InvalidArgumentError, match=expected):
        traced(check, tf.TensorSpec(None, tf.int32))(np.array(values, np.int32))


def test_nothing_is_computed_from_a_refused_request():
    def gather(label):
        return tf.gather(tf.range(3), checked_label("label", label, 3))

    # A gather out of range would raise a less helpful error.
    with pytest.raises(tf.errors.InvalidArgumentError, match="label must be a class number"):
        traced(gather, LABEL)(np.array([17], np.int32))
