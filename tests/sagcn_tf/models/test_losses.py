import math

import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.models import losses

REAL = [2.0, -1.0, 0.0]
FAKE = [-3.0, 0.5, 1.0]


def sigmoid(logit):
    return 1.0 / (1.0 + math.exp(-logit))


@pytest.mark.parametrize("target", [1.0, 0.9])
def test_discriminator_loss_is_the_cross_entropy_of_both_halves(target):
    real = [-target * math.log(sigmoid(x)) - (1 - target) * math.log(1 - sigmoid(x)) for x in REAL]
    fake = [-math.log(1 - sigmoid(x)) for x in FAKE]

    loss = losses.discriminator_loss(tf.constant(REAL), tf.constant(FAKE), target)

    assert float(loss) == pytest.approx(sum(real) / 3 + sum(fake) / 3, rel=1e-6)


def test_each_half_is_a_mean_of_its_own():
    loss = losses.discriminator_loss(tf.constant(REAL), tf.constant([0.0, 0.0, 0.0, 0.0, 0.0, 0.0]))

    expected = -sum(math.log(sigmoid(x)) for x in REAL) / 3 + math.log(2)
    assert float(loss) == pytest.approx(expected, rel=1e-6)


def test_generator_losses_are_those_of_their_formulas_in_numpy():
    probability = 1 / (1 + np.exp(-np.float64(FAKE)))  # D(G(z))
    expected = {
        "minimax": np.log(1 - probability).mean(),
        "non_saturating": -np.log(probability).mean(),
    }
    # d/dlogit of each formula, by hand; one of three clips
    slopes = {"minimax": -probability / 3, "non_saturating": (probability - 1) / 3}
    logits = tf.constant(FAKE)

    for kind, value in expected.items():
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = losses.generator_loss(logits, kind)
        assert float(loss) == pytest.approx(value, rel=1e-6)
        np.testing.assert_allclose(tape.gradient(loss, logits), slopes[kind], rtol=1e-6)
    assert float(losses.generator_loss(logits)) == pytest.approx(expected["non_saturating"])


def test_the_minimax_game_is_the_discriminator_s_loss_of_fake_clips_with_the_other_sign():
    real, fake = tf.constant(REAL), tf.constant(FAKE)
    value = -losses.discriminator_loss(real, fake)  # equation 1: D maximizes it, G minimizes it

    of_real = np.log(1 / (1 + np.exp(-np.float64(REAL)))).mean()
    assert float(value) == pytest.approx(
        of_real + float(losses.generator_loss(fake, "minimax")), rel=1e-6
    )


def test_an_unknown_kind_of_game_is_refused():
    with pytest.raises(ValueError, match="kind must be 'minimax' or 'non_saturating'.*'hinge'"):
        losses.generator_loss(tf.constant(FAKE), "hinge")


def test_losses_stay_finite_for_a_discriminator_that_is_sure():
    sure = tf.constant([1e4, -1e4])

    assert float(losses.discriminator_loss(sure, sure)) == pytest.approx(1e4, rel=1e-6)
    assert float(losses.generator_loss(sure)) == pytest.approx(5e3, rel=1e-6)
    assert float(losses.generator_loss(sure, "minimax")) == pytest.approx(-5e3, rel=1e-6)


@pytest.mark.parametrize(
    ("real_classes", "fake_classes"),
    [([0, 1, 0], [0, 0, 1]), ([0, 1, 2], [2, 1, 1, 3, 2]), ([0, 0, 0], [0, 0])],
    ids=["two classes", "other numbers of clips, some without a partner", "one class"],
)
def test_relativistic_losses_compare_each_real_clip_with_each_fake_one_of_its_class(
    real_classes, fake_classes
):
    rng = np.random.default_rng(0)
    real, fake = rng.normal(size=len(real_classes)), rng.normal(size=len(fake_classes))
    advantages = [
        real_logit - fake_logit
        for real_logit, real_class in zip(real, real_classes, strict=True)
        for fake_logit, fake_class in zip(fake, fake_classes, strict=True)
        if real_class == fake_class
    ]

    discriminator, generator = losses.relativistic_losses(
        *map(tf.constant, (real, fake, np.eye(4)[real_classes], np.eye(4)[fake_classes]))
    )

    expected = -np.mean([math.log(sigmoid(advantage)) for advantage in advantages])
    assert float(discriminator) == pytest.approx(expected, rel=1e-6)
    expected = -np.mean([math.log(sigmoid(-advantage)) for advantage in advantages])
    assert float(generator) == pytest.approx(expected, rel=1e-6)


def test_relativistic_losses_stay_finite_for_a_discriminator_that_is_sure():
    label = tf.constant([[1.0]])

    discriminator, generator = losses.relativistic_losses(
        tf.constant([1e4]), tf.constant([-1e4]), label, label
    )

    assert float(discriminator) == 0
    assert float(generator) == pytest.approx(2e4, rel=1e-6)


def test_gradient_penalty_agrees_with_finite_differences():
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=(6, 5)), rng.normal(size=5)
    clips = rng.normal(size=(4, 3, 2))

    def logits(clips):
        return np.tanh(clips.reshape(-1, 6) @ first) @ second

    squared_norms = np.zeros(len(clips))
    for coordinate in np.ndindex(3, 2):
        moved = np.zeros_like(clips)
        moved[(slice(None), *coordinate)] = 1e-6
        derivative = (logits(clips + moved) - logits(clips - moved)) / 2e-6
        squared_norms += derivative**2

    inputs = tf.constant(clips)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        flat = tf.reshape(inputs, [-1, 6])
        total = tf.reduce_sum(tf.linalg.matvec(tf.tanh(flat @ first), second))
    penalty = losses.gradient_penalty(tape.gradient(total, inputs))

    assert penalty.dtype == tf.float32
    assert float(penalty) == pytest.approx(np.mean(squared_norms) / 2, rel=1e-5)


def test_gradient_penalty_sums_in_float32_under_mixed_precision():
    # In bfloat16, 256 + 1 is 256, so a long sum stops growing.
    gradients = tf.ones([1, 1000], tf.bfloat16)

    assert float(losses.gradient_penalty(gradients)) == 500.0
