import keras
import numpy as np
import pytest
import tensorflow as tf

from sagcn_tf.data.input_pipeline import training_batches
from sagcn_tf.models.baselines.adversarial_epva import AdversarialEPVA
from tests.small_data import CLASS_NAMES, batch_of_clips, small_data
from tests.systems import compiled_system

FRAMES = 3
OTHERS = ("encoder", "predictor", "decoder")


def make_model():
    return compiled_system("adv_epva", frames=FRAMES, learning_rate=1e-3)


@pytest.fixture(scope="module")
def model():
    return make_model()


@pytest.fixture(scope="module")
def batch():
    motion, label = batch_of_clips()
    return tf.constant(motion[:, :FRAMES]), tf.constant(label)


def weights_of(model):
    return {name: network.get_weights() for name, network in model.networks.items()}


def moved(before, after):
    """For each network, whether some of its weights changed, and whether all did."""
    same = {
        name: [np.array_equal(*pair) for pair in zip(before[name], after[name], strict=True)]
        for name in before
    }
    return {name for name in same if not all(same[name])}


def test_five_steps_of_six_are_the_critics(model):
    stages = [model.stage_at(step) for step in range(12)]

    assert stages == 2 * (5 * ["critic"] + ["predictor"])


def test_a_step_of_the_critic_moves_the_critic_alone(model, batch):
    before, model.stage = weights_of(model), "critic"

    results = model.update(batch)

    assert moved(before, weights_of(model)) == {"critic"}
    assert results.keys() == {"critic/loss", "critic/penalty", "critic/gradient_norm"}


def test_a_step_of_the_predictor_moves_all_but_the_critic(model, batch):
    before, model.stage = weights_of(model), "predictor"

    results = model.update(batch)

    assert moved(before, weights_of(model)) == set(OTHERS)
    assert {"loss_frames", "loss_codes", "predictor/loss"} < results.keys()


@pytest.mark.slow
def test_without_stages_all_take_their_steps(batch, model):
    model.stage, before = None, weights_of(model)
    iterations = {name: int(one.iterations) for name, one in model.optimizers.items()}

    model.update(batch)

    assert moved(before, weights_of(model)) == {"critic", *OTHERS}
    done = {n: int(one.iterations) - iterations[n] for n, one in model.optimizers.items()}
    assert done == {"critic": 5, "predictor": 1, "decoder": 1}


def test_each_loss_moves_its_own_networks(batch, monkeypatch):
    """Frames train encoder and decoder; critic and codes train encoder and predictor."""
    monkeypatch.setattr(AdversarialEPVA, "dropout_mask", lambda *_: tf.ones([]))
    monkeypatch.setattr(
        AdversarialEPVA, "_draw", lambda _, purpose, batch, shape: tf.ones([batch, *shape])
    )
    model = make_model()
    for name, networks in (("predictor", OTHERS[:2]), ("decoder", OTHERS[::2])):
        variables = [v for n in networks for v in model.networks[n].trainable_variables]
        model.optimizers[name] = keras.optimizers.SGD(1.0)
        model.optimizers[name].build(variables)
    before, model.stage = weights_of(model), "predictor"
    motion, label = batch
    variables = [model.networks[name].trainable_variables for name in OTHERS]
    with tf.GradientTape(persistent=True) as tape:
        poses = tf.reshape(motion, [4, FRAMES, -1])
        codes = model.encoder(poses)
        predicted = model.predictor(codes[:, :1], label, tf.ones([4, FRAMES - 1, 100]))
        drawn = model.decoder(poses[:, 0], codes[:, 0], codes[:, 1:])
        frames_loss = tf.reduce_mean((drawn - poses[:, 1:]) ** 2)
        predicted = tf.concat([codes[:, :1], predicted], axis=1)
        seen = [
            tf.concat([one, *model.decoder.code_features(one)], axis=-1)
            for one in (codes, predicted)
        ]
        distance = tf.reduce_mean(model.critic(seen[0])) - tf.reduce_mean(model.critic(seen[1]))
        codes_loss = tf.reduce_mean((codes - predicted)[:, 1:] ** 2)
        predictor_loss = distance + 10 * codes_loss
    by_frames = tape.gradient(frames_loss, [*variables[0], *variables[2]])
    by_codes = tape.gradient(predictor_loss, [*variables[0], *variables[1]])
    shares = [1 / max(1, float(tf.linalg.global_norm(one))) for one in (by_frames, by_codes)]

    results = model.update(batch)

    assert float(results["loss_frames"]) == pytest.approx(float(frames_loss), rel=1e-4)
    assert float(results["loss_codes"]) == pytest.approx(float(codes_loss), rel=1e-4)
    assert float(results["predictor/loss"]) == pytest.approx(float(distance), abs=1e-4)
    count, after = len(variables[0]), weights_of(model)
    by_frames = [shares[0] * one.numpy() for one in by_frames]
    by_codes = [shares[1] * one.numpy() for one in by_codes]
    both = [one + other for one, other in zip(by_frames[:count], by_codes[:count], strict=True)]
    expected = {"encoder": both, "predictor": by_codes[count:], "decoder": by_frames[count:]}
    for name, gradients in expected.items():
        for old, new, gradient in zip(before[name], after[name], gradients, strict=True):
            np.testing.assert_allclose(old - new, gradient, rtol=1e-2, atol=1e-5)


def test_the_penalty_is_the_distance_of_slopes_from_1(model):
    sequence = np.random.default_rng(0).normal(size=[2, FRAMES, 64 + 512]).astype(np.float32)
    slopes = []
    for clip in sequence:  # each alone
        with tf.GradientTape() as tape:
            clip = tf.constant(clip[None])
            tape.watch(clip)
            score = model.critic(clip)
        slopes.append(np.linalg.norm(tape.gradient(score, clip)))

    penalty = float(model._penalty(tf.constant(sequence)))

    assert penalty == pytest.approx(np.mean((np.array(slopes) - 1) ** 2), rel=1e-3)


@pytest.mark.slow
def test_the_error_of_frames_falls_over_twenty_steps(model):
    model.stage = "predictor"
    batches = training_batches(small_data(), FRAMES, 16, seed=0).take(20)

    step = tf.function(model.update)
    losses = [float(step(batch)["loss_frames"]) for batch in batches]

    assert np.mean(losses[-3:]) < 0.7 * np.mean(losses[:3])


@pytest.mark.slow
def test_the_critic_learns_to_tell_codes_apart(model, batch):
    model.stage = "critic"

    results = [model.update(batch) for _ in range(8)]

    losses = [float(one["critic/loss"] + 10 * one["critic/penalty"]) for one in results]
    assert np.mean(losses[-3:]) < np.mean(losses[:3])


def test_noise_makes_two_seeds_of_one_start_two_motions(model):
    bank = model.start_frames.bank.numpy()
    model.start_frames.bank.assign(np.broadcast_to(bank[:, :1], bank.shape))
    label = np.eye(len(CLASS_NAMES), dtype=np.float32)[[0, 0]]

    one, other = model.generate(label, np.array([1, 2], np.int32)).numpy()

    np.testing.assert_array_equal(one[0], other[0])
    assert np.abs(one[1:] - other[1:]).max() > 1e-4
    model.start_frames.bank.assign(bank)
